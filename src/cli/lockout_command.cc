// quivive lockout list|clear: who has to wait before another password of theirs is looked at, in a running gateway.

#include "base/json.h"
#include "base/text.h"
#include "cli/admin_client.h"
#include "cli/commands.h"
#include "cli/load_config.h"
#include "cli/options.h"
#include "cli/show.h"
#include "config/cidr.h"
#include "http/form.h"

namespace quivive::cli {
namespace {

struct Where {
  std::string admin, config_file;
};

void add_where(Options& options, Where& where) {
  options.app().add_option("--admin", where.admin, "The gateway's admin listener; as the configuration says unless given")->type_name("ADDRESS");
  options.app().add_option("--config", where.config_file, "The gateway's configuration")->type_name("FILE");
}

Result<Json, Failure> ask(const Where& where, std::string_view path, net::FetchMethod method) {
  const auto address = admin_address(where.admin, where.config_file);
  if (!address) return address.error();
  const auto response = ask_admin(*address, path, method, std::chrono::seconds(10));
  if (!response) return response.error();
  auto parsed = parse_json(response->body);
  if (response->status == 503 && parsed && parsed->is_object()) {
    if (const auto why = string_member(parsed->get_object(), "error")) return Failure{kFailed, printable(*why, 1000)};
  }
  if (response->status != 200 || !parsed) return no_admin_listener(*address, response->status);
  return std::move(*parsed);
}

}  // namespace

int run_lockout_list(const Command& self, Arguments arguments, Io& io) {
  Where where;
  bool json = false;
  Options options(self);
  add_where(options, where);
  options.add_json(json);
  if (const auto status = options.parse(arguments, io)) return *status;
  const auto answer = ask(where, "/lockouts", net::FetchMethod::Get);
  if (!answer) return fail(self, answer.error(), io);
  if (!answer->is_array()) return fail(self, {kFailed, "the admin listener answers with something else than a list"}, io);
  if (json) {
    io.out << to_json(*answer) << '\n';
    return kDone;
  }
  if (answer->get_array().empty()) {
    io.out << "nobody is locked out\n";
    return kDone;
  }
  std::vector<std::vector<std::string>> rows = {{"user", "network", "until"}};
  for (const Json& item : answer->get_array()) {
    if (!item.is_object()) continue;
    const auto text = [&](std::string_view name) { return std::string(string_member(item.get_object(), name).value_or("")); };
    const std::string account = text("account").empty() ? "" : fmt::format(" ({})", text("account"));
    rows.push_back({text("user").empty() ? "(everybody)" : text("user") + account, text("network").empty() ? "(unfamiliar)" : text("network"), text("until")});
  }
  io.out << table(rows);
  return kDone;
}

int run_lockout_clear(const Command& self, Arguments arguments, Io& io) {
  Where where;
  std::string user, network;
  bool all = false;
  Options options(self);
  options.app().add_option("--user", user, "Forgets the wrong passwords of this user name, and of the hashes of it that Digest clients send")->type_name("NAME");
  options.app().add_option("--network", network, "Forgets those from this network, as lockout list shows it")->type_name("NETWORK");
  options.app().add_flag("--all", all, "Forgets all");
  add_where(options, where);
  if (const auto status = options.parse(arguments, io)) return *status;
  if (all == !(user.empty() && network.empty())) {
    return fail(self, {kWrong, "say whose: --user NAME, --network NETWORK, both, or --all alone"}, io);
  }
  if (!network.empty() && network != "unknown") {  // that is what no address counts as
    const auto known = config::Cidr::parse(network);
    if (!known || network.find('/') == std::string::npos)
      return fail(self, {kWrong, fmt::format("--network takes a network as lockout list shows it, like 192.0.2.0/24{}", known ? "" : ": " + known.error().message)}, io);
  }
  std::string query;
  if (all) http::append_form_pair(query, "all", "1");
  if (!user.empty()) http::append_form_pair(query, "user", user);
  if (!network.empty()) http::append_form_pair(query, "network", network);
  const auto answer = ask(where, "/lockouts/clear?" + query, net::FetchMethod::Post);
  if (!answer) return fail(self, answer.error(), io);
  const Json* cleared = answer->is_object() ? member(answer->get_object(), "cleared") : nullptr;
  const std::int64_t count = cleared != nullptr && cleared->is_int64() ? cleared->get_int64() : 0;
  if (count == 0) {
    io.out << "nothing was counted of those\n";
    return kNo;
  }
  io.out << fmt::format("forgotten: {} count{}; the next password is looked at\n", count, count == 1 ? "" : "s");
  return kDone;
}

}  // namespace quivive::cli
