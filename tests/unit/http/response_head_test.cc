#include "http/head_parser.h"

#include <gtest/gtest.h>

#include <string>

namespace quivive::http {
namespace {

struct HeadRow {
  std::string bytes;
  std::string_view method = "GET";
  Body body = Body::None;
  std::uint64_t length = 0;
  bool keep_alive = true;
};

TEST(ResponseHead, Body_FollowsRfc9112Section6_3) {
  for (const HeadRow& row : {
           HeadRow{"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", "GET", Body::Length, 5},
           HeadRow{"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", "GET", Body::Length, 0},
           HeadRow{"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "GET", Body::Chunked},
           HeadRow{"HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n", "GET", Body::Chunked},
           HeadRow{"HTTP/1.1 200 OK\r\n\r\n", "GET", Body::UntilClose, 0, false},
           HeadRow{"HTTP/1.0 200 OK\r\nConnection: keep-alive\r\n\r\n", "GET", Body::UntilClose, 0, false},
           HeadRow{"HTTP/1.0 200 OK\r\nContent-Length: 1\r\nConnection: keep-alive\r\n\r\n", "GET", Body::Length, 1},
           HeadRow{"HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\n", "GET", Body::Length, 1, false},
           HeadRow{"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nConnection: close\r\n\r\n", "GET", Body::Length, 1, false},
           HeadRow{"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", "HEAD"},
           HeadRow{"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "HEAD"},
           HeadRow{"HTTP/1.1 200 OK\r\n\r\n", "HEAD"},
           HeadRow{"HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n"},
           HeadRow{"HTTP/1.1 204 No Content\r\n\r\n"},
           HeadRow{"HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n"},
           HeadRow{"HTTP/1.1 100 Continue\r\n\r\n"},
           HeadRow{"HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n"},
           HeadRow{"HTTP/1.1 503\r\nContent-Length: 0\r\n\r\n", "GET", Body::Length},
           HeadRow{"HTTP/1.1 503 \r\nContent-Length: 0\r\n\r\n", "GET", Body::Length},
       }) {
    ResponseHead head;
    const HeadResult result = parse_response_head(row.bytes, row.method, head);
    ASSERT_EQ(result.status, HeadStatus::Complete) << row.bytes << result.detail;
    EXPECT_EQ(head.body, row.body) << row.bytes;
    EXPECT_EQ(head.content_length, row.length) << row.bytes;
    EXPECT_EQ(head.keep_alive, row.keep_alive) << row.bytes;
    EXPECT_EQ(head.head_bytes, row.bytes.size());
  }
}

TEST(ResponseHead, StatusLine_IsRead) {
  ResponseHead head;
  ASSERT_EQ(parse_response_head("HTTP/1.0 404 Not \xc3\x84here\r\nContent-Length: 0\r\nServer: x\r\n\r\n", "GET", head).status, HeadStatus::Complete);
  EXPECT_EQ(head.status, 404);
  EXPECT_EQ(head.reason_phrase, "Not \xc3\x84here");
  EXPECT_EQ(head.minor_version, 0);
  ASSERT_EQ(head.fields.size(), 2u);
  EXPECT_EQ(head.fields.view()[1].id, FieldId::Server);
}

TEST(ResponseHead, Malformed_IsRefused) {
  for (const std::string_view bytes : {
           "HTTP/2 200 OK\r\n\r\n", "ICY 200 OK\r\n\r\n", "X", "HTTP/1.1 99 x\r\n\r\n", "HTTP/1.1 600 x\r\n\r\n", "HTTP/1.1 20 x\r\n\r\n",
           "HTTP/1.1 2000 x\r\n\r\n", "HTTP/1.1  200 x\r\n\r\n", "HTTP/1.1 200\tx\r\n\r\n", "HTTP/1.1 2x0 x\r\n\r\n", "HTTP/1.1\r\n\r\n",
           "HTTP/1.1 200 a\x01\r\n\r\n", "HTTP/1.1 200 a\rb\r\n\r\n", "HTTP/1.1 200 OK\n\n", "\r\nHTTP/1.1 200 OK\r\n\r\n",
           "HTTP/1.1 200 OK\r\nA: b\r\n c\r\n\r\n", "HTTP/1.1 200 OK\r\nA : b\r\n\r\n",
           "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 1,1\r\n\r\n",
           "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n",
           "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "HTTP/1.1 204 x\r\nContent-Length: 1\r\n\r\n",
           "HTTP/1.1 204 x\r\nTransfer-Encoding: chunked\r\n\r\n", "HTTP/1.1 100 x\r\nContent-Length: 7\r\n\r\n",
       }) {
    ResponseHead head;
    const HeadResult result = parse_response_head(bytes, "GET", head);
    EXPECT_EQ(result.status, HeadStatus::Failed) << bytes;
    EXPECT_EQ(result.reason, Reason::UpstreamMalformed) << bytes;
    EXPECT_FALSE(result.detail.empty());
  }
}

TEST(ResponseHead, TooLongOrTooManyFields_IsRefused) {
  ResponseHead head;
  EXPECT_EQ(parse_response_head("HTTP/1.1 200 OK\r\nA: b\r\n\r\n", "GET", head, 20).status, HeadStatus::Failed);
  head.reset();
  std::string many = "HTTP/1.1 200 OK\r\n";
  for (std::size_t i = 0; i <= kMaxFields; ++i) many += "A: b\r\n";
  EXPECT_EQ(parse_response_head(many + "\r\n", "GET", head).status, HeadStatus::Failed);
}

TEST(ResponseHead, EverySplit_GivesTheSame) {
  const std::string bytes = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX: y\r\n\r\nhello";
  for (std::size_t split = 0; split < bytes.size(); ++split) {
    ResponseHead head;
    if (parse_response_head(bytes.substr(0, split), "GET", head).status == HeadStatus::NeedMore) {
      ASSERT_EQ(parse_response_head(bytes, "GET", head).status, HeadStatus::Complete) << split;
    }
    EXPECT_EQ(head.head_bytes, bytes.size() - 5);
    EXPECT_EQ(head.content_length, 5u);
  }
}

}  // namespace
}  // namespace quivive::http
