#include "digest/response.h"

#include "base/text.h"

namespace quivive::digest {
namespace {

using crypto::HashKind;

constexpr std::string_view kColon = ":";

}  // namespace

HexDigest::HexDigest(std::string_view octets) : size_(2 * octets.size()) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  char* out = text_.data();
  for (const char octet : octets) {
    const auto value = static_cast<unsigned char>(octet);
    *out++ = kDigits[value >> 4];
    *out++ = kDigits[value & 15];
  }
}

crypto::Digest& DigestHasher::start(HashKind hash) {
  auto& slot = digests_[static_cast<std::size_t>(hash)];
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

HexDigest DigestHasher::keyed(const ResponseInput& input, std::string_view secret, std::string_view method) {
  const auto& [algorithm, name, hash, session] = info(input.algorithm);
  crypto::Digest& digest = start(hash);
  HexDigest a1;
  if (session) {
    a1 = finish(digest.update(secret).update(kColon).update(input.nonce).update(kColon).update(input.cnonce), hash);
    secret = a1.view();
  }
  digest.update(method).update(kColon).update(input.uri);
  if (iequals(input.qop, "auth-int")) digest.update(kColon).update(input.body_hash);
  const HexDigest a2 = finish(digest, hash);
  digest.update(secret).update(kColon).update(input.nonce).update(kColon);
  if (!input.qop.empty()) {
    digest.update(input.nc).update(kColon).update(input.cnonce).update(kColon).update(input.qop).update(kColon);
  }
  return finish(digest.update(a2.view()), hash);
}

HexDigest DigestHasher::response(const ResponseInput& input, std::string_view secret) { return keyed(input, secret, input.method); }

HexDigest DigestHasher::rspauth(const ResponseInput& input, std::string_view secret) { return keyed(input, secret, {}); }

}  // namespace quivive::digest
