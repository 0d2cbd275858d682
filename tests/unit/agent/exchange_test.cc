#include "agent/exchange.h"

#include "small_server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

namespace quivive::agent {
namespace {

using testing::HasSubstr;
using testing::SizeIs;

BodyFate deliver(const ResponseHead&) { return BodyFate::Deliver; }
BodyFate keep(const ResponseHead&) { return BodyFate::Keep; }

ExchangeRequest get(const std::string& url) {
  ExchangeRequest request;
  request.url = url;
  return request;
}

TEST(Exchange, Head_BeforeTheBody_AndStreamed) {
  const std::string large(3'000'000, 'x');
  SmallServer server([&](const Asked&) { return response("200 Fine", "X-A: 1\r\nx-b:  two \r\n", large); });
  Exchanger exchanger;
  bool head_came = false;
  std::size_t bytes = 0, pieces = 0;
  const auto done = exchanger.perform(
      get(server.url("/a?b=c")),
      [&](const ResponseHead& head) {
        head_came = true;
        EXPECT_EQ(bytes, 0u);
        EXPECT_EQ(head.status, 200);
        EXPECT_EQ(head.reason, "Fine");
        EXPECT_EQ(head.version, "HTTP/1.1");
        EXPECT_EQ(head.value("X-B"), "two");
        EXPECT_EQ(head.value("X-C"), "");
        return BodyFate::Deliver;
      },
      [&](std::string_view piece) {
        EXPECT_TRUE(head_came);
        ++pieces;
        bytes += piece.size();
        return true;
      });
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_EQ(bytes, large.size());
  EXPECT_GT(pieces, 10u);
  EXPECT_EQ(done->kept, "");
  EXPECT_THAT(server.asked().at(0).head, HasSubstr("GET /a?b=c HTTP/1.1\r\n"));
}

TEST(Exchange, KeptBody_IsBounded) {
  const std::string small = "{\"error\":\"why\"}", large(kMaxKeptBody + 1, 'y');
  SmallServer server([&](const Asked& asked) { return response("401 Unauthorized", "", asked.has("/large") ? large : small); });
  Exchanger exchanger;
  const auto whole = exchanger.perform(get(server.url("/small")), keep, {});
  ASSERT_TRUE(whole) << whole.error().message;
  EXPECT_EQ(whole->kept, small);
  EXPECT_FALSE(whole->cut);
  const auto cut = exchanger.perform(get(server.url("/large")), keep, {});
  ASSERT_TRUE(cut) << cut.error().message;
  EXPECT_EQ(cut->kept.size(), kMaxKeptBody);
  EXPECT_TRUE(cut->cut);
}

TEST(Exchange, Connections_AreUsedAgain) {
  SmallServer server([](const Asked&) { return response("200 OK", "", "x"); });
  Exchanger exchanger;
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(exchanger.perform(get(server.url()), keep, {}));
  EXPECT_THAT(server.asked(), SizeIs(5));
  EXPECT_EQ(server.connections(), 1);
}

TEST(Exchange, NothingIsLeft_OfTheRequestBefore) {
  SmallServer server([](const Asked&) { return response("200 OK", "", "x"); });
  Exchanger exchanger;
  auto first = get(server.url());
  first.method = "POST";
  first.fields.push_back({"Authorization", Secret("Bearer secret-of-the-first")});
  MemoryBody body("a=1");
  first.body = &body;
  ASSERT_TRUE(exchanger.perform(first, keep, {}));
  ASSERT_TRUE(exchanger.perform(get(server.url()), keep, {}));
  const auto asked = server.asked();
  EXPECT_THAT(asked.at(0).head, HasSubstr("Authorization: Bearer secret-of-the-first\r\n"));
  EXPECT_EQ(asked.at(0).body, "a=1");
  EXPECT_THAT(asked.at(1).head, testing::Not(HasSubstr("secret-of-the-first")));
  EXPECT_THAT(asked.at(1).head, HasSubstr("GET / "));
}

TEST(Exchange, Redirect_IsAResponseLikeOthers) {
  SmallServer server([](const Asked&) { return response("302 Found", "Location: /there\r\nSet-Cookie: a=b\r\n", ""); });
  Exchanger exchanger;
  const auto done = exchanger.perform(get(server.url("/here")), deliver, [](std::string_view) { return true; });
  ASSERT_TRUE(done);
  EXPECT_EQ(done->head.status, 302);
  EXPECT_THAT(server.asked(), SizeIs(1));
  ASSERT_TRUE(exchanger.perform(get(server.url("/here")), keep, {}));
  EXPECT_FALSE(server.asked().at(1).has("Cookie:"));
}

TEST(Exchange, InterimResponses_AreNotTheResponse) {
  SmallServer server(
      [](const Asked&) { return "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" + response("200 OK", "X-Last: yes\r\n", "x"); });
  int heads = 0;
  const auto done = Exchanger().perform(get(server.url()),
                                        [&](const ResponseHead&) {
                                          ++heads;
                                          return BodyFate::Keep;
                                        },
                                        {});
  ASSERT_TRUE(done);
  EXPECT_EQ(heads, 1);
  EXPECT_EQ(done->head.value("x-last"), "yes");
  EXPECT_EQ(done->head.value("link"), "");
}

TEST(Exchange, PathAndMethod_GoAsTheyStand) {
  SmallServer server([](const Asked&) { return response("200 OK", "", "x"); });
  auto request = get(server.url("/a/../b%2Fc;d?x=%20&&y"));
  request.method = "REPORT";
  ASSERT_TRUE(Exchanger().perform(request, keep, {}));
  EXPECT_THAT(server.asked().at(0).head, testing::StartsWith("REPORT /a/../b%2Fc;d?x=%20&&y HTTP/1.1\r\n"));
}

TEST(Exchange, Head_HasNoBody) {
  SmallServer server([](const Asked&) { return std::string("HTTP/1.1 200 OK\r\nContent-Length: 1234\r\n\r\n"); });
  auto request = get(server.url());
  request.method = "HEAD";
  const auto done = Exchanger().perform(request, deliver, [](std::string_view) { return false; });
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_EQ(done->head.value("Content-Length"), "1234");
}

TEST(Exchange, Stream_IsNotTouched_ByA401FromTheHead) {
  SmallServer server([](const Asked&) { return response("401 Unauthorized", "Connection: close\r\n", "no"); }, /*read_bodies=*/false);
  std::istringstream text(std::string(500'000, 'b'));
  StreamBody body(text);
  auto request = get(server.url());
  request.method = "PUT";
  request.body = &body;
  const auto done = Exchanger().perform(request, keep, {});
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_EQ(done->head.status, 401);
  EXPECT_TRUE(server.asked().at(0).has("Expect: 100-continue"));
  EXPECT_TRUE(body.replayable());
  EXPECT_EQ(server.body_bytes(), 0u);
}

TEST(Exchange, Stream_GoesOnceOnly) {
  SmallServer server([](const Asked&) { return response("401 Unauthorized", "", "no"); });
  std::istringstream text("spent");
  StreamBody body(text);
  auto request = get(server.url());
  request.method = "PUT";
  request.body = &body;
  Exchanger exchanger;
  ASSERT_TRUE(exchanger.perform(request, keep, {}));
  EXPECT_EQ(server.asked().at(0).body, "5\r\nspent\r\n0\r\n\r\n");
  EXPECT_FALSE(body.replayable());
  const auto again = exchanger.perform(request, keep, {});
  ASSERT_FALSE(again);
  EXPECT_THAT(again.error().message, HasSubstr("cannot be sent again"));
  EXPECT_THAT(server.asked(), SizeIs(1)) << "an empty body in its place would be another request";
}

TEST(Exchange, MemoryAndFiles_GoAgain) {
  SmallServer server([](const Asked&) { return response("200 OK", "", "x"); });
  Exchanger exchanger;
  MemoryBody body("once more");
  auto request = get(server.url());
  request.method = "POST";
  request.body = &body;
  for (int i = 0; i < 2; ++i) ASSERT_TRUE(exchanger.perform(request, keep, {}));
  EXPECT_EQ(server.asked().at(1).body, "once more");
  EXPECT_FALSE(server.asked().at(0).has("Expect"));
}

TEST(Exchange, NoServer_IsAnError) {
  std::string url;
  {
    const SmallServer server([](const Asked&) { return std::string(); });
    url = server.url();
  }
  const auto done = Exchanger().perform(get(url), keep, {});
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().message.find('\n'), std::string::npos);
}

TEST(Exchange, BrokenOff_IsAnError_AfterTheHead) {
  SmallServer server([](const Asked&) { return std::string("HTTP/1.1 200 OK\r\nContent-Length: 10\r\nConnection: close\r\n\r\n0123"); });
  std::string got;
  const auto done = Exchanger().perform(get(server.url()), deliver, [&](std::string_view piece) {
    got += piece;
    return true;
  });
  EXPECT_FALSE(done);
  EXPECT_EQ(got, "0123");
}

TEST(Exchange, EndlessHead_IsAnError) {
  SmallServer server([](const Asked&) {
    return "HTTP/1.1 200 OK\r\n" + std::string(20'000, 'a') + ": " + [] {
      std::string fields;
      for (int i = 0; i < 4000; ++i) fields += "X-Field-" + std::to_string(i) + ": " + std::string(90, 'v') + "\r\n";
      return fields;
    }() + "\r\n";
  });
  EXPECT_FALSE(Exchanger().perform(get(server.url()), keep, {}));
}

TEST(Exchange, SinkThatCannotTakeMore_EndsIt) {
  SmallServer server([](const Asked&) { return response("200 OK", "", std::string(100'000, 'z')); });
  const auto done = Exchanger().perform(get(server.url()), deliver, [](std::string_view) { return false; });
  ASSERT_FALSE(done);
  EXPECT_THAT(done.error().message, HasSubstr("could not be written"));
}

TEST(Exchange, WhatIsNotSent) {
  Exchanger exchanger;
  for (const char* url : {"ftp://127.0.0.1/", "file:///etc/passwd", "127.0.0.1", "http://127.0.0.1:9/a b", "http://127.0.0.1:9/\\x",
                          "http://127.0.0.1:9/\xc3\xa4", "http://user:pass@127.0.0.1:9/", ""}) {
    EXPECT_FALSE(exchanger.perform(get(url), keep, {})) << url;
  }
  SmallServer server([](const Asked&) { return response("200 OK", "", ""); });
  const std::pair<const char*, std::string> fields[] = {{"X-A", "b\r\nX-C: d"},  {"X-A", std::string("b\0c", 3)}, {"X A", "b"}, {"", "b"},
                                                        {"Content-Length", "3"}, {"transfer-encoding", "chunked"}};
  for (const auto& [name, value] : fields) {
    auto request = get(server.url());
    request.fields.push_back({name, Secret(value)});
    EXPECT_FALSE(exchanger.perform(request, keep, {})) << name;
  }
  auto request = get(server.url());
  request.method = "GET / HTTP/1.1\r\nX: y";
  EXPECT_FALSE(exchanger.perform(request, keep, {}));
  EXPECT_THAT(server.asked(), SizeIs(0));
}

TEST(Exchange, Log_SeesHeadsAndTheBeginningOfBodies) {
  SmallServer server([](const Asked&) { return response("200 OK", "X-Seen: yes\r\n", std::string(3 * kMaxKeptBody, 'q')); });
  std::string out, in;
  std::size_t body = 0;
  const net::TransferLog log = [&](net::TransferEvent event, std::string_view bytes) {
    if (event == net::TransferEvent::HeaderOut) out += bytes;
    if (event == net::TransferEvent::HeaderIn) in += bytes;
    if (event == net::TransferEvent::DataIn) body += bytes.size();
  };
  ASSERT_TRUE(Exchanger().perform(
      get(server.url("/logged")), deliver, [](std::string_view) { return true; }, &log));
  EXPECT_THAT(out, HasSubstr("GET /logged HTTP/1.1\r\n"));
  EXPECT_THAT(in, HasSubstr("X-Seen: yes\r\n"));
  EXPECT_EQ(body, kMaxKeptBody);
}

}  // namespace
}  // namespace quivive::agent
