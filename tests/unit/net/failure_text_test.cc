#include "net/failure_text.h"

#include <gtest/gtest.h>

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <netdb.h>

namespace quivive::net {
namespace {

error_code of_openssl(int reason) {
  static const asio::ssl::context loads_the_texts(asio::ssl::context::tls_client);
  return {static_cast<int>(ERR_PACK(ERR_LIB_SSL, 0, reason)), asio::error::get_ssl_category()};
}

TEST(FailureText, InWords_IsWhatWasFound) {
  EXPECT_EQ(in_words(asio::error::connection_refused), "connection refused");
  EXPECT_EQ(in_words(asio::error::eof), "the connection was closed");
  EXPECT_EQ(in_words(asio::ssl::error::stream_truncated), "the connection was closed");
  EXPECT_EQ(in_words(of_openssl(SSL_R_WRONG_VERSION_NUMBER)), "wrong version number");
}

TEST(FailureText, LookUp_OutageIsNoAnswer) {
  for (const int code : {0, EAI_NONAME, EAI_NODATA}) EXPECT_EQ(look_up_failure(code), "the name was not found") << code;
  EXPECT_EQ(look_up_failure(EAI_AGAIN), "the name was not looked up: temporary failure in name resolution");
}

TEST(FailureText, Handshake_SaysWhatIsWrongWithTheCertificate) {
  const error_code refused = of_openssl(SSL_R_CERTIFICATE_VERIFY_FAILED);
  EXPECT_EQ(handshake_failure(refused, X509_V_ERR_CERT_HAS_EXPIRED, "a"), "its certificate is not trusted: certificate has expired");
  EXPECT_EQ(handshake_failure(refused, X509_V_ERR_UNSPECIFIED, "api.internal"), "its certificate is not for api.internal");
}

// Where certificates are not looked at, OpenSSL holds something against them all the same.
TEST(FailureText, Handshake_BrokenOtherwise_BlamesNoCertificate) {
  EXPECT_EQ(handshake_failure(of_openssl(SSL_R_WRONG_VERSION_NUMBER), X509_V_ERR_CERT_HAS_EXPIRED, "a"), "no TLS: wrong version number");
  EXPECT_EQ(handshake_failure(asio::error::eof, X509_V_OK, "a"), "no TLS: the connection was closed");
}

TEST(FailureText, InSeconds_AsShortAsItCanBe) {
  EXPECT_EQ(in_seconds(std::chrono::seconds(5)), "5 s");
  EXPECT_EQ(in_seconds(std::chrono::milliseconds(200)), "0.2 s");
  EXPECT_EQ(in_seconds(std::chrono::hours(1)), "3600 s");
}

}  // namespace
}  // namespace quivive::net
