// Postman collections: no crash and bounded output whatever the bytes. An environment may follow the collection after a NUL.

#include "check.h"
#include "diagnose/reader.h"

#include <cstdint>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace quivive::diagnose;
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const std::size_t end = input.find('\0');
  const auto read = read_postman(input.substr(0, end), end == std::string_view::npos ? std::string_view() : input.substr(end + 1));
  if (!read) {
    FUZZ_CHECK(!read.error().message.empty());
    return 0;
  }
  for (const Exchange& exchange : read->exchanges) {
    FUZZ_CHECK(exchange.index < read->total && exchange.request);
    FUZZ_CHECK(exchange.request->body.size() <= kMaxBodyKept);
    if (exchange.response) FUZZ_CHECK(exchange.response->body.size() <= kMaxBodyKept);
  }
  for (const SourceRemark& remark : read->remarks) FUZZ_CHECK(remark.exchange < read->total);
  for (const DeclaredAuth& declared : read->declared) FUZZ_CHECK(declared.exchange < read->total);
  return 0;
}
