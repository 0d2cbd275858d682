#include "issuer/asked_marker.h"

#include "base/base64.h"
#include "crypto/constant_time.h"
#include "crypto/digest.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace quivive::issuer {
namespace {

std::string mac(const KeyRing::Key& key, std::string_view request, std::int64_t milliseconds) {
  return base64url_encode(crypto::hmac(crypto::HashKind::Sha256, key.marker_key.reveal(RevealSecret{}), fmt::format("{}\n{}", milliseconds, request)));
}

}  // namespace

std::string asked_marker(const KeyRing& keys, std::string_view request, Instant now) {
  const std::int64_t milliseconds = now.time_since_epoch().count();
  return fmt::format("{}.{}", milliseconds, mac(keys.all().back(), request, milliseconds));
}

std::optional<AskedToSignIn> read_asked_marker(const KeyRing& keys, std::string_view request, std::string_view marker, Instant now) {
  std::int64_t milliseconds = 0;
  const auto dot = marker.find('.');
  if (dot == std::string_view::npos) return std::nullopt;
  const auto [end, fault] = std::from_chars(marker.data(), marker.data() + dot, milliseconds);
  if (fault != std::errc{} || end != marker.data() + dot || milliseconds < 0 || milliseconds > now.time_since_epoch().count()) return std::nullopt;
  const Instant asked = Instant{std::chrono::milliseconds{milliseconds}};
  const bool ours = std::ranges::any_of(keys.all(), [&](const KeyRing::Key& key) { return crypto::constant_time_equal(mac(key, request, milliseconds), marker.substr(dot + 1)); });
  if (!ours || asked + kAskedLifetime < now) return std::nullopt;
  // The MAC alone: the digits before it could be written with zeros in front.
  return AskedToSignIn{asked, "asked:" + std::string(marker.substr(dot + 1))};
}

}  // namespace quivive::issuer
