#include "cli/open_store.h"

#include "backends/sqlite_store.h"
#include "base/text.h"
#include "cli/load_config.h"

#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

namespace quivive::cli {
namespace {

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

Result<std::string, Failure> path_in_config(const config::Config& config) {
  if (config.store.kind != config::StoreLocation::Kind::Sqlite) {
    return wrong(fmt::format("{} sets store: memory, which lives inside the gateway's process, where no command reaches it", printable(config.file)));
  }
  return config::resolve(config, config.store.file);
}

}  // namespace

Result<std::optional<config::Config>, Failure> config_of(const StoreChoice& choice) {
  if (!choice.store.empty()) return std::optional<config::Config>{};
  const std::string file = find_config(choice.config);
  if (file.empty()) return std::optional<config::Config>{};
  LoadedConfig loaded = load_config_file(file);
  if (loaded.config) return std::move(loaded.config);
  return wrong_config(loaded, file);
}

Result<std::string, Failure> store_path(const StoreChoice& choice, const std::optional<config::Config>& config) {
  if (!choice.store.empty()) return path_in_url(choice.store);
  if (config) return path_in_config(*config);
  return std::string("quivive.db");
}

Result<std::unique_ptr<store::Store>, Failure> open_store(const StoreChoice& choice) {
  const auto config = config_of(choice);
  if (!config) return config.error();
  return open_store(choice, *config);
}

Result<std::unique_ptr<store::Store>, Failure> open_store(const StoreChoice& choice, const std::optional<config::Config>& config) {
  const auto path = store_path(choice, config);
  if (!path) return path.error();
  if (::access(path->c_str(), F_OK) != 0) {
    if (errno != ENOENT && errno != ENOTDIR) return Failure{kFailed, fmt::format("the store {} cannot be looked at: {}", printable(*path), std::strerror(errno))};
    return Failure{kFailed, fmt::format("there is no store {}; say which with --store sqlite:PATH or --config FILE", printable(*path))};
  }
  backends::SqliteStore::Options options;
  options.create = false;
  auto opened = backends::SqliteStore::open(*path, options);
  if (!opened) return Failure{kFailed, opened.error().message};
  return std::unique_ptr<store::Store>(std::move(*opened));
}

Result<std::unique_ptr<store::Store>, Failure> open_or_create_store(const Command& self, const StoreChoice& choice, Io& io) {
  const auto config = config_of(choice);
  if (!config) return config.error();
  return open_or_create_store(self, choice, *config, io);
}

Result<std::unique_ptr<store::Store>, Failure> open_or_create_store(const Command& self, const StoreChoice& choice,
                                                                    const std::optional<config::Config>& config, Io& io) {
  const auto path = store_path(choice, config);
  if (!path) return path.error();
  auto opened = backends::SqliteStore::open(*path);
  if (!opened) return Failure{kFailed, opened.error().message};
  if ((*opened)->created()) {
    io.err << fmt::format("quivive {}: a new store was created, {}; a gateway that uses another one knows nothing of what is in it\n", self.name,
                          printable(whole_path(*path)));
  }
  return std::unique_ptr<store::Store>(std::move(*opened));
}

std::string whole_path(const std::string& path) {
  std::error_code ec;
  const std::filesystem::path whole = std::filesystem::absolute(path, ec);
  return ec ? path : whole.lexically_normal().string();
}

}  // namespace quivive::cli
