// HAR recordings: what is read does not depend on how the bytes arrive, bodies stay within their bounds, and errors point
// into the input. The first byte of the input chooses the size of the pieces.

#include "check.h"
#include "diagnose/reader.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace {

using namespace quivive;
using namespace quivive::diagnose;

Read read(std::string_view text, std::size_t piece) {
  HarReader reader;
  for (; !text.empty(); text.remove_prefix(std::min(piece, text.size()))) {
    const std::string copy(text.substr(0, piece));  // moved each time, so that ASan sees a slice kept from the step before
    if (const auto fed = reader.feed(copy); !fed) return fed.error();
  }
  return reader.finish();
}

bool same(const Exchange& a, const Exchange& b) {
  if (a.index != b.index || a.request.has_value() != b.request.has_value() || a.response.has_value() != b.response.has_value()) return false;
  if (a.started != b.started || a.connection != b.connection || a.resource_type != b.resource_type || a.remarks != b.remarks) return false;
  if (a.request && (a.request->url != b.request->url || a.request->headers.all() != b.request->headers.all() || a.request->body != b.request->body)) return false;
  return !a.response || (a.response->status == b.response->status && a.response->headers.all() == b.response->headers.all() &&
                         a.response->body == b.response->body);
}

void check(const Read& a, const Read& b) {
  FUZZ_CHECK(a.has_value() == b.has_value());
  if (!a) {
    FUZZ_CHECK(a.error().message == b.error().message);
    return;
  }
  FUZZ_CHECK(a->total == b->total && a->tool == b->tool && a->credentials_hidden == b->credentials_hidden);
  FUZZ_CHECK(a->exchanges.size() == b->exchanges.size());
  for (std::size_t i = 0; i < a->exchanges.size(); ++i) FUZZ_CHECK(same(a->exchanges[i], b->exchanges[i]));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data + 1), size - 1);
  const Read whole = read(text, text.size() + 1);
  if (!whole) FUZZ_CHECK(whole.error().offset <= text.size() && !whole.error().message.empty());
  if (whole) {
    for (const Exchange& exchange : whole->exchanges) {
      FUZZ_CHECK(exchange.index < whole->total);
      if (exchange.request) FUZZ_CHECK(exchange.request->body.size() <= kMaxBodyKept);
      if (exchange.response) FUZZ_CHECK(exchange.response->body.size() <= kMaxBodyKept);
    }
  }
  check(whole, read(text, data[0] % 61 + 1u));
  if (text.size() <= 512) check(whole, read(text, 1));
  return 0;
}
