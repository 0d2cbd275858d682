#include "http/chunked.h"

#include "http/grammar.h"

#include <algorithm>
#include <limits>

namespace quivive::http {

std::string_view ChunkedDecoder::control_byte(char c) {
  switch (state_) {
    case State::SizeFirst:
      if (!is_hex_digit(c)) return "a chunk size is not a hexadecimal number";
      digits_ = 1;
      extension_bytes_ = 0;
      remaining_ = hex_value(c);
      state_ = State::Size;
      return {};
    case State::Size:
      if (is_hex_digit(c)) {
        // 15 digits stay below 2^63 in every reader's integer.
        if (++digits_ > 15) return "a chunk size is too large";
        remaining_ = remaining_ * 16 + hex_value(c);
      } else if (c == ';') {
        state_ = State::Extension;
      } else if (c == '\r') {
        state_ = State::SizeLf;
      } else {
        return "a chunk size is followed by something other than CRLF or an extension";
      }
      return {};
    case State::Extension:
      if (c == '\r') {
        state_ = State::SizeLf;
        return {};
      }
      if (!is_field_char(c)) return "a control character in a chunk extension";
      // Threat: a body that is nearly all extensions keeps us reading while no limit on data counts it.
      if (++extension_bytes_ > kMaxChunkExtensionBytes || ++extension_total_ > kChunkExtensionAllowance + data_bytes_) {
        return "chunk extensions are too long";
      }
      return {};
    case State::SizeLf:
      if (c != '\n') return "CR without LF after a chunk size";
      state_ = remaining_ == 0 ? State::TrailerStart : State::Data;
      return {};
    case State::DataCr:
      if (c != '\r') return "chunk data is not followed by CRLF";
      state_ = State::DataLf;
      return {};
    case State::DataLf:
      if (c != '\n') return "chunk data is not followed by CRLF";
      state_ = State::SizeFirst;
      return {};
    case State::TrailerStart:
      if (c == '\r') {
        state_ = State::EndLf;
        return {};
      }
      if (!is_tchar(c)) return "a trailer does not begin with a field name";
      state_ = State::TrailerName;
      break;
    case State::TrailerName:
      if (c == ':') {
        state_ = State::TrailerValue;
      } else if (!is_tchar(c)) {
        return "a character that is not allowed in a trailer's name";
      }
      break;
    case State::TrailerValue:
      if (c == '\r') {
        state_ = State::TrailerLf;
      } else if (!is_field_char(c)) {
        return "a control character in a trailer";
      }
      break;
    case State::TrailerLf:
      if (c != '\n') return "CR without LF in a trailer";
      state_ = State::TrailerStart;
      break;
    case State::EndLf:
      if (c != '\n') return "CR without LF after the last chunk";
      state_ = State::Done;
      return {};
    case State::Data:
    case State::Done:
    case State::Failed:
      return {};
  }
  return ++trailer_bytes_ > kMaxTrailerBytes ? "the trailers are too long" : std::string_view{};
}

ChunkedDecoder::Step ChunkedDecoder::next(std::string_view input) {
  std::size_t at = 0;
  while (at < input.size() && state_ != State::Done && state_ != State::Failed) {
    if (state_ == State::Data) {
      const auto n = static_cast<std::size_t>(std::min<std::uint64_t>(remaining_, input.size() - at));
      remaining_ -= n;
      data_bytes_ += n;
      if (remaining_ == 0) state_ = State::DataCr;
      return {Status::Data, at + n, input.substr(at, n), {}};
    }
    failure_ = control_byte(input[at]);
    if (!failure_.empty()) {
      state_ = State::Failed;
      break;
    }
    ++at;
  }
  if (state_ == State::Failed) return {Status::Failed, at, {}, failure_};
  return {state_ == State::Done ? Status::Done : Status::NeedMore, at, {}, {}};
}

std::string_view chunk_header(std::uint64_t size, std::array<char, 18>& buffer) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::size_t at = buffer.size();
  buffer[--at] = '\n';
  buffer[--at] = '\r';
  do {
    buffer[--at] = digits[size & 15];
    size >>= 4;
  } while (size != 0);
  return {buffer.data() + at, buffer.size() - at};
}

}  // namespace quivive::http
