// The upstream's side of a connection: the request goes out, its body is pumped, the response comes back.

#include "gateway/connection.h"
#include "base/text.h"
#include "gateway/forward_head.h"
#include "http/fetch_metadata.h"
#include "net/failure_text.h"

#include <fmt/format.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <cstring>

namespace quivive::gateway {
namespace {

using net::Awaitable;
using net::error_code;
using net::kUse;

constexpr std::chrono::milliseconds kWatch{1000};
namespace asio = net::asio;

bool wants_websocket(const http::RequestHead& head) {
  // RFC 9110 section 7.8: in HTTP/1.0 there is no Upgrade.
  if (!head.connection_upgrade || head.minor_version == 0 || head.has_body() || head.method != "GET") return false;
  const http::Field* upgrade = head.view().find(http::FieldId::Upgrade);
  return upgrade != nullptr && iequals(upgrade->value, "websocket");
}

const http::Field* field_of(const http::ResponseHead& head, http::FieldId id) {
  for (const http::Field& field : head.fields.view()) {
    if (field.id == id) return &field;
  }
  return nullptr;
}

}  // namespace

void Connection::build_upstream_head(const Admission& admission) {
  const Route& route = *admission.route;
  const bool trusted = contains(deployment_->config.trusted_proxies, peer_ip_);
  ForwardRequest request{.head = head_, .target = target_, .protected_names = deployment_->protected_names};
  request.drop_authorization = admission.authorization_consumed && !route.forward_authorization;
  request.drop_header = deployment_->key_header;
  request.drop_query = deployment_->key_query;
  request.own_cookies = deployment_->own_cookies;
  request.identity = admission.identity;
  request.request_id = record_.id;
  request.client_address = peer_;
  request.forwarded_proto = client_.is_tls() ? "https" : "http";
  request.forwarded_host = head_.host;
  request.upstream_host = route.upstream->authority;
  request.proxy_is_trusted = trusted;
  request.methods_decide = deployment_->router->compares_methods();
  if (trusted) {
    const http::RequestView view = head_.view();
    forwarded_for_.clear();
    for (const http::Field& field : view.fields) {
      if (field.id != http::FieldId::XForwardedFor || field.value.empty()) continue;
      if (!forwarded_for_.empty()) forwarded_for_ += ", ";
      forwarded_for_ += field.value;
    }
    request.forwarded_for = forwarded_for_;
    // The last one is the nearest proxy's: a client may have sent the ones before it.
    for (const http::Field& field : view.fields) {
      const bool known = field.value == "https" || field.value == "http";
      if (field.id == http::FieldId::XForwardedProto && known) request.forwarded_proto = field.value;
    }
  }
  request.websocket = websocket_ = wants_websocket(head_);
  upstream_head_.clear();
  append_upstream_head(upstream_head_, request);
}

Awaitable<Connection::Next> Connection::forward(const Admission& admission) {
  const Route& route = *admission.route;
  const std::shared_ptr<net::UpstreamPool> pool = worker_.upstream(route.upstream);
  build_upstream_head(admission);
  const bool awaits_continue = head_.expect_continue && !body_begun_;
  const BodyOut framing = head_.body == http::Body::Chunked ? BodyOut::Chunked : BodyOut::Plain;
  if (body_begun_) request_body_.reframe(framing, body_, upstream_head_);
  else request_body_ = BodyRelay(head_.body, head_.content_length, framing);
  // From here on the buffer is reused for the body, and the slices of head_ are gone; record_ has the method.
  head_consumed_ = true;
  consume(head_.head_bytes);
  consume(request_body_.take(buffered(), upstream_head_));
  if (request_body_.failed()) co_return co_await reject(Reason::RequestMalformed, request_body_.failure(), &route);

  pump_ = Pump::None;
  upstream_failure_.clear();
  Reason reason = Reason::Allowed;
  for (bool again = false;; again = true) {
    upstream_ = again ? nullptr : pool->take_idle();
    upstream_reused_ = upstream_ != nullptr;
    if (upstream_reused_) {
      worker_.metrics.upstream_reuses.add();
    } else {
      worker_.metrics.upstream_connects.add();
      const auto connected = co_await pool->connect(upstream_);
      if (!client_.is_open()) co_return Next::Close;  // close() meanwhile
      if (!connected) {
        const net::ConnectFailure failure = connected.error();
        reason = failure.timed_out ? Reason::UpstreamTimeout : Reason::UpstreamUnreachable;
        upstream_failure_ = failure.detail;
        break;
      }
    }
    reason = co_await exchange_heads(route, awaits_continue);
    watch_.expires_never();
    // Stale: closed by the upstream while it was kept, maybe with this request read.
    const bool stale = reason == Reason::UpstreamUnreachable && !client_gone_ && upstream_reused_ && !upstream_spoke_ && pump_ == Pump::None;
    // Threat: a change that is made twice, the second time to what somebody else has put there since. Hence not PUT and DELETE either, though
    // RFC 9110 section 9.2.2 would let them be sent again.
    const bool harmless = request_unsent_ || http::is_safe_method(record_.method);
    if (!stale || !harmless || again) break;
    worker_.metrics.upstream_retries.add();
  }
  if (reason == Reason::Allowed) co_return co_await relay_response(route, *pool);

  co_await join_pump();
  upstream_.reset();
  if (pump_ == Pump::ClientFailed) {
    if (client_.timed_out()) co_return co_await reject(Reason::RequestTimeout, "the request body stopped", &route);
    if (request_body_.failed()) co_return co_await reject(Reason::RequestMalformed, request_body_.failure(), &route);
    co_return Next::Close;
  }
  if (client_gone_) co_return Next::Close;
  co_return co_await reject(reason, upstream_failure_, &route);
}

// Sends the request (its body in a coroutine beside this one, where it has not all arrived) and reads the response's head.
Awaitable<Reason> Connection::exchange_heads(const Route& route, bool awaits_continue) {
  net::Stream& stream = upstream_->stream;
  upstream_begin_ = upstream_end_ = 0;
  upstream_spoke_ = false;
  stream.expires_after(route.first_byte_timeout);
  error_code ec;
  const std::size_t sent = stream.write_now(asio::buffer(upstream_head_), ec);
  request_unsent_ = ec.failed();
  if (!ec && sent < upstream_head_.size()) ec = co_await net::write_all(stream, asio::buffer(upstream_head_) + sent);
  if (ec) co_return no_response(route, ec);
  if (!request_body_.done()) {
    if (awaits_continue) {
      // The verdict is out, so the body may come (RFC 9110 section 10.1.1).
      ec = co_await send("HTTP/1.1 100 Continue\r\n\r\n");
      client_gone_ = ec.failed();
      if (client_gone_) co_return Reason::UpstreamUnreachable;
    }
    stream.expires_never();  // the response's time begins at the body's end
    start_pump(pump_request_body(route.first_byte_timeout));
  }
  response_.reset();
  watch_.expires_after(kWatch);
  while (pump_ != Pump::ClientFailed && !client_gone_) {
    if (upstream_end_ == upstream_->buffer.size()) co_return malformed_response(route, "the response head is too large");
    const auto [failed, n] = co_await stream.async_read_some(asio::buffer(upstream_->buffer) + upstream_end_);
    if (failed) co_return no_response(route, failed);
    upstream_end_ += n;
    upstream_spoke_ = true;
    while (upstream_begin_ < upstream_end_) {
      const std::string_view bytes(upstream_->buffer.data() + upstream_begin_, upstream_end_ - upstream_begin_);
      const auto result = http::parse_response_head(bytes, record_.method, response_, upstream_->buffer.size());
      if (result.status == http::HeadStatus::NeedMore) break;
      if (result.status == http::HeadStatus::Failed) co_return malformed_response(route, result.detail);
      upstream_begin_ += response_.head_bytes;
      if (response_.status >= 200 || response_.status == 101) co_return Reason::Allowed;
      response_.reset();  // an interim response says nothing that the client needs
    }
    if (upstream_begin_ > 0) {  // behind interim responses, the final head may take the whole buffer
      std::memmove(upstream_->buffer.data(), upstream_->buffer.data() + upstream_begin_, upstream_end_ - upstream_begin_);
      upstream_end_ -= upstream_begin_;
      upstream_begin_ = 0;
    }
  }
  co_return Reason::UpstreamUnreachable;
}

Reason Connection::malformed_response(const Route& route, std::string_view what) {
  upstream_failure_ = fmt::format("{}: {}", route.upstream->place(), what);
  return Reason::UpstreamMalformed;
}

// `ec` is what the upstream's connection failed with before a response was there.
Reason Connection::no_response(const Route& route, const error_code& ec) {
  const bool late = upstream_->stream.timed_out();
  const bool sent = pump_ == Pump::None || pump_ == Pump::Done;
  std::string what;
  if (late && sent) what = "no response within " + net::in_seconds(route.first_byte_timeout);
  else if (late) what = "none of the request's body was taken for " + net::in_seconds(deployment_->config.limits.body_timeout);
  else what = net::in_words(ec) + " before a response";
  upstream_failure_ = fmt::format("{}: {}", route.upstream->place(), what);
  return late ? Reason::UpstreamTimeout : Reason::UpstreamUnreachable;
}

Awaitable<> Connection::pump_request_body(std::chrono::milliseconds first_byte_timeout) {
  Pump outcome = Pump::Done;
  const auto patience = deployment_->config.limits.body_timeout;
  while (!request_body_.done() && !pump_stop_) {
    if (begin_ == end_) {
      begin_ = end_ = 0;
      client_.expires_after(patience);
      const auto [ec, n] = co_await client_.async_read_some(asio::buffer(buffer_.get(), capacity_));
      if (ec) {
        outcome = pump_stop_ ? Pump::Stopped : Pump::ClientFailed;
        break;
      }
      end_ = n;
      client_.expires_never();  // from here it waits for the upstream
    }
    upstream_body_.clear();
    consume(request_body_.take(buffered(), upstream_body_));
    if (request_body_.failed()) {
      outcome = Pump::ClientFailed;
      break;
    }
    upstream_->stream.expires_after(patience);
    const error_code ec = co_await net::write_all(upstream_->stream, asio::buffer(upstream_body_));
    if (ec) {
      outcome = pump_stop_ ? Pump::Stopped : Pump::UpstreamFailed;  // it may have answered already, without wanting the rest
      break;
    }
    upstream_->stream.expires_never();  // and now for the client
  }
  if (pump_stop_ && !request_body_.done() && outcome == Pump::Done) outcome = Pump::Stopped;
  client_.expires_never();
  upstream_->stream.expires_after(first_byte_timeout);
  // Whoever waits for the response must not wait for one to half a request.
  if (outcome == Pump::ClientFailed) upstream_->stream.cancel();
  pump_ = outcome;
  pump_done_.cancel();
}

void Connection::start_pump(Awaitable<> pump) {
  pump_ = Pump::Running;
  pump_stop_ = false;
  pump_done_.expires_at(net::SteadyClock::time_point::max());
  worker_.loop.spawn(std::move(pump));
}

Awaitable<> Connection::join_pump() {
  if (pump_ != Pump::Running) co_return;
  pump_stop_ = true;  // for a pump whose operation has ended already, and which no cancel() reaches
  client_.cancel();
  upstream_->stream.cancel();
  const auto [ec] = co_await pump_done_.async_wait(kUse);
  (void)ec;
}

// Now and then while a response is awaited: a client that has left frees its upstream connection. Costs nothing per request.
// The connection's state says so where unread bytes hide its end: a pipelined request, or the end of a TLS session.
void Connection::look_for_client() {
  if (!upstream_ || idle_) return;
  tcp_info info{};
  socklen_t size = sizeof info;
  const int failed = ::getsockopt(client_.socket().native_handle(), IPPROTO_TCP, TCP_INFO, &info, &size);
  if (failed == 0 && info.tcpi_state == TCP_ESTABLISHED) return watch_.expires_after(kWatch);
  client_gone_ = true;
  upstream_->stream.cancel();
}

Awaitable<Connection::Next> Connection::relay_response(const Route& route, net::UpstreamPool& pool) {
  const bool client_is_1_0 = head_.minor_version == 0;
  const bool has_body = response_.body != http::Body::None;
  const bool counted = response_.body == http::Body::Length;
  const bool switched = response_.status == 101;
  const http::Field* upgraded = switched ? field_of(response_, http::FieldId::Upgrade) : nullptr;
  const bool as_asked = websocket_ && upgraded != nullptr && iequals(upgraded->value, "websocket");
  // RFC 9110 section 15.5.8. Its Proxy-Authenticate goes no further than here, so that no client could answer it.
  const bool says_proxy = response_.status == 407;
  if (says_proxy || (switched && !as_asked)) {
    const Reason reason = malformed_response(route, says_proxy ? "a 407, which only a proxy sends" : "a 101 that nobody asked for");
    co_await join_pump();
    upstream_.reset();
    co_return co_await reject(reason, upstream_failure_, &route);
  }
  const bool chunked_out = has_body && !counted && !client_is_1_0;
  // Half a request was read so far: what follows it on this connection cannot be told from its rest.
  const bool unread = pump_ != Pump::None && pump_ != Pump::Done;
  const bool close = !head_.keep_alive || worker_.draining() || unread || (has_body && !counted && client_is_1_0);

  BodyRelay relay(response_.body, response_.content_length, chunked_out ? BodyOut::Chunked : BodyOut::Plain);
  out_.clear();
  append_client_head(out_, {response_, record_.id, deployment_->own_cookies, for_one_client_, authentication_info_, worker_.date(record_.time), has_body,
                            chunked_out, close, client_is_1_0, switched});
  record_.status = response_.status;
  const bool upstream_keeps = response_.keep_alive;
  bool begun = false;
  error_code to_client;

  if (switched) {
    to_client = co_await send(out_);
    if (!to_client) co_await tunnel(route.idle_timeout);
    upstream_.reset();
    co_return to_client ? Next::Close : Next::Linger;
  }
  while (true) {
    const std::string_view bytes(upstream_->buffer.data() + upstream_begin_, upstream_end_ - upstream_begin_);
    upstream_begin_ += relay.take(bytes, out_);
    if (relay.failed()) break;
    begun = true;
    const std::size_t sent = client_.write_now(asio::buffer(out_), to_client);
    record_.bytes_out += out_.size();
    if (!to_client && sent < out_.size()) {
      upstream_->stream.expires_never();  // it waits for a slow client, which is not its fault
      to_client = co_await send(std::string_view(out_).substr(sent));
    }
    if (to_client || relay.done()) break;
    out_.clear();
    upstream_begin_ = upstream_end_ = 0;
    upstream_->stream.expires_after(route.idle_timeout);
    const auto [failed, n] = co_await upstream_->stream.async_read_some(asio::buffer(upstream_->buffer));
    upstream_end_ = n;
    if (failed == asio::error::eof) {
      relay.end_of_input(out_);
      if (!relay.failed()) to_client = co_await send(out_);
      break;
    }
    if (failed) {
      record_.reason = upstream_->stream.timed_out() ? Reason::UpstreamTimeout : Reason::UpstreamUnreachable;
      break;
    }
  }
  co_await join_pump();
  const bool whole = relay.done();
  if (relay.failed()) {
    if (!begun) {
      upstream_.reset();
      const Reason reason = malformed_response(route, relay.failure());
      co_return co_await reject(reason, upstream_failure_, &route);
    }
    record_.reason = Reason::UpstreamMalformed;
  }
  if (whole && upstream_keeps && upstream_begin_ == upstream_end_ && (pump_ == Pump::None || pump_ == Pump::Done)) {
    pool.give_back(std::move(upstream_));
  }
  upstream_.reset();
  // A response that broke off stays without its end, so that the client can tell. Threat: one that could not be written to its end, and
  // the next one in the middle of it; and requests that wait behind it, done for a client that cannot learn of it (RFC 9112 section 9.6).
  if (!whole || to_client) co_return Next::Close;
  co_return close ? Next::Linger : Next::KeepAlive;
}

// After a 101: bytes both ways until either side ends.
Awaitable<> Connection::tunnel(std::chrono::milliseconds idle) {
  start_pump(tunnel_up(idle));
  while (pump_ == Pump::Running) {
    if (upstream_begin_ < upstream_end_) {
      const std::string_view bytes(upstream_->buffer.data() + upstream_begin_, upstream_end_ - upstream_begin_);
      client_.expires_after(idle);
      const error_code ec = co_await net::write_all(client_, asio::buffer(bytes));
      if (ec) break;
      record_.bytes_out += bytes.size();
    }
    upstream_begin_ = upstream_end_ = 0;
    upstream_->stream.expires_after(idle);
    const auto [ec, n] = co_await upstream_->stream.async_read_some(asio::buffer(upstream_->buffer));
    if (ec) break;
    upstream_end_ = n;
  }
  co_await join_pump();
}

Awaitable<> Connection::tunnel_up(std::chrono::milliseconds idle) {
  while (!pump_stop_) {
    if (begin_ < end_) {
      upstream_->stream.expires_after(idle);
      const error_code ec = co_await net::write_all(upstream_->stream, asio::buffer(buffer_.get() + begin_, end_ - begin_));
      if (ec) break;
    }
    begin_ = end_ = 0;
    client_.expires_after(idle);
    const auto [ec, n] = co_await client_.async_read_some(asio::buffer(buffer_.get(), capacity_));
    if (ec) break;
    end_ = n;
    record_.bytes_in += n;
  }
  pump_ = Pump::Done;
  upstream_->stream.cancel();
  pump_done_.cancel();
}

}  // namespace quivive::gateway
