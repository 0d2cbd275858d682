#pragma once
// The WWW-Authenticate values of a rejection (RFC 9110 section 11.6.1): data, which the one response writer writes.

#include "auth/route_policy.h"
#include "auth/verdict.h"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace quivive::auth {

// One value, in pieces to be written one behind the other.
using ChallengePieces = std::array<std::string_view, 4>;

// Basic and Digest make a browser ask for a password in a window of its own.
enum class Prompts : std::uint8_t { Offer, LeaveOut };
// Whether the route offers them, and something else as well: only then can they be left out, since every 401 has a challenge.
[[nodiscard]] bool may_prompt(const RoutePolicy& policy);

// Whether the rejection carries a challenge that needs a nonce.
[[nodiscard]] bool needs_nonce(const RoutePolicy& policy, const Verdict& verdict);

namespace detail {
// The Bearer challenge where it differs from the prepared one (RFC 6750 section 3), and whether it is the only one.
struct BearerError {
  std::optional<std::string> text;
  bool alone = false;  // of a 403
};
[[nodiscard]] BearerError bearer_error(const RoutePolicy& policy, const Verdict& verdict);
[[nodiscard]] bool has_challenges(const Verdict& verdict);
}  // namespace detail

// Calls write(ChallengePieces) for each field line, strongest first, each with its realm. Every 401 has at least one. A 403 has none,
// but for ScopeInsufficient of a Bearer principal where the route says `challenge_on_forbidden` (RFC 6750 section 3.1);
// every other status has none. Bearer carries `error` and `error_description` only if it was the token that failed; Digest
// says `stale` only if the response was right and its nonce too old. `nonce` is fresh, and "" unless needs_nonce(). `prompts` may leave out what
// makes a browser ask, where may_prompt().
template <class Write>
void for_each_challenge(const RoutePolicy& policy, const Verdict& verdict, std::string_view nonce, Prompts prompts, Write write) {
  const detail::BearerError bearer = detail::bearer_error(policy, verdict);
  if (bearer.alone) return write(ChallengePieces{*bearer.text});
  if (!detail::has_challenges(verdict)) return;
  const std::string_view stale = verdict.reason == Reason::DigestNonceStale ? ", stale=true" : "";
  const bool quietly = prompts == Prompts::LeaveOut && may_prompt(policy);
  for (const PreparedChallenge& prepared : policy.challenges()) {
    if (quietly && (prepared.scheme == Scheme::Basic || prepared.scheme == Scheme::Digest)) continue;
    const std::string_view text = prepared.text;
    if (prepared.scheme == Scheme::Bearer && bearer.text) {
      write(ChallengePieces{*bearer.text});
    } else if (prepared.nonce_at != std::string::npos) {
      write(ChallengePieces{text.substr(0, prepared.nonce_at), nonce, text.substr(prepared.nonce_at), stale});
    } else {
      write(ChallengePieces{text});
    }
  }
}

}  // namespace quivive::auth
