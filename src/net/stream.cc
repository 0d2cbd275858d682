#include "net/stream.h"

#include <sys/socket.h>

namespace quivive::net {

Awaitable<error_code> Stream::accept_tls(std::shared_ptr<asio::ssl::context> context) {
  context_ = std::move(context);
  tls_ = std::make_unique<Tls>(socket_, *context_);
  const auto [ec] = co_await tls_->async_handshake(asio::ssl::stream_base::server, kUse);
  co_return ec;
}

Awaitable<error_code> Stream::connect_tls(std::shared_ptr<asio::ssl::context> context, std::string server_name) {
  context_ = std::move(context);
  tls_ = std::make_unique<Tls>(socket_, *context_);
  error_code literal;
  asio::ip::make_address(server_name, literal);
  // RFC 6066 section 3: no SNI for an address literal.
  if (literal) SSL_set_tlsext_host_name(tls_->native_handle(), server_name.c_str());
  tls_->set_verify_callback(asio::ssl::host_name_verification(server_name));
  const auto [ec] = co_await tls_->async_handshake(asio::ssl::stream_base::client, kUse);
  co_return ec;
}

std::size_t Stream::write_now(asio::const_buffer buffer, error_code& ec) {
  if (tls_) return 0;
  const ssize_t n = ::send(socket_.native_handle(), buffer.data(), buffer.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  if (n >= 0) return static_cast<std::size_t>(n);
  if (errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR) ec.assign(errno, boost::system::system_category());
  return 0;
}

std::size_t Stream::read_now(asio::mutable_buffer buffer, error_code& ec) {
  ec = asio::error::would_block;
  if (tls_) return 0;
  const ssize_t n = ::recv(socket_.native_handle(), buffer.data(), buffer.size(), MSG_DONTWAIT);
  if (n > 0) {
    ec = {};
    return static_cast<std::size_t>(n);
  }
  if (n == 0) {
    ec = asio::error::eof;
  } else if (errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR) {
    ec.assign(errno, boost::system::system_category());
  }
  return 0;
}

bool Stream::is_quiet() {
  char byte;
  if (tls_) {
    // Records may lie decrypted, or as they came, behind the last one that was read. The socket does not block, and session tickets are
    // dealt with on the way.
    error_code ec;
    return tls_->read_some(asio::buffer(&byte, 1), ec) == 0 && ec == asio::error::would_block;
  }
  const ssize_t n = ::recv(socket_.native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  return n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
}

Awaitable<> Stream::shutdown_send() {
  if (tls_) {
    expires_after(std::chrono::seconds(2));
    const auto [ec] = co_await tls_->async_shutdown(kUse);
    (void)ec;  // a peer that does not answer close_notify is no concern of ours
  }
  error_code ignored;
  socket_.shutdown(Socket::shutdown_send, ignored);
}

void Stream::close() {
  error_code ignored;
  socket_.close(ignored);
  expires_never();
}

void Stream::cancel() {
  error_code ignored;
  socket_.cancel(ignored);
}

void Stream::on_expiry() {
  if (timed_out_) return close();
  timed_out_ = true;
  cancel();
  expires_after(kLastWords);
}

Awaitable<error_code> write_all(Stream& stream, asio::const_buffer buffer) {
  error_code now;
  buffer += stream.write_now(buffer, now);
  while (!now && buffer.size() > 0) {
    const auto [ec, n] = co_await stream.async_write_some(buffer);
    if (ec) co_return ec;
    buffer += n;
  }
  co_return now;
}

}  // namespace quivive::net
