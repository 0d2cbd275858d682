// bcrypt, sha256-crypt, sha512-crypt and yescrypt, computed by libxcrypt's crypt_r(3). The text is checked here first: to
// crypt a hash is a program for how much work to do.

#include "base/secret.h"
#include "crypto/constant_time.h"
#include "crypto/password_kinds.h"

#include <crypt.h>
#include <string.h>

#include <charconv>
#include <memory>

namespace quivive::crypto {
namespace {

// The text after the last '$', and what stands before it, '$' included.
struct Parts {
  std::string_view setting, digest;
};
Parts split_digest(std::string_view hash) {
  const std::size_t dollar = hash.rfind('$');
  return {hash.substr(0, dollar + 1), hash.substr(dollar + 1)};
}

PasswordVerdict crypt_verify(std::string_view hash, std::string_view password) {
  // Both as C strings; the caller has refused passwords with a NUL.
  const std::string setting(hash);
  const Secret key{std::string(password)};
  const auto data = std::make_unique<crypt_data>();
  const char* const got = crypt_r(key.reveal(RevealSecret{}).data(), setting.c_str(), data.get());
  // "*0" and "*1" are how crypt says no; a stored "*0" would match itself, but no kind's check lets one through.
  const bool failed = got == nullptr || got[0] == '*';
  const bool match = !failed && constant_time_equal(got, hash);
  explicit_bzero(data.get(), sizeof *data);
  if (failed) return PasswordVerdict::UnusableHash;
  return match ? PasswordVerdict::Match : PasswordVerdict::Mismatch;
}

// $2b$10$, 22 characters of salt, 31 of digest.
std::string bcrypt_problem(std::string_view hash) {
  constexpr std::size_t kPrefix = 7;
  const auto digit = [](char c) { return c >= '0' && c <= '9'; };
  if (hash.size() != 60 || !digit(hash[4]) || !digit(hash[5]) || hash[6] != '$' || !is_crypt_text(hash.substr(kPrefix))) {
    return "bcrypt hash is damaged";
  }
  const auto cost = static_cast<std::uint32_t>((hash[4] - '0') * 10 + (hash[5] - '0'));
  if (cost < 4) return "bcrypt cost is below 4";
  if (cost > kMaxBcryptCost) return "bcrypt cost asks for too much work";
  return {};
}
std::string bcrypt_dummy(std::string_view hash) {
  // The last character of the salt carries two bits only; 'u' is one of the four that do.
  return std::string(hash.substr(0, 7)) + std::string(kDummyText.substr(0, 21)) + "u" +
         std::string(kDummyText.substr(0, 31));
}

// $5$ or $6$, rounds=N$ if not 5000, salt, $, digest.
std::string sha_crypt_problem(std::string_view hash, std::size_t digest_size) {
  constexpr std::string_view label = "rounds=";
  const auto [setting, digest] = split_digest(hash);
  if (setting.size() < 4 || digest.size() != digest_size || !is_crypt_text(digest)) return "sha-crypt hash is damaged";
  std::string_view salt = setting.substr(3, setting.size() - 4);
  if (salt.starts_with(label)) {
    const std::string_view number = salt.substr(label.size(), salt.find('$') - label.size());
    std::uint32_t rounds = 0;
    const auto [stop, ec] = std::from_chars(number.data(), number.data() + number.size(), rounds);
    if (ec != std::errc{} || stop != number.data() + number.size() || number[0] == '0' ||
        label.size() + number.size() == salt.size()) {
      return "sha-crypt rounds are not a number";
    }
    if (rounds < 1000) return "sha-crypt has fewer than 1000 rounds";
    if (rounds > kMaxShaCryptRounds) return "sha-crypt rounds ask for too much work";
    salt.remove_prefix(label.size() + number.size() + 1);
  }
  if (salt.empty() || salt.size() > 16 || !is_crypt_text(salt)) return "sha-crypt salt is damaged";
  return {};
}
std::string sha256_problem(std::string_view hash) { return sha_crypt_problem(hash, 43); }
std::string sha512_problem(std::string_view hash) { return sha_crypt_problem(hash, 86); }
std::string sha_crypt_dummy(std::string_view hash) {
  const auto [setting, digest] = split_digest(hash);
  const std::string_view before_salt = setting.substr(0, setting.rfind('$', setting.size() - 2) + 1);
  const std::size_t salt_size = setting.size() - before_salt.size() - 1;
  return std::string(before_salt) + std::string(kDummyText.substr(0, salt_size)) + "$" +
         std::string(kDummyText.substr(0, digest.size()));
}

// $y$, the parameters that crypt_gensalt writes (j, N, r), $, salt, $, digest. Others are for special machines.
std::string yescrypt_problem(std::string_view hash) {
  const auto [setting, digest] = split_digest(hash);
  const auto one_digit = [](char c) {  // yescrypt's numbers below 48 take one character
    const std::size_t at = kCryptAlphabet.find(c);
    return at < 48 ? static_cast<unsigned>(at) + 1 : 0U;
  };
  if (setting.size() < 9 || setting[3] != 'j' || setting[6] != '$' || digest.size() != 43 || !is_crypt_text(digest)) {
    return "yescrypt hash is damaged";
  }
  const unsigned log2_n = one_digit(setting[4]), r = one_digit(setting[5]);
  if (log2_n == 0 || r == 0) return "yescrypt parameters are not understood";
  if (log2_n > 30 || (std::uint64_t{128} * r << log2_n) > kMaxYescryptBytes) {
    return "yescrypt parameters ask for too much work";
  }
  const std::string_view salt = setting.substr(7, setting.size() - 8);
  if (salt.size() > 86 || !is_crypt_text(salt)) return "yescrypt salt is damaged";
  return {};
}
std::string yescrypt_dummy(std::string_view hash) {
  // The salt is kept in shape by cutting a known good one: yescrypt's decoder refuses some lengths and trailing bits.
  return std::string(hash.substr(0, 7)) + "F5Jx5fExrKuPp53xLKQ..1$" + std::string(kDummyText.substr(0, 42)) + "5";
}

constexpr std::array<std::string_view, 3> kBcryptPrefixes = {"$2a$", "$2b$", "$2y$"};
constexpr std::array<std::string_view, 1> kSha256Prefixes = {"$5$"}, kSha512Prefixes = {"$6$"},
                                          kYescryptPrefixes = {"$y$"};

}  // namespace

constinit const PasswordScheme kBcryptScheme = {PasswordHashKind::Bcrypt, "bcrypt", kBcryptPrefixes,
                                                bcrypt_problem,           crypt_verify,   bcrypt_dummy};
constinit const PasswordScheme kSha256CryptScheme = {
    PasswordHashKind::Sha256Crypt, "sha256-crypt", kSha256Prefixes, sha256_problem, crypt_verify, sha_crypt_dummy};
constinit const PasswordScheme kSha512CryptScheme = {
    PasswordHashKind::Sha512Crypt, "sha512-crypt", kSha512Prefixes, sha512_problem, crypt_verify, sha_crypt_dummy};
constinit const PasswordScheme kYescryptScheme = {PasswordHashKind::Yescrypt, "yescrypt", kYescryptPrefixes,
                                                  yescrypt_problem,           crypt_verify,     yescrypt_dummy};

}  // namespace quivive::crypto
