#pragma once
// The value of `Authorization: Digest …` (RFC 7616 section 3.4), read strictly: a server that guesses what a client meant, where a
// second reader guesses otherwise, has two opinions on who is asking.

#include "base/result.h"
#include "digest/algorithm.h"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace quivive::digest {

enum class Qop : std::uint8_t { Auth, AuthInt };
// "auth", "auth-int".
[[nodiscard]] std::string_view name_of(Qop qop);

// Borrows from the value, or from `unescaped` where a quoted string has escapes.
struct DigestCredentials {
  std::string_view username;  // as the response was computed with; of a `username*`, decoded; where `userhash`, its hash in hexadecimal
  bool userhash = false;
  std::string_view realm;
  std::string_view nonce;
  std::string_view uri;
  std::string_view response;  // lower-case hexadecimal of the algorithm's length
  std::string_view cnonce;
  std::string_view nc;        // eight hexadecimal digits, as sent
  std::uint32_t count = 0;    // nc's value, at least 1
  std::string_view qop_text;  // as sent: it is hashed
  Qop qop = Qop::Auth;
  DigestAlgorithm algorithm = DigestAlgorithm::Md5;

  std::array<std::string, 4> unescaped;  // of username, realm, uri, cnonce
  DigestCredentials() = default;
  // Views into the object's own strings would be left behind.
  DigestCredentials(const DigestCredentials&) = delete;
  DigestCredentials& operator=(const DigestCredentials&) = delete;
};

struct DigestProblem {
  enum class Kind : std::uint8_t { Malformed, UnknownAlgorithm };
  Kind kind = Kind::Malformed;
  std::string detail;  // for the operator: what is wrong, without a secret
};

// Reads what follows the scheme. Parameters that are not known are ignored (section 3.4). A problem: no such list; one of ours twice;
// one that is missing, `qop`, `nc` and `cnonce` included, without which replays could not be told (a client of RFC 2069);
// a value that cannot be what it should be. `out` is to be read only where there is none.
[[nodiscard]] std::optional<DigestProblem> parse(std::string_view value, DigestCredentials& out);

}  // namespace quivive::digest
