#include "crypto/digest.h"

#include "crypto/openssl_handles.h"
#include "crypto/sha256_state.h"

#include <openssl/crypto.h>

#include <algorithm>

namespace quivive::crypto {

const char* md_name(HashKind kind) {
  switch (kind) {
    case HashKind::Md5: return "MD5";
    case HashKind::Sha1: return "SHA1";
    case HashKind::Sha256: return "SHA2-256";
    case HashKind::Sha384: return "SHA2-384";
    case HashKind::Sha512: return "SHA2-512";
    case HashKind::Sha512_256: return "SHA2-512/256";
  }
  return "";
}

const EVP_MD* fetched_md(HashKind kind) {
  // Constants of the process: looking an algorithm up takes locks and string compares, several times a hash of a token.
  static const auto table = [] {
    const ErrorQueueGuard guard;
    std::array<const EVP_MD*, 6> mds{};
    for (std::size_t i = 0; i < mds.size(); ++i) {
      mds[i] = EVP_MD_fetch(nullptr, md_name(static_cast<HashKind>(i)), nullptr);
    }
    return mds;
  }();
  return table[static_cast<std::size_t>(kind)];
}

EVP_MAC* fetched_hmac() {
  static EVP_MAC* const mac = EVP_MAC_fetch(nullptr, "HMAC", nullptr);
  return mac;
}

MacContextPtr make_hmac(HashKind kind, std::string_view key) {
  MacContextPtr context(fetched_hmac() != nullptr ? EVP_MAC_CTX_new(fetched_hmac()) : nullptr);
  const OSSL_PARAM params[] = {
      OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, const_cast<char*>(md_name(kind)), 0),
      OSSL_PARAM_construct_end()};
  if (!context || EVP_MAC_init(context.get(), octets(key), key.size(), params) != 1) return nullptr;
  return context;
}

bool hash_available(HashKind kind) { return fetched_md(kind) != nullptr; }

std::string digest(HashKind kind, std::string_view message) {
  std::string out(digest_size(kind), '\0');
  require(EVP_Digest(message.data(), message.size(), octets(out), nullptr, fetched_md(kind), nullptr) == 1,
          md_name(kind));
  return out;
}

Sha256Digest sha256(std::string_view message) {
  Sha256Digest out;
  Sha256State state;
  state.update(message);
  state.finish(out.data());
  return out;
}

std::string hmac(HashKind kind, std::string_view key, std::string_view message) {
  std::string out(digest_size(kind), '\0');
  const MacContextPtr context = make_hmac(kind, key);
  std::size_t size = 0;
  require(context && EVP_MAC_update(context.get(), octets(message), message.size()) == 1 &&
              EVP_MAC_final(context.get(), octets(out), &size, out.size()) == 1 && size == out.size(),
          "HMAC");
  return out;
}

// SHA-256, which the request path wants, goes without EVP.
struct Digest::Impl {
  explicit Impl(HashKind k) : kind(k) {
    if (kind == HashKind::Sha256) return;
    context.reset(EVP_MD_CTX_new());
    start();
  }
  void start() const {
    const EVP_MD* const md = fetched_md(kind);
    require(context && md != nullptr && EVP_DigestInit_ex2(context.get(), md, nullptr) == 1, md_name(kind));
  }

  HashKind kind;
  Sha256State sha256;
  MdContextPtr context;
};

Digest::Digest(HashKind kind) : impl_(std::make_unique<Impl>(kind)) {}
Digest::Digest(Digest&&) noexcept = default;
Digest& Digest::operator=(Digest&&) noexcept = default;
Digest::~Digest() = default;

void Digest::go_on_from(const Digest& other) {
  if (!impl_->context) impl_->sha256 = other.impl_->sha256;
  else require(EVP_MD_CTX_copy_ex(impl_->context.get(), other.impl_->context.get()) == 1, "digest copy");
}

Digest& Digest::update(std::string_view piece) {
  if (!impl_->context) impl_->sha256.update(piece);
  else require(EVP_DigestUpdate(impl_->context.get(), piece.data(), piece.size()) == 1, "digest update");
  return *this;
}

void Digest::finish(std::uint8_t* out) {
  if (!impl_->context) {
    impl_->sha256.finish(out);
    return impl_->sha256.start();
  }
  require(EVP_DigestFinal_ex(impl_->context.get(), out, nullptr) == 1, "digest final");
  impl_->start();
}

std::string Digest::finish() {
  std::string out(digest_size(impl_->kind), '\0');
  finish(octets(out));
  return out;
}

// H(key XOR opad, H(key XOR ipad, text)) (RFC 2104 section 2). What comes of the two pads is hashed once.
struct HmacSha256::Impl {
  explicit Impl(std::string_view key) {
    constexpr std::size_t kBlock = 64;
    std::string block(kBlock, '\0');
    if (key.size() > kBlock) {
      running.update(key);
      running.finish(octets(block));
    } else {
      std::copy(key.begin(), key.end(), block.begin());
    }
    for (char& octet : block) octet = static_cast<char>(octet ^ 0x36);
    inner.update(block);
    for (char& octet : block) octet = static_cast<char>(octet ^ 0x36 ^ 0x5c);
    outer.update(block);
    OPENSSL_cleanse(block.data(), block.size());
  }
  Sha256State inner, outer, running;
};

HmacSha256::HmacSha256(const Secret& key) : impl_(std::make_unique<Impl>(key.reveal(RevealSecret{}))) {}
HmacSha256::HmacSha256(HmacSha256&&) noexcept = default;
HmacSha256& HmacSha256::operator=(HmacSha256&&) noexcept = default;
HmacSha256::~HmacSha256() = default;

Sha256Digest HmacSha256::operator()(std::string_view first, std::string_view second) {
  Sha256Digest out;
  Sha256State& running = impl_->running;
  running = impl_->inner;
  running.update(first);
  running.update(second);
  running.finish(out.data());
  running = impl_->outer;
  running.update(out.view());
  running.finish(out.data());
  return out;
}

}  // namespace quivive::crypto
