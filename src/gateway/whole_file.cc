#include "gateway/whole_file.h"

#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace quivive::gateway {
namespace {

struct OpenFile {
  int fd;
  ~OpenFile() {
    if (fd >= 0) ::close(fd);
  }
};

}  // namespace

Result<std::string> read_whole_file(const std::string& path, std::size_t limit) {
  const OpenFile file{::open(path.c_str(), O_RDONLY | O_CLOEXEC)};
  if (file.fd < 0) return error("{}: {}", path, std::strerror(errno));
  std::string content;
  char buffer[16 * 1024];
  while (true) {
    const ssize_t n = ::read(file.fd, buffer, sizeof buffer);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return error("{}: {}", path, std::strerror(errno));
    if (n == 0) return content;
    if (content.size() + static_cast<std::size_t>(n) > limit) return error("{}: larger than {} bytes", path, limit);
    content.append(buffer, static_cast<std::size_t>(n));
  }
}

Result<void> write_whole_file(const std::string& path, std::string_view content) {
  const std::string draft = path + ".new";
  {
    const OpenFile file{::open(draft.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600)};
    if (file.fd < 0) return error("{}: {}", draft, std::strerror(errno));
    while (!content.empty()) {
      const ssize_t n = ::write(file.fd, content.data(), content.size());
      if (n < 0 && errno == EINTR) continue;
      if (n <= 0) return error("{}: {}", draft, std::strerror(errno));
      content.remove_prefix(static_cast<std::size_t>(n));
    }
    if (::fsync(file.fd) != 0) return error("{}: {}", draft, std::strerror(errno));
  }
  if (::rename(draft.c_str(), path.c_str()) != 0) return error("{}: {}", path, std::strerror(errno));
  return {};
}

std::optional<Instant> file_time(const std::string& path) {
  struct stat info {};
  if (::stat(path.c_str(), &info) != 0) return std::nullopt;
  return from_unix_seconds(info.st_mtim.tv_sec);
}

bool set_file_time(const std::string& path, Instant time) {
  const timespec at{.tv_sec = unix_seconds(time), .tv_nsec = 0};
  const timespec times[2] = {at, at};
  return ::utimensat(AT_FDCWD, path.c_str(), times, 0) == 0;
}

}  // namespace quivive::gateway
