#include "diagnose/facts.h"

#include "diagnose/reader.h"
#include "judge.h"

#include <gtest/gtest.h>

#include <memory>

namespace quivive::diagnose {
namespace {

std::string request(std::string_view target, std::string_view fields = "", std::string_view method = "GET") {
  return std::string(method) + ' ' + std::string(target) + " HTTP/1.1\r\nHost: a.example\r\n" + std::string(fields) + "\r\n";
}

std::string response(int status, std::string_view fields = "", std::string_view body = "") {
  return "HTTP/1.1 " + std::to_string(status) + " X\r\n" + std::string(fields) + "Content-Length: " + std::to_string(body.size()) +
         "\r\n\r\n" + std::string(body);
}

struct Gathered {
  Capture capture;
  Expectations expected;
  std::vector<Facts> facts;
};

// By pointer: facts point into the capture.
std::unique_ptr<Gathered> gather(const std::string& text, Format format = Format::Http) {
  auto out = std::make_unique<Gathered>();
  Read read = read_text(format, text);
  EXPECT_TRUE(read.has_value());
  if (!read) return out;
  out->capture = std::move(*read);
  out->expected.clock = kTestNow;
  out->facts = gather_facts(out->capture, out->expected);
  return out;
}

TEST(ClassifyAnswer, Refusals) {
  struct Row {
    std::string response;
    Answer expected;
  };
  const Row rows[] = {
      {response(200), Answer::Accepted},
      {response(401), Answer::Refused},
      {response(403), Answer::Refused},
      {response(404), Answer::Refused},
      {response(431), Answer::Refused},
      {response(500), Answer::Accepted},
      {response(302, "Location: /login?next=/x\r\n"), Answer::LoginPage},
      {response(302, "Location: /other\r\n"), Answer::Accepted},
      {response(302), Answer::Accepted},
      {response(303, "Location: https://id.example/authorize?client_id=x&response_type=code\r\n"), Answer::LoginPage},
      {response(200, "Content-Type: application/json\r\n", R"({"ok":false,"error":"invalid_auth"})"), Answer::ErrorBody},
      {response(200, "Content-Type: application/json\r\n", R"({"ok":true,"error":""})"), Answer::Accepted},
      {response(200, "Content-Type: application/json\r\n", R"({"errors":[{"message":"x","extensions":{"code":"UNAUTHENTICATED"}}]})"),
       Answer::ErrorBody},
      {response(200, "Content-Type: application/json\r\n", R"({"errors":[{"message":"field is required"}]})"), Answer::Accepted},
      {response(200, "grpc-status: 16\r\n"), Answer::ErrorBody},
      {response(200, "Content-Type: text/html\r\n", "<html><form><input type=\"password\"></form></html>"), Answer::LoginPage},
  };
  for (const Row& row : rows) {
    const auto got = gather(request("/api/x", "Accept: application/json\r\n") + row.response);
    ASSERT_EQ(got->facts.size(), 1u);
    EXPECT_EQ(got->facts[0].answer, row.expected) << row.response;
  }
}

TEST(ClassifyAnswer, LoginPageThatWasAskedFor_IsNoRefusal) {
  const auto got = gather(request("/login", "Accept: text/html\r\n") +
                          response(200, "Content-Type: text/html\r\n", "<html><input type=password></html>"));
  EXPECT_EQ(got->facts[0].answer, Answer::Accepted);
}

TEST(GatherFacts, NegotiationThatSucceeds_IsSuperseded) {
  const auto got = gather(request("/x") + response(401, "WWW-Authenticate: Digest realm=\"r\", nonce=\"n\", qop=\"auth\"\r\n") +
                          request("/x", "Authorization: Digest username=\"u\", nonce=\"n\"\r\n") + response(200));
  ASSERT_EQ(got->facts.size(), 2u);
  EXPECT_TRUE(got->facts[0].superseded);
  EXPECT_FALSE(got->facts[0].is_open());
}

TEST(GatherFacts, ChallengeThatWasAnsweredWrongly_OnlyTheAnswerIsOpen) {
  const auto got = gather(request("/x") + response(401, "WWW-Authenticate: Basic realm=\"r\"\r\n") +
                          request("/x", "Authorization: Basic dTpw\r\n") + response(401, "WWW-Authenticate: Basic realm=\"r\"\r\n"));
  EXPECT_TRUE(got->facts[0].superseded);
  EXPECT_TRUE(got->facts[1].is_refused());
}

TEST(GatherFacts, SuccessOfAnotherRequest_SupersedesNothing) {
  const auto got = gather(request("/x") + response(401) + request("/y") + response(200));
  EXPECT_TRUE(got->facts[0].is_refused());
}

// curl names the scheme of the second request only, where its log begins behind "Connected to".
TEST(GatherFacts, SchemeThatIsNotKnown_MayBeEither) {
  struct Row {
    std::string_view issued;
    bool superseded;
  };
  for (const Row& row : {Row{"http://a.example/x", true}, Row{"https://a.example/x", true}, Row{"http://a.example:8080/x", false},
                         Row{"http://b.example/x", false}, Row{"http://a.example/y", false}}) {
    const Url url = parse_url(row.issued);
    const std::string target = url.path, host = url.host + (url.port ? ":8080" : "");
    const auto got = gather(
        "> GET /x HTTP/1.1\n> Host: a.example\n>\n< HTTP/1.1 401 U\n< WWW-Authenticate: Digest realm=\"r\", nonce=\"n\"\n<\n"
        "* Issue another request to this URL: '" +
            std::string(row.issued) + "'\n> GET " + target + " HTTP/1.1\n> Host: " + host +
            "\n> Authorization: Digest username=\"u\", nonce=\"n\"\n>\n< HTTP/1.1 200 OK\n<\n",
        Format::CurlVerbose);
    ASSERT_EQ(got->facts.size(), 2u);
    EXPECT_EQ(got->facts[0].superseded, row.superseded) << row.issued;
  }
}

TEST(GatherFacts, Clock_ServersThenOptionsThenOurs) {
  const std::string dated = request("/x") + response(401, "Date: Sat, 01 Mar 2025 13:00:00 GMT\r\n");
  EXPECT_EQ(gather(dated)->facts[0].now, from_unix_seconds(1740834000));
  EXPECT_EQ(gather(dated)->facts[0].clock, ClockSource::Response);
  const auto undated = gather(request("/x") + response(401));
  EXPECT_EQ(undated->facts[0].now, kTestNow);
  EXPECT_EQ(undated->facts[0].clock, ClockSource::Ours);
}

TEST(GatherFacts, Redirect_LinkedToWhatItLedTo) {
  const auto got = gather(request("/a") + response(302, "Location: /b\r\n") + request("/b") + response(401));
  ASSERT_TRUE(got->facts[1].redirected_from);
  EXPECT_EQ(*got->facts[1].redirected_from, 0u);
  EXPECT_FALSE(got->facts[0].redirected_from);
}

TEST(FindSentCredentials, SchemeAndRest) {
  struct Row {
    std::string_view value, scheme, rest;
  };
  static constexpr Row rows[] = {
      {"Bearer abc", "Bearer", "abc"},
      {"bearer  abc", "bearer", " abc"},
      {"Bearer", "Bearer", ""},
      {"Bearer ", "Bearer", ""},
      {"eyJhbGciOiJub25lIn0", "", "eyJhbGciOiJub25lIn0"},
      {"0123456789abcdef", "", "0123456789abcdef"},
      {"BearerabC", "", "BearerabC"},
      {"Basic dTpw", "Basic", "dTpw"},
      {"Token token=\"x\"", "Token", "token=\"x\""},
      {"Frob x", "Frob", "x"},
  };
  for (const Row& row : rows) {
    Request r;
    r.headers.add("Authorization", std::string(row.value));
    const auto found = find_sent_credentials(r);
    ASSERT_EQ(found.size(), 1u) << row.value;
    EXPECT_EQ(found[0].scheme, row.scheme) << row.value;
    EXPECT_EQ(found[0].rest, row.rest) << row.value;
  }
}

TEST(FindSentCredentials, SchemeInAnotherField) {
  struct Row {
    std::string_view name, value, scheme, rest;
  };
  for (const Row& row : {Row{"X-API-Key", "Bearer k2", "Bearer", "k2"}, Row{"X-API-Key", "k2", "", "k2"},
                         Row{"X-Auth-Token", "token  k2 ", "token", "k2"}, Row{"X-API-Key", "bearing k2", "", "bearing k2"},
                         Row{"X-Custom", "Bearer ghp_0123456789abcdef", "Bearer", "ghp_0123456789abcdef"}}) {
    Request r;
    r.headers.add(std::string(row.name), std::string(row.value));
    const auto found = find_sent_credentials(r);
    ASSERT_EQ(found.size(), 1u) << row.value;
    EXPECT_EQ(found[0].scheme, row.scheme) << row.value;
    EXPECT_EQ(found[0].rest, row.rest) << row.value;
  }
}

TEST(FindSentCredentials, OtherPlaces) {
  Request r;
  r.url = parse_url("https://u:p@a.example/x?api_key=k1&page=2");
  r.headers.add("X-API-Key", "k2");
  r.headers.add("X-Custom", "ghp_0123456789abcdef");
  r.headers.add("X-Trace", "0123456789abcdef");
  r.headers.add("Cookie", "theme=dark; session=s1; _ga=x");
  r.headers.add("Content-Type", "application/x-www-form-urlencoded");
  r.body = "grant_type=x&client_secret=s2";
  std::string got;
  for (const SentCredential& c : find_sent_credentials(r)) got += c.name + '=' + c.value + ' ';
  EXPECT_EQ(got, "X-API-Key=k2 X-Custom=ghp_0123456789abcdef api_key=k1 session=s1 client_secret=s2 =u:p ");
}

}  // namespace
}  // namespace quivive::diagnose
