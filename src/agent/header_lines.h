#pragma once
// The head of a response, line by line as libcurl hands it over, interim responses before it included.

#include "agent/exchange.h"

#include <cstdint>
#include <string_view>

namespace quivive::agent {

class HeaderLines {
 public:
  enum class State : std::uint8_t {
    More,
    Interim,   // a 1xx response ended; another head follows (RFC 9110 section 15.2)
    Done,      // take() has it
    TooLarge,  // more than kMaxResponseHead bytes
  };
  // One line with its end.
  [[nodiscard]] State line(std::string_view line);
  // The head; this object is as new.
  [[nodiscard]] ResponseHead take();

 private:
  ResponseHead head_;
  std::size_t bytes_ = 0;  // interim heads included
};

}  // namespace quivive::agent
