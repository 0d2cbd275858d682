#pragma once
// Bodies of HTML forms: application/x-www-form-urlencoded (WHATWG URL standard, section 5.1), read strictly. What the
// standard repairs is refused here, so that no two readers of a body can see two passwords in it.

#include "base/reason.h"
#include "base/result.h"
#include "base/secret.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace quivive::http {

inline constexpr std::size_t kMaxFormBytes = 16 * 1024;
inline constexpr std::size_t kMaxFormPairs = 32;  // empty ones are not counted

struct FormError {
  static constexpr Reason reason = Reason::RequestMalformed;
  std::string_view detail;  // static text: the rule that was broken
};
[[noreturn]] void throw_exception_from_error(const FormError& error, const boost::source_location&);

// How often a name occurs: 0 absent, 1 as it should be, more is for the caller to refuse. No value where it is not 1.
struct FormMatch {
  std::size_t count = 0;
  std::string_view value;  // decoded, valid UTF-8, possibly with control characters (%00 too); lives as long as the Form
};

// The decoded pairs. A form may hold a password: its bytes are wiped and do not print.
class Form {
 public:
  // Pairs between '&', empty ones skipped, names and values parted by the first '='; '+' is a space. Refused: an escape that
  // is not %XX, raw control characters and DEL, what is not UTF-8 once decoded, and what exceeds the bounds above.
  [[nodiscard]] static Result<Form, FormError> parse(std::string_view body);

  // Names are compared decoded and exactly.
  [[nodiscard]] FormMatch find(std::string_view decoded_name) const;
  [[nodiscard]] std::size_t size() const { return size_; }

 private:
  struct Pair {
    std::uint16_t begin = 0, value = 0, end = 0;  // offsets: the name is [begin, value), the value [value, end)
  };
  static_assert(kMaxFormBytes <= UINT16_MAX);

  Secret bytes_;  // of all pairs, one after the other
  std::array<Pair, kMaxFormPairs> pairs_;
  std::size_t size_ = 0;
};

// Whether a Content-Type names this encoding; parameters are ignored, as browsers send none but some libraries a charset.
[[nodiscard]] bool is_form_content_type(std::string_view content_type);

// The serializer of section 5.2: appends `text` with all but letters, digits and "*-._" encoded, and '+' for a space.
void append_form_encoded(std::string& out, std::string_view text);
// Appends name=value, after '&' where `out` is not empty.
void append_form_pair(std::string& out, std::string_view name, std::string_view value);

}  // namespace quivive::http
