#pragma once
// Refresher: one refresh at a time for a credential, whoever asks: threads wait for the one that is under way and share what it brings;
// processes take turns and look first whether another has renewed the tokens (DESIGN section 8, rule 4).

#include "agent/deadline.h"
#include "agent/token_keeper.h"
#include "base/clock.h"
#include "client/call.h"

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>

namespace quivive::agent {

// Sends the refresh token to the token endpoint, and waits no longer than `patience` for its answer. Called by one thread at a time.
using AskForToken =
    std::function<client::RefreshOutcome(const client::TokenClient& client, const client::Token& token, std::chrono::milliseconds patience)>;

class Refresher {
 public:
  // `keeper` may be nullptr: the tokens live in this process only. `clock` outlives this object.
  Refresher(std::shared_ptr<TokenKeeper> keeper, AskForToken ask, const Clock& clock)
      : keeper_(std::move(keeper)), ask_(std::move(ask)), clock_(clock) {}

  // A newer token than wish.token. Whatever the issuer gives is kept before this returns; a token that could not be kept is not
  // handed out, and the next call tries again to keep it. Blocks, not past `until`. Thread-safe.
  [[nodiscard]] client::RefreshOutcome newer(const client::Refresh& wish, Deadline until = {});
  // The newest that newer() has handed out; nothing before that.
  [[nodiscard]] std::optional<client::Token> current() const;

 private:
  [[nodiscard]] client::RefreshOutcome renew(const client::Refresh& wish, Deadline until);
  [[nodiscard]] client::RefreshOutcome keep(TokenKeeper::Held* held, Secret before, client::Token token);

  const std::shared_ptr<TokenKeeper> keeper_;
  const AskForToken ask_;
  const Clock& clock_;

  mutable std::mutex mutex_;
  std::condition_variable done_;
  bool running_ = false;
  std::uint64_t flights_ = 0;
  std::optional<client::RefreshOutcome> last_;  // of the last flight; nothing where the time of whoever made it was over
  std::optional<client::Token> current_;        // the newest that is kept
  Secret refused_;                              // a refresh token that is no good any more
  // New tokens that could not be saved, and the refresh token that they were given for. Only the thread of the flight looks at it.
  struct Unsaved {
    Secret before;
    client::Token token;
  };
  std::optional<Unsaved> unsaved_;
};

}  // namespace quivive::agent
