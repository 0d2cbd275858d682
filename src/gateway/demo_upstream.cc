#include "gateway/demo_upstream.h"

#include "base/json.h"
#include "base/text.h"
#include "http/head_parser.h"

#include <fmt/format.h>

namespace quivive::gateway {
namespace {

namespace asio = net::asio;

std::string answer_to(const http::RequestHead& head) {
  std::string caller = "nobody: the path is public";
  for (const http::Field& field : head.fields.view()) {
    if (iequals(field.name, "X-Quivive-Subject")) caller = field.value;
  }
  std::string body = "{\"path\":";
  append_json_quoted(body, head.target);
  body += ",\"caller\":";
  append_json_quoted(body, caller);
  if (head.target == "/admin/users") body += R"(,"users":["ada","grace","edsger"])";
  return body + "}\n";
}

}  // namespace

Result<std::unique_ptr<DemoUpstream>> DemoUpstream::start() {
  auto upstream = std::make_unique<DemoUpstream>();
  auto listener = net::Listener::open(upstream->loop_, {asio::ip::address_v4::loopback(), 0});
  if (!listener) return listener.error();
  upstream->listener_ = std::move(*listener);
  upstream->port_ = upstream->listener_->local().port();
  upstream->thread_ = std::thread([u = upstream.get()] {
    u->listener_->start([u](net::Socket socket, const net::tcp::endpoint&) {
      std::erase_if(u->open_, [](const auto& weak) { return weak.expired(); });
      auto stream = std::make_shared<net::Stream>(std::move(socket), u->loop_.deadlines());
      u->open_.push_back(stream);
      u->loop_.spawn(u->serve(std::move(stream)));
    });
    u->loop_.run();
  });
  return upstream;
}

DemoUpstream::~DemoUpstream() {
  loop_.mailbox().post([this] {
    listener_->stop();
    for (const auto& weak : open_) {
      if (const auto stream = weak.lock()) stream->close();
    }
    loop_.finish();
  });
  thread_.join();
}

net::Awaitable<> DemoUpstream::serve(std::shared_ptr<net::Stream> stream) {
  std::string buffer;
  http::RequestHead head;
  while (true) {
    head.reset();
    const auto result = http::parse_request_head(buffer, head);
    if (result.status == http::HeadStatus::Failed || head.has_body()) break;  // the demo's paths are only read
    if (result.status == http::HeadStatus::NeedMore) {
      const std::size_t old = buffer.size();
      buffer.resize(old + 4096);
      const auto [ec, n] = co_await stream->async_read_some(asio::buffer(buffer.data() + old, 4096));
      if (ec) break;
      buffer.resize(old + n);
      continue;
    }
    const std::string body = answer_to(head);
    std::string out = fmt::format("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n", body.size());
    if (head.method != "HEAD") out += body;
    buffer.erase(0, head.head_bytes);
    const auto ec = co_await net::write_all(*stream, asio::buffer(out));
    if (ec) break;
  }
  stream->close();
}

}  // namespace quivive::gateway
