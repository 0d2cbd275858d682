#pragma once
// What the tests of rules share: tokens from JSON, exchanges in a line, tables of input and judgement.

#include "base/base64.h"
#include "base/clock.h"
#include "http/date.h"
#include "unit/diagnose/judge.h"

#include <fmt/format.h>

#include <string>
#include <string_view>
#include <vector>

namespace quivive::diagnose::test {

inline constexpr std::int64_t kNow = 1740830400;  // kTestNow in seconds

// A token with that header and payload, and a signature of a plausible length that nobody made.
inline std::string jwt(std::string_view payload, std::string_view header = R"({"alg":"RS256","typ":"JWT","kid":"k1"})") {
  const bool ec = header.find("ES256") != std::string_view::npos, mac = header.find("HS256") != std::string_view::npos;
  std::string signature(ec ? 64 : mac ? 32 : 256, '\0');
  for (std::size_t i = 0; i < signature.size(); ++i) signature[i] = static_cast<char>(0x80 + i * 37 % 120);
  return base64url_encode(header) + "." + base64url_encode(payload) + "." + base64url_encode(signature);
}

// Claims of a living token for api.example.com, with `more` members behind.
inline std::string living(std::string_view more = "") {
  return fmt::format(
      R"({{"iss":"https://id.example.com/","sub":"u1","aud":"https://api.example.com","scope":"read","iat":{},"exp":{}{}{}}})", kNow - 60,
      kNow + 600, more.empty() ? "" : ",", more);
}

// One exchange as text. `fields` and `answer_fields` are whole lines with \n; the response has the Date of kNow.
inline std::string exchange(std::string_view fields, int status = 401, std::string_view answer_fields = "", std::string_view body = "",
                            std::string_view line = "GET /v1/orders HTTP/1.1", std::string_view host = "api.example.com") {
  const auto date = http::format_http_date(kTestNow);
  return fmt::format("{}\nHost: {}\nAccept: */*\n{}\nHTTP/1.1 {} X\nDate: {}\n{}Content-Length: {}\n\n{}\n", line, host, fields, status,
                     std::string_view(date.data(), date.size()), answer_fields, body.size(), body);
}
inline std::string bearer(std::string_view token) { return fmt::format("Authorization: Bearer {}\n", token); }

inline constexpr std::string_view kInvalidToken = "WWW-Authenticate: Bearer error=\"invalid_token\"\n";

struct Row {
  std::string name;
  std::string input;
  std::string verdict;  // "token-expired certain" or "none"
  std::string codes;    // every code found; "*" where that is not the point
  Expectations expected = {};
};

inline void check(const std::vector<Row>& rows, Format format = Format::Http) {
  for (const Row& row : rows) {
    SCOPED_TRACE(row.name);
    const Diagnosis diagnosis = judge(format, row.input, row.expected);
    if (row.verdict != "*") {
      EXPECT_EQ(verdict_of(diagnosis), row.verdict);
    }
    if (row.codes != "*") {
      EXPECT_EQ(codes_of(diagnosis), row.codes);
    }
    for (const Finding& finding : diagnosis.findings) {
      EXPECT_FALSE(finding.summary.empty()) << code_of(finding.cause);
      EXPECT_FALSE(finding.fix.empty()) << code_of(finding.cause);
      EXPECT_FALSE(finding.evidence.empty()) << code_of(finding.cause);
    }
  }
}

// The codes of one finding that the test is about, "token-expired certain error", or "".
inline std::string found(const Diagnosis& diagnosis, Cause cause) {
  const Finding* finding = find(diagnosis, cause);
  if (finding == nullptr) return "";
  return fmt::format("{} {}", name_of(finding->certainty), name_of(finding->severity));
}

}  // namespace quivive::diagnose::test
