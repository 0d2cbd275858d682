// quivive explain ID: why a running gateway refused a request.

#include "base/reason.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/explanation.h"
#include "cli/load_config.h"
#include "cli/options.h"
#include "cli/show.h"

namespace quivive::cli {
namespace {

constexpr std::size_t kLineLimit = 600;
constexpr std::string_view kFound = "found ";

std::string_view text_of(const JsonObject& o, std::string_view name) { return string_member(o, name).value_or(""); }

// As it was sent, but for control characters: a backslash belongs to a quoted-string and is shown as it is.
std::string as_sent(std::string_view line) {
  std::string out;
  for (std::size_t slash; (slash = line.find('\\')) != std::string_view::npos; line.remove_prefix(slash + 1)) {
    out.append(printable(line.substr(0, slash), kLineLimit)).append(1, '\\');
  }
  return out + printable(line, kLineLimit);
}

bool is_true(const JsonObject& o, std::string_view name) {
  const Json* value = member(o, name);
  return value != nullptr && value->is_bool() && value->get_bool();
}

// The check that says what was found where no credential could be judged: a line of its own.
bool is_search(const JsonObject& check) { return text_of(check, "name") == "credentials" && text_of(check, "outcome") == "failed"; }

// What was found: the scheme that was judged, or else what there was instead.
std::string what_was_found(const JsonObject& o) {
  if (const auto scheme = text_of(o, "scheme"); !scheme.empty()) return std::string(scheme);
  for (const Json& item : o.at("checks").as_array()) {
    std::string_view note = text_of(item.as_object(), "note");
    if (!is_search(item.as_object()) || !note.starts_with(kFound)) continue;
    return printable(note.substr(kFound.size()), kLineLimit);
  }
  return "no credential";
}

void print_checks(const JsonObject& o, Io& io) {
  for (const Json& item : o.at("checks").as_array()) {
    const JsonObject& check = item.as_object();
    if (is_search(check) && text_of(o, "scheme").empty()) continue;
    const std::string_view outcome = text_of(check, "outcome");
    const std::string_view mark = outcome == "passed" ? "✓" : outcome == "failed" ? "✗" : "–";
    const std::string_view note = text_of(check, "note");
    io.out << fmt::format("  {} {:<12} {}\n", mark, text_of(check, "name"), outcome == "skipped" && note.empty() ? "not reached" : printable(note, 400));
  }
}

void print_explanation(const JsonObject& o, Io& io) {
  const Json* ms = member(o, "time");
  const Instant time{Duration{ms != nullptr && ms->is_int64() ? ms->get_int64() : 0}};
  io.out << fmt::format("{} {}{}   {}   {} {}   from {}\n\n", o.at("status").as_int64(), text_of(o, "reason"),
                        is_true(o, "observed") ? " (observed: forwarded)" : "", rfc3339(time), text_of(o, "method"), printable(text_of(o, "path"), kLineLimit), text_of(o, "remote"));
  io.out << fmt::format("means     {}\n", text_of(o, "operator"));
  if (const auto detail = text_of(o, "detail"); !detail.empty()) io.out << fmt::format("seen      {}\n", printable(detail, kLineLimit));
  const auto route = text_of(o, "route");
  io.out << fmt::format("route     {}\n", route.empty() ? "none" : printable(route));
  for (const Json& item : o.at("passed_over").as_array()) {
    const JsonObject& row = item.as_object();
    io.out << fmt::format("          not {}: the {} differs\n", printable(text_of(row, "route")), text_of(row, "because"));
  }
  if (is_true(o, "reloaded")) io.out << "          the configuration was reloaded since: which routes did not match is not known\n";
  // How a client of the token service proves who it is is no scheme; what was found of it is in the detail.
  const bool of_client = text_of(o, "reason") == code_of(Reason::ClientUnauthenticated) || text_of(o, "reason") == code_of(Reason::GrantRefused);
  if (!of_client) io.out << fmt::format("found     {}\n", what_was_found(o));
  if (const auto principal = text_of(o, "principal"); !principal.empty()) io.out << fmt::format("proved    {}\n", printable(principal));
  print_checks(o, io);
  const JsonArray& sent = o.at("sent").as_array();
  for (std::size_t i = 0; i < sent.size(); ++i) {
    io.out << fmt::format("{:<10}WWW-Authenticate: {}\n", i == 0 ? "sent" : "", as_sent(sent[i].as_string()));
  }
}

}  // namespace

int run_explain(const Command& self, Arguments arguments, Io& io) {
  std::string id, admin, config_file;
  bool json = false;
  Options options(self);
  options.add_positional("ID", id, "The request's id: X-Request-Id of the response, and the log's last column");
  options.app().add_option("--admin", admin, "The gateway's admin listener; as the configuration says unless given")->type_name("ADDRESS");
  options.app().add_option("--config", config_file, "The gateway's configuration")->type_name("FILE");
  options.add_json(json);
  if (const auto status = options.parse(arguments, io)) return *status;
  const auto address = admin_address(admin, config_file);
  if (!address) return fail(self, address.error(), io);
  admin = *address;
  if (!is_request_id(id)) {
    return fail(self, {kWrong, "an id has up to 64 letters, digits, '.', '_' and '-'; it is the X-Request-Id of the response"}, io);
  }
  const auto explanation = fetch_explanation(admin, id);
  if (!explanation) return fail(self, explanation.error(), io);
  if (json) {
    io.out << explanation->text << '\n';
  } else {
    print_explanation(explanation->object, io);
  }
  return kDone;
}

}  // namespace quivive::cli
