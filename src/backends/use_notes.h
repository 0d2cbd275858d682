#pragma once
// UseNotes: when things were last used, kept in memory until they are written together, so that no request waits for a
// disk to note a use. By the name under which the file has them. Thread-safe; no lock is held while they are written.

#include "base/clock.h"
#include "base/text_hash.h"

#include <cstddef>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace quivive::backends {

class UseNotes {
 public:
  struct Note {
    std::string name;
    Instant at;
    bool operator==(const Note&) const = default;
  };

  // Of at most `most` names. Beyond that, notes are lost until those that were written make room.
  explicit UseNotes(std::size_t most) : most_(most) {}

  // The later instant stays. Costs no write if it is not later than the last one, written or not.
  void add(std::string_view name, Instant at);
  // The last note of that name, written or not, while it is remembered.
  [[nodiscard]] std::optional<Instant> find(std::string_view name) const;
  // Those to be written, which count as written from now on; in no order.
  [[nodiscard]] std::vector<Note> take();
  // They could not be written after all. A later note may have come meanwhile.
  void put_back(const std::vector<Note>& notes);

 private:
  struct Kept {
    Instant at;
    bool written;
  };
  void keep(std::string_view name, Instant at);

  const std::size_t most_;
  mutable std::mutex mutex_;
  std::unordered_map<std::string, Kept, TextHash, std::equal_to<>> notes_;
  std::size_t unwritten_ = 0;
};

}  // namespace quivive::backends
