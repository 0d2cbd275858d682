#include "unit/diagnose/rules/inputs.h"

namespace quivive::diagnose::inputs {
namespace {

TEST(SourceText, EmptyValues) {
  expect_rows({
      {"bearer alone", sent("Bearer"), "token-empty certain", "token-empty"},
      {"bearer and a space", sent("Bearer "), "token-empty certain", "token-empty"},
      {"empty quotes", sent("Bearer \"\""), "token-empty certain", "token-empty"},
      {"colon alone in Basic", sent_basic(":"), "token-empty certain", "token-empty"},
      {"key header", exchange("X-API-Key: \r\n", ""), "token-empty certain", "token-empty"},
      {"curl drops it", R"(curl https://api.example.com/ -H "X-API-Key: ")", "token-empty certain", "token-empty", Format::Curl},
      {"curl command", R"(curl https://api.example.com/v1/projects -H "Authorization: Bearer ")", "token-empty certain", "token-empty",
       Format::Curl},
      {"key as user name", sent_basic("key_8fj2k1mz0q:"), "credentials-rejected probable", "credentials-rejected"},
  });
}

TEST(SourceText, TextsOfMissingValues) {
  expect_rows({
      {"undefined", sent("Bearer undefined"), "token-stringified-null certain", "token-stringified-null"},
      {"python", sent("Bearer None"), "token-stringified-null certain", "token-stringified-null"},
      {"promise", sent("Bearer [object Promise]"), "token-stringified-null certain", "token-stringified-null"},
      {"go", sent("Bearer %!s(<nil>)"), "token-stringified-null certain", "token-stringified-null"},
      {"coroutine", sent("Bearer <coroutine object get_token at 0x7f2c1c0d5e40>"), "token-stringified-null certain",
       "token-stringified-null"},
      {"in the key", exchange("X-API-Key: null\r\n", ""), "token-stringified-null certain", "token-stringified-null"},
      {"in the query", exchange("", "", 401, "", "api.example.com", "GET /v1/me?access_token=undefined HTTP/1.1"),
       "token-stringified-null certain", "token-stringified-null"},
      {"in Basic", sent_basic("undefined:undefined"), "token-stringified-null certain", "token-stringified-null"},
      {"in a command", "curl 'https://api.example.com/v1/me' -H 'authorization: Bearer undefined'", "token-stringified-null certain",
       "token-stringified-null", Format::Curl},
      {"a token that begins so", sent("Bearer nullify8f2k1mz0q7"), "credentials-rejected probable", "credentials-rejected"},
  });
}

TEST(SourceText, Placeholders) {
  expect_rows({
      {"on the wire", sent("Bearer {{access_token}}"), "unexpanded-template certain", "unexpanded-template"},
      {"shell variable on the wire", sent("Bearer $TOKEN"), "unexpanded-template certain", "unexpanded-template"},
      {"batch variable in bash", sent("Bearer %API_TOKEN%"), "unexpanded-template certain", "unexpanded-template"},
      {"documentation", sent("Bearer YOUR_API_KEY"), "unexpanded-template certain", "unexpanded-template"},
      {"single quotes", R"(curl -H 'Authorization: Bearer $API_TOKEN' https://api.example.com/v1/me)", "unexpanded-template certain",
       "unexpanded-template", Format::Curl},
      {"single quotes, user", R"(curl -u 'alice:$PASSWORD' https://api.example.com/v1/me)", "unexpanded-template certain",
       "unexpanded-template", Format::Curl},
      {"angle brackets in a command", "curl -H 'Authorization: Bearer <YOUR_TOKEN>' https://api.example.com/",
       "unexpanded-template certain", "unexpanded-template", Format::Curl},
      {"query of a command", "curl 'https://api.example.com/v1?api_key=YOUR_API_KEY'", "unexpanded-template certain", "unexpanded-template",
       Format::Curl},
      {"a variable that the shell fills in", R"(curl -H "Authorization: Bearer $API_TOKEN" https://api.example.com/v1/me)", "none", "",
       Format::Curl},
      {"a password that begins with a dollar", R"(curl -u 'alice:$ecret9' https://api.example.com/v1/me)", "none", "", Format::Curl},
      {"a placeholder elsewhere", R"(curl -H "Authorization: Bearer )" + jwt() + R"(" 'https://api.example.com/v1/{{id}}')", "none",
       "unexpanded-template", Format::Curl},
  });
}

TEST(SourceText, WhatShellsEat) {
  Expectations expected;
  expected.user = "alice";
  expected.password = Secret(std::string("pa$word9x"));
  expect_rows({
      {"dollar in double quotes", R"(curl -u "alice:pa$word9x" https://api.example.com/)", "shell-ate-secret probable", "shell-ate-secret",
       Format::Curl},
      {"digits", R"(curl -u "alice:Tr0ub4dor$1ab" https://api.example.com/)", "shell-ate-secret probable", "shell-ate-secret",
       Format::Curl},
      {"ampersand", "curl https://api.example.com/v1?user=1&api_key=8f2k1mz0q7", "shell-ate-secret probable", "shell-ate-secret",
       Format::Curl},
      {"whole variables", R"(curl -u "$API_USER:$API_PASS" https://api.example.com/)", "none", "", Format::Curl},
      {"single quotes", R"(curl -u 'alice:pa$word9x' https://api.example.com/)", "none", "", Format::Curl},
      {"the caller knows better", sent_basic("alice:pa"), "shell-ate-secret certain", "shell-ate-secret", Format::Http, expected},
      {"the caller knows the same", sent_basic("alice:pa$word9x"), "credentials-rejected probable", "credentials-rejected", Format::Http,
       expected},
  });
}

TEST(SourceText, CutAtASpace) {
  expect_rows({
      {"unquoted header", "curl -H Authorization: Bearer " + jwt() + " https://api.example.com/v1/me", "token-cut-at-space certain",
       "token-cut-at-space", Format::Curl},
      {"unquoted password", "curl https://api.example.com/v1/me -u alice:correct horse", "token-cut-at-space certain", "token-cut-at-space",
       Format::Curl},
      {"quoted", "curl -H 'Authorization: Bearer " + jwt() + "' https://api.example.com/v1/me", "none", "", Format::Curl},
      {"single quotes at a prompt of cmd.exe", "C:\\Users\\bob>curl -H 'Authorization: Bearer 8fj2k1mz0q7vbn3x' https://api.example.com/",
       "token-cut-at-space certain", "token-cut-at-space", Format::Curl},
      {"double quotes there", "C:\\Users\\bob>curl -H \"Authorization: Bearer 8fj2k1mz0q7vbn3x\" https://api.example.com/", "none", "",
       Format::Curl},
      {"PowerShell's prompt", "PS C:\\Users\\bob> curl -H 'Authorization: Bearer 8fj2k1mz0q7vbn3x' https://api.example.com/", "none", "",
       Format::Curl},
      {"typographic quotes", "curl -H \u201cAuthorization: Bearer 8fj2k1mz0q7vbn3x\u201d https://api.example.com/",
       "token-invisible-char certain", "token-invisible-char", Format::Curl},
  });
}

TEST(SourceText, CutAtASpace_AdviceHasNoPieceOfTheToken) {
  for (const std::string_view open : {"", "\u201c", "\u2018"}) {
    const std::string text = "curl -H " + std::string(open) + "Authorization: Bearer 8fj2k1mz0q7vbn3x5c6d https://api.example.com/";
    const Diagnosis diagnosis = judge(Format::Curl, text);
    const Finding* found = diagnosis.verdict_finding();
    ASSERT_NE(found, nullptr) << open;
    EXPECT_NE(found->fix.find("-H 'Authorization: Bearer <token>'"), std::string::npos) << found->fix;
  }
}

TEST(SourceText, HeaderWithoutAColon) {
  const auto command = [](std::string_view header) { return "curl -H '" + std::string(header) + "' https://api.example.com/"; };
  expect_rows({
      {"a space", command("Authorization Bearer 8fj2k1mz0q7vbn3x"), "credentials-missing certain", "credentials-missing", Format::Curl},
      {"an equals sign", command("X-API-Key=8fj2k1mz0q7vbn3x"), "credentials-missing certain", "credentials-missing", Format::Curl},
      {"no name", command("Bearer 8fj2k1mz0q7vbn3x"), "credentials-missing certain", "credentials-missing", Format::Curl},
      {"Basic", command("Authorization Basic " + base64_encode("alice:merlin-Gasket-78")), "credentials-missing certain",
       "credentials-missing", Format::Curl},
      {"another field", command("Accept application/json"), "none", "", Format::Curl},
      {"a file of fields", command("@Authorization"), "none", "", Format::Curl},
      {"beside credentials", "curl -u alice:secret1 -H 'X-API-Key 8fj2k1mz0q7vbn3x' https://api.example.com/", "none",
       "credentials-missing", Format::Curl},
  });
}

TEST(SourceText, OldTokenAfterANewOne) {
  const std::string old_token = "old-8f2k1mz0q7aa11bb", new_token = "new-8f2k1mz0q7aa11bb";
  const std::string first = sent("Bearer " + old_token),
                    refresh = token_request("", "grant_type=refresh_token&refresh_token=r1-abcdefgh",
                                            R"({"access_token":")" + new_token + R"(","expires_in":900})", "", 200);
  expect_rows({
      {"old again", first + "\n" + refresh + "\n" + sent("Bearer " + old_token), "", "credentials-rejected stale-helper-value"},
      {"new one", first + "\n" + refresh + "\n" + sent("Bearer " + new_token, "", 200), "none", ""},
  });
}

}  // namespace
}  // namespace quivive::diagnose::inputs
