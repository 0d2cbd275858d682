#include "jose/jwt_failure.h"

#include <stdexcept>

namespace quivive::jose {

void throw_exception_from_error(const JwtFailure& failure, const boost::source_location&) {
  throw std::logic_error("value() of a refused token: " + std::string(code_of(failure.reason)) + ": " + failure.detail);
}

void throw_exception_from_error(const JwtRejection& rejection, const boost::source_location& where) {
  throw_exception_from_error(rejection.first(), where);
}

}  // namespace quivive::jose
