#include "gateway/admin.h"

#include "base/json.h"
#include "gateway/explain.h"
#include "gateway/gateway.h"
#include "http/head_parser.h"
#include "http/query.h"

#include <fmt/format.h>

namespace quivive::gateway {
namespace {

using net::Awaitable;
using net::kUse;
namespace asio = net::asio;

constexpr std::size_t kMaxHead = 8 * 1024;
constexpr std::chrono::seconds kPatience{10};

// A name in Host that is not ours means that a page's script reached us through a name of its own (DNS rebinding).
bool is_direct_host(std::string_view host) {
  if (host.empty()) return true;
  std::string name(host.substr(0, host.starts_with('[') ? host.find(']') + 1 : host.rfind(':')));
  if (name == "localhost") return true;
  if (name.starts_with('[')) name = name.substr(1, name.size() - 2);
  net::error_code ec;
  asio::ip::make_address(name, ec);
  return !ec;
}

template <class T, class Start>
Awaitable<T> wait_for(Start start) {
  return asio::async_initiate<const asio::use_awaitable_t<net::Executor>, void(T)>(
      [](auto handler, Start begin) {
        auto waiting = std::make_shared<decltype(handler)>(std::move(handler));
        begin([waiting](T value) { (*waiting)(std::move(value)); });
      },
      asio::use_awaitable_t<net::Executor>{}, std::move(start));
}

}  // namespace

Result<std::unique_ptr<Admin>> Admin::open(Gateway& gateway, const net::tcp::endpoint& at) {
  auto admin = std::make_unique<Admin>(gateway);
  auto listener = net::Listener::open(gateway.control(), at);
  if (!listener) return error("admin: {}", listener.error().message);
  admin->listener_ = std::move(*listener);
  return admin;
}

void Admin::start() {
  listener_->start([this](net::Socket socket, const net::tcp::endpoint&) {
    std::erase_if(open_, [](const auto& weak) { return weak.expired(); });
    if (open_.size() >= kMaxConnections) return;  // the socket closes
    auto stream = std::make_shared<net::Stream>(std::move(socket), gateway_.control().deadlines());
    open_.push_back(stream);
    gateway_.control().spawn(serve(std::move(stream)));
  });
}

void Admin::stop() {
  listener_->stop();
  for (const auto& weak : open_) {
    if (const auto stream = weak.lock()) stream->close();
  }
}

Awaitable<> Admin::serve(std::shared_ptr<net::Stream> stream) {
  std::string buffer;
  http::RequestHead head;
  while (true) {
    stream->expires_after(kPatience);
    head.reset();
    const auto result = http::parse_request_head(buffer, head, kMaxHead);
    if (result.status == http::HeadStatus::Failed) break;
    if (result.status == http::HeadStatus::NeedMore) {
      const std::size_t old = buffer.size();
      buffer.resize(old + 4096);
      const auto [ec, n] = co_await stream->async_read_some(asio::buffer(buffer.data() + old, 4096));
      if (ec) break;
      buffer.resize(old + n);
      continue;
    }
    Reply reply = co_await answer(head);
    const bool keep = head.keep_alive && !head.has_body();
    std::string out = fmt::format("HTTP/1.1 {} {}\r\nContent-Type: {}\r\nContent-Length: {}\r\nCache-Control: no-store\r\n{}\r\n", reply.status,
                                  reply.status < 300 ? "OK" : "Error", reply.type, reply.body.size(), keep ? "" : "Connection: close\r\n");
    if (head.method != "HEAD") out += reply.body;
    const std::size_t used = head.head_bytes;
    const auto ec = co_await net::write_all(*stream, asio::buffer(out));
    if (ec || !keep) break;
    buffer.erase(0, used);
  }
  co_await stream->shutdown_send();
  stream->close();
}

Awaitable<Admin::Reply> Admin::answer(const http::RequestHead& head) {
  const http::RequestView view = head.view();
  const std::string path(head.target.substr(0, head.target.find('?')));
  if (!is_direct_host(head.host)) co_return Reply{403, "application/json", R"({"error":"ask by address, not by name"})"};
  const bool reads = head.method == "GET" || head.method == "HEAD";
  if (reads && path == "/healthz") co_return Reply{200, "text/plain", "ok\n"};
  if (reads && path == "/readyz") {
    const bool ready = gateway_.ready();
    co_return Reply{ready ? 200 : 503, "text/plain", ready ? "ready\n" : "not ready\n"};
  }
  if (reads && path == "/metrics") co_return Reply{200, "text/plain; version=0.0.4; charset=utf-8", gateway_.metrics()};
  if (reads && path.starts_with("/explain/")) {
    std::string found = co_await explain(path.substr(9));
    if (found.empty()) co_return Reply{404, "application/json", R"({"error":"no rejection with this id is remembered"})"};
    co_return Reply{200, "application/json", std::move(found)};
  }
  if (reads && path == "/lockouts") {
    std::string locked = co_await gateway_.lockouts_json();
    co_return Reply{200, "application/json", std::move(locked)};
  }
  // Threat: a page that a browser on this machine is shown, and that sends commands here.
  if (head.method == "POST" && (view.find(http::FieldId::Origin) != nullptr || view.find(http::FieldId::SecFetchSite) != nullptr)) {
    co_return Reply{403, "application/json", R"({"error":"not from a web page"})"};
  }
  if (head.method == "POST" && path == "/lockouts/clear") {
    std::string target(head.target);
    Reply reply = co_await clear_lockouts(std::move(target));
    co_return reply;
  }
  if (head.method == "POST" && path == "/reload") {
    const ReloadOutcome outcome = co_await reload();
    const bool done = outcome.faults.empty();
    JsonObject body;
    body["reloaded"] = done;
    body["faults"] = JsonArray(outcome.faults.begin(), outcome.faults.end());
    body["warnings"] = JsonArray(outcome.warnings.begin(), outcome.warnings.end());
    co_return Reply{done ? 200 : 409, "application/json", to_json(body)};
  }
  co_return Reply{404, "application/json", R"({"error":"no such path; there are /healthz, /readyz, /metrics, /explain/ID, /lockouts, POST /lockouts/clear and POST /reload"})"};
}

// POST /lockouts/clear?user=NAME&network=NETWORK: either or both; all=1 for all.
Awaitable<Admin::Reply> Admin::clear_lockouts(std::string target) {
  const std::size_t mark = target.find('?');
  const std::string_view query = mark == std::string::npos ? std::string_view{} : std::string_view(target).substr(mark + 1);
  const auto value = [&](std::string_view name) { return http::form_decode(http::find_parameter(query, name).value); };
  const std::string user = value("user"), network = value("network");
  if ((value("all") == "1") != (user.empty() && network.empty())) {
    co_return Reply{400, "application/json", R"({"error":"say whose: ?user=NAME, ?network=NETWORK, both, or ?all=1 alone"})"};
  }
  const auto cleared = co_await gateway_.clear_lockouts(user, network);
  JsonObject body;
  if (cleared) {
    body["cleared"] = *cleared;
  } else {
    body["error"] = fmt::format("nothing was cleared, since the store cannot say which hashes of the name are counted: {}", cleared.error().message);
  }
  co_return Reply{cleared ? 200 : 503, "application/json", to_json(body)};
}

Awaitable<std::string> Admin::explain(std::string id) {
  auto start = [this, id](std::function<void(std::string)> done) {
    auto found = std::make_shared<std::string>();
    auto mutex = std::make_shared<std::mutex>();  // two workers may have an entry of that id
    const auto deployment = gateway_.deployment();
    gateway_.on_workers(
        [found, mutex, deployment, id](Worker& worker) {
          const TraceEntry* entry = worker.traces.find(id);
          if (entry == nullptr) return;
          const std::lock_guard lock(*mutex);
          *found = explain_json(*entry, *deployment);
        },
        [found, done = std::move(done)] { done(std::move(*found)); });
  };
  return wait_for<std::string>(std::move(start));
}

Awaitable<ReloadOutcome> Admin::reload() {
  auto start = [this](std::function<void(ReloadOutcome)> done) { gateway_.reload(std::move(done)); };
  return wait_for<ReloadOutcome>(std::move(start));
}

}  // namespace quivive::gateway
