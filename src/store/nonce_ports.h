#pragma once
// NonceStore: what gateways that share Digest nonces (`shared: store`) ask of a database, so that a nonce of one is good at all, and
// none of its counts twice. As the ports of store/ports.h: calls block, and are safe from several threads.
//
// Unlike other changes, these may be lost when a machine loses its power: a count would then be fresh once more, for as long as its
// nonce is young. That is the price of not waiting for the disk at every request.

#include "base/clock.h"
#include "base/count_window.h"
#include "base/result.h"
#include "base/secret.h"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace quivive::store {

class NonceStore {
 public:
  virtual ~NonceStore() = default;
  // What nonces are made under. The first `proposal` (kNonceMasterSize octets) becomes it, and stays it. But where counts were forgotten
  // of nonces that would be issued later than kNonceClockSlack from now, by a clock that was ahead, all nonces until then would be
  // Forgotten: then `proposal` takes its place, the counts are dropped, and only nonces issued until `now` are Forgotten.
  [[nodiscard]] virtual Result<Secret> nonce_master(const Secret& proposal, Instant now) = 0;
  // Claims `count` of the genuine nonce with that id (1 to kMaxNonceId octets), which was issued then: one winner among all processes.
  // Forgotten also for one that was issued when one was whose counts forget_nonces() dropped, or before, however late the claim comes.
  // Threat: what is forgotten would be fresh again.
  [[nodiscard]] virtual Result<CountClaim> claim_count(std::string_view nonce, Instant issued, std::uint32_t count) = 0;
  // Drops the counts of nonces that were issued at or before `issued_before`, and, of more than `most` nonces, the oldest. How many.
  // Claims get their turn in between.
  [[nodiscard]] virtual Result<std::size_t> forget_nonces(Instant issued_before, std::size_t most) = 0;
};
inline constexpr std::size_t kNonceMasterSize = 32;
inline constexpr Duration kNonceClockSlack = std::chrono::minutes(1);
inline constexpr std::size_t kMaxNonceId = 64;

}  // namespace quivive::store
