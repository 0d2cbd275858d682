#include "agent/refresher.h"

#include "agent/token_endpoint.h"
#include "crypto/constant_time.h"

#include <algorithm>

namespace quivive::agent {
namespace {

using client::RefreshFailure;
using client::RefreshOutcome;
using client::Token;

bool same(const Secret& a, const Secret& b) { return crypto::constant_time_equal(a.reveal(RevealSecret{}), b.reveal(RevealSecret{})); }

RefreshOutcome no_time() { return RefreshFailure{RefreshFailure::Kind::TryLater, "there was no time left for the refresh"}; }

}  // namespace

RefreshOutcome Refresher::newer(const client::Refresh& wish, Deadline until) {
  std::unique_lock lock(mutex_);
  for (;;) {
    if (current_ && !same(current_->access, wish.token.access)) return *current_;
    if (!refused_.empty() && same(refused_, current_ ? current_->refresh : wish.token.refresh)) {
      return RefreshFailure{RefreshFailure::Kind::SignInAgain, "the issuer refused the refresh token before"};
    }
    if (!running_) break;
    // What the flight brings is for all who wait for it; a failure too, or a hundred threads would ask one after the other.
    const auto landed = [this, awaited = flights_ + 1] { return flights_ >= awaited; };
    if (!until) done_.wait(lock, landed);
    else if (!done_.wait_until(lock, *until, landed)) return no_time();
    if (last_ && std::holds_alternative<RefreshFailure>(*last_)) return *last_;
  }
  running_ = true;
  client::Refresh mine = wish;
  if (current_) mine.token = *current_;
  lock.unlock();

  RefreshOutcome outcome = renew(mine, until);

  lock.lock();
  running_ = false;
  ++flights_;
  last_.reset();
  if (std::holds_alternative<Token>(outcome) || !is_over(until)) last_ = outcome;  // others may have more time
  if (const auto* token = std::get_if<Token>(&outcome)) {
    current_ = *token;
    refused_ = Secret();
  } else if (std::get<RefreshFailure>(outcome).kind == RefreshFailure::Kind::SignInAgain && keeper_ == nullptr) {
    refused_ = mine.token.refresh;  // with a keeper, another process may sign in again
  }
  done_.notify_all();
  return outcome;
}

std::optional<Token> Refresher::current() const {
  const std::lock_guard lock(mutex_);
  return current_;
}

RefreshOutcome Refresher::renew(const client::Refresh& wish, Deadline until) {
  std::unique_ptr<TokenKeeper::Held> held;
  Token now = wish.token;
  if (keeper_ != nullptr) {
    auto got = keeper_->hold(at_most(kPatienceWithHolder, until));
    if (auto* why = std::get_if<RefreshFailure>(&got)) return std::move(*why);
    held = std::move(std::get<std::unique_ptr<TokenKeeper::Held>>(got));
    now = held->token();
    const bool over = now.expires && *now.expires <= clock_.now();
    if (!now.access.empty() && !over && !same(now.access, wish.token.access)) return now;  // another process was here
  }
  if (auto unsaved = std::exchange(unsaved_, std::nullopt); unsaved && same(unsaved->before, now.refresh)) {
    return keep(held.get(), std::move(unsaved->before), std::move(unsaved->token));
  }
  // What else was unsaved is of a sign-in that another has taken the place of.
  if (now.refresh.empty()) return RefreshFailure{RefreshFailure::Kind::SignInAgain, "there is no refresh token any more"};
  if (is_over(until)) return no_time();
  if (held != nullptr) {
    if (const auto room = held->prepare(at_most(kVaultPatience, until)); !room) {
      return RefreshFailure{RefreshFailure::Kind::TryLater,
                            "the issuer was not asked, since its new tokens could not be saved: " + room.error().message};
    }
    if (is_over(until)) return no_time();  // a request that is cut off may have spent the refresh token
  }
  RefreshOutcome outcome = ask_(wish.client, now, at_most(kEndpointTimeout, until));
  auto* token = std::get_if<Token>(&outcome);
  if (token == nullptr) return outcome;
  if (token->refresh.empty()) token->refresh = now.refresh;  // it stays good: RFC 6749 section 6
  return keep(held.get(), std::move(now.refresh), std::move(*token));
}

RefreshOutcome Refresher::keep(TokenKeeper::Held* held, Secret before, Token token) {
  if (held == nullptr) return token;
  // Before the new access token is used: once it is, the issuer may take the refresh token from before for stolen.
  if (const auto saved = held->save(token); !saved) {
    unsaved_ = Unsaved{std::move(before), std::move(token)};
    return RefreshFailure{RefreshFailure::Kind::TryLater, "the new tokens could not be saved: " + saved.error().message};
  }
  return token;
}

}  // namespace quivive::agent
