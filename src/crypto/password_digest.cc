// Apache's own htpasswd kinds: apr1, which is MD5-crypt under another name, and {SHA}, which has no salt at all.

#include "base/base64.h"
#include "crypto/constant_time.h"
#include "crypto/digest.h"
#include "crypto/password_kinds.h"

#include <algorithm>

namespace quivive::crypto {
namespace {

constexpr std::string_view kApr1Prefix = "$apr1$";
constexpr std::size_t kApr1Digest = 22;

std::string_view apr1_salt(std::string_view hash) {
  return hash.substr(kApr1Prefix.size(), hash.size() - kApr1Prefix.size() - 1 - kApr1Digest);
}

// MD5's 16 octets in the order and alphabet of MD5-crypt.
std::string apr1_text(std::string_view md) {
  std::string out;
  const auto put = [&](unsigned a, unsigned b, unsigned c, int n) {
    for (unsigned v = a << 16 | b << 8 | c; n > 0; --n, v >>= 6) out.push_back(kCryptAlphabet[v & 63]);
  };
  const auto at = [&](std::size_t i) { return static_cast<unsigned>(static_cast<unsigned char>(md[i])); };
  for (std::size_t i = 0; i < 4; ++i) put(at(i), at(i + 6), at(i + 12), 4);
  put(at(4), at(10), at(5), 4);
  put(0, 0, at(11), 2);
  return out;
}

// apr_md5_encode of Apache's portable runtime: a thousand rounds whose order of pieces is a lottery by round number.
std::string apr1(std::string_view password, std::string_view salt) {
  const std::string inner = Digest(HashKind::Md5).update(password).update(salt).update(password).finish();
  Digest md(HashKind::Md5);
  md.update(password).update(kApr1Prefix).update(salt);
  for (std::size_t left = password.size(); left > 0; left -= std::min<std::size_t>(left, 16)) {
    md.update(std::string_view(inner).substr(0, std::min<std::size_t>(left, 16)));
  }
  for (std::size_t n = password.size(); n != 0; n >>= 1) {
    md.update((n & 1) != 0 ? std::string_view("\0", 1) : password.substr(0, 1));
  }
  std::string sum = md.finish();
  for (int round = 0; round < 1000; ++round) {
    md.update((round & 1) != 0 ? password : std::string_view(sum));
    if (round % 3 != 0) md.update(salt);
    if (round % 7 != 0) md.update(password);
    md.update((round & 1) != 0 ? std::string_view(sum) : password);
    sum = md.finish();
  }
  return apr1_text(sum);
}

std::string apr1_problem(std::string_view hash) {
  if (hash.size() < kApr1Prefix.size() + 1 + kApr1Digest) return "apr1 hash is cut";
  const std::string_view salt = apr1_salt(hash);
  if (salt.size() > 8 || !is_crypt_text(salt) || hash[hash.size() - kApr1Digest - 1] != '$' ||
      !is_crypt_text(hash.substr(hash.size() - kApr1Digest))) {
    return "apr1 hash is damaged";
  }
  if (!hash_available(HashKind::Md5)) return "apr1 needs MD5, which OpenSSL does not offer here";
  return {};
}
PasswordVerdict apr1_verify(std::string_view hash, std::string_view password) {
  return constant_time_equal(apr1(password, apr1_salt(hash)), hash.substr(hash.size() - kApr1Digest))
             ? PasswordVerdict::Match
             : PasswordVerdict::Mismatch;
}
std::string apr1_dummy(std::string_view hash) {
  return std::string(kApr1Prefix) + std::string(kDummyText.substr(0, apr1_salt(hash).size())) + "$" +
         std::string(kDummyText.substr(0, kApr1Digest));
}

constexpr std::string_view kShaPrefix = "{SHA}";

std::string sha1_problem(std::string_view hash) {
  const auto sum = base64_decode(hash.substr(kShaPrefix.size()));
  if (!sum || sum->size() != digest_size(HashKind::Sha1)) return "{SHA} hash is not base64 of 20 octets";
  if (!hash_available(HashKind::Sha1)) return "{SHA} needs SHA-1, which OpenSSL does not offer here";
  return {};
}
PasswordVerdict sha1_verify(std::string_view hash, std::string_view password) {
  const std::string expected = base64_encode(digest(HashKind::Sha1, password));
  return constant_time_equal(expected, hash.substr(kShaPrefix.size())) ? PasswordVerdict::Match
                                                                       : PasswordVerdict::Mismatch;
}
std::string sha1_dummy(std::string_view) {
  return std::string(kShaPrefix) + base64_encode(kDummyText.substr(0, digest_size(HashKind::Sha1)));
}

constexpr std::array<std::string_view, 1> kApr1Prefixes = {kApr1Prefix}, kSha1Prefixes = {kShaPrefix};

}  // namespace

constinit const PasswordScheme kApr1Scheme = {PasswordHashKind::Apr1, "apr1",      kApr1Prefixes,
                                              apr1_problem,           apr1_verify, apr1_dummy};
constinit const PasswordScheme kSha1Scheme = {PasswordHashKind::Sha1, "{SHA}",     kSha1Prefixes,
                                              sha1_problem,           sha1_verify, sha1_dummy};

}  // namespace quivive::crypto
