#include "jose/jwk.h"

#include "base/base64.h"
#include "base/text.h"

#include <algorithm>
#include <array>
#include <stdexcept>

namespace quivive::jose {
namespace {

using crypto::KeyKind;
using crypto::MacKey;
using crypto::PublicKey;
using crypto::PublicKeyParams;

template <class... Args>
JwkProblem refused(fmt::format_string<Args...> format, Args&&... args) {
  return {JwkProblem::Kind::Refused, fmt::format(format, std::forward<Args>(args)...)};
}
template <class... Args>
JwkProblem skipped(fmt::format_string<Args...> format, Args&&... args) {
  return {JwkProblem::Kind::Skipped, fmt::format(format, std::forward<Args>(args)...)};
}

// The member's octets, or what is wrong with it. An empty value is no number and no key.
Result<std::string, JwkProblem> octets(const JsonObject& object, std::string_view name) {
  const auto text = string_member(object, name);
  if (!text) return refused("{} is missing or not a string", name);
  auto decoded = base64url_decode(*text);
  if (!decoded || decoded->empty()) return refused("{} is not base64url without padding", name);
  return std::move(*decoded);
}

// Optional members that must be strings where they are there (RFC 7517 section 4).
Result<std::string_view, JwkProblem> text(const JsonObject& object, std::string_view name) {
  const Json* value = member(object, name);
  if (value == nullptr) return std::string_view{};
  if (!value->is_string()) return refused("{} is not a string", name);
  return std::string_view(value->get_string());
}

// Whether use and key_ops leave verification to this key (RFC 7517 sections 4.2 and 4.3).
std::optional<JwkProblem> purpose_problem(const JsonObject& object) {
  const auto use = text(object, "use");
  if (!use) return use.error();
  if (member(object, "use") != nullptr && *use != "sig") return skipped("use is {}, not sig", printable(*use, 32));
  const Json* ops = member(object, "key_ops");
  if (ops == nullptr) return std::nullopt;
  if (!ops->is_array()) return refused("key_ops is not an array");
  const JsonArray& list = ops->get_array();
  if (std::any_of(list.begin(), list.end(), [](const Json& op) { return !op.is_string(); })) {
    return refused("key_ops holds something that is not a string");
  }
  if (std::none_of(list.begin(), list.end(), [](const Json& op) { return op.get_string() == "verify"; })) {
    return skipped("key_ops does not hold verify");
  }
  return std::nullopt;
}

Result<PublicKeyParams, JwkProblem> rsa_params(const JsonObject& object) {
  auto n = octets(object, "n"), e = octets(object, "e");
  if (!n) return n.error();
  if (!e) return e.error();
  return PublicKeyParams{.kind = KeyKind::Rsa, .n = std::move(*n), .e = std::move(*e), .x = {}, .y = {}};
}

Result<PublicKeyParams, JwkProblem> curve_params(const JsonObject& object, std::span<const KeyKind> kinds) {
  const auto crv = string_member(object, "crv");
  if (!crv) return refused("crv is missing or not a string");
  const auto kind =
      std::find_if(kinds.begin(), kinds.end(), [&](KeyKind k) { return crypto::key_kind_name(k) == *crv; });
  if (kind == kinds.end()) return skipped("crv {} is not used for signatures here", printable(*crv, 32));
  PublicKeyParams params;
  params.kind = *kind;
  auto x = octets(object, "x");
  if (!x) return x.error();
  params.x = std::move(*x);
  if (crypto::is_ec(*kind)) {
    auto y = octets(object, "y");
    if (!y) return y.error();
    params.y = std::move(*y);
  }
  return params;
}

constexpr std::array kEcKinds = {KeyKind::EcP256, KeyKind::EcP384, KeyKind::EcP521};
constexpr std::array kOkpKinds = {KeyKind::Ed25519, KeyKind::Ed448};
constexpr std::array<std::string_view, 8> kPrivateMembers = {"d", "p", "q", "dp", "dq", "qi", "oth", "k"};

std::string_view key_type(KeyKind kind) { return kind == KeyKind::Rsa ? "RSA" : crypto::is_ec(kind) ? "EC" : "OKP"; }

}  // namespace

void throw_exception_from_error(const JwkProblem& problem, const boost::source_location&) {
  throw std::logic_error("value() of a failed Result: " + problem.message);
}

JsonObject public_members(const PublicKey& key) {
  const PublicKeyParams& params = key.params();
  const std::string_view kty = key_type(params.kind);
  if (params.kind == KeyKind::Rsa) {
    return {{"e", base64url_encode(params.e)}, {"kty", kty}, {"n", base64url_encode(params.n)}};
  }
  JsonObject out{{"crv", crypto::key_kind_name(params.kind)}, {"kty", kty}, {"x", base64url_encode(params.x)}};
  if (crypto::is_ec(params.kind)) out.emplace("y", base64url_encode(params.y));
  return out;
}

Jwk::Jwk(Key key, std::string kid, std::optional<JwsAlgorithm> algorithm)
    : key_(std::move(key)), kid_(std::move(kid)), algorithm_(algorithm) {
  if (const PublicKey* key_of = public_key()) {
    thumbprint_ = base64url_encode(crypto::sha256(quivive::to_json(public_members(*key_of))).view());
  }
}

Jwk Jwk::from_public_key(PublicKey key, std::string kid, std::optional<JwsAlgorithm> algorithm) {
  return Jwk(std::move(key), std::move(kid), algorithm);
}
Jwk Jwk::from_secret(MacKey key, std::string kid, std::optional<JwsAlgorithm> algorithm) {
  return Jwk(std::move(key), std::move(kid), algorithm);
}

Result<Jwk, JwkProblem> Jwk::from_json(const JsonObject& object) {
  const auto kty = string_member(object, "kty");
  if (!kty) return refused("kty is missing or not a string");
  const bool symmetric = *kty == "oct";
  if (!symmetric && *kty != "RSA" && *kty != "EC" && *kty != "OKP") {
    return skipped("kty {} is not known", printable(*kty, 32));
  }
  if (auto problem = purpose_problem(object)) return std::move(*problem);
  const auto kid = text(object, "kid"), alg = text(object, "alg");
  if (!kid) return kid.error();
  if (!alg) return alg.error();
  const auto algorithm = parse_algorithm(*alg);
  if (member(object, "alg") != nullptr && !algorithm) {
    return skipped("alg {} is no signature algorithm that is understood", printable(*alg, 32));
  }

  std::optional<Key> key;
  if (symmetric) {
    auto secret = octets(object, "k");
    if (!secret) return secret.error();
    auto mac = MacKey::make(Secret(std::move(*secret)));
    if (!mac) return refused("{}", mac.error().message);
    key = std::move(*mac);
  } else {
    for (const std::string_view name : kPrivateMembers) {
      // Threat: a private key in a published set; whoever reads the set can sign.
      if (member(object, name) != nullptr) {
        return refused("it holds the private member {}; replace the key and publish the public half only", name);
      }
    }
    auto params = *kty == "RSA" ? rsa_params(object)
                                : curve_params(object, *kty == "EC" ? std::span<const KeyKind>(kEcKinds) : kOkpKinds);
    if (!params) return params.error();
    auto made = PublicKey::from_params(*params);
    if (!made) return refused("{}", made.error().message);
    key = std::move(*made);
  }
  Jwk jwk(std::move(*key), std::string(*kid), algorithm);
  if (algorithm && !jwk.fits(*algorithm)) {
    return refused("alg {} does not fit a key of {}", name_of(*algorithm), jwk.description());
  }
  return jwk;
}

std::string Jwk::description() const {
  if (const MacKey* mac = secret()) return fmt::format("oct {}", mac->size() * 8);
  const PublicKey& key = *public_key();
  return key.kind() == KeyKind::Rsa ? fmt::format("RSA {}", key.bits())
                                    : std::string(crypto::key_kind_name(key.kind()));
}

bool Jwk::fits(JwsAlgorithm algorithm) const {
  if (algorithm_ && *algorithm_ != algorithm) return false;
  // Threat: HS256 under an RSA public key, or under nothing (CVE-2026-44699).
  if (const MacKey* mac = secret()) {
    return jose::is_symmetric(algorithm) && mac->size() >= crypto::digest_size(info(algorithm).hash);
  }
  return jose::fits(algorithm, public_key()->kind());
}

JsonObject Jwk::to_json() const {
  JsonObject out = public_members(*public_key());
  if (!kid_.empty()) out.emplace("kid", kid_);
  if (algorithm_) out.emplace("alg", name_of(*algorithm_));
  out.emplace("use", "sig");
  return out;
}

}  // namespace quivive::jose
