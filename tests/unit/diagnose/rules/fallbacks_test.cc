#include "unit/diagnose/rules/inputs.h"

namespace quivive::diagnose::inputs {
namespace {

TEST(Fallbacks, NothingSent) {
  expect_rows({
      {"bare challenge", exchange(""), "credentials-missing probable", "credentials-missing"},
      {"the framework says so",
       exchange("", "WWW-Authenticate: Token\r\n", 401, R"({"detail":"Authentication credentials were not provided."})"),
       "credentials-missing certain", "credentials-missing"},
      {"cookies that are no session", exchange("Cookie: theme=dark; consent=1\r\n"), "credentials-missing probable", "credentials-missing"},
      {"a session where Bearer is asked for", exchange("Cookie: sid=8fj2k1mz0q7vbn3x\r\n"), "credentials-missing probable",
       "credentials-missing"},
      {"a key where Basic is asked for", exchange("X-API-Key: 8fj2k1mz0q7vbn3x\r\n", "WWW-Authenticate: Basic realm=\"x\"\r\n"),
       "credentials-missing probable", "credentials-missing"},
      {"a token where a key is asked for",
       sent("Bearer " + jwt(),
            "WWW-Authenticate: AzureApiManagementKey realm=\"x\",name=\"Ocp-Apim-Subscription-Key\",type=\"header\"\r\n"),
       "credentials-missing probable", "credentials-missing"},
      {"accepted", exchange("", "", 200), "none", ""},
      {"not about credentials", exchange("", "", 404), "none", ""},
      {"negotiation", exchange("", "WWW-Authenticate: Basic realm=\"x\"\r\n") + "\n" + sent(basic("alice:secret1"), "", 200), "none", ""},
  });
}

TEST(Fallbacks, RefusedWithoutAWord) {
  expect_rows({
      {"Basic", sent_basic("alice:secret1"), "credentials-rejected probable", "credentials-rejected"},
      {"opaque token", sent("Bearer 8fj2k1mz0q7vbn3x", "WWW-Authenticate: Bearer realm=\"x\"\r\nX-Request-Id: 7f3a\r\n"),
       "credentials-rejected probable", "credentials-rejected"},
      {"key where a key is asked for", exchange("X-API-Key: 8fj2k1mz0q7vbn3x\r\n", "WWW-Authenticate: Key realm=\"kong\"\r\n"),
       "credentials-rejected probable", "credentials-rejected"},
      {"session", exchange("Cookie: sid=8fj2k1mz0q7vbn3x\r\n", ""), "credentials-rejected probable", "credentials-rejected"},
      {"forbidden", sent("Bearer 8fj2k1mz0q7vbn3x", "", 403), "", ""},
  });
}

TEST(Fallbacks, ChallengeLineAlone) {
  const auto line = [](std::string_view params) { return "WWW-Authenticate: Bearer realm=\"x\"" + std::string(params) + "\r\n"; };
  expect_rows({
      {"no error", line(""), "none", "", Format::Header},
      {"the server says which", line(", error=\"invalid_token\", error_description=\"The access token expired\""), "token-expired certain",
       "", Format::Header},
      {"it does not", line(", error=\"invalid_token\""), "credentials-rejected probable", "credentials-rejected", Format::Header},
      {"a scope", line(", error=\"insufficient_scope\", scope=\"orders:write\""), "scope-insufficient certain", "", Format::Header},
      {"with what was sent", line(", error=\"invalid_token\"") + "Authorization: Bearer 8fj2k1mz0q7vbn3x\r\n",
       "credentials-rejected probable", "credentials-rejected", Format::Header},
  });
}

TEST(Fallbacks, Redacted) {
  expect_rows({
      {"word", sent("Bearer [REDACTED]"), "capture-redacted certain", "capture-redacted"},
      {"stars", sent("Bearer ***"), "capture-redacted certain", "capture-redacted"},
      {"angle brackets on the wire", sent("Bearer <token>"), "capture-redacted certain", "capture-redacted"},
      {"partly", sent("Bearer 8fj2********************"), "capture-redacted certain", "capture-redacted"},
      {"enough is left to name its vendor", sent("Bearer ghp_16C7********************"), "vendor-prefix-mismatch probable",
       "capture-redacted vendor-prefix-mismatch"},
      {"key", exchange("X-API-Key: xxxxxxxxxxxx\r\n", ""), "capture-redacted certain", "capture-redacted"},
      {"accepted", sent("Bearer ***", "", 200), "none", ""},
      {"another finding decides", exchange("Authorisation: Bearer 8fj2k1mz0q7vbn3x\r\nX-API-Key: ***\r\n"), "header-misspelt certain",
       "capture-redacted header-misspelt"},
  });
}

std::string har(std::string_view creator, std::string_view fields, std::string_view response_fields) {
  return fmt::format(R"({{"log":{{"version":"1.2","creator":{{"name":"{}","version":"1"}},"entries":[{{)"
                     R"("startedDateTime":"2025-03-01T12:00:00Z","request":{{"method":"GET","url":"https://api.example.com/v1/me",)"
                     R"("httpVersion":"HTTP/1.1","headers":[{{"name":"Accept","value":"application/json"}}{}]}},)"
                     R"("response":{{"status":401,"statusText":"","httpVersion":"HTTP/1.1",)"
                     R"("headers":[{{"name":"Date","value":"Sat, 01 Mar 2025 12:00:00 GMT"}}{}],)"
                     R"("content":{{"size":0,"mimeType":"application/json"}}}}}}]}}}})",
                     creator, fields, response_fields);
}

TEST(Fallbacks, RecordingsOfBrowsers) {
  const std::string challenge = R"(,{"name":"WWW-Authenticate","value":"Bearer realm=\"api\""})";
  const std::string token = R"(,{"name":"Authorization","value":"Bearer 8fj2k1mz0q7vbn3x"})";
  expect_rows({
      {"sanitised", har("WebInspector", "", challenge), "capture-redacted certain", "capture-redacted", Format::Har},
      {"with sensitive data", har("WebInspector", token, challenge), "credentials-rejected probable", "credentials-rejected", Format::Har},
      {"another recorder", har("mitmproxy", "", challenge), "credentials-missing probable", "credentials-missing", Format::Har},
  });
}

TEST(Fallbacks, ANoteIsNoVerdict) {
  const Diagnosis found = judge(Format::Http, exchange("Authorisation: Bearer 8fj2k1mz0q7vbn3x\r\nX-API-Key: ***\r\n"));
  const Finding* note = find(found, Cause::CaptureRedacted);
  ASSERT_NE(note, nullptr);
  EXPECT_EQ(note->severity, Severity::Note);
}

}  // namespace
}  // namespace quivive::diagnose::inputs
