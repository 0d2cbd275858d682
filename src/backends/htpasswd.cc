#include "backends/htpasswd.h"

#include "base/text.h"
#include "crypto/password.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace quivive::backends {
namespace {

constexpr std::size_t kMaxName = 255;    // as Apache's htpasswd limits it
constexpr std::size_t kMaxWarnings = 20; // enough to see what is wrong; a wrong file has as many as lines

// Text up to the next line end, which is taken off too.
std::string_view next_line(std::string_view& text) {
  const auto end = std::min(text.find('\n'), text.size());
  std::string_view line = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

// Adds the user of one line; what is wrong with the line otherwise, without any part of a hash or password.
Result<void> add_line(std::string_view line, HtpasswdUsers& users) {
  const auto colon = line.find(':');
  if (colon == std::string_view::npos) return error("no colon between name and hash");
  const auto name = line.substr(0, colon);
  if (name.empty() || name.size() > kMaxName) return error("a name has 1 to {} bytes", kMaxName);
  auto hash_text = line.substr(colon + 1);
  hash_text = hash_text.substr(0, hash_text.find(':'));  // Apache allows further fields, and ignores them
  Secret hash{std::string(hash_text)};
  if (const auto kind = crypto::check_password_hash(hash); !kind) return error("user '{}': {}", printable(name, 60), kind.error().message);
  if (!users.hashes.emplace(name, std::move(hash)).second) return error("user '{}' has an earlier line, which counts", printable(name, 60));
  return {};
}

class File {
 public:
  explicit File(const std::string& path) : fd_(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)) {}  // a FIFO must not hold us
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  ~File() {
    if (fd_ >= 0) ::close(fd_);
  }
  [[nodiscard]] int get() const { return fd_; }

 private:
  int fd_;
};

std::int64_t nanoseconds(const timespec& t) { return std::int64_t{t.tv_sec} * 1'000'000'000 + t.tv_nsec; }

}  // namespace

HtpasswdUsers parse_htpasswd(std::string_view text) {
  HtpasswdUsers users;
  std::size_t left_out = 0;
  for (std::size_t number = 1; !text.empty(); ++number) {
    const auto line = next_line(text);
    if (trim_ows(line).empty() || line.starts_with('#')) continue;
    const auto ok = add_line(line, users);
    if (!ok && ++left_out <= kMaxWarnings) users.warnings.push_back(fmt::format("line {}: {}", number, ok.error().message));
  }
  if (left_out > kMaxWarnings) users.warnings.push_back(fmt::format("and {} more lines", left_out - kMaxWarnings));
  return users;
}

HtpasswdFile::Stamp HtpasswdFile::stamp_of(const struct stat& info) {
  return {info.st_dev, info.st_ino, static_cast<std::uint64_t>(info.st_size), nanoseconds(info.st_mtim), nanoseconds(info.st_ctim)};
}

Result<std::unique_ptr<HtpasswdFile>> HtpasswdFile::open(const std::string& path) {
  auto content = read(path);
  if (!content) return content.error();
  return std::unique_ptr<HtpasswdFile>(new HtpasswdFile(path, std::move(*content)));
}

Result<std::shared_ptr<const HtpasswdFile::Content>> HtpasswdFile::read(const std::string& path) {
  const std::string name = printable(path);
  const File file(path);
  struct stat info {};
  if (file.get() < 0 || ::fstat(file.get(), &info) != 0) return error("{} cannot be read: {}", name, std::strerror(errno));
  if (!S_ISREG(info.st_mode)) return error("{} is not a file", name);
  if (static_cast<std::uint64_t>(info.st_size) > kHtpasswdMaxBytes) return error("{} is larger than {} MiB", name, kHtpasswdMaxBytes >> 20);
  std::string text(static_cast<std::size_t>(info.st_size), '\0');
  std::size_t have = 0;
  while (have < text.size()) {
    const ssize_t n = ::read(file.get(), text.data() + have, text.size() - have);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return error("{} cannot be read: {}", name, std::strerror(errno));
    if (n == 0) break;
    have += static_cast<std::size_t>(n);
  }
  struct stat after {};
  if (have != text.size() || ::fstat(file.get(), &after) != 0 || stamp_of(after) != stamp_of(info)) {
    return error("{} changed while it was read", name);
  }
  auto content = std::make_shared<Content>();
  content->stamp = stamp_of(info);
  content->modified = Instant{std::chrono::floor<Duration>(std::chrono::nanoseconds(content->stamp.modified_ns))};
  content->users = parse_htpasswd(text);
  if (content->users.hashes.empty()) {
    const auto& warnings = content->users.warnings;
    return error("{} has no usable user{}{}", name, warnings.empty() ? "" : ": ", warnings.empty() ? "" : warnings.front());
  }
  return std::shared_ptr<const Content>(std::move(content));
}

std::shared_ptr<const HtpasswdFile::Content> HtpasswdFile::content() const {
  const std::scoped_lock lock(mutex_);
  return content_;
}

Result<std::optional<store::UserRecord>> HtpasswdFile::find_user(std::string_view name) {
  const auto now = content();
  const auto at = now->users.hashes.find(name);
  if (at == now->users.hashes.end()) return std::optional<store::UserRecord>{};
  store::UserRecord user;
  user.name = at->first;
  user.password_hash = at->second;
  user.created = user.changed = now->modified;
  return std::optional(std::move(user));
}

Result<std::uint64_t> HtpasswdFile::version() {
  struct stat info {};
  if (::stat(path_.c_str(), &info) != 0) return error("{} cannot be read: {}", printable(path_), std::strerror(errno));
  if (stamp_of(info) != content()->stamp) {
    auto fresh = read(path_);
    if (!fresh) return fresh.error();
    const std::scoped_lock lock(mutex_);
    content_ = std::move(*fresh);
    ++version_;
  }
  const std::scoped_lock lock(mutex_);
  return version_;
}

Result<std::vector<Secret>> HtpasswdFile::password_hashes() {
  std::vector<Secret> out;
  const auto current = content();
  for (const auto& [name, hash] : current->users.hashes) out.push_back(hash);
  return out;
}

std::vector<std::string> HtpasswdFile::warnings() const { return content()->users.warnings; }

}  // namespace quivive::backends
