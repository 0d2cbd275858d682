#include "gateway/tls_context.h"

#include "gateway/whole_file.h"

namespace quivive::gateway {
namespace {

namespace ssl = net::asio::ssl;
using net::error_code;

}  // namespace

Result<TlsContext> make_server_context(const std::string& certificate, const std::string& key) {
  const auto chain = read_whole_file(certificate, kMaxPem);
  if (!chain) return chain.error();
  const auto private_key = read_whole_file(key, kMaxPem);
  if (!private_key) return private_key.error();
  auto context = std::make_shared<ssl::context>(ssl::context::tls_server);
  error_code ec;
  context->set_options(ssl::context::default_workarounds | ssl::context::no_sslv2 | ssl::context::no_sslv3 | ssl::context::no_tlsv1 |
                           ssl::context::no_tlsv1_1 | ssl::context::single_dh_use,
                       ec);
  context->use_certificate_chain(net::asio::buffer(*chain), ec);
  if (ec) return error("{}: not a PEM certificate chain: {}", certificate, ec.message());
  // Otherwise an encrypted key makes OpenSSL ask at the terminal, and a start or a reload waits for an answer.
  context->set_password_callback([](std::size_t, ssl::context::password_purpose) { return std::string(); }, ec);
  context->use_private_key(net::asio::buffer(*private_key), ssl::context::pem, ec);
  if (ec) return error("{}: not the PEM private key of {}: {}", key, certificate, ec.message());
  if (SSL_CTX_check_private_key(context->native_handle()) != 1) return error("{}: not the private key of {}", key, certificate);
  // Only HTTP/1.1 is spoken; saying so spares a client of HTTP/2 a wrong guess (RFC 7301).
  SSL_CTX_set_alpn_select_cb(
      context->native_handle(),
      [](SSL*, const unsigned char** out, unsigned char* out_size, const unsigned char* in, unsigned int in_size, void*) -> int {
        static constexpr unsigned char kProtocols[] = {8, 'h', 't', 't', 'p', '/', '1', '.', '1'};
        unsigned char* chosen = nullptr;
        const int found = SSL_select_next_proto(&chosen, out_size, kProtocols, sizeof kProtocols, in, in_size);
        *out = chosen;
        return found == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL;
      },
      nullptr);
  SSL_CTX_set_mode(context->native_handle(), SSL_MODE_RELEASE_BUFFERS);  // idle connections hold no 34 KiB
  return context;
}

Result<TlsContext> make_client_context(const std::string& ca, bool verify) {
  auto context = std::make_shared<ssl::context>(ssl::context::tls_client);
  error_code ec;
  context->set_options(ssl::context::default_workarounds | ssl::context::no_tlsv1 | ssl::context::no_tlsv1_1, ec);
  if (!ca.empty()) {
    const auto pem = read_whole_file(ca, kMaxPem);
    if (!pem) return pem.error();
    context->add_certificate_authority(net::asio::buffer(*pem), ec);
    if (ec) return error("{}: not a PEM file of certificate authorities: {}", ca, ec.message());
  } else if (verify) {
    context->set_default_verify_paths(ec);
    if (ec) return error("the system's certificate authorities cannot be loaded: {}", ec.message());
  }
  context->set_verify_mode(verify ? ssl::verify_peer : ssl::verify_none, ec);
  SSL_CTX_set_mode(context->native_handle(), SSL_MODE_RELEASE_BUFFERS);
  return context;
}

}  // namespace quivive::gateway
