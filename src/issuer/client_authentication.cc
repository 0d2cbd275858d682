#include "issuer/client_authentication.h"

#include "base/base64.h"
#include "base/text.h"
#include "crypto/constant_time.h"
#include "crypto/opaque_token.h"
#include "http/credentials.h"
#include "http/query.h"
#include "issuer/client_assertion.h"

#include <fmt/format.h>

#include <optional>

namespace quivive::issuer {
namespace {

using store::ClientProof;
using store::ClientRecord;

Refusal invalid_client(std::string_view why = kUnproven) { return {OAuthError::InvalidClient, std::string(why)}; }

struct SecretCredentials {
  std::string client;
  Secret secret;
};

// RFC 6749 section 2.3.1: both halves are form-encoded first, then joined.
Result<SecretCredentials, Refusal> read_basic(std::string_view value) {
  const auto split = http::split_credentials(value);
  if (!iequals(split.scheme, "Basic")) return invalid_client("Authorization is not Basic");
  const auto decoded = base64_decode(split.rest);
  if (!decoded) return invalid_client("the Basic credentials cannot be read");
  const Secret text{std::string(*decoded)};
  const std::string_view pair = text.reveal(RevealSecret{});
  const auto colon = pair.find(':');
  if (colon == std::string_view::npos) return invalid_client("the Basic credentials have no colon");
  return SecretCredentials{http::form_decode(pair.substr(0, colon)), Secret(http::form_decode(pair.substr(colon + 1)))};
}

// The client says that it is `id`, and proves it by `proof`.
struct Claim {
  std::string_view id;
  ClientProof proof;
  std::optional<ClientRecord> client;  // of that name
  [[nodiscard]] bool may_hold() const { return client && !client->revoked && client->proof == proof; }
};

Result<Claim, Refusal> look_up(store::OAuthStore& store, std::string_view id, ClientProof proof) {
  auto found = store.find_client(id);
  if (!found) return store_failed();
  return Claim{id, proof, std::move(*found)};
}

// The client is told the same of all; who reads the log, which it was.
Refusal invalid_claim(const Claim& claim) {
  Refusal out = invalid_client();
  const std::string_view why = !claim.client                        ? "is unknown"
                               : claim.client->revoked              ? "is revoked"
                               : claim.client->proof != claim.proof ? "does not prove who it is in that way"
                                                                    : "sent a wrong secret";
  out.detail = fmt::format("the client '{}' {}", printable(claim.id, 80), why);
  return out;
}

Result<ClientRecord, Refusal> by_secret(store::OAuthStore& store, std::string_view id, std::string_view secret) {
  auto claim = look_up(store, id, ClientProof::Secret);
  if (!claim) return claim.error();
  // Compared in any case. Threat: who exists, told by the time it takes.
  const std::string digest = crypto::opaque_token_digest(secret);
  const bool same =
      crypto::constant_time_equal(digest, claim->may_hold() ? std::string_view(claim->client->secret_digest) : std::string_view("01234567890123456789012345678901"));
  if (!claim->may_hold() || !same) return invalid_claim(*claim);
  return std::move(*claim->client);
}

Result<ClientRecord, Refusal> by_name(store::OAuthStore& store, std::string_view id) {
  auto claim = look_up(store, id, ClientProof::None);
  if (!claim) return claim.error();
  if (!claim->may_hold()) return invalid_claim(*claim);
  return std::move(*claim->client);
}

Result<ClientRecord, Refusal> by_assertion(store::OAuthStore& store, const Settings& settings, std::string_view id, std::string_view assertion, Instant now) {
  auto claim = look_up(store, id, ClientProof::PrivateKeyJwt);
  if (!claim) return claim.error();
  if (!claim->may_hold()) return invalid_claim(*claim);
  if (auto refusal = check_assertion(store, settings, *claim->client, assertion, now)) {
    refusal->detail = fmt::format("the client '{}': {}", printable(id, 80), refusal->detail.empty() ? refusal->description : refusal->detail);
    return std::move(*refusal);
  }
  return std::move(*claim->client);
}

}  // namespace

Result<ClientRecord, Refusal> authenticate_client(store::OAuthStore& store, const Settings& settings, const Request& request, const Parameters& parameters) {
  const std::string_view authorization = request.head.value(http::FieldId::Authorization);
  const std::string_view id = parameters.find("client_id"), secret = parameters.find("client_secret");
  const std::string_view assertion = parameters.find("client_assertion");
  const int ways = static_cast<int>(!authorization.empty()) + static_cast<int>(!secret.empty()) + static_cast<int>(!assertion.empty());
  // RFC 6749 section 2.3: no more than one method in a request.
  if (ways > 1) return Refusal{OAuthError::InvalidRequest, "the client proves who it is in more than one way"};
  if (!authorization.empty()) {
    const auto basic = read_basic(authorization);
    if (!basic) return basic.error();
    if (!id.empty() && id != basic->client) return Refusal{OAuthError::InvalidRequest, "client_id and Authorization name two clients"};
    return by_secret(store, basic->client, basic->secret.reveal(RevealSecret{}));
  }
  if (!assertion.empty()) {
    if (parameters.find("client_assertion_type") != kAssertionType) return Refusal{OAuthError::InvalidRequest, "client_assertion_type is not one that is known"};
    const auto name = assertion_issuer(assertion);
    if (!name || (!id.empty() && id != *name)) return invalid_client("the client assertion cannot be read, or is another client's");
    return by_assertion(store, settings, *name, assertion, request.now);
  }
  if (id.empty()) return invalid_client("no client_id, and no Authorization");
  if (!secret.empty()) return by_secret(store, id, secret);
  return by_name(store, id);
}

}  // namespace quivive::issuer
