// The gateway's own paths, /.quivive/…

#include "gateway/connection.h"
#include "gateway/issuer_desk.h"
#include "gateway/login_desk.h"
#include "gateway/response_writer.h"

namespace quivive::gateway {

using net::Awaitable;

Awaitable<Connection::Next> Connection::answer_own() {
  record_.route = "/.quivive/";
  if (is_login_path(*deployment_, target_.policy_path)) co_return co_await answer_desk(true);
  if (is_issuer_path(*deployment_, target_.policy_path)) co_return co_await answer_desk(false);
  const bool jwks = target_.policy_path == "/.quivive/jwks.json" && deployment_->assertion != nullptr;
  const bool head_only = record_.method.view() == "HEAD";
  const bool readable = record_.method.view() == "GET" || head_only;
  if (!jwks || !readable || head_.has_body()) co_return co_await reject(Reason::PathUnknown, "no such path of the gateway's own", nullptr);
  out_.clear();
  const bool close = !head_.keep_alive || worker_.draining() || head_.minor_version == 0;
  append_own_json(out_, deployment_->assertion->jwks(), head_only, record_.id, worker_.date(record_.time), close);
  record_.status = 200;
  record_.bytes_out = out_.size();
  consume(head_.head_bytes);
  const net::error_code ec = co_await send(out_);
  co_return ec ? Next::Close : close ? Next::Linger : Next::KeepAlive;
}

Awaitable<Connection::Next> Connection::answer_desk(bool login) {
  const Route* const route = deployment_->login == nullptr ? nullptr : &deployment_->login->route;
  record_.route = target_.policy_path;
  if (login) record_.scheme = auth::Scheme::Session;
  const BodyRead read = co_await buffer_body(kOwnBodyBytes);
  const Secret wipe_later(std::exchange(body_, std::string()));  // it may hold a password
  switch (read) {
    case BodyRead::Whole: break;
    case BodyRead::TooLarge: co_return co_await reject(Reason::RequestMalformed, "the body is longer than it can be here", route);
    case BodyRead::Malformed: co_return co_await reject(Reason::RequestMalformed, request_body_.failure(), route);
    case BodyRead::TimedOut: co_return co_await reject(Reason::RequestTimeout, "the request body stopped", route);
    case BodyRead::Gone: record_.reason = Reason::RequestMalformed; co_return Next::Close;
  }
  const OwnRequest request{head_, target_, record_.time, record_.remote, wipe_later.reveal(RevealSecret{})};
  OwnAnswer answer;
  if (login) answer = co_await answer_login_path(worker_, deployment_, request);
  else answer = co_await answer_issuer_path(worker_, deployment_, request);
  record_.principal = answer.principal;
  if (!answer.verdict.allowed()) co_return co_await reject(answer.verdict, login ? route : nullptr, answer.html);
  const bool close = !head_.keep_alive || worker_.draining() || head_.minor_version == 0;
  out_.clear();
  append_own(out_, {answer.status, answer.content_type, answer.fields, answer.body, record_.method.view() == "HEAD", record_.id,
                    worker_.date(record_.time), close, answer.cache_control});
  record_.status = answer.status;
  if (answer.refusal) {
    record_.reason = answer.refusal->reason;
    worker_.traces.note(record_, *answer.refusal, head_.host, out_, routed_by_);
  }
  record_.bytes_out = out_.size();
  consume(head_.head_bytes);
  const net::error_code ec = co_await send(out_);
  co_return ec ? Next::Close : close ? Next::Linger : Next::KeepAlive;
}

}  // namespace quivive::gateway
