// The client's side of a connection.

#include "gateway/connection.h"

#include "base/text.h"
#include "auth/challenges.h"
#include "gateway/client_address.h"
#include "gateway/issuer_desk.h"
#include "gateway/response_writer.h"
#include "http/fetch_metadata.h"

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

// A browser that goes to a page is shown the login form; whoever brought another credential is told what is wrong with it.
bool goes_to_login(const Deployment& deployment, const Route& route, const auth::Verdict& verdict, const http::RequestView& view) {
  if (!route.policy->accepts(auth::Scheme::Session) || deployment.config.accept.session->login != config::LoginKind::Form) return false;
  switch (verdict.reason) {
    case Reason::CredentialsMissing:
    case Reason::SessionMissing:
    case Reason::SessionUnknown:
    case Reason::SessionExpired:
    case Reason::SessionRevoked: return &route != &deployment.login->route && http::is_navigation(view);
    default: return false;
  }
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

// The token service's metadata is where its standards want it (RFC 8414 section 3).
bool is_own_path(const Deployment& deployment, std::string_view policy_path) {
  return policy_path.starts_with("/.quivive/") || (policy_path.starts_with("/.well-known/") && is_issuer_path(deployment, policy_path));
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
  Next next = Next::KeepAlive;
  while (next == Next::KeepAlive) {
    begin_request();
    http::HeadResult result;
    const bool arrived = co_await read_head(result);
    if (!arrived) break;
    worker_.metrics.requests_in_flight.add();
    started_ = net::SteadyClock::now();
    if (result.status == http::HeadStatus::Complete) {
      next = co_await serve_request();
    } else {
      next = co_await refuse_head(result);
    }
    finish_request();
    worker_.metrics.requests_in_flight.subtract();
    if (next == Next::KeepAlive && worker_.draining()) next = Next::Linger;
  }
  if (next == Next::Linger) co_await linger();
  // Not after a failure: an end of the TLS session would make a response that broke off look whole.
  else if (next == Next::KeepAlive && client_.is_tls() && client_.is_open()) co_await client_.shutdown_send();
  client_.close();
}

void Connection::begin_request() {
  deployment_ = worker_.deployment;
  head_.reset();
  record_ = AccessRecord{};
  routed_by_ = 0;
  request_body_ = BodyRelay(http::Body::None, 0, BodyOut::Plain);
  pump_ = Pump::None;
  if (body_begun_) {
    std::string().swap(body_);  // a connection at rest keeps none of it
    std::string().swap(upstream_head_);
  }
  websocket_ = head_consumed_ = client_gone_ = body_begun_ = false;
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
  set_path(record_, head_.target.substr(0, head_.target.find('?')));
  worker_.new_request_id(record_.id);
  head_.keep_alive = false;
  co_return co_await reject(result.reason, result.detail, nullptr);
}

Awaitable<Connection::Next> Connection::serve_request() {
  record_.time = worker_.services.clock.now();
  const auto& trusted = deployment_->config.trusted_proxies;
  record_.remote = client_address(head_.view(), trusted, {peer_, peer_ip_});
  if (worker_.may_tell_of_proxy(*deployment_) && is_unknown_proxy(head_.view(), trusted, {peer_, peer_ip_})) worker_.tell_of_proxy(deployment_, peer_);
  record_.method = head_.method;
  const std::string_view given = only_value(head_.view(), http::FieldId::XRequestId);
  if (is_sane_request_id(given)) {
    record_.id = given;
  } else {
    worker_.new_request_id(record_.id);
  }
  // Threat: cross-site tracing. The upstream would echo what the gateway adds, an assertion among it, to the client.
  if (head_.method == "TRACE") co_return co_await reject(Reason::RequestMalformed, "TRACE is not forwarded", nullptr);
  // Threat: a tunnel that is taken for a connection, and its content for requests and responses (RFC 9110 section 9.3.6).
  if (head_.method == "CONNECT") co_return co_await reject(Reason::RequestMalformed, "CONNECT is not forwarded", nullptr);
  const auto target = http::parse_target(head_.target, head_.host, http::EncodedSlash::Pass, target_scratch_);
  if (!target) {
    set_path(record_, head_.target.substr(0, head_.target.find('?')));
    co_return co_await reject(Reason::RequestTargetAmbiguous, target.error().detail, nullptr);
  }
  target_ = *target;
  set_path(record_, target_.path);
  if (is_own_path(*deployment_, target_.policy_path)) co_return co_await answer_own();

  Admission admission;
  auth::FoundCredentials found;
  const PipelineInput input{head_, target_, record_.time, record_.remote};
  bool decided = decide_now(worker_, *deployment_, input, found, admission);
  if (admission.wants_body) decided = co_await decide_over_body(found, admission);
  if (!decided) {
    co_await verify_credential(worker_, deployment_, input, found, admission);
  }
  note(admission, record_);
  if (admission.routed) routed_by_ = deployment_->generation;
  cors_origin_ = admission.cors_origin;
  authentication_info_ = std::move(admission.authentication_info);
  for_one_client_ = admission.verdict.allowed() && admission.verdict.principal && !admission.authorization_consumed;
  if (admission.preflight) co_return co_await answer_preflight();
  if (!admission.admitted) co_return co_await reject(admission.verdict, admission.route);
  if (admission.observed) note_observed(admission.verdict);
  co_return co_await forward(admission);
}

// decide_now() again, with the body. What is wrong with the body's framing is a verdict too.
Awaitable<bool> Connection::decide_over_body(auth::FoundCredentials& found, Admission& admission) {
  const BodyRead read = co_await buffer_body(deployment_->config.accept.digest->auth_int_body);
  admission.wants_body = false;
  switch (read) {
    case BodyRead::Whole:
    case BodyRead::TooLarge: break;
    case BodyRead::Malformed:
      admission.verdict = refusal(Reason::RequestMalformed, request_body_.failure());
      co_return true;
    case BodyRead::TimedOut:
      admission.verdict = refusal(Reason::RequestTimeout, "the request body stopped");
      co_return true;
    case BodyRead::Gone:
      admission.verdict = refusal(Reason::RequestMalformed, "the connection ended before the body did");
      co_return true;
  }
  const BodyInMemory body{body_, read == BodyRead::Whole};
  admission = Admission{};
  found = auth::FoundCredentials{};
  co_return decide_now(worker_, *deployment_, {head_, target_, record_.time, record_.remote, &body}, found, admission);
}

bool Connection::body_is_buffered() const {
  if (head_.body == http::Body::Chunked) return false;
  return !head_.has_body() || head_.content_length <= end_ - begin_ - head_.head_bytes;
}

Awaitable<Connection::Next> Connection::reject(Reason reason, std::string_view detail, const Route* route) {
  refused_ = refusal(reason, detail);
  return reject(refused_, route);
}

// The one place on this side where a rejection leaves the gateway; response_writer makes its bytes.
Awaitable<Connection::Next> Connection::reject(const auth::Verdict& verdict, const Route* route, std::string_view html) {
  bool keep = head_.keep_alive && !worker_.draining();
  if (head_consumed_ || body_begun_) {
    keep = keep && request_body_.done();
  } else if (head_.head_bytes == 0) {
    keep = false;
  } else if (head_.expect_continue) {
    keep = false;  // whether the body follows is the client's choice, so where the next head begins is not known
  } else if (!body_is_buffered()) {
    keep = keep && head_.body == http::Body::Length && head_.content_length <= kDiscard;
  }
  record_.reason = verdict.reason;
  record_.observed = false;
  out_.clear();
  RejectionContext context{*deployment_, route, verdict, head_consumed_ ? nullptr : &head_, record_.method, record_.id,
                           worker_.date(record_.time), !keep, {}, cors_origin_, html};
  context.to_login = route != nullptr && html.empty() && !head_consumed_ && goes_to_login(*deployment_, *route, verdict, head_.view());
  if (route != nullptr && auth::needs_nonce(*route->policy, verdict)) {
    context.nonce = worker_.tools.nonces.make(record_.time, route->policy->realm());
  }
  record_.status = append_rejection(out_, context);
  worker_.traces.note(record_, verdict, head_consumed_ ? std::string_view{} : head_.host, out_, routed_by_);
  record_.bytes_out += out_.size();
  error_code ec;
  const std::size_t sent = client_.write_now(asio::buffer(out_), ec);  // mostly all of it, and then no coroutine is needed
  if (!ec && sent < out_.size()) ec = co_await send(std::string_view(out_).substr(sent));
  if (ec) co_return Next::Close;
  if (!keep) co_return Next::Linger;
  if (!head_consumed_) {
    if (!body_begun_) request_body_ = BodyRelay(head_.body, head_.content_length, BodyOut::Plain);
    consume(head_.head_bytes);
    co_return co_await discard_body();
  }
  co_return Next::KeepAlive;
}

// Before the request is forwarded, while the head's bytes are there.
void Connection::note_observed(const auth::Verdict& verdict) {
  AccessRecord would_be = record_;
  would_be.status = status_of(verdict, *deployment_);
  worker_.traces.note(would_be, verdict, head_.host, {}, routed_by_);
}

// Reads the body into body_, before the verdict: for what is decided over it. The request is then forwarded or rejected as any other,
// the head being good until then. TooLarge of a body whose length is known has read nothing, and another decision is still free.
Awaitable<BodyRead> Connection::buffer_body(std::size_t limit) {
  if (head_.body == http::Body::Length && head_.content_length > limit) co_return BodyRead::TooLarge;
  const bool buffered = body_is_buffered();
  body_begun_ = true;
  request_body_ = BodyRelay(head_.body, head_.content_length, BodyOut::Plain);
  if (head_.expect_continue && !buffered) {
    // There is no verdict without the body, so it has to come first (RFC 9110 section 10.1.1).
    const error_code ec = co_await send("HTTP/1.1 100 Continue\r\n\r\n");
    if (ec) co_return BodyRead::Gone;
  }
  ReceiveBuffer in{buffer_.get(), capacity_, begin_ + head_.head_bytes, end_};
  const BodyRead result = co_await read_body(client_, in, request_body_, limit, deployment_->config.limits.body_timeout, body_);
  end_ = in.end;
  co_return result;
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
  co_return ec ? Next::Close : close ? Next::Linger : Next::KeepAlive;
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
