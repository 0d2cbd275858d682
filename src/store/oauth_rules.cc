#include "store/oauth_rules.h"

#include "base/control_characters.h"
#include "base/text.h"
#include "store/oauth_ports.h"
#include "store/record_rules.h"

#include <algorithm>

namespace quivive::store {
namespace {

constexpr std::size_t kDigestOctets = 32;
constexpr std::size_t kUserCodeLetters = 8;
constexpr std::size_t kChallengeCharacters = 43;  // base64url of 32 octets (RFC 7636 section 4.2)

bool is_letter_or_digit(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); }

template <class Test>
bool all_of(std::string_view text, Test test) {
  return std::all_of(text.begin(), text.end(), test);
}

bool is_visible(std::string_view text, std::size_t most) {
  return !text.empty() && text.size() <= most && all_of(text, [](char c) { return c > ' ' && c < 0x7f; });
}

bool is_redirect_uri(std::string_view text) { return is_visible(text, kMaxRedirectUri) && text.find('#') == std::string_view::npos; }

Result<void> check_scopes(const std::vector<std::string>& scopes) {
  const auto good = [](const std::string& scope) { return scope.size() <= kMaxScope && is_scope_token(scope); };
  if (scopes.size() > kMaxScopes) return error("at most {} scopes, not {}", kMaxScopes, scopes.size());
  if (!std::all_of(scopes.begin(), scopes.end(), good)) {
    return error("a scope is at most {} characters of printable ASCII without spaces, quotes and backslashes", kMaxScope);
  }
  return {};
}

Result<void> check_user(std::string_view user, std::string_view password_tag) {
  if (user.empty()) return error("what a user grants needs a user");
  if (password_tag.empty() || password_tag.size() > kMaxPasswordTag) {
    return error("a password tag has 1 to {} octets, not {}", kMaxPasswordTag, password_tag.size());
  }
  return {};
}

// What codes, device requests and refresh tokens have in common.
template <class Record>
Result<void> check_grant(const Record& record) {
  if (record.digest.size() != kDigestOctets) return error("a digest has {} octets, not {}", kDigestOctets, record.digest.size());
  if (!is_identifier(record.client)) return error("a client's id is 1 to {} of A-Z a-z 0-9 . _ ~ -", kMaxIdentifier);
  if (record.expires <= record.created) return error("what is granted expires after it is created");
  return check_scopes(record.scopes);
}

}  // namespace

bool is_identifier(std::string_view text) {
  return !text.empty() && text.size() <= kMaxIdentifier &&
         all_of(text, [](char c) { return is_letter_or_digit(c) || c == '.' || c == '_' || c == '~' || c == '-'; });
}

Result<void> check_record(const ClientRecord& client) {
  if (!is_identifier(client.id)) return error("a client's id is 1 to {} of A-Z a-z 0-9 . _ ~ -", kMaxIdentifier);
  // Threat: the name is shown on a terminal and on the page that asks for consent.
  if (client.name.size() > kMaxClientName || has_control(client.name) || !is_valid_utf8(client.name)) {
    return error("a client's name is at most {} octets of UTF-8 without control characters", kMaxClientName);
  }
  const bool has_secret = client.proof == ClientProof::Secret;
  if (client.secret_digest.size() != (has_secret ? kDigestOctets : 0)) {
    return has_secret ? error("the digest of a client's secret has {} octets", kDigestOctets) : error("a client that proves itself otherwise has no secret");
  }
  if (client.jwks.empty() == (client.proof == ClientProof::PrivateKeyJwt) || client.jwks.size() > kMaxJwks) {
    return error("a client that proves itself with a key, and only that, has a JWK set of at most {} octets", kMaxJwks);
  }
  const auto is_grant = [](const std::string& grant) { return is_visible(grant, kMaxGrant); };
  if (client.grants.size() > kMaxGrants || !std::all_of(client.grants.begin(), client.grants.end(), is_grant)) {
    return error("a client has at most {} grant types, each 1 to {} characters of visible ASCII", kMaxGrants, kMaxGrant);
  }
  if (client.redirect_uris.size() > kMaxRedirectUris || !std::all_of(client.redirect_uris.begin(), client.redirect_uris.end(), is_redirect_uri)) {
    return error("a client has at most {} redirect URIs, each 1 to {} characters of visible ASCII without '#'", kMaxRedirectUris, kMaxRedirectUri);
  }
  if (client.revoked) return error("a client that begins is not revoked");
  return check_scopes(client.scopes);
}

Result<void> check_record(const CodeRecord& code) {
  if (const auto ok = check_grant(code); !ok) return ok;
  if (!is_redirect_uri(code.redirect_uri)) return error("a redirect URI is 1 to {} characters of visible ASCII without '#'", kMaxRedirectUri);
  if (code.challenge.size() != kChallengeCharacters || !all_of(code.challenge, [](char c) { return is_letter_or_digit(c) || c == '-' || c == '_'; })) {
    return error("a code challenge is {} characters of base64url", kChallengeCharacters);
  }
  if (code.nonce.size() > kMaxNonce || has_control(code.nonce)) return error("a nonce is at most {} octets without control characters", kMaxNonce);
  if (!is_identifier(code.family)) return error("a family's id is 1 to {} of A-Z a-z 0-9 . _ ~ -", kMaxIdentifier);
  return check_user(code.user, code.password_tag);
}

Result<void> check_record(const DeviceRecord& device) {
  if (const auto ok = check_grant(device); !ok) return ok;
  if (device.user_code.size() != kUserCodeLetters || !all_of(device.user_code, [](char c) { return c >= 'A' && c <= 'Z'; })) {
    return error("a user code is {} letters A-Z", kUserCodeLetters);
  }
  if (device.state != DeviceState::Pending || !device.user.empty() || !device.password_tag.empty()) {
    return error("a device request that begins is not decided");
  }
  return {};
}

Result<void> check_record(const RefreshRecord& token) {
  if (const auto ok = check_grant(token); !ok) return ok;
  if (!is_identifier(token.family)) return error("a family's id is 1 to {} of A-Z a-z 0-9 . _ ~ -", kMaxIdentifier);
  if (!is_identifier(token.access_id)) return error("an access token's id is 1 to {} of A-Z a-z 0-9 . _ ~ -", kMaxIdentifier);
  if (token.used) return error("a refresh token that begins was not used");
  return check_user(token.user, token.password_tag);
}

Result<void> check_record(const SigningKeyRecord& key) {
  if (!is_identifier(key.kid)) return error("a signing key's id is 1 to {} of A-Z a-z 0-9 . _ ~ -", kMaxIdentifier);
  if (!is_visible(key.algorithm, kMaxIdentifier) || !all_of(key.algorithm, [](char c) { return is_letter_or_digit(c) || c == '-'; })) {
    return error("a signing key's algorithm is letters, digits and '-'");
  }
  if (key.private_key.empty() || key.private_key.size() > kMaxSigningKey) return error("a signing key has 1 to {} octets", kMaxSigningKey);
  if (key.active < key.created) return error("a signing key is not active before it is created");
  return {};
}

Result<void> check_decision(DeviceState state, std::string_view user, std::string_view password_tag) {
  switch (state) {
    case DeviceState::Approved: return check_user(user, password_tag);
    case DeviceState::Denied: return {};
    case DeviceState::Pending: break;
  }
  return error("a device request is approved or denied");
}

Result<void> check_claimed_id(std::string_view id) {
  if (id.empty() || id.size() > kMaxClaimedId) return error("an identifier that is claimed has 1 to {} octets, not {}", kMaxClaimedId, id.size());
  return {};
}

Result<void> check_successor(const RefreshRecord& token, const RefreshRecord& next) {
  if (next.family == token.family && next.client == token.client && next.user == token.user) return {};
  return error("a refresh token follows one of the same family, client and user");
}

bool goes_on(const RefreshRecord& token, const Descent& descent, Instant at, Duration grace) {
  return descent.parent.empty() || token.used.value_or(at) - descent.parent_used > grace;
}

Descent next_descent(const RefreshRecord& token, const Descent& descent, Instant at, Duration grace) {
  return goes_on(token, descent, at, grace) ? Descent{.parent = token.digest, .parent_used = token.used.value_or(at)} : descent;
}

Result<void> check_issuer(std::string_view issuer) {
  if (issuer.empty()) return error("a revocation needs an issuer");
  return {};
}

bool access_lives(const RefreshRecord& token, Instant at) { return token.access_expires + kLongestLeeway > at; }

std::optional<Revocation> revocation_of_access(const RefreshRecord& token, std::string_view issuer, Instant at) {
  if (!access_lives(token, at)) return std::nullopt;
  return Revocation{.issuer = std::string(issuer), .kind = RevocationKind::TokenId, .value = token.access_id, .cutoff = {}, .created = at,
                    .forget = token.access_expires + kLongestLeeway};
}

Revocation revocation_of_client(std::string_view id, std::string_view issuer, Instant at) {
  return {.issuer = std::string(issuer), .kind = RevocationKind::Subject, .value = client_subject(id), .cutoff = at, .created = at, .forget = std::nullopt};
}

}  // namespace quivive::store
