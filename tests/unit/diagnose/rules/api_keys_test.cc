#include "unit/diagnose/rules/inputs.h"

namespace quivive::diagnose::inputs {
namespace {

std::string at(std::string_view host, std::string_view fields, std::string_view response_fields = "", int status = 401,
               std::string_view body = "", std::string_view line = "GET /v1/things HTTP/1.1") {
  return exchange(fields, response_fields, status, body, host, line);
}
std::string bearer(std::string_view token) { return "Authorization: Bearer " + std::string(token) + "\r\n"; }

TEST(ApiKeys, OfAnotherVendor) {
  expect_rows({
      {"Anthropic's at OpenAI", at("api.openai.com", bearer("sk-ant-api03-8fj2k1mz0q7vbn3x")), "vendor-prefix-mismatch probable",
       "vendor-prefix-mismatch"},
      {"GitHub's at GitLab", at("gitlab.com", "PRIVATE-TOKEN: ghp_8fj2k1mz0q7vbn3x5c6d8fj2k1\r\n"), "vendor-prefix-mismatch probable",
       "vendor-prefix-mismatch"},
      {"Slack's at a stranger's", at("api.example.com", bearer("xoxb-8fj2k1mz0q7vbn3x5c6d")), "vendor-prefix-mismatch probable",
       "vendor-prefix-mismatch"},
      {"at home", at("api.github.com", bearer("ghp_8fj2k1mz0q7vbn3x5c6d8fj2k1"), "", 401, R"({"message":"Bad credentials"})"), "",
       "credentials-rejected"},
      {"self-hosted", at("git.corp.example", bearer("ghp_8fj2k1mz0q7vbn3x5c6d8fj2k1")), "credentials-rejected probable",
       "credentials-rejected"},
      {"a compatible API", at("llm.corp.example", bearer("sk-8fj2k1mz0q7vbn3x5c6d8fj2k1")), "credentials-rejected probable",
       "credentials-rejected"},
  });
}

TEST(ApiKeys, Modes) {
  expect_rows({
      {"publishable",
       at("api.stripe.com", bearer("pk_test_8fj2k1mz0q7vbn3x"), "", 401,
          R"({"error":{"message":"This API call cannot be made with a publishable API key."}})", "GET /v1/customers HTTP/1.1"),
       "publishable-key-as-secret certain", "publishable-key-as-secret"},
      {"publishable, as user name",
       at("api.stripe.com", "Authorization: " + basic("pk_live_8fj2k1mz0q7vbn3x:") + "\r\n", "", 401, "", "POST /v1/charges HTTP/1.1"),
       "publishable-key-as-secret certain", "publishable-key-as-secret"},
      {"secret", at("api.stripe.com", bearer("sk_test_8fj2k1mz0q7vbn3x")), "credentials-rejected probable", "credentials-rejected"},
      {"live key, sandbox host", at("sandbox.pay.example.com", "X-API-Key: sk_live_8fj2k1mz0q7vbn3x\r\n"), "key-mode-mismatch probable",
       "key-mode-mismatch"},
      {"test key, live object",
       at("api.stripe.com", bearer("sk_test_8fj2k1mz0q7vbn3x"), "", 401, "", "GET /v1/checkout/sessions/cs_live_a1b2c3 HTTP/1.1"),
       "key-mode-mismatch probable", "key-mode-mismatch"},
      {"test key, sandbox host", at("sandbox.pay.example.com", "X-API-Key: sk_test_8fj2k1mz0q7vbn3x\r\n"), "credentials-rejected probable",
       "credentials-rejected"},
  });
}

TEST(ApiKeys, PlaceAndName) {
  const std::string no_key = R"({"message":"No API key found in request"})";
  expect_rows({
      {"query for header",
       at("api.example.com", "", "", 401, R"({"error":"missing header X-API-Key"})", "GET /v1/me?api_key=8fj2k1mz0q7vbn3x HTTP/1.1"),
       "key-in-wrong-place probable", "key-in-wrong-place"},
      {"Anthropic's behind Bearer", at("api.anthropic.com", bearer("sk-ant-api03-8fj2k1mz0q7vbn3x")), "key-in-wrong-place probable",
       "key-in-wrong-place"},
      {"Google's behind Bearer", at("maps.googleapis.com", bearer("AIzaSyA8fj2k1mz0q7vbn3x5c6d8fj2k1mz0q7")), "key-in-wrong-place probable",
       "key-in-wrong-place"},
      {"another name", at("api.example.com", "apikey: 8fj2k1mz0q7vbn3x\r\n", "", 401, R"({"error":"X-API-Key header required"})"),
       "key-header-name probable", "key-header-name"},
      {"Azure", at("westeurope.api.cognitive.microsoft.com", "X-API-Key: 8fj2k1mz0q7vbn3x\r\n"), "key-header-name probable",
       "key-header-name"},
      {"a slip", at("api.example.com", "X-API-Kye: 8fj2k1mz0q7vbn3x\r\n"), "key-header-name probable", "key-header-name"},
      {"underscore, nginx", at("api.example.com", "api_key: 8fj2k1mz0q7vbn3x\r\n", "Server: nginx/1.24.0\r\n"),
       "underscore-header-dropped probable", "underscore-header-dropped"},
      {"underscore, Apache", at("api.example.com", "X_API_KEY: 8fj2k1mz0q7vbn3x\r\n", "Server: Apache/2.4.57\r\n", 401, no_key),
       "underscore-header-dropped probable", "underscore-header-dropped"},
      {"the right header",
       at("api.example.com", "X-API-Key: 8fj2k1mz0q7vbn3x\r\n", "Server: nginx\r\n", 401, R"({"error":"invalid key in X-API-Key"})"),
       "credentials-rejected probable", "credentials-rejected"},
      {"accepted", at("api.example.com", "api_key: 8fj2k1mz0q7vbn3x\r\n", "Server: nginx\r\n", 200), "none", ""},
  });
}

TEST(ApiKeys, SchemeInAKeysHeader) {
  const std::string challenge = "WWW-Authenticate: Bearer realm=\"acme\"\r\n";
  const std::string missing = R"({"error":"missing authorization header"})";
  expect_rows({
      {"a JWT", at("api.example.com", "X-Auth-Token: Bearer " + jwt() + "\r\n", challenge, 401, missing), "key-in-wrong-place probable",
       "key-in-wrong-place"},
      {"an opaque token", at("api.example.com", "X-Access-Token: Bearer 8fj2k1mz0q7vbn3x\r\n", challenge), "key-in-wrong-place probable",
       "key-in-wrong-place"},
      {"without a challenge", at("api.example.com", "X-API-Key: Bearer " + jwt() + "\r\n", "", 401, R"({"message":"invalid api key"})"),
       "key-in-wrong-place probable", "credentials-rejected key-in-wrong-place"},
      {"accepted", at("api.example.com", "X-Auth-Token: Bearer " + jwt() + "\r\n", "", 200), "none", ""},
      {"a key alone", at("api.example.com", "X-API-Key: 8fj2k1mz0q7vbn3x\r\n", challenge), "credentials-missing probable",
       "credentials-missing"},
      {"nothing behind it", at("api.example.com", "X-API-Key: Bearer \r\n"), "token-empty certain", "token-empty"},
  });
}

TEST(ApiKeys, FieldsOfOtherServices) {
  const std::string basic_challenge = "WWW-Authenticate: Basic realm=\"Artifactory Realm\"\r\n";
  const std::string key = "X-JFrog-Art-Api: AKCp8fj2k1mz0q7vbn3x\r\n";
  expect_rows({
      {"a text of its own",
       at("acme.jfrog.io", key, basic_challenge, 401, R"({"errors":[{"message":"Bad props auth token: apiKey=***"}]})"),
       "credentials-rejected probable", "credentials-rejected"},
      {"the answer repeats the key", at("repo.example.com", key, basic_challenge, 401, "no such key: AKCp8fj2k1mz0q7vbn3x"),
       "credentials-rejected probable", "credentials-rejected"},
      {"no word of it", at("repo.example.com", key, basic_challenge), "credentials-missing probable", "credentials-missing"},
      {"no challenge", at("repo.example.com", "X-Redmine-API-Key: 8fj2k1mz0q7vbn3x\r\n"), "credentials-rejected probable",
       "credentials-rejected"},
      {"no key", at("repo.example.com", "X-CSRF-Token: 8fj2k1mz0q7vbn3x\r\nIdempotency-Key: 8fj2k1mz0q7vbn3y\r\n"),
       "credentials-missing probable", "credentials-missing"},
  });
}

TEST(ApiKeys, GitLab) {
  expect_rows({
      {"job token as private token", at("gitlab.example.com", "PRIVATE-TOKEN: glcbt-8fj2k1mz0q7vbn3x\r\n"), "gitlab-header-kind probable",
       "gitlab-header-kind"},
      {"job token, in a command", R"(curl -H "PRIVATE-TOKEN: $CI_JOB_TOKEN" https://gitlab.example.com/api/v4/projects)",
       "gitlab-header-kind probable", "gitlab-header-kind", Format::Curl},
      {"personal token behind Bearer", at("gitlab.example.com", bearer("glpat-8fj2k1mz0q7vbn3x")), "gitlab-header-kind probable",
       "gitlab-header-kind"},
      {"job token", at("gitlab.example.com", "JOB-TOKEN: glcbt-8fj2k1mz0q7vbn3x\r\n"), "credentials-rejected probable",
       "credentials-rejected"},
  });
}

TEST(ApiKeys, GitHub) {
  const std::string not_found = R"({"message":"Not Found","documentation_url":"https://docs.github.com/rest"})";
  const std::string token = bearer("ghp_8fj2k1mz0q7vbn3x5c6d8fj2k1");
  expect_rows({
      {"no token", at("api.github.com", "", "X-GitHub-Request-Id: 1\r\n", 404, not_found, "GET /repos/acme/secret HTTP/1.1"),
       "github-404-mask probable", "github-404-mask"},
      {"token without scope", at("api.github.com", token, "X-OAuth-Scopes: gist\r\n", 404, not_found, "GET /repos/acme/secret HTTP/1.1"),
       "github-404-mask probable", "github-404-mask"},
      {"another site's 404", at("api.example.com", token, "", 404, not_found, "GET /repos/acme/secret HTTP/1.1"), "",
       "vendor-prefix-mismatch"},
      {"single sign-on",
       at("api.github.com", token, "X-GitHub-SSO: required; url=https://github.com/orgs/acme/sso?authorization_request=A1\r\n", 403, "",
          "GET /repos/acme/secret HTTP/1.1"),
       "saml-sso-unauthorised certain", "saml-sso-unauthorised"},
      {"single sign-on, 404",
       at("api.github.com", token, "X-GitHub-SSO: required; url=https://github.com/orgs/acme/sso\r\n", 404, not_found,
          "GET /repos/acme/secret HTTP/1.1"),
       "saml-sso-unauthorised certain", "saml-sso-unauthorised"},
      {"partial results",
       at("api.github.com", token, "X-GitHub-SSO: partial-results; organizations=21955855\r\n", 200, "[]", "GET /user/repos HTTP/1.1"),
       "none", "saml-sso-unauthorised"},
  });
}

TEST(ApiKeys, Lockout) {
  const std::string refused = sent_basic("alice:secret1") + "\n";
  expect_rows({
      {"the server says so", sent_basic("alice:secret1", "Account is locked due to too many failed attempts"),
       "lockout-after-failures certain", "lockout-after-failures"},
      {"three, then 429", refused + refused + refused + sent(basic("alice:secret1"), "Retry-After: 300\r\n", 429), "",
       "credentials-rejected lockout-after-failures"},
      {"another password of the same user",
       sent_basic("alice:guess1") + "\n" + refused + sent_basic("alice:guess2") + "\n" + sent(basic("alice:secret1"), "", 403), "",
       "credentials-rejected lockout-after-failures"},
      {"another user", refused + refused + refused + sent(basic("bob:secret1"), "", 403), "", "credentials-rejected"},
      {"a right that is missing", refused + refused + refused + sent(basic("alice:secret1"), "", 403, R"({"error":"insufficient_scope"})"),
       "", "credentials-rejected"},
      {"429 alone", sent(basic("alice:secret1"), "Retry-After: 300\r\n", 429), "none", ""},
  });
}

TEST(ApiKeys, AddressNotAllowed) {
  expect_rows({
      {"GitHub",
       at("api.github.com", bearer("ghp_8fj2k1mz0q7vbn3x5c6d8fj2k1"), "", 403,
          R"({"message":"the `acme` organization has an IP allow list enabled, and your IP address is not permitted to access this resource."})"),
       "ip-allowlist certain", "ip-allowlist"},
      {"a hint",
       at("api.example.com", "X-API-Key: 8fj2k1mz0q7vbn3x\r\n", "", 401,
          R"({"error":"unauthorized","your_ip":"203.0.113.9","hint":"check your IP and key"})"),
       "ip-allowlist suggestive", "ip-allowlist"},
      {"nothing of it", at("api.example.com", "X-API-Key: 8fj2k1mz0q7vbn3x\r\n", "", 401, R"({"error":"unauthorized"})"),
       "credentials-rejected probable", "credentials-rejected"},
  });
}

TEST(ApiKeys, Registries) {
  const std::string challenge =
      "WWW-Authenticate: Bearer "
      "realm=\"https://auth.registry.example/token\",service=\"registry.example\",scope=\"repository:team/"
      "app:pull\",error=\"insufficient_scope\"\r\n";
  const auto with = [&](std::string_view claims) {
    return at("registry.example", bearer(jwt(claims)), challenge, 401, R"({"errors":[{"code":"UNAUTHORIZED"}]})",
              "GET /v2/team/app/manifests/1.0 HTTP/1.1");
  };
  expect_rows({
      {"grants nothing", with(R"({"iss":"auth","aud":"registry.example","exp":1740840000,"access":[]})"), "registry-token-scope certain",
       "registry-token-scope"},
      {"another repository",
       with(
           R"({"iss":"auth","aud":"registry.example","exp":1740840000,"access":[{"type":"repository","name":"team/web","actions":["pull"]}]})"),
       "registry-token-scope certain", "registry-token-scope"},
      {"glued", with(R"({"iss":"auth","aud":"registry.example,scope=repository:team/app:pull","exp":1740840000,"access":[]})"),
       "registry-token-scope certain", "registry-token-scope"},
      {"this repository",
       with(
           R"({"iss":"auth","aud":"registry.example","exp":1740840000,"access":[{"type":"repository","name":"team/app","actions":["pull","push"]}]})"),
       "", "credentials-rejected"},
  });
}

TEST(ApiKeys, Kubernetes) {
  const std::string status =
      R"({"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"Unauthorized","reason":"Unauthorized","code":401})";
  expect_rows({
      {"token", at("k8s.example.test:6443", bearer("8fj2k1mz0q7vbn3x5c6d"), "", 401, status, "GET /api/v1/pods HTTP/1.1"),
       "k8s-unauthorized certain", "k8s-unauthorized"},
      {"service account",
       at("k8s.example.test:6443",
          bearer(jwt(
              R"({"iss":"https://kubernetes.default.svc","aud":["https://kubernetes.default.svc"],"sub":"system:serviceaccount:ci:x","exp":1740840000})")),
          "", 401, status, "GET /api/v1/pods HTTP/1.1"),
       "k8s-unauthorized certain", "k8s-unauthorized"},
      {"nothing sent", at("k8s.example.test:6443", "", "", 401, status, "GET /api/v1/pods HTTP/1.1"), "", "credentials-missing"},
  });
}

}  // namespace
}  // namespace quivive::diagnose::inputs
