#pragma once
// The kinds of stored password hashes, one table of functions each. For crypto/password*.cc only.

#include "base/random.h"
#include "crypto/password.h"

#include <array>
#include <span>
#include <string>
#include <string_view>

namespace quivive::crypto {

struct PasswordScheme {
  PasswordHashKind kind;
  std::string_view name;
  std::span<const std::string_view> prefixes;
  // What is wrong with the hash, "" if it can be used. Everything below requires "".
  std::string (*problem)(std::string_view hash);
  PasswordVerdict (*verify)(std::string_view hash, std::string_view password);
  std::string (*dummy)(std::string_view hash);
};

extern const PasswordScheme kArgon2idScheme;     // password_argon2.cc
extern const PasswordScheme kBcryptScheme;       // password_crypt.cc
extern const PasswordScheme kSha256CryptScheme;  // password_crypt.cc
extern const PasswordScheme kSha512CryptScheme;  // password_crypt.cc
extern const PasswordScheme kYescryptScheme;     // password_crypt.cc
extern const PasswordScheme kApr1Scheme;         // password_digest.cc
extern const PasswordScheme kSha1Scheme;         // password_digest.cc

// What a new user gets, and the dummy of a store without users.
[[nodiscard]] Secret make_argon2id(std::string_view password, RandomSource& random);
[[nodiscard]] std::string default_dummy();

// crypt(5)'s base64: ./0-9A-Za-z.
inline constexpr std::string_view kCryptAlphabet = "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
[[nodiscard]] constexpr bool is_crypt_text(std::string_view text) {
  return text.find_first_not_of(kCryptAlphabet) == std::string_view::npos;
}

// The salt and digest of dummies: valid in every alphabet used here, the work of no known password. Cut to length.
inline constexpr std::string_view kDummyText =
    "quiviveDoesNotKnowThisUserButTakesTheSameTimeToSayNoAsItWouldForSomebodyThatItKnowsWellu";

}  // namespace quivive::crypto
