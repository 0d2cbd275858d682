#include "config/load.h"

#include "base/json.h"
#include "base/text.h"
#include "config/decode.h"
#include "config/readers.h"
#include "config/yaml_tree.h"

#include <fmt/format.h>

namespace quivive::config {
namespace {

// The part of a file name before its last slash, "/" for what lies in the root, "" for the current folder.
std::string folder_of(std::string_view file) {
  const auto slash = file.rfind('/');
  if (slash == std::string_view::npos) return {};
  return std::string(file.substr(0, slash == 0 ? 1 : slash));
}

Config read(const Section& root) {
  Config config;
  read_server(root, config);
  read_token_service(root, config);
  read_accept(root, config);
  read_identity(root, config);
  read_upstreams(root, config);
  read_routes(root, config);
  return config;
}

}  // namespace

LoadResult load(std::string_view yaml, std::string_view file_name) {
  Report report;
  LoadResult out;
  if (const auto tree = parse_yaml(yaml, report.diagnostics())) {
    const Section root(report, *tree);
    Config config = read(root);
    config.places.of = report.take_places();
    config.file = file_name;
    config.base_dir = folder_of(file_name);
    if (!report.failed()) {
      warn_about(root, config);
      out.config = std::move(config);
    }
  }
  out.diagnostics = report.take();
  return out;
}

Result<std::optional<ListenAddress>> admin_of(std::string_view yaml) {
  static constexpr std::string_view kAdmin[] = {"admin"};
  Report report;
  std::optional<ListenAddress> admin;
  const auto tree = parse_yaml(yaml, report.diagnostics());
  if (!tree) return error("not YAML");
  Section(report, *tree).read("admin", admin);
  for (const Diagnostic& d : report.take()) {
    if (!closest(d.path, kAdmin).empty()) return error("{}: {}", d.path, d.message);
  }
  return admin;
}

LoadResult zero_config(std::string_view upstream_url, std::string_view listen, std::string_view admin) {
  // Quoted as JSON, which is YAML too: what a command line says stays one value.
  std::string yaml = fmt::format("upstream: {}\n", json_quote(upstream_url));
  if (!listen.empty()) yaml += fmt::format("listen: {}\n", json_quote(listen));
  if (!admin.empty()) yaml += fmt::format("admin: {}\n", json_quote(admin));
  LoadResult out = load(yaml, {});
  // There is no file to look in.
  for (Diagnostic& diagnostic : out.diagnostics) diagnostic.line = diagnostic.column = 0;
  if (out.config) out.config->places = {};
  return out;
}

std::string resolve(const Config& config, const std::string& file) {
  if (file.empty() || file.starts_with('/') || config.base_dir.empty()) return file;
  return config.base_dir.ends_with('/') ? config.base_dir + file : config.base_dir + "/" + file;
}

Diagnostic fault_of(const Config& config, std::string setting, std::string message) {
  const auto found = config.places.of.find(setting);
  const Position at = found == config.places.of.end() ? Position{} : found->second;
  return {Severity::Error, at.line, at.column, std::move(setting), std::move(message)};
}

std::string_view source_of(const Config& config) { return config.file.empty() ? std::string_view("command line") : config.file; }

SessionCookie session_cookie(const Config& config) {
  const SessionSettings& session = *config.accept.session;
  const bool secure = config.listen.tls || session.secure == SecureCookie::Always || !is_loopback(config.listen.address);
  // __Host- (RFC 6265bis section 4.1.3.2): set over https by this very host, so that no sibling can plant one.
  return {secure, (secure ? "__Host-" : "") + session.cookie};
}

}  // namespace quivive::config
