#pragma once
// Users from a file that Apache's htpasswd wrote: `name:hash` a line, read and never written.

#include "base/result.h"
#include "store/ports.h"

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

struct stat;

namespace quivive::backends {

inline constexpr std::size_t kHtpasswdMaxBytes = 16 * 1024 * 1024;

struct HtpasswdUsers {
  std::map<std::string, Secret, std::less<>> hashes;  // by name
  std::vector<std::string> warnings;                  // lines that were left out: "line 3: …", without any hash
};

// Reads the text of such a file; pure. Blank lines and lines starting with '#' are skipped, CRLF is accepted. A line that
// cannot be used is left out with a warning: no colon, an empty or over-long name, a hash that is plain text, DES crypt
// or of an unknown kind. Of several lines for one name the first counts, as with Apache.
[[nodiscard]] HtpasswdUsers parse_htpasswd(std::string_view text);

class HtpasswdFile final : public store::UserLookup {
 public:
  // Error if the file cannot be read, is too large, or has no usable line.
  [[nodiscard]] static Result<std::unique_ptr<HtpasswdFile>> open(const std::string& path);

  // From the last good content; never fails and never touches the disk. The record has no roles.
  [[nodiscard]] Result<std::optional<store::UserRecord>> find_user(std::string_view name) override;

  // Looks at the file and rereads it, blocking, if its inode, size or times changed. An Error if that fails or if no usable line
  // is left (an editor that truncates first): the last good content stays in force until the file can be read again.
  [[nodiscard]] Result<std::uint64_t> version() override;
  [[nodiscard]] Result<std::vector<Secret>> password_hashes() override;  // from the content in force; never fails

  // About the content in force.
  [[nodiscard]] std::vector<std::string> warnings() const;

 private:
  // What tells one state of a file from the next without reading it.
  struct Stamp {
    std::uint64_t device = 0, inode = 0, size = 0;
    std::int64_t modified_ns = 0, changed_ns = 0;
    bool operator==(const Stamp&) const = default;
  };
  struct Content {
    Stamp stamp;
    Instant modified;
    HtpasswdUsers users;
  };

  HtpasswdFile(std::string path, std::shared_ptr<const Content> content) : path_(std::move(path)), content_(std::move(content)) {}
  [[nodiscard]] static Stamp stamp_of(const struct stat& info);
  [[nodiscard]] static Result<std::shared_ptr<const Content>> read(const std::string& path);
  [[nodiscard]] std::shared_ptr<const Content> content() const;

  std::string path_;
  mutable std::mutex mutex_;  // guards the two below
  std::shared_ptr<const Content> content_;
  std::uint64_t version_ = 1;
};

}  // namespace quivive::backends
