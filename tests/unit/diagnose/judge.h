#pragma once
// Judging text in tests: read, diagnose, and look at the findings by code.

#include "diagnose/diagnosis.h"
#include "diagnose/reader.h"
#include "diagnose/wording.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace quivive::diagnose {

// 2025-03-01 12:00:00 UTC: what "now" is where a test says nothing.
inline constexpr Instant kTestNow = from_unix_seconds(1740830400);

inline Diagnosis judge(Format format, std::string_view text, Expectations expected = {}) {
  if (expected.clock == Instant{}) expected.clock = kTestNow;
  const Read capture = read_text(format, text);
  if (!capture) {
    ADD_FAILURE() << "not read: " << capture.error().message;
    return {};
  }
  return diagnose(*capture, expected);
}

// "token-expired certain error", or "none".
inline std::string verdict_of(const Diagnosis& diagnosis) {
  const Finding* finding = diagnosis.verdict_finding();
  if (finding == nullptr) return "none";
  return std::string(code_of(finding->cause)) + ' ' + std::string(name_of(finding->certainty));
}

inline const Finding* find(const Diagnosis& diagnosis, Cause cause) {
  const auto at = std::find_if(diagnosis.findings.begin(), diagnosis.findings.end(), [&](const Finding& f) { return f.cause == cause; });
  return at == diagnosis.findings.end() ? nullptr : &*at;
}

// Every code found, sorted, spaces between: for tests that nothing else was found.
inline std::string codes_of(const Diagnosis& diagnosis) {
  std::vector<std::string> codes;
  for (const Finding& finding : diagnosis.findings) codes.emplace_back(code_of(finding.cause));
  std::sort(codes.begin(), codes.end());
  codes.erase(std::unique(codes.begin(), codes.end()), codes.end());
  std::string out;
  for (const std::string& code : codes) out += (out.empty() ? "" : " ") + code;
  return out;
}

}  // namespace quivive::diagnose
