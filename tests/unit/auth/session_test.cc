#include "auth/schemes/session.h"

#include "auth/outcome_key.h"
#include "auth/session_token.h"
#include "crypto/opaque_token.h"
#include "world.h"

namespace quivive::auth {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

const std::string kToken(crypto::kOpaqueTokenSize, 'x');

store::SessionRecord session_of_alice() {
  store::SessionRecord out;
  out.digest = session_digest(kToken);
  out.user = "alice";
  out.password_tag = password_tag(Secret("hash of right"));
  out.created = kNow - hours(1);
  out.seen = kNow - minutes(5);
  out.expires = kNow + hours(11);
  return out;
}

struct SessionWorld : World {
  explicit SessionWorld(const std::function<void(store::SessionRecord&)>& change = [](store::SessionRecord&) {}) {
    add_user("alice", "right");
    store::SessionRecord session = session_of_alice();
    change(session);
    sessions[session.digest] = session;
  }
};

std::string with_cookie(std::string_view cookie) { return "GET /\nCookie: " + std::string(cookie); }
std::string with_session() { return with_cookie("a=1; quivive=" + kToken); }

const RoutePolicy& session_only() {
  static const RoutePolicy kPolicy = policy_accepting({Scheme::Session});
  return kPolicy;
}

TEST(SessionToken, IsRandom_AndStoredOnlyAsADigest) {
  FixedRandom random(1), other(2);
  const Secret token = make_session_token(random);
  const std::string_view text = token.reveal(RevealSecret{});
  EXPECT_TRUE(looks_like_session_token(text));
  EXPECT_NE(text, make_session_token(other).reveal(RevealSecret{}));
  EXPECT_EQ(session_digest(text).size(), 32U);
  for (const std::string_view no : {"", "x", "short", "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx=", "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx "}) {
    EXPECT_FALSE(looks_like_session_token(no)) << no;
  }
}

TEST(SessionToken, AnotherPasswordHash_HasAnotherTag) {
  EXPECT_EQ(password_tag(Secret("hash")), password_tag(Secret("hash")));
  EXPECT_NE(password_tag(Secret("hash")), password_tag(Secret("hasg")));
  EXPECT_EQ(password_tag(Secret("hash")).size(), 16U);
}

TEST(Session, Good_ProvesTheUser) {
  SessionWorld world;
  const Verdict verdict = world.decide(session_only(), with_session());
  ASSERT_TRUE(verdict.allowed()) << verdict.detail;
  EXPECT_EQ(verdict.principal->scheme(), Scheme::Session);
  EXPECT_EQ(verdict.principal->subject(), "alice");
  ASSERT_EQ(verdict.principal->roles().size(), 1U);
  EXPECT_EQ(verdict.principal->roles()[0], "staff");
  EXPECT_EQ(verdict.principal->not_after(), kNow + hours(11));
}

TEST(Session, What_IsWrongWithIt_DecidesTheReason) {
  struct Row {
    std::function<void(store::SessionRecord&)> change;
    Reason reason;
    std::string_view detail;
  };
  const Row rows[] = {
      {[](auto& s) { s.seen = kNow - minutes(30); }, Reason::SessionExpired, "idle"},
      {[](auto& s) { s.seen = kNow - minutes(30) + seconds(1); }, Reason::Allowed, ""},
      {[](auto& s) { s.expires = kNow; }, Reason::SessionExpired, "absolute"},
      {[](auto& s) { s.created = kNow - hours(12); }, Reason::SessionExpired, "absolute"},  // the setting was shortened since
      {[](auto& s) { s.revoked = kNow; }, Reason::SessionRevoked, "signed out"},
      {[](auto& s) { s.revoked = kNow - hours(1), s.seen = kNow - hours(2); }, Reason::SessionRevoked, "signed out"},
      {[](auto& s) { s.user = "eve"; }, Reason::SessionRevoked, "not there"},
      {[](auto& s) { s.user = "bob"; }, Reason::SessionRevoked, "disabled"},
      {[](auto& s) { s.password_tag = password_tag(Secret("hash of wrong")); }, Reason::SessionRevoked, "password was changed"},
      {[](auto& s) { s.password_tag.clear(); }, Reason::SessionRevoked, "password was changed"},
      {[](auto& s) { s.digest = session_digest("another"); }, Reason::SessionUnknown, "no such session"},
  };
  for (const Row& row : rows) {
    SessionWorld world(row.change);
    world.add_user("bob", "right", true);
    const Verdict verdict = world.decide(session_only(), with_session());
    EXPECT_EQ(verdict.reason, row.reason) << row.detail;
    EXPECT_NE(verdict.detail.find(row.detail), std::string::npos) << verdict.detail;
    EXPECT_EQ(verdict.detail.find(kToken), std::string::npos);
  }
}

TEST(Session, Cookies_DecideTheReason) {
  const std::string good = "quivive=" + kToken;
  const std::pair<std::string, Reason> rows[] = {
      {"GET /", Reason::SessionMissing},
      {with_cookie("other=1"), Reason::SessionMissing},
      {with_cookie("Quivive=" + kToken), Reason::SessionMissing},
      {with_cookie("quivive="), Reason::SessionUnknown},
      {with_cookie("quivive=made-up"), Reason::SessionUnknown},
      {with_cookie(good + "; " + good), Reason::CredentialsDuplicateHeader},
      {with_cookie(good) + "\nCookie: quivive=other", Reason::CredentialsDuplicateHeader},
      {with_cookie("a=1") + "\nCookie: " + good, Reason::Allowed},
      {"GET /\nAuthorization: Session " + kToken, Reason::SchemeUnsupported},
      {"GET /?quivive=" + kToken, Reason::SessionMissing},
  };
  for (const auto& [request, reason] : rows) {
    SessionWorld world;
    EXPECT_EQ(world.decide(session_only(), request).reason, reason) << request;
  }
}

TEST(Session, MadeUpValues_CostNoLookUp) {
  SessionWorld world;
  EXPECT_EQ(world.decide(session_only(), with_cookie("quivive=made-up")).reason, Reason::SessionUnknown);
  EXPECT_TRUE(world.asked.empty());
}

TEST(Session, OutageOfTheStore_IsOurs) {
  SessionWorld world;
  world.store_down = true;
  EXPECT_EQ(world.decide(session_only(), with_session()).reason, Reason::VerifierUnavailable);
}

// A browser sends its cookie whether it is wanted or not: what was put into the request decides alone.
TEST(Session, BesideAnotherCredential_TheOtherDecides) {
  const RoutePolicy all = policy_accepting({Scheme::Bearer, Scheme::ApiKey, Scheme::Session, Scheme::Basic});
  SessionWorld world;
  const std::string key = world.add_key(1);
  struct Row {
    std::string fields;
    Reason reason;
    std::optional<Scheme> scheme;
  };
  const Row rows[] = {
      {"", Reason::Allowed, Scheme::Session},
      {"\nAuthorization: Bearer " + token(), Reason::Allowed, Scheme::Bearer},
      {"\nAuthorization: Bearer nonsense", Reason::TokenMalformed, Scheme::Bearer},
      {"\nAuthorization: Bearer", Reason::TokenEmpty, Scheme::Bearer},
      {"\nX-API-Key: " + key, Reason::Allowed, Scheme::ApiKey},
      {"\nX-API-Key:", Reason::KeyMalformed, Scheme::ApiKey},
      {"\nX-API-Key: " + key + "\nAuthorization: Bearer " + token(), Reason::CredentialsInTwoPlaces, std::nullopt},
      {"\nAuthorization: Negotiate abc", Reason::Allowed, Scheme::Session},  // of no use here, and perhaps a proxy's
  };
  for (const Row& row : rows) {
    const Verdict verdict = world.decide(all, with_session() + row.fields);
    EXPECT_EQ(verdict.reason, row.reason) << row.fields;
    EXPECT_EQ(verdict.scheme, row.scheme) << row.fields;
  }
}

TEST(Session, WithoutOne_WhereMoreIsAccepted_CredentialsAreMissing) {
  SessionWorld world;
  EXPECT_EQ(world.decide(policy_accepting({Scheme::Bearer, Scheme::Session}), "GET /").reason, Reason::CredentialsMissing);
}

TEST(Session, Remembered_HoldsWhileTheStoreIsAsItWas) {
  SessionWorld world;
  const auto principal = world.decide(session_only(), with_session()).principal;
  ASSERT_TRUE(principal);
  EXPECT_TRUE(accept_remembered(session_only(), principal, world.snapshot, kNow)->allowed());
  EXPECT_FALSE(accept_remembered(session_only(), principal, world.snapshot, principal->not_after()));
  ++world.snapshot.store_epoch;
  EXPECT_FALSE(accept_remembered(session_only(), principal, world.snapshot, kNow));
  --world.snapshot.store_epoch;
  ++world.snapshot.session_epoch;
  EXPECT_FALSE(accept_remembered(session_only(), principal, world.snapshot, kNow));
}

TEST(Session, EndOfOne_LeavesWhatIsRememberedOfKeysAlone) {
  World world;
  const RoutePolicy keys = policy_accepting({Scheme::ApiKey});
  const auto principal = world.decide(keys, "GET /\nX-API-Key: " + world.add_key(1)).principal;
  ASSERT_TRUE(principal);
  ++world.snapshot.session_epoch;
  EXPECT_TRUE(accept_remembered(keys, principal, world.snapshot, kNow));
}

}  // namespace
}  // namespace quivive::auth
