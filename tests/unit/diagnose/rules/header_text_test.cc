#include "unit/diagnose/rules/inputs.h"

namespace quivive::diagnose::inputs {
namespace {

constexpr std::string_view kOpaque = "8fj2k1mz0q7vbn3x5c6d";

TEST(HeaderText, Scheme) {
  const std::string token = jwt();
  expect_rows({
      {"doubled", sent("Bearer Bearer " + token), "scheme-doubled certain", "scheme-doubled"},
      {"doubled in lower case", sent("Bearer bearer 8fj2k1mz0q7vbn3x"), "scheme-doubled certain", "scheme-doubled"},
      {"two schemes", sent("Bearer Token 8fj2k1mz0q7vbn3x"), "scheme-doubled certain", "scheme-doubled"},
      {"Basic Basic", sent("Basic " + basic("alice:secret1")), "scheme-doubled certain", "scheme-doubled"},
      {"JWT alone", sent(token), "scheme-missing certain", "scheme-missing"},
      {"hex alone", sent("97e95ec96c39edb14d438054f1048819a7cdb612"), "scheme-missing certain", "scheme-missing"},
      {"base64 alone", sent(base64_encode("alice:secret1")), "scheme-missing certain", "scheme-missing"},
      {"an API that takes it bare", sent("97e95ec96c39edb14d438054f1048819a7cdb612", "", 200), "none", ""},
      {"glued", sent("Bearer" + token), "scheme-no-space certain", "scheme-no-space"},
      {"equals sign", sent("Bearer=" + token), "scheme-no-space certain", "scheme-no-space"},
      {"colon", sent("Bearer: " + token), "scheme-no-space certain", "scheme-no-space"},
      {"comma", sent("Bearer, " + token), "scheme-no-space certain", "scheme-no-space"},
      {"glued Basic", sent("Basic" + base64_encode("alice:secret1")), "scheme-no-space certain", "scheme-no-space"},
      {"well formed", sent("Bearer " + token, "", 200), "none", ""},
  });
}

TEST(HeaderText, SchemeAgainstTheChallenge) {
  const std::string drf = R"({"detail":"Authentication credentials were not provided."})";
  expect_rows({
      {"Bearer for Token", sent("Bearer 97e95ec96c39edb14d438054f1048819a7cdb612", "WWW-Authenticate: Token\r\n", 401, drf),
       "scheme-unsupported certain", "scheme-unsupported"},
      {"Basic for Bearer", sent(basic("alice:secret1")), "scheme-unsupported certain", "scheme-unsupported"},
      {"one of two", sent(basic("alice:secret1"), "WWW-Authenticate: Bearer realm=\"x\"\r\nWWW-Authenticate: Basic realm=\"x\"\r\n"),
       "credentials-rejected probable", "credentials-rejected"},
      {"JWT without a challenge", sent("JWT " + jwt(), ""), "scheme-unsupported probable", "scheme-unsupported"},
      {"the body asks for Bearer", sent("Token 8fj2k1mz0q7vbn3x5c6d", "", 401, R"({"error":"expected a Bearer token"})"),
       "scheme-unsupported probable", "scheme-unsupported"},
      {"the server read it all the same",
       sent("Bearer " + jwt(), "WWW-Authenticate: Basic realm=\"api\"\r\n", 401,
            R"({"code":"token_not_valid","detail":"Given token not valid for any token type"})"),
       "", "credentials-rejected"},
      {"lower case, as if nothing came", sent("bearer 8fj2k1mz0q7vbn3x5c6d"), "scheme-case suggestive", "scheme-case"},
      {"upper case, as if nothing came", sent("BEARER 8fj2k1mz0q7vbn3x5c6d", "", 401, R"({"message":"Missing bearer token"})"),
       "scheme-case suggestive", "scheme-case"},
      {"lower case, and read", sent("bearer 8fj2k1mz0q7vbn3x5c6d", "WWW-Authenticate: Bearer error=\"invalid_token\"\r\n"), "",
       "credentials-rejected"},
  });
}

TEST(HeaderText, Quotes) {
  expect_rows({
      {"double", sent("Bearer \"" + jwt() + "\""), "token-quoted certain", "token-quoted"},
      {"single, key", exchange("X-API-Key: '8fj2k1mz0q7vbn3x5c6d'\r\n", ""), "token-quoted certain", "token-quoted"},
      {"all of it", sent("\"Bearer 8fj2k1mz0q7vbn3x5c6d\""), "token-quoted certain", "token-quoted"},
      {"python's bytes", sent("Bearer b'" + jwt() + "'"), "token-quoted certain", "token-quoted"},
      {"within Basic", sent_basic("'alice:secret1'"), "token-quoted certain", "token-quoted"},
      {"parameters", sent("Token token=\"8fj2k1mz0q7vbn3x5c6d\"", "WWW-Authenticate: Token realm=\"x\"\r\n"),
       "credentials-rejected probable", "credentials-rejected"},
  });
}

TEST(HeaderText, Json) {
  expect_rows({
      {"whole answer", sent("Bearer {\"access_token\":\"" + jwt() + "\",\"token_type\":\"Bearer\"}"), "token-json-wrapped certain",
       "token-json-wrapped"},
      {"python's dictionary", sent("Bearer {'access_token': '8fj2k1mz0q7vbn3x5c6d', 'expires_in': 3600}"), "token-json-wrapped certain",
       "token-json-wrapped"},
      {"in a key header", exchange("X-API-Key: {\"key\":\"8fj2k1mz0q7vbn3x\"}\r\n", ""), "token-json-wrapped certain",
       "token-json-wrapped"},
      {"a placeholder", sent("Bearer {token}"), "unexpanded-template certain", "unexpanded-template"},
  });
}

TEST(HeaderText, LineBreaksAndSpaces) {
  const std::string token = jwt();
  const std::string payload = base64_encode("alice:a password long enough for its base64 text to be broken into two lines");
  expect_rows({
      {"text of a line feed", sent("Bearer " + token + "\\n"), "token-trailing-newline certain", "token-trailing-newline"},
      {"percent-encoded, key", exchange("X-API-Key: 8fj2k1mz0q7vbn3x5c6d%0A\r\n", ""), "token-trailing-newline certain",
       "token-trailing-newline"},
      {"space inside", sent("Bearer " + token.substr(0, 80) + " " + token.substr(80)), "token-inner-whitespace certain",
       "token-inner-whitespace"},
      {"tab inside", sent("Bearer 8fj2k1mz0q\t7vbn3x5c6d"), "token-inner-whitespace certain", "token-inner-whitespace"},
      {"broken Basic", sent("Basic " + payload.substr(0, 76) + " " + payload.substr(76), "WWW-Authenticate: Basic realm=\"x\"\r\n"),
       "base64-wrapped certain", "base64-wrapped"},
      {"broken Basic, Ruby", sent("Basic " + payload.substr(0, 60) + "\\n" + payload.substr(60), "WWW-Authenticate: Basic realm=\"x\"\r\n"),
       "base64-wrapped certain", "base64-wrapped"},
      {"ends with one", sent("Basic " + base64_encode("alice:secret1") + "\\n", "WWW-Authenticate: Basic realm=\"x\"\r\n"),
       "base64-wrapped certain", "base64-wrapped"},
      {"long and whole", sent("Basic " + payload, "WWW-Authenticate: Basic realm=\"x\"\r\n"), "credentials-rejected probable",
       "credentials-rejected"},
  });
}

TEST(HeaderText, CharactersThatNobodyTypes) {
  const std::string token = jwt();
  expect_rows({
      {"zero-width space", sent("Bearer \xe2\x80\x8b" + token), "token-invisible-char certain", "token-invisible-char"},
      {"no-break space for the space", sent("Bearer\xc2\xa0" + token), "token-invisible-char certain", "token-invisible-char"},
      {"ellipsis", sent("Bearer " + token.substr(0, 40) + "\xe2\x80\xa6"), "token-invisible-char certain", "token-invisible-char"},
      {"typographic quotes",
       exchange("X-API-Key: \xe2\x80\x9c"
                "8fj2k1mz0q7vbn3x\xe2\x80\x9d\r\n",
                ""),
       "token-invisible-char certain", "token-invisible-char"},
      {"byte order mark in Basic",
       sent_basic("\xef\xbb\xbf"
                  "alice:secret1"),
       "token-invisible-char certain", "token-invisible-char"},
      {"a dash in a password",
       sent_basic("alice:long\xe2\x80\x94"
                  "dash"),
       "basic-charset probable", "basic-charset"},
  });
}

TEST(HeaderText, CutTokens) {
  const std::string token = jwt();
  const std::size_t first = token.find('.'), second = token.rfind('.');
  expect_rows({
      {"no signature", sent("Bearer " + token.substr(0, second)), "token-truncated certain", "token-truncated"},
      {"within the header", sent("Bearer " + token.substr(0, first - 3)), "token-truncated certain", "token-truncated"},
      {"short signature", sent("Bearer " + token.substr(0, token.size() - 12)), "token-truncated certain", "token-truncated"},
      {"three dots", sent("Bearer " + token.substr(0, 30) + "..."), "token-truncated probable", "token-truncated"},
      {"a column", sent("Bearer " + std::string(255, 'k')), "token-truncated probable", "token-truncated"},
      {"whole", sent("Bearer " + token, "", 200), "none", ""},
  });
}

TEST(HeaderText, Fields) {
  const std::string token = jwt();
  expect_rows({
      {"british", exchange("Authorisation: Bearer " + token + "\r\n"), "header-misspelt certain", "header-misspelt"},
      {"swapped letters", exchange("Auhtorization: Bearer 8fj2k1mz0q7vbn3x\r\n"), "header-misspelt certain", "header-misspelt"},
      {"the other word", exchange("Authentication: Bearer 8fj2k1mz0q7vbn3x\r\n", ""), "header-misspelt certain", "header-misspelt"},
      {"it works", exchange("Authentication: Bearer 8fj2k1mz0q7vbn3x\r\n", "", 200), "none", ""},
      {"beside the right one", exchange("Authorization: Bearer 8fj2k1mz0q7vbn3x\r\nAuth: on\r\n", "", 401), "credentials-rejected probable",
       "credentials-rejected"},
      {"space before the colon", exchange("Authorization : Bearer " + token + "\r\n", "", 400), "space-before-colon certain",
       "space-before-colon"},
      {"the same in a command", "curl -H 'Authorization : Bearer " + token + "' https://api.example.com/", "space-before-colon certain",
       "space-before-colon", Format::Curl},
      {"two fields", exchange("Authorization: Bearer 8fj2k1mz0q7vbn3x\r\nAuthorization: " + basic("a:b") + "\r\n"),
       "credentials-duplicate-header certain", "credentials-duplicate-header"},
      {"two in one", sent(basic("a:b") + ", Bearer 8fj2k1mz0q7vbn3x"), "credentials-duplicate-header certain",
       "credentials-duplicate-header"},
      {"header and query",
       exchange("Authorization: Bearer 8fj2k1mz0q7vbn3x\r\n",
                "WWW-Authenticate: Bearer error=\"invalid_request\", error_description=\"Found multiple bearer tokens in the request\"\r\n",
                400, "", "api.example.com", "GET /v1/me?access_token=7vbn3x5c6d8fj2k1 HTTP/1.1"),
       "credentials-in-two-places certain", "credentials-in-two-places"},
      {"header and form",
       exchange("Authorization: Bearer 8fj2k1mz0q7vbn3x\r\n", "", 401, "", "api.example.com", "POST /v1/me HTTP/1.1",
                "access_token=7vbn3x5c6d8fj2k1"),
       "credentials-in-two-places certain", "credentials-in-two-places"},
      {"header and another parameter",
       exchange("Authorization: Bearer 8fj2k1mz0q7vbn3x\r\n", "", 401, "", "api.example.com", "GET /v1/me?page=2 HTTP/1.1"),
       "credentials-rejected probable", "credentials-rejected"},
  });
}

TEST(HeaderText, Size) {
  const std::string large(9000, 'k'), cookie = "sid=" + std::string(12000, 'c');
  expect_rows({
      {"431", sent("Bearer " + large, "", 431), "header-too-large certain", "header-too-large"},
      {"nginx",
       exchange("Cookie: " + cookie + "\r\n", "Server: nginx\r\n", 400,
                "<center><h1>400 Bad Request</h1></center><center>Request Header Or Cookie Too Large</center>"),
       "header-too-large certain", "header-too-large"},
      {"401 and large", sent("Bearer " + large), "header-too-large suggestive", "header-too-large"},
      {"not large", sent("Bearer " + std::string(kOpaque)), "credentials-rejected probable", "credentials-rejected"},
  });
}

}  // namespace
}  // namespace quivive::diagnose::inputs
