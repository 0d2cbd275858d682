// What every Store promises about clients, signing keys and claimed identifiers.

#include "oauth_records.h"

#include <gmock/gmock.h>

namespace quivive::store {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class OAuthClientContract : public OAuthContract {
 protected:
  std::vector<std::string> kids() {
    std::vector<std::string> out;
    for (const auto& key : must(other_.list_signing_keys())) out.push_back(key.kid);
    return out;
  }
};

TEST_P(OAuthClientContract, Empty_HasNothing) {
  EXPECT_FALSE(must(store_.find_client("app")));
  EXPECT_THAT(must(store_.list_clients()), IsEmpty());
  EXPECT_THAT(kids(), IsEmpty());
  const auto before = version();
  EXPECT_EQ(must(store_.revoke_client("app", kIssuer, kNow)), Change::NotFound);
  EXPECT_EQ(must(store_.drop_signing_key("k")), Change::NotFound);
  EXPECT_EQ(must(store_.forget_oauth(after(9999), after(9999))), 0u);
  EXPECT_EQ(version(), before);
  EXPECT_THAT(must(store_.list_revocations()), IsEmpty());
}

TEST_P(OAuthClientContract, AddedClients_AreFoundWholeAndListedByCreation) {
  ClientRecord machine = client("a.machine", after(2));
  machine.proof = ClientProof::PrivateKeyJwt;
  machine.secret_digest.clear();
  machine.jwks = R"({"keys":[]})";
  ClientRecord spa = client("b~spa", after(1));
  spa.proof = ClientProof::None;
  spa.secret_digest.clear();
  spa.redirect_uris.clear();
  spa.scopes.clear();
  const auto before = version();
  for (const ClientRecord& one : {machine, spa, client("c")}) EXPECT_EQ(must(store_.add_client(one)), Change::Done);
  EXPECT_EQ(version(), before + 3);
  EXPECT_EQ(must(other_.find_client("a.machine")), machine);
  EXPECT_EQ(must(other_.find_client("b~spa")), spa);
  EXPECT_EQ(must(other_.list_clients()), (std::vector{client("c"), spa, machine}));
  EXPECT_FALSE(must(other_.find_client("C")));
}

TEST_P(OAuthClientContract, IdThatIsTaken_ExistsAlsoByARevokedOne) {
  ASSERT_EQ(must(store_.add_client(client("app"))), Change::Done);
  const auto before = version();
  EXPECT_EQ(must(other_.add_client(client("app", after(1)))), Change::Exists);
  EXPECT_EQ(version(), before);
  ASSERT_EQ(must(store_.revoke_client("app", kIssuer, after(5))), Change::Done);
  EXPECT_EQ(must(other_.add_client(client("app", after(6)))), Change::Exists);
  EXPECT_EQ(must(other_.find_client("app"))->created, kNow);
  EXPECT_EQ(must(other_.list_clients()).size(), 1u);  // revoked ones too
}

TEST_P(OAuthClientContract, RevokedClient_KeepsTheEarlierInstant) {
  ASSERT_EQ(must(store_.add_client(client("app"))), Change::Done);
  for (const auto& [at, kept] : {std::pair(5, 5), {9, 5}, {3, 3}}) {
    EXPECT_EQ(must(store_.revoke_client("app", kIssuer, after(at))), Change::Done);
    EXPECT_EQ(must(other_.find_client("app"))->revoked, after(kept));
  }
}

TEST_P(OAuthClientContract, RevokedClient_LosesItsGrantsAndItsAccessTokens) {
  ASSERT_EQ(must(store_.add_client(client("app"))), Change::Done);
  ASSERT_EQ(must(store_.add_client(client("else"))), Change::Done);
  int number = 1;
  for (const std::string name : {"app", "else"}) {
    ASSERT_EQ(must(store_.add_code(code(number, "anna", name))), Change::Done);
    ASSERT_EQ(must(store_.add_device(device(number, kNow, name))), Change::Done);
    begin(refresh(number, "f-" + name, kNow, "anna", name));
    begin(refresh(number + 1, "g-" + name, kNow, "bert", name));
    number += 2;
  }
  ASSERT_EQ(rotate(1, refresh(5, "f-app", after(100), "anna", "app")), Rotation::Rotated);
  const auto before = version();
  EXPECT_EQ(must(store_.revoke_client("app", kIssuer, after(200))), Change::Done);
  EXPECT_EQ(version(), before + 1);
  EXPECT_EQ(must(other_.take_code(oauth_digest(1), "app")).taken, Taken::Unknown);
  EXPECT_FALSE(must(other_.find_device(user_code(1))));
  EXPECT_FALSE(must(other_.poll_device(oauth_digest(1), "tv", after(201))));
  for (const int gone : {1, 2, 5}) EXPECT_FALSE(lives(gone)) << gone;
  EXPECT_THAT(revoked(), ElementsAre("access1", "access2", "access5"));
  EXPECT_EQ(must(other_.take_code(oauth_digest(3), "else")).taken, Taken::Fresh);
  EXPECT_TRUE(must(other_.find_device(user_code(3))));
  for (const int kept : {3, 4}) EXPECT_TRUE(lives(kept)) << kept;

  const Revocation of_subject{.issuer = std::string(kIssuer), .kind = RevocationKind::Subject, .value = client_subject("app"), .cutoff = after(200), .created = after(200), .forget = {}};
  EXPECT_THAT(must(other_.list_revocations()), testing::Contains(of_subject));
  EXPECT_THAT(revoked(RevocationKind::Subject), ElementsAre(client_subject("app")));
}

TEST_P(OAuthClientContract, RevokedAgainAtThatInstant_NothingChanges) {
  ASSERT_EQ(must(store_.add_client(client("app"))), Change::Done);
  ASSERT_EQ(must(store_.revoke_client("app", kIssuer, after(5))), Change::Done);
  const auto before = version();
  EXPECT_EQ(must(store_.revoke_client("app", kIssuer, after(5))), Change::Done);
  EXPECT_EQ(version(), before);
}

TEST_P(OAuthClientContract, RevokedClient_GetsNothingMore) {
  ASSERT_EQ(must(store_.add_client(client("app"))), Change::Done);
  ASSERT_EQ(must(store_.revoke_client("app", kIssuer, after(5))), Change::Done);
  EXPECT_EQ(must(other_.add_code(code(1, "anna", "app"))), Change::NotFound);
  EXPECT_EQ(must(other_.add_device(device(1, kNow, "app"))), Change::NotFound);
  EXPECT_EQ(must(other_.add_refresh(refresh(1))), Change::NotFound);
  EXPECT_EQ(must(other_.take_code(oauth_digest(1), "app")).taken, Taken::Unknown);
  EXPECT_FALSE(must(other_.find_device(user_code(1))));
  EXPECT_FALSE(lives(1));
}

TEST_P(OAuthClientContract, RevokedWhileTokensAreMade_NoneIsLeft) {
  ASSERT_EQ(must(store_.add_client(client("app"))), Change::Done);
  on_threads(4, [&](int i) {
    for (int round = 0; round < 10; ++round) {
      if (i == 0 && round == 3) (void)must(store_.revoke_client("app", kIssuer, after(5)));
      if (i != 0) (void)must(either(i).add_refresh(refresh(i * 100 + round, "f" + std::to_string(i * 100 + round))));
    }
  });
  for (int token = 100; token < 400; ++token) EXPECT_FALSE(lives(token)) << token;
}

TEST_P(OAuthClientContract, SigningKeys_AreAddedAfterTheNewestAndListedSo) {
  const auto before = version();
  EXPECT_EQ(must(store_.add_signing_key(signing_key("k1"), "k0")), Change::Exists);
  EXPECT_EQ(must(store_.add_signing_key(signing_key("k1"), "")), Change::Done);
  EXPECT_EQ(must(other_.add_signing_key(signing_key("k2"), "")), Change::Exists);
  EXPECT_EQ(must(other_.add_signing_key(signing_key("k0", after(-10)), "k1")), Change::Done);  // by a process whose clock is behind
  EXPECT_EQ(must(store_.add_signing_key(signing_key("k3"), "k1")), Change::Exists);
  EXPECT_EQ(must(store_.add_signing_key(signing_key("k1"), "k0")), Change::Exists);  // the kid is taken
  EXPECT_EQ(version(), before + 2);
  EXPECT_THAT(kids(), ElementsAre("k1", "k0"));
  const auto keys = must(other_.list_signing_keys());
  EXPECT_EQ(keys[1].algorithm, "ES256");
  EXPECT_EQ(keys[1].private_key.reveal(RevealSecret{}), "-----BEGIN");
  EXPECT_EQ(keys[1].created, after(-10));
  EXPECT_EQ(keys[1].active, after(50));
}

TEST_P(OAuthClientContract, DroppedSigningKey_LeavesTheOneBeforeAsNewest) {
  std::string newest;
  for (const std::string kid : {"k1", "k2", "k3"}) {
    ASSERT_EQ(must(store_.add_signing_key(signing_key(kid), newest)), Change::Done);
    newest = kid;
  }
  const auto before = version();
  EXPECT_EQ(must(other_.drop_signing_key("k1")), Change::Done);
  EXPECT_EQ(must(other_.drop_signing_key("k1")), Change::NotFound);
  EXPECT_EQ(must(other_.drop_signing_key("k3")), Change::Done);
  EXPECT_EQ(version(), before + 2);
  EXPECT_EQ(must(store_.add_signing_key(signing_key("k4"), "k3")), Change::Exists);
  EXPECT_EQ(must(store_.add_signing_key(signing_key("k4"), "k2")), Change::Done);
  EXPECT_THAT(kids(), ElementsAre("k2", "k4"));
  for (const std::string kid : {"k2", "k4"}) EXPECT_EQ(must(store_.drop_signing_key(kid)), Change::Done);
  EXPECT_EQ(must(store_.add_signing_key(signing_key("k5"), "")), Change::Done);
}

TEST_P(OAuthClientContract, SigningKeyFromManyThreads_OneWins) {
  for (const std::string newest : {"", "k"}) {
    std::atomic<int> done{0};
    on_threads(8, [&](int i) {
      const std::string kid = newest.empty() ? "k" : "k" + std::to_string(i);
      if (must(either(i).add_signing_key(signing_key(kid), newest)) == Change::Done) ++done;
    });
    EXPECT_EQ(done, 1) << newest;
  }
  EXPECT_EQ(kids().size(), 2u);
}

TEST_P(OAuthClientContract, ClaimedId_ExistsUntilForgotten) {
  const auto before = version();
  EXPECT_EQ(must(store_.claim_once("app:jti", "app", after(10), kNow)), Change::Done);
  EXPECT_EQ(must(other_.claim_once("app:jti", "app", after(99), kNow)), Change::Exists);
  EXPECT_EQ(must(other_.claim_once("app:JTI", "app", after(99), kNow)), Change::Done);
  EXPECT_EQ(must(other_.claim_once(std::string("app:\0", 5), "app", after(99), kNow)), Change::Done);
  EXPECT_EQ(must(other_.claim_once("app:", "app", after(99), kNow)), Change::Done);
  EXPECT_EQ(must(store_.forget_oauth(after(9), after(9))), 0u);
  EXPECT_EQ(must(store_.claim_once("app:jti", "app", after(99), kNow)), Change::Exists);
  EXPECT_EQ(must(store_.forget_oauth(after(10), after(10))), 1u);  // the later expiry was not taken on
  EXPECT_EQ(must(store_.claim_once("app:jti", "app", after(99), kNow)), Change::Done);
  EXPECT_EQ(version(), before);
}

TEST_P(OAuthClientContract, ClaimsOfOneClientBeyondMost_AreAnErrorToItAlone) {
  ASSERT_TRUE(backend_->claim_most("app", after(10)));
  EXPECT_FALSE(store_.claim_once("new", "app", after(99), after(9)));
  EXPECT_EQ(must(store_.claim_once("app7", "app", after(99), after(9))), Change::Exists);  // a replay is one all the same
  EXPECT_EQ(must(other_.claim_once("theirs", "else", after(99), after(9))), Change::Done);
  EXPECT_EQ(must(other_.claim_once("new", "app", after(99), after(10))), Change::Done);  // theirs have expired; the refused one left nothing
  EXPECT_EQ(must(store_.forget_oauth(after(10), after(10))), kMostClaimed);
}

TEST_P(OAuthClientContract, ClaimOfOneIdFromManyThreads_OneWins) {
  std::atomic<int> done{0};
  on_threads(8, [&](int i) {
    if (must(either(i).claim_once("jti", "app", after(10), kNow)) == Change::Done) ++done;
  });
  EXPECT_EQ(done, 1);
}

TEST_P(OAuthClientContract, RecordsThatBreakTheRules_AreErrorsAndChangeNothing) {
  const auto before = version();
  ClientRecord bad_client = client("a b");
  CodeRecord bad_code = code(1);
  bad_code.challenge.pop_back();
  DeviceRecord bad_device = device(1);
  bad_device.user_code = "abcdefgh";
  RefreshRecord bad_token = refresh(1);
  bad_token.access_id.clear();
  SigningKeyRecord bad_key = signing_key("");
  EXPECT_FALSE(store_.add_client(bad_client));
  EXPECT_FALSE(store_.add_code(bad_code));
  EXPECT_FALSE(store_.add_device(bad_device));
  EXPECT_FALSE(store_.add_refresh(bad_token));
  EXPECT_FALSE(store_.add_signing_key(bad_key, ""));
  EXPECT_FALSE(store_.claim_once("", "app", after(1), kNow));
  EXPECT_FALSE(store_.claim_once(std::string(kMaxClaimedId + 1, 'x'), "app", after(1), kNow));
  EXPECT_EQ(must(store_.claim_once(std::string(kMaxClaimedId, 'x'), "app", after(1), kNow)), Change::Done);

  ASSERT_EQ(must(store_.add_client(client("app"))), Change::Done);
  begin(refresh(1));
  EXPECT_FALSE(store_.revoke_client("app", "", kNow));
  EXPECT_FALSE(store_.revoke_family("f1", "", kNow));
  EXPECT_FALSE(store_.rotate_refresh(oauth_digest(1), refresh(2), kGrace, ""));
  RefreshRecord used = refresh(2);
  used.used = kNow;
  EXPECT_FALSE(store_.rotate_refresh(oauth_digest(1), used, kGrace, kIssuer));
  EXPECT_EQ(must(other_.find_refresh(oauth_digest(1))), refresh(1));
  EXPECT_FALSE(must(other_.find_client("app"))->revoked);
  EXPECT_EQ(version(), before + 1);
}

INSTANTIATE_TEST_SUITE_P(Stores, OAuthClientContract, all_kinds(), kind_name);

}  // namespace
}  // namespace quivive::store
