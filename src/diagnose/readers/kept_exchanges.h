#pragma once
// The exchanges of a long recording, in bounded memory: all of them while they are few; when there are too many, those that
// can have to do with a refusal. Bodies go before exchanges, and what nobody refused goes first.

#include "diagnose/exchange.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

namespace quivive::diagnose {

inline constexpr std::size_t kKeptBytes = 24 * 1024 * 1024;
inline constexpr std::size_t kFirstsKept = 16;  // of each kind that matters: these stay, however many follow
inline constexpr std::size_t kAwaitedRequests = 4096;

class KeptExchanges {
 public:
  explicit KeptExchanges(std::size_t budget = kKeptBytes) : budget_(budget) {}

  // In the order of the recording.
  void add(Exchange exchange);
  // How many were added.
  [[nodiscard]] std::size_t total() const { return total_; }
  // About the memory in use.
  [[nodiscard]] std::size_t bytes() const { return bytes_; }
  // Those that were kept, in order. Leaves nothing behind.
  [[nodiscard]] std::vector<Exchange> take();

 private:
  enum class Interest : std::uint8_t {
    None,
    Context,  // redirects, Set-Cookie, preflights and what followed them, failures, identity documents, a success at last
    Refusal,  // a refusal, a login page, an authentication error
  };
  struct Kept {
    Exchange exchange;
    std::size_t bytes = 0;
    Interest interest{};
    bool first = false;
    bool dropped = false;
  };

  [[nodiscard]] Interest interest_in(const Exchange& exchange);
  void make_room();
  void cut_bodies(Interest interest, std::size_t limit);
  void drop(Interest interest);
  [[nodiscard]] std::size_t low_mark() const { return budget_ / 4 * 3; }

  std::size_t budget_;
  std::size_t total_ = 0;
  std::size_t bytes_ = 0;
  std::size_t firsts_[3] = {};
  std::vector<Kept> kept_;
  // Hashes: requests that were refused, whose success would be of interest, and URLs that a preflight asked about.
  std::unordered_set<std::size_t> refused_, preflighted_;
};

}  // namespace quivive::diagnose
