#pragma once
// Password hashes: new ones are argon2id; the kinds found in existing htpasswd files are verified too.
// Everything here blocks for milliseconds on purpose: call it on the worker pool. Thread-safe.

#include "base/random.h"
#include "base/result.h"
#include "base/secret.h"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace quivive::crypto {

// Unknown is also plain text, DES and MD5-crypt: htpasswd can hold them, and none of them protects a password.
enum class PasswordHashKind : std::uint8_t {
  Argon2id,
  Bcrypt,
  Sha256Crypt,
  Sha512Crypt,
  Yescrypt,
  Apr1,
  Sha1,
  Unknown
};

[[nodiscard]] std::string_view password_hash_kind_name(PasswordHashKind kind);  // "argon2id", "bcrypt", …
// By prefix alone; the rest may still be unusable.
[[nodiscard]] PasswordHashKind password_hash_kind(const Secret& hash);

// A password longer than this never matches, and is not hashed: sha512-crypt's work grows with the length times the
// rounds, so a long password is a cheap way to keep the pool busy. The answer is the same for every user.
inline constexpr std::size_t kMaxPasswordSize = 1024;

// UnusableHash: of an unknown kind, damaged, or with a cost beyond the bounds below (a hostile or mistyped hash must not
// stop the pool). It is the operator's fault, not the client's.
enum class PasswordVerdict : std::uint8_t { Match, Mismatch, UnusableHash };

// Bounds of a stored hash's cost.
inline constexpr std::uint32_t kMaxArgon2MemoryKiB = 1024 * 1024;
inline constexpr std::uint32_t kMaxBcryptCost = 16;
inline constexpr std::uint32_t kMaxShaCryptRounds = 2'000'000;
inline constexpr std::uint64_t kMaxYescryptBytes = std::uint64_t{1} << 30;

// Whether `password` is the one behind `hash`. bcrypt looks at the first 72 octets only, as the tools that wrote the hash
// did. A password with a NUL never matches, since crypt(3) would stop there.
[[nodiscard]] PasswordVerdict verify_password(const Secret& hash, std::string_view password);
// Whether verify_password could use it, without hashing: what is wrong with it otherwise. Never quotes the hash.
[[nodiscard]] Result<PasswordHashKind> check_password_hash(const Secret& hash);

// argon2id, 19 MiB, two passes, one lane (OWASP's first choice), 16 octets of salt, as a PHC string. An Error if
// the password is empty, longer than kMaxPasswordSize, or holds a NUL.
[[nodiscard]] Result<Secret> hash_password(std::string_view password, RandomSource& random);

// Gives back what this thread keeps to work in between two hashes: 19 MiB, where argon2id was used. Costs the next hash some
// milliseconds, so for a thread that has had nothing to do for a while.
void release_password_memory();

// A valid hash that no password is known for, of the same kind and cost as `hash`: verifying against it for an unknown
// user costs what a known user costs. The default of hash_password if `hash` is unusable. Never empty: an empty hash is a
// fast path, and so an oracle for user names (CVE-2026-41263).
[[nodiscard]] Secret dummy_hash_like(const Secret& hash);

struct DummyHash {
  Secret hash;
  std::size_t users = 1;  // how many have its kind and cost
};

// Finds the kinds and costs that the users of a store have.
class DummyHashes {
 public:
  void add(const Secret& hash);
  // dummy_hash_like each of them, always in the same order; the default of hash_password if none was added.
  [[nodiscard]] std::vector<DummyHash> all() const;

 private:
  static constexpr std::size_t kMaxSettings = 64;  // more different costs than that are not counted
  std::map<std::string, std::size_t> settings_;    // a dummy hash to how many users have its cost
};

}  // namespace quivive::crypto
