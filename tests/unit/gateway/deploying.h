#pragma once
// Deployments made from configuration texts, with a store in memory; nothing is started or fetched.

#include "config/load.h"
#include "gateway/deployment.h"
#include "store/memory_store.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace quivive::gateway {

inline constexpr Instant kNow = from_unix_seconds(1'800'000'000);
inline const std::string kUpstream = "upstream: http://127.0.0.1:9000\n";

class Deploying {
 public:
  using Outcome = Result<std::shared_ptr<const Deployment>, DeployFaults>;

  // What comes of `yaml`, the content of `file`; the files that it names are beside that.
  [[nodiscard]] Outcome deploy(std::string_view yaml, const std::string& file = "q.yaml") {
    const config::LoadResult loaded = config::load(yaml, file);
    EXPECT_TRUE(loaded.config) << yaml << "\n" << config::format(loaded.diagnostics, "q.yaml");
    if (!loaded.config) return DeployFaults{{"not a configuration"}};
    return gateway::deploy(*loaded.config, {board, key_sets, previous, previous ? nullptr : store, 1});
  }
  // The same where nothing is wrong, and as a reload: what is made next takes over from it.
  std::shared_ptr<const Deployment> deployed(std::string_view yaml, const std::string& file = "q.yaml") {
    const auto outcome = deploy(yaml, file);
    EXPECT_TRUE(outcome) << yaml << "\n" << (outcome ? "" : outcome.error().lines.at(0));
    if (!outcome) return nullptr;
    previous = *outcome;
    adopt_keys(*previous, board, key_sets);
    return previous;
  }

  FactBoard board;
  net::EventLoop control;
  net::WorkerPool nobody{0, 1};
  FixedClock clock{kNow};
  FixedRandom random{3};
  KeySetManager key_sets{board, control, nobody, clock, random, [](std::string_view, std::string_view) {}};
  std::shared_ptr<store::Store> store = std::make_shared<store::MemoryStore>();
  std::shared_ptr<const Deployment> previous;
};

}  // namespace quivive::gateway
