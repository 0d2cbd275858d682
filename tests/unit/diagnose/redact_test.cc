#include "diagnose/redact.h"

#include "diagnose/reader.h"

#include <gtest/gtest.h>

namespace quivive::diagnose {
namespace {

std::string redacted(std::string_view http, std::string_view text) {
  const Read capture = read_text(Format::Http, http);
  EXPECT_TRUE(capture.has_value());
  const Expectations expected;
  const auto facts = gather_facts(*capture, expected);
  return Redactor(collect_secrets(*capture, facts, expected))(text);
}

std::string request_with(std::string_view fields, std::string_view target = "/x") {
  return "GET " + std::string(target) + " HTTP/1.1\r\nHost: a.example\r\n" + std::string(fields) + "\r\n\r\n";
}

TEST(Redactor, EveryPlaceOfACredential) {
  struct Row {
    std::string http;
    std::string_view secret;  // must not be left of "<secret>"
  };
  const Row rows[] = {
      {request_with("Authorization: Bearer abcdefghijklmnopqrstuvwxyz012345"), "abcdefghijklmnopqrstuvwxyz012345"},
      {request_with("Authorization: Basic YWxpY2U6czNjcmV0LXBhc3M="), "YWxpY2U6czNjcmV0LXBhc3M="},
      {request_with("Authorization: Basic YWxpY2U6czNjcmV0LXBhc3M="), "s3cret-pass"},
      {request_with("Authorization: Basic YWxpY2U6czNjcmV0LXBhc3M="), "alice:s3cret-pass"},
      {request_with("Authorization: abcdefgh12345678"), "abcdefgh12345678"},
      {request_with("Authorization: Bearer Bearer abcdefgh12345678abcd"), "abcdefgh12345678abcd"},
      {request_with("Authorization: Token token=\"0123456789abcdef01234567\""), "0123456789abcdef01234567"},
      {request_with("Authorization: Digest username=\"u\", response=\"0123456789abcdef0123456789abcdef\""),
       "0123456789abcdef0123456789abcdef"},
      {request_with("X-API-Key: k-9999-secret"), "k-9999-secret"},
      {request_with("Cookie: sid=0a1b2c3d4e; theme=darkish"), "0a1b2c3d4e"},
      {request_with("Cookie: sid=0a1b2c3d4e; theme=darkish"), "darkish"},
      {request_with("", "/x?api_key=zzz-111-yyy&a=1"), "zzz-111-yyy"},
      {request_with("", "/x?access_token=a%2Fb%2Bc%3D%3Dddd"), "a%2Fb%2Bc%3D%3Dddd"},
      {request_with("", "/x?access_token=a%2Fb%2Bc%3D%3Dddd"), "a/b+c==ddd"},
      {"POST /t HTTP/1.1\r\nHost: a\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: "
       "36\r\n\r\nclient_secret=top-secret-1&grant_type=x",
       "top-secret-1"},
      {request_with("") + "HTTP/1.1 200 OK\r\nSet-Cookie: sid=fresh-value-1; Path=/\r\nContent-Type: "
                          "application/json\r\n\r\n{\"access_token\":\"opaque-token-2\"}",
       "fresh-value-1"},
      {request_with("") + "HTTP/1.1 200 OK\r\nSet-Cookie: sid=fresh-value-1; Path=/\r\nContent-Type: "
                          "application/json\r\n\r\n{\"access_token\":\"opaque-token-2\"}",
       "opaque-token-2"},
  };
  for (const Row& row : rows) {
    const std::string out = redacted(row.http, "it was <" + std::string(row.secret) + "> there");
    EXPECT_EQ(out.find(row.secret), std::string::npos) << out;
    EXPECT_NE(out.find("it was <"), std::string::npos);
  }
}

// Threat: the end of base64 is the end of the password.
// Threat: a text is cut for its length before it is redacted, and what is left of the secret is no longer the secret.
TEST(Redactor, CutSecrets_LeaveNothing) {
  const std::string token = "qv_live_0123456789abcdefghijklmnopqrstuvwxyz";
  const std::string asked = request_with("Authorization: Bearer " + token);
  EXPECT_EQ(redacted(asked, "no: " + token.substr(0, 20) + "… so"), "no: …… so");
  EXPECT_EQ(redacted(asked, '\'' + token.substr(0, 20) + "…" + token.substr(30) + "'"), "'………'");
  EXPECT_EQ(redacted(asked, "'" + token.substr(0, 20) + "…" + token.substr(24, 8) + "' so"),
            "'………' so");  // the middle, its end cut as well
  EXPECT_EQ(redacted(asked, "no: " + token.substr(0, 20)), "no: …");
  EXPECT_EQ(redacted(asked, token.substr(0, 4) + "…" + token.substr(40)), token.substr(0, 4) + "…" + token.substr(40));  // the short form
  EXPECT_EQ(redacted(asked, "0123456789abcdef… is another"), "0123456789abcdef… is another");
}

TEST(Redactor, PartlyMaskedSecrets_AreSecrets) {
  for (const std::string token : {"AbCdREDACTEDefGh1234567890ijKL", "ghp16C7e42F292c6912exxxxxxxxxE178B4aQQQQ"}) {
    const std::string shown = redacted(request_with("Authorization: Bearer " + token), '<' + token + '>');
    EXPECT_EQ(shown.find(token.substr(4, 20)), std::string::npos) << shown;
  }
  EXPECT_EQ(redacted(request_with("Authorization: Bearer [REDACTED]"), "<[REDACTED]>"), "<[REDACTED]>");
  EXPECT_EQ(redacted(request_with("Authorization: Bearer REDACTED_BY_SECURITY"), "<REDACTED_BY_SECURITY>"), "<REDACTED_BY_SECURITY>");
}

// Threat: a gap in a sentence that everybody knows tells which word is the password.
TEST(Redactor, WordsOfASentence_StayWhereTheyAreNotQuoted) {
  const Read capture = read_text(Format::Http, request_with("Authorization: Basic Ym9iOnNlcnZlcg=="));  // bob:server
  const Expectations expected;
  const Redactor redactor(collect_secrets(*capture, gather_facts(*capture, expected), expected));
  EXPECT_EQ(redactor.prose("The server's log says what the server refuses, server."),
            "The server's log says what the server refuses, server.");
  EXPECT_EQ(redactor.prose("the server sent 'server' and \"a server b\" to bob:server@x"), "the server sent '…' and \"a … b\" to …@x");
  EXPECT_EQ(redactor("the server"), "the …");  // evidence quotes the input and nothing else
}

TEST(Redactor, FixedTexts_StayWhole) {
  const Redactor redactor(given_secrets(std::vector<Secret>{Secret("wrong"), Secret("in a Bearer")}));
  const std::string_view own[] = {"password-wrong", "Write 'wrong' in small."};
  EXPECT_EQ(redactor.prose("refused as password-wrong: 'password wrong'. Write 'wrong' in small.", own),
            "refused as password-wrong: 'password …'. Write 'wrong' in small.");
  EXPECT_EQ(redactor.prose("refused as password-wrong", {}), "refused as password-…");
  EXPECT_EQ(redactor.with_fingerprints("password-wrong, wrong", own), "password-wrong, …");
  // A secret that is such a text itself is taken out where it is quoted.
  const Redactor whole(given_secrets(std::vector<Secret>{Secret("password-wrong")}));
  EXPECT_EQ(whole.prose("refused as password-wrong", own), "refused as password-wrong");
  EXPECT_EQ(whole.with_fingerprints("no: password-wrong", own), "no: …");
  // What only begins in one is not ours.
  const std::string_view begins[] = {"it came in a"};
  EXPECT_EQ(redactor.prose("it came in a Bearer", begins), "it came …");
}

TEST(Redactor, GivenSecrets_AreTakenOutByTheirLongerWords) {
  const Redactor redactor(given_secrets(std::vector<Secret>{Secret("one-half-of-it no other-half-of-it")}));
  EXPECT_EQ(redactor("no (one-half-of-it) and (other-half-of-it), (one-half-of-it no other-half-of-it)"), "no (…) and (…), (…)");
}

TEST(Redactor, Passwords_ShowNotEvenTheirEnds) {
  const std::string payload = "YWxpY2U6YS1wYXNzd29yZC1vZi10aGlydHktY2hhcnM=";  // alice:a-password-of-thirty-chars
  for (const std::string scheme : {"Basic ", "", "Bearer ", "Bearer Basic "}) {
    EXPECT_EQ(redacted(request_with("Authorization: " + scheme + payload), "<" + payload + "> <a-password-of-thirty-chars>"), "<…> <…>")
        << scheme;
  }
  EXPECT_EQ(redacted("POST /t HTTP/1.1\r\nHost: a\r\nContent-Type: "
                     "application/x-www-form-urlencoded\r\n\r\nclient_secret=abcdefghijklmnopqrstuvwxyz0123",
                     "abcdefghijklmnopqrstuvwxyz0123"),
            "…");
}

TEST(Redactor, UrlsOfASignIn) {
  const std::string answer =
      request_with("Referer: https://a.example/cb?code=first-code-9", "/cb?code=second-code-8&password=third-word-7") +
      "HTTP/1.1 302 Found\r\nLocation: https://b.example/#access_token=opaque-token-6&state=s\r\nContent-Length: 0\r\n\r\n";
  for (const std::string secret : {"first-code-9", "second-code-8", "third-word-7", "opaque-token-6"})
    EXPECT_EQ(redacted(answer, secret), "…") << secret;
}

Secrets known(std::vector<std::string> texts) {
  Secrets out;
  for (std::string& text : texts) out.known.push_back({std::move(text), false});
  return out;
}

TEST(Redactor, Overlapping_NothingIsLeftOfEither) {
  const Redactor redactor(known({"abcdefgh1234", "1234ijklmnopqrstuvwxyz0987654321"}));
  EXPECT_EQ(redactor("x abcdefgh1234ijklmnopqrstuvwxyz0987654321 y"), "x … y");
}

TEST(Redactor, MoreSecretsThanAreKept_FailsClosed) {
  Secrets many = known({"abcd-known"});
  many.complete = false;
  EXPECT_EQ(Redactor(std::move(many))("abcd-known at api.example.com, s3cr3tvalue of 2025"), "… at api.example.com, … of 2025");
}

TEST(Redactor, HostileRepetition_TakesLinearTime) {
  std::vector<std::string> secrets;
  for (std::size_t size = 4; size < 3000; ++size) secrets.emplace_back(size, 'a');
  EXPECT_EQ(Redactor(known(std::move(secrets)))(std::string(200'000, 'a')), "…");
}

TEST(Redactor, Fingerprints_OfTokensOnly) {
  Secrets secrets = known({"abcdefghijklmnopqrstuvwxyz", "short-one"});
  secrets.known.push_back({"a-password-of-thirty-characters", true});
  const Redactor redactor(std::move(secrets));
  EXPECT_EQ(redactor.with_fingerprints("Bearer abcdefghijklmnopqrstuvwxyz"), "Bearer abcd…wxyz   (fingerprint 71c4 80df)");
  EXPECT_EQ(redactor.with_fingerprints("a-password-of-thirty-characters, short-one"), "…, …");
}

TEST(Redactor, UnknownJwt_ReplacedAnyway) {
  const std::string out = redacted(request_with(""), "Location: /cb#eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhIn0.c2lnbmF0dXJl end");
  EXPECT_EQ(out, "Location: /cb#eyJh…dXJl end");
}

TEST(Redactor, ShortPassword_LeavesOtherWords) {
  // user:test
  EXPECT_EQ(redacted(request_with("Authorization: Basic dXNlcjp0ZXN0"), "the latest test failed"), "the latest … failed");
}

TEST(Redactor, NoSecret_TextUnchanged) { EXPECT_EQ(redacted(request_with("Accept: */*"), "nothing ey at all"), "nothing ey at all"); }

TEST(Fingerprint, EqualForEqualSecrets) {
  EXPECT_EQ(fingerprint("abc"), "ba78 16bf");
  EXPECT_NE(fingerprint("abc"), fingerprint("abd"));
}

TEST(Shortened, ShortOnes_ShowNothing) {
  EXPECT_EQ(shortened("abcdefghijklmnopqrstuvwx"), "abcd…uvwx");
  EXPECT_EQ(shortened("abcdefghijklmnopqrstuvw"), "…");
}

}  // namespace
}  // namespace quivive::diagnose
