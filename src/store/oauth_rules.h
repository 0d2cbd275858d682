#pragma once
// What every store agrees on about the token service's records, as store/record_rules.h does for the others: which are refused,
// and which revocations come of ending them. An identifier is 1 to 128 of A-Z a-z 0-9 . _ ~ - (unreserved, RFC 3986 section 2.3).

#include "base/result.h"
#include "store/oauth_records.h"
#include "store/records.h"

#include <optional>
#include <string_view>

namespace quivive::store {

inline constexpr std::size_t kMaxIdentifier = 128;
inline constexpr std::size_t kMaxClientName = 200;
inline constexpr std::size_t kMaxJwks = 65'536;
inline constexpr std::size_t kMaxGrants = 20;
inline constexpr std::size_t kMaxGrant = 128;
inline constexpr std::size_t kMaxRedirectUris = 20;
inline constexpr std::size_t kMaxRedirectUri = 2048;
inline constexpr std::size_t kMaxScopes = 100;
inline constexpr std::size_t kMaxScope = 256;
inline constexpr std::size_t kMaxNonce = 512;
inline constexpr std::size_t kMaxSigningKey = 16'384;

[[nodiscard]] bool is_identifier(std::string_view text);

// Refuses an id that is no identifier, a name that is too long or has control characters, a secret_digest that is not 32 octets
// where the proof is a secret and empty elsewhere, likewise jwks, grants and redirect URIs that are not visible ASCII, a redirect
// URI with a '#' (RFC 6749 section 3.1.2), scopes that are not scope-tokens, too many of them, and one that is revoked already.
[[nodiscard]] Result<void> check_record(const ClientRecord& client);
// For each of these that begins. Refuses a digest that is not 32 octets, a client or family that is no identifier, an empty user,
// a password_tag that is empty or longer than kMaxPasswordTag, scopes as a client's, and one that expires when it is created or before.
// Also a redirect URI as a client's, a challenge that is not 43 characters of base64url, and a nonce with control characters.
[[nodiscard]] Result<void> check_record(const CodeRecord& code);
// Also a user_code that is not 8 letters A-Z, and one that is decided. It has no user yet.
[[nodiscard]] Result<void> check_record(const DeviceRecord& device);
// Also an access_id that is no identifier, and one that was used.
[[nodiscard]] Result<void> check_record(const RefreshRecord& token);
// Refuses a kid that is no identifier, an algorithm that is not letters, digits and '-', a key that is empty or longer than
// kMaxSigningKey, and one that is active before it was created.
[[nodiscard]] Result<void> check_record(const SigningKeyRecord& key);

// Refuses a decision that is none, and an approval without a user or a password_tag.
[[nodiscard]] Result<void> check_decision(DeviceState state, std::string_view user, std::string_view password_tag);
// Refuses an identifier that is empty or longer than kMaxClaimedId; its octets are free.
[[nodiscard]] Result<void> check_claimed_id(std::string_view id);
// Refuses a successor of another family, client or user. Threat: one user's token turned into another's.
[[nodiscard]] Result<void> check_successor(const RefreshRecord& token, const RefreshRecord& next);
// What a store notes of where a refresh token comes from. Those that came of one token, and whatever came of them within its grace, are
// siblings: of them one is kept by a client, and a copy is told by a second that is used later than that.
struct Descent {
  std::string parent;      // digest; "" for the first of a family
  Instant parent_used{};   // when it was first exchanged
  bool overtaken = false;  // a sibling was exchanged after the grace
};
// Whether that token, exchanged at `at`, and not for the first time if it has `used`, is the sibling that goes on.
[[nodiscard]] bool goes_on(const RefreshRecord& token, const Descent& descent, Instant at, Duration grace);
// Of what it is exchanged for.
[[nodiscard]] Descent next_descent(const RefreshRecord& token, const Descent& descent, Instant at, Duration grace);

// Refuses what no revocation could be made with.
[[nodiscard]] Result<void> check_issuer(std::string_view issuer);

// Whether some verifier may still accept the access token that came with a refresh token: until kLongestLeeway after its expiry.
[[nodiscard]] bool access_lives(const RefreshRecord& token, Instant at);
// Of the access token that came with a refresh token; nothing if no verifier accepts it any more at `at`.
[[nodiscard]] std::optional<Revocation> revocation_of_access(const RefreshRecord& token, std::string_view issuer, Instant at);
// Of the access tokens that a client got for itself, whose subject it is.
[[nodiscard]] Revocation revocation_of_client(std::string_view id, std::string_view issuer, Instant at);

}  // namespace quivive::store
