#include "unit/diagnose/rules/inputs.h"

namespace quivive::diagnose::inputs {
namespace {

constexpr std::string_view kInvalidClient = R"({"error":"invalid_client"})";
constexpr std::string_view kGrant = "grant_type=client_credentials&scope=read";

std::string discovery(std::string_view methods) {
  return exchange(
             "", "Content-Type: application/json\r\n", 200,
             R"({"issuer":"https://id.example.com","token_endpoint":"https://id.example.com/oauth2/token")" + std::string(methods) + "}",
             "id.example.com", "GET /.well-known/openid-configuration HTTP/1.1") +
         "\n";
}

std::string with_basic(std::string_view pair, std::string_view answer = kInvalidClient) {
  return token_request("Authorization: " + basic(pair) + "\r\n", kGrant, answer, "WWW-Authenticate: Basic realm=\"id\"\r\n");
}

TEST(TokenEndpoint, HowTheSecretIsEncoded) {
  expect_rows({
      {"plus and slash", with_basic("batch:q9F+wJN/ONYg="), "client-basic-not-formencoded probable", "client-basic-not-formencoded"},
      {"encoded", with_basic("batch:q9F%2BwJN%2FONYg%3D"), "client-basic-not-formencoded probable", "client-basic-not-formencoded"},
      {"letters and digits", with_basic("batch:q9FF3q6wJNZMpONY"), "credentials-rejected probable", "credentials-rejected"},
  });
}

TEST(TokenEndpoint, HowTheClientAuthenticates) {
  const std::string post = "grant_type=client_credentials&client_id=batch&client_secret=q9FF3q6wJNZMpONY";
  expect_rows({
      {"body, and Basic listed",
       discovery(R"(,"token_endpoint_auth_methods_supported":["client_secret_basic","private_key_jwt"])") +
           token_request("", post, kInvalidClient),
       "wrong-client-auth-method certain", "wrong-client-auth-method"},
      {"Basic, and body listed",
       discovery(R"(,"token_endpoint_auth_methods_supported":["client_secret_post"])") + with_basic("batch:q9FF3q6wJNZMpONY"),
       "wrong-client-auth-method certain", "wrong-client-auth-method"},
      {"nothing listed", discovery("") + token_request("", post, kInvalidClient), "wrong-client-auth-method probable",
       "wrong-client-auth-method"},
      {"the server says so",
       with_basic(
           "batch:q9FF3q6wJNZMpONY",
           R"({"error":"invalid_client","error_description":"The OAuth 2.0 Client supports client authentication method 'client_secret_post', but method 'client_secret_basic' was requested."})"),
       "wrong-client-auth-method certain", "wrong-client-auth-method"},
      {"the challenge asks for Basic", token_request("", post, kInvalidClient, "WWW-Authenticate: Basic realm=\"id\"\r\n"),
       "wrong-client-auth-method probable", "wrong-client-auth-method"},
      {"as listed",
       discovery(R"(,"token_endpoint_auth_methods_supported":["client_secret_post"])") + token_request("", post, kInvalidClient),
       "credentials-rejected probable", "credentials-rejected"},
  });
}

TEST(TokenEndpoint, Entra) {
  const auto entra = [](std::string_view secret, std::string_view text) {
    return token_request("", "grant_type=client_credentials&client_id=batch&client_secret=" + std::string(secret),
                         R"({"error":"invalid_client","error_description":")" + std::string(text) + R"("})");
  };
  expect_rows({
      {"expired", entra("q9F8Q~aa11bb22", "AADSTS7000222: The provided client secret keys for app 'x' are expired."),
       "secret-expired certain", "secret-expired"},
      {"id for value",
       entra("6f1d3c1e-5b0a-4c59-9a57-0d1c7f0a9b11",
             "AADSTS7000215: Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not "
             "the client secret ID"),
       "secret-expired certain", "secret-expired"},
      {"another code", entra("q9F8Q~aa11bb22", "AADSTS700016: Application with identifier 'x' was not found in the directory"), "",
       "credentials-rejected"},
  });
}

TEST(TokenEndpoint, RefreshTokens) {
  const auto refresh = [](std::string_view token, int status, std::string_view answer) {
    return token_request("", "grant_type=refresh_token&client_id=app&refresh_token=" + std::string(token), answer, "", status) + "\n";
  };
  const std::string fresh = R"({"access_token":"8fj2k1mz0q7vbn3x","refresh_token":"r2-8fj2k1mz0q"})",
                    invalid = R"({"error":"invalid_grant"})";
  expect_rows({
      {"twice", refresh("r1-8fj2k1mz0q", 200, fresh) + refresh("r1-8fj2k1mz0q", 400, invalid), "refresh-reuse probable", "refresh-reuse"},
      {"the server says so",
       refresh("r1-8fj2k1mz0q", 400, R"({"error":"invalid_grant","error_description":"Maximum allowed refresh token reuse exceeded"})"),
       "refresh-reuse certain", "refresh-reuse"},
      {"once", refresh("r1-8fj2k1mz0q", 400, invalid), "credentials-rejected probable", "credentials-rejected"},
  });
}

TEST(TokenEndpoint, Assertions) {
  const auto with = [](std::string_view claims, std::string_view answer) {
    return token_request("",
                         "grant_type=client_credentials&client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-"
                         "bearer&client_assertion=" +
                             jwt(claims),
                         answer);
  };
  expect_rows({
      {"ahead",
       with(R"({"iss":"app","sub":"app","aud":"https://id.example.com","iat":1740831000,"exp":1740832000})",
            R"({"error":"invalid_client","error_description":"assertion issued in the future"})"),
       "assertion-clock certain", "assertion-clock"},
      {"Google",
       token_request(
           "",
           "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion=" +
               jwt(R"({"iss":"svc","iat":1740826000,"exp":1740829600})"),
           R"({"error":"invalid_grant","error_description":"Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. Check your iat and exp values in the JWT claim."})",
           "", 400),
       "assertion-clock certain", "assertion-clock"},
  });
}

}  // namespace
}  // namespace quivive::diagnose::inputs
