#pragma once
// The output of `quivive why` for a person: verdict in one sentence, then the fix, then what shows it, then the rest.

#include "diagnose/capture.h"
#include "diagnose/diagnosis.h"
#include "diagnose/expectations.h"

#include <cstddef>
#include <string>

namespace quivive::diagnose {

struct TextStyle {
  std::size_t width = 100;  // columns; at least 40 are used
  bool colour = false;      // ANSI colours, for a terminal
};

// Ends with a line feed. Nothing in it can move a terminal's cursor, whatever the input held.
[[nodiscard]] std::string render_text(const Capture& capture, const Diagnosis& diagnosis, TextStyle style = {});

}  // namespace quivive::diagnose
