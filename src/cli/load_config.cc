#include "cli/load_config.h"

#include "base/text.h"
#include "gateway/whole_file.h"

#include <algorithm>
#include <unistd.h>

namespace quivive::cli {
namespace {

constexpr std::size_t kMaxConfig = 1024 * 1024;

}  // namespace

std::string find_config(const std::string& named) {
  if (!named.empty()) return named;
  for (const char* file : {"quivive.yaml", "/etc/quivive/quivive.yaml"}) {
    // Present, even if unreadable: to pass it over would run another configuration than the operator sees.
    if (::access(file, F_OK) == 0) return file;
  }
  return {};
}

LoadedConfig load_config_file(const std::string& file) {
  const auto text = gateway::read_whole_file(file, kMaxConfig);
  if (!text) return {std::nullopt, {}, text.error().message};
  auto loaded = config::load(*text, file);
  return {std::move(loaded.config), std::move(loaded.diagnostics), {}};
}

void print_diagnostics(const LoadedConfig& loaded, const std::string& file, Io& io) {
  if (!loaded.unreadable.empty()) {
    io.err << loaded.unreadable << '\n';
    return;
  }
  if (loaded.diagnostics.empty()) return;
  std::string lines = config::format(loaded.diagnostics, file);
  if (!lines.ends_with('\n')) lines += '\n';
  io.err << lines;
}

Failure wrong_config(const LoadedConfig& loaded, const std::string& file) {
  if (!loaded.unreadable.empty()) return {kWrong, loaded.unreadable};
  std::vector<config::Diagnostic> errors;
  for (const auto& diagnostic : loaded.diagnostics) {
    if (diagnostic.severity == config::Severity::Error) errors.push_back(diagnostic);
  }
  return {kWrong, "the configuration is wrong\n" + config::format(errors, file)};
}

namespace {

// HOST:PORT, also out of the URL that serve prints.
Result<std::string, Failure> host_and_port(std::string_view given) {
  std::string_view rest = given;
  if (rest.starts_with("http://")) {
    rest.remove_prefix(std::string_view("http://").size());
    for (const std::string_view path : {"/metrics", "/"}) {
      if (rest.ends_with(path)) rest.remove_suffix(path.size());
    }
  }
  if (!rest.empty() && rest.find_first_of("/?#@ ") == std::string_view::npos) return std::string(rest);
  return Failure{kWrong, fmt::format("--admin {}: it takes HOST:PORT, like 127.0.0.1:8081", printable(given, 80))};
}

}  // namespace

Result<std::string, Failure> admin_address(const std::string& given, const std::string& config_file) {
  if (!given.empty()) return host_and_port(given);
  const std::string file = find_config(config_file);
  if (file.empty()) return std::string("127.0.0.1:8081");
  const auto text = gateway::read_whole_file(file, kMaxConfig);
  if (!text) return Failure{kWrong, text.error().message};
  const auto admin = config::admin_of(*text);
  if (!admin) {
    Failure failure = wrong_config(load_config_file(file), file);
    failure.message += "\nso it does not say where the admin listener is; give --admin ADDRESS";
    return failure;
  }
  if (!*admin) return Failure{kWrong, fmt::format("{} has no admin listener to ask (admin: off)", file)};
  return config::to_string(**admin);
}

std::size_t count_errors(const LoadedConfig& loaded) {
  if (!loaded.unreadable.empty()) return 1;
  const auto is_error = [](const config::Diagnostic& d) { return d.severity == config::Severity::Error; };
  return static_cast<std::size_t>(std::count_if(loaded.diagnostics.begin(), loaded.diagnostics.end(), is_error));
}

}  // namespace quivive::cli
