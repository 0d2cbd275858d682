#pragma once
// When a token ends, and when to get another: ahead of the end, not all clients at once, by the clock of who judges it.

#include "base/clock.h"
#include "base/random.h"
#include "client/credentials.h"
#include "http/request.h"

#include <optional>
#include <span>

namespace quivive::client {

// The server's clock minus ours, by the Date of an answer that just came. Nothing without a date, or where a cache kept the answer (Age).
[[nodiscard]] std::optional<Duration> clock_skew(std::span<const http::Field> fields, Instant now);

struct Expiry {
  Instant at{};                   // by our clock
  std::optional<Instant> issued;  // the same
};
// What Token::expires says; else exp of a JWT, which is by the server's clock: `skew` is taken off. Nothing where neither is there.
[[nodiscard]] std::optional<Expiry> expiry_of(const Token& token, Duration skew);

// Whether to refresh it before it is used: less than `ahead` and up to a quarter more, at random, is left. Of a life shorter than twice that, half.
[[nodiscard]] bool refresh_due(const Token& token, Duration skew, Duration ahead, Instant now, RandomSource& random);

}  // namespace quivive::client
