#include "net/failure_text.h"

#include "base/text.h"

#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

#include <netdb.h>

namespace quivive::net {

std::string in_words(const error_code& ec) {
  if (ec == asio::error::eof || ec == asio::ssl::error::stream_truncated) return "the connection was closed";
  if (ec.category() == asio::error::get_ssl_category()) {
    const char* reason = ::ERR_reason_error_string(static_cast<unsigned long>(ec.value()));
    if (reason != nullptr) return reason;
  }
  std::string out = ec.message();
  if (!out.empty()) out.front() = ascii_lower(out.front());
  return out;
}

std::string look_up_failure(int code) {
  if (code == 0 || code == EAI_NONAME || code == EAI_NODATA) return "the name was not found";
  std::string said = ::gai_strerror(code);
  said.front() = ascii_lower(said.front());
  return "the name was not looked up: " + said;
}

std::string handshake_failure(const error_code& ec, long certificate, std::string_view name) {
  const bool refused = ec.category() == asio::error::get_ssl_category() && ERR_GET_REASON(static_cast<unsigned long>(ec.value())) == SSL_R_CERTIFICATE_VERIFY_FAILED;
  if (!refused) return "no TLS: " + in_words(ec);
  // What OpenSSL had nothing against is refused for its name alone, and then it says no more than that.
  if (certificate == X509_V_OK || certificate == X509_V_ERR_UNSPECIFIED) return fmt::format("its certificate is not for {}", name);
  return fmt::format("its certificate is not trusted: {}", ::X509_verify_cert_error_string(certificate));
}

std::string in_seconds(std::chrono::milliseconds time) { return fmt::format("{:g} s", static_cast<double>(time.count()) / 1000.0); }

}  // namespace quivive::net
