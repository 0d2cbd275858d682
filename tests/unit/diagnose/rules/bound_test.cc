#include "crypto/digest.h"
#include "crypto/private_key.h"
#include "jose/jwk.h"

#include "unit/diagnose/rules/support.h"

namespace quivive::diagnose::test {
namespace {

constexpr std::string_view kType1 = "TlRMTVNTUAABAAAAB4IIogAAAAAAAAAAAAAAAAAAAAA=";
constexpr std::string_view kType2 = "TlRMTVNTUAACAAAADAAMADgAAAAFgomi";
constexpr std::string_view kType3 = "TlRMTVNTUAADAAAAGAAYAHoAAACSAZIBkgAAAA==";

std::string ntlm_step(std::string_view sent, std::string_view answered, std::string_view more = "", std::string_view version = "HTTP/1.1") {
  std::string text = exchange(sent.empty() ? "" : fmt::format("Authorization: NTLM {}\n", sent), 401,
                              fmt::format("WWW-Authenticate: NTLM{}{}\n{}", answered.empty() ? "" : " ", answered, more));
  const std::size_t at = text.find("\nHTTP/1.1 401");
  return text.replace(at + 1, 8, version);
}

TEST(Ntlm, Connection_LostOnTheWay) {
  check({
      {"closed after the challenge", ntlm_step(kType1, kType2, "Connection: close\n"), "ntlm-connection-lost certain", "*"},
      {"closed, and answered anyway", ntlm_step(kType1, kType2, "Connection: close\n") + ntlm_step(kType3, ""),
       "ntlm-connection-lost certain", "*"},
      {"HTTP/1.0", ntlm_step(kType1, kType2, "", "HTTP/1.0"), "ntlm-connection-lost certain", "*"},
      {"HTTP/2", ntlm_step(kType1, kType2, "", "HTTP/2"), "ntlm-connection-lost certain", "*"},
      {"a proxy between", ntlm_step(kType1, kType2) + ntlm_step(kType3, "", "Via: 1.1 squid\n"), "ntlm-proxy-via probable", "*"},
      {"a proxy between, other name", ntlm_step(kType1, kType2) + ntlm_step(kType3, "", "Via: 1.1 cache.example.com (squid/5.7)\n"),
       "ntlm-proxy-via probable", "*"},
  });
  EXPECT_EQ(found(judge(Format::Http, ntlm_step(kType1, kType2) + ntlm_step(kType3, "")), Cause::NtlmConnectionLost), "")
      << "the password is wrong, perhaps";
}

TEST(Ntlm, Connection_ByItsName) {
  Capture capture;
  for (const std::string_view sent : {kType1, kType3}) {
    Exchange one;
    one.index = capture.exchanges.size();
    one.request.emplace();
    one.request->method = "GET";
    one.request->url = parse_url("https://intranet.example.com/");
    one.request->headers.add("Authorization", fmt::format("NTLM {}", sent));
    one.response.emplace();
    one.response->status = 401;
    one.response->version = "HTTP/1.1";
    one.response->headers.add("WWW-Authenticate", sent == kType1 ? fmt::format("NTLM {}", kType2) : "NTLM");
    one.connection = sent == kType1 ? "17" : "18";
    capture.exchanges.push_back(one);
  }
  EXPECT_EQ(verdict_of(diagnose(capture, {})), "ntlm-connection-lost certain");
  capture.exchanges[1].connection = "17";
  EXPECT_EQ(found(diagnose(capture, {}), Cause::NtlmConnectionLost), "");
}

TEST(Ntlm, InsideNegotiate_WhereKerberosIsExpected) {
  const auto step = [](std::string_view token, std::string_view challenge) {
    return exchange(fmt::format("Authorization: Negotiate {}\n", token), 401, fmt::format("WWW-Authenticate: {}\n", challenge));
  };
  check({
      {"first message", step(kType1, "Negotiate"), "ntlm-inside-negotiate certain", "*"},
      {"last message", step(kType3, "Negotiate"), "ntlm-inside-negotiate certain", "*"},
  });
  EXPECT_EQ(found(judge(Format::Http, step("YIIGhgYGKwYBBQUCoIIGejCCBnagDTALBgkqhkiG9xIBAgI=", "Negotiate")), Cause::NtlmInsideNegotiate),
            "")
      << "Kerberos";
  EXPECT_EQ(
      found(judge(Format::Http, step(kType1, fmt::format("Negotiate {}", kType2)) + step(kType3, "Negotiate")), Cause::NtlmInsideNegotiate),
      "")
      << "the server does NTLM";
}

std::string aws(std::string_view date, std::string_view scope, std::string_view signed_headers = "host;x-amz-date",
                std::string_view more = "") {
  return fmt::format(
      "X-Amz-Date: {}\n{}Authorization: AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/{}/aws4_request, SignedHeaders={}, "
      "Signature=5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7\n",
      date, more, scope, signed_headers);
}
std::string to(std::string_view fields, std::string_view host, int status = 403, std::string_view line = "GET /x HTTP/1.1") {
  return exchange(fields, status, "", "", line, host);
}

TEST(Sigv4, Request_AgainstClockAndHost) {
  const std::string_view api = "a1b2.execute-api.eu-west-1.amazonaws.com";
  check({
      {"7 min late", to(aws("20250301T115300Z", "20250301/eu-west-1/execute-api"), api), "sigv4-skew certain", "*"},
      {"an hour ahead", to(aws("20250301T130000Z", "20250301/eu-west-1/execute-api"), api), "sigv4-skew certain", "*"},
      {"region", to(aws("20250301T120000Z", "20250301/us-east-1/execute-api"), api), "sigv4-scope certain", "*"},
      {"service", to(aws("20250301T120000Z", "20250301/eu-west-1/lambda"), api), "sigv4-scope certain", "*"},
      {"region of S3", to(aws("20250301T120000Z", "20250301/us-east-1/s3"), "my.bucket.s3.eu-central-1.amazonaws.com"),
       "sigv4-scope certain", "*"},
      {"day", to(aws("20250301T000010Z", "20250228/eu-west-1/execute-api"), api), "sigv4-skew certain", "*"},
      {"a signed header is missing",
       to(aws("20250301T120000Z", "20250301/eu-west-1/execute-api", "host;x-amz-date;x-amz-security-token"), api),
       "sigv4-header-mutated certain", "*"},
      {"signed URL, expired",
       exchange("", 403, "", "",
                "GET "
                "/f?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKID%2F20250301%2Feu-west-1%2Fs3%2Faws4_request&X-Amz-Date="
                "20250301T100000Z&X-Amz-Expires=900&X-Amz-SignedHeaders=host&X-Amz-Signature=ab HTTP/1.1",
                "b.s3.eu-west-1.amazonaws.com"),
       "sigv4-skew certain", "*"},
      {"signed URL and Authorization",
       exchange(bearer("abcdefghijklmnopqrst"), 400, "", "",
                "GET "
                "/f?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKID%2F20250301%2Feu-west-1%2Fs3%2Faws4_request&X-Amz-Date="
                "20250301T115900Z&X-Amz-Expires=900&X-Amz-SignedHeaders=host&X-Amz-Signature=ab HTTP/1.1",
                "b.s3.eu-west-1.amazonaws.com"),
       "two-auth-mechanisms certain", "*"},
      {"old signed URL and Authorization",
       exchange(bearer("abcdefghijklmnopqrst"), 400, "", "", "GET /f?AWSAccessKeyId=AKID&Expires=1740831000&Signature=abc HTTP/1.1",
                "b.s3.amazonaws.com"),
       "two-auth-mechanisms certain", "*"},
  });
  for (const auto& [fields, host] : std::vector<std::pair<std::string, std::string>>{
           {aws("20250301T115800Z", "20250301/eu-west-1/execute-api"), std::string(api)},
           {aws("20250301T115000Z", "20250301/eu-west-1/s3"), "b.s3.eu-west-1.amazonaws.com"},
           {aws("20250301T120000Z", "20250301/eu-west-1/s3"), "b.s3.dualstack.eu-west-1.amazonaws.com"},
           {aws("20250301T120000Z", "20250301/eu-west-1/es"), "search-x.eu-west-1.es.amazonaws.com"},
           {aws("20250301T120000Z", "20250301/us-east-1/iam"), "iam.amazonaws.com"},
           {aws("20250301T120000Z", "20250301/us-east-1/s3"), "minio.example.com"},
           {aws("20250301T120000Z", "20250301/eu-west-1/bedrock"), "bedrock-runtime.eu-west-1.amazonaws.com"}}) {
    const Diagnosis d = judge(Format::Http, to(fields, host));
    EXPECT_EQ(found(d, Cause::Sigv4Skew) + found(d, Cause::Sigv4Scope) + found(d, Cause::Sigv4HeaderMutated), "") << host;
  }
}

TEST(Sigv4, Redirect_TakesTheSignatureElsewhere) {
  const std::string fields = aws("20250301T120000Z", "20250301/us-east-1/s3");
  const std::string text =
      exchange(fields, 307, "Location: http://b.s3.us-east-1.amazonaws.com/x\n", "", "GET /x HTTP/1.1", "b.s3.amazonaws.com") +
      to(fields, "b.s3.us-east-1.amazonaws.com");
  EXPECT_EQ(found(judge(Format::Http, text), Cause::Sigv4HeaderMutated), "certain error");
}

const crypto::PrivateKey& key() {
  static const crypto::PrivateKey one = crypto::PrivateKey::generate(crypto::KeyKind::EcP256).value();
  return one;
}
std::string bound_token() {
  return jwt(living(fmt::format(R"("cnf":{{"jkt":"{}"}})", jose::Jwk::from_public_key(key().public_key()).thumbprint())));
}
std::string proof(std::string_view method, std::string_view url, std::int64_t iat, std::string_view token, std::string_view more = "") {
  return jwt(fmt::format(R"({{"htm":"{}","htu":"{}","iat":{},"jti":"x","ath":"{}"{}}})", method, url, iat,
                         base64url_encode(crypto::sha256(token).view()), more),
             fmt::format(R"({{"alg":"ES256","typ":"dpop+jwt","jwk":{}}})", to_json(jose::public_members(key().public_key()))));
}
std::string dpop_fields(std::string_view token, std::string_view proof_text) {
  return fmt::format("Authorization: DPoP {}\nDPoP: {}\n", token, proof_text);
}

TEST(Dpop, Proof_AgainstTheRequest) {
  const std::string token = bound_token();
  const std::string url = "https://api.example.com/v1/orders";
  constexpr std::string_view refused = "WWW-Authenticate: DPoP error=\"invalid_token\"\n";
  const auto with = [&](std::string_view text) { return exchange(dpop_fields(token, text), 401, refused); };
  check({
      {"as Bearer", exchange(bearer(token), 401, refused), "dpop-as-bearer certain", "*"},
      {"as Bearer, with a proof", exchange(bearer(token) + "DPoP: " + proof("GET", url, kNow, token) + "\n", 401, refused),
       "dpop-as-bearer certain", "*"},
      {"no proof", exchange("Authorization: DPoP " + token + "\n", 401, refused), "dpop-as-bearer certain", "*"},
      {"another method", with(proof("POST", url, kNow, token)), "dpop-htu certain", "*"},
      {"another path", with(proof("GET", "https://api.example.com/v1/users", kNow, token)), "dpop-htu certain", "*"},
      {"another host", with(proof("GET", "http://backend:8080/v1/orders", kNow, token)), "dpop-htu certain", "*"},
      {"old", with(proof("GET", url, kNow - 3600, token)), "dpop-htu certain", "*"},
      {"for another token", with(proof("GET", url, kNow, "another")), "dpop-htu certain", "*"},
      {"nonce wanted",
       exchange(dpop_fields(token, proof("GET", url, kNow, token)), 401,
                "WWW-Authenticate: DPoP error=\"use_dpop_nonce\"\nDPoP-Nonce: n-1\n"),
       "dpop-nonce-required certain", "*"},
      {"nonce wanted at the token endpoint",
       exchange("DPoP: " + proof("POST", "https://id.example.com/token", kNow, "") + "\n", 400,
                "DPoP-Nonce: n-1\nContent-Type: application/json\n", R"({"error":"use_dpop_nonce"})", "POST /token HTTP/1.1",
                "id.example.com"),
       "dpop-nonce-required certain", "*"},
  });
  const auto none = [&](const std::string& text) {
    const Diagnosis d = judge(Format::Http, text);
    return found(d, Cause::DpopHtu) + found(d, Cause::DpopAsBearer) + found(d, Cause::DpopNonceRequired);
  };
  EXPECT_EQ(none(with(proof("GET", url, kNow, token))), "");
  EXPECT_EQ(none(with(proof("GET", "https://API.example.com:443/v1/orders", kNow - 30, token))), "") << "normalised";
  EXPECT_EQ(none(exchange(bearer(jwt(living())), 401, refused)), "");
}

TEST(Mtls, Bound_ToACertificate) {
  const std::string token = jwt(living(R"("cnf":{"x5t#S256":"bwcK0esc3ACC3DB2Y5_lESsXE8o9ltc05O89jdN-dg2"})"));
  check({
      {"refused", exchange(bearer(token), 401, kInvalidToken), "mtls-bound probable", "*"},
      {"forbidden", exchange(bearer(token), 403), "mtls-bound probable", "*"},
      {"accepted", exchange(bearer(token), 200), "none", ""},
  });
  EXPECT_EQ(found(judge(Format::Http, exchange(bearer(jwt(living(R"("cnf":{"kid":"x"})"))), 401)), Cause::MtlsBound), "");
}

TEST(Oauth1, Timestamp_Nonce) {
  const auto fields = [](std::int64_t stamp, std::string_view nonce) {
    return fmt::format(
        "Authorization: OAuth oauth_consumer_key=\"k\", oauth_nonce=\"{}\", oauth_signature=\"tnnArxj06cWHq44gCs1OSKk%2FjLY%3D\", "
        "oauth_signature_method=\"HMAC-SHA1\", oauth_timestamp=\"{}\", oauth_version=\"1.0\"\n",
        nonce, stamp);
  };
  check({
      {"late", exchange(fields(kNow - 900, "a"), 401), "oauth1-signature probable", "*"},
      {"milliseconds", exchange(fields(kNow * 1000, "a"), 401), "oauth1-signature probable", "*"},
      {"nonce twice",
       exchange(fields(kNow, "a"), 401, "", "", "GET /a HTTP/1.1") + exchange(fields(kNow, "a"), 401, "", "", "GET /b HTTP/1.1"),
       "oauth1-signature probable", "*"},
  });
  EXPECT_EQ(found(judge(Format::Http, exchange(fields(kNow, "a"), 401)), Cause::Oauth1Signature), "");
  EXPECT_EQ(
      found(judge(Format::Http, exchange("Authorization: OAuth 00D50000000IZ3Z!AQ0AQDpEDKYsn7ioKug2aSmgCjgrPjG9eRLza8jXWoW7uA\n", 401)),
            Cause::Oauth1Signature),
      "")
      << "a token of Salesforce";
}

}  // namespace
}  // namespace quivive::diagnose::test
