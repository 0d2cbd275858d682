// quivive serve

#include "auth/api_key_format.h"
#include "backends/sqlite_store.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/key_state.h"
#include "cli/load_config.h"
#include "cli/open_store.h"
#include "cli/options.h"
#include "cli/serving.h"

#include <algorithm>
#include <iostream>

namespace quivive::cli {
namespace {

struct ServeWishes {
  std::string config, upstream, listen, admin, ready_file;
  bool check = false;
  bool json_log = false;
};

struct FirstKey {
  std::string text;         // "" where the store has keys
  std::size_t useless = 0;  // keys that the store has, where none of them works
};

// The first key of a store that has none: without it nobody could get in. Where there are some, whoever ended them may have meant it.
Result<FirstKey> make_first_key(store::Store& store, Io& io) {
  const Instant now = io.clock.now();
  const auto keys = store.list_keys();
  if (!keys) return keys.error();
  const bool any_works = std::ranges::any_of(*keys, [&](const store::KeyRecord& key) { return works(key, now); });
  if (!keys->empty()) return FirstKey{{}, any_works ? 0 : keys->size()};
  const auth::NewApiKey key = auth::generate_api_key(io.random);
  const std::string text(key.text.reveal(RevealSecret{}));
  store::KeyRecord record;
  record.id = key.id;
  record.digest = auth::api_key_digest(text);
  record.owner = "setup";
  record.note = "made at the first start";
  record.created = now;
  if (const auto added = store.add_key(record); !added) return added.error();
  return FirstKey{text};
}

// What makes a key in the store that is served. By itself, the command goes by a configuration that lies here.
std::string key_command(const config::Config& config) {
  const std::string command = "quivive key create --owner NAME";
  const auto other = config_of({});
  const auto path = other ? store_path({}, *other) : Result<std::string, Failure>{other.error()};
  if (path && whole_path(*path) == whole_path(resolve(config, config.store.file))) return command;
  return fmt::format("{} --store sqlite:{}", command, config.store.file);
}

void print_banner(const gateway::Gateway& gateway, const config::Config& config, const FirstKey& first_key, bool created, Io& io) {
  const std::string url = fmt::format("{}://{}", config.listen.tls ? "https" : "http", endpoint_text(gateway.address()));
  const std::string upstream = config.upstreams.size() == 1 ? origin(config.upstreams[0].url) : fmt::format("{} upstreams", config.upstreams.size());
  const std::string what = config.upstreams.empty() ? "a token service alone" : "protecting " + upstream;
  io.out << fmt::format("quivive {}  {} on {}\n", QUIVIVE_VERSION, what, url);
  if (config.store.kind == config::StoreLocation::Kind::Sqlite) {
    io.out << fmt::format("store          sqlite {}{}\n", config.store.file, created ? " (created)" : "");
  } else {
    io.out << "store          memory: users, keys and revocations are gone when it stops\n";
  }
  if (!first_key.text.empty()) {
    io.out << fmt::format("first key      {}   shown once; make more with: {}\n", first_key.text, key_command(config));
    io.out << fmt::format("try            curl -H '{}: {}' {}/\n", config.accept.api_key->header, first_key.text, url);
  } else if (first_key.useless > 0) {
    io.out << fmt::format("keys           none that works: {} revoked or expired; make one with: {}\n",
                          first_key.useless == 1 ? "the only one is" : fmt::format("all {} are", first_key.useless), key_command(config));
  }
  if (const auto admin = gateway.admin_address()) io.out << fmt::format("admin          http://{}/metrics\n", endpoint_text(*admin));
  io.out << "log            one line per request follows; Ctrl-C stops after the last answer\n\n";
  io.out.flush();
}

LoadedConfig load_wished(const ServeWishes& wishes, const std::string& file) {
  if (!wishes.upstream.empty()) {
    auto zero = config::zero_config(wishes.upstream, wishes.listen, wishes.admin);
    return {std::move(zero.config), std::move(zero.diagnostics), {}};
  }
  return load_config_file(file);
}

}  // namespace

int run_serve(const Command& self, Arguments arguments, Io& io) {
  ServeWishes wishes;
  Options options(self);
  options.app().add_option("--config", wishes.config, "The configuration; ./quivive.yaml or /etc/quivive/quivive.yaml unless given")->type_name("FILE");
  options.app().add_option("--upstream", wishes.upstream, "Protect this, without a configuration")->type_name("URL");
  options.app().add_option("--listen", wishes.listen, "With --upstream: where to listen, 127.0.0.1:8080 unless given")->type_name("ADDRESS");
  options.app().add_option("--admin", wishes.admin, "With --upstream: where the admin listener is, 127.0.0.1:8081 unless given, or off")->type_name("ADDRESS");
  options.app().add_option("--ready-file", wishes.ready_file, "Write the addresses there, as JSON, once requests are served")->type_name("FILE");
  options.app().add_flag("--check", wishes.check, "Stop after the configuration has been checked");
  options.app().add_flag("--json-log", wishes.json_log, "Log JSON lines, on a terminal too");
  if (const auto status = options.parse(arguments, io)) return *status;
  if (!wishes.upstream.empty() && !wishes.config.empty()) {
    return fail(self, {kWrong, "--upstream and --config exclude each other; write the upstream into the file"}, io);
  }
  if (wishes.upstream.empty() && !(wishes.listen.empty() && wishes.admin.empty())) {
    return fail(self, {kWrong, "--listen and --admin go with --upstream; write them into the file"}, io);
  }
  const std::string file = wishes.upstream.empty() ? find_config(wishes.config) : "command line";
  if (file.empty()) return fail(self, {kWrong, "nothing to protect; say --upstream http://127.0.0.1:9000, or --config FILE"}, io);

  LoadedConfig loaded = load_wished(wishes, file);
  print_diagnostics(loaded, file, io);
  if (const std::size_t errors = count_errors(loaded); errors > 0) {
    io.err << errors << (errors == 1 ? " error" : " errors") << "; nothing was started\n";
    return kWrong;
  }
  const config::Config& config = *loaded.config;
  if (wishes.check) return check_deployment(config, io);

  gateway::GatewayOptions how;
  how.log_format = log_format(config, wishes.json_log);
  if (wishes.upstream.empty()) how.reread = [file] { return reread_config(file); };
  bool created = false;
  if (config.store.kind == config::StoreLocation::Kind::Sqlite) {
    auto opened = backends::SqliteStore::open(resolve(config, config.store.file));
    if (!opened) return refuse_start({{format(fault_of(config, "store", opened.error().message), source_of(config))}, true}, io);
    created = (*opened)->created();
    how.store = std::move(*opened);
  }
  const auto store = how.store;
  auto gateway = gateway::Gateway::make(config, std::move(how));
  if (!gateway) {
    if (created) io.err << fmt::format("a new store was created, {}; it is empty, and the next start uses it\n", printable(whole_path(resolve(config, config.store.file))));
    return refuse_start(gateway.error(), io);
  }
  FirstKey first_key;
  // Only without a configuration: who writes one decides who gets in.
  if (store && config.accept.api_key && !wishes.upstream.empty()) {
    auto made = make_first_key(*store, io);
    if (!made) return fail(self, {kFailed, made.error().message}, io);
    first_key = std::move(*made);
  }
  print_banner(**gateway, config, first_key, created, io);
  int status = kDone;
  (*gateway)->run([&] {
    if (wishes.ready_file.empty()) return;
    if (const auto written = write_ready_file(wishes.ready_file, **gateway); !written) {
      status = fail(self, {kFailed, written.error().message}, io);
      (*gateway)->stop();
    }
  });
  return status;
}

}  // namespace quivive::cli
