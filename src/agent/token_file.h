#pragma once
// The files that profiles are kept in: ${XDG_STATE_HOME:-~/.local/state}/quivive/profiles/NAME.json, for their owner only. Written
// whole or not at all, and changed only under a lock that other processes see.

#include "agent/profile.h"
#include "base/result.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace quivive::agent {

inline constexpr std::size_t kMaxProfileBytes = 256 * 1024;

struct TokenFileError {
  enum class Kind : std::uint8_t {
    Missing,
    Unsafe,
    Broken,
    Failed,
    Held,       // another process has the lock
    NoSecrets,  // of ProfileStore: they are gone from where they were kept
    Shut,       // of ProfileStore: where they are kept cannot be asked now
  };
  Kind kind = Kind::Failed;
  std::string message;  // one line: what is wrong and what to do
};
[[noreturn]] void throw_exception_from_error(const TokenFileError& error, const boost::source_location&);

// The folder by the environment: an Error where neither XDG_STATE_HOME nor HOME is an absolute path.
[[nodiscard]] Result<std::string> profile_folder();

// Held until the end of this object; a process that ends lets go of it.
class FileLock {
 public:
  FileLock(FileLock&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  FileLock& operator=(FileLock&&) = delete;
  ~FileLock();

 private:
  friend class TokenFile;
  explicit FileLock(int fd) : fd_(fd) {}
  int fd_;
};

// Room for a new text of a file, taken before the text is there. Given back at the end of this object.
class ReservedFile {
 public:
  ReservedFile(ReservedFile&& other) noexcept : fd_(std::exchange(other.fd_, -1)), path_(std::move(other.path_)) {}
  ReservedFile& operator=(ReservedFile&&) = delete;
  ~ReservedFile();

 private:
  friend class TokenFile;
  ReservedFile(int fd, std::string path) : fd_(fd), path_(std::move(path)) {}
  int fd_;
  std::string path_;  // "": it stands in its place
};

class TokenFile {
 public:
  // `name` is a profile name. Nothing is opened yet.
  TokenFile(std::string folder, std::string_view name);
  [[nodiscard]] const std::string& path() const { return path_; }

  // What the file says, and no more: ProfileStore goes on to where the secrets are. Unsafe: another user owns it, can read or change it, or it is no regular file.
  [[nodiscard]] Result<Profile, TokenFileError> read() const;
  // Replaces the file in one step, synced to the disk before it is in place. Makes the folder.
  [[nodiscard]] Result<void, TokenFileError> replace(const Profile& profile) const;
  // Makes the file that is to be put in its place, with room for `bytes` on the disk. Under the lock only.
  [[nodiscard]] Result<ReservedFile, TokenFileError> reserve(std::size_t bytes) const;
  // replace() with the room that was reserved.
  [[nodiscard]] Result<void, TokenFileError> replace(const Profile& profile, ReservedFile room) const;
  // Waits for whoever holds it, not longer than `patience`. `what`: the file, or the turn to ask a person to sign in, for which the file is left to others.
  enum class Lock : std::uint8_t { File, SignIn };
  [[nodiscard]] Result<FileLock, TokenFileError> lock(std::chrono::milliseconds patience = std::chrono::seconds{60}, Lock what = Lock::File) const;
  // False where there was none.
  [[nodiscard]] Result<bool, TokenFileError> remove() const;

 private:
  [[nodiscard]] Result<void, TokenFileError> make_folder() const;

  std::string folder_, path_;
};

}  // namespace quivive::agent
