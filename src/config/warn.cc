#include "config/readers.h"
#include "config/route_cover.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

namespace quivive::config {
namespace {

// The index of the first route that `is` holds for; nothing where there is none.
template <class Predicate>
std::optional<std::size_t> first_route(const Config& config, Predicate is) {
  const auto found = std::find_if(config.routes.begin(), config.routes.end(), is);
  return found == config.routes.end() ? std::nullopt : std::optional(static_cast<std::size_t>(found - config.routes.begin()));
}

bool accepts_basic(const Config& config) {
  return first_route(config, [](const Route& route) { return route.takes(Scheme::Basic); }).has_value();
}

void warn_about_listeners(const Section& root, const Config& config) {
  Report& report = root.report();
  if (!config.listen.tls && !is_loopback(config.listen.address) && accepts_basic(config)) {
    report.warning(root.at("listen"), "listen", "Basic is accepted without TLS: passwords cross the network in clear text unless a proxy in front ends TLS on this machine");
  }
  if (config.accept.session && !config.listen.tls && !is_loopback(config.listen.address)) {
    report.warning(root.at("listen"), "listen", "sessions without TLS: browsers keep the cookie only from https, so nobody can sign in unless a proxy in front ends TLS");
  }
  if (config.accept.session && config.store.kind == StoreLocation::Kind::Memory && (!config.accept.basic || config.accept.basic->htpasswd.empty())) {
    report.warning(root.at("store"), "store", "sessions with the store in memory: no command can add a user there, so nobody can sign in; name a file, or accept.basic.htpasswd");
  }
  if (config.shared == Shared::Store && config.store.kind == StoreLocation::Kind::Memory) {
    report.warning(root.at("shared"), "shared", "with the store in memory there is nobody to share with; name a file as the store");
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
  // Those of the file: our own token service has no row there.
  if (!root.below("accept").below("bearer").given()) return;
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
  if (offers(crypto::HashKind::Sha512_256)) warn("SHA-512-256 locks out curl 7.88, which Debian 12 has and which computes it wrongly");
  if (offers(crypto::HashKind::Md5)) {
    warn("MD5 is there for old clients only: the secrets stored for it can be tried out fast by whoever reads the store");
    const auto modern = std::find_if(algorithms.begin(), algorithms.end(), [](digest::DigestAlgorithm a) { return digest::info(a).hash != crypto::HashKind::Md5; });
    if (modern != algorithms.begin() && modern != algorithms.end()) warn("MD5 comes first, and clients take the first that they know: put SHA-256 before it");
  }
  const auto& qop = config.accept.digest->qop;
  const auto warn_of_qop = [&](std::string_view message) { section.report().warning(section.at("qop"), section.path_of("qop"), std::string(message)); };
  if (qop == std::vector{digest::Qop::AuthInt}) {
    warn_of_qop("auth-int alone locks out most clients: [auth, auth-int] lets them in, without the body");
  } else if (qop.size() > 1 && offers(crypto::HashKind::Md5)) {
    warn_of_qop(qop.front() == digest::Qop::Auth ? "auth-int beside auth locks out wget 1.21, which cannot read a list of two"
                                                 : "auth-int before auth locks out wget 1.21 and LWP 6.68: put auth first for the latter");
  }
  if (config.store.kind == StoreLocation::Kind::Memory) {
    section.report().warning(section.at(), section.path(), "takes its users from the store, and 'store: memory' has none: no command reaches it");
  }
  const auto warn_of = [&](auto is, std::string_view before, std::string_view after) {
    const auto route = first_route(config, [&](const Route& one) { return one.takes(Scheme::Digest) && is(one); });
    if (route) section.report().warning(section.at(), section.path(), fmt::format("{}routes[{}]{}", before, *route, after));
  };
  warn_of([](const Route& route) { return route.mode == Mode::Observe; },
          "", " observes, and so sends no challenge: a client of Digest has nothing to answer there");
  warn_of([](const Route& route) { return route.takes(Scheme::Basic); },
          "beside Basic on ", ": wget then takes Basic, and so sends the password; any client may choose the weaker");
}

void warn_about_prompts(const Section& section, const Config& config, const Route& route) {
  const bool to_form = route.takes(Scheme::Session) && config.accept.session && config.accept.session->login == LoginKind::Form;
  if (!route.browser_prompt || !to_form) return;
  section.report().warning(section.at("browser_prompt"), section.path_of("browser_prompt"),
                           "without effect: a browser that goes to a page is sent to the login form here, since session is accepted, too");
}

void warn_about_routes(const Section& root, const Config& config) {
  if (!root.has("routes")) return;
  const auto sections = root.list("routes");
  for (std::size_t i = 0; i < sections.size(); ++i) warn_about_prompts(sections[i], config, config.routes[i]);
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
