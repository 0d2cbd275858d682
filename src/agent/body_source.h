#pragma once
// BodySource: where the body of a request comes from, and whether it can come once more. A body that cannot is sent once: what
// was read of it is gone, and a second try without its beginning would be another request.

#include "base/result.h"

#include <cstddef>
#include <cstdint>
#include <fstream>
#include <istream>
#include <memory>
#include <optional>
#include <span>
#include <string>

namespace quivive::agent {

class BodySource {
 public:
  virtual ~BodySource() = default;
  // Bytes from the beginning; nothing where only the end will tell.
  [[nodiscard]] virtual std::optional<std::uint64_t> size() const = 0;
  // All of it, where it is in memory anyway; nullptr otherwise. Lives as long as this object.
  [[nodiscard]] virtual const std::string* bytes() const { return nullptr; }
  // It can be sent from its beginning: nothing was read yet, or it can be read again.
  [[nodiscard]] bool replayable() const { return !touched_ || rewindable(); }
  // The next bytes; 0 at the end.
  [[nodiscard]] Result<std::size_t> read(std::span<char> into) {
    touched_ = true;
    return read_more(into);
  }
  // Back to the beginning. An Error where that cannot be.
  [[nodiscard]] Result<void> rewind() {
    if (!touched_) return {};
    if (!rewindable()) return error("the body was read from a stream and cannot be sent again");
    if (auto done = go_back(); !done) return done.error();
    touched_ = false;
    return {};
  }

 protected:
  [[nodiscard]] virtual bool rewindable() const = 0;
  [[nodiscard]] virtual Result<std::size_t> read_more(std::span<char> into) = 0;
  [[nodiscard]] virtual Result<void> go_back() = 0;

 private:
  bool touched_ = false;
};

class MemoryBody final : public BodySource {
 public:
  explicit MemoryBody(std::string bytes) : bytes_(std::move(bytes)) {}
  [[nodiscard]] std::optional<std::uint64_t> size() const override { return bytes_.size(); }
  [[nodiscard]] const std::string* bytes() const override { return &bytes_; }

 private:
  [[nodiscard]] bool rewindable() const override { return true; }
  [[nodiscard]] Result<std::size_t> read_more(std::span<char> into) override;
  [[nodiscard]] Result<void> go_back() override { return at_ = 0, Result<void>(); }

  std::string bytes_;
  std::size_t at_ = 0;
};

// A file, if it is a regular one; a pipe or a device that has a name is read once, like any stream.
class FileBody final : public BodySource {
 public:
  [[nodiscard]] static Result<std::unique_ptr<FileBody>> open(const std::string& path);
  [[nodiscard]] std::optional<std::uint64_t> size() const override { return size_; }

 private:
  FileBody() = default;
  [[nodiscard]] bool rewindable() const override { return size_.has_value(); }
  [[nodiscard]] Result<std::size_t> read_more(std::span<char> into) override;
  [[nodiscard]] Result<void> go_back() override;

  std::ifstream file_;
  std::optional<std::uint64_t> size_;
};

// A stream that is read once, standard input say. It outlives this object.
class StreamBody final : public BodySource {
 public:
  explicit StreamBody(std::istream& in) : in_(in) {}
  [[nodiscard]] std::optional<std::uint64_t> size() const override { return std::nullopt; }

 private:
  [[nodiscard]] bool rewindable() const override { return false; }
  [[nodiscard]] Result<std::size_t> read_more(std::span<char> into) override;
  [[nodiscard]] Result<void> go_back() override { return error("a stream cannot go back"); }

  std::istream& in_;
};

}  // namespace quivive::agent
