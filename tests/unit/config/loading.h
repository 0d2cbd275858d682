#pragma once
// Short forms for tests that load a configuration text.

#include "config/load.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace quivive::config {

// The Config of a text without errors; warnings are allowed.
inline Config loaded(std::string_view yaml) {
  const LoadResult result = load(yaml, "q.yaml");
  EXPECT_TRUE(result.config) << yaml << "\n" << format(result.diagnostics, "q.yaml");
  return result.config.value_or(Config{});
}

// All that is said about a text, "line:column path: message" each, in order.
inline std::string said(std::string_view yaml) {
  std::string out;
  for (const Diagnostic& d : load(yaml, "q.yaml").diagnostics) {
    if (!out.empty()) out += '\n';
    out += std::to_string(d.line) + ":" + std::to_string(d.column) + " " + (d.severity == Severity::Warning ? "warning " : "") + d.path + ": " + d.message;
  }
  return out;
}

inline const std::string kUpstream = "upstream: http://127.0.0.1:9000\n";

}  // namespace quivive::config
