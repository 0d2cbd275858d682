#include "store/oauth_rules.h"

#include "store/oauth_ports.h"

#include <gtest/gtest.h>

#include <functional>

namespace quivive::store {
namespace {

template <class Record>
struct Row {
  std::string name;
  std::function<void(Record&)> change;
  bool good;
};

// Each row by itself, on a record that is good.
template <class Record>
void check_each(const Record& good, const std::vector<Row<Record>>& rows) {
  for (const auto& row : rows) {
    Record record = good;
    row.change(record);
    EXPECT_EQ(check_record(record).has_value(), row.good) << row.name;
  }
}

TEST(IsIdentifier, Text_IsUnreservedAndBounded) {
  for (const std::string& good : {std::string("a"), std::string("A-z0._~9"), std::string(128, 'x')}) EXPECT_TRUE(is_identifier(good)) << good;
  for (const std::string& bad : {std::string(), std::string("a b"), std::string("a/b"), std::string("a:b"), std::string("\xc3\xa9"), std::string("a\n"),
                                 std::string("a\0", 2), std::string(129, 'x')}) {
    EXPECT_FALSE(is_identifier(bad)) << bad;
  }
}

TEST(CheckRecord, Client_EachRule) {
  const ClientRecord good{.id = "app", .name = "The app", .proof = ClientProof::Secret, .secret_digest = std::string(32, 's'), .jwks = "",
                          .grants = {"authorization_code"}, .redirect_uris = {"https://a.example/cb?x=1"}, .scopes = {"openid"}, .created = from_unix_seconds(5), .revoked = {}};
  check_each<ClientRecord>(good, {
      {"as it is", [](ClientRecord&) {}, true},
      {"no id", [](ClientRecord& c) { c.id.clear(); }, false},
      {"a space in the id", [](ClientRecord& c) { c.id = "a b"; }, false},
      {"no name", [](ClientRecord& c) { c.name.clear(); }, true},
      {"any text as name", [](ClientRecord& c) { c.name = "Müller & <b>"; }, true},
      {"longer name", [](ClientRecord& c) { c.name.assign(kMaxClientName + 1, 'n'); }, false},
      {"escape in the name", [](ClientRecord& c) { c.name = "\x1b[2J"; }, false},
      {"secret without digest", [](ClientRecord& c) { c.secret_digest.clear(); }, false},
      {"digest in hexadecimal", [](ClientRecord& c) { c.secret_digest.assign(64, 'a'); }, false},
      {"secret and keys", [](ClientRecord& c) { c.jwks = "{}"; }, false},
      {"public with a secret", [](ClientRecord& c) { c.proof = ClientProof::None; }, false},
      {"public", [](ClientRecord& c) { c.proof = ClientProof::None; c.secret_digest.clear(); }, true},
      {"key proof without keys", [](ClientRecord& c) { c.proof = ClientProof::PrivateKeyJwt; c.secret_digest.clear(); }, false},
      {"key proof", [](ClientRecord& c) { c.proof = ClientProof::PrivateKeyJwt; c.secret_digest.clear(); c.jwks = "{}"; }, true},
      {"too many keys", [](ClientRecord& c) { c.proof = ClientProof::PrivateKeyJwt; c.secret_digest.clear(); c.jwks.assign(kMaxJwks + 1, ' '); }, false},
      {"no grants, URIs, scopes", [](ClientRecord& c) { c.grants.clear(); c.redirect_uris.clear(); c.scopes.clear(); }, true},
      {"URN as grant", [](ClientRecord& c) { c.grants = {"urn:ietf:params:oauth:grant-type:device_code"}; }, true},
      {"empty grant", [](ClientRecord& c) { c.grants = {""}; }, false},
      {"two grants in one", [](ClientRecord& c) { c.grants = {"a b"}; }, false},
      {"many grants", [](ClientRecord& c) { c.grants.assign(kMaxGrants + 1, "g"); }, false},
      {"loopback URI", [](ClientRecord& c) { c.redirect_uris = {"http://[::1]/cb"}; }, true},
      {"app URI", [](ClientRecord& c) { c.redirect_uris = {"com.example.app:/cb"}; }, true},
      {"empty URI", [](ClientRecord& c) { c.redirect_uris = {""}; }, false},
      {"fragment", [](ClientRecord& c) { c.redirect_uris = {"https://a.example/#x"}; }, false},
      {"two URIs in one", [](ClientRecord& c) { c.redirect_uris = {"https://a.example https://b.example"}; }, false},
      {"line break in a URI", [](ClientRecord& c) { c.redirect_uris = {"https://a.example/\r\nX: y"}; }, false},
      {"longest URI", [](ClientRecord& c) { c.redirect_uris = {std::string(kMaxRedirectUri, 'u')}; }, true},
      {"longer URI", [](ClientRecord& c) { c.redirect_uris = {std::string(kMaxRedirectUri + 1, 'u')}; }, false},
      {"most URIs", [](ClientRecord& c) { c.redirect_uris.assign(kMaxRedirectUris, "u:"); }, true},
      {"more URIs", [](ClientRecord& c) { c.redirect_uris.assign(kMaxRedirectUris + 1, "u:"); }, false},
      {"two scopes in one", [](ClientRecord& c) { c.scopes = {"a b"}; }, false},
      {"longer scope", [](ClientRecord& c) { c.scopes = {std::string(kMaxScope + 1, 's')}; }, false},
      {"more scopes", [](ClientRecord& c) { c.scopes.assign(kMaxScopes + 1, "s"); }, false},
      {"revoked", [](ClientRecord& c) { c.revoked = c.created; }, false},
  });
}

TEST(CheckRecord, Code_EachRule) {
  const CodeRecord good{.digest = std::string(32, 'd'), .client = "app", .redirect_uri = "https://a.example/cb", .challenge = std::string(43, 'c'), .user = "anna",
                        .password_tag = "t", .scopes = {"openid"}, .nonce = "n 1", .signed_in = from_unix_seconds(4), .created = from_unix_seconds(5),
                        .expires = from_unix_seconds(9), .family = "f"};
  check_each<CodeRecord>(good, {
      {"as it is", [](CodeRecord&) {}, true},
      {"short digest", [](CodeRecord& c) { c.digest.pop_back(); }, false},
      {"no client", [](CodeRecord& c) { c.client.clear(); }, false},
      {"no redirect URI", [](CodeRecord& c) { c.redirect_uri.clear(); }, false},
      {"fragment", [](CodeRecord& c) { c.redirect_uri += '#'; }, false},
      {"short challenge", [](CodeRecord& c) { c.challenge.pop_back(); }, false},
      {"long challenge", [](CodeRecord& c) { c.challenge += 'c'; }, false},
      {"padded challenge", [](CodeRecord& c) { c.challenge.back() = '='; }, false},
      {"base64 challenge", [](CodeRecord& c) { c.challenge.back() = '+'; }, false},
      {"base64url challenge", [](CodeRecord& c) { c.challenge = "-_09azAZ" + std::string(35, 'x'); }, true},
      {"no user", [](CodeRecord& c) { c.user.clear(); }, false},
      {"no tag", [](CodeRecord& c) { c.password_tag.clear(); }, false},
      {"longer tag", [](CodeRecord& c) { c.password_tag.assign(kMaxPasswordTag + 1, 't'); }, false},
      {"bad scope", [](CodeRecord& c) { c.scopes = {"\""}; }, false},
      {"no nonce", [](CodeRecord& c) { c.nonce.clear(); }, true},
      {"longer nonce", [](CodeRecord& c) { c.nonce.assign(kMaxNonce + 1, 'n'); }, false},
      {"control in the nonce", [](CodeRecord& c) { c.nonce = "a\nb"; }, false},
      {"expires at once", [](CodeRecord& c) { c.expires = c.created; }, false},
      {"no family", [](CodeRecord& c) { c.family.clear(); }, false},
  });
}

TEST(CheckRecord, Device_EachRule) {
  const DeviceRecord good{.digest = std::string(32, 'd'), .user_code = "BCDFGHJK", .client = "tv", .scopes = {}, .state = DeviceState::Pending, .user = "", .password_tag = "",
                          .signed_in = {}, .created = from_unix_seconds(5), .expires = from_unix_seconds(9), .polled = from_unix_seconds(5)};
  check_each<DeviceRecord>(good, {
      {"as it is", [](DeviceRecord&) {}, true},
      {"long digest", [](DeviceRecord& d) { d.digest += 'd'; }, false},
      {"bad client", [](DeviceRecord& d) { d.client = "t v"; }, false},
      {"lower case", [](DeviceRecord& d) { d.user_code = "bcdfghjk"; }, false},
      {"dash", [](DeviceRecord& d) { d.user_code = "BCDF-GHJ"; }, false},
      {"short code", [](DeviceRecord& d) { d.user_code.pop_back(); }, false},
      {"long code", [](DeviceRecord& d) { d.user_code += 'X'; }, false},
      {"approved", [](DeviceRecord& d) { d.state = DeviceState::Approved; }, false},
      {"denied", [](DeviceRecord& d) { d.state = DeviceState::Denied; }, false},
      {"user", [](DeviceRecord& d) { d.user = "anna"; }, false},
      {"tag", [](DeviceRecord& d) { d.password_tag = "t"; }, false},
      {"bad scope", [](DeviceRecord& d) { d.scopes = {""}; }, false},
      {"expires before", [](DeviceRecord& d) { d.expires = d.created - Duration(1); }, false},
  });
}

RefreshRecord token() {
  return {.digest = std::string(32, 'd'), .family = "f", .client = "app", .user = "anna", .password_tag = "t", .scopes = {"a"}, .signed_in = from_unix_seconds(4),
          .created = from_unix_seconds(5), .expires = from_unix_seconds(9), .used = {}, .access_id = "j", .access_expires = from_unix_seconds(6)};
}

TEST(CheckRecord, RefreshToken_EachRule) {
  check_each<RefreshRecord>(token(), {
      {"as it is", [](RefreshRecord&) {}, true},
      {"no digest", [](RefreshRecord& r) { r.digest.clear(); }, false},
      {"bad family", [](RefreshRecord& r) { r.family = "f/1"; }, false},
      {"no client", [](RefreshRecord& r) { r.client.clear(); }, false},
      {"no user", [](RefreshRecord& r) { r.user.clear(); }, false},
      {"no tag", [](RefreshRecord& r) { r.password_tag.clear(); }, false},
      {"bad scope", [](RefreshRecord& r) { r.scopes = {"a b"}; }, false},
      {"expires at once", [](RefreshRecord& r) { r.expires = r.created; }, false},
      {"used", [](RefreshRecord& r) { r.used = r.created; }, false},
      {"no access token", [](RefreshRecord& r) { r.access_id.clear(); }, false},
      {"access token outlives it", [](RefreshRecord& r) { r.access_expires = from_unix_seconds(99); }, true},
  });
}

TEST(CheckRecord, SigningKey_EachRule) {
  check_each<SigningKeyRecord>({.kid = "k1", .algorithm = "ES256", .private_key = Secret{"pem"}, .created = from_unix_seconds(5), .active = from_unix_seconds(5)}, {
      {"as it is", [](SigningKeyRecord&) {}, true},
      {"no kid", [](SigningKeyRecord& k) { k.kid.clear(); }, false},
      {"no algorithm", [](SigningKeyRecord& k) { k.algorithm.clear(); }, false},
      {"quote in the algorithm", [](SigningKeyRecord& k) { k.algorithm = "ES\"256"; }, false},
      {"no key", [](SigningKeyRecord& k) { k.private_key = Secret{}; }, false},
      {"longer key", [](SigningKeyRecord& k) { k.private_key = Secret{std::string(kMaxSigningKey + 1, 'k')}; }, false},
      {"active before", [](SigningKeyRecord& k) { k.active = k.created - Duration(1); }, false},
  });
}

TEST(CheckDecision, State_IsADecisionByAUser) {
  EXPECT_TRUE(check_decision(DeviceState::Approved, "anna", "t"));
  EXPECT_TRUE(check_decision(DeviceState::Denied, "", ""));
  EXPECT_FALSE(check_decision(DeviceState::Approved, "", "t"));
  EXPECT_FALSE(check_decision(DeviceState::Approved, "anna", ""));
  EXPECT_FALSE(check_decision(DeviceState::Pending, "anna", "t"));
}

TEST(CheckSuccessor, Token_IsOfTheSameFamilyClientAndUser) {
  const auto changed = [](auto change) {
    RefreshRecord next = token();
    change(next);
    return check_successor(token(), next).has_value();
  };
  EXPECT_TRUE(changed([](RefreshRecord& r) { r.digest.assign(32, 'n'); r.scopes = {}; }));
  EXPECT_FALSE(changed([](RefreshRecord& r) { r.family = "g"; }));
  EXPECT_FALSE(changed([](RefreshRecord& r) { r.client = "b"; }));
  EXPECT_FALSE(changed([](RefreshRecord& r) { r.user = "bert"; }));
}

// A token that some verifier accepts, with its leeway, is not forgotten.
TEST(RevocationOfAccess, Token_IsRememberedForTheLeeway) {
  const Instant end = token().access_expires + kLongestLeeway;
  const auto revocation = revocation_of_access(token(), "i", end - Duration(1));
  ASSERT_TRUE(revocation);
  EXPECT_EQ(revocation->value, "j");
  EXPECT_EQ(revocation->forget, end);
  EXPECT_FALSE(revocation_of_access(token(), "i", end));
}

}  // namespace
}  // namespace quivive::store
