#pragma once
// KeySetManager: keeps every issuer's key set fresh. It lives on the control loop; workers read the published sets and
// ask for a fetch when a token needs a key that is not there. One fetch at a time for each issuer.

#include "base/random.h"
#include "gateway/fact_board.h"
#include "gateway/key_source.h"
#include "gateway/metrics.h"
#include "jose/jwk_set.h"
#include "net/event_loop.h"
#include "net/worker_pool.h"

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace quivive::gateway {

// Where an issuer's keys are fetched from.
struct KeyLocation {
  std::string issuer;
  std::string url;         // of the key set; "" for OpenID Connect discovery at the issuer
  std::string cache_file;  // the last good set over a restart; "" for none
  KeySource::Settings timing;
};

class KeySetManager {
 public:
  using Notice = std::function<void(std::string_view level, std::string_view text)>;
  // Called on the control loop.
  using Reply = std::function<void(std::shared_ptr<const jose::KeySet>)>;

  KeySetManager(FactBoard& board, net::EventLoop& control, net::WorkerPool& fetchers, const Clock& clock, RandomSource& random, Notice notice);

  // On the control loop (or before it runs): the slot of the issuer's keys, the same as before for the same issuer and URL, so
  // that a reload keeps what was fetched. Such a slot goes on as it is until configure(): the configuration may yet be refused.
  [[nodiscard]] std::size_t slot_for(const KeyLocation& location);
  // On the control loop (or before it runs): the times and the cache file of the configuration that takes over.
  void configure(std::size_t slot, const KeyLocation& location);
  // Lets go of every issuer whose slot is not among `used`, now or when the fetch that is under way has come back.
  void keep_only(const std::vector<std::size_t>& used);

  // On the control loop, several times a minute: background refresh, and retirement of sets that are too old.
  void tick();

  // On the control loop: answers with the set to judge by, after a fetch if one is due; null if there is none.
  void request(std::size_t slot, KeyWish wish, std::string kid, Reply reply);

  // On the control loop: whether every issuer has been tried once.
  [[nodiscard]] bool all_tried() const;
  void report(GatewayGauges& gauges) const;

 private:
  struct Waiting {
    KeyWish wish;
    std::string kid;
    Reply reply;
  };
  struct Entry {
    KeyLocation location;
    KeySource source;
    std::vector<Waiting> waiting;
    std::shared_ptr<const jose::KeySet> retired;  // too old by the times of now; other times may find it good again
    std::uint64_t fetches = 0;
    std::uint64_t failures = 0;
    bool tried = false;
    bool orphaned = false;  // of no configuration any more: goes with the fetch under way
    double jitter = 0;
  };

  void fetch(std::size_t slot, Entry& entry);
  void fetched(std::size_t slot, Result<std::string> document);
  void adopt(std::size_t slot, Entry& entry, jose::KeySet set, std::string_view document);
  void restore(std::size_t slot, Entry& entry);
  void retire_if_old(std::size_t slot, Entry& entry, Instant now);

  FactBoard& board_;
  net::EventLoop& control_;
  net::WorkerPool& fetchers_;
  const Clock& clock_;
  RandomSource& random_;
  Notice notice_;
  std::map<std::size_t, Entry> entries_;  // by slot
};

// Where an issuer's metadata (OpenID Connect Discovery) says that its keys are: over https where the issuer is. An Error says what is wrong.
[[nodiscard]] Result<std::string> key_set_url(const std::string& issuer, std::string_view metadata);

// The set's document, found as the location says. Blocks.
[[nodiscard]] Result<std::string> fetch_key_set(const KeyLocation& location);

}  // namespace quivive::gateway
