#pragma once
// Connection: one client connection from accept to close. Reads a head, asks the pipeline for a verdict, then forwards or
// refuses; one request at a time, in order. Lives in its coroutine's frame.

#include "gateway/access_record.h"
#include "gateway/body_buffer.h"
#include "gateway/body_relay.h"
#include "gateway/pipeline.h"
#include "gateway/worker.h"
#include "http/head_parser.h"
#include "http/target.h"
#include "net/stream.h"

#include <memory>
#include <string>

namespace quivive::gateway {

class Connection {
 public:
  Connection(Worker& worker, net::Socket socket, const net::tcp::endpoint& peer);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  [[nodiscard]] net::Awaitable<> run();

  // On the worker's thread. An idle connection ends now, a busy one after its response.
  void drain();
  void close();  // at once

 private:
  friend class Worker;

  class Watch final : public net::Timed {
   public:
    Watch(net::DeadlineList& list, Connection& owner) : Timed(list), owner_(owner) {}

   private:
    void on_expiry() override { owner_.look_for_client(); }
    Connection& owner_;
  };

  // After an answer. Linger: the connection ends, and what was said has to arrive (RFC 9112 section 9.6). Close: it broke off.
  enum class Next : std::uint8_t { KeepAlive, Linger, Close };

  // connection.cc: the client's side
  [[nodiscard]] net::Awaitable<bool> read_head(http::HeadResult& result);
  [[nodiscard]] net::Awaitable<Next> serve_request();
  [[nodiscard]] net::Awaitable<Next> refuse_head(const http::HeadResult& result);
  [[nodiscard]] net::Awaitable<Next> reject(const auth::Verdict& verdict, const Route* route, std::string_view html = {});
  // What the gateway finds wrong by itself. The verdict stays here, since the caller's frame is small only without it.
  [[nodiscard]] net::Awaitable<Next> reject(Reason reason, std::string_view detail, const Route* route);
  void note_observed(const auth::Verdict& verdict);
  [[nodiscard]] net::Awaitable<Next> answer_own();
  [[nodiscard]] net::Awaitable<Next> answer_desk(bool login);
  [[nodiscard]] net::Awaitable<Next> answer_preflight();
  [[nodiscard]] net::Awaitable<Next> discard_body();
  [[nodiscard]] net::Awaitable<BodyRead> buffer_body(std::size_t limit);
  [[nodiscard]] net::Awaitable<bool> decide_over_body(auth::FoundCredentials& found, Admission& admission);
  [[nodiscard]] net::Awaitable<> linger();
  [[nodiscard]] net::Awaitable<net::error_code> send(std::string_view bytes);
  [[nodiscard]] bool body_is_buffered() const;
  void begin_request();
  void finish_request();
  void consume(std::size_t n);
  [[nodiscard]] std::string_view buffered() const { return {buffer_.get() + begin_, end_ - begin_}; }

  // connection_forward.cc: the upstream's side
  [[nodiscard]] net::Awaitable<Next> forward(const Admission& admission);
  [[nodiscard]] net::Awaitable<Reason> exchange_heads(const Route& route, bool awaits_continue);
  [[nodiscard]] net::Awaitable<Next> relay_response(const Route& route, net::UpstreamPool& pool);
  [[nodiscard]] net::Awaitable<> pump_request_body(std::chrono::milliseconds first_byte_timeout);
  void start_pump(net::Awaitable<> pump);
  [[nodiscard]] net::Awaitable<> join_pump();
  [[nodiscard]] net::Awaitable<> tunnel(std::chrono::milliseconds idle);
  [[nodiscard]] net::Awaitable<> tunnel_up(std::chrono::milliseconds idle);
  [[nodiscard]] Reason malformed_response(const Route& route, std::string_view what);
  [[nodiscard]] Reason no_response(const Route& route, const net::error_code& ec);
  void build_upstream_head(const Admission& admission);
  void look_for_client();

  Worker& worker_;
  net::Stream client_;
  std::shared_ptr<const Deployment> deployment_;  // of the current request
  const FixedText<46> peer_;
  const config::IpAddress peer_ip_;

  std::unique_ptr<char[]> buffer_;  // what the client sent: [begin_, end_) is not dealt with yet
  std::size_t capacity_;
  std::size_t begin_ = 0, end_ = 0;
  http::RequestHead head_;
  http::Target target_;
  std::string target_scratch_;
  bool idle_ = true;  // between requests

  AccessRecord record_;
  std::uint64_t routed_by_ = 0;  // see TraceBook::note()
  auth::Verdict refused_;
  std::string cors_origin_;
  std::string authentication_info_;
  bool for_one_client_ = false;
  std::string forwarded_for_;
  Watch watch_;
  bool client_gone_ = false;
  net::SteadyClock::time_point started_;
  std::string out_;  // to the client

  std::unique_ptr<net::UpstreamConnection> upstream_;
  std::size_t upstream_begin_ = 0, upstream_end_ = 0;  // in upstream_->buffer
  bool upstream_reused_ = false;
  bool upstream_spoke_ = false;  // since this request was sent: it may have acted on it
  bool request_unsent_ = false;  // not a byte of it was taken from us; over TLS nobody can tell
  http::ResponseHead response_;
  std::string upstream_head_;
  std::string upstream_body_;  // request body on its way
  BodyRelay request_body_{http::Body::None, 0, BodyOut::Plain};
  // Stopped: by join_pump(), since the upstream's side ended before the request's body did.
  enum class Pump : std::uint8_t { None, Running, Done, Stopped, ClientFailed, UpstreamFailed };
  Pump pump_ = Pump::None;
  bool pump_stop_ = false;
  bool websocket_ = false;
  std::string body_;         // of the request, where the decision needs it
  bool body_begun_ = false;  // some of the body is in body_, and no longer in buffer_
  bool head_consumed_ = false;  // the head's bytes may be gone: its slices must not be read
  std::string upstream_failure_;  // of this request, for the operator: which upstream, and what it did
  net::Timer pump_done_;    // cancelled when the pump ends

  Connection* next_ = nullptr;
  Connection* previous_ = nullptr;
};

}  // namespace quivive::gateway
