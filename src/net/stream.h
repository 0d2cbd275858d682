#pragma once
// Stream: one TCP connection, plain or TLS, with a deadline. When the deadline passes, every pending operation ends with an
// error and timed_out() says why. What is left then is a moment for last words (a 408), after which the socket closes.

#include "net/asio.h"
#include "net/deadline.h"

#include <memory>
#include <optional>
#include <string>

namespace quivive::net {

class Stream final : public Timed {
 public:
  using Tls = asio::ssl::stream<Socket&>;
  static constexpr std::chrono::milliseconds kLastWords{1000};

  Stream(Socket socket, DeadlineList& deadlines) : Timed(deadlines), socket_(std::move(socket)) {}

  [[nodiscard]] Socket& socket() { return socket_; }
  [[nodiscard]] bool is_tls() const { return tls_ != nullptr; }
  [[nodiscard]] bool timed_out() const { return timed_out_; }
  [[nodiscard]] bool is_open() const { return socket_.is_open(); }

  // TLS as the server. `context` must outlive the stream.
  [[nodiscard]] Awaitable<error_code> accept_tls(std::shared_ptr<asio::ssl::context> context);
  // TLS as the client: SNI and name verification for `server_name`; verification is the context's setting.
  [[nodiscard]] Awaitable<error_code> connect_tls(std::shared_ptr<asio::ssl::context> context, std::string server_name);

  // After connect_tls(): X509_V_OK, or what OpenSSL holds against the peer's certificate.
  [[nodiscard]] long certificate_verdict() { return tls_ ? SSL_get_verify_result(tls_->native_handle()) : X509_V_OK; }

  // Both forms have the same result type for a token, so callers do not see which one runs.
  template <class Buffers>
  auto async_read_some(const Buffers& buffers) {
    return tls_ ? tls_->async_read_some(buffers, kUse) : socket_.async_read_some(buffers, kUse);
  }
  template <class Buffers>
  auto async_write_some(const Buffers& buffers) {
    return tls_ ? tls_->async_write_some(buffers, kUse) : socket_.async_write_some(buffers, kUse);
  }

  // Writes what the kernel takes at once, without suspending; 0 where it would block and always over TLS.
  [[nodiscard]] std::size_t write_now(asio::const_buffer buffer, error_code& ec);

  // Reads what has arrived already, without suspending; sets would_block where nothing has, and always over TLS.
  [[nodiscard]] std::size_t read_now(asio::mutable_buffer buffer, error_code& ec);

  // Whether an idle connection is still usable: the peer has neither closed it nor sent anything unasked.
  [[nodiscard]] bool is_quiet();

  // No more writing: FIN (after TLS close_notify, best effort under a short deadline).
  [[nodiscard]] Awaitable<> shutdown_send();
  void close();
  void cancel();  // ends pending operations with operation_aborted; the socket stays open

 private:
  void on_expiry() override;

  Socket socket_;
  std::shared_ptr<asio::ssl::context> context_;
  std::unique_ptr<Tls> tls_;
  bool timed_out_ = false;
};

// Writes all of `buffer`; the error, if any. The bytes must stay valid until it returns.
[[nodiscard]] Awaitable<error_code> write_all(Stream& stream, asio::const_buffer buffer);

}  // namespace quivive::net
