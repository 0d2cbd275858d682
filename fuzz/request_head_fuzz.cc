// Heads, of requests and responses: the outcome does not depend on how the bytes arrive, what is accepted holds nothing
// that ends a line, and a head written from what was read is read the same.

#include "check.h"
#include "http/grammar.h"
#include "http/head_parser.h"

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

namespace {

using namespace quivive::http;

constexpr std::size_t kMaxBytes = 4096;

HeadResult parse(std::string_view bytes, RequestHead& head) { return parse_request_head(bytes, head, kMaxBytes); }
HeadResult parse(std::string_view bytes, ResponseHead& head) { return parse_response_head(bytes, "GET", head, kMaxBytes); }

std::string start_line(const RequestHead& head) {
  return std::string(head.method) + ' ' + std::string(head.target) + " HTTP/1." + std::to_string(head.minor_version);
}
std::string start_line(const ResponseHead& head) {
  return "HTTP/1." + std::to_string(head.minor_version) + ' ' + std::to_string(head.status) + ' ' + std::string(head.reason_phrase);
}

template <class AnyHead>
void check_equal(const AnyHead& a, const AnyHead& b) {
  FUZZ_CHECK(start_line(a) == start_line(b));
  FUZZ_CHECK(a.body == b.body && a.content_length == b.content_length && a.keep_alive == b.keep_alive);
  FUZZ_CHECK(a.connection_upgrade == b.connection_upgrade);
  FUZZ_CHECK(std::ranges::equal(a.fields.view(), b.fields.view(), [](const Field& x, const Field& y) {
    return x.name == y.name && x.value == y.value && x.id == y.id;
  }));
}

template <class AnyHead>
void check_complete(std::string_view bytes, const AnyHead& head) {
  FUZZ_CHECK(head.head_bytes <= bytes.size() && bytes.substr(0, head.head_bytes).ends_with("\r\n\r\n"));
  FUZZ_CHECK(bytes.substr(0, head.head_bytes).find("\n\n") == std::string_view::npos);
  std::string text = start_line(head) + "\r\n";
  for (const Field& field : head.fields.view()) {
    FUZZ_CHECK(is_token(field.name) && is_field_value(field.value) && field.id == field_id(field.name));
    text.append(field.name).append(": ").append(field.value).append("\r\n");
  }
  text += "\r\n";
  AnyHead again;
  FUZZ_CHECK(parse(text, again).status == HeadStatus::Complete);
  FUZZ_CHECK(again.head_bytes == text.size());
  check_equal(head, again);
}

template <class AnyHead>
void check(std::string_view bytes) {
  AnyHead whole;
  const HeadResult expected = parse(bytes, whole);
  if (expected.status == HeadStatus::Complete) check_complete(bytes, whole);
  if (expected.status == HeadStatus::Failed) FUZZ_CHECK(!expected.detail.empty() && expected.offset <= bytes.size());

  AnyHead head;
  HeadResult result;
  std::string part;
  for (std::size_t n = 0; n <= bytes.size() && result.status == HeadStatus::NeedMore; ++n) {
    part = std::string(bytes.substr(0, n));  // moved each time, so that ASan sees a slice kept from the step before
    result = parse(part, head);
  }
  FUZZ_CHECK(result.status == expected.status);
  FUZZ_CHECK(result.detail == expected.detail && result.offset == expected.offset && result.reason == expected.reason);
  if (expected.status == HeadStatus::Complete) check_equal(whole, head);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  check<RequestHead>(bytes);
  check<ResponseHead>(bytes);
  return 0;
}
