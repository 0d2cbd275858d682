#pragma once
// Inputs of rules' tests, and a table to hold them: what one looks like, its verdict, and what the families under test found.

#include "base/base64.h"
#include "unit/diagnose/judge.h"

#include <fmt/format.h>

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace quivive::diagnose::inputs {

// The clock of every answer below: 2025-03-01 12:00:00 UTC.
inline constexpr std::string_view kDate = "Date: Sat, 01 Mar 2025 12:00:00 GMT\r\n";

// A JWT of another hour than now, signed with nothing that anybody checks.
inline std::string jwt(
    std::string_view claims =
        R"({"iss":"https://id.example.com/","sub":"u-1","aud":"https://api.example.com","iat":1740829000,"exp":1740840000})",
    std::string_view header = R"({"alg":"HS256","typ":"JWT"})") {
  return base64url_encode(header) + '.' + base64url_encode(claims) + '.' + base64url_encode("0123456789abcdef0123456789abcdef");
}

inline std::string basic(std::string_view pair) { return "Basic " + base64_encode(pair); }

// A GET with these fields and its answer. Fields end with CR LF.
inline std::string exchange(std::string_view request_fields,
                            std::string_view response_fields = "WWW-Authenticate: Bearer realm=\"api\"\r\n", int status = 401,
                            std::string_view body = "", std::string_view host = "api.example.com",
                            std::string_view line = "GET /v1/orders HTTP/1.1", std::string_view request_body = "") {
  return fmt::format(
      "{}\r\nHost: {}\r\nUser-Agent: curl/8.5.0\r\nAccept: */*\r\n{}{}\r\n{}{}HTTP/1.1 {} Answer\r\n{}{}Content-Length: {}\r\n\r\n{}\r\n",
      line, host, request_fields,
      request_body.empty() ? std::string()
                           : fmt::format("Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n", request_body.size()),
      request_body, request_body.empty() ? "" : "\r\n\r\n", status, kDate, response_fields, body.size(), body);
}

inline std::string sent(std::string_view authorization, std::string_view response_fields = "WWW-Authenticate: Bearer realm=\"api\"\r\n",
                        int status = 401, std::string_view body = "") {
  return exchange(fmt::format("Authorization: {}\r\n", authorization), response_fields, status, body);
}

inline std::string sent_basic(std::string_view pair, std::string_view body = "",
                              std::string_view challenge = "WWW-Authenticate: Basic realm=\"files\"\r\n") {
  return sent(basic(pair), challenge, 401, body);
}

inline std::string token_request(std::string_view fields, std::string_view form, std::string_view answer,
                                 std::string_view response_fields = "", int status = 401) {
  return exchange(fields, fmt::format("Content-Type: application/json\r\n{}", response_fields), status, answer, "id.example.com",
                  "POST /oauth2/token HTTP/1.1", form);
}

// What was found by the families whose tests these are: others may have more to say.
inline std::string own_codes(const Diagnosis& diagnosis) {
  Diagnosis own;
  for (const Finding& finding : diagnosis.findings) {
    const CauseFamily family = info(finding.cause).family;
    using enum CauseFamily;
    if (family == Sent || family == HeaderText || family == Basic || family == Key || family == Client) own.findings.push_back(finding);
  }
  return codes_of(own);
}

struct Row {
  std::string name;
  std::string input;
  std::string verdict;  // "code certainty", "none", or "" where it is another family's
  std::string codes;    // of own_codes
  Format format = Format::Http;
  Expectations expected = {};
};

inline void expect_rows(std::initializer_list<Row> rows) {
  for (const Row& row : rows) {
    SCOPED_TRACE(row.name);
    const Diagnosis diagnosis = judge(row.format, row.input, row.expected);
    if (!row.verdict.empty()) {
      EXPECT_EQ(verdict_of(diagnosis), row.verdict);
    }
    EXPECT_EQ(own_codes(diagnosis), row.codes);
    for (const Finding& finding : diagnosis.findings) {
      EXPECT_FALSE(finding.summary.empty()) << code_of(finding.cause);
      EXPECT_FALSE(finding.fix.empty()) << code_of(finding.cause);
      std::string all = finding.summary + '\n' + finding.detail + '\n' + finding.fix;
      for (const Evidence& one : finding.evidence) all += '\n' + one.text + '\n' + one.mark;
      for (const std::string_view secret : {"8fj2k1mz0q7vbn3x", "secret1", "merlin-Gasket-78", "word9x"})
        EXPECT_EQ(all.find(secret), std::string::npos) << code_of(finding.cause) << ": " << all;
    }
  }
}

}  // namespace quivive::diagnose::inputs
