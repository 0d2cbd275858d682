// quivive reload: the running gateway reads its configuration again, and says what it found.

#include "base/json.h"
#include "base/text.h"
#include "cli/admin_client.h"
#include "cli/commands.h"
#include "cli/load_config.h"
#include "cli/options.h"

namespace quivive::cli {
namespace {

// Prints the texts of a list in the answer, and says whether there were any.
bool print_lines(const JsonObject& answer, std::string_view list, std::string_view prefix, Io& io) {
  const Json* lines = member(answer, list);
  if (lines == nullptr || !lines->is_array()) return false;
  for (const Json& line : lines->get_array()) {
    if (line.is_string()) io.err << prefix << printable(line.get_string(), 1000) << '\n';
  }
  return !lines->get_array().empty();
}

}  // namespace

int run_reload(const Command& self, Arguments arguments, Io& io) {
  std::string admin, config_file;
  Options options(self);
  options.app().add_option("--admin", admin, "The gateway's admin listener; as the configuration says unless given")->type_name("ADDRESS");
  options.app().add_option("--config", config_file, "The gateway's configuration")->type_name("FILE");
  if (const auto status = options.parse(arguments, io)) return *status;
  const auto address = admin_address(admin, config_file);
  if (!address) return fail(self, address.error(), io);
  admin = *address;
  const auto response = ask_admin(admin, "/reload", net::FetchMethod::Post, std::chrono::seconds(30));
  if (!response) return fail(self, response.error(), io);
  const auto parsed = parse_json(response->body);
  if ((response->status != 200 && response->status != 409) || !parsed || !parsed->is_object()) {
    return fail(self, no_admin_listener(admin, response->status), io);
  }
  if (response->status == 200) {
    const bool warned = print_lines(parsed->get_object(), "warnings", "warning: ", io);
    io.out << "reloaded; every request from now on meets the new configuration" << (warned ? ", but for what the warnings say\n" : "\n");
    return kDone;
  }
  print_lines(parsed->get_object(), "faults", "", io);
  io.err << "refused; the configuration before stays in force\n";
  return kWrong;
}

}  // namespace quivive::cli
