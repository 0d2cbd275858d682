// Finding the command that a command line means.

#include "base/text.h"
#include "cli/command.h"

#include <algorithm>
#include <vector>

namespace quivive::cli {
namespace {

// "key" of "key create"; all of "serve".
std::string_view first_word(std::string_view name) { return name.substr(0, name.find(' ')); }

// Commands whose name is, or starts with, that word; all of them for "".
void list_commands(std::ostream& out, std::string_view group) {
  std::size_t width = 0;
  for (const Command& command : all_commands()) width = std::max(width, command.name.size());
  for (const Command& command : all_commands()) {
    if (group.empty() || first_word(command.name) == group) out << fmt::format("  {:<{}}  {}\n", command.name, width, command.summary);
  }
}

void print_help(std::ostream& out) {
  out << "quivive " QUIVIVE_VERSION ": answers \"who goes there?\" for an HTTP API\n\n";
  list_commands(out, "");
  out << "\n  quivive COMMAND --help shows its options and an example; quivive --version the version\n"
         "  exit status: 0 done or yes, 1 no, 2 the command or its input is wrong, 3 something outside failed\n";
}

bool is_help(std::string_view word) { return word == "--help" || word == "-h" || word == "help"; }

int unknown(std::string_view typed, std::span<const std::string_view> candidates, Io& io) {
  static constexpr std::string_view kOptions[] = {"--help", "--version"};
  const bool is_option = typed.starts_with('-');
  const auto near = closest(typed, is_option ? std::span<const std::string_view>(kOptions) : candidates);
  io.err << fmt::format("quivive: there is no {} '{}'", is_option ? "option" : "command", printable(typed.substr(0, is_option ? typed.find('=') : typed.npos), 60));
  if (!near.empty()) io.err << fmt::format("; did you mean '{}'?\n", near);
  else io.err << "; quivive --help lists them\n";
  return kWrong;
}

}  // namespace

int fail(const Command& self, const Failure& failure, Io& io) {
  io.err << "quivive " << self.name << ": " << failure.message << '\n';
  return failure.status;
}

int run_command_line(Arguments arguments, Io& io) {
  if (arguments.empty()) {
    print_help(io.err);
    return kWrong;
  }
  const std::string& first = arguments[0];
  if (is_help(first)) {
    if (arguments.size() == 1 || arguments[1].starts_with('-')) {
      print_help(io.out);
      return kDone;
    }
    // `help key create` is `key create --help`.
    std::vector<std::string> asked(arguments.begin() + 1, arguments.end());
    asked.emplace_back("--help");
    return run_command_line(asked, io);
  }
  if (first == "--version" || first == "-V" || first == "version") {
    io.out << "quivive " QUIVIVE_VERSION "\n";
    return kDone;
  }

  const bool has_second = arguments.size() > 1;
  const std::string both = has_second ? first + ' ' + arguments[1] : first;
  std::vector<std::string_view> firsts, in_group;
  for (const Command& command : all_commands()) {
    if (command.name == first) return command.run(command, arguments.subspan(1), io);
    if (has_second && command.name == both) return command.run(command, arguments.subspan(2), io);
    firsts.push_back(first_word(command.name));
    if (first_word(command.name) == first) in_group.push_back(command.name);
  }
  if (in_group.empty()) return unknown(first, firsts, io);
  if (has_second && is_help(arguments[1])) {
    list_commands(io.out, first);
    return kDone;
  }
  if (has_second && !arguments[1].starts_with('-')) return unknown(both, in_group, io);
  io.err << "quivive " << first << ": which of these?\n";
  list_commands(io.err, first);
  return kWrong;
}

}  // namespace quivive::cli
