#pragma once
// FixedText: a short text inside its record, cut after at most N bytes and never within a character of UTF-8, so that a
// record is copied without allocating.

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace quivive::gateway {

template <std::size_t N>
class FixedText {
 public:
  FixedText() = default;
  FixedText& operator=(std::string_view text) {
    std::size_t n = std::min(text.size(), N);
    if (n < text.size()) {
      while (n > 0 && N - n < 3 && (static_cast<unsigned char>(text[n]) & 0xc0) == 0x80) --n;
    }
    size_ = static_cast<std::uint16_t>(n);
    if (size_ != 0) std::memcpy(bytes_, text.data(), size_);  // an empty view may have no data at all
    return *this;
  }
  FixedText(const FixedText& other) : size_(other.size_) { std::memcpy(bytes_, other.bytes_, size_); }
  FixedText& operator=(const FixedText& other) {
    size_ = other.size_;
    std::memmove(bytes_, other.bytes_, size_);
    return *this;
  }
  [[nodiscard]] std::string_view view() const { return {bytes_, size_}; }
  operator std::string_view() const { return view(); }
  [[nodiscard]] bool empty() const { return size_ == 0; }

 private:
  std::uint16_t size_ = 0;
  char bytes_[N];
};

}  // namespace quivive::gateway
