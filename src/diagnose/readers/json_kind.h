#pragma once
// Which JSON document the beginning of a text is of.

#include "diagnose/capture.h"

#include <optional>
#include <string_view>

namespace quivive::diagnose::readers {

struct JsonKind {
  std::optional<Format> format;  // Har or Postman
  std::string_view otherwise;    // what else it is: static text; "" where that is not known
};
// By the members of its outermost two objects, as far as `head` goes.
[[nodiscard]] JsonKind json_kind(std::string_view head);

}  // namespace quivive::diagnose::readers
