#include "client/digest_session.h"

#include <gtest/gtest.h>

namespace quivive::client {
namespace {

DigestChallenge challenge_of(std::string_view value, bool body_known = true) {
  const auto parsed = http::parse_challenges(value);
  auto read = read_digest_challenge(parsed.challenges.at(0), body_known);
  EXPECT_TRUE(read) << value;
  return read ? *read : DigestChallenge{};
}

std::string_view text(const DigestAuthorization& authorization) { return authorization.value.reveal(RevealSecret{}); }

// RFC 7616 section 3.9.1, with the challenges and the answers as they are printed there; white space apart.
TEST(DigestSession, Rfc7616_Section391) {
  struct Row {
    std::string_view algorithm, response;
  };
  for (const Row& row : {Row{"MD5", "8ca523f5e9506fed4657c9700eebdbec"},
                         {"SHA-256", "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"}}) {
    const std::string name(row.algorithm);
    DigestSession session(challenge_of("Digest realm=\"http-auth@example.org\", qop=\"auth, auth-int\", algorithm=" + name +
                                       ", nonce=\"7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v\", "
                                       "opaque=\"FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS\""),
                          "Mufasa");
    EXPECT_EQ(text(session.authorize_with({"Mufasa", "Circle of Life", "GET", "/dir/index.html"}, "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ")),
              "Digest username=\"Mufasa\", realm=\"http-auth@example.org\", uri=\"/dir/index.html\", algorithm=" + name +
                  ", nonce=\"7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v\", nc=00000001, "
                  "cnonce=\"f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ\", qop=auth, response=\"" +
                  std::string(row.response) + "\", opaque=\"FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS\"");
  }
}

// RFC 7616 section 3.9.2 with the values of erratum 4897: as printed, the hash is a truncated SHA-512.
TEST(DigestSession, Rfc7616_Section392_Erratum4897) {
  DigestSession session(challenge_of("Digest realm=\"api@example.org\", qop=\"auth\", algorithm=SHA-512-256, "
                                     "nonce=\"5TsQWLVdgBdmrQ0XsxbDODV+57QdFR34I9HAbC/RVvkK\", "
                                     "opaque=\"HRPCssKJSGjCrkzDg8OhwpzCiGPChXYjwrI2QmXDnsOS\", charset=UTF-8, userhash=true"),
                        "J\xc3\xa4s\xc3\xb8n Doe");
  EXPECT_EQ(text(session.authorize_with({"J\xc3\xa4s\xc3\xb8n Doe", "Secret, or not?", "GET", "/doe.json"}, "NTg6RKcb9boFIAS3KrFK9BGeh+iDa/sm6jUMp2wds69v")),
            "Digest username=\"793263caabb707a56211940d90411ea4a575adeccb7e360aeb624ed06ece9b0b\", realm=\"api@example.org\", "
            "uri=\"/doe.json\", algorithm=SHA-512-256, nonce=\"5TsQWLVdgBdmrQ0XsxbDODV+57QdFR34I9HAbC/RVvkK\", nc=00000001, "
            "cnonce=\"NTg6RKcb9boFIAS3KrFK9BGeh+iDa/sm6jUMp2wds69v\", qop=auth, "
            "response=\"3798d4131c277846293534c3edc11bd8a5e4cdcbff78b05db9d95eeb1cec68a5\", "
            "opaque=\"HRPCssKJSGjCrkzDg8OhwpzCiGPChXYjwrI2QmXDnsOS\", userhash=true");
}

// Other responses that standards print, and those of digest/response_test.cc for auth-int.
TEST(DigestSession, Response) {
  struct Row {
    std::string_view what, challenge, user, password, method, uri, cnonce, body, part;
  };
  constexpr std::string_view kRfc2617 = "Digest realm=\"testrealm@host.com\", nonce=\"dcd98b7102dd2f0e8b11d0f600bfb0c093\", opaque=\"5ccc069c403ebaf9f0171e9517f40e41\"";
  const std::string with_qop = std::string(kRfc2617) + ", qop=\"auth,auth-int\"";
  const Row rows[] = {
      {"RFC 2617 section 3.5", with_qop, "Mufasa", "Circle Of Life", "GET", "/dir/index.html", "0a4f113b", "",
       "nc=00000001, cnonce=\"0a4f113b\", qop=auth, response=\"6629fae49393a05397450978507c4ef1\""},
      {"RFC 2069 with erratum 749: no qop, no count", kRfc2617, "Mufasa", "CircleOfLife", "GET", "/dir/index.html", "0a4f113b", "",
       "nonce=\"dcd98b7102dd2f0e8b11d0f600bfb0c093\", response=\"1949323746fe6a43ef61f9606e7febea\""},
      {"no algorithm said, none sent", with_qop, "Mufasa", "x", "GET", "/", "c", "", "uri=\"/\", nonce="},
      {"a name with quotes and a backslash", with_qop, "DOM\\a\"b", "x", "GET", "/", "c", "", "username=\"DOM\\\\a\\\"b\""},
      {"a name that is not ASCII, charset said", "Digest realm=\"r\", nonce=\"n\", qop=\"auth\", charset=UTF-8", "J\xc3\xa4s\xc3\xb8n Doe", "x", "GET", "/", "c", "",
       "username*=UTF-8''J%C3%A4s%C3%B8n%20Doe, realm="},
      {"and not said", "Digest realm=\"r\", nonce=\"n\", qop=\"auth\"", "J\xc3\xa4s\xc3\xb8n", "x", "GET", "/", "c", "", "username=\"J\xc3\xa4s\xc3\xb8n\""},
      {"an empty realm", "Digest realm=\"\", nonce=\"n\", qop=\"auth\"", "u", "x", "GET", "/", "c", "", "realm=\"\""},
  };
  for (const Row& row : rows) {
    DigestSession session(challenge_of(row.challenge), std::string(row.user));
    const auto sent = session.authorize_with({row.user, row.password, row.method, row.uri, row.body}, std::string(row.cnonce));
    EXPECT_NE(text(sent).find(row.part), std::string_view::npos) << row.what << ": " << text(sent);
  }
}

TEST(DigestSession, AuthInt_OnlyWhereAuthIsNotOffered) {
  DigestSession both(challenge_of("Digest realm=\"r\", nonce=\"n\", qop=\"auth-int, auth\""), "u");
  EXPECT_NE(text(both.authorize_with({"u", "p", "POST", "/", "x"}, "c")).find("qop=auth,"), std::string_view::npos);
  DigestSession one(challenge_of("Digest realm=\"r\", nonce=\"n\", qop=\"auth-int\", algorithm=SHA-256"), "u");
  const auto sent = one.authorize_with({"u", "p", "POST", "/", "x"}, "c");
  // By hand: H(H(A1) : n : 00000001 : c : auth-int : H(POST:/:H(x))).
  digest::DigestHasher hasher;
  const auto hash = crypto::HashKind::Sha256;
  const std::string body = hasher.body_hash(hash, "x").str(), secret = hasher.secret(hash, "u", "r", "p").str();
  const std::string a2 = hasher.body_hash(hash, "POST:/:" + body).str();
  const std::string response = hasher.body_hash(hash, secret + ":n:00000001:c:auth-int:" + a2).str();
  EXPECT_NE(text(sent).find("response=\"" + response + "\""), std::string_view::npos) << text(sent);
}

TEST(DigestSession, Cnonce_IsNewEachTime_ButForSess) {
  FixedRandom random;
  DigestSession plain(challenge_of("Digest realm=\"r\", nonce=\"n\", qop=\"auth\", algorithm=SHA-256"), "u");
  const std::string first = plain.authorize({"u", "p", "GET", "/"}, random).proof.cnonce;
  EXPECT_EQ(first.size(), 32u);
  EXPECT_NE(plain.authorize({"u", "p", "GET", "/"}, random).proof.cnonce, first);
  DigestSession sess(challenge_of("Digest realm=\"r\", nonce=\"n\", qop=\"auth\", algorithm=SHA-256-sess"), "u");
  const auto one = sess.authorize({"u", "p", "GET", "/"}, random).proof;
  const auto two = sess.authorize({"u", "p", "GET", "/"}, random).proof;
  EXPECT_EQ(one.cnonce, two.cnonce);
  EXPECT_EQ(one.nc, "00000001");
  EXPECT_EQ(two.nc, "00000002");
}

TEST(DigestSession, AuthenticationInfo) {
  digest::DigestHasher hasher;
  const auto fresh = [] {
    return DigestSession(challenge_of("Digest realm=\"r\", nonce=\"n\", qop=\"auth\", algorithm=SHA-256"), "u");
  };
  DigestSession session = fresh();
  const auto sent = session.authorize_with({"u", "p", "GET", "/x"}, "c");
  const auto hash = crypto::HashKind::Sha256;
  const std::string right = hasher.body_hash(hash, hasher.secret(hash, "u", "r", "p").str() + ":n:00000001:c:auth:" + hasher.body_hash(hash, ":/x").str()).str();
  struct Row {
    std::string_view what;
    std::string value;
    ServerProof expected;
    std::string next;  // the nonce afterwards
  };
  for (const Row& row : {
           Row{"right", "rspauth=\"" + right + "\", qop=auth, nc=00000001, cnonce=\"c\"", ServerProof::Right, "n"},
           {"right, with another nonce", "nextnonce=\"m\", rspauth=\"" + right + "\"", ServerProof::Right, "m"},
           {"nothing proved", "nextnonce=\"m\"", ServerProof::Unproved, "m"},
           {"the same nonce", "nextnonce=\"n\"", ServerProof::Unproved, "n"},
           {"over the body", "rspauth=\"00\", qop=auth-int", ServerProof::Unproved, "n"},
           {"wrong", "rspauth=\"" + std::string(64, '0') + "\", nextnonce=\"m\"", ServerProof::Wrong, "n"},
           {"cut short", "rspauth=\"" + right.substr(2) + "\"", ServerProof::Wrong, "n"},
           {"empty", "rspauth=\"\"", ServerProof::Wrong, "n"},
           {"of another count", "rspauth=\"" + right + "\", nc=00000002", ServerProof::Wrong, "n"},
           {"of another cnonce", "rspauth=\"" + right + "\", cnonce=\"d\"", ServerProof::Wrong, "n"},
           {"no value", "", ServerProof::Unproved, "n"},
       }) {
    DigestSession one = fresh();
    (void)one.authorize_with({"u", "p", "GET", "/x"}, "c");
    EXPECT_EQ(one.take_authentication_info(row.value, sent.proof), row.expected) << row.what;
    const auto after = one.authorize_with({"u", "p", "GET", "/x"}, "c");
    EXPECT_EQ(after.proof.nonce, row.next) << row.what;
    EXPECT_EQ(after.proof.nc, row.next == "n" ? "00000002" : "00000001") << row.what;
  }
}

TEST(DigestSession, AuthenticationInfo_SessKeepsTheNonceThatItsKeyIsMadeOf) {
  DigestSession session(challenge_of("Digest realm=\"r\", nonce=\"n\", qop=\"auth\", algorithm=MD5-sess"), "u");
  const auto sent = session.authorize_with({"u", "p", "GET", "/"}, "c");
  EXPECT_EQ(session.take_authentication_info("nextnonce=\"m\"", sent.proof), ServerProof::Unproved);
  EXPECT_EQ(session.authorize_with({"u", "p", "GET", "/"}, "c").proof.nonce, "n");
}

TEST(DigestSession, Covers) {
  struct Row {
    std::string_view domain, path;
    bool expected;
  };
  for (const Row& row : {
           Row{"", "/x", true},
           {"/a /b", "/b/c", true},
           {"/a /b", "/c", false},
           {"https://o.test/a", "/a/b", true},
           {"https://o.test/a", "/b", false},
           {"https://other.test/a", "/b", true},  // none of ours: as if it were not there
           {"http://o.test/", "/b", true},        // nor is that
           {"//o.test/a", "/b", true},
       }) {
    const DigestSession session(challenge_of("Digest realm=\"r\", nonce=\"n\", domain=\"" + std::string(row.domain) + "\""), "u");
    EXPECT_EQ(session.covers("https://o.test", row.path), row.expected) << row.domain << ' ' << row.path;
  }
}

TEST(DigestChallenge, Problems) {
  struct Row {
    std::string_view challenge;
    CallCause cause;
  };
  for (const Row& row : {
           Row{"Digest realm=\"r\"", CallCause::MalformedChallenge},
           {"Digest nonce=\"n\"", CallCause::MalformedChallenge},
           {"Digest realm=\"r\", nonce=\"\"", CallCause::MalformedChallenge},
           {"Digest realm=\"r\", nonce=\"n\", nonce=\"m\"", CallCause::MalformedChallenge},
           {"Digest realm=\"r\", nonce=\"n\", algorithm=SHA-3", CallCause::DigestAlgorithm},
           {"Digest realm=\"r\", nonce=\"n\", qop=\"auth-conf\"", CallCause::MalformedChallenge},
           {"Digest realm=\"r\", nonce=\"n\", qop=\"\"", CallCause::MalformedChallenge},
           {"Digest realm=\"r\", nonce=\"n\", qop=\"auth-int\"", CallCause::DigestAuthIntOnly},
           {"Digest realm=\"r\", nonce=\"n\", algorithm=MD5-sess", CallCause::MalformedChallenge},
       }) {
    const auto parsed = http::parse_challenges(row.challenge);
    const auto read = read_digest_challenge(parsed.challenges.at(0), false);
    ASSERT_FALSE(read) << row.challenge;
    EXPECT_EQ(read.error().cause, row.cause) << row.challenge;
    EXPECT_FALSE(read.error().detail.empty());
  }
}

}  // namespace
}  // namespace quivive::client
