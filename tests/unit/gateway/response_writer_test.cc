#include "gateway/response_writer.h"

#include "base/json.h"
#include "deploying.h"
#include "http/head_parser.h"

#include <gmock/gmock.h>

namespace quivive::gateway {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

constexpr std::string_view kYaml = R"(
upstream: http://127.0.0.1:9000
realm: api.example.com
accept: {api_key: {}, basic: {}}
routes:
  - {path: /keys/, accept: api_key}
  - {path: /users/, accept: basic}
  - {path: /page/, cors: {origins: ['https://app.example']}}
  - {path: /}
)";
enum Of { Keys, Users, Page, Rest, None };  // None: no route matched

class Rejection : public testing::Test {
 protected:
  // The response to a request with these header lines; `change` sets what differs from the usual.
  template <class Change>
  std::string answer(Of route, Reason reason, std::string fields, Change change) {
    const std::string bytes = "GET / HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n";
    http::RequestHead head;
    EXPECT_EQ(http::parse_request_head(bytes, head).status, http::HeadStatus::Complete) << bytes;
    auth::Verdict verdict;
    verdict.reason = reason;
    RejectionContext context{*deployment_, route == None ? nullptr : &deployment_->routes[route], verdict, &head, "GET", "r-1", "NOW", false, ""};
    change(context, verdict);
    std::string out = "before";  // what is there already stays
    status_ = append_rejection(out, context);
    EXPECT_THAT(out, StartsWith("beforeHTTP/1.1 " + std::to_string(status_) + " "));
    return out.substr(6);
  }
  std::string answer(Of route, Reason reason, std::string fields = "") {
    return answer(route, reason, std::move(fields), [](RejectionContext&, auth::Verdict&) {});
  }
  // Also checks that the length is told right.
  static std::string body_of(const std::string& response) {
    http::ResponseHead head;
    EXPECT_EQ(http::parse_response_head(response, "GET", head).status, http::HeadStatus::Complete) << response;
    EXPECT_EQ(head.body, http::Body::Length);
    EXPECT_EQ(response.size(), head.head_bytes + head.content_length);
    return response.substr(head.head_bytes);
  }
  static std::size_t count(std::string_view text, std::string_view part) {
    std::size_t n = 0;
    for (auto at = text.find(part); at != std::string_view::npos; at = text.find(part, at + 1)) ++n;
    return n;
  }

  Deploying world_;
  std::shared_ptr<const Deployment> deployment_ = world_.deployed(kYaml);
  std::uint16_t status_ = 0;
};

TEST_F(Rejection, MissingCredentials_ByteForByte) {
  EXPECT_EQ(answer(Rest, Reason::CredentialsMissing),
            "HTTP/1.1 401 Unauthorized\r\n"
            "WWW-Authenticate: ApiKey realm=\"api.example.com\", header=\"X-API-Key\"\r\n"
            "WWW-Authenticate: Basic realm=\"api.example.com\", charset=\"UTF-8\"\r\n"
            "Content-Type: application/json\r\n"
            "Content-Length: 31\r\n"
            "Cache-Control: no-store\r\n"
            "Vary: Authorization, X-API-Key, Sec-Fetch-Mode, X-Requested-With, Accept, Origin\r\n"
            "Date: NOW\r\n"
            "X-Request-Id: r-1\r\n"
            "\r\n"
            "{\"error\":\"Missing credentials\"}");
}

TEST_F(Rejection, EveryReason_KeepsTheRules) {
  for (const ReasonInfo& row : all_reasons()) {
    if (row.reason == Reason::Allowed) continue;
    for (const Of route : {Keys, Users, Page, Rest, None}) {
      if (route == None && row.status == 401) continue;  // nobody was asked for credentials
      SCOPED_TRACE(row.code);
      const std::string out = answer(route, row.reason);
      EXPECT_EQ(status_, row.status);
      EXPECT_THAT(out, Not(StartsWith("HTTP/1.1 " + std::to_string(row.status) + " Error\r\n")));
      EXPECT_EQ(count(out, "\r\nWWW-Authenticate: ") > 0, row.status == 401);
      EXPECT_EQ(count(out, "\r\nCache-Control: no-store\r\n"), 1u);
      EXPECT_EQ(count(out, "\r\nVary: Authorization"), 1u);
      EXPECT_EQ(count(out, "\r\nDate: NOW\r\n"), 1u);
      EXPECT_EQ(count(out, "\r\nX-Request-Id: r-1\r\n"), 1u);
      EXPECT_TRUE(parse_json(body_of(out)));
      // What is known to the operator is not said to the client.
      EXPECT_THAT(out, Not(HasSubstr(row.operator_text)));
    }
  }
}

TEST_F(Rejection, Challenges_AreTheRoutes) {
  EXPECT_EQ(count(answer(Keys, Reason::KeyUnknown), "WWW-Authenticate: ApiKey "), 1u);
  EXPECT_EQ(count(answer(Keys, Reason::KeyUnknown), "WWW-Authenticate: "), 1u);
  EXPECT_EQ(count(answer(Users, Reason::PasswordWrong), "WWW-Authenticate: Basic "), 1u);
  EXPECT_THAT(answer(Keys, Reason::CredentialsMissing), HasSubstr(R"({"error":"Missing API key"})"));
  EXPECT_THAT(answer(Users, Reason::CredentialsMissing), HasSubstr(R"({"error":"Missing user name and password"})"));
}

TEST_F(Rejection, Vary_NamesWhatWasLookedAt) {
  EXPECT_THAT(answer(Keys, Reason::KeyUnknown), HasSubstr("\r\nVary: Authorization, X-API-Key, Accept\r\n"));
  EXPECT_THAT(answer(Users, Reason::PasswordWrong), HasSubstr("\r\nVary: Authorization, Accept\r\n"));
  EXPECT_THAT(answer(Page, Reason::PasswordWrong), HasSubstr("\r\nVary: Authorization, X-API-Key, Sec-Fetch-Mode, X-Requested-With, Accept, Origin\r\n"));
  EXPECT_THAT(answer(None, Reason::PolicyDenied), HasSubstr("\r\nVary: Authorization, Accept\r\n"));
}

TEST_F(Rejection, Accept_ChoosesTheFormat) {
  struct Row {
    std::string_view accept, type;
  };
  for (const Row& row : {Row{"", "application/json"}, Row{"*/*", "application/json"}, Row{"application/json", "application/json"},
                         Row{"application/problem+json", "application/problem+json"}, Row{"text/html,*/*;q=0.8", "text/html; charset=utf-8"},
                         Row{"text/plain", "text/plain; charset=utf-8"}, Row{"image/png", "application/json"}, Row{"text/html;q=0", "application/json"},
                         Row{"text/plain;q=0.5, text/html;q=0.4", "text/plain; charset=utf-8"}, Row{";;;,", "application/json"}}) {
    const std::string out = answer(Rest, Reason::PolicyDenied, row.accept.empty() ? "" : "Accept: " + std::string(row.accept) + "\r\n");
    EXPECT_THAT(out, HasSubstr("\r\nContent-Type: " + std::string(row.type) + "\r\n")) << row.accept;
    EXPECT_THAT(body_of(out), HasSubstr("Access denied")) << row.accept;
    EXPECT_EQ(count(out, "Content-Security-Policy: default-src 'none'"), row.type.starts_with("text/html") ? 1u : 0u);
    EXPECT_EQ(count(out, "X-Content-Type-Options: nosniff"), row.type.starts_with("text/html") ? 1u : 0u);
  }
}

TEST_F(Rejection, Problem_HasItsMembers) {
  EXPECT_EQ(body_of(answer(Rest, Reason::PolicyDenied, "Accept: application/problem+json\r\n")),
            R"({"type":"urn:quivive:reason:policy-denied","title":"Access denied","status":403,)"
            R"("detail":"Access to this resource is not permitted","reason":"policy-denied","trace":"r-1"})");
}

TEST_F(Rejection, ProblemSetting_IsTheDefaultOnly) {
  deployment_ = world_.deployed(std::string(kYaml) + "errors: {body: problem}\n");
  EXPECT_THAT(answer(Rest, Reason::PolicyDenied), HasSubstr("\r\nContent-Type: application/problem+json\r\n"));
  EXPECT_THAT(answer(Rest, Reason::PolicyDenied, "Accept: text/plain\r\n"), HasSubstr("\r\nContent-Type: text/plain; charset=utf-8\r\n"));
}

TEST_F(Rejection, Head_HasTheHeadOfGetAndNoBody) {
  const std::string get = answer(Rest, Reason::CredentialsMissing);
  const std::string head = answer(Rest, Reason::CredentialsMissing, "", [](RejectionContext& c, auth::Verdict&) { c.method = "HEAD"; });
  EXPECT_EQ(head, get.substr(0, get.find("\r\n\r\n") + 4));
}

TEST_F(Rejection, BrokenHead_AnsweredAsJson) {
  const std::string out = answer(None, Reason::RequestMalformed, "Accept: text/html\r\n", [](RejectionContext& c, auth::Verdict&) {
    c.head = nullptr;
    c.method = "";
    c.close = true;
  });
  EXPECT_THAT(out, HasSubstr("\r\nContent-Type: application/json\r\n"));
  EXPECT_THAT(out, HasSubstr("\r\nConnection: close\r\n\r\n"));
}

TEST_F(Rejection, Connection_SaysWhatHappens) {
  const std::string kept = answer(Rest, Reason::PolicyDenied);
  EXPECT_THAT(kept, Not(HasSubstr("Connection:")));
  http::RequestHead old;
  old.minor_version = 0;
  EXPECT_THAT(answer(Rest, Reason::PolicyDenied, "", [&](RejectionContext& c, auth::Verdict&) { c.head = &old; }), HasSubstr("\r\nConnection: keep-alive\r\n\r\n"));
  EXPECT_THAT(answer(Rest, Reason::PolicyDenied, "", [&](RejectionContext& c, auth::Verdict&) { c.head = &old, c.close = true; }),
              HasSubstr("\r\nConnection: close\r\n\r\n"));
}

TEST_F(Rejection, Cors_LetsThePageRead) {
  const auto with_origin = [&](std::string_view origin) {
    return answer(Page, Reason::PolicyDenied, "", [=](RejectionContext& c, auth::Verdict&) { c.cors_origin = origin; });
  };
  EXPECT_THAT(with_origin(""), Not(HasSubstr("Access-Control")));
  EXPECT_THAT(with_origin("https://app.example"),
              HasSubstr("\r\nAccess-Control-Allow-Origin: https://app.example\r\nAccess-Control-Allow-Credentials: true\r\n"
                        "Access-Control-Expose-Headers: WWW-Authenticate, X-Request-Id, Retry-After\r\n"));
  EXPECT_THAT(with_origin("*"), HasSubstr("\r\nAccess-Control-Allow-Origin: *\r\nAccess-Control-Expose-Headers: "));
}

TEST_F(Rejection, Outage_SaysWhenToComeBack) {
  const auto retry = [&](Reason reason, Duration after) {
    return answer(Rest, reason, "", [=](RejectionContext&, auth::Verdict& v) { v.retry_after = after; });
  };
  EXPECT_THAT(retry(Reason::VerifierUnavailable, Duration(2001)), HasSubstr("\r\nRetry-After: 3\r\n"));
  EXPECT_THAT(retry(Reason::VerifierOverloaded, Duration(0)), HasSubstr("\r\nRetry-After: 5\r\n"));
  EXPECT_EQ(status_, 503);
  EXPECT_THAT(retry(Reason::VerifierMisconfigured, Duration(2000)), Not(HasSubstr("Retry-After")));
  EXPECT_THAT(retry(Reason::PolicyDenied, Duration(2000)), Not(HasSubstr("Retry-After")));
}

TEST_F(Rejection, VerifierFailureStatus_AppliesToOutagesOnly) {
  (void)answer(Rest, Reason::VerifierUnavailable);
  EXPECT_EQ(status_, 500);
  deployment_ = world_.deployed(std::string(kYaml) + "verifier_failure_status: 503\n");
  EXPECT_THAT(answer(Rest, Reason::VerifierUnavailable, "Accept: application/problem+json\r\n"), HasSubstr("\"status\":503"));
  EXPECT_EQ(status_, 503);
  (void)answer(Rest, Reason::VerifierMisconfigured);
  EXPECT_EQ(status_, 500);
}

TEST(Preflight, ByteForByte) {
  std::string out;
  append_preflight(out, {"https://app.example", "PUT", "authorization", "r-1", "NOW", false});
  EXPECT_EQ(out,
            "HTTP/1.1 204 No Content\r\nAccess-Control-Allow-Origin: https://app.example\r\nAccess-Control-Allow-Credentials: true\r\n"
            "Access-Control-Allow-Methods: PUT\r\nAccess-Control-Allow-Headers: authorization\r\nAccess-Control-Max-Age: 600\r\n"
            "Vary: Origin, Access-Control-Request-Method, Access-Control-Request-Headers\r\nDate: NOW\r\nX-Request-Id: r-1\r\n\r\n");
  out.clear();
  append_preflight(out, {"*", "GET", "", "r-1", "NOW", true});
  EXPECT_EQ(out,
            "HTTP/1.1 204 No Content\r\nAccess-Control-Allow-Origin: *\r\nAccess-Control-Allow-Methods: GET\r\nAccess-Control-Max-Age: 600\r\n"
            "Vary: Origin, Access-Control-Request-Method, Access-Control-Request-Headers\r\nDate: NOW\r\nX-Request-Id: r-1\r\n"
            "Connection: close\r\n\r\n");
}

TEST(OwnJson, BodyUnlessHead) {
  std::string out;
  append_own_json(out, "{}", false, "r-1", "NOW", false);
  EXPECT_THAT(out, StartsWith("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n"));
  EXPECT_THAT(out, HasSubstr("\r\n\r\n{}"));
  out.clear();
  append_own_json(out, "{}", true, "r-1", "NOW", true);
  EXPECT_THAT(out, HasSubstr("\r\nContent-Length: 2\r\n"));
  EXPECT_THAT(out, testing::EndsWith("\r\nConnection: close\r\n\r\n"));
}

}  // namespace
}  // namespace quivive::gateway
