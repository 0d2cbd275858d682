#include "client/expiry.h"

#include "base/text.h"
#include "http/date.h"
#include "jose/raw_jwt.h"

#include <algorithm>
#include <cmath>

namespace quivive::client {
namespace {

// NumericDate (RFC 7519 section 2), fractions cut off. Nothing for what is none, or lies outside of the years that a date can have.
std::optional<Instant> numeric_date(const JsonObject& claims, std::string_view name) {
  const Json* value = member(claims, name);
  if (value == nullptr || !value->is_number()) return std::nullopt;
  const double seconds = std::floor(value->to_number<double>());
  if (!(seconds >= 0 && seconds < 253402300800.0)) return std::nullopt;
  return from_unix_seconds(static_cast<std::int64_t>(seconds));
}

}  // namespace

std::optional<Duration> clock_skew(std::span<const http::Field> fields, Instant now) {
  std::optional<Duration> skew;
  for (const http::Field& field : fields) {
    if (iequals(field.name, "Age")) return std::nullopt;
    if (!iequals(field.name, "Date")) continue;
    const auto date = http::parse_http_date(field.value);
    if (!date) return std::nullopt;
    // A date names a second, in the middle of which we assume to be; a difference below that is none.
    const Duration difference = *date + std::chrono::milliseconds(500) - now;
    skew = difference < std::chrono::seconds(2) && difference > -std::chrono::seconds(2) ? Duration{0} : difference;
  }
  return skew;
}

std::optional<Expiry> expiry_of(const Token& token, Duration skew) {
  if (token.expires) return Expiry{*token.expires, token.issued};
  const auto jwt = jose::RawJwt::parse(token.access.reveal(RevealSecret{}));
  if (!jwt) return std::nullopt;
  const auto exp = numeric_date(jwt->unverified_claims(), "exp");
  if (!exp) return std::nullopt;
  Expiry out{*exp - skew, token.issued};
  if (const auto iat = numeric_date(jwt->unverified_claims(), "iat")) out.issued = *iat - skew;
  return out;
}

bool refresh_due(const Token& token, Duration skew, Duration ahead, Instant now, RandomSource& random) {
  const auto expiry = expiry_of(token, skew);
  if (!expiry) return false;
  std::uint8_t fraction = 0;
  random.fill({&fraction, 1});
  Duration margin = ahead + ahead * fraction / 4 / 255;
  if (expiry->issued && expiry->at > *expiry->issued) margin = std::min(margin, Duration((expiry->at - *expiry->issued) / 2));
  return now >= expiry->at - margin;
}

}  // namespace quivive::client
