#include "cli/options.h"

#include "base/text.h"

#include <algorithm>
#include <cctype>
#include <vector>

namespace quivive::cli {
namespace {

// "--scope SCOPE", "--json", "ID": as the help shows an option.
std::string shown(const CLI::Option& option) {
  if (option.nonpositional()) {
    const std::string name = "--" + option.get_lnames().front();
    return option.get_type_size() == 0 ? name : name + ' ' + option.get_type_name();
  }
  std::string name = option.get_single_name();
  std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return name;
}

// The same with its short name: "-X, --request METHOD".
std::string listed(const CLI::Option& option) {
  const bool has_short = !option.get_snames().empty() && option.get_lnames().front() != "help";
  return (has_short ? fmt::format("-{}, ", option.get_snames().front()) : "") + shown(option);
}

}  // namespace

Options::Options(const Command& command) : command_(command), app_(std::string(command.summary)) {
  app_.set_help_flag();  // ours instead, so that its text is ours too
  app_.add_flag("--help,-h", help_, "shows this");
  app_.allow_extras();   // reported by unexpected(), without their values
}

void Options::add_store(StoreChoice& choice) {
  auto* store = app_.add_option("--store", choice.store, "the store to use, sqlite:PATH")->type_name("URL");
  app_.add_option("--config", choice.config, "take the store from this configuration; otherwise ./quivive.yaml, "
                                             "/etc/quivive/quivive.yaml, or sqlite:quivive.db")->type_name("FILE")->excludes(store);
}

void Options::add_json(bool& json) { app_.add_flag("--json", json, "prints JSON, for programs"); }

void Options::add_positional(std::string_view name, std::string& value, std::string_view description) {
  app_.add_option(std::string(name), value, std::string(description))->required();
}

std::string Options::usage() const {
  std::string out = fmt::format("quivive {}", command_.name);
  for (const CLI::Option* option : app_.get_options()) {
    if (option->get_required()) out += ' ' + shown(*option);
    else if (!option->nonpositional()) out += " [" + shown(*option) + ']';
  }
  return out + " [options]";
}

std::string Options::help() const {
  std::string out = fmt::format("{}\n  {}\n\n", usage(), command_.summary);
  std::size_t width = 0;
  for (const CLI::Option* option : app_.get_options()) width = std::max(width, listed(*option).size());
  for (const CLI::Option* option : app_.get_options()) {
    out += fmt::format("  {:<{}}  {}\n", listed(*option), width, option->get_description());
  }
  return out + fmt::format("\nexample\n  {}\n", command_.example);
}

// The option that the library's text names first: what comes later may be of a value.
const CLI::Option* Options::first_named(std::string_view text) const {
  const CLI::Option* first = nullptr;
  std::size_t at = std::string_view::npos;
  for (const CLI::Option* option : app_.get_options()) {
    if (!option->nonpositional()) continue;
    const std::size_t found = text.find("--" + option->get_lnames().front());
    if (found < at) at = found, first = option;
  }
  return first;
}

// About the first argument that no option takes.
std::string Options::unexpected() const {
  const std::string extra = app_.remaining().front();
  if (!extra.starts_with('-')) return fmt::format("one argument too many; its form is: {}", usage());
  const std::string typed = extra.substr(0, extra.find('='));  // not its value
  std::vector<std::string> names;
  for (const CLI::Option* option : app_.get_options()) {
    if (!option->nonpositional()) continue;
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
  }
  const std::vector<std::string_view> candidates(names.begin(), names.end());
  // An option that begins like it is what was meant, however long: --password for --password-stdin.
  auto near = closest(typed, candidates);
  for (const std::string_view name : candidates) {
    if (near.empty() && typed.size() > 4 && name.starts_with(typed)) near = name;
  }
  return near.empty() ? fmt::format("there is no option {}; see quivive {} --help", printable(typed, 40), command_.name)
                      : fmt::format("there is no option {}; did you mean {}?", printable(typed, 40), near);
}

std::optional<int> Options::parse(Arguments arguments, Io& io) {
  // Help answers whatever else is there or missing.
  if (std::any_of(arguments.begin(), arguments.end(), [](const std::string& word) { return word == "--help" || word == "-h"; })) {
    io.out << help();
    return kDone;
  }
  // The library throws for every mistake; what it says may repeat a value, so only kind and option are taken from it.
  const auto wrong = [&](const std::string& message) { return fail(command_, {kWrong, message}, io); };
  try {
    std::vector<std::string> reversed(arguments.rbegin(), arguments.rend());  // as CLI11 wants them
    app_.parse(reversed);
  } catch (const CLI::RequiredError&) {
    for (const CLI::Option* option : app_.get_options()) {
      if (!option->get_required() || option->count() > 0) continue;
      if (app_.remaining_size() > 0 && app_.remaining().front().starts_with('-')) return wrong(unexpected());  // misspelt, more likely
      return wrong(fmt::format("{} is missing; its form is: {}", shown(*option), usage()));
    }
    return wrong(fmt::format("something is missing; its form is: {}", usage()));
  } catch (const CLI::ParseError& problem) {
    for (const CLI::Option* option : app_.get_options()) {
      const bool wants_value = option->get_type_size() != 0 && option->nonpositional();
      for (const std::string& name : option->get_lnames()) {
        if (wants_value && !arguments.empty() && arguments.back() == "--" + name) return wrong(fmt::format("--{} needs a value", name));
      }
      for (const CLI::Option* excluded : option->get_excludes()) {
        if (option->count() > 0 && excluded->count() > 0) {
          return wrong(fmt::format("--{} and --{} exclude each other", option->get_lnames().front(), excluded->get_lnames().front()));
        }
      }
      for (const CLI::Option* needed : option->get_needs()) {
        if (option->count() > 0 && needed->count() == 0) {
          return wrong(fmt::format("--{} goes with --{}, which is missing", option->get_lnames().front(), needed->get_lnames().front()));
        }
      }
      if (option->get_items_expected_max() == 1 && option->count() > 1) return wrong(fmt::format("{} is given more than once", shown(*option)));
    }
    if (const CLI::Option* option = first_named(problem.what()); option != nullptr && problem.get_name() == "ConversionError") {
      return wrong(fmt::format("--{} takes {}, and its value is none", option->get_lnames().front(), option->get_type_name()));
    }
    return wrong(fmt::format("its form is: {}", usage()));
  }
  if (app_.remaining_size() > 0) return wrong(unexpected());
  return std::nullopt;
}

}  // namespace quivive::cli
