#include "gateway/tls_context.h"

#include "pems.h"
#include "support/temp_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace quivive::gateway {
namespace {

using testing::StartsWith;

class TlsContextTest : public testing::Test {
 protected:
  [[nodiscard]] std::string server_fault(std::string_view certificate, std::string_view key) const {
    const auto made = make_server_context(folder_.write("c.pem", certificate), folder_.write("k.pem", key));
    return made ? "" : made.error().message;
  }
  support::TempFolder folder_;
  const std::string chain_ = folder_.path("c.pem"), key_ = folder_.path("k.pem");
};

TEST_F(TlsContextTest, Server_RightFiles) {
  const auto made = make_server_context(folder_.write("c.pem", kCertificate), folder_.write("k.pem", kKey));
  ASSERT_TRUE(made);
  EXPECT_TRUE(SSL_CTX_get_options((*made)->native_handle()) & SSL_OP_NO_TLSv1_1);
  EXPECT_TRUE(SSL_CTX_get_options((*made)->native_handle()) & SSL_OP_NO_TLSv1);
}

TEST_F(TlsContextTest, Server_WrongFiles_SaysWhichAndWhy) {
  EXPECT_THAT(server_fault("", kKey), StartsWith(chain_ + ": not a PEM certificate chain: "));
  EXPECT_THAT(server_fault("garbage", kKey), StartsWith(chain_ + ": not a PEM certificate chain: "));
  EXPECT_THAT(server_fault(kKey, kKey), StartsWith(chain_ + ": not a PEM certificate chain: "));
  EXPECT_THAT(server_fault(kCertificate, ""), StartsWith(key_ + ": not the PEM private key of " + chain_ + ": "));
  EXPECT_THAT(server_fault(kCertificate, kCertificate), StartsWith(key_ + ": not the PEM private key of " + chain_ + ": "));
  EXPECT_THAT(server_fault(kCertificate, kOtherKey), StartsWith(key_ + ": not the "));
  EXPECT_THAT(server_fault(kCertificate, kEncryptedKey), StartsWith(key_ + ": not the "));  // and nobody is asked for a password
  EXPECT_EQ(make_server_context(folder_.path("none"), key_).error().message, folder_.path("none") + ": No such file or directory");
  EXPECT_EQ(make_server_context(chain_, folder_.path("none")).error().message, folder_.path("none") + ": No such file or directory");
}

TEST_F(TlsContextTest, Client_VerifiesUnlessToldOtherwise) {
  const std::string ca = folder_.write("ca.pem", kCertificate);
  EXPECT_EQ(SSL_CTX_get_verify_mode(make_client_context(ca, true).value()->native_handle()), SSL_VERIFY_PEER);
  EXPECT_EQ(SSL_CTX_get_verify_mode(make_client_context("", true).value()->native_handle()), SSL_VERIFY_PEER);
  EXPECT_EQ(SSL_CTX_get_verify_mode(make_client_context("", false).value()->native_handle()), SSL_VERIFY_NONE);
}

// Threat: authorities that cannot be read must not leave the upstream unverified, or believed by anybody (CVE-2026-27586).
TEST_F(TlsContextTest, Client_AuthoritiesThatCannotBeRead_Refused) {
  for (const bool verify : {true, false}) {
    EXPECT_EQ(make_client_context(folder_.path("none"), verify).error().message, folder_.path("none") + ": No such file or directory");
    for (const std::string_view content : {std::string_view(""), std::string_view("garbage"), kKey, kCertificate.substr(0, 200)}) {
      const std::string ca = folder_.write("ca.pem", content);
      const auto made = make_client_context(ca, verify);
      ASSERT_FALSE(made) << content;
      EXPECT_THAT(made.error().message, StartsWith(ca + ": not a PEM file of certificate authorities: "));
    }
  }
}

}  // namespace
}  // namespace quivive::gateway
