#pragma once
// TokenView: whatever can be read of a token, however damaged. Nothing is verified and nothing believed: for telling people
// what a token says. The verifier is jose/verify_jwt.h.

#include "base/clock.h"
#include "base/json.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace quivive::diagnose {

inline constexpr std::size_t kMaxTokenRead = 256 * 1024;

struct TokenView {
  enum class Shape : std::uint8_t {
    Jws,      // three parts, header and payload are JSON objects
    Jwe,      // five parts, the header is a JSON object with `enc`
    Damaged,  // meant as a JWT (begins like one, or has parts of one), and cannot be read as one
    Opaque,   // anything else
  };
  Shape shape = Shape::Opaque;
  std::size_t parts = 0;  // between dots
  JsonObject header;      // empty where unreadable
  JsonObject claims;      // empty where unreadable or encrypted
  bool header_read = false;
  bool claims_read = false;
  std::string signature;  // octets; "" where absent or unreadable
  std::string problem;    // what is wrong with a Damaged one: "the payload is not base64url at character 12"; else ""

  // A string member of the header or the claims; "" where absent or of another type.
  [[nodiscard]] std::string_view header_text(std::string_view name) const;
  [[nodiscard]] std::string_view claim_text(std::string_view name) const;
  // A claim that is a string or an array of strings (aud, scp); a string is also split at spaces where `split`.
  [[nodiscard]] std::vector<std::string> claim_list(std::string_view name, bool split = false) const;
  [[nodiscard]] const Json* claim(std::string_view name) const { return member(claims, name); }
  // scope and scp together.
  [[nodiscard]] std::vector<std::string> scopes() const;
};

// A NumericDate claim (RFC 7519 section 2) as it was meant.
struct ClaimTime {
  bool present = false;
  std::optional<Instant> instant;  // also where it was written in milliseconds or as digits in a string
  bool milliseconds = false;       // the number is beyond 1e11: it cannot be seconds
  bool not_a_number = false;       // a string, a date as text, an object
  std::string text;                // as written, at most 40 characters
};
[[nodiscard]] ClaimTime claim_time(const TokenView& token, std::string_view name);

[[nodiscard]] TokenView view_token(std::string_view text);

// Begins like a JWT's header: base64url of `{"`.
[[nodiscard]] bool looks_like_jwt(std::string_view text);

}  // namespace quivive::diagnose
