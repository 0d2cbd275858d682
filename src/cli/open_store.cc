#include "cli/open_store.h"

#include "backends/sqlite_store.h"
#include "base/text.h"
#include "config/load.h"
#include "gateway/whole_file.h"

#include <unistd.h>

namespace quivive::cli {
namespace {

constexpr std::size_t kMaxConfigBytes = 1024 * 1024;
constexpr std::string_view kSqlite = "sqlite:";

Failure wrong(std::string message) { return {kWrong, std::move(message)}; }

// The path in "sqlite:PATH".
Result<std::string, Failure> path_in_url(std::string_view url) {
  if (url.starts_with(kSqlite) && url.size() > kSqlite.size()) return std::string(url.substr(kSqlite.size()));
  if (url == "memory" || url == "memory:") {
    return wrong("--store memory lives inside the gateway's process, where no command reaches it; use sqlite:PATH");
  }
  return wrong(fmt::format("--store '{}' is not a store; write sqlite:PATH", printable(url)));
}

Result<std::string, Failure> path_in_config(const std::string& file) {
  const auto text = gateway::read_whole_file(file, kMaxConfigBytes);
  if (!text) return wrong(text.error().message);
  const auto loaded = config::load(*text, file);
  if (!loaded.config) {
    std::vector<config::Diagnostic> errors;
    for (const auto& diagnostic : loaded.diagnostics) {
      if (diagnostic.severity == config::Severity::Error) errors.push_back(diagnostic);
    }
    std::string lines = config::format(errors, file);
    while (lines.ends_with('\n')) lines.pop_back();
    return wrong("the configuration is wrong\n" + lines);
  }
  if (loaded.config->store.kind != config::StoreLocation::Kind::Sqlite) {
    return wrong(fmt::format("{} sets store: memory, which lives inside the gateway's process, where no command reaches it", printable(file)));
  }
  return config::resolve(*loaded.config, loaded.config->store.file);
}

Result<std::string, Failure> path_of(const StoreChoice& choice) {
  if (!choice.store.empty()) return path_in_url(choice.store);
  if (!choice.config.empty()) return path_in_config(choice.config);
  for (const char* file : {"quivive.yaml", "/etc/quivive/quivive.yaml"}) {
    // Present, even if unreadable: a configuration that cannot be read must not lead to another store.
    if (::access(file, F_OK) == 0) return path_in_config(file);
  }
  return std::string("quivive.db");
}

}  // namespace

Result<std::unique_ptr<store::Store>, Failure> open_store(const StoreChoice& choice, IfMissing if_missing) {
  const auto path = path_of(choice);
  if (!path) return path.error();
  if (if_missing == IfMissing::Fail && ::access(path->c_str(), F_OK) != 0) {
    return Failure{kFailed, fmt::format("there is no store {}; say which with --store sqlite:PATH or --config FILE", printable(*path))};
  }
  backends::SqliteStore::Options options;
  options.create = if_missing == IfMissing::Create;
  auto opened = backends::SqliteStore::open(*path, options);
  if (!opened) return Failure{kFailed, opened.error().message};
  return std::unique_ptr<store::Store>(std::move(*opened));
}

}  // namespace quivive::cli
