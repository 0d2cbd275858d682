#include "http/head_parser.h"

#include <gtest/gtest.h>

#include <string>

namespace quivive::http {
namespace {

using namespace std::string_literals;

// The bytes of a request with `lines` after a valid request line and Host.
std::string with_fields(const std::string& lines, const std::string& version = "1.1") {
  return "POST /p HTTP/" + version + "\r\nHost: a.example\r\n" + lines + "\r\n";
}

HeadResult parse(const std::string& bytes) {
  RequestHead head;
  return parse_request_head(bytes, head);
}

TEST(RequestHead, TypicalRequest_IsRead) {
  const std::string bytes =
      "GET /admin/users?x=1 HTTP/1.1\r\nHost: api.example.com:8080\r\nAuthorization:Bearer  abc \t\r\nX-Empty:\r\nCookie: a=1\r\n"
      "cookie: b=\xc3\xa4\tx\r\n\r\nrest";
  RequestHead head;
  ASSERT_EQ(parse_request_head(bytes, head).status, HeadStatus::Complete);
  EXPECT_EQ(head.method, "GET");
  EXPECT_EQ(head.target, "/admin/users?x=1");
  EXPECT_EQ(head.minor_version, 1);
  EXPECT_EQ(head.host, "api.example.com:8080");
  EXPECT_EQ(head.head_bytes, bytes.size() - 4);
  EXPECT_EQ(head.body, Body::None);
  EXPECT_TRUE(head.keep_alive);
  EXPECT_FALSE(head.expect_continue);
  EXPECT_FALSE(head.connection_upgrade);
  const RequestView view = head.view();
  ASSERT_EQ(view.fields.size(), 5u);
  EXPECT_EQ(view.value(FieldId::Authorization), "Bearer  abc");
  EXPECT_EQ(view.fields[2].name, "X-Empty");
  EXPECT_EQ(view.fields[2].value, "");
  EXPECT_EQ(view.fields[4].value, "b=\xc3\xa4\tx");
  EXPECT_EQ(view.fields[4].id, FieldId::Cookie);
}

TEST(RequestHead, ValidVariants_AreAccepted) {
  for (const std::string& bytes : {
           "GET / HTTP/1.0\r\n\r\n"s, "\r\nGET / HTTP/1.1\r\nHost: h\r\n\r\n"s, "GET http://h/ HTTP/1.1\r\nHost: h\r\n\r\n"s,
           "M-SEARCH * HTTP/1.1\r\nHost: [::1]:80\r\n\r\n"s, std::string(32, 'A') + " / HTTP/1.1\r\nHost: h\r\n\r\n",
           with_fields("under_score: x\r\n"), with_fields("Expect: 100-Continue\r\n"), with_fields("Connection: , close,,x\r\n"),
           with_fields("Content-Length: 999999999999999999\r\n"), with_fields("Transfer-Encoding: chunked\r\n")}) {
    EXPECT_EQ(parse(bytes).status, HeadStatus::Complete) << bytes;
  }
}

struct BadRow {
  std::string bytes;
  std::string_view detail;  // part of it
  Reason reason = Reason::RequestMalformed;
};

class BadRequest : public testing::TestWithParam<BadRow> {};

TEST_P(BadRequest, IsRefusedNamingTheRule) {
  const auto& row = GetParam();
  const HeadResult result = parse(row.bytes);
  ASSERT_EQ(result.status, HeadStatus::Failed) << row.bytes;
  EXPECT_EQ(result.reason, row.reason) << row.bytes;
  EXPECT_NE(result.detail.find(row.detail), std::string_view::npos) << row.bytes << ": " << result.detail;
  EXPECT_LE(result.offset, row.bytes.size());
}

const std::string kHost = "Host: h\r\n\r\n";

INSTANTIATE_TEST_SUITE_P(RequestLine, BadRequest, testing::Values(
    BadRow{"GET  / HTTP/1.1\r\n" + kHost, "white space"},
    BadRow{"GET\t/ HTTP/1.1\r\n" + kHost, "method"},
    BadRow{" GET / HTTP/1.1\r\n" + kHost, "method"},
    BadRow{"GET / HTTP/1.1 \r\n" + kHost, "follows the version"},
    BadRow{"GET /  HTTP/1.1\r\n" + kHost, "version"},
    BadRow{"GET /\tHTTP/1.1\r\n" + kHost, "target"},
    BadRow{"GET /a b HTTP/1.1\r\n" + kHost, "version"},
    BadRow{"GET /a\x0b" "b HTTP/1.1\r\n" + kHost, "target"},
    BadRow{"GET /\0 HTTP/1.1\r\n"s + kHost, "target"},
    BadRow{"GET /\x7f HTTP/1.1\r\n" + kHost, "target"},
    BadRow{"GET /\r HTTP/1.1\r\n" + kHost, "target"},
    BadRow{"GET /\r\n" + kHost, "target"},
    BadRow{"GET\r\n" + kHost, "method"},
    BadRow{"G@T / HTTP/1.1\r\n" + kHost, "method"},
    BadRow{"G\xc3\x89T / HTTP/1.1\r\n" + kHost, "method"},
    BadRow{std::string(33, 'A') + " / HTTP/1.1\r\n" + kHost, "too long"},
    BadRow{"GET / HTTP/2.0\r\n" + kHost, "version"},
    BadRow{"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "version"},
    BadRow{"GET / HTTP/1.2\r\n" + kHost, "version"},
    BadRow{"GET / HTTP/1.10\r\n" + kHost, "follows the version"},
    BadRow{"GET / http/1.1\r\n" + kHost, "version"},
    BadRow{"GET / HTTP/0.9\r\n" + kHost, "version"},
    BadRow{"GET / HTTP/1.1\r\r\n" + kHost, "follows the version"},
    BadRow{"\r\n\r\nGET / HTTP/1.1\r\n" + kHost, "empty line"},
    BadRow{"\r\n\nGET", "empty line"},
    BadRow{"\nGET / HTTP/1.1\r\n" + kHost, "LF without CR"},
    BadRow{"\rGET / HTTP/1.1\r\n" + kHost, "CR without LF"},
    BadRow{"\x16\x03\x01\x02", "TLS"},
    BadRow{"\x80", "method"}));

INSTANTIATE_TEST_SUITE_P(Lines, BadRequest, testing::Values(
    BadRow{"GET / HTTP/1.1\nHost: h\n\n", "LF without CR"},
    BadRow{"GET / HTTP/1.1\r\nHost: h\n\r\n", "LF without CR"},
    BadRow{"GET / HTTP/1.1\r\nHost: h\r\n\n", "LF without CR"},
    BadRow{"GET / HTTP/1.1\r\n\nHost: h\r\n\r\n", "LF without CR"},
    BadRow{with_fields("A: b\rc\r\n"), "CR without LF"},
    BadRow{with_fields("A: b\r\r\n"), "CR without LF"},
    BadRow{with_fields("A\r: b\r\n"), "colon"},
    BadRow{with_fields("A: b\r\n c\r\n"), "white space"},
    BadRow{with_fields("A: b\r\n\tc\r\n"), "white space"},
    BadRow{with_fields(" A: b\r\n"), "white space"},
    BadRow{"GET / HTTP/1.1\r\n Host: h\r\n\r\n", "white space"},
    BadRow{with_fields(" \r\n"), "white space"},
    BadRow{with_fields("A : b\r\n"), "and the colon"},
    BadRow{with_fields("A\t: b\r\n"), "colon"},
    BadRow{with_fields("Transfer-Encoding : chunked\r\n"), "colon"},
    BadRow{with_fields(": b\r\n"), "without a name"},
    BadRow{with_fields("A\r\n"), "without a colon"},
    BadRow{with_fields("A b: c\r\n"), "white space"},
    BadRow{with_fields("A(b): c\r\n"), "not allowed in a field name"},
    BadRow{with_fields("A\x80: c\r\n"), "not allowed in a field name"},
    BadRow{with_fields("A\0: c\r\n"s), "not allowed in a field name"},
    BadRow{with_fields("A: b\0c\r\n"s), "control character"},
    BadRow{with_fields("A: b\x7f\r\n"), "control character"},
    BadRow{with_fields("A: 01234567\x01\r\n"), "control character"},
    BadRow{with_fields("A: \x0b" "b\r\n"), "control character"},
    BadRow{with_fields("A: b\x1f tail of some length to cross a word\r\n"), "control character"}));

INSTANTIATE_TEST_SUITE_P(Host, BadRequest, testing::Values(
    BadRow{"GET / HTTP/1.1\r\n\r\n", "without Host"},
    BadRow{with_fields("Host: a.example\r\n"), "more than one Host"},
    BadRow{with_fields("hOST: b\r\n"), "more than one Host"},
    BadRow{"GET / HTTP/1.0\r\nHost: a\r\nHost: a\r\n\r\n", "more than one Host"},
    BadRow{"GET / HTTP/1.0\r\nHost: a b\r\n\r\n", "host[:port]"},
    BadRow{"GET / HTTP/1.1\r\nHost:\r\n\r\n", "host[:port]"},
    BadRow{"GET / HTTP/1.1\r\nHost: a,b\r\n\r\n", "host[:port]"},
    BadRow{"GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", "host[:port]"},
    BadRow{"GET / HTTP/1.1\r\nHost: u@a\r\n\r\n", "host[:port]"},
    BadRow{"GET / HTTP/1.1\r\nHost: a:80:80\r\n\r\n", "host[:port]"},
    BadRow{"GET / HTTP/1.1\r\nHost: a:65536\r\n\r\n", "host[:port]"}));

INSTANTIATE_TEST_SUITE_P(Framing, BadRequest, testing::Values(
    BadRow{with_fields("Content-Length: 1\r\nTransfer-Encoding: chunked\r\n"), "both"},
    BadRow{with_fields("Transfer-Encoding: chunked\r\nContent-Length: 1\r\n"), "both"},
    BadRow{with_fields("Transfer-Encoding: chunked\r\nContent-Length: 0\r\n"), "both"},
    BadRow{with_fields("Content-Length: 1\r\nContent-Length: 1\r\n"), "more than one Content-Length"},
    BadRow{with_fields("Content-Length: 1\r\ncontent-length: 2\r\n"), "more than one Content-Length"},
    BadRow{with_fields("Content-Length: 1, 1\r\n"), "Content-Length"},
    BadRow{with_fields("Content-Length: 1,\r\n"), "Content-Length"},
    BadRow{with_fields("Content-Length: +1\r\n"), "Content-Length"},
    BadRow{with_fields("Content-Length: -1\r\n"), "Content-Length"},
    BadRow{with_fields("Content-Length: 1 2\r\n"), "Content-Length"},
    BadRow{with_fields("Content-Length: 0x1\r\n"), "Content-Length"},
    BadRow{with_fields("Content-Length: 1_0\r\n"), "Content-Length"},
    BadRow{with_fields("Content-Length: 010\r\n"), "Content-Length"},
    BadRow{with_fields("Content-Length:\r\n"), "Content-Length"},
    BadRow{with_fields("Content-Length: 18446744073709551617\r\n"), "Content-Length"},
    BadRow{with_fields("Content-Length: \xd9\xa1\r\n"), "Content-Length"},
    BadRow{with_fields("Transfer-Encoding: gzip\r\n"), "exactly"},
    BadRow{with_fields("Transfer-Encoding: gzip, chunked\r\n"), "exactly"},
    BadRow{with_fields("Transfer-Encoding: chunked, chunked\r\n"), "exactly"},
    BadRow{with_fields("Transfer-Encoding: chunked, identity\r\n"), "exactly"},
    BadRow{with_fields("Transfer-Encoding: chunked,\r\n"), "exactly"},
    BadRow{with_fields("Transfer-Encoding: Chunked\r\n"), "exactly"},
    BadRow{with_fields("Transfer-Encoding: xchunked\r\n"), "exactly"},
    BadRow{with_fields("Transfer-Encoding: chunked;q=1\r\n"), "exactly"},
    BadRow{with_fields("Transfer-Encoding: \"chunked\"\r\n"), "exactly"},
    BadRow{with_fields("Transfer-Encoding:\r\n"), "exactly"},
    BadRow{with_fields("Transfer-Encoding: identity\r\n"), "exactly"},
    BadRow{with_fields("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"), "more than one Transfer-Encoding"},
    BadRow{with_fields("Transfer-Encoding: chunked\r\ntransfer-encoding: x\r\n"), "more than one Transfer-Encoding"},
    BadRow{with_fields("Transfer-Encoding: chunked\r\n", "1.0"), "HTTP/1.0"},
    BadRow{with_fields("Transfer-Encoding\x0b: chunked\r\n"), "field name"},
    BadRow{with_fields("Transfer-Encoding: \x0b" "chunked\r\n"), "control character"}));

INSTANTIATE_TEST_SUITE_P(Single, BadRequest, testing::Values(
    BadRow{with_fields("Authorization: a\r\nAuthorization: a\r\n"), "more than one Authorization", Reason::CredentialsDuplicateHeader},
    BadRow{with_fields("Authorization: Bearer a\r\nX: y\r\nauthorization: Basic b\r\n"), "more than one", Reason::CredentialsDuplicateHeader},
    BadRow{with_fields("Expect: 100-continue\r\nExpect: 100-continue\r\n"), "more than one Expect"},
    BadRow{with_fields("Expect: 200-ok\r\n"), "expectation"},
    BadRow{with_fields("Expect: 100-continue, x\r\n"), "expectation"},
    BadRow{with_fields("Expect:\r\n"), "expectation"},
    BadRow{with_fields("Connection: a b\r\n"), "tokens"},
    BadRow{with_fields("Connection: \"close\"\r\n"), "tokens"}));

TEST(RequestHead, BadField_OffsetIsWhereItIs) {
  const std::string bytes = with_fields("Good: 1\r\nBad\x01: 2\r\n");
  EXPECT_EQ(parse(bytes).offset, bytes.find('\x01'));
  const std::string value = with_fields("Content-Length: 1x\r\n");
  EXPECT_EQ(parse(value).offset, value.find("1x"));
}

TEST(RequestHead, FailedLate_MethodAndTargetAreThere) {
  const std::string bytes = with_fields("Authorization: a\r\nAuthorization: a\r\n");
  RequestHead head;
  ASSERT_EQ(parse_request_head(bytes, head).status, HeadStatus::Failed);
  EXPECT_EQ(head.method, "POST");
  EXPECT_EQ(head.target, "/p");
}

TEST(RequestHead, Framing_IsDecided) {
  struct Row {
    std::string bytes;
    Body body;
    std::uint64_t length;
    bool keep_alive, expect, upgrade;
  };
  for (const Row& row : {
           Row{with_fields(""), Body::None, 0, true, false, false},
           Row{with_fields("Content-Length: 0\r\nExpect: 100-continue\r\n"), Body::Length, 0, true, false, false},
           Row{with_fields("Content-Length: 42\r\nExpect: 100-continue\r\n"), Body::Length, 42, true, true, false},
           Row{with_fields("Content-Length: 42\r\nExpect: 100-continue\r\n", "1.0"), Body::Length, 42, false, false, false},
           Row{with_fields("Transfer-Encoding: chunked\r\nExpect: 100-continue\r\n"), Body::Chunked, 0, true, true, false},
           Row{with_fields("Connection: close\r\n"), Body::None, 0, false, false, false},
           Row{with_fields("Connection: x, CLOSE\r\n"), Body::None, 0, false, false, false},
           Row{with_fields("Connection: keep-alive\r\nConnection: close\r\n"), Body::None, 0, false, false, false},
           Row{with_fields("Connection: keep-alive, Upgrade\r\n"), Body::None, 0, true, false, true},
           Row{with_fields("", "1.0"), Body::None, 0, false, false, false},
           Row{with_fields("Connection: Keep-Alive\r\n", "1.0"), Body::None, 0, true, false, false},
           Row{with_fields("Connection: Keep-Alive, close\r\n", "1.0"), Body::None, 0, false, false, false},
       }) {
    RequestHead head;
    ASSERT_EQ(parse_request_head(row.bytes, head).status, HeadStatus::Complete) << row.bytes;
    EXPECT_EQ(head.body, row.body) << row.bytes;
    EXPECT_EQ(head.content_length, row.length) << row.bytes;
    EXPECT_EQ(head.keep_alive, row.keep_alive) << row.bytes;
    EXPECT_EQ(head.expect_continue, row.expect) << row.bytes;
    EXPECT_EQ(head.connection_upgrade, row.upgrade) << row.bytes;
  }
}

TEST(RequestHead, Fields_AreBounded) {
  std::string lines;
  for (std::size_t i = 1; i < kMaxFields; ++i) lines += "A: b\r\n";  // Host is the first
  EXPECT_EQ(parse(with_fields(lines)).status, HeadStatus::Complete);
  const HeadResult result = parse(with_fields(lines + "A: b\r\n"));
  ASSERT_EQ(result.status, HeadStatus::Failed);
  EXPECT_EQ(result.reason, Reason::RequestHeaderTooLarge);
}

TEST(RequestHead, ConnectionOptions_AreBounded) {
  std::string list = "a";
  for (std::size_t i = 1; i < kMaxConnectionOptions; ++i) list += ",a";
  EXPECT_EQ(parse(with_fields("Connection: " + list + "\r\n")).status, HeadStatus::Complete);
  EXPECT_EQ(parse(with_fields("Connection: " + list + "\r\nConnection: b\r\n")).status, HeadStatus::Failed);
}

TEST(RequestHead, Size_IsBoundedExactly) {
  const std::string bytes = with_fields("A: b\r\n");
  RequestHead head;
  EXPECT_EQ(parse_request_head(bytes, head, bytes.size()).status, HeadStatus::Complete);
  head.reset();
  const HeadResult over = parse_request_head(bytes + "body", head, bytes.size() - 1);
  ASSERT_EQ(over.status, HeadStatus::Failed);
  EXPECT_EQ(over.reason, Reason::RequestHeaderTooLarge);
  head.reset();
  const std::string endless = "GET /" + std::string(1000, 'a');
  EXPECT_EQ(parse_request_head(endless, head, 1006).status, HeadStatus::NeedMore);
  EXPECT_EQ(parse_request_head(endless + "a", head, 1006).reason, Reason::RequestHeaderTooLarge);
}

// However the bytes arrive, and wherever they are moved to, the outcome is that of all bytes at once.
TEST(RequestHead, EverySplit_GivesTheSame) {
  for (const std::string& bytes :
       {with_fields("Authorization: Bearer x\r\nContent-Length: 5\r\n") + "hello", "\r\n" + with_fields("A: b\r\n"),
        with_fields("A: b\n"), with_fields("A : b\r\n"), "\r\n\r\n"s, "GET / HTTP/1.1\n\n"s, "G\0"s}) {
    RequestHead whole;
    const HeadResult expected = parse_request_head(bytes, whole);
    for (std::size_t split = 0; split <= bytes.size(); ++split) {
      RequestHead head;
      HeadResult result = parse_request_head(std::string(bytes, 0, split), head);
      if (result.status == HeadStatus::NeedMore) result = parse_request_head(bytes, head);
      EXPECT_EQ(result.status, expected.status) << bytes << " at " << split;
      EXPECT_EQ(result.detail, expected.detail);
      EXPECT_EQ(result.offset, expected.offset);
      EXPECT_EQ(head.head_bytes, whole.head_bytes);
      EXPECT_EQ(head.fields.size(), whole.fields.size());
    }
  }
}

TEST(RequestHead, Reset_LeavesNothingOfTheMessageBefore) {
  RequestHead head;
  const std::string first = with_fields("Transfer-Encoding: chunked\r\nConnection: upgrade\r\nExpect: 100-continue\r\n");
  ASSERT_EQ(parse_request_head(first, head).status, HeadStatus::Complete);
  head.reset();
  const std::string second = "GET /2 HTTP/1.0\r\n\r\n";
  ASSERT_EQ(parse_request_head(second, head).status, HeadStatus::Complete);
  EXPECT_EQ(head.host, "");
  EXPECT_EQ(head.fields.size(), 0u);
  EXPECT_EQ(head.body, Body::None);
  EXPECT_FALSE(head.keep_alive || head.expect_continue || head.connection_upgrade);
}

}  // namespace
}  // namespace quivive::http
