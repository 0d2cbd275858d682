#pragma once
// Rows of the rules' tests: an input, the verdict, codes that must be there, and codes that must not.

#include "diagnose/cause.h"
#include "unit/diagnose/judge.h"

#include <string>
#include <string_view>
#include <vector>

// A namespace of its own, and of the tests that include it: other tests of this program have a Row as well.
namespace quivive::diagnose::rows {

struct Row {
  std::string name;
  Format format = Format::Http;
  std::string text;
  std::string verdict;       // "code certainty", "none", or "" where others decide it
  std::string found, absent; // codes between spaces
};

inline std::vector<std::string> words(std::string_view text) {
  std::vector<std::string> out;
  for (std::size_t at = 0; (at = text.find_first_not_of(' ', at)) != std::string_view::npos;) {
    const std::size_t end = std::min(text.find(' ', at), text.size());
    out.emplace_back(text.substr(at, end - at));
    at = end;
  }
  return out;
}

inline void check(const Row& row, Expectations expected = {}) {
  SCOPED_TRACE(row.name);
  const Diagnosis diagnosis = judge(row.format, row.text, std::move(expected));
  if (!row.verdict.empty()) {
    EXPECT_EQ(verdict_of(diagnosis), row.verdict) << codes_of(diagnosis);
  }
  const std::vector<std::string> all = words(codes_of(diagnosis));
  const auto holds = [&](const std::string& code) { return std::find(all.begin(), all.end(), code) != all.end(); };
  for (const std::string& code : words(row.found)) EXPECT_TRUE(holds(code)) << code << " not in: " << codes_of(diagnosis);
  for (const std::string& code : words(row.absent)) EXPECT_FALSE(holds(code)) << code << " in: " << codes_of(diagnosis);
  for (const Finding& finding : diagnosis.findings) {
    EXPECT_FALSE(finding.summary.empty()) << code_of(finding.cause);
    EXPECT_FALSE(finding.fix.empty()) << code_of(finding.cause);
  }
}

inline void check(const std::vector<Row>& rows) {
  for (const Row& row : rows) check(row);
}

// Fields that requests carry.
inline constexpr std::string_view kBearer = "Authorization: Bearer 4f9c2d7e8a1b4c6d9e0f\r\n";
inline constexpr std::string_view kBasic = "Authorization: Basic b3BzOmh1bnRlcjI=\r\n";

// One exchange of raw HTTP.
inline std::string exchange(std::string_view request_line, std::string_view request_fields, std::string_view status_line, std::string_view response_fields, std::string_view body = {}) {
  return std::string(request_line) + " HTTP/1.1\r\n" + std::string(request_fields) + "\r\nHTTP/1.1 " + std::string(status_line) + "\r\n" + std::string(response_fields) +
         (body.empty() ? "" : "Content-Length: " + std::to_string(body.size()) + "\r\n") + "\r\n" + std::string(body) + (body.empty() ? "" : "\r\n");
}

}  // namespace quivive::diagnose::rows
