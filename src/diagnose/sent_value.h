#pragma once
// What stands where a secret belongs: the secret, or something in its place. Text alone decides; nothing is looked up.

#include "diagnose/facts.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace quivive::diagnose {

enum class ValueKind : std::uint8_t {
  Plain,        // may be a secret
  Empty,        // nothing, or empty quotes
  Null,         // `undefined`, `None`, `[object Promise]`: the text of a missing or unfinished value
  Placeholder,  // `{{token}}`, `${TOKEN}`, `%TOKEN%`, `YOUR_API_KEY`: never replaced by its value
  Angle,        // `<token>`: a placeholder in a command, more likely a redaction in a capture
  Redacted,     // `REDACTED`, `***`, `xxxx`: taken out by whoever shared it
};
// Of a credential without its scheme. White space and quotes around it are ignored.
[[nodiscard]] ValueKind kind_of_value(std::string_view value);
// Whether a part of it is blotted out: `ghp_****`, `eyJh…x7Qw`, `sk_live_xxxxxxxx`.
[[nodiscard]] bool is_masked(std::string_view value);

// The payload of Basic (RFC 7617 section 2), read however it is spelt.
struct BasicPayload {
  enum class Alphabet : std::uint8_t { Standard, UrlSafe, Neither };
  Alphabet alphabet = Alphabet::Neither;
  bool padded = true;               // as RFC 4648 section 4 wants it
  bool broken = false;              // white space, or `\n`, in or behind it: left out before decoding
  std::string compact;              // without white space
  std::optional<std::string> text;  // decoded; nothing where it cannot be
  [[nodiscard]] bool has_colon() const { return text && text->find(':') != std::string::npos; }
  [[nodiscard]] std::string_view user() const;      // up to the first colon; all of it without one
  [[nodiscard]] std::string_view password() const;  // behind the first colon
};
[[nodiscard]] BasicPayload read_basic(std::string_view payload);

// For evidence and sentences: "request.header"; "the Authorization header", "the query parameter api_key".
[[nodiscard]] std::string_view part_of(const SentCredential& credential);
[[nodiscard]] std::string place_text(const SentCredential& credential);

// `"x"`, `'x'`, `\"x\"`: whether quotes are around or at one end of it; and without them.
[[nodiscard]] bool is_quoted(std::string_view value);
[[nodiscard]] std::string_view without_quotes(std::string_view value);

// A scheme whose credentials are one token68 or b64token, not a list of parameters.
[[nodiscard]] bool takes_one_token(std::string_view scheme);

// Whether what is sent there comes from a variable or command that the shell fills in: its text here is not its value.
[[nodiscard]] bool is_filled_by_shell(const Capture& capture, const Facts& facts, const SentCredential& credential);

}  // namespace quivive::diagnose
