#include "gateway/sign_in.h"

#include "auth/schemes/outcome.h"
#include "gateway/client_network.h"

#include <fmt/format.h>

namespace quivive::gateway {
namespace {

auth::GuessResult result_of(const auth::Verdict& verdict) {
  if (verdict.principal) return auth::GuessResult::Right;
  switch (verdict.reason) {
    // Threat: whoever overheard one response could send it again after each guess, and never be locked out, if it were right.
    case Reason::DigestNonceStale:
    case Reason::DigestNonceReplayed:
    case Reason::VerifierUnavailable: return auth::GuessResult::Neither;
    // Digest meets it with a right response, whose count no claim could be made for. Otherwise it counts. Threat: a guesser who keeps the queue full, so that nothing is verified but what a worker remembers.
    case Reason::VerifierOverloaded: return verdict.scheme == auth::Scheme::Digest ? auth::GuessResult::Neither : auth::GuessResult::Wrong;
    default: return auth::GuessResult::Wrong;
  }
}

}  // namespace

SignIn::SignIn(const Services& services, std::string_view client) : lockouts_(&services.lockouts), clock_(&services.clock) {
  ClientNetwork network = client_network(client);
  guess_.place = std::move(network.place);
  guess_.network = std::move(network.site);
}

auth::Lockouts::Wait SignIn::wait() const { return counts() ? lockouts_->wait(guess_, clock_->now()) : auth::Lockouts::Wait{}; }

auth::Lockouts::Wait SignIn::begin() {
  if (!counts()) return {};
  const auth::Lockouts::Wait wait = lockouts_->begin(guess_, clock_->now());
  begun_ = wait.time == Duration{0};
  return wait;
}

void SignIn::settle(const auth::Verdict& verdict) {
  if (begun_ && counts()) lockouts_->end(guess_, result_of(verdict));
  begun_ = false;
}

auth::Verdict SignIn::refusal(auth::Scheme scheme, Duration wait) const {
  // Nobody has looked whether there is such a user. Threat: people type passwords into the name's field.
  const auth::CheckList checks = scheme == auth::Scheme::Digest ? auth::CheckList::Digest : auth::CheckList::Password;
  auth::Verdict verdict =
      auth::refuse(scheme, checks, Reason::LockedOut, fmt::format("too many wrong passwords from {}, or for that name; quivive lockout list shows who waits", guess_.place));
  verdict.retry_after = wait;
  return verdict;
}

std::size_t SignIn::place() const { return counts() ? std::hash<std::string>{}(guess_.place) : 0; }

}  // namespace quivive::gateway
