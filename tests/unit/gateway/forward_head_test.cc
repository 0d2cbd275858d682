#include "gateway/forward_head.h"

#include "http/head_parser.h"

#include <gtest/gtest.h>

namespace quivive::gateway {
namespace {

// "\n" stands for CRLF in these tests, on both sides.
std::string with_crlf(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\n') out += '\r';
    out += c;
  }
  return out;
}
std::string without_cr(std::string text) {
  std::erase(text, '\r');
  return text;
}

constexpr std::string_view kNames[] = {"X-User"};
constexpr std::string_view kPrefixes[] = {"X-Quivive-"};

// What the upstream gets for the request `text`; `change` sets what differs from the usual.
template <class Change>
std::string upstream_gets(std::string_view text, Change change) {
  const std::string bytes = with_crlf(text) + "\r\n";
  http::RequestHead head;
  const auto parsed = http::parse_request_head(bytes, head);
  EXPECT_EQ(parsed.status, http::HeadStatus::Complete) << text << ": " << parsed.detail;
  std::string scratch;
  const auto target = http::parse_target(head.target, head.host, http::EncodedSlash::Pass, scratch);
  EXPECT_TRUE(target) << text;
  const http::ProtectedNames names(kNames, kPrefixes);
  ForwardRequest request{.head = head, .target = *target, .protected_names = names};
  request.request_id = "r-1";
  request.client_address = "192.0.2.7";
  request.forwarded_proto = "https";
  request.forwarded_host = head.host;
  change(request);
  std::string out;
  append_upstream_head(out, request);
  return without_cr(out);
}
std::string upstream_gets(std::string_view text) {
  return upstream_gets(text, [](ForwardRequest&) {});
}

constexpr std::string_view kOurs =
    "X-Forwarded-For: 192.0.2.7\n"
    "X-Forwarded-Proto: https\n"
    "X-Forwarded-Host: a\n"
    "X-Request-Id: r-1\n";

std::string request_of(std::string_view first, std::string_view fields) {
  return std::string(first) + "\nHost: a\n" + std::string(fields) + std::string(kOurs) + "\n";
}

TEST(UpstreamHead, FieldsThatPass_InOrderAndUnchanged) {
  EXPECT_EQ(upstream_gets("GET /a%20b?x=1&y HTTP/1.1\nAccept: */*\nHost: a\naCCept-Language:  de \nX-Empty:\nX-Twice: 1\nX-Twice: 2\n"),
            request_of("GET /a%20b?x=1&y HTTP/1.1", "Accept: */*\naCCept-Language: de\nX-Empty: \nX-Twice: 1\nX-Twice: 2\n"));
}

TEST(UpstreamHead, WhatMayNotPass_Dropped) {
  for (const std::string_view field : {
           // Hop by hop.
           "Connection: close", "Keep-Alive: timeout=5", "Proxy-Connection: keep-alive", "TE: trailers", "Proxy-Authorization: Basic eDp5",
           "Upgrade: h2c", "Trailer: X",
           // Written by the gateway.
           "X-Forwarded-For: 10.0.0.1", "X-Forwarded-Proto: http", "X-Forwarded-Host: evil", "Forwarded: for=10.0.0.1", "X-Real-IP: 10.0.0.1",
           "X-Request-Id: theirs", "Expect: 100-continue",
           // Ours to assert, in any spelling that an upstream could take for it.
           "X-Quivive-Subject: admin", "x-quivive-roles: admin", "X_Quivive_Subject: admin", "X.Quivive.Subject: admin", "X-User: admin",
           "x_user: admin", "X--User: admin",
           // Twins of fields that decide.
           "X_Forwarded_For: 10.0.0.1", "Content_Length: 5", "Transfer_Encoding: chunked"}) {
    EXPECT_EQ(upstream_gets("GET / HTTP/1.1\nHost: a\nA: 1\n" + std::string(field) + "\nB: 2\n"), request_of("GET / HTTP/1.1", "A: 1\nB: 2\n")) << field;
  }
}

TEST(UpstreamHead, ConnectionList_RemovesFieldsButNotThoseThatDecide) {
  EXPECT_EQ(upstream_gets("GET / HTTP/1.1\nHost: a\nConnection: X-Hop, authorization, Cookie, X-Forwarded-For, keep-alive\nX-Hop: 1\n"
                          "Authorization: Bearer t\nCookie: s=1\nX-Stay: 2\n"),
            request_of("GET / HTTP/1.1", "Authorization: Bearer t\nCookie: s=1\nX-Stay: 2\n"));
}

TEST(UpstreamHead, Authorization_DroppedOnlyWhereConsumed) {
  constexpr std::string_view kRequest = "GET / HTTP/1.1\nHost: a\nAuthorization: Bearer t\n";
  EXPECT_EQ(upstream_gets(kRequest), request_of("GET / HTTP/1.1", "Authorization: Bearer t\n"));
  EXPECT_EQ(upstream_gets(kRequest, [](ForwardRequest& r) { r.drop_authorization = true; }), request_of("GET / HTTP/1.1", ""));
}

TEST(UpstreamHead, KeyHeader_DroppedInEverySpelling) {
  for (const std::string_view name : {"X-API-Key", "x-api-key", "X_API_Key", "X.Api.Key"}) {
    EXPECT_EQ(upstream_gets("GET / HTTP/1.1\nHost: a\n" + std::string(name) + ": qv_secret\nX-API-Keys: 1\n",
                            [](ForwardRequest& r) { r.drop_header = "X-API-Key"; }),
              request_of("GET / HTTP/1.1", "X-API-Keys: 1\n"))
        << name;
  }
}

TEST(UpstreamHead, KeyQuery_DroppedAndNothingElse) {
  struct Row {
    std::string_view target, sent;
  };
  for (const Row& row : {Row{"/p", "/p"}, Row{"/p?", "/p?"}, Row{"/p?key=s", "/p"}, Row{"/p?a=1&key=s", "/p?a=1"}, Row{"/p?key=s&a=1", "/p?a=1"},
                         Row{"/p?a&key=s&b=%20", "/p?a&b=%20"}, Row{"/p?key=s&key=t", "/p"}, Row{"/p?k%65y=s", "/p"}, Row{"/p?key", "/p"},
                         Row{"/p?keys=1&KEY=2", "/p?keys=1&KEY=2"}, Row{"http://a/p?key=s&z", "/p?z"}}) {
    const std::string out = upstream_gets("GET " + std::string(row.target) + " HTTP/1.1\nHost: a\n", [](ForwardRequest& r) { r.drop_query = "key"; });
    EXPECT_EQ(out, request_of("GET " + std::string(row.sent) + " HTTP/1.1", "")) << row.target;
  }
}

TEST(UpstreamHead, Body_KeepsItsFraming) {
  EXPECT_EQ(upstream_gets("POST / HTTP/1.1\nHost: a\nContent-Length: 7\nA: 1\n"), request_of("POST / HTTP/1.1", "A: 1\nContent-Length: 7\n"));
  EXPECT_EQ(upstream_gets("POST / HTTP/1.1\nHost: a\nContent-Length: 0\n"), request_of("POST / HTTP/1.1", "Content-Length: 0\n"));
  EXPECT_EQ(upstream_gets("POST / HTTP/1.1\nHost: a\nTransfer-Encoding: chunked\nA: 1\n"),
            request_of("POST / HTTP/1.1", "A: 1\nTransfer-Encoding: chunked\n"));
}

TEST(UpstreamHead, Version_IsAlwaysOurs) {
  EXPECT_EQ(upstream_gets("GET / HTTP/1.0\nHost: a\nConnection: keep-alive\n"), request_of("GET / HTTP/1.1", ""));
}

// A health check, say. The upstream's own name is what it is asked for.
TEST(UpstreamHead, WithoutHost_TheUpstreamsOwn) {
  EXPECT_EQ(upstream_gets("GET /health HTTP/1.0\nA: 1\n", [](ForwardRequest& r) { r.upstream_host = "api.internal:9000"; }),
            "GET /health HTTP/1.1\nHost: api.internal:9000\nA: 1\nX-Forwarded-For: 192.0.2.7\nX-Forwarded-Proto: https\nX-Request-Id: r-1\n\n");
  EXPECT_EQ(upstream_gets("GET / HTTP/1.0\nHost: a\n", [](ForwardRequest& r) { r.upstream_host = "api.internal:9000"; }), request_of("GET / HTTP/1.1", ""));
}

TEST(UpstreamHead, MethodOverride_DroppedWhereMethodsDecide) {
  constexpr std::string_view kRequest = "POST / HTTP/1.1\nHost: a\nContent-Length: 0\nX-HTTP-Method-Override: DELETE\n";
  EXPECT_EQ(upstream_gets(kRequest), request_of("POST / HTTP/1.1", "X-HTTP-Method-Override: DELETE\nContent-Length: 0\n"));
  EXPECT_EQ(upstream_gets(kRequest, [](ForwardRequest& r) { r.methods_decide = r.proxy_is_trusted = true; }), request_of("POST / HTTP/1.1", "Content-Length: 0\n"));
}

TEST(UpstreamHead, TrustedProxy_PrecedesTheClient) {
  const std::string out = upstream_gets("GET / HTTP/1.1\nHost: a\nX-Forwarded-For: 1.1.1.1\n", [](ForwardRequest& r) {
    r.forwarded_for = "198.51.100.9";
    r.forwarded_proto = "http";
  });
  EXPECT_EQ(out,
            "GET / HTTP/1.1\nHost: a\nX-Forwarded-For: 198.51.100.9, 192.0.2.7\nX-Forwarded-Proto: http\nX-Forwarded-Host: a\n"
            "X-Request-Id: r-1\n\n");
}

TEST(UpstreamHead, Identity_AfterTheClientsFields) {
  EXPECT_EQ(upstream_gets("GET / HTTP/1.1\nHost: a\nX-Quivive-Subject: mallory\n", [](ForwardRequest& r) { r.identity = "X-Quivive-Subject: alice\r\n"; }),
            "GET / HTTP/1.1\nHost: a\n" + std::string(kOurs) + "X-Quivive-Subject: alice\n\n");
}

TEST(UpstreamHead, Websocket_PassesOnlyWherePermitted) {
  constexpr std::string_view kRequest = "GET / HTTP/1.1\nHost: a\nConnection: keep-alive, Upgrade\nUpgrade: websocket\nSec-WebSocket-Version: 13\n";
  EXPECT_EQ(upstream_gets(kRequest), request_of("GET / HTTP/1.1", "Sec-WebSocket-Version: 13\n"));
  EXPECT_EQ(upstream_gets(kRequest, [](ForwardRequest& r) { r.websocket = true; }),
            "GET / HTTP/1.1\nHost: a\nSec-WebSocket-Version: 13\n" + std::string(kOurs) + "Connection: Upgrade\nUpgrade: websocket\n\n");
}

// What the client gets for the response `text` to `method`.
template <class Change>
std::string client_gets(std::string_view text, Change change, std::string_view method = "GET") {
  const std::string bytes = with_crlf(text) + "\r\n";
  http::ResponseHead head;
  const auto parsed = http::parse_response_head(bytes, method, head);
  EXPECT_EQ(parsed.status, http::HeadStatus::Complete) << text << ": " << parsed.detail;
  ForwardResponse response{.head = head};
  response.request_id = "r-1";
  response.date = "NOW";
  response.has_body = head.has_body();
  change(response);
  std::string out;
  append_client_head(out, response);
  return without_cr(out);
}
std::string client_gets(std::string_view text, const char* method = "GET") {
  return client_gets(text, [](ForwardResponse&) {}, method);
}

TEST(ClientHead, Date_AddedOnlyWhereMissing) {
  EXPECT_EQ(client_gets("HTTP/1.1 200 Fine\nContent-Length: 2\nA: 1\n"), "HTTP/1.1 200 Fine\nContent-Length: 2\nA: 1\nDate: NOW\nX-Request-Id: r-1\n\n");
  EXPECT_EQ(client_gets("HTTP/1.1 200 OK\nDate: THEN\nContent-Length: 0\n"), "HTTP/1.1 200 OK\nDate: THEN\nContent-Length: 0\nX-Request-Id: r-1\n\n");
}

TEST(ClientHead, HopByHop_Dropped) {
  EXPECT_EQ(client_gets("HTTP/1.1 200 OK\nContent-Length: 2\nConnection: X-Hop, Set-Cookie, WWW-Authenticate, Cache-Control\nX-Hop: 1\nKeep-Alive: timeout=9\n"
                        "Upgrade: h2c\nX-Request-Id: theirs\nSet-Cookie: s=1\nWWW-Authenticate: Basic\nCache-Control: no-store\n"),
            "HTTP/1.1 200 OK\nContent-Length: 2\nSet-Cookie: s=1\nWWW-Authenticate: Basic\nCache-Control: no-store\nDate: NOW\nX-Request-Id: r-1\n\n");
}

TEST(ClientHead, Connection_SaysWhatHappens) {
  constexpr std::string_view kResponse = "HTTP/1.0 200 OK\nContent-Length: 0\nConnection: keep-alive\n";
  EXPECT_EQ(client_gets(kResponse), "HTTP/1.1 200 OK\nContent-Length: 0\nDate: NOW\nX-Request-Id: r-1\n\n");
  EXPECT_EQ(client_gets(kResponse, [](ForwardResponse& r) { r.close = true; }),
            "HTTP/1.1 200 OK\nContent-Length: 0\nDate: NOW\nX-Request-Id: r-1\nConnection: close\n\n");
  EXPECT_EQ(client_gets(kResponse, [](ForwardResponse& r) { r.client_is_1_0 = true; }),
            "HTTP/1.1 200 OK\nContent-Length: 0\nDate: NOW\nX-Request-Id: r-1\nConnection: keep-alive\n\n");
  EXPECT_EQ(client_gets(kResponse, [](ForwardResponse& r) { r.close = r.client_is_1_0 = true; }),
            "HTTP/1.1 200 OK\nContent-Length: 0\nDate: NOW\nX-Request-Id: r-1\nConnection: close\n\n");
}

TEST(ClientHead, Chunked_NeverBesideALength) {
  EXPECT_EQ(client_gets("HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n", [](ForwardResponse& r) { r.chunked_out = true; }),
            "HTTP/1.1 200 OK\nDate: NOW\nX-Request-Id: r-1\nTransfer-Encoding: chunked\n\n");
  EXPECT_EQ(client_gets("HTTP/1.1 200 OK\nContent-Length: 3\n", [](ForwardResponse& r) { r.chunked_out = true; }),
            "HTTP/1.1 200 OK\nDate: NOW\nX-Request-Id: r-1\nTransfer-Encoding: chunked\n\n");
}

TEST(ClientHead, WithoutBody_LengthOnlyWhereItDescribes) {
  EXPECT_EQ(client_gets("HTTP/1.1 200 OK\nContent-Length: 9\n", "HEAD"), "HTTP/1.1 200 OK\nContent-Length: 9\nDate: NOW\nX-Request-Id: r-1\n\n");
  EXPECT_EQ(client_gets("HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n", "HEAD"), "HTTP/1.1 200 OK\nDate: NOW\nX-Request-Id: r-1\n\n");
  EXPECT_EQ(client_gets("HTTP/1.1 304 Not Modified\nContent-Length: 9\nETag: \"x\"\n"),
            "HTTP/1.1 304 Not Modified\nContent-Length: 9\nETag: \"x\"\nDate: NOW\nX-Request-Id: r-1\n\n");
  EXPECT_EQ(client_gets("HTTP/1.1 204 No Content\nA: 1\n"), "HTTP/1.1 204 No Content\nA: 1\nDate: NOW\nX-Request-Id: r-1\n\n");
}

TEST(ClientHead, Websocket_SaysItsOwnUpgrade) {
  EXPECT_EQ(client_gets("HTTP/1.1 101 Switching Protocols\nConnection: Upgrade\nUpgrade: websocket\nSec-WebSocket-Accept: x\n",
                        [](ForwardResponse& r) { r.websocket = true; }),
            "HTTP/1.1 101 Switching Protocols\nSec-WebSocket-Accept: x\nDate: NOW\nX-Request-Id: r-1\nConnection: Upgrade\nUpgrade: websocket\n\n");
}

}  // namespace
}  // namespace quivive::gateway
