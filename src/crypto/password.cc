#include "crypto/password.h"

#include "crypto/password_kinds.h"

#include <algorithm>

namespace quivive::crypto {
namespace {

constexpr std::array<const PasswordScheme*, 7> kSchemes = {&kArgon2idScheme,    &kBcryptScheme,   &kSha256CryptScheme,
                                                           &kSha512CryptScheme, &kYescryptScheme, &kApr1Scheme,
                                                           &kSha1Scheme};

const PasswordScheme* scheme_of(std::string_view hash) {
  for (const PasswordScheme* scheme : kSchemes) {
    for (const std::string_view prefix : scheme->prefixes) {
      if (hash.starts_with(prefix)) return scheme;
    }
  }
  return nullptr;
}

// What no stored hash can be the hash of.
bool is_impossible(std::string_view password) {
  return password.size() > kMaxPasswordSize || password.find('\0') != std::string_view::npos;
}

}  // namespace

std::string_view password_hash_kind_name(PasswordHashKind kind) {
  for (const PasswordScheme* scheme : kSchemes) {
    if (scheme->kind == kind) return scheme->name;
  }
  return "unknown";
}

PasswordHashKind password_hash_kind(const Secret& hash) {
  const PasswordScheme* scheme = scheme_of(hash.reveal(RevealSecret{}));
  return scheme == nullptr ? PasswordHashKind::Unknown : scheme->kind;
}

Result<PasswordHashKind> check_password_hash(const Secret& hash) {
  const std::string_view text = hash.reveal(RevealSecret{});
  const PasswordScheme* scheme = scheme_of(text);
  // Plain text and DES have no prefix. They are not guessed at: a line cut in half must not become somebody's password.
  if (scheme == nullptr) {
    return error(
        "a hash of an unknown kind; argon2id, bcrypt, sha256-crypt, sha512-crypt, yescrypt, apr1 and {{SHA}} are read");
  }
  const std::string problem = scheme->problem(text);
  if (!problem.empty()) return error("{}", problem);
  return scheme->kind;
}

PasswordVerdict verify_password(const Secret& hash, std::string_view password) {
  if (!check_password_hash(hash)) return PasswordVerdict::UnusableHash;
  if (is_impossible(password)) return PasswordVerdict::Mismatch;
  const std::string_view text = hash.reveal(RevealSecret{});
  return scheme_of(text)->verify(text, password);
}

Result<Secret> hash_password(std::string_view password, RandomSource& random) {
  if (password.empty()) return error("the password is empty");
  if (password.size() > kMaxPasswordSize) {
    return error("the password has more than {} octets, which are the most that are taken", kMaxPasswordSize);
  }
  if (is_impossible(password)) return error("the password holds a NUL");
  return make_argon2id(password, random);
}

Secret dummy_hash_like(const Secret& hash) {
  if (!check_password_hash(hash)) return Secret(default_dummy());
  const std::string_view text = hash.reveal(RevealSecret{});
  return Secret(scheme_of(text)->dummy(text));
}

void DummyHashes::add(const Secret& hash) {
  if (!check_password_hash(hash)) return;
  const std::string dummy(dummy_hash_like(hash).reveal(RevealSecret{}));
  const auto at = settings_.find(dummy);
  if (at != settings_.end()) {
    ++at->second;
  } else if (settings_.size() < kMaxSettings) {
    settings_.emplace(dummy, 1);
  }
}

std::vector<DummyHash> DummyHashes::all() const {
  std::vector<DummyHash> out;
  for (const auto& [hash, users] : settings_) out.push_back({Secret(hash), users});
  if (out.empty()) out.push_back({Secret(default_dummy())});
  return out;
}

}  // namespace quivive::crypto
