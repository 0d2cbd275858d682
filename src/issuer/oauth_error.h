#pragma once
// What the token service refuses with: a code for programs, a sentence for people.

#include "base/result.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace quivive::issuer {

enum class OAuthError : std::uint8_t {
#define QUIVIVE_OAUTH_ERROR(name, ...) name,
#include "issuer/oauth_errors.def"
#undef QUIVIVE_OAUTH_ERROR
};

struct OAuthErrorInfo {
  std::string_view code;
  std::uint16_t status;
};
[[nodiscard]] const OAuthErrorInfo& info(OAuthError error);

struct Refusal {
  OAuthError error = OAuthError::InvalidRequest;
  std::string description;  // printable ASCII without '"' and '\' (RFC 6749 section 5.2); says nothing that only we should know
  std::string detail = {};  // for the log, in place of the description; "" for the same
};
[[noreturn]] void throw_exception_from_error(const Refusal& refusal, const boost::source_location&);

// The store failed, or what stands in it is no good: the client did nothing wrong.
[[nodiscard]] Refusal broken(std::string_view why);
[[nodiscard]] Refusal store_failed();

}  // namespace quivive::issuer
