// What a DigestCheck decides, for responses that the test computes as a client would.

#include "auth/schemes/digest.h"

#include "digest/response.h"
#include "world.h"

namespace quivive::auth {
namespace {

using digest::DigestAlgorithm;

constexpr std::string_view kRealm = "api.example.com";

store::DigestSecret secret_for(std::string_view user, std::string_view password, crypto::HashKind hash, std::string_view realm = kRealm) {
  digest::DigestHasher hasher;
  return {.realm = std::string(realm),
          .hash = hash,
          .secret = Secret(hasher.secret(hash, user, realm, password).str()),
          .user_hash = hasher.user_hash(hash, user, realm).str()};
}

void add_digest_user(World& world, const std::string& name, std::string_view password, bool disabled = false) {
  world.add_user(name, password, disabled);
  for (const auto hash : {crypto::HashKind::Sha256, crypto::HashKind::Md5}) world.users[name].digests.push_back(secret_for(name, password, hash));
}

// What a client sends; each test spoils one thing.
struct Sent {
  std::string user = "alice", password = "open sesame", realm = std::string(kRealm);
  std::string target = "/orders?page=2", uri = target, method = "GET", signed_method = method;
  std::string nonce, nc = "00000001", cnonce = "c", qop = "auth", body, extra;
  DigestAlgorithm algorithm = DigestAlgorithm::Sha256;

  [[nodiscard]] std::string request() const {
    digest::DigestHasher hasher;
    const auto secret = hasher.secret(digest::info(algorithm).hash, user, realm, password);
    const auto body_hash = hasher.body_hash(digest::info(algorithm).hash, body);
    const digest::ResponseInput input{algorithm, signed_method, uri, nonce, nc, cnonce, qop, body_hash.view()};
    return fmt::format("{} {}\nAuthorization: Digest username=\"{}\", realm=\"{}\", nonce=\"{}\", uri=\"{}\", algorithm={}, qop={}, nc={}, "
                       "cnonce=\"{}\", response=\"{}\"{}",
                       method, target, user, realm, nonce, uri, digest::name_of(algorithm), qop, nc, cnonce,
                       hasher.response(input, secret.view()).view(), extra);
  }
};

class DigestCheckTest : public ::testing::Test {
 protected:
  DigestCheckTest() {
    add_digest_user(world, "alice", "open sesame");
    add_digest_user(world, "mallory", "open sesame", true);
    world.add_user("bob", "open sesame");
    sent.nonce = nonce();
  }
  std::string nonce(Instant issued = kNow) { return std::string(world.tools.nonces.make(issued, kRealm)); }
  Verdict decide() { return world.decide(route, sent.request()); }

  World world;
  RoutePolicy route = policy_accepting({Scheme::Digest, Scheme::Basic});
  Sent sent;
};

TEST_F(DigestCheckTest, RightResponse_Allowed_WithTheServersProof) {
  const Verdict verdict = decide();
  EXPECT_EQ(verdict.reason, Reason::Allowed) << verdict.detail;
  ASSERT_NE(verdict.principal, nullptr);
  EXPECT_EQ(verdict.principal->subject(), "alice");
  EXPECT_EQ(verdict.principal->scheme(), Scheme::Digest);
  ASSERT_EQ(verdict.principal->roles().size(), 1U);
  EXPECT_EQ(verdict.principal->roles()[0], "staff");
  EXPECT_EQ(world.asked, (std::vector<std::string>{"digest user", "count"}));
  digest::DigestHasher hasher;
  const auto secret = hasher.secret(crypto::HashKind::Sha256, "alice", kRealm, "open sesame");
  const auto rspauth = hasher.rspauth({sent.algorithm, "GET", sent.uri, sent.nonce, sent.nc, sent.cnonce, "auth", {}}, secret.view());
  EXPECT_EQ(verdict.authentication_info, fmt::format("rspauth=\"{}\", qop=auth, nc=00000001, cnonce=\"c\"", rspauth.view()));
}

TEST_F(DigestCheckTest, HalfWayThroughItsLife_TheNextNonceComesAlong) {
  sent.nonce = nonce(kNow - std::chrono::seconds(149));
  EXPECT_EQ(decide().authentication_info.find("nextnonce"), std::string::npos);
  sent.nonce = nonce(kNow - std::chrono::seconds(150));
  const std::string info = decide().authentication_info;
  const std::size_t at = info.find(", nextnonce=\"");
  ASSERT_NE(at, std::string::npos);
  const std::string next = info.substr(at + 13, digest::kNonceSize);
  EXPECT_TRUE(world.tools.nonces.read(next, kRealm, kNow));
  sent.nonce = next;
  EXPECT_TRUE(decide().allowed());
}

struct Spoiled {
  std::string_view what;
  std::function<void(Sent&)> spoil;
  Reason reason;
  std::string_view detail;
};

TEST_F(DigestCheckTest, WhatIsWrong_IsSaid) {
  const Spoiled rows[] = {
      {"password", [](Sent& s) { s.password = "open Sesame"; }, Reason::DigestWrongResponse, "user alice: wrong password, or a response computed from something else"},
      {"no such user", [](Sent& s) { s.user = "carol"; }, Reason::DigestWrongResponse, "no user of that name (5 characters)"},
      {"case of the name", [](Sent& s) { s.user = "Alice"; }, Reason::DigestWrongResponse, "no user of that name (5 characters)"},
      {"no Digest secret", [](Sent& s) { s.user = "bob"; }, Reason::DigestWrongResponse,
       "user bob: the user has no Digest secret; quivive user passwd NAME --digest makes one"},
      {"disabled", [](Sent& s) { s.user = "mallory"; }, Reason::DigestWrongResponse, "user mallory: disabled; the password is right"},
      {"disabled and wrong", [](Sent& s) { s.user = "mallory"; s.password = "x"; }, Reason::DigestWrongResponse, "user mallory: disabled"},
      {"realm", [](Sent& s) { s.realm = "other"; }, Reason::DigestWrongResponse, "user alice: wrong password, or a response computed from something else"},
      {"method", [](Sent& s) { s.signed_method = "HEAD"; }, Reason::DigestWrongResponse, "user alice: wrong password, or a response computed from something else"},
      {"uri", [](Sent& s) { s.uri = "/orders"; }, Reason::DigestUriMismatch, "uri /orders; the request's target is /orders?page=2"},
      {"algorithm", [](Sent& s) { s.algorithm = DigestAlgorithm::Sha256Sess; }, Reason::DigestAlgorithmNotAllowed, "algorithm SHA-256-sess, which was not offered"},
      {"qop", [](Sent& s) { s.qop = "auth-int"; }, Reason::DigestMalformed, "qop auth-int, which was not offered"},
      {"userhash", [](Sent& s) { s.extra = ", userhash=true"; }, Reason::DigestMalformed, "userhash, which was not asked for"},
      {"form", [](Sent& s) { s.nc = "1"; }, Reason::DigestMalformed, "nc is not eight hexadecimal digits"},
      {"a foreign nonce", [](Sent& s) { s.nonce = "dcd98b7102dd2f0e8b11d0f600bfb0c093"; }, Reason::DigestNonceStale, "user alice: not a nonce of this gateway"},
      {"a foreign nonce and the wrong password", [](Sent& s) { s.nonce = "x"; s.password = "y"; }, Reason::DigestWrongResponse,
       "user alice: wrong password, or a response computed from something else"},
  };
  for (const Spoiled& row : rows) {
    SCOPED_TRACE(row.what);
    sent = Sent{};
    sent.nonce = nonce();
    row.spoil(sent);
    const Verdict verdict = decide();
    EXPECT_EQ(verdict.reason, row.reason);
    EXPECT_EQ(verdict.detail, row.detail);
    EXPECT_EQ(verdict.principal, nullptr);
    EXPECT_EQ(verdict.authentication_info, "");
  }
}

// Right in all but the realm that it names: what was hashed is ours.
TEST_F(DigestCheckTest, AnotherRealmInTheField_IsRefused) {
  std::string request = sent.request();
  request.replace(request.find("realm=\"api.example.com\""), 23, "realm=\"other\"");
  const Verdict verdict = world.decide(route, request);
  EXPECT_EQ(verdict.reason, Reason::DigestWrongResponse);
  EXPECT_EQ(verdict.detail, "user alice: for the realm 'other', and this route's is 'api.example.com'");
}

TEST_F(DigestCheckTest, ANonceEnds_AtItsLifetime) {
  sent.nonce = nonce(kNow - std::chrono::minutes(5) + std::chrono::milliseconds(1));
  EXPECT_TRUE(decide().allowed());
  sent.nonce = nonce(kNow - std::chrono::minutes(5));
  const Verdict stale = decide();
  EXPECT_EQ(stale.reason, Reason::DigestNonceStale);
  EXPECT_EQ(stale.detail, "user alice: the nonce is too old");
}

TEST_F(DigestCheckTest, ACountCountsOnce) {
  EXPECT_TRUE(decide().allowed());
  EXPECT_EQ(decide().reason, Reason::DigestNonceReplayed);
  sent.nc = "00000003";
  EXPECT_TRUE(decide().allowed());
  sent.nc = "00000002";
  EXPECT_TRUE(decide().allowed());
  // A wrong response claims nothing: nobody can use up another's counts.
  sent.nc = "00000004";
  sent.password = "guess";
  EXPECT_EQ(decide().reason, Reason::DigestWrongResponse);
  sent.password = "open sesame";
  EXPECT_TRUE(decide().allowed());
}

TEST_F(DigestCheckTest, EveryAlgorithmThatIsOffered) {
  RouteSettings settings = accepting({Scheme::Digest});
  settings.digest.algorithms.clear();
  for (const auto& row : digest::all_algorithms()) settings.digest.algorithms.push_back(row.algorithm);
  route = policy(settings);
  world.users["alice"].digests.push_back(secret_for("alice", "open sesame", crypto::HashKind::Sha512_256));
  for (const auto& row : digest::all_algorithms()) {
    SCOPED_TRACE(row.name);
    sent.algorithm = row.algorithm;
    sent.nonce = nonce();
    EXPECT_EQ(decide().reason, Reason::Allowed);
  }
}

TEST_F(DigestCheckTest, Userhash_FindsTheUser) {
  RouteSettings settings = accepting({Scheme::Digest});
  settings.digest.userhash = true;
  route = policy(settings);
  // The response is computed with the name, and the hash is sent.
  std::string request = sent.request();
  const std::string hash = digest::DigestHasher().user_hash(crypto::HashKind::Sha256, "alice", kRealm).str();
  request.replace(request.find("\"alice\""), 7, '"' + hash + "\", userhash=true");
  EXPECT_EQ(world.decide(route, request).reason, Reason::Allowed);
  EXPECT_EQ(world.asked.front(), "digest user by hash");
  request.replace(request.find(hash), 4, hash.starts_with("0000") ? "1111" : "0000");
  EXPECT_EQ(world.decide(route, request).reason, Reason::DigestWrongResponse);
}

class DigestAuthIntTest : public DigestCheckTest {
 protected:
  using Asked = std::vector<std::string>;
  DigestAuthIntTest() {
    RouteSettings settings = accepting({Scheme::Digest});
    settings.digest.qop = {digest::Qop::Auth, digest::Qop::AuthInt};
    route = policy(settings);
    sent.qop = "auth-int";
    sent.method = sent.signed_method = "POST";
    sent.body = "amount=10";
    world.body = "amount=10";
  }
};

TEST_F(DigestAuthIntTest, TheBodyIsAskedForAndCovered) {
  const Verdict verdict = decide();
  EXPECT_EQ(verdict.reason, Reason::Allowed) << verdict.detail;
  EXPECT_EQ(world.asked, (Asked{"body", "digest user", "count"}));
  // The body that answers it is not there yet: RFC 7616 section 3.5 lets the answer's qop be another.
  digest::DigestHasher hasher;
  const auto secret = hasher.secret(crypto::HashKind::Sha256, "alice", kRealm, "open sesame");
  const auto rspauth = hasher.rspauth({sent.algorithm, "POST", sent.uri, sent.nonce, sent.nc, sent.cnonce, "auth", {}}, secret.view());
  EXPECT_EQ(verdict.authentication_info, fmt::format("rspauth=\"{}\", qop=auth, nc=00000001, cnonce=\"c\"", rspauth.view()));
  EXPECT_EQ(decide().reason, Reason::DigestNonceReplayed);

  sent.nc = "00000002";
  world.body = "amount=99";
  EXPECT_EQ(decide().reason, Reason::DigestWrongResponse);
  world.body = "";
  EXPECT_EQ(decide().reason, Reason::DigestWrongResponse);
  sent.body = "";
  EXPECT_TRUE(decide().allowed());
}

TEST_F(DigestAuthIntTest, EveryAlgorithm_HashesTheBodyWithItsOwn) {
  for (const auto algorithm : {DigestAlgorithm::Md5, DigestAlgorithm::Sha256}) {
    sent.algorithm = algorithm;
    sent.nonce = nonce();
    EXPECT_TRUE(decide().allowed());
  }
}

TEST_F(DigestAuthIntTest, BesideIt_AuthNeedsNoBody) {
  sent.qop = "auth";
  world.body.reset();
  EXPECT_TRUE(decide().allowed());
  EXPECT_EQ(world.asked, (Asked{"digest user", "count"}));
}

TEST_F(DigestAuthIntTest, AuthWhereOnlyAuthIntIsOffered_IsRefused) {
  RouteSettings settings = accepting({Scheme::Digest});
  settings.digest.qop = {digest::Qop::AuthInt};
  route = policy(settings);
  EXPECT_TRUE(decide().allowed());
  sent.qop = "auth";
  sent.nonce = nonce();
  const Verdict verdict = decide();
  EXPECT_EQ(verdict.reason, Reason::DigestMalformed);
  EXPECT_EQ(verdict.detail, "qop auth, which was not offered");
}

TEST_F(DigestAuthIntTest, TooLarge_IsSaid) {
  world.body.reset();
  const Verdict verdict = decide();
  EXPECT_EQ(verdict.reason, Reason::DigestBodyTooLarge);
  EXPECT_EQ(verdict.scheme, Scheme::Digest);
  for (const Check& check : verdict.checks) {
    const bool before = check.name == "form" || check.name == "algorithm" || check.name == "uri";
    EXPECT_EQ(check.outcome, check.name == "body length" ? Outcome::Failed : before ? Outcome::Passed : Outcome::Skipped) << check.name;
  }
  EXPECT_EQ(world.asked, Asked{"body"});
}

// Threat: strangers who make a gateway hold bodies.
TEST_F(DigestAuthIntTest, WhatFailsWithoutTheBody_AsksForNone) {
  const Spoiled rows[] = {
      {"made-up nonce", [](Sent& s) { s.nonce = "dcd98b7102dd2f0e8b11d0f600bfb0c093"; }, Reason::DigestNonceStale, "not a nonce of this gateway"},
      {"another realm's nonce", [this](Sent& s) { s.nonce = world.tools.nonces.make(kNow, "other"); }, Reason::DigestNonceStale,
       "not a nonce of this gateway"},
      {"old nonce", [this](Sent& s) { s.nonce = nonce(kNow - std::chrono::minutes(5)); }, Reason::DigestNonceStale, "the nonce is too old"},
      {"uri", [](Sent& s) { s.uri = "/"; }, Reason::DigestUriMismatch, "uri /; the request's target is /orders?page=2"},
      {"algorithm", [](Sent& s) { s.algorithm = DigestAlgorithm::Sha256Sess; }, Reason::DigestAlgorithmNotAllowed, "algorithm SHA-256-sess, which was not offered"},
      {"form", [](Sent& s) { s.nc = "1"; }, Reason::DigestMalformed, "nc is not eight hexadecimal digits"},
  };
  const Sent right = sent;
  for (const Spoiled& row : rows) {
    SCOPED_TRACE(row.what);
    sent = right;
    row.spoil(sent);
    const Verdict verdict = decide();
    EXPECT_EQ(verdict.reason, row.reason);
    EXPECT_EQ(verdict.detail, row.detail);
    for (const Check& check : verdict.checks) {
      const bool later = check.name == "response" || check.name == "body length";
      EXPECT_TRUE(!later || check.outcome == Outcome::Skipped) << check.name;
    }
  }
  EXPECT_EQ(world.asked, Asked{});
}

TEST_F(DigestAuthIntTest, AnAnswerToAnotherQuestion_LetsNobodyIn) {
  const auto snapshot = std::make_shared<const Snapshot>(world.snapshot);
  const digest::HexDigest hash = world.tools.digests.body_hash(crypto::HashKind::Sha256, sent.body);
  const Request covered(sent.request());
  for (const Answer& answer : {Answer{digest::NonceClaim::Fresh}, Answer{FoundDigestUser{}}}) {
    Attempt attempt(route, find_credentials(covered.view(), route), snapshot, world.tools, kNow);
    (void)attempt.advance();
    EXPECT_EQ(std::get<Verdict>(attempt.advance(answer)).reason, Reason::VerifierMisconfigured);
  }
  sent.qop = "auth";
  const Request plain(sent.request());
  for (const Answer& answer : {Answer{BodyHash{hash}}, Answer{BodyTooLarge{}}}) {
    Attempt attempt(route, find_credentials(plain.view(), route), snapshot, world.tools, kNow);
    (void)attempt.advance();
    EXPECT_EQ(std::get<Verdict>(attempt.advance(answer)).reason, Reason::VerifierMisconfigured);
  }
}

TEST_F(DigestCheckTest, AUserWhoWasProved_NeedsNoStore_AndNoMoreThanTheSameResponse) {
  const Request request(sent.request());
  const FoundCredentials found = find_credentials(request.view(), route);
  const auto snapshot = std::make_shared<const Snapshot>(world.snapshot);
  Attempt first(route, found, snapshot, world.tools, kNow);
  Step step = first.advance();
  while (const Need* need = std::get_if<Need>(&step)) step = first.advance(world.resolve(*need));
  ASSERT_TRUE(std::get<Verdict>(step).allowed());
  const auto proved = first.digest_user();
  ASSERT_NE(proved, nullptr);

  const auto again = [&](const Sent& what) {
    const Request second(what.request());
    Attempt attempt(route, find_credentials(second.view(), route), snapshot, world.tools, kNow);
    Step next = attempt.advance();
    next = attempt.advance(FoundDigestUser{std::nullopt, proved});
    if (const Need* need = std::get_if<Need>(&next)) next = attempt.advance(world.resolve(*need));
    return std::get<Verdict>(next);
  };
  sent.nc = "00000002";
  const Verdict verdict = again(sent);
  EXPECT_EQ(verdict.reason, Reason::Allowed);
  EXPECT_EQ(verdict.principal, proved->principal());
  sent.password = "guess";
  EXPECT_EQ(again(sent).reason, Reason::DigestWrongResponse);
}

TEST_F(DigestCheckTest, AnOutage_IsNotTheClientsFault) {
  world.store_down = true;
  EXPECT_EQ(decide().reason, Reason::VerifierUnavailable);
}

TEST_F(DigestCheckTest, AnAnswerToAnotherQuestion_LetsNobodyIn) {
  const Request request(sent.request());
  const FoundCredentials found = find_credentials(request.view(), route);
  const auto snapshot = std::make_shared<const Snapshot>(world.snapshot);
  for (const Answer& answer : {Answer{digest::NonceClaim::Fresh}, Answer{PasswordOutcome::Match}, Answer{FoundUser{}}}) {
    Attempt attempt(route, found, snapshot, world.tools, kNow);
    (void)attempt.advance();
    EXPECT_EQ(std::get<Verdict>(attempt.advance(answer)).reason, Reason::VerifierMisconfigured);
  }
}

TEST_F(DigestCheckTest, AbsoluteFormTarget_IsThePathBehindTheHost) {
  sent.target = "http://api.example.com/orders";
  sent.uri = "/orders";
  EXPECT_TRUE(decide().allowed());
  sent.nonce = nonce();
  sent.uri = sent.target;
  EXPECT_TRUE(decide().allowed());
  sent.uri = "/other";
  EXPECT_EQ(decide().reason, Reason::DigestUriMismatch);
  // Credentials for one path do not open another that stands in the query.
  const std::pair<std::string, std::string> lifted[] = {{"http://h?x=/y", "/y"}, {"http://h?delete=1", "/"}, {"http://h", "/y"}, {"http://h/a?b", "/a"},
                                                        {"http://h?a", "?a"}};
  for (const auto& [target, uri] : lifted) {
    sent.target = target;
    sent.uri = uri;
    EXPECT_EQ(decide().reason, Reason::DigestUriMismatch) << target << ' ' << uri;
  }
  const std::pair<std::string, std::string> same[] = {{"http://h?a=/b", "/?a=/b"}, {"http://h", "/"}, {"http://h/a?b", "/a?b"}};
  for (const auto& [target, uri] : same) {
    sent.nonce = nonce();
    sent.target = target;
    sent.uri = uri;
    EXPECT_EQ(decide().reason, Reason::Allowed) << target << ' ' << uri;
  }
}

}  // namespace
}  // namespace quivive::auth
