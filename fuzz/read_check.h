#pragma once
// What holds for everything that a reader returns, whatever it was given.

#include "check.h"
#include "diagnose/reader.h"

#include <string_view>

namespace quivive::diagnose {

inline void check_headers(const Headers& headers) { FUZZ_CHECK(headers.all().size() <= 500); }

inline void check_read(const Read& read, std::string_view text) {
  if (!read) {
    FUZZ_CHECK(!read.error().message.empty() && read.error().message.find('\n') == std::string::npos);
    FUZZ_CHECK(read.error().offset <= text.size());
    return;
  }
  const Capture& capture = *read;
  FUZZ_CHECK(!capture.exchanges.empty() && capture.exchanges.size() <= 2000);
  FUZZ_CHECK(capture.is_loose || capture.total >= capture.exchanges.size());
  for (std::size_t i = 0; i < capture.exchanges.size(); ++i) {
    const Exchange& exchange = capture.exchanges[i];
    FUZZ_CHECK(exchange.index == i && (exchange.request || exchange.response));
    if (exchange.request) {
      check_headers(exchange.request->headers);
      FUZZ_CHECK(exchange.request->body.size() <= kMaxBodyKept);
    }
    if (exchange.response) {
      check_headers(exchange.response->headers);
      FUZZ_CHECK(exchange.response->body.size() <= kMaxBodyKept);
      FUZZ_CHECK(exchange.response->status >= 0 && exchange.response->status <= 999);
    }
  }
  for (const SourceRemark& remark : capture.remarks) FUZZ_CHECK(remark.exchange < capture.exchanges.size() && !remark.part.empty() && remark.text.size() <= 300);
}

}  // namespace quivive::diagnose
