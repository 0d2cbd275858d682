// The rules of the client, a table each. Rows are whole calls; the failure that a row is there for stands beside it.

#include "unit/client/call_rows.h"

#include "base/base64.h"

#include <gtest/gtest.h>

namespace quivive::client {
namespace {

TEST(Call, Rule1_CredentialGoesToItsOriginOnly) {
  check({
      {"bound", "https://a.test/x?q=1", {bearer("https://a.test/", "t")}, {"200"}, {}, "GET https://a.test/x?q=1 Bearer t > answered"},
      {"a subdomain is another", "https://api.a.test/", {bearer("https://a.test/", "t")}, {"401 Bearer"}, {},
       "GET https://api.a.test/ > refused credentials-missing"},
      {"a port is another", "https://a.test:8443/", {bearer("https://a.test/", "t")}, {"401 Bearer"}, {},
       "GET https://a.test:8443/ > refused credentials-missing"},
      {"the own port is the same", "https://a.test:443/", {bearer("https://a.test/", "t")}, {"200"}, {}, "GET https://a.test/ Bearer t > answered"},
      {"a scheme is another", "http://a.test/", {bearer("https://a.test/", "t")}, {"401 Bearer"}, {}, "GET http://a.test/ > refused credentials-missing"},
      {"case is none", "HTTPS://A.Test/", {bearer("https://a.test/", "t")}, {"200"}, {}, "GET https://a.test/ Bearer t > answered"},
      {"a look-alike with user info", "https://a.test@evil.test/", {bearer("https://a.test/", "t")}, {"200"}, {}, "not-sent userinfo-in-url"},
      {"a backslash, which readers split differently", "https://evil.test\\@a.test/", {bearer("https://a.test/", "t")}, {"200"}, {}, "not-sent userinfo-in-url"},
      {"a line break in the URL", "https://a.test/\r\nX: y", {bearer("https://a.test/", "t")}, {"200"}, {}, "not-sent url-unusable"},
      {"plain http", "http://a.test/", {bearer("http://a.test/", "t")}, {"200"}, {}, "not-sent plain-http"},
      {"plain http, Basic", "http://a.test/", {password("http://a.test/", kBasic)}, {"200"}, {}, "not-sent plain-http"},
      {"plain http, key", "http://a.test/", {key("http://a.test/")}, {"200"}, {}, "not-sent plain-http"},
      {"loopback", "http://127.0.0.1:8080/", {bearer("http://127.0.0.1:8080/", "t")}, {"200"}, {}, "GET http://127.0.0.1:8080/ Bearer t > answered"},
      {"loopback, IPv6", "http://[::1]/", {password("http://[::1]/", kBasic)}, {"200"}, {}, "GET http://[::1]/ Basic ann:pass > answered"},
      {"a name that begins like loopback", "http://127.0.0.1.evil.test/", {bearer("http://127.0.0.1.evil.test/", "t")}, {"200"}, {}, "not-sent plain-http"},
  });
}

TEST(Call, Rule1_PlainHttpAllowed_TakesAllButBasic) {
  check(
      {
          {"token", "http://a.test/", {bearer("http://a.test/", "t")}, {"200"}, {}, "GET http://a.test/ Bearer t > answered"},
          {"Basic", "http://a.test/", {password("http://a.test/", kBasic)}, {"200"}, {}, "not-sent plain-http"},
          {"Either, Basic offered", "http://a.test/", {password("http://a.test/", kEither)}, {"401 Basic realm=\"r\""}, {},
           "GET http://a.test/ > refused plain-http"},
          {"Either, Digest offered", "http://a.test/", {password("http://a.test/", kEither)}, {"401 Digest realm=\"r\", nonce=\"n\", qop=\"auth\"", "200"}, {},
           "GET http://a.test/ > GET http://a.test/ Digest n/01 > answered"},
      },
      {.allow_plain_http = true});
}

TEST(Call, Rule2_NeverMoreThanThreeSends) {
  const std::string stale1 = "401 Digest realm=\"r\", nonce=\"n1\", qop=\"auth\"";
  const std::string stale2 = "401 Digest realm=\"r\", nonce=\"n2\", qop=\"auth\", stale=true";
  const std::string stale3 = "401 Digest realm=\"r\", nonce=\"n3\", qop=\"auth\", stale=true";
  check({
      {"one challenge", "https://a.test/", {password("https://a.test/", kEither)}, {"401 Basic realm=\"r\""}, {},
       "GET https://a.test/ > GET https://a.test/ Basic ann:pass > refused credentials-rejected"},
      {"Basic that was sent is not sent again", "https://a.test/", {password("https://a.test/", kBasic)}, {"401 Basic realm=\"r\""}, {},
       "GET https://a.test/ Basic ann:pass > refused credentials-rejected"},
      {"one stale nonce", "https://a.test/", {password("https://a.test/", kDigest)}, {stale1, stale2, "200"}, {},
       "GET https://a.test/ > GET https://a.test/ Digest n1/01 > GET https://a.test/ Digest n2/01 > answered"},
      {"stale without end", "https://a.test/", {password("https://a.test/", kDigest)}, {stale1, stale2, stale3}, {},
       "GET https://a.test/ > GET https://a.test/ Digest n1/01 > GET https://a.test/ Digest n2/01 > refused digest-nonce-stale"},
      {"stale, and the same nonce", "https://a.test/", {password("https://a.test/", kDigest)}, {stale2}, {},
       "GET https://a.test/ > GET https://a.test/ Digest n2/01 > refused digest-nonce-stale"},
      {"refused without stale (a loop over a wrong password locks the account)", "https://a.test/", {password("https://a.test/", kDigest)}, {stale1}, {},
       "GET https://a.test/ > GET https://a.test/ Digest n1/01 > refused digest-bad-secret"},
      {"one refresh", "https://a.test/", {bearer("https://a.test/", "old", "r")}, {"401 Bearer error=\"invalid_token\""}, {"new", "newer"},
       "GET https://a.test/ Bearer old > refresh old > GET https://a.test/ Bearer new > refused token-revoked"},
      {"a refresh that gives the same token", "https://a.test/", {bearer("https://a.test/", "old", "r")}, {"401 Bearer"}, {"old"},
       "GET https://a.test/ Bearer old > refresh old > refused token-revoked"},
      {"one credential after the other, and no fourth send", "https://a.test/",
       {key("https://a.test/"), bearer("https://a.test/", "t"), password("https://a.test/", kBasic), password("https://a.test/", kBasic, "bob")},
       {"401 Bearer, Basic realm=\"r\""}, {},
       "GET https://a.test/ X-API-Key=k1 > GET https://a.test/ Bearer t > GET https://a.test/ Basic ann:pass > refused too-many-sends"},
  });
}

TEST(Call, Rule3_RefreshOnlyWhereTheTokenIsAtFault) {
  const Credentials held{bearer("https://a.test/", "old", "r")};
  const std::string first = "GET https://a.test/ Bearer old > ";
  const std::string again = first + "refresh old > GET https://a.test/ Bearer new > answered";
  check({
      {"invalid_token", "https://a.test/", held, {"401 Bearer error=\"invalid_token\"", "200"}, {"new"}, again},
      {"no error", "https://a.test/", held, {"401 Bearer realm=\"r\"", "200"}, {"new"}, again},
      {"DPoP's error", "https://a.test/", held, {"401 DPoP error=\"invalid_token\"", "200"}, {"new"}, again},
      {"insufficient_scope as 401: another token has no more scopes", "https://a.test/", held, {"401 Bearer error=\"insufficient_scope\""}, {"new"},
       first + "refused scope-insufficient-as-401"},
      {"invalid_request", "https://a.test/", held, {"401 Bearer error=\"invalid_request\""}, {"new"}, first + "refused credentials-rejected"},
      {"no challenge: a proxy or an application may have said it", "https://a.test/", held, {"401"}, {"new"}, first + "refused missing-www-authenticate"},
      {"a challenge of another scheme", "https://a.test/", held, {"401 Basic realm=\"proxy\""}, {"new"}, first + "refused scheme-unsupported"},
      {"403", "https://a.test/", held, {"403 Bearer error=\"invalid_token\""}, {"new"}, first + "refused"},
      {"403 for a scope", "https://a.test/", held, {"403 Bearer error=\"insufficient_scope\""}, {"new"}, first + "refused scope-insufficient"},
      {"403, and nothing was sent", "https://b.test/", held, {"403"}, {"new"}, "GET https://b.test/ > refused missing-credentials-as-403"},
      {"a challenge that cannot be read", "https://a.test/", held, {"401 =,"}, {"new"}, first + "refused malformed-challenge"},
      {"404", "https://a.test/", held, {"404 ;; WWW-Authenticate: Bearer"}, {"new"}, first + "answered"},
      {"407", "https://a.test/", held, {"407 ;; Proxy-Authenticate: Bearer"}, {"new"}, first + "refused proxy-407"},
      {"500", "https://a.test/", held, {"500 ;; WWW-Authenticate: Bearer error=\"invalid_token\""}, {"new"}, first + "answered"},
      {"503", "https://a.test/", held, {"503 ;; WWW-Authenticate: Bearer error=\"invalid_token\""}, {"new"}, first + "answered"},
      {"nothing to refresh with", "https://a.test/", {bearer("https://a.test/", "old")}, {"401 Bearer"}, {"new"}, first + "refused credentials-rejected"},
      {"another origin's 401", "https://b.test/", held, {"401 Bearer error=\"invalid_token\""}, {"new"}, "GET https://b.test/ > refused credentials-missing"},
  });
}

TEST(Call, Rule3_RefreshThatFails_DeliversThe401) {
  const Credentials held{bearer("https://a.test/", "old", "r")};
  const std::string first = "GET https://a.test/ Bearer old > refresh old > refused ";
  check({
      {"", "https://a.test/", held, {"401 Bearer"}, {"!sign-in"}, first + "sign-in-again"},
      {"", "https://a.test/", held, {"401 Bearer"}, {"!other"}, first + "other-sign-in"},
      {"", "https://a.test/", held, {"401 Bearer"}, {"!later"}, first + "refresh-unavailable"},
      {"", "https://a.test/", held, {"401 Bearer"}, {"!refused"}, first + "token-endpoint-refused"},
      {"", "https://a.test/", held, {"401 Bearer"}, {"a\r\nX: y"}, first + "credential-unusable"},
  });
}

TEST(Call, Rule3_RefreshedToken_IsInTheCredentialsForTheNextCall) {
  Conversation talk("https://a.test/", {bearer("https://a.test/", "old", "r")});
  (void)talk.run({"401 Bearer", "200"}, {"new"});
  EXPECT_EQ(talk.run({"200"}), "GET https://a.test/ Bearer new > answered");
  EXPECT_EQ(std::get<Bearer>(talk.credentials[0].what).token.refresh.reveal(RevealSecret{}), "r");  // the endpoint left it out: it is still good
}

TEST(Call, Rule5_BodyIsSentAgainOnlyIfItCanBeRewound) {
  CallRequest request;
  request.method = "PUT";
  request.body = BodyKind::Rewindable;
  check({{"challenge", "https://a.test/", {password("https://a.test/", kEither)}, {"401 Basic realm=\"r\"", "200"}, {},
          "PUT https://a.test/ +body > PUT https://a.test/ Basic ann:pass +body again > answered"}},
        {}, request);
  request.body = BodyKind::Once;
  check(
      {
          {"challenge", "https://a.test/", {password("https://a.test/", kEither)}, {"401 Basic realm=\"r\""}, {},
           "PUT https://a.test/ +body > refused body-not-rewindable"},
          {"token: not refreshed either", "https://a.test/", {bearer("https://a.test/", "old", "r")}, {"401 Bearer"}, {"new"},
           "PUT https://a.test/ Bearer old +body > refused body-not-rewindable"},
          {"307", "https://a.test/", {}, {"307 /y"}, {}, "PUT https://a.test/ +body > not-sent body-not-rewindable"},
          {"303", "https://a.test/", {}, {"303 /y", "200"}, {}, "PUT https://a.test/ +body > GET https://a.test/y > answered"},
          {"503", "https://a.test/", {}, {"503 1"}, {}, "PUT https://a.test/ +body > later retry-later"},
      },
      {.max_redirects = 1, .max_wait = std::chrono::seconds(10)}, request);
}

TEST(Call, Rule6_TokenIsRefreshedBeforeItExpires) {
  const auto with_expiry = [](std::int64_t seconds, std::string refresh = "r") {
    Credential credential = bearer("https://a.test/", "old", std::move(refresh));
    std::get<Bearer>(credential.what).token.expires = kNow + std::chrono::seconds(seconds);
    return Credentials{credential};
  };
  const std::string ahead = "refresh old > GET https://a.test/ Bearer new > ";
  check({
      {"long to go", "https://a.test/", with_expiry(600), {"200"}, {"new"}, "GET https://a.test/ Bearer old > answered"},
      {"more than the margin with its jitter", "https://a.test/", with_expiry(76), {"200"}, {"new"}, "GET https://a.test/ Bearer old > answered"},
      {"within the margin", "https://a.test/", with_expiry(60), {"200"}, {"new"}, ahead + "answered"},
      {"expired", "https://a.test/", with_expiry(-5), {"200"}, {"new"}, ahead + "answered"},
      {"the endpoint is out of reach, and the token still good", "https://a.test/", with_expiry(30), {"200"}, {"!later"},
       "refresh old > GET https://a.test/ Bearer old > answered"},
      {"out of reach, and expired", "https://a.test/", with_expiry(-5), {"200"}, {"!later"}, "refresh old > not-sent refresh-unavailable"},
      {"the session ended", "https://a.test/", with_expiry(-5), {"200"}, {"!sign-in"}, "refresh old > not-sent sign-in-again"},
      {"a token that cannot be sent", "https://a.test/", with_expiry(-5), {"200"}, {"a b"}, "refresh old > not-sent credential-unusable"},
      {"one refresh, ahead or after", "https://a.test/", with_expiry(30), {"401 Bearer"}, {"new", "newer"}, ahead + "refused token-revoked"},
      {"expired, without a refresh token: the server's clock decides", "https://a.test/", with_expiry(-5, ""), {"401 Bearer error=\"invalid_token\""}, {},
       "GET https://a.test/ Bearer old > refused token-expired"},
      {"only a refresh token yet", "https://a.test/", {bearer("https://a.test/", "", "r")}, {"200"}, {"new"},
       "refresh  > GET https://a.test/ Bearer new > answered"},
  });
}

TEST(Call, Rule6_ServersClockDecidesWhenAJwtEnds) {
  const std::string jwt = base64url_encode(R"({"alg":"RS256"})") + '.' + base64url_encode(R"({"exp":1800003600})") + ".c2ln";  // in an hour
  Conversation talk("https://a.test/", {bearer("https://a.test/", jwt, "r")});
  EXPECT_EQ(talk.run({"200 ;; Date: Fri, 15 Jan 2027 08:59:30 GMT"}), "GET https://a.test/ Bearer " + jwt + " > answered");
  EXPECT_EQ(talk.run({"200"}, {"new"}), "refresh " + jwt + " > GET https://a.test/ Bearer new > answered");  // our clock is an hour slow
}

TEST(Call, Rule7_StrongestChallenge) {
  const std::string sha512 = "Digest realm=\"r\", nonce=\"n3\", qop=\"auth\", algorithm=SHA-512-256";
  const std::string sha256 = "Digest realm=\"r\", nonce=\"n2\", qop=\"auth\", algorithm=SHA-256";
  const std::string md5 = "Digest realm=\"r\", nonce=\"n1\", qop=\"auth\", algorithm=MD5";
  const Credentials either{password("https://a.test/", kEither)};
  const std::string second = "GET https://a.test/ > GET https://a.test/ ";
  check({
      {"of three Digests", "https://a.test/", either, {"401 " + md5 + ", " + sha256 + ", " + sha512, "200"}, {}, second + "Digest n3/01 SHA-512-256 > answered"},
      {"the order does not count", "https://a.test/", either, {"401 " + sha256 + ", " + md5, "200"}, {}, second + "Digest n2/01 SHA-256 > answered"},
      {"in two fields", "https://a.test/", either, {"401 " + md5 + " ;; WWW-Authenticate: " + sha256, "200"}, {}, second + "Digest n2/01 SHA-256 > answered"},
      {"Digest over Basic", "https://a.test/", either, {"401 Basic realm=\"r\", " + md5, "200"}, {}, second + "Digest n1/01 MD5 > answered"},
      {"one that is not known is passed over", "https://a.test/", either, {"401 Digest realm=\"r\", nonce=\"n\", algorithm=SHA-3, " + md5, "200"}, {},
       second + "Digest n1/01 MD5 > answered"},
      {"and never makes Basic of it", "https://a.test/", either, {"401 Digest realm=\"r\", nonce=\"n\", algorithm=SHA-3, Basic realm=\"r\""}, {},
       "GET https://a.test/ > refused digest-algorithm"},
      {"who said Digest gets no Basic", "https://a.test/", {password("https://a.test/", kDigest)}, {"401 Basic realm=\"r\""}, {},
       "GET https://a.test/ > refused scheme-unsupported"},
      {"who said Basic gets no Digest", "https://a.test/", {password("https://a.test/", kBasic)}, {"401 " + md5}, {},
       "GET https://a.test/ Basic ann:pass > refused credentials-rejected"},
      {"Negotiate is passed over", "https://a.test/", either, {"401 Negotiate, Basic realm=\"r\"", "200"}, {}, second + "Basic ann:pass > answered"},
      {"none that we have", "https://a.test/", either, {"401 Negotiate, NTLM"}, {}, "GET https://a.test/ > refused scheme-unsupported"},
      {"a colon in the name", "https://a.test/", {password("https://a.test/", kBasic, "a:b")}, {"200"}, {}, "not-sent basic-colon-in-user"},
      {"a colon, Basic offered", "https://a.test/", {password("https://a.test/", kEither, "a:b")}, {"401 Basic realm=\"r\""}, {},
       "GET https://a.test/ > refused basic-colon-in-user"},
      {"cut short", "https://a.test/", either, {"401 Digest realm=\"r\", qop=\"auth\""}, {}, "GET https://a.test/ > refused malformed-challenge"},
      {"a body that is not known, auth-int", "https://a.test/", either, {"401 Digest realm=\"r\", nonce=\"n\", qop=\"auth-int\"", "200"}, {},
       "GET https://a.test/ > GET https://a.test/ Digest n/01 > answered"},
  });
}

TEST(Call, Rule7_AuthInt_NeedsTheBody) {
  const std::string body = "name=value";
  Conversation talk("https://a.test/", {password("https://a.test/", kEither)});
  talk.request.method = "POST";
  talk.request.body = BodyKind::Rewindable;
  const Script script{"401 Digest realm=\"r\", nonce=\"n\", qop=\"auth-int\"", "200"};
  EXPECT_EQ(talk.run(script), "POST https://a.test/ +body > refused digest-auth-int-only");
  talk.request.body_bytes = &body;
  EXPECT_EQ(talk.run(script), "POST https://a.test/ +body > POST https://a.test/ Digest n/01 +body again > answered");
}

TEST(Call, Rule7_NeverFromDigestToBasic_AlsoInALaterCall) {
  Conversation talk("https://a.test/", {password("https://a.test/", kEither)});
  EXPECT_EQ(talk.run({"401 Digest realm=\"r\", nonce=\"n\", qop=\"auth\"", "401 Basic realm=\"r\""}),
            "GET https://a.test/ > GET https://a.test/ Digest n/01 > refused digest-bad-secret");
  talk.memory.at(at("https://a.test/")).digests.clear();
  EXPECT_EQ(talk.run({"401 Basic realm=\"r\""}), "GET https://a.test/ > refused basic-downgrade");
}

TEST(Call, Digest_NonceIsUsedAgainWithTheNextCount) {
  Conversation talk("https://a.test/x", {password("https://a.test/", kEither)});
  (void)talk.run({"401 Digest realm=\"r\", nonce=\"n1\", qop=\"auth\"", "200"});
  EXPECT_EQ(talk.run({"200"}), "GET https://a.test/x Digest n1/02 > answered");
  EXPECT_EQ(talk.run({"401 Digest realm=\"r\", nonce=\"n2\", qop=\"auth\", stale=true", "200"}),
            "GET https://a.test/x Digest n1/03 > GET https://a.test/x Digest n2/01 > answered");
  // A server that forgot its nonces and does not say stale.
  EXPECT_EQ(talk.run({"401 Digest realm=\"r\", nonce=\"n3\", qop=\"auth\"", "200"}),
            "GET https://a.test/x Digest n2/02 > GET https://a.test/x Digest n3/01 > answered");
  EXPECT_EQ(talk.run({"200 ;; Authentication-Info: nextnonce=\"n4\""}), "GET https://a.test/x Digest n3/02 > answered");
  EXPECT_EQ(talk.run({"200"}), "GET https://a.test/x Digest n4/01 > answered");
}

TEST(Call, Digest_DomainOfThisOriginBoundsWhatIsSentUnasked) {
  Conversation talk("https://a.test/in/x", {password("https://a.test/", kEither)});
  (void)talk.run({"401 Digest realm=\"r\", nonce=\"n1\", qop=\"auth\", domain=\"/in https://b.test/\"", "200"});
  talk.request.url = "https://a.test/in/y";
  EXPECT_EQ(talk.run({"200"}), "GET https://a.test/in/y Digest n1/02 > answered");
  talk.request.url = "https://a.test/out";
  EXPECT_EQ(talk.run({"200"}), "GET https://a.test/out > answered");
  talk.request.url = "https://b.test/";
  EXPECT_EQ(talk.run({"200"}), "GET https://b.test/ > answered");
}

TEST(Call, Digest_AnotherProtectionSpaceOfTheOrigin_IsAnswered) {
  Conversation talk("https://a.test/x", {password("https://a.test/", kDigest)});
  (void)talk.run({"401 Digest realm=\"r\", nonce=\"n1\", qop=\"auth\"", "200"});
  talk.request.url = "https://a.test/other";
  EXPECT_EQ(talk.run({"401 Digest realm=\"other\", nonce=\"m1\", qop=\"auth\"", "200"}),
            "GET https://a.test/other Digest n1/02 > GET https://a.test/other Digest m1/01 > answered");
}

TEST(Call, Memory_HasNothingOfOriginsWithoutCredentials) {
  Conversation talk("https://a.test/", {bearer("https://a.test/", "t")});
  talk.rules.max_redirects = 1;
  (void)talk.run({"302 https://b.test/ ;; Date: Fri, 15 Jan 2027 08:00:00 GMT", "503 1 ;; Date: Fri, 15 Jan 2027 08:00:00 GMT"});
  EXPECT_NE(talk.memory.find(at("https://a.test/")), nullptr);
  EXPECT_EQ(talk.memory.find(at("https://b.test/")), nullptr);
}

TEST(Call, Digest_WrongProofOfTheServer_IsNotTrusted) {
  Conversation talk("https://a.test/", {password("https://a.test/", kDigest)});
  EXPECT_EQ(talk.run({"401 Digest realm=\"r\", nonce=\"n1\", qop=\"auth\"", "200 ;; Authentication-Info: rspauth=\"00\""}),
            "GET https://a.test/ > GET https://a.test/ Digest n1/01 > untrusted digest-server-unproved (not delivered)");
}

TEST(Call, Rule8_CallersOwnAuthorizationGoesAlone) {
  CallRequest request;
  request.fields.push_back({"authorization", Secret("Custom x")});
  const Credentials all{bearer("https://a.test/", "t", "r"), key("https://a.test/"), password("https://a.test/", kBasic)};
  check(
      {
          {"taken", "https://a.test/", all, {"200"}, {}, "GET https://a.test/ authorization=Custom x > answered"},
          {"refused: nothing is put in its place", "https://a.test/", all, {"401 Bearer, Basic realm=\"r\""}, {"new"},
           "GET https://a.test/ authorization=Custom x > refused own-authorization-refused"},
          {"another origin gets what is bound to it", "https://a.test/", {bearer("https://b.test/", "b")}, {"302 https://b.test/", "200"}, {},
           "GET https://a.test/ authorization=Custom x > GET https://b.test/ Bearer b > answered"},
      },
      {.max_redirects = 1}, request);
  CallRequest own_key;
  own_key.fields.push_back({"x-api-key", Secret("own")});
  check({{"a key of the caller's", "https://a.test/", {key("https://a.test/")}, {"200"}, {}, "GET https://a.test/ x-api-key=own > answered"}}, {}, own_key);
}

TEST(Call, RetryAfter_IsWaitedForWithinTheLimit) {
  const CallRules rules{.max_wait = std::chrono::seconds(10)};
  check(
      {
          {"seconds", "https://a.test/", {}, {"429 2", "200"}, {}, "GET https://a.test/ > wait 2000 > GET https://a.test/ > answered"},
          {"longer than the caller waits", "https://a.test/", {}, {"503 11"}, {}, "GET https://a.test/ > later retry-later"},
          {"together longer", "https://a.test/", {}, {"503 6"}, {}, "GET https://a.test/ > wait 6000 > GET https://a.test/ > later retry-later"},
          {"a date", "https://a.test/", {}, {"503 Fri, 15 Jan 2027 08:00:03 GMT", "200"}, {}, "GET https://a.test/ > wait 3000 > GET https://a.test/ > answered"},
          {"nothing said", "https://a.test/", {}, {"503"}, {}, "GET https://a.test/ > answered"},
          {"nonsense", "https://a.test/", {}, {"503 soon"}, {}, "GET https://a.test/ > answered"},
          {"two", "https://a.test/", {}, {"503 1 ;; Retry-After: 2"}, {}, "GET https://a.test/ > answered"},
          {"0 without end", "https://a.test/", {}, {"503 0"}, {},
           "GET https://a.test/ > wait 0 > GET https://a.test/ > wait 0 > GET https://a.test/ > later retry-later"},
      },
      rules);
  CallRequest post;
  post.method = "POST";
  check({{"not idempotent", "https://a.test/", {}, {"503 1"}, {}, "POST https://a.test/ > later retry-later"}}, rules, post);
  check({{"nobody said to wait", "https://a.test/", {}, {"503 1"}, {}, "GET https://a.test/ > later retry-later"}});
  Conversation talk("https://a.test/", {});
  (void)talk.run({"503 30"});
  EXPECT_EQ(talk.finish.until, kNow + std::chrono::seconds(30));
}

TEST(Call, Cookies_GoBackToTheirOrigin) {
  Conversation talk("https://a.test/x", {jar("https://a.test/"), key("https://a.test/")});
  (void)talk.run({"200 ;; Set-Cookie: s=1; Path=/; HttpOnly; Secure ;; Set-Cookie: t=2"});
  EXPECT_EQ(talk.run({"200"}), "GET https://a.test/x X-API-Key=k1 Cookie=s=1; t=2 > answered");
  talk.request.fields.push_back({"Cookie", Secret("own=1")});
  EXPECT_EQ(talk.run({"200"}), "GET https://a.test/x Cookie=own=1 X-API-Key=k1 > answered");
  talk.request.fields.clear();
  talk.rules.max_redirects = 1;
  EXPECT_EQ(talk.run({"302 https://x.a.test/", "200 ;; Set-Cookie: evil=1; Domain=a.test"}),
            "GET https://a.test/x X-API-Key=k1 Cookie=s=1; t=2 > GET https://x.a.test/ > answered");
  EXPECT_EQ(talk.run({"200"}), "GET https://a.test/x X-API-Key=k1 Cookie=s=1; t=2 > answered");
}

TEST(Call, Unusable_IsNotSent) {
  struct FieldRow {
    std::string name, value;
  };
  for (const FieldRow& row : {FieldRow{"X", "a\r\nY: z"}, {"X Y", "a"}, {"Host", "b.test"}, {"content-length", "1"}, {"Transfer-Encoding", "chunked"}}) {
    Conversation talk("https://a.test/", {});
    talk.request.fields.push_back({row.name, Secret(row.value)});
    EXPECT_EQ(talk.run({"200"}), "not-sent request-unusable") << row.name;
  }
  check({
      {"a line break ends the token", "https://a.test/", {bearer("https://a.test/", "t\n")}, {"200"}, {}, "not-sent credential-unusable"},
      {"no token", "https://a.test/", {bearer("https://a.test/", "")}, {"200"}, {}, "not-sent credential-unusable"},
      {"a key in the field of the host", "https://a.test/", {key("https://a.test/", "Host")}, {"200"}, {}, "not-sent credential-unusable"},
  });
  CallRequest request;
  request.method = "GE T";
  check({{"method", "https://a.test/", {}, {"200"}, {}, "not-sent request-unusable"}}, {}, request);
}

TEST(Call, TransportThatWentElsewhere_IsNotTrusted) {
  Credentials held{bearer("https://a.test/", "t", "r")};
  ClientMemory memory;
  FixedRandom random;
  Call call({.url = "https://a.test/"}, {}, held, memory, random);
  ASSERT_TRUE(std::holds_alternative<Send>(call.start(kNow)));
  const std::string challenge = "Bearer error=\"invalid_token\"";
  const http::Field field{"WWW-Authenticate", challenge};
  const Action action = call.on_response({401, {&field, 1}, "https://evil.test/"}, kNow);
  ASSERT_TRUE(std::holds_alternative<Finish>(action));
  EXPECT_EQ(std::get<Finish>(action).outcome, Outcome::Untrusted);
  EXPECT_FALSE(std::get<Finish>(action).deliver);
}

TEST(Call, TransportThatFails_IsNotTriedAgain) {
  check({{"", "https://a.test/", {bearer("https://a.test/", "t")}, {"!"}, {}, "GET https://a.test/ Bearer t > not-sent transport-failed (not delivered)"}});
}

TEST(Call, Explanation_SaysWhatWasDone_WithoutASecret) {
  Conversation talk("https://a.test/x?key=hidden", {bearer("https://a.test/", "s3cret-token", "s3cret-refresh")});
  talk.rules.max_redirects = 1;
  (void)talk.run({"401 Bearer error=\"invalid_token\"", "302 https://b.test/?code=hidden", "401 Basic realm=\"r\""}, {"s3cret-new"});
  std::string all = talk.finish.explanation.summary;
  for (const Step& step : talk.finish.explanation.steps) all += '\n' + std::string(name_of(step.kind)) + ": " + step.text;
  EXPECT_EQ(all,
            "The redirect led to https://b.test, where the credential for https://a.test does not go.\n"
            "send: GET https://a.test/x?… with a Bearer token\n"
            "receive: 401\n"
            "refresh: the token was refused\n"
            "send: GET https://a.test/x?… with a Bearer token\n"
            "receive: 302\n"
            "redirect: 302 to https://b.test/?…\n"
            "withhold: the credential stays at https://a.test\n"
            "send: GET https://b.test/?…\n"
            "receive: 401");
}

}  // namespace
}  // namespace quivive::client
