// Raw messages, and the formats without any: tokens and field lines.

#include "diagnose/reader.h"
#include "read_check.h"

#include <cstdint>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace quivive::diagnose;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  check_read(read_http(text), text);
  check_read(read_token(text), text);
  check_read(read_header(text), text);
  const auto format = detect(text);
  if (!format) FUZZ_CHECK(!format.error().message.empty() && format.error().message.find('\n') == std::string::npos);
  return 0;
}
