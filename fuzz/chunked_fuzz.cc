// Chunked bodies: the data does not depend on how the bytes arrive, and data encoded by us is decoded to itself. The
// first byte of the input chooses the size of the pieces.

#include "check.h"
#include "http/chunked.h"

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

namespace {

using namespace quivive::http;
using Status = ChunkedDecoder::Status;

struct Outcome {
  Status status = Status::NeedMore;
  std::string data;
  std::size_t consumed = 0;
  std::string_view detail;
  bool operator==(const Outcome&) const = default;
};

Outcome decode(std::string_view bytes, std::size_t piece) {
  ChunkedDecoder decoder;
  Outcome out;
  while (out.consumed < bytes.size() && out.status != Status::Done && out.status != Status::Failed) {
    const std::string_view input = bytes.substr(out.consumed, piece);
    const auto step = decoder.next(input);
    FUZZ_CHECK(step.consumed <= input.size());
    FUZZ_CHECK(step.status != Status::NeedMore || step.consumed == input.size());
    FUZZ_CHECK((step.status == Status::Data) == !step.data.empty());
    FUZZ_CHECK((step.status == Status::Failed) == !step.detail.empty());
    out.status = step.status;
    out.data += step.data;
    out.consumed += step.consumed;
    out.detail = step.detail;
  }
  FUZZ_CHECK(decoder.data_bytes() == out.data.size());
  if (out.status == Status::Data) out.status = Status::NeedMore;  // all input used up within data
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::size_t piece = data[0] % 61 + 1u;
  const std::string_view bytes(reinterpret_cast<const char*>(data + 1), size - 1);
  const Outcome whole = decode(bytes, bytes.size());
  FUZZ_CHECK(decode(bytes, piece) == whole);
  FUZZ_CHECK(decode(bytes, 1) == whole);

  std::string encoded;
  std::array<char, 18> buffer;
  for (std::size_t at = 0; at < bytes.size(); at += piece) {
    const std::string_view chunk = bytes.substr(at, piece);
    encoded.append(chunk_header(chunk.size(), buffer)).append(chunk).append(kChunkEnd);
  }
  encoded += kLastChunk;
  const Outcome decoded = decode(encoded + "next", 7);
  FUZZ_CHECK(decoded.status == Status::Done && decoded.data == bytes && decoded.consumed == encoded.size());
  return 0;
}
