#pragma once
// Records of the token service, each told apart by a number, and the suite that its tests derive from.

#include "backend.h"

namespace quivive::store {

inline constexpr std::string_view kIssuer = "https://id.example.com";

inline std::string oauth_digest(int number) {
  std::string out(32, 'd');
  out[0] = static_cast<char>(number >> 16);
  out[1] = static_cast<char>(number >> 8);
  out[2] = static_cast<char>(number);
  return out;
}

inline ClientRecord client(std::string id, Instant created = kNow) {
  return {.id = std::move(id), .name = "The client", .proof = ClientProof::Secret, .secret_digest = std::string(32, 's'), .jwks = "",
          .grants = {"authorization_code", "urn:ietf:params:oauth:grant-type:device_code"}, .redirect_uris = {"https://app.example.com/cb", "http://127.0.0.1/cb"},
          .scopes = {"openid", "orders:read"}, .created = created, .revoked = {}};
}

inline CodeRecord code(int number, std::string user = "anna", std::string client = "app", Instant created = kNow) {
  return {.digest = oauth_digest(number), .client = std::move(client), .redirect_uri = "https://app.example.com/cb", .challenge = std::string(43, 'c'),
          .user = std::move(user), .password_tag = std::string("t\0g", 3), .scopes = {"openid", "orders:read"}, .nonce = "n-0S6 x", .signed_in = created,
          .created = created, .expires = created + std::chrono::seconds(60), .family = "family" + std::to_string(number)};
}

// Eight letters.
inline std::string user_code(int number) {
  std::string out(8, 'A');
  for (char& letter : out) {
    letter = static_cast<char>('A' + number % 26);
    number /= 26;
  }
  return out;
}

inline DeviceRecord device(int number, Instant created = kNow, std::string client = "tv") {
  return {.digest = oauth_digest(number), .user_code = user_code(number), .client = std::move(client), .scopes = {"orders:read"}, .state = DeviceState::Pending,
          .user = "", .password_tag = "", .signed_in = {}, .created = created, .expires = created + std::chrono::seconds(600), .polled = created};
}

// Its access token lives 300 s.
inline RefreshRecord refresh(int number, std::string family = "f1", Instant created = kNow, std::string user = "anna", std::string client = "app") {
  return {.digest = oauth_digest(number), .family = std::move(family), .client = std::move(client), .user = std::move(user), .password_tag = "tag",
          .scopes = {"openid", "orders:read"}, .signed_in = kNow, .created = created, .expires = kNow + std::chrono::hours(24), .used = {},
          .access_id = "access" + std::to_string(number), .access_expires = created + std::chrono::seconds(300)};
}

inline SigningKeyRecord signing_key(std::string kid, Instant created = kNow) {
  return {.kid = std::move(kid), .algorithm = "ES256", .private_key = Secret{"-----BEGIN"}, .created = created, .active = created + std::chrono::seconds(60)};
}

class OAuthContract : public StoreContract {
 protected:
  using Taken = OAuthStore::Taken;
  using Rotation = OAuthStore::Rotation;
  static constexpr Duration kGrace = std::chrono::seconds(10);

  Store& either(int i) { return i % 2 == 0 ? store_ : other_; }
  void begin(const RefreshRecord& token) { ASSERT_EQ(must(store_.add_refresh(token)), Change::Done) << token.access_id; }
  Rotation rotate(int from, const RefreshRecord& next) { return must(store_.rotate_refresh(oauth_digest(from), next, kGrace, kIssuer)); }
  bool lives(int token) { return must(other_.find_refresh(oauth_digest(token))).has_value(); }
  // The values of the issuer's revocations, in their order.
  std::vector<std::string> revoked(RevocationKind kind = RevocationKind::TokenId) {
    std::vector<std::string> out;
    for (const Revocation& one : must(other_.list_revocations())) {
      if (one.issuer == kIssuer && one.kind == kind) out.push_back(one.value);
    }
    return out;
  }
};

}  // namespace quivive::store
