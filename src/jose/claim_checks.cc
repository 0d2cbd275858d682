#include "jose/claim_checks.h"

#include "base/text.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <utility>

namespace quivive::jose {
namespace {

constexpr double kMaxSeconds = 253402300799;      // the end of the year 9999, which an HTTP date can still name
constexpr double kLooksLikeMilliseconds = 1e11;  // the year 5138 in seconds, 1973 in milliseconds

std::string utc(Instant t) {
  const auto day = std::chrono::floor<std::chrono::days>(t);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss time(std::chrono::floor<std::chrono::seconds>(t - day));
  const std::int64_t s = unix_seconds(t);
  if (s < 0 || s > 253402300799) {
    return fmt::format("{} s", s);  // beyond the year 9999 a date says less than the number
  }
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z", int{date.year()}, unsigned{date.month()},
                     unsigned{date.day()}, time.hours().count(), time.minutes().count(), time.seconds().count());
}

// Types that are registered, or in use, for something else than access tokens. Not client-authentication+jwt: client assertions are judged
// by these checks, too.
constexpr std::string_view kOtherUses[] = {
    "logout+jwt",                  // OpenID Connect Back-Channel Logout
    "secevent+jwt",                // RFC 8417
    "dpop+jwt",                    // RFC 9449
    "oauth-authz-req+jwt",         // RFC 9101
    "token-introspection+jwt",     // RFC 9701
    "statuslist+jwt",              // Token Status List
    "kb+jwt",                      // RFC 9901, as the next two
    "dc+sd-jwt",
    "vc+sd-jwt",
    "refresh+jwt",
    "oauth-client-attestation+jwt",
    "oauth-client-attestation-pop+jwt",
    "openid4vci-proof+jwt",
    "key-attestation+jwt",
    "entity-statement+jwt",        // OpenID Federation, as the rest
    "trust-mark+jwt",
    "trust-mark-delegation+jwt",
    "trust-mark-status-response+jwt",
    "resolve-response+jwt",
    "explicit-registration-response+jwt",
};

bool is_of_another_use(std::string_view typ) {
  if (typ.empty() || is_media_type(typ, "jwt") || is_media_type(typ, "at+jwt")) return false;
  return std::ranges::any_of(kOtherUses, [&](std::string_view name) { return is_media_type(typ, name); });
}

// The claims that a check looks at, found in one pass: looked up one by one, in an object of ten, they cost more than an
// HMAC. Null where absent.
struct Claims {
  const Json *iss{}, *aud{}, *exp{}, *nbf{}, *iat{}, *sub{}, *jti{}, *scope{}, *scp{}, *typ{}, *nonce{}, *at_hash{}, *c_hash{};

  explicit Claims(const JsonObject& all) {
    for (const auto& entry : all) {
      if (const Json* Claims::*slot = slot_of(entry.key())) this->*slot = &entry.value();
    }
  }
  static const Json* Claims::*slot_of(std::string_view name) {
    constexpr std::pair<std::string_view, const Json* Claims::*> kShort[] = {
        {"iss", &Claims::iss}, {"aud", &Claims::aud}, {"exp", &Claims::exp}, {"nbf", &Claims::nbf}, {"iat", &Claims::iat},
        {"sub", &Claims::sub}, {"jti", &Claims::jti}, {"scp", &Claims::scp}, {"typ", &Claims::typ}};
    constexpr std::pair<std::string_view, const Json* Claims::*> kLong[] = {
        {"scope", &Claims::scope}, {"nonce", &Claims::nonce}, {"at_hash", &Claims::at_hash}, {"c_hash", &Claims::c_hash}};
    if (name.size() == 3) {
      for (const auto& [known, slot] : kShort) {
        if (std::memcmp(known.data(), name.data(), 3) == 0) return slot;
      }
      return nullptr;
    }
    for (const auto& [known, slot] : kLong) {
      if (known == name) return slot;
    }
    return nullptr;
  }
};

struct Check {
  const RawJwt& raw;
  const JwtPolicy& policy;
  Instant now;
  std::vector<JwtFailure>& failures;
  Claims claims{raw.unverified_claims()};

  template <class... Args>
  void fail(Reason reason, fmt::format_string<Args...> format, Args&&... args) const {
    failures.push_back({reason, fmt::format(format, std::forward<Args>(args)...)});
  }
  [[nodiscard]] std::string at(std::string_view name, Instant t) const {
    return fmt::format("{} {}, now {}, leeway {} s", name, utc(t), utc(now), policy.leeway().count() / 1000);
  }

  // NumericDate (RFC 7519 section 2): seconds, fractions allowed.
  [[nodiscard]] std::optional<Instant> date(std::string_view name, const Json* value) const {
    if (value == nullptr) return std::nullopt;
    if (!value->is_number()) {
      fail(Reason::TokenBadClaim, "{} is not a number", name);
      return std::nullopt;
    }
    const double seconds = value->to_number<double>();
    // No clock shows such a time. Taken at its word, an exp in milliseconds would never expire.
    if (!std::isfinite(seconds) || std::abs(seconds) > kMaxSeconds) {
      fail(Reason::TokenBadClaim, "{} is no date in seconds{}", name,
           std::abs(seconds) > kLooksLikeMilliseconds && std::abs(seconds) < kLooksLikeMilliseconds * 100 ? "; it looks like milliseconds" : "");
      return std::nullopt;
    }
    return Instant{Duration{static_cast<std::int64_t>(std::floor(seconds * 1000.0))}};
  }

  void strings(std::string_view name, const Json* value, bool array_allowed) const {
    if (value == nullptr || value->is_string()) return;
    if (array_allowed && value->is_array()) {
      const JsonArray& list = value->get_array();
      if (std::all_of(list.begin(), list.end(), [](const Json& item) { return item.is_string(); })) return;
    }
    fail(Reason::TokenBadClaim, "{} is {}", name,
         array_allowed ? "neither a string nor an array of strings" : "not a string");
  }

  void type() const {
    const std::string& required = policy.required_type();
    if (!required.empty() && !is_media_type(raw.type(), required)) {
      fail(Reason::TokenBadClaim, "typ {}, expected {}", raw.type().empty() ? "absent" : printable(raw.type(), 64),
           required);
    }
    // Threat: what an issuer signed for another purpose, taken for leave to come in (RFC 8725 sections 2.8, 3.11 and 3.12).
    if (required.empty() && is_of_another_use(raw.type())) {
      fail(Reason::TokenBadClaim, "typ {} is no access token's", printable(raw.type(), 64));
    }
    const std::string_view inner = claims.typ != nullptr && claims.typ->is_string() ? std::string_view(claims.typ->get_string()) : "";  // Keycloak's
    if (inner == "Refresh" || inner == "Offline" || inner == "Logout") fail(Reason::TokenBadClaim, "the claim typ is {}, no access token's", inner);
    if (policy.accepts_id_tokens()) return;
    if (is_id_token_type(raw.type()) || inner == "ID") {
      fail(Reason::TokenIsIdToken, "typ says ID token");
    } else if (claims.at_hash != nullptr || claims.c_hash != nullptr) {
      fail(Reason::TokenIsIdToken, "{} is there, as in ID tokens only",
           claims.at_hash != nullptr ? "at_hash" : "c_hash");
    } else if (claims.nonce != nullptr && claims.scope == nullptr && claims.scp == nullptr) {
      fail(Reason::TokenIsIdToken, "nonce without any scope, as in ID tokens");
    }
  }

  void issuer() const {
    if (policy.accepts_any_issuer()) return;
    const Json* value = claims.iss;
    if (value == nullptr) return fail(Reason::TokenMissingClaim, "iss is missing; expected {}", policy.issuer());
    if (!value->is_string()) return fail(Reason::TokenBadClaim, "iss is not a string");
    if (value->get_string() != policy.issuer()) {
      fail(Reason::TokenWrongIssuer, "iss {}, expected {}", printable(value->get_string()), policy.issuer());
    }
  }

  void audience() const {
    const Json* value = claims.aud;
    const auto wanted = policy.audiences();
    const auto accepted = [&](const Json& item) {
      return std::any_of(wanted.begin(), wanted.end(), [&](const std::string& a) { return item.get_string() == a; });
    };
    if (value == nullptr) {
      if (!wanted.empty()) fail(Reason::TokenMissingClaim, "aud is missing; expected {}", fmt::join(wanted, " or "));
      return;
    }
    bool found = false;
    if (value->is_string()) {
      found = accepted(*value);
    } else if (value->is_array() && std::all_of(value->get_array().begin(), value->get_array().end(),
                                                [](const Json& item) { return item.is_string(); })) {
      found = std::any_of(value->get_array().begin(), value->get_array().end(), accepted);
    } else {
      return fail(Reason::TokenBadClaim, "aud is neither a string nor an array of strings");
    }
    if (!found && !wanted.empty()) {
      fail(Reason::TokenWrongAudience, "aud {}, expected {}", printable(to_json(*value)), fmt::join(wanted, " or "));
    }
  }

  void times(ClaimTimes& out) const {
    out = {.expires = date("exp", claims.exp), .not_before = date("nbf", claims.nbf), .issued_at = date("iat", claims.iat)};
    const Duration leeway = policy.leeway();
    if (out.issued_at && *out.issued_at > now + leeway) {
      fail(Reason::TokenIssuedInFuture, "{}", at("iat", *out.issued_at));
    }
    if (out.not_before && now < *out.not_before - leeway) {
      fail(Reason::TokenNotYetValid, "{}", at("nbf", *out.not_before));
    }
    if (out.expires && now >= *out.expires + leeway) fail(Reason::TokenExpired, "{}", at("exp", *out.expires));
    if (claims.exp == nullptr && policy.requires_expiration()) fail(Reason::TokenMissingClaim, "exp is missing");
    if (!policy.max_age()) return;
    if (claims.iat == nullptr) fail(Reason::TokenMissingClaim, "iat is missing; it is needed for the maximum age");
    if (out.issued_at && now >= *out.issued_at + *policy.max_age() + leeway) {
      fail(Reason::TokenExpired, "{}, maximum age {} s", at("iat", *out.issued_at), policy.max_age()->count() / 1000);
    }
  }

  void required() const {
    for (const std::string& name : policy.required_claims()) {
      const Json* value = member(raw.unverified_claims(), name);
      if (value == nullptr || value->is_null()) fail(Reason::TokenMissingClaim, "{} is missing", printable(name, 64));
    }
  }
};

}  // namespace

bool is_id_token_type(std::string_view typ) {
  constexpr std::array<std::string_view, 3> names = {"id+jwt", "id_token", "id_token+jwt"};
  return std::any_of(names.begin(), names.end(), [&](std::string_view name) { return is_media_type(typ, name); });
}

void check_claims(const RawJwt& raw, const JwtPolicy& policy, Instant now, ClaimTimes& times,
                  std::vector<JwtFailure>& failures) {
  const Check check{raw, policy, now, failures};
  check.type();
  check.issuer();
  check.audience();
  check.times(times);
  check.strings("sub", check.claims.sub, false);
  check.strings("jti", check.claims.jti, false);
  check.strings("scope", check.claims.scope, true);
  check.strings("scp", check.claims.scp, true);
  check.required();
}

}  // namespace quivive::jose
