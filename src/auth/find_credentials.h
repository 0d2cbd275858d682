#pragma once
// Finds every credential of a request, once, and decides which one counts. The rules are in docs/credentials.md.

#include "auth/route_policy.h"
#include "auth/scheme.h"
#include "auth/verdict.h"
#include "base/reason.h"
#include "http/request.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace quivive::auth {

// OtherField and Path are no places for a credential, but keys are found there.
enum class Place : std::uint8_t { Authorization, KeyHeader, Query, Cookie, OtherField, Path };
[[nodiscard]] std::string_view place_name(Place place);  // "Authorization", "key header", "query", "cookie", "another field", "path"

// What the operator is told after the detail.
enum class Hint : std::uint8_t {
  None,
  Accepted,    // what the route accepts
  KeyPlaces,   // where the route takes API keys
  QueryName,   // how the parameter for the API key is spelt
};

struct Credential {
  Scheme scheme = Scheme::Bearer;
  Place place = Place::Authorization;
  std::string_view value;  // what follows the scheme, the field's value, or the parameter's value; never empty
};

// Borrows the request's bytes.
struct FoundCredentials {
  std::string_view method, target;  // as sent: Digest signs them
  // The one to verify: set if and only if the route accepts exactly one of those that were sent.
  std::optional<Credential> credential;
  // Otherwise why there is none: CredentialsMissing, SchemeUnsupported, CredentialsDuplicateHeader, CredentialsInTwoPlaces,
  // TokenEmpty, BasicMalformed, DigestMalformed, KeyMalformed, KeyInWrongPlace. Allowed where `credential` is set.
  Reason reason = Reason::CredentialsMissing;
  std::string_view detail;       // static text for the operator
  std::string_view subject;      // what that is about, where it can be shown: a scheme's usual name, a field's name as sent; or ""
  Hint hint = Hint::None;
  std::optional<Scheme> scheme;  // what the failure is about, where that is known
  // Everything that was seen, for `explain`: accepted here or not.
  struct Seen {
    Place place;
    std::optional<Scheme> scheme;  // nothing for an auth-scheme that is not known
  };
  static constexpr std::size_t kMaxSeen = 7;
  std::array<Seen, kMaxSeen> seen{};
  std::uint8_t seen_count = 0;
  std::string_view in_authorization;  // what stands there without being a scheme of ours, static text
};

// `request` as parsed, `policy` of the route that matched. Linear in the head; allocates nothing.
[[nodiscard]] FoundCredentials find_credentials(const http::RequestView& request, const RoutePolicy& policy);

}  // namespace quivive::auth
