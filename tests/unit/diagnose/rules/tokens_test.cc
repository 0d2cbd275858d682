#include "unit/diagnose/rules/support.h"

namespace quivive::diagnose::test {
namespace {

std::string claims(std::string_view text) { return std::string(text); }
std::string with_times(std::string_view times) {
  return fmt::format(R"({{"iss":"https://id.example.com/","aud":"https://api.example.com","scope":"read",{}}})", times);
}
std::string exp_at(std::int64_t exp) { return with_times(fmt::format(R"("iat":{},"exp":{})", exp - 900, exp)); }

Expectations expecting(std::string issuer = "", std::string audience = "", std::string scope = "", std::string algorithm = "") {
  Expectations out;
  if (!issuer.empty()) out.issuer = issuer;
  if (!audience.empty()) out.audience = audience;
  if (!scope.empty()) out.scope = scope;
  if (!algorithm.empty()) out.algorithm = algorithm;
  return out;
}

TEST(TokenTimes, Refused_NamesTheTimeAtFault) {
  check({
      {"expired", exchange(bearer(jwt(exp_at(kNow - 3600))), 401, kInvalidToken), "token-expired certain", "token-expired"},
      {"expired, in a header of its own", exchange("X-Access-Token: " + jwt(exp_at(kNow - 7200)) + "\n", 401, kInvalidToken),
       "token-expired certain", "*"},
      {"expired, in the only cookie", exchange("Cookie: access_token=" + jwt(exp_at(kNow - 7200)) + "; theme=dark\n", 401, kInvalidToken),
       "token-expired certain", "*"},
      {"a lifetime in place of an instant", exchange(bearer(jwt(with_times(R"("exp":3600)"))), 401, kInvalidToken), "token-expired certain",
       "*"},
      {"nbf ahead", exchange(bearer(jwt(with_times(fmt::format(R"("nbf":{},"exp":{})", kNow + 300, kNow + 900)))), 401, kInvalidToken),
       "token-not-yet-valid certain", "*"},
      {"iat ahead only", exchange(bearer(jwt(with_times(fmt::format(R"("iat":{},"exp":{})", kNow + 300, kNow + 900)))), 401, kInvalidToken),
       "token-not-yet-valid probable", "*"},
      {"exp in milliseconds", exchange(bearer(jwt(with_times(fmt::format(R"("exp":{}000)", kNow + 600)))), 401, kInvalidToken),
       "token-exp-milliseconds certain", "*"},
      {"iat in milliseconds",
       exchange(bearer(jwt(with_times(fmt::format(R"("iat":{}000,"exp":{})", kNow, kNow + 600)))), 401, kInvalidToken),
       "token-exp-milliseconds certain", "*"},
      {"exp as digits in a string", exchange(bearer(jwt(with_times(fmt::format(R"("exp":"{}")", kNow + 600)))), 401, kInvalidToken),
       "token-exp-not-a-number certain", "*"},
      {"exp as a date", exchange(bearer(jwt(with_times(R"("exp":"2025-03-01T13:00:00Z")"))), 401, kInvalidToken),
       "token-exp-not-a-number certain", "*"},
      {"no exp", exchange(bearer(jwt(with_times(R"("iat":1740830000)"))), 401, kInvalidToken), "token-missing-claim probable", "*"},
  });
}

TEST(TokenTimes, WithinLeewayOrAccepted_IsNoFault) {
  const Diagnosis within = judge(Format::Http, exchange(bearer(jwt(exp_at(kNow - 30))), 401, kInvalidToken));
  EXPECT_EQ(found(within, Cause::TokenExpired), "suggestive note");
  Expectations strict;
  strict.leeway = Duration{0};
  EXPECT_EQ(found(judge(Format::Http, exchange(bearer(jwt(exp_at(kNow - 30))), 401, kInvalidToken), strict), Cause::TokenExpired),
            "certain error");
  EXPECT_EQ(found(judge(Format::Http, exchange(bearer(jwt(exp_at(kNow - 60))), 401, kInvalidToken)), Cause::TokenExpired), "certain error")
      << "now >= exp + leeway";
  const Diagnosis accepted = judge(Format::Http, exchange(bearer(jwt(exp_at(kNow - 3600))), 200));
  EXPECT_EQ(verdict_of(accepted), "none");
  EXPECT_EQ(found(accepted, Cause::TokenExpired), "certain warning");
  check({
      {"living", exchange(bearer(jwt(living())), 200), "none", ""},
      {"fractions of seconds", exchange(bearer(jwt(with_times(fmt::format(R"("exp":{}.25)", kNow + 600)))), 200), "none", ""},
      {"Kubernetes' old tokens have no exp",
       exchange(bearer(jwt(R"({"iss":"kubernetes/serviceaccount","sub":"system:serviceaccount:ci:x"})")), 200), "none", ""},
  });
}

TEST(TokenTimes, Clock_IsNamedInTheSummary) {
  EXPECT_EQ(find(judge(Format::Http, exchange(bearer(jwt(exp_at(kNow - 11520))), 401)), Cause::TokenExpired)->summary,
            "The token expired 3 h 12 min before the server's clock.");
  Expectations given;
  given.now = kTestNow;
  EXPECT_EQ(find(judge(Format::Token, jwt(exp_at(kNow - 9000)), given), Cause::TokenExpired)->summary,
            "The token expired 2 h 30 min before the time given with --now.");
  EXPECT_EQ(find(judge(Format::Token, jwt(exp_at(kNow - 9000))), Cause::TokenExpired)->summary,
            "The token expired 2 h 30 min ago by this machine's clock.");
  // Without a Date the capture may be older than the clock.
  const std::string text =
      "GET / HTTP/1.1\nHost: api.example.com\n" + bearer(jwt(exp_at(kNow - 9000))) + "\nHTTP/1.1 401 X\nContent-Length: 0\n\n";
  EXPECT_EQ(found(judge(Format::Http, text), Cause::TokenExpired), "probable error");
  EXPECT_EQ(found(judge(Format::Http, text, given), Cause::TokenExpired), "certain error");
}

TEST(TokenTimes, Started_JudgesWhereThereIsNoDate) {
  Capture capture;
  Exchange one;
  one.request.emplace();
  one.request->url = parse_url("https://api.example.com/");
  one.request->headers.add("Authorization", "Bearer " + jwt(exp_at(kNow - 600)));
  one.response.emplace();
  one.response->status = 401;
  one.started = from_unix_seconds(kNow - 1200);
  capture.exchanges.push_back(one);
  Expectations expected;
  expected.clock = kTestNow;
  EXPECT_EQ(found(diagnose(capture, expected), Cause::TokenExpired), "");
  capture.exchanges[0].started = kTestNow;
  EXPECT_EQ(found(diagnose(capture, expected), Cause::TokenExpired), "certain error");
}

TEST(TokenTimes, LocalClock_HeldAgainstTheServers) {
  Capture capture;
  Exchange one;
  one.request.emplace();
  one.request->url = parse_url("https://api.example.com/");
  one.request->headers.add("Authorization", "Bearer " + jwt(with_times(fmt::format(R"("nbf":{},"exp":{})", kNow + 400, kNow + 900))));
  one.response.emplace();
  one.response->status = 401;
  one.response->headers.add("Date", "Sat, 01 Mar 2025 12:00:00 GMT");
  one.started = from_unix_seconds(kNow + 400);
  capture.exchanges.push_back(one);
  const Diagnosis ahead = diagnose(capture, {});
  EXPECT_EQ(verdict_of(ahead), "token-not-yet-valid certain");
  EXPECT_EQ(found(ahead, Cause::ClockSkewLocal), "probable error");
  EXPECT_EQ(find(ahead, Cause::ClockSkewLocal)->summary, "The clock of the machine that sent this is 6 min 40 s ahead of the server's.");
  capture.exchanges[0].started = from_unix_seconds(kNow + 30);
  EXPECT_EQ(found(diagnose(capture, {}), Cause::ClockSkewLocal), "");
  capture.exchanges[0].started = from_unix_seconds(kNow + 400);
  capture.exchanges[0].request->headers = {};
  EXPECT_EQ(found(diagnose(capture, {}), Cause::ClockSkewLocal), "") << "nothing in the request depends on a clock";
}

TEST(TokenKinds, Refused_NamesTheKind) {
  const std::string id = fmt::format(
      R"({{"iss":"https://id.example.com/","sub":"u1","aud":"q8Zr2","azp":"q8Zr2","nonce":"x","at_hash":"y","exp":{}}})", kNow + 600);
  const std::string jwe = base64url_encode(R"({"alg":"dir","enc":"A256GCM"})") + "..aaaa.bbbb.cccc";
  const std::string padded = base64url_encode(R"({"alg":"HS256"})") + ".eyJhIjoiYiJ9=." + std::string(43, 'A');
  check({
      {"an ID token by its claims", exchange(bearer(jwt(id)), 401, kInvalidToken), "token-is-id-token certain", "*"},
      {"an ID token of Cognito", exchange(bearer(jwt(living(R"("token_use":"id")"))), 401, kInvalidToken), "token-is-id-token certain",
       "*"},
      {"an ID token of Keycloak", exchange(bearer(jwt(living(R"("typ":"ID")"))), 401, kInvalidToken), "token-is-id-token certain", "*"},
      {"a refresh token of Keycloak", exchange(bearer(jwt(living(R"("typ":"Refresh")"))), 401, kInvalidToken),
       "token-is-refresh-token certain", "*"},
      {"a refresh token of simplejwt", exchange(bearer(jwt(living(R"("token_type":"refresh")"))), 401, kInvalidToken),
       "token-is-refresh-token certain", "*"},
      {"encrypted", exchange(bearer(jwe), 401, kInvalidToken), "token-encrypted probable", "*"},
      {"encrypted, bare", exchange(bearer(base64url_encode(R"({"alg":"RSA-OAEP","enc":"A128CBC-HS256"})") + ".aa.bb.cc.dd"), 401),
       "token-encrypted probable", "*"},
      {"alg none", exchange(bearer(base64url_encode(R"({"alg":"none"})") + "." + base64url_encode(living()) + "."), 401, kInvalidToken),
       "token-alg-none certain", "*"},
      {"alg NoNe", exchange(bearer(jwt(living(), R"({"alg":"NoNe"})")), 401, kInvalidToken), "token-alg-none certain", "*"},
      {"no third part",
       exchange(bearer(base64url_encode(R"({"alg":"RS256"})") + "." + base64url_encode(living()) + "."), 401, kInvalidToken),
       "token-alg-none certain", "*"},
      {"padding", exchange(bearer(padded), 401, kInvalidToken), "token-malformed certain", "*"},
      {"four parts", exchange(bearer(jwt(living()) + ".x"), 401, kInvalidToken), "token-malformed certain", "*"},
      {"a signature in DER",
       exchange(bearer(base64url_encode(R"({"alg":"ES256"})") + "." + base64url_encode(living()) + "." +
                       base64url_encode("\x30" + std::string(70, 'x'))),
                401, kInvalidToken),
       "token-bad-signature certain", "*"},
      {"for Graph only",
       exchange(
           bearer(
               jwt(fmt::format(
                       R"({{"iss":"https://sts.windows.net/9b/","aud":"00000003-0000-0000-c000-000000000000","scp":"User.Read","exp":{}}})",
                       kNow + 600),
                   R"({"alg":"RS256","typ":"JWT","nonce":"n","kid":"k"})")),
           401, kInvalidToken),
       "token-graph-nonce probable", "*"},
  });
}

TEST(TokenKinds, NearMisses_AreNotTaken) {
  const auto absent = [](Cause cause, std::string_view payload, std::string_view line = "GET /v1/orders HTTP/1.1",
                         std::string_view host = "api.example.com") {
    EXPECT_EQ(found(judge(Format::Http, exchange(bearer(jwt(payload)), 401, kInvalidToken, "", line, host)), cause), "") << payload;
  };
  absent(Cause::TokenIsIdToken, living(R"("nonce":"x","auth_time":1740830000)"));  // an access token of old Keycloak: it has a scope
  absent(Cause::TokenIsIdToken,
         claims(R"({"iss":"https://securetoken.google.com/shop","aud":"shop","auth_time":1,"email":"a@b.c","exp":1740831000})"));
  absent(Cause::TokenIsIdToken, claims(R"({"iss":"https://id.example.com/","aud":"x","email":"a@b.c","exp":1740831000})"));
  absent(Cause::TokenIsRefreshToken, living(R"("token_type":"access")"));
  absent(Cause::TokenIsRefreshToken, living(R"("type":"refresh")"), "POST /auth/refresh HTTP/1.1");
  EXPECT_EQ(found(judge(Format::Http, exchange(bearer(jwt(living(), R"({"alg":"RS256","nonce":"n"})")), 401)), Cause::TokenGraphNonce), "")
      << "not from Entra";
  EXPECT_EQ(codes_of(judge(Format::Token, jwt(living()))), "");
}

TEST(TokenKinds, Opaque_OnlyWhereTheServerWantsAJwt) {
  const std::string opaque = bearer("Vq7RtkXw2LmPz9aB4cD6eF8gH1jK3nQ5");
  check({
      {"said by node", exchange(opaque, 401, "Content-Type: application/json\n", R"({"message":"jwt malformed"})"),
       "token-opaque-where-jwt-expected probable", "*"},
      {"said by Envoy, of a Google token",
       exchange(bearer("ya29.a0AfH6SMBx7RtkXw2LmPz9aB4cD6eF8g"), 401, "",
                "Jwt is not in the form of Header.Payload.Signature with two dots and 3 sections"),
       "vendor-prefix-mismatch probable", "*"},
  });
  EXPECT_EQ(found(judge(Format::Http, exchange(opaque, 401, kInvalidToken)), Cause::TokenOpaqueWhereJwtExpected), "");
}

TEST(TokenKinds, IssuedRefreshToken_IsKnownFromTheCapture) {
  const std::string issued =
      exchange("Content-Type: application/x-www-form-urlencoded\n", 200, "Content-Type: application/json\n",
               R"({"access_token":"at-1234567890abcdef","refresh_token":"rt-1234567890abcdef","token_type":"Bearer"})",
               "POST /oauth2/token HTTP/1.1", "id.example.com");
  EXPECT_EQ(verdict_of(judge(Format::Http, issued + exchange(bearer("rt-1234567890abcdef"), 401, kInvalidToken))),
            "token-is-refresh-token certain");
  EXPECT_EQ(found(judge(Format::Http, issued + exchange(bearer("at-1234567890abcdef"), 401, kInvalidToken)), Cause::TokenIsRefreshToken),
            "");
}

TEST(TokenClaims, Expectations_AreHeldAgainstTheToken) {
  const std::string token = jwt(living());
  check(
      {
          {"fits", token, "none", "", expecting("https://id.example.com/", "https://api.example.com", "read", "RS256")},
          {"another issuer", token, "token-wrong-issuer certain", "token-wrong-issuer", expecting("https://login.example.net/")},
          {"no slash", token, "token-issuer-near-miss certain", "token-issuer-near-miss", expecting("https://id.example.com")},
          {"http", token, "token-issuer-near-miss certain", "token-issuer-near-miss", expecting("http://id.example.com/")},
          {"a port", token, "token-issuer-near-miss certain", "token-issuer-near-miss", expecting("https://id.example.com:443/")},
          {"another audience", token, "token-wrong-audience certain", "token-wrong-audience", expecting("", "https://billing.example.com")},
          {"a slash in the audience", token, "token-wrong-audience certain", "token-wrong-audience",
           expecting("", "https://api.example.com/")},
          {"no audience at all", jwt(fmt::format(R"({{"iss":"x","scope":"read","exp":{}}})", kNow + 600)), "token-missing-claim certain",
           "token-missing-claim", expecting("", "orders")},
          {"no issuer at all", jwt(fmt::format(R"({{"aud":"x","scope":"read","exp":{}}})", kNow + 600)), "token-missing-claim certain",
           "token-missing-claim", expecting("https://id.example.com/")},
          {"scope", token, "scope-insufficient certain", "scope-insufficient", expecting("", "", "read write")},
          {"algorithm", token, "token-algorithm-not-allowed certain", "token-algorithm-not-allowed", expecting("", "", "", "ES256,PS256")},
          {"algorithm among several", token, "none", "", expecting("", "", "", "ES256,RS256")},
          {"Entra 1 for 2",
           jwt(fmt::format(R"({{"iss":"https://sts.windows.net/9b1c/","aud":"api://x","ver":"1.0","scp":"a","exp":{}}})", kNow + 600)),
           "token-entra-version certain", "token-entra-version", expecting("https://login.microsoftonline.com/9b1c/v2.0")},
          {"Entra 2 for 1",
           jwt(fmt::format(R"({{"iss":"https://login.microsoftonline.com/9b1c/v2.0","aud":"x","ver":"2.0","scp":"a","exp":{}}})",
                           kNow + 600)),
           "token-entra-version certain", "token-entra-version", expecting("https://sts.windows.net/9b1c/")},
          {"/v2.0 missing",
           jwt(fmt::format(R"({{"iss":"https://login.microsoftonline.com/9b1c/","aud":"x","scp":"a","exp":{}}})", kNow + 600)),
           "token-issuer-near-miss certain", "token-issuer-near-miss", expecting("https://login.microsoftonline.com/9b1c/v2.0")},
      },
      Format::Token);
}

TEST(TokenClaims, Audience_ByHost) {
  const auto by_host = [](std::string_view audience, std::string_view host) {
    const std::string payload = fmt::format(R"({{"iss":"https://id.example.com/","aud":{},"scope":"a","exp":{}}})", audience, kNow + 600);
    return found(judge(Format::Http, exchange(bearer(jwt(payload)), 401, kInvalidToken, "", "GET / HTTP/1.1", host)),
                 Cause::TokenWrongAudience);
  };
  EXPECT_EQ(by_host(R"("https://graph.microsoft.com")", "api.example.com"), "probable error");
  EXPECT_EQ(by_host(R"("00000003-0000-0000-c000-000000000000")", "api.example.com"), "probable error");
  EXPECT_EQ(by_host(R"("https://api.other.example")", "api.example.com"), "probable error");
  EXPECT_EQ(by_host(R"(["https://a.other.net","https://b.other.net"])", "api.example.com"), "probable error");
  EXPECT_EQ(by_host(R"("https://graph.microsoft.com")", "orders.azurewebsites.net"), "probable error");
  // Names, ids, relatives, platforms, and hosts of nobody's.
  for (const auto& [audience, host] :
       std::vector<std::pair<std::string, std::string>>{{R"("https://api.example.com/")", "api.example.com"},
                                                        {R"("https://example.com")", "api.example.com"},
                                                        {R"("https://orders.example.com")", "api.example.com"},
                                                        {R"("api://orders")", "api.example.com"},
                                                        {R"("account")", "api.example.com"},
                                                        {R"("2f7a9c1e-0000-4000-8000-000000000000")", "api.example.com"},
                                                        {R"(["https://a.other.net","orders"])", "api.example.com"},
                                                        {R"("https://api.other.net")", "localhost:8080"},
                                                        {R"("https://api.other.net")", "10.0.0.7"},
                                                        {R"("https://api.other.net")", "orders.internal"},
                                                        {R"("https://api.other.net")", "a1b2c3.execute-api.eu-west-1.amazonaws.com"},
                                                        {R"("https://my-api")", "api.example.com"},
                                                        {R"("https://kubernetes.default.svc")", "k8s.example.com"},
                                                        {R"("https://storage.azure.com")", "acme.blob.core.windows.net"},
                                                        {R"("https://management.core.windows.net/")", "management.azure.com"}}) {
    EXPECT_EQ(by_host(audience, host), "") << audience << ' ' << host;
  }
}

TEST(TokenClaims, Environment_ByIssuerAndHost) {
  const auto by = [](std::string_view issuer, std::string_view audience, std::string_view host) {
    const std::string payload = fmt::format(R"({{"iss":"{}","aud":"{}","scope":"a","exp":{}}})", issuer, audience, kNow + 600);
    return found(judge(Format::Http, exchange(bearer(jwt(payload)), 401, kInvalidToken, "", "GET / HTTP/1.1", host)),
                 Cause::TokenWrongEnvironment);
  };
  EXPECT_EQ(by("https://login.staging.example.com/", "orders", "api.example.com"), "probable error");
  EXPECT_EQ(by("https://id-dev.example.com/", "orders", "api.example.com"), "probable error");
  EXPECT_EQ(by("https://id.example.com/realms/test", "orders", "api.example.com"), "probable error");
  EXPECT_EQ(by("http://localhost:8080/realms/shop", "orders", "api.example.com"), "probable error");
  EXPECT_EQ(by("https://id.example.com/", "https://api-dev.example.com", "api.example.com"), "probable error");
  EXPECT_EQ(by("https://login.staging.example.com/", "https://staging.example.com", "staging.example.com"), "");
  EXPECT_EQ(by("https://id.example.com/", "orders", "staging.example.com"), "") << "one provider for all environments is common";
  EXPECT_EQ(by("https://dev-a1b2c3.us.auth0.com/", "orders", "api.example.com"), "");
  EXPECT_EQ(by("https://id.staging.example.com/", "orders", "localhost:3000"), "");
  EXPECT_EQ(by("https://login.example.test/", "orders", "api.example.test"), "");
}

TEST(TokenScopes, Challenges_AreHeldAgainstTheToken) {
  const std::string token = bearer(jwt(living()));
  check({
      {"403", exchange(token, 403, "WWW-Authenticate: Bearer error=\"insufficient_scope\", scope=\"write\"\n"),
       "scope-insufficient certain", "*"},
      {"403, an opaque token",
       exchange(bearer("Vq7RtkXw2LmPz9aB4cD6eF8gH1jK3nQ5"), 403, "WWW-Authenticate: Bearer error=\"insufficient_scope\"\n"),
       "scope-insufficient certain", "*"},
      {"401, listed", exchange(token, 401, "WWW-Authenticate: Bearer realm=\"api\", scope=\"read write\"\n"),
       "scope-insufficient-as-401 certain", "*"},
      {"401, named", exchange(token, 401, "WWW-Authenticate: Bearer error=\"insufficient_scope\", scope=\"write\"\n"),
       "scope-insufficient-as-401 certain", "*"},
      {"claims challenge",
       exchange(token, 401,
                "WWW-Authenticate: Bearer realm=\"\", error=\"insufficient_claims\", "
                "claims=\"eyJhY2Nlc3NfdG9rZW4iOnsibmJmIjp7ImVzc2VudGlhbCI6dHJ1ZX19fQ==\"\n"),
       "cae-claims-challenge certain", "*"},
      {"GitHub",
       exchange("Authorization: token ghp_abcdefghijklmnopqrstuvwxyz0123456789\n", 403,
                "X-OAuth-Scopes: gist\nX-Accepted-OAuth-Scopes: repo\n", R"({"message":"Not Found"})", "GET /repos/acme/secret HTTP/1.1",
                "api.github.com"),
       "scope-insufficient probable", "*"},
  });
  const auto none = [](std::string_view text) {
    const Diagnosis d = judge(Format::Http, text);
    return found(d, Cause::ScopeInsufficient) + found(d, Cause::ScopeInsufficientAs401);
  };
  EXPECT_EQ(none(exchange(token, 401, "WWW-Authenticate: Bearer realm=\"api\", scope=\"read\"\n")), "");
  EXPECT_EQ(none(exchange("", 401, "WWW-Authenticate: Bearer realm=\"api\", scope=\"write\"\n")), "");
  EXPECT_EQ(none(exchange(token, 401,
                          "WWW-Authenticate: Bearer "
                          "realm=\"https://auth.docker.io/token\",service=\"registry.docker.io\",scope=\"repository:a/b:pull\"\n")),
            "");
}

TEST(TokenRevoked, ByIntrospectionCertain_ByTheChallengeSuggestive) {
  const std::string token = jwt(living());
  const std::string introspection = exchange("Content-Type: application/x-www-form-urlencoded\n", 200, "Content-Type: application/json\n",
                                             R"({"active":false})", "POST /oauth2/introspect HTTP/1.1", "id.example.com");
  std::string asked = introspection;
  asked.insert(asked.find("\nHTTP/1.1 200"), "\ntoken=" + token);
  EXPECT_EQ(verdict_of(judge(Format::Http, asked + exchange(bearer(token), 401, kInvalidToken))), "token-revoked certain");
  EXPECT_EQ(found(judge(Format::Http, exchange(bearer(token), 401, kInvalidToken)), Cause::TokenRevoked), "suggestive error");
  EXPECT_EQ(found(judge(Format::Http, exchange(bearer(jwt(exp_at(kNow - 3600))), 401, kInvalidToken)), Cause::TokenRevoked), "");
  EXPECT_EQ(found(judge(Format::Http, exchange(bearer(token), 401, "WWW-Authenticate: Bearer\n")), Cause::TokenRevoked), "");
}

}  // namespace
}  // namespace quivive::diagnose::test
