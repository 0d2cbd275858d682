// The verdict, and how it is put: render_json, render_text, suggest_command.

#include "base/json.h"
#include "diagnose/render_json.h"
#include "diagnose/render_text.h"
#include "judge.h"

#include <gmock/gmock.h>

namespace quivive::diagnose {
namespace {

struct Output {
  Capture capture;
  Diagnosis diagnosis;
};

Output of(Format format, std::string_view text) {
  Expectations expected;
  expected.clock = kTestNow;
  Read read = read_text(format, text);
  EXPECT_TRUE(read.has_value());
  if (!read) return {};
  Output out{std::move(*read), {}};
  out.diagnosis = diagnose(out.capture, expected);
  return out;
}

constexpr std::string_view kNull =
    "POST /v1/orders HTTP/1.1\r\nHost: api.example.com\r\nAuthorization: Bearer null\r\nContent-Type: application/json\r\nContent-Length: "
    "9\r\n\r\n{\"a\":\"b'\"}\r\n"
    "HTTP/1.1 401 Unauthorized\r\nDate: Sat, 01 Mar 2025 12:00:00 GMT\r\nServer: Kestrel\r\nWWW-Authenticate: Bearer "
    "realm=\"api\"\r\nContent-Length: 0\r\n\r\n";

TEST(RenderText, VerdictThenFixThenEvidence) {
  const Output o = of(Format::Http, kNull);
  const std::string text = render_text(o.capture, o.diagnosis);
  EXPECT_THAT(text, testing::StartsWith("401 because the "));
  const std::size_t fix = text.find("\n  fix "), seen = text.find("\n  seen "), read = text.find("\n  read ");
  EXPECT_LT(fix, seen);
  EXPECT_LT(seen, read);
  EXPECT_THAT(text, testing::HasSubstr("> Authorization: Bearer null\n"));
  EXPECT_THAT(text, testing::Not(testing::HasSubstr("\x1b")));
}

TEST(RenderText, NoLineIsWider_AndColourOnlyOnDemand) {
  const Output o = of(Format::Http, kNull);
  for (const std::size_t width : {40, 60, 100}) {
    std::string_view rest;
    const std::string text = render_text(o.capture, o.diagnosis, {.width = width});
    rest = text;
    while (!rest.empty()) {
      const std::string_view line = rest.substr(0, rest.find('\n'));
      rest.remove_prefix(std::min(rest.size(), line.size() + 1));
      const bool whole = line.find("curl ") != std::string_view::npos || line.find("> ") != std::string_view::npos ||
                         line.find("< ") != std::string_view::npos;
      if (!whole) {
        EXPECT_LE(line.size(), width + 8) << line;
      }
    }
  }
  EXPECT_THAT(render_text(o.capture, o.diagnosis, {.colour = true}), testing::HasSubstr("\x1b[1m"));
}

// Threat: a response that writes to the terminal of whoever asks why.
std::string text_of(Format format, std::string_view text) {
  const Output o = of(format, text);
  return render_text(o.capture, o.diagnosis);
}

std::string answer(std::string_view head, std::string_view fields = "") {
  return "GET /x HTTP/1.1\r\nHost: a.example\r\nAuthorization: Bearer abcdefghijklmnopqrstuvwxyz0123\r\n\r\nHTTP/1.1 " + std::string(head) +
         "\r\n" + std::string(fields) + "\r\n";
}

TEST(RenderText, OtherStatuses_AreNoRefusalOfCredentials) {
  EXPECT_THAT(text_of(Format::Http, answer("404 Not Found")), testing::StartsWith("404: there is nothing at this URL."));
  EXPECT_THAT(text_of(Format::Http, answer("422 X")), testing::StartsWith("422: the server does not take the request as it is"));
  const std::string many = text_of(Format::Http, answer("429 Too Many Requests", "Retry-After: 30\r\n"));
  EXPECT_THAT(many, testing::AllOf(testing::StartsWith("429: there were too many requests"), testing::HasSubstr("(Retry-After: 30)")));
}

TEST(RenderText, NobodyKnowsWhy_SaysWhoAnswered) {
  EXPECT_THAT(text_of(Format::Http, answer("404 Not Found", "Server: nginx\r\nContent-Type: text/html\r\n") +
                                        "<html>\r\n<head><title>404 Not Found</title></head>\r\n<body>\r\n<center><h1>404 Not "
                                        "Found</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n"),
              testing::HasSubstr("a proxy or web server answered (nginx)"));
}

TEST(RenderText, ChecksForBots_AreSaidToBeInFront) {
  EXPECT_THAT(
      text_of(Format::Http, answer("403 Forbidden", "Server: cloudflare\r\ncf-mitigated: challenge\r\nContent-Type: text/html\r\n") +
                                "<title>Just a moment...</title>"),
      testing::StartsWith("Refused, and not for its credentials: somebody in front"));
}

TEST(RenderText, CaptureWithoutCredentials_IsNotTheCause) {
  EXPECT_THAT(text_of(Format::Http, "GET /x HTTP/1.1\r\nHost: a.example\r\nAuthorization: Bearer [REDACTED]\r\n\r\nHTTP/1.1 401 X\r\n\r\n"),
              testing::StartsWith("401, and the cause cannot be seen: the secret"));
}

TEST(RenderText, Backslashes_StandAsTheyAre) {
  Output o = of(Format::Http, kNull);
  ASSERT_TRUE(o.diagnosis.verdict);
  o.diagnosis.findings[*o.diagnosis.verdict].fix = "tr -d '\\n '\x1b[2J";
  EXPECT_THAT(render_text(o.capture, o.diagnosis), testing::HasSubstr("tr -d '\\n '\\x1b[2J"));
}

TEST(RenderText, OneFaultManyTimes_IsSaidOnce) {
  std::string entries;
  for (int i = 0; i < 30; ++i) {
    entries +=
        std::string(i == 0 ? "" : ",") + R"({"request":{"method":"GET","url":"https://a.example/)" + std::to_string(i) +
        R"(","headers":[{"name":"Authorization","value":"Bearer null"}]},"response":{"status":401,"headers":[{"name":"WWW-Authenticate","value":"Bearer"}]}})";
  }
  const std::string text =
      text_of(Format::Har, R"({"log":{"version":"1.2","creator":{"name":"x","version":"1"},"entries":[)" + entries + "]}}");
  EXPECT_THAT(text, testing::HasSubstr("Requests 2, 3, 4, 5 and 25 more: "));
  EXPECT_LT(std::count(text.begin(), text.end(), '\n'), 40) << text;
}

TEST(RenderText, HostileBytes_Escaped) {
  const Output o = of(Format::Http,
                      "GET / HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer \x1b]0;x\x07\r\n\r\nHTTP/1.1 401 \x1b[2J\r\nWWW-Authenticate: "
                      "Bearer realm=\"\x1b[2J\", x\r\nContent-Length: 0\r\n\r\n");
  EXPECT_THAT(render_text(o.capture, o.diagnosis), testing::Not(testing::HasSubstr("\x1b")));
  EXPECT_TRUE(parse_json(render_json(o.capture, o.diagnosis)).has_value());
}

TEST(RenderJson, LooseInput_HasNoExchange) {
  const Output o = of(Format::Header, "Authorization: Bearer null");
  const Json out = parse_json(render_json(o.capture, o.diagnosis)).value();
  EXPECT_EQ(out.at("input").at("exchanges").as_int64(), 0);
  EXPECT_TRUE(out.at("verdict").at("exchange").is_null());
  EXPECT_TRUE(out.at("findings").at(0).at("exchange").is_null());
  EXPECT_EQ(out.at("answered_by").at("kind").as_string(), "unknown");
  EXPECT_TRUE(out.at("answered_by").at("name").is_null());
}

TEST(RenderJson, NoVerdict_IsNull) {
  const Output o = of(Format::Http, "GET / HTTP/1.1\r\nHost: a\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n");
  const Json out = parse_json(render_json(o.capture, o.diagnosis)).value();
  EXPECT_TRUE(out.at("verdict").is_null());
  EXPECT_THAT(render_text(o.capture, o.diagnosis), testing::StartsWith("No request was refused."));
}

std::string suggested(Format format, std::string_view text) {
  const Output o = of(format, text);
  const Finding* verdict = o.diagnosis.verdict_finding();
  if (verdict == nullptr) return "no verdict";
  return o.diagnosis.command.value_or("none");
}

TEST(SuggestCommand, SameRequestWithTheCredentialSetRight) {
  EXPECT_EQ(suggested(Format::Http, kNull),
            "curl -H \"Authorization: Bearer $TOKEN\" -H 'Content-Type: application/json' --data-raw '{\"a\":\"b'\\''\"}' "
            "https://api.example.com/v1/orders");
}

TEST(SuggestCommand, Basic_CurlAsksForThePassword) {
  EXPECT_EQ(suggested(Format::Http,
                      "GET /x HTTP/1.1\r\nHost: a.example\r\nAuthorization: Basic user:pass\r\n\r\nHTTP/1.1 401 X\r\nWWW-Authenticate: "
                      "Basic realm=\"r\"\r\n\r\n"),
            "curl -u USER https://a.example/x");
}

std::string request_and_401(std::string_view line, std::string_view fields, std::string_view answer, std::string_view body = "",
                            std::string_view answer_body = "") {
  return std::string(line) + " HTTP/1.1\r\nHost: a.example\r\n" + std::string(fields) +
         (body.empty() ? "" : "Content-Length: " + std::to_string(body.size()) + "\r\n") + "\r\n" + std::string(body) + "\r\nHTTP/1.1 " +
         std::string(answer) + "Date: Sat, 01 Mar 2025 12:00:00 GMT\r\nContent-Length: " + std::to_string(answer_body.size()) + "\r\n\r\n" +
         std::string(answer_body) + "\r\n";
}

TEST(SuggestCommand, Credential_GoesWhereTheServerReadsIt) {
  const std::string get = "GET /x", json = "401 X\r\nContent-Type: application/json\r\n";
  struct Case {
    std::string_view name;
    std::string input, command;
  };
  const std::string token = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhIiwiZXhwIjoxOTAwMDAwMDAwfQ.c2lnbmF0dXJlc2lnbmF0dXJlc2lnbmF0dXJl";
  const Case cases[] = {
      {"a key that the challenge names, beside the token",
       request_and_401(get, "Authorization: Bearer " + token + "\r\n",
                       json + "WWW-Authenticate: AzureApiManagementKey realm=\"r\",name=\"Ocp-Apim-Subscription-Key\",type=\"header\"\r\n",
                       "", R"({"message":"Access denied due to missing subscription key."})"),
       "curl -H \"Ocp-Apim-Subscription-Key: $API_KEY\" -H \"Authorization: Bearer $TOKEN\" https://a.example/x"},
      {"the scheme sent, where it is among those offered",
       request_and_401(get, "Authorization: ApiKey VnVhQ2ZHY0JDZGJrUW0tZTVhT3g6dWkybHAyYXhUTm1zeWFrdzl0dk5udw==\r\n",
                       json + "WWW-Authenticate: Bearer realm=\"s\"\r\nWWW-Authenticate: ApiKey\r\n", "",
                       R"({"error":"api key is expired"})"),
       "curl -H \"Authorization: ApiKey $TOKEN\" https://a.example/x"},
      {"the key's own header",
       request_and_401("POST /x", "PRIVATE-TOKEN: glpat-AbCdEfGhIjKlMnOpQrSt\r\n", "403 X\r\nContent-Type: application/json\r\n", "",
                       R"({"error":"insufficient_scope","scope":"api"})"),
       "curl -X POST -H \"PRIVATE-TOKEN: $TOKEN\" https://a.example/x"},
      {"an empty key", request_and_401(get, "X-API-Key: \r\n", json, "", R"({"message":"Unauthorized"})"),
       "curl -H \"X-API-Key: $API_KEY\" https://a.example/x"},
      {"out of the query",
       request_and_401("GET /x?a=1&token=" + token, "", json + "WWW-Authenticate: Bearer\r\n", "", R"({"detail":"Not authenticated"})"),
       "curl -H \"Authorization: Bearer $TOKEN\" 'https://a.example/x?a=1'"},
      {"no key named",
       request_and_401(get, "Authorization: Bearer Vq7RtkXw2LmPz9aB\r\n", json, "", R"({"message":"No API key found in request"})"),
       "none"},
      {"one of two client secrets",
       request_and_401("POST /token", "Content-Type: application/x-www-form-urlencoded\r\nAuthorization: Basic bXktYXBwOnNlY3JldHM=\r\n",
                       json, "grant_type=password&username=bob&password=hunter2secret&client_secret=ZZtop987secret",
                       R"({"error":"invalid_client"})"),
       "curl -u USER --data-raw 'grant_type=password&username=bob&password='\"$PASSWORD\" https://a.example/token"},
      {"a refresh token that is over",
       request_and_401("POST /oauth2/token", "Content-Type: application/x-www-form-urlencoded\r\n",
                       "400 X\r\nContent-Type: application/json\r\n", "grant_type=refresh_token&refresh_token=rt_0123456789",
                       R"({"error":"invalid_grant","error_description":"Token is not active"})"),
       "none"},
      {"under its right name",
       request_and_401(get, "Authorisation: Bearer 0123456789abcdef\r\n", json, "", R"({"message":"Unauthorized"})"),
       "curl -H \"Authorization: Bearer $TOKEN\" https://a.example/x"},
      {"in clear only where the input says so", "curl -H 'Authorization: Bearer null' http://a.example/x",
       "curl -H \"Authorization: Bearer $TOKEN\" http://a.example/x"},
  };
  for (const Case& one : cases) {
    SCOPED_TRACE(one.name);
    const bool typed = one.input.starts_with("curl ");
    EXPECT_EQ(suggested(typed ? Format::Curl : Format::Http, one.input), one.command);
  }
  // A secret under a name that nobody knows, told by the answer.
  const std::string secret = suggested(Format::Http, request_and_401(get, "Authorization: Bearer null\r\nX-Acme: AbCdEfGh0123456789xyz\r\n",
                                                                     json, "", R"({"api_key":"AbCdEfGh0123456789xyz"})"));
  EXPECT_THAT(secret, testing::HasSubstr("-H \"X-Acme: $API_KEY\""));
  EXPECT_THAT(secret, testing::Not(testing::HasSubstr("AbCd")));
}

TEST(Diagnose, Evidence_OfTheAnswerIsNeverEmpty) {
  const Output o =
      of(Format::Http, request_and_401("GET /x", "PRIVATE-TOKEN: glpat-AbCdEfGhIjKlMnOpQrSt\r\n",
                                       "403 X\r\nContent-Type: application/json\r\n", "", R"({"error":"insufficient_scope"})"));
  ASSERT_NE(o.diagnosis.verdict_finding(), nullptr);
  ASSERT_FALSE(o.diagnosis.verdict_finding()->evidence.empty());
  for (const Evidence& one : o.diagnosis.verdict_finding()->evidence) EXPECT_FALSE(one.text.empty()) << one.part << ' ' << one.name;
}

// Threat: a challenge that is a shell's command when the suggestion is pasted.
TEST(SuggestCommand, HostileNames_NotInIt) {
  for (const std::string challenge : {"ApiKey header=\"$(id)\"", "ApiKey header=\"x`id`\"", "Tok$IFS realm=\"x\""}) {
    const std::string scheme = challenge.starts_with("ApiKey") ? "ApiKey" : "Bearer";
    const std::string command = suggested(
        Format::Http, "GET /x HTTP/1.1\r\nHost: a.example\r\nAuthorization: Bearer null\r\n\r\nHTTP/1.1 401 X\r\nWWW-Authenticate: " +
                          challenge + "\r\n\r\n");
    EXPECT_EQ(command, "curl -H \"Authorization: " + scheme + " $TOKEN\" https://a.example/x");
  }
  const std::string quoted = suggested(
      Format::Http, "GET /x HTTP/1.1\r\nHost: a.example\r\nX-A: '; id #\r\nAuthorization: Bearer null\r\n\r\nHTTP/1.1 401 X\r\n\r\n");
  EXPECT_THAT(quoted, testing::HasSubstr("'X-A: '\\''; id #'"));
}

TEST(Diagnose, EveryCode_HasAPlaceInTheList) {
  for (const CauseInfo& row : all_causes()) {
    EXPECT_EQ(cause_from_code(row.code), row.cause);
    EXPECT_EQ(&info(row.cause), &row);
    EXPECT_THAT(row.title, testing::Not(testing::EndsWith("."))) << row.code;
  }
  EXPECT_EQ(cause_from_code("nonsense"), std::nullopt);
}

}  // namespace
}  // namespace quivive::diagnose
