#include "agent/loopback_listener.h"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <thread>
#include <vector>

namespace quivive::agent {
namespace {

using testing::ElementsAre;

std::string visit(std::uint16_t port, const std::string& bytes) {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  std::string out;
  if (::connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0) {
    (void)::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    char piece[4096];
    for (ssize_t n = 0; (n = ::recv(fd, piece, sizeof piece, 0)) > 0;) out.append(piece, static_cast<std::size_t>(n));
  }
  ::close(fd);
  return out;
}

TEST(LoopbackListener, OthersGetA404_UntilTheRightOneComes) {
  auto listener = LoopbackListener::open();
  ASSERT_TRUE(listener) << listener.error().message;
  std::string stranger, post, right;
  std::thread browser([&, port = listener->port()] {
    stranger = visit(port, "GET /favicon.ico HTTP/1.1\r\nHost: a\r\n\r\n");
    post = visit(port, "POST /callback?x HTTP/1.1\r\nHost: a\r\n\r\n");
    right = visit(port, "GET /callback?x HTTP/1.1\r\nHost: a\r\n\r\n");
  });
  std::vector<std::string> targets;
  EXPECT_TRUE(listener->wait(std::chrono::seconds{30}, [&](std::string_view target) {
    targets.emplace_back(target);
    return target == "/callback?x";
  }));
  browser.join();
  EXPECT_THAT(targets, ElementsAre("/favicon.ico", "/callback?x"));
  EXPECT_THAT(stranger, testing::StartsWith("HTTP/1.1 404"));
  EXPECT_THAT(post, testing::StartsWith("HTTP/1.1 404"));
  EXPECT_THAT(right, testing::StartsWith("HTTP/1.1 200"));
}

// More of them than are kept, and fewer seconds than one of them may take.
TEST(LoopbackListener, SilentConnections_KeepNobodyOut) {
  auto listener = LoopbackListener::open();
  ASSERT_TRUE(listener);
  std::string right;
  std::vector<int> silent;
  std::thread browser([&, port = listener->port()] {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    for (int i = 0; i < 40; ++i) {
      silent.push_back(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
      EXPECT_EQ(::connect(silent.back(), reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    }
    right = visit(port, "GET /callback?x HTTP/1.1\r\nHost: a\r\n\r\n");
  });
  EXPECT_TRUE(listener->wait(std::chrono::seconds{4}, [](std::string_view target) { return target == "/callback?x"; }));
  { const auto closed = std::move(*listener); }  // or the browser would wait for ever where it was not heard
  browser.join();
  for (const int fd : silent) ::close(fd);
  EXPECT_THAT(right, testing::StartsWith("HTTP/1.1 200"));
}

TEST(LoopbackListener, NobodyComes) {
  const auto listener = LoopbackListener::open();
  ASSERT_TRUE(listener);
  EXPECT_FALSE(listener->wait(std::chrono::milliseconds{1}, [](std::string_view) { return true; }));
}

}  // namespace
}  // namespace quivive::agent
