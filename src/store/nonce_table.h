#pragma once
// NonceTable: shared nonces in memory, as NonceStore's verbs want them, without a lock of its own.

#include "base/text_hash.h"
#include "store/nonce_ports.h"

#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace quivive::store {

class NonceTable {
 public:
  [[nodiscard]] Secret master(const Secret& proposal, Instant now);
  [[nodiscard]] CountClaim claim(std::string_view nonce, Instant issued, std::uint32_t count);
  std::size_t forget(Instant issued_before, std::size_t most);

 private:
  Secret master_;
  std::unordered_map<std::string, CountWindow, TextHash, std::equal_to<>> counts_;
  std::set<std::pair<Instant, std::string_view>> by_age_;  // views of the keys of counts_
  Instant forgotten_ = Instant::min();                     // nonces issued until then are not known any more
};

}  // namespace quivive::store
