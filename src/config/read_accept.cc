#include "base/text.h"
#include "config/decode.h"
#include "config/readers.h"

#include <fmt/format.h>

#include <algorithm>

namespace quivive::config {
namespace {

void read_audience(const Section& section, Issuer& out) {
  section.read("audience", out.audiences);
  const auto any = std::find(out.audiences.begin(), out.audiences.end(), "any");
  if (any == out.audiences.end()) return;
  if (out.audiences.size() > 1) {
    section.report().error(section.at("audience"), section.path_of("audience"), "'any' stands alone; with other audiences it would silence them");
    return;
  }
  out.any_audience = true;
  out.audiences.clear();
}

void read_keys(const Section& section, Issuer& out) {
  Report& report = section.report();
  if (section.has("secret_file")) {
    out.keys.kind = KeySource::Kind::SecretFile;
    section.read("secret_file", out.keys.value);
    if (section.has("keys")) {
      report.error(section.at("keys"), section.path_of("keys"), "given together with secret_file; an issuer signs with one or the other");
    }
    return;
  }
  section.read("keys", out.keys);
  const auto keys = section.value("keys");  // wrong ones leave the default
  const bool discovered = keys->node.kind == YamlNode::Kind::Scalar && keys->node.text == "discover";
  if (discovered && !out.issuer.empty() && !parse_url(out.issuer)) {
    report.error(section.at("keys"), section.path_of("keys"), "'discover' needs an issuer that is a URL; give the URL of the JWK set, or file:FILE");
  }
}

// Threat: a public key, which everybody has, taken for the secret of an HS algorithm.
void read_algorithms(const Section& section, Issuer& out) {
  const bool secret = out.keys.kind == KeySource::Kind::SecretFile;
  section.read("algorithms", out.algorithms);
  if (secret && !section.has("algorithms")) out.algorithms = {jose::JwsAlgorithm::HS256};
  const auto symmetric = std::count_if(out.algorithms.begin(), out.algorithms.end(), [](auto a) { return jose::is_symmetric(a); });
  const auto all = static_cast<std::ptrdiff_t>(out.algorithms.size());
  std::string message;
  if (symmetric > 0 && symmetric < all) {
    message = "HS algorithms, which use a secret, never mix with those that use public keys";
  } else if (symmetric > 0 && !secret) {
    message = "HS algorithms need secret_file";
  } else if (all > 0 && symmetric == 0 && secret) {
    message = "secret_file is for HS256, HS384 and HS512";
  }
  if (!message.empty()) section.report().error(section.at("algorithms"), section.path_of("algorithms"), std::move(message));
}

Issuer read_issuer(const Section& section) {
  Issuer out;
  out.line = section.at().line;
  section.read("issuer", out.issuer);
  read_audience(section, out);
  read_keys(section, out);
  read_algorithms(section, out);
  section.read("leeway", out.leeway);
  section.read("require_typ", out.require_typ);
  section.read("max_age", out.max_age);
  section.read("allow_missing_expiration", out.allow_missing_expiration);
  section.read("allow_id_tokens", out.allow_id_tokens);
  section.read("require_claims", out.require_claims);
  section.read("roles_claim", out.roles_claim);
  section.read("scope_claim", out.scope_claim);
  section.read("refresh", out.refresh);
  section.read("max_stale", out.max_stale);
  return out;
}

BearerSettings read_bearer(const Section& section) {
  BearerSettings out;
  const auto items = section.list("issuers");
  // Each token is matched against them, and each has keys to keep.
  constexpr std::size_t kMostIssuers = 100;
  if (items.size() > kMostIssuers) section.report().error(section.at("issuers"), section.path_of("issuers"), "more than 100 issuers");
  for (std::size_t i = 0; i < std::min(items.size(), kMostIssuers); ++i) {
    Issuer issuer = read_issuer(items[i]);
    for (std::size_t earlier = 0; earlier < out.issuers.size() && !issuer.issuer.empty(); ++earlier) {
      if (out.issuers[earlier].issuer != issuer.issuer) continue;
      section.report().error(items[i].at("issuer"), items[i].path_of("issuer"),
                             fmt::format("'{}' is the issuer of issuers[{}] too", printable(issuer.issuer, 60), earlier));
    }
    out.issuers.push_back(std::move(issuer));
  }
  return out;
}

ApiKeySettings read_api_key(const Section& section) {
  ApiKeySettings out;
  section.read("header", out.header);
  section.read("authorization", out.authorization);
  section.read("query", out.query);
  // A header name that is wrong has been reported; only `off` leaves no place by intent.
  const auto header = section.value("header");
  if (header->node.text == "off" && !out.authorization && !section.has("query")) {
    section.report().error(section.at(), section.path(), "leaves no place for a key: no header, no Authorization, no query");
  }
  return out;
}

BasicSettings read_basic(const Section& section) {
  BasicSettings out;
  section.read("htpasswd", out.htpasswd);
  section.read("remember", out.remember);
  return out;
}

DigestSettings read_digest(const Section& section) {
  DigestSettings out;
  section.read("algorithms", out.algorithms);
  section.read("userhash", out.userhash);
  section.read("qop", out.qop);
  section.read("auth_int_body", out.auth_int_body);
  section.read("nonce_lifetime", out.nonce_lifetime);
  section.read("domain", out.domain);
  for (const auto& [name, fault] : {std::pair{"algorithms", "names no algorithm"}, std::pair{"qop", "names no quality of protection"}}) {
    const auto list = section.value(name);
    if (list->node.kind == YamlNode::Kind::Sequence && list->node.items.empty()) section.report().error(section.at(name), section.path_of(name), fault);
  }
  for (const std::string& uri : out.domain) {
    // A list of URIs separated by spaces, in a quoted string (RFC 7616 section 3.3).
    if (!uri.empty() && uri.find_first_of("\"\\") == std::string::npos && std::all_of(uri.begin(), uri.end(), [](char c) { return c > 0x20 && c < 0x7f; })) continue;
    section.report().error(section.at("domain"), section.path_of("domain"), fmt::format("'{}' is no URI", printable(uri, 60)));
  }
  return out;
}

SessionSettings read_session(const Section& section) {
  SessionSettings out;
  section.read("login", out.login);
  section.read("idle", out.idle);
  section.read("absolute", out.absolute);
  section.read("cookie", out.cookie);
  section.read("secure", out.secure);
  section.read("per_user", out.per_user);
  section.read("title", out.title);
  section.read("logo", out.logo);
  if (out.cookie.starts_with("__")) {
    section.report().error(section.at("cookie"), section.path_of("cookie"), "give the name without a prefix: __Host- is put before it where it can be");
  }
  if (out.absolute < out.idle) {
    const std::string_view name = section.has("absolute") ? "absolute" : "idle";
    section.report().warning(section.at(name), section.path_of(name), "sessions end by accept.session.absolute before they can be idle for accept.session.idle");
  }
  return out;
}

// The row of our own token service, unless the file has one for it.
void accept_own_tokens(const TokenService& service, std::optional<BearerSettings>& bearer) {
  if (!bearer) bearer.emplace();
  for (const Issuer& issuer : bearer->issuers) {
    if (issuer.issuer == service.url) return;
  }
  Issuer own;
  own.issuer = service.url;
  own.audiences = service.audiences;
  own.keys.kind = KeySource::Kind::Own;
  // All that `issuer.algorithm` can say: tokens of the one before are good until they expire.
  own.algorithms.assign(kTokenServiceAlgorithms.begin(), kTokenServiceAlgorithms.end());
  own.leeway = std::chrono::seconds(0);  // one clock
  own.require_typ = "at+jwt";            // RFC 9068 section 4: an ID token is no access token
  own.roles_claim = "roles";
  bearer->issuers.push_back(std::move(own));
}

}  // namespace

void read_accept(const Section& root, Config& out) {
  const Section section = root.below("accept");
  Accept& accept = out.accept;
  if (section.wrong()) {
    accept = {DigestSettings{}, BearerSettings{}, ApiKeySettings{}, SessionSettings{}, BasicSettings{}};  // nothing is missing for the routes
    return;
  }
  if (!section.given()) {
    accept.api_key = read_api_key(section.below("api_key"));
    accept.basic = read_basic(section.below("basic"));
    if (out.issuer) accept_own_tokens(*out.issuer, accept.bearer);
    return;
  }
  if (const Section digest = section.below("digest"); digest.given()) accept.digest = read_digest(digest);
  if (const Section bearer = section.below("bearer"); bearer.given()) accept.bearer = read_bearer(bearer);
  if (const Section api_key = section.below("api_key"); api_key.given()) accept.api_key = read_api_key(api_key);
  if (const Section session = section.below("session"); session.given()) accept.session = read_session(session);
  if (const Section basic = section.below("basic"); basic.given()) accept.basic = read_basic(basic);
  if (out.issuer) accept_own_tokens(*out.issuer, accept.bearer);
  if (!accept.digest && !accept.bearer && !accept.api_key && !accept.session && !accept.basic) {
    section.report().error(section.at(), section.path(), "accepts nothing; one of digest, bearer, api_key, session, basic is needed");
  }
}

}  // namespace quivive::config
