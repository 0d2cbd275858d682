#include "agent/token_file.h"

#include "base/text.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <optional>
#include <thread>

namespace quivive::agent {
namespace {

using Kind = TokenFileError::Kind;

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  [[nodiscard]] int get() const { return fd_; }
  [[nodiscard]] int release() { return std::exchange(fd_, -1); }

 private:
  int fd_;
};

TokenFileError failed(std::string_view path, std::string_view what) {
  return {Kind::Failed, fmt::format("{}: {}: {}", printable(path, 400), what, std::strerror(errno))};
}

// Threat: tokens that others can read, or that others wrote for us to use.
std::optional<TokenFileError> distrust(int fd, const std::string& path) {
  struct stat found {};
  if (::fstat(fd, &found) != 0) return failed(path, "cannot be looked at");
  const std::string shown = printable(path, 400);
  if (!S_ISREG(found.st_mode)) return TokenFileError{Kind::Unsafe, fmt::format("{}: no regular file", shown)};
  if (found.st_uid != ::geteuid()) return TokenFileError{Kind::Unsafe, fmt::format("{}: it belongs to another user", shown)};
  if ((found.st_mode & 077) != 0) {
    return TokenFileError{
        Kind::Unsafe,
        fmt::format("{}: others can read or change it, and what it holds may be known to them; chmod 600 '{}'", shown, shown)};
  }
  return std::nullopt;
}

bool write_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t n = ::write(fd, bytes.data(), bytes.size());
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
  return true;
}

}  // namespace

void throw_exception_from_error(const TokenFileError& error, const boost::source_location& at) {
  quivive::throw_exception_from_error(quivive::error("{}", error.message), at);
}

Result<std::string> profile_folder() {
  const auto absolute = [](const char* name) -> std::string {
    const char* value = std::getenv(name);
    return value != nullptr && *value == '/' ? value : "";
  };
  std::string base = absolute("XDG_STATE_HOME");
  if (base.empty()) {
    base = absolute("HOME");
    if (base.empty()) return error("there is no folder for profiles: neither XDG_STATE_HOME nor HOME names one");
    base += "/.local/state";
  }
  return base + "/quivive/profiles";
}

FileLock::~FileLock() {
  if (fd_ >= 0) ::close(fd_);
}

TokenFile::TokenFile(std::string folder, std::string_view name)
    : folder_(std::move(folder)), path_(fmt::format("{}/{}.json", folder_, name)) {}

Result<Profile, TokenFileError> TokenFile::read() const {
  // O_NONBLOCK: a pipe of that name is refused and not waited for.
  const Descriptor file(::open(path_.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  if (file.get() < 0) {
    if (errno == ENOENT || errno == ENOTDIR) return TokenFileError{Kind::Missing, fmt::format("{}: there is no such file", printable(path_, 400))};
    if (errno == ELOOP) return TokenFileError{Kind::Unsafe, fmt::format("{}: a symbolic link, not a file", printable(path_, 400))};
    return failed(path_, "cannot be opened");
  }
  if (auto why = distrust(file.get(), path_)) return *why;
  std::string text;
  text.reserve(kMaxProfileBytes + 1);  // no reallocation, which would leave copies behind
  text.resize(kMaxProfileBytes + 1);
  std::size_t size = 0;
  while (size < text.size()) {
    const ssize_t n = ::read(file.get(), text.data() + size, text.size() - size);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return failed(path_, "cannot be read");
    if (n == 0) break;
    size += static_cast<std::size_t>(n);
  }
  text.resize(size);
  const Secret held(std::move(text));
  if (size > kMaxProfileBytes)
    return TokenFileError{Kind::Broken, fmt::format("{}: more than {} KiB", printable(path_, 400), kMaxProfileBytes >> 10)};
  auto profile = read_profile(held.reveal(RevealSecret{}));
  if (!profile) return TokenFileError{Kind::Broken, fmt::format("{}: no profile: {}", printable(path_, 400), profile.error().message)};
  return std::move(*profile);
}

Result<void, TokenFileError> TokenFile::make_folder() const {
  const std::filesystem::path profiles(folder_), own = profiles.parent_path();
  std::error_code fault;
  std::filesystem::create_directories(own.parent_path(), fault);
  for (const auto& folder : {own, profiles}) {
    if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) return failed(folder.native(), "cannot be made");
  }
  struct stat found {};
  if (::lstat(folder_.c_str(), &found) != 0) return failed(folder_, "cannot be looked at");
  // Threat: whoever may write here could put another file in the place of ours.
  if (!S_ISDIR(found.st_mode) || found.st_uid != ::geteuid() || (found.st_mode & 022) != 0) {
    return TokenFileError{Kind::Unsafe, fmt::format("{}: it has to be a folder of yours that others cannot write to; chmod 700 '{}'",
                                                    printable(folder_, 400), printable(folder_, 400))};
  }
  return {};
}

ReservedFile::~ReservedFile() {
  if (fd_ < 0) return;
  if (!path_.empty()) ::unlink(path_.c_str());
  ::close(fd_);
}

Result<ReservedFile, TokenFileError> TokenFile::reserve(std::size_t bytes) const {
  if (auto made = make_folder(); !made) return made.error();
  const std::string scratch = path_ + ".new";  // one name: what a process that was killed left behind is taken away by the next
  ::unlink(scratch.c_str());
  const int fd = ::open(scratch.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (fd < 0) return failed(folder_, "a file in it cannot be made");
  ReservedFile out(fd, scratch);
  int fault = bytes == 0 ? 0 : EINTR;
  while (fault == EINTR) fault = ::posix_fallocate(fd, 0, static_cast<off_t>(bytes));
  if (fault != 0 && fault != EOPNOTSUPP && fault != EINVAL) {  // those two: a file system that cannot say
    errno = fault;
    return failed(path_, "the disk has no room for its new text");
  }
  return out;
}

Result<void, TokenFileError> TokenFile::replace(const Profile& profile, ReservedFile room) const {
  const Secret text = write_profile(profile);
  const auto bytes = text.reveal(RevealSecret{});
  // The new name stands for the new bytes only when they are on the disk: a rotated refresh token that is lost cannot be had again.
  if (!write_all(room.fd_, bytes) || ::ftruncate(room.fd_, static_cast<off_t>(bytes.size())) != 0 || ::fsync(room.fd_) != 0 ||
      ::rename(room.path_.c_str(), path_.c_str()) != 0) {
    return failed(path_, "cannot be written");
  }
  room.path_.clear();
  const Descriptor folder(::open(folder_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (folder.get() < 0 || ::fsync(folder.get()) != 0) return failed(folder_, "cannot be synced");
  return {};
}

Result<void, TokenFileError> TokenFile::replace(const Profile& profile) const {
  auto room = reserve(0);
  if (!room) return room.error();
  return replace(profile, std::move(*room));
}

Result<FileLock, TokenFileError> TokenFile::lock(std::chrono::milliseconds patience, Lock what) const {
  if (auto made = make_folder(); !made) return made.error();
  const std::string path = path_ + (what == Lock::File ? ".lock" : ".sign-in.lock");
  Descriptor file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600));
  if (file.get() < 0) return failed(path, "cannot be opened");
  const auto until = std::chrono::steady_clock::now() + patience;
  // Tried again and again: a wait inside flock() would have no end where its holder was stopped.
  for (std::chrono::milliseconds pause{2}; ::flock(file.get(), LOCK_EX | LOCK_NB) != 0;
       pause = std::min(pause * 2, std::chrono::milliseconds{50})) {
    if (errno != EWOULDBLOCK && errno != EINTR) return failed(path, "cannot be locked");
    if (std::chrono::steady_clock::now() >= until) {
      return TokenFileError{Kind::Held, fmt::format("{}: another process has held it for {} s", printable(path, 400),
                                                      std::chrono::duration_cast<std::chrono::seconds>(patience).count())};
    }
    std::this_thread::sleep_for(pause);
  }
  return FileLock(file.release());
}

Result<bool, TokenFileError> TokenFile::remove() const {
  if (::unlink(path_.c_str()) == 0) return true;
  if (errno == ENOENT) return false;
  return failed(path_, "cannot be removed");
}

}  // namespace quivive::agent
