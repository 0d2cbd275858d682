#include "issuer/client_authentication.h"

#include "base/base64.h"
#include "base/text.h"
#include "crypto/constant_time.h"
#include "crypto/opaque_token.h"
#include "http/credentials.h"
#include "http/query.h"
#include "issuer/client_assertion.h"

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

Result<std::optional<ClientRecord>, Refusal> look_up(store::OAuthStore& store, std::string_view id) {
  auto found = store.find_client(id);
  if (!found) return store_failed();
  if (*found && (*found)->revoked) return std::optional<ClientRecord>();
  return std::move(*found);
}

Result<ClientRecord, Refusal> by_secret(store::OAuthStore& store, std::string_view id, std::string_view secret) {
  auto client = look_up(store, id);
  if (!client) return client.error();
  // Compared in any case. Threat: who exists, told by the time it takes.
  const std::string digest = crypto::opaque_token_digest(secret);
  const bool has_secret = *client && (*client)->proof == ClientProof::Secret;
  const bool same = crypto::constant_time_equal(digest, has_secret ? std::string_view((*client)->secret_digest) : std::string_view("01234567890123456789012345678901"));
  if (!has_secret || !same) return invalid_client();
  return std::move(**client);
}

Result<ClientRecord, Refusal> by_name(store::OAuthStore& store, std::string_view id) {
  auto client = look_up(store, id);
  if (!client) return client.error();
  if (!*client || (*client)->proof != ClientProof::None) return invalid_client();
  return std::move(**client);
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
    auto client = look_up(store, *name);
    if (!client) return client.error();
    if (!*client || (*client)->proof != ClientProof::PrivateKeyJwt) return invalid_client();
    if (auto refusal = check_assertion(store, settings, **client, assertion, request.now)) return std::move(*refusal);
    return std::move(**client);
  }
  if (id.empty()) return invalid_client("no client_id, and no Authorization");
  if (!secret.empty()) return by_secret(store, id, secret);
  return by_name(store, id);
}

}  // namespace quivive::issuer
