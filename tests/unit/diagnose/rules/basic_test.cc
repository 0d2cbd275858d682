#include "unit/diagnose/rules/inputs.h"

namespace quivive::diagnose::inputs {
namespace {

constexpr std::string_view kChallenge = "WWW-Authenticate: Basic realm=\"files\"\r\n";
std::string raw(std::string_view payload) { return sent("Basic " + std::string(payload), kChallenge); }

TEST(Basic, Payload) {
  expect_rows({
      {"not encoded", raw("alice:secret1"), "basic-not-base64 certain", "basic-not-base64"},
      {"percent-encoded", raw("YWxpY2U6c2VjcmV0MQ%3D%3D"), "basic-not-base64 certain", "basic-not-base64"},
      {"a JWT", raw(jwt()), "basic-not-base64 certain", "basic-not-base64"},
      {"a lone key", sent_basic("8fj2k1mz0q7vbn3x5c6d"), "basic-no-colon certain", "basic-no-colon"},
      {"a key as issued", raw("97e95ec96c39edb14d438054f1048819a7cdb612"), "basic-no-colon certain", "basic-no-colon"},
      {"URL-safe", raw("YWxpY2U6fn5-Pz8_"), "basic-base64url probable", "basic-base64url"},
      {"no padding", raw("YWxpY2U6c2VjcmV0MQ"), "basic-base64url probable", "basic-base64url"},
      {"twice", sent_basic(base64_encode("alice:secret1")), "basic-double-encoded certain", "basic-double-encoded"},
      {"twice, long", sent_basic(base64_encode("deploy-bot:Ax7-long-generated-password")), "basic-double-encoded certain",
       "basic-double-encoded"},
      {"echo", sent_basic("ci:merlin-Gasket-78\n"), "basic-newline-inside certain", "basic-newline-inside"},
      {"after the user", sent_basic("ci\r\n:merlin-Gasket-78"), "basic-newline-inside certain", "basic-newline-inside"},
      {"in a command", "curl -H 'Authorization: Basic " + base64_encode("ci:merlin\n") + "' https://api.example.com/",
       "basic-newline-inside certain", "basic-newline-inside", Format::Curl},
      {"a good one", sent_basic("alice:secret1"), "credentials-rejected probable", "credentials-rejected"},
      {"a good one, accepted", sent(basic("alice:secret1"), "", 200), "none", ""},
  });
}

TEST(Basic, UserAndPassword) {
  Expectations expected;
  expected.user = "acme:svc";
  expect_rows({
      {"colon in the user", sent_basic("acme:svc:secret1"), "basic-colon-in-user certain", "basic-colon-in-user", Format::Http, expected},
      {"colon in a URL's user", "curl 'https://acme%3Asvc:secret1@api.example.com/'", "basic-colon-in-user certain", "basic-colon-in-user",
       Format::Curl},
      {"colon in the password", sent_basic("acme:svc:secret1"), "credentials-rejected probable", "credentials-rejected"},
      {"Latin-1", sent_basic("j\xf6rg:secret1"), "basic-charset probable", "basic-charset"},
      {"Latin-1 where UTF-8 is asked for", sent_basic("alice:p\xe4ss", "", "WWW-Authenticate: Basic realm=\"x\", charset=\"UTF-8\"\r\n"),
       "basic-charset probable", "basic-charset"},
      {"UTF-8 where UTF-8 is asked for", sent_basic("alice:p\xc3\xa4ss", "", "WWW-Authenticate: Basic realm=\"x\", charset=\"UTF-8\"\r\n"),
       "credentials-rejected probable", "credentials-rejected"},
      {"escapes of a URL", sent_basic("alice%40example.com:secret1"), "basic-percent-encoded probable", "basic-percent-encoded"},
      {"escapes in the password", sent_basic("alice:p%23ss%21"), "basic-percent-encoded probable", "basic-percent-encoded"},
      {"a percent sign", sent_basic("alice:100%sure"), "credentials-rejected probable", "credentials-rejected"},
  });
}

TEST(Basic, HeldAgainstWhatTheCallerGave) {
  Expectations given;
  given.user = "alice";
  given.password = Secret(std::string("merlin-Gasket-78"));
  const auto with = [&](std::string_view pair) { return sent_basic(pair); };
  const std::string rejected = "credentials-rejected";
  expect_rows({
      {"the same", with("alice:merlin-Gasket-78"), "credentials-rejected probable", rejected, Format::Http, given},
      {"another password", with("alice:word9x"), "credentials-rejected certain", rejected, Format::Http, given},
      {"no password", with("alice:"), "credentials-rejected certain", rejected, Format::Http, given},
      {"another user", with("bob:merlin-Gasket-78"), "credentials-rejected certain", rejected, Format::Http, given},
      {"percent-encoded", with("alice:merlin%2DGasket%2D78"), "basic-percent-encoded certain", "basic-percent-encoded", Format::Http,
       given},
      {"a line break behind", with("alice:merlin-Gasket-78\n"), "basic-newline-inside certain", "basic-newline-inside", Format::Http,
       given},
      {"accepted", sent(basic("alice:word9x"), "", 200), "none", "", Format::Http, given},
      {"a command", "curl -u alice:word9x https://api.example.com/", "credentials-rejected certain", rejected, Format::Curl, given},
      {"the same, in a command", "curl -u alice:merlin-Gasket-78 https://api.example.com/", "none", "", Format::Curl, given},
      {"a variable", "curl -u \"alice:$PASS\" https://api.example.com/", "none", "", Format::Curl, given},
      {"another scheme", sent("Bearer 8fj2k1mz0q7vbn3x"), "credentials-rejected probable", rejected, Format::Http, given},
  });
}

TEST(Basic, GivenBeyondAscii_AnotherEncodingIsNoOtherPassword) {
  Expectations given;
  given.user = "alice";
  given.password = Secret(std::string("p\xc3\xa4ss"));
  expect_rows({{"Latin-1", sent_basic("alice:p\xe4ss"), "basic-charset probable", "basic-charset", Format::Http, given}});
}

TEST(Basic, WhatServersSay) {
  const std::string directory = "WWW-Authenticate: Negotiate\r\nWWW-Authenticate: NTLM\r\nWWW-Authenticate: Basic realm=\"corp\"\r\n";
  expect_rows({
      {"GitHub", sent_basic("alice:secret1", "Support for password authentication was removed on August 13, 2021."),
       "password-auth-disabled certain", "password-auth-disabled"},
      {"GitLab",
       sent_basic("alice:secret1",
                  "HTTP Basic: Access denied. If a password was provided for Git authentication, the password was incorrect or you're "
                  "required to use a token instead of a password."),
       "password-auth-disabled probable", "password-auth-disabled"},
      {"bare user", sent_basic("alice:secret1", "", directory), "domain-missing suggestive", "domain-missing"},
      {"user with a domain", sent_basic("CORP\\alice:secret1", "", directory), "credentials-rejected probable", "credentials-rejected"},
      {"UPN", sent_basic("alice@corp.example:secret1", "", directory), "credentials-rejected probable", "credentials-rejected"},
  });
}

}  // namespace
}  // namespace quivive::diagnose::inputs
