// The text of curl -v.

#include "diagnose/reader.h"
#include "read_check.h"

#include <cstdint>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace quivive::diagnose;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  check_read(read_curl_verbose(text), text);
  return 0;
}
