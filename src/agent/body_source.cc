#include "agent/body_source.h"

#include "base/text.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>

namespace quivive::agent {
namespace {

// At least one byte, unless the end is reached. What a stream says to hold now is passed on; one that does not say so is read
// until `into` is full.
Result<std::size_t> take(std::istream& in, std::span<char> into) {
  if (into.empty() || in.peek() == std::istream::traits_type::eof()) {
    return in.bad() ? Result<std::size_t>(error("the body cannot be read")) : Result<std::size_t>(0);
  }
  if (const auto n = in.readsome(into.data(), static_cast<std::streamsize>(into.size())); n > 0) return static_cast<std::size_t>(n);
  in.read(into.data(), static_cast<std::streamsize>(into.size()));
  return static_cast<std::size_t>(in.gcount());
}

}  // namespace

Result<std::size_t> MemoryBody::read_more(std::span<char> into) {
  const std::size_t n = std::min(into.size(), bytes_.size() - at_);
  std::copy_n(bytes_.begin() + static_cast<std::ptrdiff_t>(at_), n, into.begin());
  at_ += n;
  return n;
}

Result<std::unique_ptr<FileBody>> FileBody::open(const std::string& path) {
  std::error_code fault;
  const auto status = std::filesystem::status(path, fault);
  if (std::filesystem::is_directory(status)) return error("{}: a folder, not a file", printable(path));
  std::unique_ptr<FileBody> out(new FileBody);
  out->file_.open(path, std::ios::binary);
  if (!out->file_) return error("{}: {}", printable(path), std::strerror(errno));
  if (std::filesystem::is_regular_file(status)) {
    const auto size = std::filesystem::file_size(path, fault);
    if (!fault) out->size_ = size;
  }
  return out;
}

Result<std::size_t> FileBody::read_more(std::span<char> into) { return take(file_, into); }

Result<void> FileBody::go_back() {
  file_.clear();
  if (!file_.seekg(0)) return error("the body's file cannot be read from its beginning again");
  return {};
}

Result<std::size_t> StreamBody::read_more(std::span<char> into) { return take(in_, into); }

}  // namespace quivive::agent
