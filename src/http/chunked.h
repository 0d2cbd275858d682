#pragma once
// The chunked transfer coding (RFC 9112 section 7.1), incrementally and without copying or buffering.

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace quivive::http {

inline constexpr std::size_t kMaxChunkExtensionBytes = 256;           // on one chunk
inline constexpr std::uint64_t kChunkExtensionAllowance = 16 * 1024;  // on all chunks, beyond one byte per byte of data
inline constexpr std::size_t kMaxTrailerBytes = 8 * 1024;

class ChunkedDecoder {
 public:
  enum class Status : std::uint8_t { NeedMore, Data, Done, Failed };
  struct Step {
    Status status = Status::NeedMore;
    std::size_t consumed = 0;  // bytes of the input that are dealt with; those of `data` are among them
    std::string_view data;     // with Data: a slice of the input, never empty
    std::string_view detail;   // with Failed: the rule that was broken, static text
  };

  // Takes the next step over `input`, which begins where the last step ended. NeedMore has consumed all of it. After
  // Done, what was not consumed belongs to the next message. After Failed every further step fails.
  // Extensions are skipped; trailers are validated and dropped.
  [[nodiscard]] Step next(std::string_view input);

  [[nodiscard]] bool done() const { return state_ == State::Done; }
  [[nodiscard]] std::uint64_t data_bytes() const { return data_bytes_; }  // decoded so far
  void reset() { *this = ChunkedDecoder{}; }

 private:
  enum class State : std::uint8_t {
    SizeFirst, Size, Extension, SizeLf, Data, DataCr, DataLf,
    TrailerStart, TrailerName, TrailerValue, TrailerLf, EndLf, Done, Failed,
  };
  // Consumes one byte outside of data. Returns the rule it breaks, or "".
  [[nodiscard]] std::string_view control_byte(char c);

  State state_ = State::SizeFirst;
  std::uint8_t digits_ = 0;
  std::uint16_t extension_bytes_ = 0;  // on this chunk
  std::uint16_t trailer_bytes_ = 0;
  std::uint64_t remaining_ = 0;        // of this chunk
  std::uint64_t data_bytes_ = 0;
  std::uint64_t extension_total_ = 0;
  std::string_view failure_;
};

// What goes before a chunk's data: its size in hex and CRLF. `size` is not 0; the text lives in `buffer`.
[[nodiscard]] std::string_view chunk_header(std::uint64_t size, std::array<char, 18>& buffer);
inline constexpr std::string_view kChunkEnd = "\r\n";       // after the data of every chunk
inline constexpr std::string_view kLastChunk = "0\r\n\r\n";  // the end, without trailers

}  // namespace quivive::http
