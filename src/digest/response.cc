#include "digest/response.h"

#include "base/text.h"

namespace quivive::digest {
namespace {

using crypto::HashKind;

constexpr std::string_view kColon = ":";

// The two digits of each octet.
constexpr auto kHexPairs = [] {
  constexpr std::string_view digits = "0123456789abcdef";
  std::array<std::array<char, 2>, 256> pairs{};
  for (std::size_t octet = 0; octet < pairs.size(); ++octet) pairs[octet] = {digits[octet >> 4], digits[octet & 15]};
  return pairs;
}();

}  // namespace

HexDigest::HexDigest(std::string_view octets) : size_(2 * octets.size()) {
  char* out = text_.data();
  for (const char octet : octets) {
    const auto& digits = kHexPairs[static_cast<unsigned char>(octet)];
    *out++ = digits[0];
    *out++ = digits[1];
  }
}

DigestHasher::Contexts& DigestHasher::contexts(HashKind hash) {
  auto& slot = contexts_[static_cast<std::size_t>(hash)];
  if (!slot) slot.emplace(hash);
  return *slot;
}

HexDigest DigestHasher::finish(crypto::Digest& digest, HashKind hash) {
  std::uint8_t octets[crypto::kMaxDigestSize];
  digest.finish(octets);
  return HexDigest({reinterpret_cast<const char*>(octets), crypto::digest_size(hash)});
}

HexDigest DigestHasher::secret(HashKind hash, std::string_view user, std::string_view realm, std::string_view password) {
  return finish(start(hash).update(user).update(kColon).update(realm).update(kColon).update(password), hash);
}

HexDigest DigestHasher::user_hash(HashKind hash, std::string_view user, std::string_view realm) {
  return finish(start(hash).update(user).update(kColon).update(realm), hash);
}

HexDigest DigestHasher::body_hash(HashKind hash, std::string_view body) { return finish(start(hash).update(body), hash); }

// H(A2) (section 3.4.3).
HexDigest DigestHasher::second_half(const ResponseInput& input, std::string_view method) {
  const HashKind hash = info(input.algorithm).hash;
  crypto::Digest& digest = start(hash).update(method).update(kColon).update(input.uri);
  if (iequals(input.qop, "auth-int")) digest.update(kColon).update(input.body_hash);
  return finish(digest, hash);
}

// Everything before H(A2), left in the first context.
void DigestHasher::first_half(const ResponseInput& input, std::string_view secret) {
  const auto& [algorithm, name, hash, session] = info(input.algorithm);
  crypto::Digest& digest = start(hash);
  HexDigest a1;
  if (session) {
    a1 = finish(digest.update(secret).update(kColon).update(input.nonce).update(kColon).update(input.cnonce), hash);
    secret = a1.view();
  }
  digest.update(secret).update(kColon).update(input.nonce).update(kColon);
  if (!input.qop.empty()) {
    digest.update(input.nc).update(kColon).update(input.cnonce).update(kColon).update(input.qop).update(kColon);
  }
}

HexDigest DigestHasher::keyed(const ResponseInput& input, std::string_view secret, std::string_view method) {
  const HexDigest a2 = second_half(input, method);
  first_half(input, secret);
  const HashKind hash = info(input.algorithm).hash;
  return finish(start(hash).update(a2.view()), hash);
}

HexDigest DigestHasher::response(const ResponseInput& input, std::string_view secret) { return keyed(input, secret, input.method); }

HexDigest DigestHasher::rspauth(const ResponseInput& input, std::string_view secret) { return keyed(input, secret, {}); }

// Both begin alike, with more than half of what is hashed.
Proofs DigestHasher::proofs(const ResponseInput& input, std::string_view secret) {
  const HexDigest asked = second_half(input, input.method), answered = second_half(input, {});
  first_half(input, secret);
  const HashKind hash = info(input.algorithm).hash;
  Contexts& both = contexts(hash);
  both.second.go_on_from(both.first);
  return {finish(both.first.update(asked.view()), hash), finish(both.second.update(answered.view()), hash)};
}

}  // namespace quivive::digest
