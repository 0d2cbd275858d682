// The client's side of a connection.

#include "gateway/connection.h"

#include "base/text.h"
#include "auth/challenges.h"
#include "gateway/response_writer.h"

#include <cstring>

namespace quivive::gateway {
namespace {

using net::Awaitable;
using net::error_code;
using net::kUse;
namespace asio = net::asio;

// A body that a refused request brings along is read and dropped up to this size, so that the connection can go on.
constexpr std::uint64_t kDiscard = 64 * 1024;
constexpr std::chrono::milliseconds kLinger{2000};

config::IpAddress ip_of(const asio::ip::address& address) {
  return address.is_v4() ? config::ip_from_v4(address.to_v4().to_bytes()) : config::ip_from_v6(address.to_v6().to_bytes());
}

FixedText<46> text_of(const asio::ip::address& address) {
  FixedText<46> out;
  if (address.is_v6() && address.to_v6().is_v4_mapped()) {
    out = asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6()).to_string();
  } else {
    out = address.to_string();
  }
  return out;
}

// Kept only when it is plainly an identifier: it goes into logs and to the upstream.
bool is_sane_request_id(std::string_view id) {
  if (id.size() < 8 || id.size() > 64) return false;
  for (const char c : id) {
    const bool ok = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' || c == '_' || c == '-';
    if (!ok) return false;
  }
  return true;
}

// The value of a field that was sent once; "" otherwise.
std::string_view only_value(const http::RequestView& view, http::FieldId id) {
  const http::Field* only = nullptr;
  for (const http::Field& field : view.fields) {
    if (field.id != id) continue;
    if (only != nullptr) return {};
    only = &field;
  }
  return only == nullptr ? std::string_view{} : only->value;
}

}  // namespace

Connection::Connection(Worker& worker, net::Socket socket, const net::tcp::endpoint& peer)
    : worker_(worker),
      client_(std::move(socket), worker.loop.deadlines()),
      peer_(text_of(peer.address())),
      peer_ip_(ip_of(peer.address())),
      capacity_(worker.deployment->config.limits.header_bytes),
      watch_(worker.loop.deadlines(), *this),
      pump_done_(worker.loop.executor()) {
  buffer_ = std::make_unique_for_overwrite<char[]>(capacity_);
  worker_.joined(*this);
}

Connection::~Connection() { worker_.left(*this); }

void Connection::drain() {
  if (idle_) client_.cancel();
}

void Connection::close() {
  client_.close();
  if (upstream_) upstream_->stream.close();
}

void Connection::consume(std::size_t n) { begin_ += n; }

Awaitable<> Connection::run() {
  error_code ec;
  client_.socket().set_option(net::tcp::no_delay(true), ec);
  client_.socket().non_blocking(true, ec);
  if (const auto& tls = worker_.deployment->listener_tls) {
    client_.expires_after(worker_.deployment->config.limits.header_timeout);
    ec = co_await client_.accept_tls(tls);
    if (ec) co_return;
  }
  while (true) {
    begin_request();
    http::HeadResult result;
    const bool arrived = co_await read_head(result);
    if (!arrived) break;
    worker_.metrics.requests_in_flight.add();
    started_ = net::SteadyClock::now();
    Next next = Next::Close;
    if (result.status == http::HeadStatus::Complete) {
      next = co_await serve_request();
    } else {
      next = co_await refuse_head(result);
    }
    finish_request();
    worker_.metrics.requests_in_flight.subtract();
    if (next == Next::Close || worker_.draining()) break;
  }
  if (client_.is_tls() && client_.is_open()) co_await client_.shutdown_send();
  client_.close();
}

void Connection::begin_request() {
  deployment_ = worker_.deployment;
  head_.reset();
  record_ = AccessRecord{};
  request_body_ = BodyRelay(http::Body::None, 0, BodyOut::Plain);
  pump_ = Pump::None;
  websocket_ = head_consumed_ = client_gone_ = false;
  cors_origin_.clear();
  authentication_info_.clear();
  if (begin_ == end_) {
    begin_ = end_ = 0;
  } else if (begin_ > 0) {  // a pipelined request
    std::memmove(buffer_.get(), buffer_.get() + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
  }
}

// Reads until a head is there, whole or broken. False when the connection ended, or was idle for too long.
Awaitable<bool> Connection::read_head(http::HeadResult& result) {
  const auto& limits = deployment_->config.limits;
  idle_ = begin_ == end_;
  // One deadline for the whole head, from its first byte: a byte every few seconds does not extend it.
  client_.expires_after(!idle_ ? limits.header_timeout : worker_.draining() ? kLinger : limits.idle_timeout);
  while (true) {
    if (begin_ < end_) {
      result = http::parse_request_head(buffered(), head_, capacity_);
      if (result.status != http::HeadStatus::NeedMore) break;
    }
    const auto [ec, n] = co_await client_.async_read_some(asio::buffer(buffer_.get() + end_, capacity_ - end_));
    if (ec) {
      const bool late = client_.timed_out() && !idle_;
      if (late) result = {http::HeadStatus::Failed, Reason::RequestTimeout, "the request head did not arrive in time", end_};
      co_return late;
    }
    if (idle_) {
      idle_ = false;
      client_.expires_after(limits.header_timeout);
    }
    end_ += n;
  }
  idle_ = false;
  client_.expires_never();
  co_return true;
}

// A head that is broken says nothing about where the next one begins: refuse and close.
Awaitable<Connection::Next> Connection::refuse_head(const http::HeadResult& result) {
  record_.time = worker_.services.clock.now();
  record_.remote = peer_;
  record_.method = head_.method;
  record_.path = head_.target.substr(0, head_.target.find('?'));
  worker_.new_request_id(record_.id);
  head_.keep_alive = false;
  (void)co_await reject(refusal(result.reason, result.detail), nullptr);
  co_return Next::Close;
}

Awaitable<Connection::Next> Connection::serve_request() {
  record_.time = worker_.services.clock.now();
  record_.remote = client_address(head_.view());
  record_.method = head_.method;
  const std::string_view given = only_value(head_.view(), http::FieldId::XRequestId);
  if (is_sane_request_id(given)) {
    record_.id = given;
  } else {
    worker_.new_request_id(record_.id);
  }
  // Threat: cross-site tracing. The upstream would echo what the gateway adds, an assertion among it, to the client.
  if (head_.method == "TRACE") co_return co_await reject(refusal(Reason::RequestMalformed, "TRACE is not forwarded"), nullptr);
  const auto target = http::parse_target(head_.target, head_.host, http::EncodedSlash::Pass, target_scratch_);
  if (!target) {
    record_.path = head_.target.substr(0, head_.target.find('?'));
    co_return co_await reject(refusal(Reason::RequestTargetAmbiguous, target.error().detail), nullptr);
  }
  target_ = *target;
  record_.path = target_.path;
  if (target_.policy_path.starts_with("/.quivive/")) co_return co_await answer_own();

  Admission admission;
  auth::FoundCredentials found;
  if (!decide_now(worker_, *deployment_, {head_, target_, record_.time}, found, admission)) {
    co_await verify_credential(worker_, deployment_, record_.time, found, admission);
  }
  note(admission, record_);
  cors_origin_ = admission.cors_origin;
  authentication_info_ = std::move(admission.authentication_info);
  if (admission.preflight) co_return co_await answer_preflight();
  if (!admission.admitted) co_return co_await reject(admission.verdict, admission.route);
  co_return co_await forward(admission);
}

bool Connection::body_is_buffered() const {
  if (head_.body == http::Body::Chunked) return false;
  return !head_.has_body() || head_.content_length <= end_ - begin_ - head_.head_bytes;
}

// The one place on this side where a rejection leaves the gateway; response_writer makes its bytes.
Awaitable<Connection::Next> Connection::reject(const auth::Verdict& verdict, const Route* route) {
  bool keep = head_.keep_alive && !worker_.draining();
  if (head_consumed_) {
    keep = keep && request_body_.done();
  } else if (head_.head_bytes == 0) {
    keep = false;
  } else if (head_.expect_continue) {
    keep = false;  // whether the body follows is the client's choice, so where the next head begins is not known
  } else if (!body_is_buffered()) {
    keep = keep && head_.body == http::Body::Length && head_.content_length <= kDiscard;
  }
  record_.reason = verdict.reason;
  out_.clear();
  RejectionContext context{*deployment_, route, verdict, head_consumed_ ? nullptr : &head_, record_.method, record_.id,
                           worker_.date(record_.time), !keep, {}, cors_origin_};
  if (route != nullptr && auth::needs_nonce(*route->policy, verdict)) {
    context.nonce = worker_.tools.nonces.make(record_.time, route->policy->realm());
  }
  record_.status = append_rejection(out_, context);
  worker_.traces.note(record_, verdict, head_consumed_ ? std::string_view{} : head_.host, out_);
  record_.bytes_out += out_.size();
  const error_code ec = co_await send(out_);
  if (ec) co_return Next::Close;
  if (!keep) {
    co_await linger();
    co_return Next::Close;
  }
  if (!head_consumed_) {
    request_body_ = BodyRelay(head_.body, head_.content_length, BodyOut::Plain);
    consume(head_.head_bytes);
    co_return co_await discard_body();
  }
  co_return Next::KeepAlive;
}

// Reads the rest of a refused request's body and drops it.
Awaitable<Connection::Next> Connection::discard_body() {
  while (true) {
    upstream_body_.clear();
    consume(request_body_.take(buffered(), upstream_body_));
    if (request_body_.failed()) co_return Next::Close;
    if (request_body_.done()) co_return Next::KeepAlive;
    begin_ = end_ = 0;
    client_.expires_after(deployment_->config.limits.body_timeout);
    const auto [ec, n] = co_await client_.async_read_some(asio::buffer(buffer_.get(), capacity_));
    if (ec) co_return Next::Close;
    end_ = n;
  }
}

// Closes without destroying the response: with unread bytes the kernel would send a reset, and the client lose what it was
// told. Bounded in time and, through the deadline, in bytes.
Awaitable<> Connection::linger() {
  co_await client_.shutdown_send();
  client_.expires_after(kLinger);
  std::size_t budget = 1024 * 1024;
  while (budget > 0) {
    const auto [ec, n] = co_await client_.async_read_some(asio::buffer(buffer_.get(), capacity_));
    if (ec) break;
    budget -= std::min(budget, n);
  }
  begin_ = end_ = 0;
}

Awaitable<error_code> Connection::send(std::string_view bytes) {
  client_.expires_after(deployment_->config.limits.body_timeout);
  const error_code ec = co_await net::write_all(client_, asio::buffer(bytes));
  client_.expires_never();
  co_return ec;
}

// Whom the log names. Behind trusted proxies that is the last address that none of them has: what is left of it was
// written by the client, since each proxy appends the peer that it saw.
std::string_view Connection::client_address(const http::RequestView& view) const {
  const auto& trusted = deployment_->config.trusted_proxies;
  if (trusted.empty() || !contains(trusted, peer_ip_)) return peer_;
  std::string_view address = peer_;
  for (auto field = view.fields.rbegin(); field != view.fields.rend(); ++field) {
    if (field->id != http::FieldId::XForwardedFor) continue;
    std::string_view rest = field->value;
    while (true) {
      const std::size_t comma = rest.rfind(',');
      const std::string_view hop = trim_ows(comma == std::string_view::npos ? rest : rest.substr(comma + 1));
      const auto ip = config::parse_ip(hop);
      if (!ip) return address;
      address = hop;
      if (!contains(trusted, *ip)) return address;
      if (comma == std::string_view::npos) break;
      rest = rest.substr(0, comma);
    }
  }
  return address;
}

Awaitable<Connection::Next> Connection::answer_preflight() {
  const http::RequestView view = head_.view();
  const bool close = !head_.keep_alive || worker_.draining() || head_.has_body();
  out_.clear();
  append_preflight(out_, {cors_origin_, view.value(http::FieldId::AccessControlRequestMethod),
                          view.value(http::FieldId::AccessControlRequestHeaders), record_.id, worker_.date(record_.time), close});
  record_.status = 204;
  record_.bytes_out = out_.size();
  consume(head_.head_bytes);
  const error_code ec = co_await send(out_);
  co_return ec || close ? Next::Close : Next::KeepAlive;
}

// /.quivive/…: the gateway's own paths.
Awaitable<Connection::Next> Connection::answer_own() {
  record_.route = "/.quivive/";
  const bool jwks = target_.policy_path == "/.quivive/jwks.json" && deployment_->assertion != nullptr;
  const bool readable = record_.method.view() == "GET" || record_.method.view() == "HEAD";
  if (!jwks || !readable || head_.has_body()) co_return co_await reject(refusal(Reason::PathUnknown, "no such path of the gateway's own"), nullptr);
  out_.clear();
  const bool close = !head_.keep_alive || worker_.draining();
  append_own_json(out_, deployment_->assertion->jwks(), record_.method.view() == "HEAD", record_.id, worker_.date(record_.time), close);
  record_.status = 200;
  record_.bytes_out = out_.size();
  consume(head_.head_bytes);
  const error_code ec = co_await send(out_);
  co_return ec || close ? Next::Close : Next::KeepAlive;
}

void Connection::finish_request() {
  record_.bytes_in += request_body_.bytes();
  record_.micros = static_cast<std::uint32_t>(
      std::chrono::duration_cast<std::chrono::microseconds>(net::SteadyClock::now() - started_).count());
  Metrics& m = worker_.metrics;
  const std::size_t scheme = record_.scheme ? static_cast<std::size_t>(*record_.scheme) + 1 : 0;
  m.requests[static_cast<std::size_t>(record_.reason)][scheme].add();
  m.bytes_received.add(record_.bytes_in);
  m.bytes_sent.add(record_.bytes_out);
  if (!worker_.records.push(record_)) m.log_records_dropped.add();
}

}  // namespace quivive::gateway
