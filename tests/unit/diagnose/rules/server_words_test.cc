#include "diagnose/fingerprints.h"

#include "unit/diagnose/rules/support.h"

#include <gmock/gmock.h>

#include <set>

namespace quivive::diagnose::test {
namespace {

struct Vector {
  std::string_view text;
  int status;
  std::string_view fields, body;
};
constexpr Vector kVectors[] = {
#define QUIVIVE_VECTOR(text, status, fields, body) {text, status, fields, body},
#include "unit/diagnose/rules/fingerprint_vectors.def"
#undef QUIVIVE_VECTOR
};

// Only the response, as `curl -i` shows it: what the text says without a request to hold it against.
std::string response(int status, std::string_view fields, std::string_view body) {
  std::string lines(fields);
  std::erase(lines, '\r');
  return fmt::format("HTTP/1.1 {} X\nDate: Sat, 01 Mar 2025 12:00:00 GMT\n{}Content-Length: {}\n\n{}\n", status, lines, body.size(), body);
}

TEST(Fingerprints, Every_HasAVectorThatFindsIt) {
  std::set<std::string_view> covered;
  for (const Vector& vector : kVectors) {
    SCOPED_TRACE(vector.text);
    covered.insert(vector.text);
    const Read capture = read_text(Format::Http, response(vector.status, vector.fields, vector.body));
    ASSERT_TRUE(capture);
    const auto facts = gather_facts(*capture, {});
    ASSERT_EQ(facts.size(), 1u);
    const auto said = find_fingerprints(facts[0]);
    const auto row = std::find_if(said.begin(), said.end(), [&](const Said& one) { return one.row->text == vector.text; });
    ASSERT_NE(row, said.end());
    EXPECT_FALSE(row->quote.empty());
  }
  std::set<std::string_view> texts;
  for (const Fingerprint& row : all_fingerprints()) {
    EXPECT_TRUE(covered.contains(row.text)) << "no vector for: " << row.text;
    EXPECT_TRUE(texts.insert(row.text).second) << "twice: " << row.text;
  }
  EXPECT_EQ(covered.size(), texts.size());
}

TEST(Fingerprints, Every_BecomesAFindingOfItsCause) {
  for (const Fingerprint& row : all_fingerprints()) {
    SCOPED_TRACE(row.text);
    const auto vector = std::find_if(std::begin(kVectors), std::end(kVectors), [&](const Vector& v) { return v.text == row.text; });
    ASSERT_NE(vector, std::end(kVectors));
    const Diagnosis diagnosis = judge(Format::Http, response(vector->status, vector->fields, vector->body));
    // Held against the response alone, some causes turn into their neighbours.
    const bool as_401 = row.cause == Cause::ScopeInsufficient && vector->status == 401;
    const Cause cause = as_401 ? Cause::ScopeInsufficientAs401 : row.cause;
    const Finding* finding = find(diagnosis, cause);
    if (finding == nullptr) {
      // Another row of the vector named the fault outright, or the pair of issuers is a near miss.
      EXPECT_TRUE(row.certainty != Certainty::Certain || row.cause == Cause::TokenWrongIssuer) << codes_of(diagnosis);
      continue;
    }
    EXPECT_FALSE(finding->summary.empty());
    EXPECT_FALSE(finding->fix.empty());
    EXPECT_NE(finding->fix, "Ask whoever runs the server, with the response's request id.") << "no phrase for the cause";
  }
}

TEST(ServerWords, Expectation_IsTakenFromTheText) {
  EXPECT_EQ(expected_in("jwt audience invalid. expected: https://api.example.com"), "https://api.example.com");
  EXPECT_EQ(
      expected_in("IDX10214: Audience validation failed. Audiences: 'a1'. Did not match: validationParameters.ValidAudience: 'b22' or"),
      "b22");
  EXPECT_EQ(expected_in("Expected \"shop-prod\" but got \"shop-dev\"."), "shop-prod");
  EXPECT_EQ(expected_in("Audience (aud) claim [billing] doesn't contain an acceptable identifier. Expected orders as an aud value."),
            "orders");
  EXPECT_EQ(expected_in("oidc: id token issued by a different provider, expected \"https://a.example\" got \"https://b.example\""),
            "https://a.example");
  EXPECT_EQ(expected_in("AKV10022: Invalid audience. Expected https://vault.azure.net, found: https://management.azure.com/."),
            "https://vault.azure.net");
  EXPECT_EQ(expected_in("Issuer (iss) claim value (https://b.example) doesn't match expected value of https://a.example"),
            "https://a.example");
  EXPECT_EQ(expected_in("invalid token"), "");
  EXPECT_EQ(received_in("The audience 'https://api-dev.example.com' is invalid"), "https://api-dev.example.com");
  EXPECT_EQ(received_in("The audience '(null)' is invalid"), "");
  EXPECT_EQ(received_in("Expected iss claim to be: https://a.example, but was: https://b.example."), "https://b.example");
}

TEST(ServerWords, Named_IsTheVerdict) {
  const std::string token = bearer(jwt(living()));
  const std::string json = "Content-Type: application/json\n";
  check({
      {"node, audience", exchange(token, 401, json, R"({"message":"jwt audience invalid. expected: https://orders.example.com"})"),
       "token-wrong-audience certain", "*"},
      {"node, issuer, a slash", exchange(token, 401, json, R"({"message":"jwt issuer invalid. expected: https://id.example.com"})"),
       "token-issuer-near-miss certain", "*"},
      {"ASP.NET, two at once",
       exchange(token, 401,
                "WWW-Authenticate: Bearer error=\"invalid_token\", error_description=\"The audience 'https://api.example.com' is invalid; "
                "The issuer 'https://id.example.com/' is invalid\"\n"),
       "token-wrong-audience certain", "token-wrong-audience token-wrong-issuer"},
      {"Spring, signature",
       exchange(token, 401,
                "WWW-Authenticate: Bearer error=\"invalid_token\", error_description=\"An error occurred while attempting to decode the "
                "Jwt: Signed JWT rejected: Invalid signature\", error_uri=\"https://tools.ietf.org/html/rfc6750#section-3.1\"\n"),
       "token-bad-signature certain", "token-bad-signature"},
      {"Envoy, issuer",
       exchange(token, 401, "server: envoy\nwww-authenticate: Bearer realm=\"https://api.example.com/\", error=\"invalid_token\"\n",
                "Jwt issuer is not configured"),
       "token-wrong-issuer certain", "*"},
      {"Flask, nothing sent", exchange("", 401, json, R"({"msg":"Missing Authorization Header"})"), "credentials-missing certain", "*"},
      {"Entra",
       exchange("", 401, json,
                R"({"error":"invalid_client","error_description":"AADSTS7000222: The provided client secret keys are expired."})",
                "POST /x/oauth2/v2.0/token HTTP/1.1", "login.microsoftonline.com"),
       "secret-expired certain", "*"},
      {"S3, region",
       exchange("", 400, "Content-Type: application/xml\n",
                "<Error><Code>AuthorizationHeaderMalformed</Code><Message>the region 'us-east-1' is wrong; expecting "
                "'eu-west-1'</Message></Error>"),
       "sigv4-scope certain", "*"},
      {"CSRF",
       exchange("Cookie: sessionid=abcdef123456\n", 403, json, R"({"detail":"CSRF Failed: CSRF token missing."})", "POST /api/x HTTP/1.1"),
       "csrf-as-401 probable", "*"},
      {"Kong, a key sent as Bearer", exchange(bearer("Vq7RtkXw2LmPz9aB"), 401, json, R"({"message":"No API key found in request"})"),
       "key-in-wrong-place probable", "*"},
      {"Hasura, in a 200",
       exchange(token, 200, json, R"({"errors":[{"extensions":{"code":"invalid-jwt"},"message":"Could not verify JWT: JWTExpired"}]})",
                "POST /v1/graphql HTTP/1.1"),
       "*", "*"},
  });
}

TEST(ServerWords, MissingRight_IsNamed) {
  const std::string json = "Content-Type: application/json\n", token = bearer(jwt(living()));
  constexpr std::string_view kPermission = R"({"detail":"You do not have permission to perform this action."})";
  constexpr std::string_view kPods =
      R"({"kind":"Status","message":"pods is forbidden: User \"USER\" cannot list resource \"pods\" in API group \"\" in the namespace \"prod\"","code":403})";
  const auto pods = [&](std::string_view user) {
    std::string out(kPods);
    return out.replace(out.find("USER"), 4, user);
  };
  const std::string s3 = "<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>",
                    xml = "Content-Type: application/xml\n";
  check({
      {"a permission", exchange("Authorization: Token 9944b09199c62bcf9418ad846dd0e4bb\n", 403, json, kPermission),
       "scope-insufficient probable", "*"},
      {"the same with 401", exchange(token, 401, json, kPermission), "forbidden-as-401 probable", "*"},
      {"nobody asked", exchange("", 403, json, kPermission), "missing-credentials-as-403 probable", "missing-credentials-as-403"},
      {"Kubernetes", exchange(token, 403, json, pods("system:serviceaccount:default:ci")), "scope-insufficient certain",
       "scope-insufficient"},
      {"Kubernetes, nobody", exchange("", 403, json, pods("system:anonymous")), "missing-credentials-as-403 certain",
       "missing-credentials-as-403"},
      {"S3, not signed", exchange("", 403, xml, s3), "missing-credentials-as-403 probable", "missing-credentials-as-403"},
      {"S3, a signed URL", exchange("", 403, xml, s3, "GET /a?X-Amz-Signature=0123456789abcdef HTTP/1.1"), "scope-insufficient probable",
       "*"},
      {"an unknown key, or one without the right", exchange("X-API-Key: badkey123456789\n", 403, json, R"({"message":"Forbidden"})"),
       "credentials-rejected suggestive", "credentials-rejected"},
      {"a registry's scope is no permission",
       exchange("", 401,
                "WWW-Authenticate: Bearer "
                "realm=\"https://auth.example.com/token\",service=\"r\",scope=\"repository:a:pull\",error=\"insufficient_scope\"\n"),
       "*", "credentials-missing"},
      {"a token and no word", exchange(token, 403, json, R"({"message":"Forbidden"})"), "none", "*"},
      {"a page of a firewall", exchange("X-API-Key: badkey123456789\n", 403, json, R"({"message":"Forbidden","by":"request blocked"})"),
       "none", "*"},
  });
  EXPECT_THAT(find(judge(Format::Http, exchange("", 403, json, pods("system:anonymous"))), Cause::MissingCredentialsAs403)->fix,
              testing::Not(testing::HasSubstr("Django")));
}

// A guess by names yields to words about something else.
TEST(ServerWords, AboutAnotherFault_NoGuessByHost) {
  const std::string token = bearer(jwt(living())), text = "Content-Type: text/plain\n";
  const auto at = [&](int status, std::string_view fields, std::string_view body) {
    return exchange(token, status, fields, body, "GET /x HTTP/1.1", "svc.mesh.io");
  };
  check({
      {"Envoy's RBAC", at(403, text, "RBAC: access denied"), "scope-insufficient probable", "scope-insufficient"},
      {"another permission", at(403, text, "You do not have permission to see this."), "none", ""},
      {"a check for bots", at(403, "cf-mitigated: challenge\n", "<title>Just a moment...</title>"), "none", "proxy-sent-401"},
      {"revoked", at(401, text, "token revoked"), "token-revoked certain", "missing-www-authenticate token-revoked"},
      {"no word", at(403, text, "no"), "token-wrong-audience probable", "token-wrong-audience"},
      {"only refused", at(401, text, "Bad credentials"), "token-wrong-audience probable", "*"},
  });
  const Diagnosis bots = judge(Format::Http, at(403, "cf-mitigated: challenge\n", ""));
  EXPECT_EQ(found(bots, Cause::ProxySent401), "probable note");
  EXPECT_EQ(bots.command, std::nullopt);
}

TEST(ServerWords, Quote_IsTheMessage) {
  const auto quoted = [](std::string_view body) {
    const Diagnosis d =
        judge(Format::Http, exchange("PRIVATE-TOKEN: glpat-AbCdEfGhIjKlMnOpQrSt\n", 401, "Content-Type: application/json\n", body));
    const Finding* finding = find(d, Cause::CredentialsRejected);
    return finding == nullptr ? std::string() : finding->summary + finding->detail;
  };
  EXPECT_THAT(quoted(R"({"message":"401 Unauthorized"})"),
              testing::AllOf(testing::HasSubstr("\"401 Unauthorized\"."), testing::HasSubstr("GitLab")));
  EXPECT_THAT(quoted(R"({"error":"HTTP 401 Unauthorized"})"), testing::Not(testing::HasSubstr("GitLab")));
  check({{"a challenge beside it",
          exchange(bearer(jwt(living())), 401, "Content-Type: application/json\nWWW-Authenticate: Bearer error=\"invalid_token\"\n",
                   R"({"error":"HTTP 401 Unauthorized"})"),
          "token-revoked suggestive", "token-revoked"}});
}

TEST(ServerWords, SessionThatIsNone_IsRefused) {
  const Diagnosis d =
      judge(Format::Http, exchange("Cookie: _app_session=SuperSecretSessionValue123\n", 401, "Content-Type: application/json\n",
                                   R"({"error":"You need to sign in or sign up before continuing."})"));
  EXPECT_EQ(verdict_of(d), "credentials-rejected probable");
  EXPECT_THAT(d.verdict_finding()->fix, testing::StartsWith("Sign in again"));
  EXPECT_EQ(d.command, std::nullopt);
  EXPECT_EQ(verdict_of(judge(Format::Http, exchange("Cookie: _app_session=SuperSecretSessionValue123\n", 401,
                                                    "Content-Type: application/json\n", R"({"message":"Missing Authorization Header"})"))),
            "credentials-missing probable")
      << "this one does ask for a header";
}

TEST(ServerWords, NamedInA200_IsTheVerdict) {
  const std::string json = "Content-Type: application/json\n", token = bearer(jwt(living()));
  check({
      {"GraphQL",
       exchange(token, 200, json, R"({"errors":[{"message":"jwt expired","extensions":{"code":"UNAUTHENTICATED"}}],"data":null})"),
       "token-expired probable", "error-in-200 token-expired"},
      {"GraphQL, no word", exchange(token, 200, json, R"({"errors":[{"message":"no","extensions":{"code":"UNAUTHENTICATED"}}]})"),
       "error-in-200 certain", "error-in-200"},
  });
  const Diagnosis slack =
      judge(Format::Http, exchange(bearer("xoxb-123456789012-1234567890123-abcdefghijklmnopqrstuvwx"), 200, json,
                                   R"({"ok":false,"error":"missing_scope","needed":"channels:read","provided":"chat:write"})",
                                   "GET /api/x HTTP/1.1", "slack.com"));
  EXPECT_EQ(verdict_of(slack), "scope-insufficient certain");
  EXPECT_THAT(slack.verdict_finding()->fix, testing::HasSubstr("channels:read"));
  EXPECT_EQ(found(slack, Cause::ErrorIn200), "certain note");
}

TEST(ServerWords, Fix_IsForTheProductNamed) {
  const Diagnosis d =
      judge(Format::Http, exchange("Authorization: Basic Ym9iOlBhc3N3MHJk\n", 403, "Content-Type: text/html\n",
                                   "<title>Error 403 No valid crumb was included in the request</title>", "POST /job/x/build HTTP/1.1"));
  ASSERT_NE(find(d, Cause::CsrfAs401), nullptr);
  EXPECT_THAT(find(d, Cause::CsrfAs401)->fix,
              testing::AllOf(testing::HasSubstr("/crumbIssuer/api/json"), testing::Not(testing::HasSubstr("X-CSRFToken"))));
}

TEST(ServerWords, Contradicted_IsLessSure) {
  const std::string json = "Content-Type: application/json\n";
  const std::string token = bearer(jwt(living()));
  const auto certainty = [&](Cause cause, std::string_view body, std::string_view fields) {
    return found(judge(Format::Http, exchange(fields, 401, json, body)), cause);
  };
  EXPECT_EQ(certainty(Cause::TokenExpired, R"({"message":"jwt expired"})", token), "probable error")
      << "exp is in the future by the server's own Date";
  EXPECT_EQ(certainty(Cause::TokenWrongAudience, R"({"message":"jwt audience invalid. expected: https://api.example.com"})", token),
            "probable error");
  EXPECT_EQ(certainty(Cause::TokenMalformed, R"({"message":"jwt malformed"})", token), "probable error");
  EXPECT_EQ(certainty(Cause::CredentialsMissing, R"({"message":"No authorization token was found"})", token), "")
      << "sent, so that something else took it away";
  EXPECT_EQ(certainty(Cause::CredentialsRejected, R"({"message":"Bad credentials"})", ""), "") << "nothing was sent";
  EXPECT_EQ(certainty(Cause::TokenWrongAudience, R"({"message":"jwt audience invalid. expected: x.y"})",
                      bearer(jwt(R"({"iss":"a","exp":1740831000})"))),
            "");
}

TEST(ServerWords, OnWhatSucceeded_SaysNothing) {
  EXPECT_EQ(codes_of(judge(Format::Http, exchange(bearer(jwt(living())), 200, "Content-Type: application/json\n",
                                                  R"({"docs":"Answers 401 with jwt expired where the token is old"})"))),
            "");
  EXPECT_EQ(codes_of(judge(Format::Http,
                           exchange(bearer(jwt(living())), 500, "Content-Type: application/json\n", R"({"message":"jwt expired"})"))),
            "");
}

TEST(ServerWords, OwnGateway_NamesItsReason) {
  const std::string fields =
      "Content-Type: application/problem+json\nCache-Control: no-store\nVary: Authorization, Accept\nX-Request-Id: k3v9q4\n";
  const auto problem = [](std::string_view code) {
    return fmt::format(R"({{"type":"urn:quivive:reason:{0}","title":"x","status":401,"detail":"y","reason":"{0}","trace":"k3v9q4"}})",
                       code);
  };
  const std::string token = bearer(jwt(living()));
  check({
      {"bad signature", exchange(token, 401, fields, problem("token-bad-signature")), "token-bad-signature certain", "*"},
      {"unknown key", exchange(token, 401, fields, problem("token-unknown-key")), "token-unknown-key certain", "*"},
      {"a key that was revoked", exchange("X-API-Key: qv_7Hk2m9PqRs_4kXoabcdefgh\n", 401, fields, problem("key-revoked")),
       "credentials-rejected certain", "*"},
      {"issued in the future", exchange(token, 401, fields, problem("token-issued-in-future")), "token-not-yet-valid certain", "*"},
      {"plain JSON",
       exchange(token, 401, "Content-Type: application/json\nCache-Control: no-store\nVary: Authorization, Accept\nX-Request-Id: k3v9q4\n",
                R"({"error":"Token revoked"})"),
       "token-revoked certain", "*"},
      {"by the challenge",
       exchange(token, 401,
                "WWW-Authenticate: Bearer realm=\"a\", error=\"invalid_token\", error_description=\"The access token is for another "
                "audience\"\nCache-Control: no-store\n"
                "Vary: Authorization, Accept\nX-Request-Id: k3v9q4\n"),
       "token-wrong-audience certain", "*"},
  });
  const Diagnosis d = judge(Format::Http, exchange(token, 401, fields, problem("token-bad-signature")));
  EXPECT_EQ(d.answered_by.name, "Quivive");
  EXPECT_NE(find(d, Cause::TokenBadSignature)->fix.find("quivive explain k3v9q4"), std::string::npos);
  // The same words of somebody else's are no certainty.
  EXPECT_EQ(
      found(judge(Format::Http, exchange(token, 401, "Content-Type: application/json\n", R"({"error":"Empty token"})")), Cause::TokenEmpty),
      "");
}

TEST(ServerWords, OwnGateway_WhatToDoIsTheReasons) {
  const std::string answer = "Cache-Control: no-store\nVary: Authorization, Accept\nX-Request-Id: k3v9q4\nContent-Type: application/json\n";
  const std::pair<std::string_view, std::string_view> rows[] = {
      {"Wrong user name or password", "password-wrong"}, {"Malformed API key", "key-malformed"}, {"Unknown API key", "key-unknown"},
      {"API key revoked", "key-revoked"},                {"API key expired", "key-expired"}};
  std::set<std::string> fixes;
  for (const auto& [error, page] : rows) {
    const Diagnosis d = judge(Format::Http, exchange("X-API-Key: qv_7Hk2m9PqRs_4kXoabcdefgh\n", 401, answer, fmt::format(R"({{"error":"{}"}})", error)));
    const Finding* finding = find(d, Cause::CredentialsRejected);
    ASSERT_NE(finding, nullptr) << error;
    EXPECT_EQ(finding->page, page);
    fixes.insert(finding->fix);
  }
  EXPECT_EQ(fixes.size(), std::size(rows));
}

// Threat: a gap in a sentence that everybody can read in the manual tells the password.
TEST(ServerWords, OwnGateway_ItsTextsHaveNoGapForThePassword) {
  const std::string answer = "Cache-Control: no-store\nVary: Authorization, Accept\nX-Request-Id: k3v9q4\nContent-Type: application/json\n";
  const auto found_with = [&](std::string_view password) {
    const Diagnosis d = judge(Format::Http, exchange(fmt::format("Authorization: Basic {}\n", base64_encode(fmt::format("alice:{}", password))), 401, answer,
                                                     R"({"error":"Wrong user name or password"})"));
    const Finding* finding = find(d, Cause::CredentialsRejected);
    return finding == nullptr ? "" : fmt::format("{}|{}|{}|{}", finding->summary, finding->detail, finding->fix, finding->evidence.front().text);
  };
  const std::string any = found_with("tr0ub4dor");
  EXPECT_NE(any.find("refused it as password-wrong: The user name or the password is wrong."), std::string::npos) << any;
  for (const std::string_view password : {"wrong", "password", "name", "quivive", "password-wrong", "Wrong"}) EXPECT_EQ(found_with(password), any) << password;
  // What was sent is quoted without the secret, even where that is such a text itself.
  const Diagnosis d = judge(Format::Http, exchange("Authorization: Bearer password-wrong\n", 401, answer, R"({"error":"Wrong user name or password"})"));
  for (const Finding& finding : d.findings) {
    for (const Evidence& evidence : finding.evidence) EXPECT_EQ(evidence.text.find("password-wrong"), std::string::npos) << evidence.text;
  }
}

TEST(ServerWords, RecordOfTheGateway_TellsMoreThanItsAnswer) {
  const std::string answer = exchange(bearer(jwt(living())), 401, "WWW-Authenticate: Bearer\nX-Request-Id: k3v9q4\n");
  Read read = read_text(Format::Http, answer);
  ASSERT_TRUE(read);
  Capture& capture = *read;
  const Expectations expected{.clock = kTestNow};
  capture.records = {{.exchange = 0,
                      .reason = "token-wrong-audience",
                      .meaning = "For another audience.",
                      .seen = "",
                      .route = "/v1/",
                      .check = "audience",
                      .note = "has a, wants b"}};
  const Diagnosis d = diagnose(capture, expected);
  ASSERT_NE(find(d, Cause::TokenWrongAudience), nullptr);
  const Finding& told = *find(d, Cause::TokenWrongAudience);
  EXPECT_EQ(told.certainty, Certainty::Certain);
  EXPECT_EQ(told.detail, "For another audience.");
  std::vector<std::string> seen;
  for (const Evidence& e : told.evidence) seen.push_back(e.part + ' ' + e.name + ' ' + e.text);
  EXPECT_THAT(seen, testing::IsSupersetOf({"gateway.record route /v1/", "gateway.record check audience: has a, wants b"}));
  EXPECT_EQ(d.answered_by.name, "Quivive");
  // Of another exchange, or with a reason that this program does not know: judged by the answer alone.
  for (GatewayRecord& record : capture.records) record.exchange = 1;
  EXPECT_EQ(find(diagnose(capture, expected), Cause::TokenWrongAudience), nullptr);
  capture.records = {{.exchange = 0, .reason = "a-reason-of-tomorrow"}};
  EXPECT_EQ(find(diagnose(capture, expected), Cause::TokenWrongAudience), nullptr);
}

// A long line is cut before secrets are looked for: it must not begin in the middle of one, where nothing shows that it is one.
TEST(ServerWords, QuoteOfALongLine_BeginsWithAWord) {
  const std::string secret = "sk_live_" + std::string(24, 'q') + "MIDDLEOFIT" + std::string(24, 'w');
  const std::string line = std::string(220, 'x') + ' ' + secret + " Invalid API key provided, and more: " + std::string(300, 'y');
  const Diagnosis d =
      judge(Format::Http, exchange("X-API-Key: " + secret + "\n", 401, "Content-Type: text/plain\n", line));
  ASSERT_FALSE(d.findings.empty());
  bool quoted = false;
  for (const Finding& finding : d.findings) {
    for (const Evidence& evidence : finding.evidence) {
      quoted |= evidence.text.find("Invalid API key") != std::string::npos;
      for (const std::string_view piece : {"qqqq", "MIDDLE", "wwww"}) EXPECT_EQ(evidence.text.find(piece), std::string::npos) << evidence.text;
    }
  }
  EXPECT_TRUE(quoted);
}

}  // namespace
}  // namespace quivive::diagnose::test
