// curl commands in the quoting of bash and of cmd.exe, and whatever else detect() may take for one.

#include "diagnose/reader.h"
#include "read_check.h"

#include <cstdint>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace quivive::diagnose;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  check_read(read_curl_command(text), text);
  if (const auto format = detect(text); format && *format == Format::Curl) {
    // The words of what was recognised are read without their shell, too.
    const Read read = read_curl_command(text);
    if (read && read->command && read->command->words.size() > 1) check_read(read_curl_words(read->command->words), text);
  }
  return 0;
}
