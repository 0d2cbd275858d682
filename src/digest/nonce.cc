#include "digest/nonce.h"

#include "base/base64.h"
#include "crypto/constant_time.h"

#include <cstring>
#include <string>

namespace quivive::digest {
namespace {

// Instant (6 octets, milliseconds), id (10), MAC (16): 128 bits that a client would have to guess.
constexpr std::size_t kInstantSize = 6, kIdSize = 10, kBodySize = kInstantSize + kIdSize, kMacSize = 16;

void put_number(char* out, std::size_t size, std::uint64_t number) {
  while (size > 0) {
    out[--size] = static_cast<char>(number & 0xff);
    number >>= 8;
  }
}

std::int64_t take_number(std::string_view octets) {
  std::int64_t number = 0;
  for (const char octet : octets) number = number << 8 | static_cast<unsigned char>(octet);
  return number;
}

std::int64_t period_of(Instant t) { return t.time_since_epoch() / kNonceKeyPeriod; }

}  // namespace

crypto::HmacSha256& NonceMint::key(std::int64_t period) {
  Key& slot = keys_[static_cast<std::size_t>(period & 1)];
  if (slot.period != period || !slot.hmac) {
    const std::string label = "digest nonce " + std::to_string(period);
    slot.hmac.emplace(Secret(crypto::hmac(crypto::HashKind::Sha256, master_.reveal(RevealSecret{}), label)));
    slot.period = period;
  }
  return *slot.hmac;
}

std::string_view NonceMint::make(Instant now, std::string_view realm) {
  char octets[kBodySize + kMacSize];
  put_number(octets, kInstantSize, static_cast<std::uint64_t>(now.time_since_epoch().count()));
  put_number(octets + kInstantSize, 4, number_);
  put_number(octets + kInstantSize + 4, kIdSize - 4, ++made_);
  const auto mac = key(period_of(now))({octets, kBodySize}, realm);
  std::memcpy(octets + kBodySize, mac.data(), kMacSize);
  static_assert(base64url_encoded_size(sizeof octets) == kNonceSize);
  base64url_encode_to({octets, sizeof octets}, text_.data());
  return {text_.data(), kNonceSize};
}

std::optional<Nonce> NonceMint::read(std::string_view text, std::string_view realm, Instant now) {
  char octets[kBodySize + kMacSize];
  if (text.size() != kNonceSize || !base64url_decode_to(text, octets)) return std::nullopt;
  const Instant issued{Duration{take_number({octets, kInstantSize})}};
  const std::int64_t period = period_of(issued);
  // Keys of other periods are not made: neither for one that is too old, nor for one from the future that somebody thought up.
  if (issued > now + std::chrono::seconds(1) || period < period_of(now) - 1) return std::nullopt;
  const auto mac = key(period)({octets, kBodySize}, realm);
  if (!crypto::constant_time_equal({octets + kBodySize, kMacSize}, mac.view().substr(0, kMacSize))) return std::nullopt;
  Nonce nonce{.id = {}, .issued = issued};
  std::memcpy(nonce.id.data(), octets + kInstantSize, kIdSize);
  return nonce;
}

}  // namespace quivive::digest
