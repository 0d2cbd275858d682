// quivive check: everything that serve would complain about, without starting.

#include "cli/commands.h"
#include "cli/load_config.h"
#include "cli/options.h"
#include "cli/serving.h"
#include "store/memory_store.h"

namespace quivive::cli {

int check_deployment(const config::Config& config, Io& io) {
  // Nothing is started, fetched or created: a store of its own stands in for the one that may not be there yet.
  gateway::FactBoard board;
  net::EventLoop control;
  net::WorkerPool nobody(0, 1);
  gateway::KeySetManager key_sets(board, control, nobody, io.clock, io.random, [](std::string_view, std::string_view) {});
  const auto deployed = gateway::deploy(config, {board, key_sets, nullptr, std::make_shared<store::MemoryStore>(), 0, {}, io.clock.now(), true});
  if (!deployed) {
    for (const std::string& line : deployed.error().lines) io.err << line << '\n';
    const std::size_t n = deployed.error().lines.size();
    io.err << n << (n == 1 ? " error\n" : " errors\n");
    return kWrong;
  }
  for (const std::string& warning : (*deployed)->warnings) io.err << "warning: " << warning << '\n';
  io.out << fmt::format("{} is right: {} {}, {} {}\n", config.file.empty() ? "the configuration" : config.file, config.routes.size(),
                        config.routes.size() == 1 ? "route" : "routes", config.upstreams.size(), config.upstreams.size() == 1 ? "upstream" : "upstreams");
  return kDone;
}

Result<config::Config, gateway::DeployFaults> reread_config(const std::string& file) {
  LoadedConfig loaded = load_config_file(file);
  if (loaded.config) return std::move(*loaded.config);
  if (!loaded.unreadable.empty()) return gateway::DeployFaults{{loaded.unreadable}};
  gateway::DeployFaults faults;
  for (const auto& d : loaded.diagnostics) {
    if (d.severity == config::Severity::Error) faults.lines.push_back(config::format(d, file));
  }
  return faults;
}

int run_check(const Command& self, Arguments arguments, Io& io) {
  std::string named;
  Options options(self);
  options.app().add_option("FILE", named, "The configuration; ./quivive.yaml or /etc/quivive/quivive.yaml unless given");
  if (const auto status = options.parse(arguments, io)) return *status;
  const std::string file = find_config(named);
  if (file.empty()) return fail(self, {kWrong, "there is no quivive.yaml here and none in /etc/quivive; name the file to check"}, io);
  const LoadedConfig loaded = load_config_file(file);
  print_diagnostics(loaded, file, io);
  if (const std::size_t errors = count_errors(loaded); errors > 0) {
    io.err << errors << (errors == 1 ? " error\n" : " errors\n");
    return kWrong;
  }
  return check_deployment(*loaded.config, io);
}

}  // namespace quivive::cli
