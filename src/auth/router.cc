#include "auth/router.h"

#include "base/text.h"
#include "http/grammar.h"
#include "http/host.h"
#include "http/target.h"

#include <algorithm>

namespace quivive::auth {
namespace {

// The name that is compared: no port, no trailing dot ("example.com." is the same host, RFC 1034 section 3.1).
std::string_view host_name(std::string_view host) {
  if (const auto parsed = http::parse_host_port(host)) host = parsed->host;
  if (host.ends_with('.')) host.remove_suffix(1);
  return host;
}

bool admits(std::string_view pattern, std::string_view method) {
  return pattern == method || (pattern == "GET" && method == "HEAD");
}

// "" if the pattern can match a policy path.
std::string path_fault(std::string_view path) {
  if (!path.starts_with('/')) return "the path does not begin with '/'";
  std::string scratch;
  const auto target = http::parse_target(path, "host", http::EncodedSlash::Pass, scratch);
  if (!target) return fmt::format("no request has such a path: {}", target.error().detail);
  if (target->has_query) return "the path holds '?'; the query is not compared";
  if (target->policy_path != path) return fmt::format("write the path as {}", printable(target->policy_path));
  return {};
}

// "" if the pattern can match a host.
std::string host_fault(std::string_view host) {
  if (host.starts_with("*.")) host.remove_prefix(2);
  const auto parsed = http::parse_host_port(host);
  if (!parsed) return "the host is neither a name nor '*.' and a name";
  return parsed->port ? "the host has a port" : "";
}

}  // namespace

Result<Router::Compiled> Router::compile_one(std::size_t index, RouteEntry entry) {
  const auto fault = [&](std::string_view text) {
    return error("route {} ({}): {}", index + 1, printable(entry.pattern.path), text);
  };
  const RoutePattern& pattern = entry.pattern;
  if (entry.policy == nullptr) return fault("no policy");
  if (const std::string text = path_fault(pattern.path); !text.empty()) return fault(text);
  Compiled compiled;
  if (!pattern.host.empty()) {
    if (const std::string text = host_fault(pattern.host); !text.empty()) return fault(text);
    compiled.host_is_suffix = pattern.host.starts_with("*.");
    compiled.host = to_lower(host_name(std::string_view(pattern.host).substr(compiled.host_is_suffix ? 1 : 0)));
  }
  for (const std::string& method : pattern.methods) {
    if (!http::is_token(method)) return fault("a method is not a token");
  }
  if (pattern.path.find('*') != std::string::npos) {
    Result<Glob> glob = Glob::compile(pattern.path.ends_with('/') ? pattern.path + "**" : pattern.path);
    if (!glob) return fault(glob.error().message);
    compiled.kind = PathKind::Glob;
    compiled.glob = std::move(*glob);
  } else if (pattern.path.ends_with('/')) {
    compiled.kind = PathKind::Prefix;
  }
  compiled.route = {index, std::move(entry.pattern), std::move(entry.policy)};
  return compiled;
}

Result<Router> Router::compile(std::vector<RouteEntry> entries) {
  Router router;
  std::string faults;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    Result<Compiled> compiled = compile_one(i, std::move(entries[i]));
    if (compiled) {
      router.compares_hosts_ = router.compares_hosts_ || !compiled->host.empty();
      router.compares_methods_ = router.compares_methods_ || !compiled->route.pattern.methods.empty();
      router.routes_.push_back(std::move(*compiled));
    } else {
      faults += (faults.empty() ? "" : "; ") + compiled.error().message;
    }
  }
  if (!faults.empty()) return error("{}", faults);
  return router;
}

std::optional<Router::Mismatch> Router::Compiled::judge(std::string_view method, std::string_view host_sent,
                                                        std::string_view path) const {
  bool path_matches = false;
  switch (kind) {
    case PathKind::Exact: path_matches = path == route.pattern.path; break;
    case PathKind::Prefix: path_matches = path.starts_with(route.pattern.path); break;
    case PathKind::Glob: path_matches = glob->matches(path); break;
  }
  if (!path_matches) return Mismatch::Path;
  if (host_is_suffix) {
    const bool below =
        host_sent.size() > host.size() && iequals(host_sent.substr(host_sent.size() - host.size()), host);
    if (!below) return Mismatch::Host;
  } else if (!host.empty() && !iequals(host_sent, host)) {
    return Mismatch::Host;
  }
  const auto& methods = route.pattern.methods;
  const bool admitted =
      methods.empty() || std::ranges::any_of(methods, [&](const std::string& m) { return admits(m, method); });
  return admitted ? std::nullopt : std::optional(Mismatch::Method);
}

const Router::Route* Router::match(std::string_view method, std::string_view host, std::string_view path) const {
  const std::string_view name = compares_hosts_ ? host_name(host) : std::string_view();
  for (const Compiled& candidate : routes_) {
    if (!candidate.judge(method, name, path)) return &candidate.route;
  }
  return nullptr;
}

std::vector<Router::Loser> Router::losers(std::string_view method, std::string_view host, std::string_view path) const {
  const std::string_view name = host_name(host);
  std::vector<Loser> out;
  for (const Compiled& candidate : routes_) {
    const std::optional<Mismatch> why = candidate.judge(method, name, path);
    if (!why) break;
    out.push_back({&candidate.route, *why});
  }
  return out;
}

}  // namespace quivive::auth
