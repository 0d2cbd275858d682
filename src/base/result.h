#pragma once
// Result<T>: a value or the reason there is none. Exceptions are for bugs and exhaustion only, never for input.

#include <boost/system/result.hpp>
#include <fmt/format.h>

#include <stdexcept>
#include <string>
#include <utility>

namespace quivive {

// What went wrong, as one line fit for a person. Never holds a secret. Made by error() below.
struct Error {
  // Not an aggregate: C++20 would make Error(std::string) well-formed, and then boost's Result<std::string> could not tell
  // a returned string's value from an error.
  struct FromText {};
  Error() = default;
  Error(FromText, std::string text) : message(std::move(text)) {}
  std::string message;
};

// Result::value() on an error is a bug of the caller, so it may throw.
[[noreturn]] inline void throw_exception_from_error(const Error& error, const boost::source_location&) {
  throw std::logic_error("value() of a failed Result: " + error.message);
}

template <class T, class E = Error>
using Result = boost::system::result<T, E>;

template <class... Args>
[[nodiscard]] Error error(fmt::format_string<Args...> format, Args&&... args) {
  return Error(Error::FromText{}, fmt::format(format, std::forward<Args>(args)...));
}

}  // namespace quivive
