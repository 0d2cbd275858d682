#include "config/readers.h"
#include "config/route_cover.h"

#include <fmt/format.h>

#include <algorithm>

namespace quivive::config {
namespace {

bool accepts_basic(const Config& config) {
  return std::any_of(config.routes.begin(), config.routes.end(), [](const Route& route) {
    return std::find(route.accept.begin(), route.accept.end(), Scheme::Basic) != route.accept.end();
  });
}

void warn_about_listeners(const Section& root, const Config& config) {
  Report& report = root.report();
  if (!config.listen.tls && !is_loopback(config.listen.address) && accepts_basic(config)) {
    report.warning(root.at("listen"), "listen", "Basic is accepted without TLS: passwords cross the network in clear text unless a proxy in front ends TLS on this machine");
  }
  if (config.admin && !is_loopback(*config.admin)) {
    report.warning(root.at("admin"), "admin", "answers everybody who can reach it; keep it on loopback or a private network");
  }
}

void warn_about_proxies(const Section& root, const Config& config) {
  if (std::any_of(config.trusted_proxies.begin(), config.trusted_proxies.end(), [](const Cidr& c) { return c.is_everything(); })) {
    root.report().warning(root.at("trusted_proxies"), "trusted_proxies", "trusts everybody: any client can claim any address in X-Forwarded-For");
  }
}

void warn_about_issuers(const Section& root, const Config& config) {
  if (!config.accept.bearer) return;
  Report& report = root.report();
  const auto sections = root.below("accept").below("bearer").list("issuers");
  for (std::size_t i = 0; i < sections.size(); ++i) {
    const Issuer& issuer = config.accept.bearer->issuers[i];
    const auto warn = [&](std::string_view name, std::string message) {
      report.warning(sections[i].at(name), sections[i].path_of(name), std::move(message));
    };
    if (issuer.any_audience) warn("audience", "'any' accepts tokens that this issuer made for other APIs");
    if (issuer.allow_missing_expiration && !issuer.max_age) warn("allow_missing_expiration", "without max_age, a token that leaks is valid for ever");
    if (issuer.keys.kind == KeySource::Kind::Url || issuer.keys.kind == KeySource::Kind::Discover) {
      const auto url = parse_url(issuer.keys.kind == KeySource::Kind::Url ? issuer.keys.value : issuer.issuer);
      const bool local = url && (url->host == "localhost" || is_loopback(ListenAddress{url->host, url->port}));
      if (url && !url->tls && !local) warn("keys", "fetched without TLS: whoever can change the answer can sign tokens");
    }
  }
}

void warn_about_routes(const Section& root, const Config& config) {
  if (!root.has("routes")) return;
  const auto sections = root.list("routes");
  for (std::size_t later = 0; later < sections.size(); ++later) {
    const Route& route = config.routes[later];
    for (std::size_t earlier = 0; earlier < later; ++earlier) {
      const Route& shadow = config.routes[earlier];
      if (!covers(shadow, route)) continue;
      const bool unprotected = shadow.is_public && !route.is_public;
      root.report().warning(sections[later].at(), sections[later].path(),
                            unprotected ? fmt::format("never reached: routes[{}] ({}) is public and takes every request that this one protects", earlier, shadow.path)
                                        : fmt::format("never reached: routes[{}] ({}) takes every request that it matches", earlier, shadow.path));
      break;
    }
  }
}

}  // namespace

void warn_about(const Section& root, const Config& config) {
  warn_about_listeners(root, config);
  warn_about_proxies(root, config);
  warn_about_issuers(root, config);
  warn_about_routes(root, config);
}

}  // namespace quivive::config
