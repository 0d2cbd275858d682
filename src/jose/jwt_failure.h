#pragma once
// JwtFailure: why a token is refused, and what was seen.

#include "base/reason.h"

#include <boost/system/result.hpp>

#include <string>
#include <vector>

namespace quivive::jose {

struct JwtFailure {
  Reason reason;
  std::string detail;  // expected and seen, one printable line, for the operator only; no secret, no signature
};

// All that is wrong with one token.
struct JwtRejection {
  std::vector<JwtFailure> failures;  // never empty; the most informative first (ReasonInfo::rank)
  [[nodiscard]] const JwtFailure& first() const { return failures.front(); }
};

// value() of a failed Result is a bug of the caller.
[[noreturn]] void throw_exception_from_error(const JwtFailure& failure, const boost::source_location&);
[[noreturn]] void throw_exception_from_error(const JwtRejection& rejection, const boost::source_location&);

}  // namespace quivive::jose
