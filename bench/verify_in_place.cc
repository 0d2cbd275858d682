// Preloaded into a gateway by bench/peers.py, as a yardstick for what a token costs at first sight: with each request that goes to the
// upstream, libcrypto verifies one signature of the algorithm in $VERIFY, where a gateway does it: between system calls, with the
// caches of a server, and while the other end of each connection has gone to sleep meanwhile. A loop of its own tells less.

#include <dlfcn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/rsa.h>
#include <sys/socket.h>

#include <cstdlib>
#include <cstring>
#include <string_view>

namespace {

constexpr std::size_t kSigned = 360;  // octets of a token that its signature covers
constexpr unsigned char kSecret[32] = {1};

void require(bool ok) {
  if (!ok) std::abort();
}

EVP_PKEY* make_key(std::string_view algorithm) {
  if (algorithm == "RS256") return EVP_RSA_gen(2048);
  if (algorithm == "ES256") return EVP_EC_gen("P-256");
  return EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519");
}

// Contexts are made once, as a gateway that cares makes them.
class Verification {
 public:
  explicit Verification(std::string_view algorithm) : eddsa_(algorithm == "EdDSA"), hmac_(algorithm == "HS256") {
    if (hmac_) {
      const OSSL_PARAM sha256[] = {OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, const_cast<char*>("SHA256"), 0), OSSL_PARAM_construct_end()};
      require(EVP_MAC_init(mac_, kSecret, sizeof kSecret, sha256) == 1);
      return;
    }
    key_ = make_key(algorithm);
    require(key_ != nullptr);
    EVP_MD_CTX* const signing = EVP_MD_CTX_new();
    require(EVP_DigestSignInit(signing, nullptr, eddsa_ ? nullptr : EVP_sha256(), nullptr, key_) == 1);
    require(EVP_DigestSign(signing, signature_, &size_, text_, sizeof text_) == 1);
    EVP_MD_CTX_free(signing);
    if (eddsa_) {
      require(EVP_DigestVerifyInit(whole_, nullptr, nullptr, nullptr, key_) == 1);
      return;
    }
    context_ = EVP_PKEY_CTX_new(key_, nullptr);
    require(EVP_PKEY_verify_init(context_) == 1 && EVP_PKEY_CTX_set_signature_md(context_, sha256_) == 1);
  }

  void run() {
    if (hmac_) {
      std::size_t size = 0;
      require(EVP_MAC_init(mac_, nullptr, 0, nullptr) == 1 && EVP_MAC_update(mac_, text_, sizeof text_) == 1 &&
              EVP_MAC_final(mac_, hash_, &size, sizeof hash_) == 1);
    } else if (eddsa_) {
      require(EVP_DigestVerify(whole_, signature_, size_, text_, sizeof text_) == 1);
    } else {
      require(EVP_DigestInit_ex2(digest_, sha256_, nullptr) == 1 && EVP_DigestUpdate(digest_, text_, sizeof text_) == 1 &&
              EVP_DigestFinal_ex(digest_, hash_, nullptr) == 1);
      require(EVP_PKEY_verify(context_, signature_, size_, hash_, 32) == 1);
    }
  }

 private:
  bool eddsa_, hmac_;
  EVP_PKEY* key_ = nullptr;
  EVP_PKEY_CTX* context_ = nullptr;
  EVP_MD* sha256_ = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  EVP_MAC_CTX* mac_ = EVP_MAC_CTX_new(EVP_MAC_fetch(nullptr, "HMAC", nullptr));
  EVP_MD_CTX *whole_ = EVP_MD_CTX_new(), *digest_ = EVP_MD_CTX_new();
  unsigned char text_[kSigned] = {}, signature_[512] = {}, hash_[EVP_MAX_MD_SIZE] = {};
  std::size_t size_ = sizeof signature_;
};

void at_send(const void* data, std::size_t size) {
  constexpr std::string_view kRequest = "GET ";  // the other messages that the gateway sends are answers
  if (size < kRequest.size() || std::memcmp(data, kRequest.data(), kRequest.size()) != 0) return;
  static Verification one(std::getenv("VERIFY"));  // there is one worker
  one.run();
}

template <class Function>
Function next(const char* name) {
  void* found = dlsym(RTLD_NEXT, name);
  Function out = nullptr;
  std::memcpy(&out, &found, sizeof out);
  return out;
}

}  // namespace

extern "C" ssize_t sendmsg(int socket, const msghdr* message, int flags) {
  static const auto real = next<ssize_t (*)(int, const msghdr*, int)>("sendmsg");
  if (message->msg_iovlen > 0) at_send(message->msg_iov[0].iov_base, message->msg_iov[0].iov_len);
  return real(socket, message, flags);
}

extern "C" ssize_t send(int socket, const void* data, std::size_t size, int flags) {
  static const auto real = next<ssize_t (*)(int, const void*, std::size_t, int)>("send");
  at_send(data, size);
  return real(socket, data, size, flags);
}
