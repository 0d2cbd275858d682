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

// Measured on real clients; docs/digest.md has the table.
void warn_about_digest(const Section& root, const Config& config) {
  if (!config.accept.digest) return;
  const Section section = root.below("accept").below("digest");
  const auto& algorithms = config.accept.digest->algorithms;
  const auto offers = [&](crypto::HashKind hash) {
    return std::any_of(algorithms.begin(), algorithms.end(), [&](digest::DigestAlgorithm a) { return digest::info(a).hash == hash; });
  };
  const auto warn = [&](std::string message) { section.report().warning(section.at("algorithms"), section.path_of("algorithms"), std::move(message)); };
  if (offers(crypto::HashKind::Sha512_256)) warn("SHA-512-256 locks out curl up to 7.88 (Debian 12 has it), which computes it wrongly");
  if (offers(crypto::HashKind::Md5)) {
    warn("MD5 is there for old clients only: the secrets stored for it can be tried out fast by whoever reads the store");
    const auto modern = std::find_if(algorithms.begin(), algorithms.end(), [](digest::DigestAlgorithm a) { return digest::info(a).hash != crypto::HashKind::Md5; });
    if (modern != algorithms.begin() && modern != algorithms.end()) warn("MD5 comes first, and clients take the first that they know: put SHA-256 before it");
  }
  if (config.store.kind == StoreLocation::Kind::Memory) {
    section.report().warning(section.at(), section.path(), "takes its users from the store, and 'store: memory' has none: no command reaches it");
  }
  for (std::size_t i = 0; i < config.routes.size(); ++i) {
    if (config.routes[i].mode != Mode::Observe || std::find(config.routes[i].accept.begin(), config.routes[i].accept.end(), Scheme::Digest) == config.routes[i].accept.end()) continue;
    root.report().warning(section.at(), section.path(), fmt::format("routes[{}] observes, and so sends no challenge: a client of Digest has nothing to answer there", i));
    break;
  }
  for (std::size_t i = 0; i < config.routes.size(); ++i) {
    const auto takes = [&](Scheme scheme) { return std::find(config.routes[i].accept.begin(), config.routes[i].accept.end(), scheme) != config.routes[i].accept.end(); };
    if (!takes(Scheme::Digest) || !takes(Scheme::Basic)) continue;
    root.report().warning(section.at(), section.path(), fmt::format("beside Basic on routes[{}]: wget then takes Basic, and so sends the password; any client may choose the weaker", i));
    break;
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
  warn_about_digest(root, config);
  warn_about_routes(root, config);
}

}  // namespace quivive::config
