#pragma once
// Strict parsers for HTTP/1 heads (RFC 9112), for the hot path: no allocation, one pass over each byte, errors as static
// text. What two programs could read differently is refused, not repaired.

#include "base/reason.h"
#include "http/head.h"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace quivive::http {

enum class HeadStatus : std::uint8_t { NeedMore, Complete, Failed };

struct HeadResult {
  HeadStatus status = HeadStatus::NeedMore;
  // Only where Failed: the reason, the rule that was broken (static text), and where in the buffer.
  Reason reason = Reason::RequestMalformed;
  std::string_view detail{};
  std::size_t offset = 0;
};

// Parses the request head at the start of `buffer`, which holds everything received since the last message; bytes after
// the head are left alone. After NeedMore call again with the same bytes and more behind them (they may have moved):
// what was looked at is not looked at again. On Complete the slices of `out` point into `buffer`. After Complete or
// Failed call out.reset() before another message. A failed connection cannot be resynchronised: close it.
//
// Reasons: RequestMalformed; RequestHeaderTooLarge (no end within `max_bytes`, or more than kMaxFields fields);
// CredentialsDuplicateHeader (two Authorization fields). Where Failed, method and target are set if they were read.
[[nodiscard]] HeadResult parse_request_head(std::string_view buffer, RequestHead& out,
                                            std::size_t max_bytes = kDefaultMaxHeadBytes);

// The same for a response to a request with `request_method` (HEAD has no body; RFC 9112 section 6.3). An interim (1xx)
// head is a head of its own. The reason is always UpstreamMalformed: a response whose end is in doubt would hand the
// next client of a pooled connection somebody else's bytes.
[[nodiscard]] HeadResult parse_response_head(std::string_view buffer, std::string_view request_method, ResponseHead& out,
                                             std::size_t max_bytes = kDefaultMaxHeadBytes);

}  // namespace quivive::http
