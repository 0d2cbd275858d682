// Key sets: whatever the bytes, no crash, every key that is kept can be exported and read back, and no set is empty.

#include "jose/jwk_set.h"

#include <cstdint>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace quivive;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto set = jose::KeySet::parse(text);
  if (set) {
    if (set->keys().empty()) std::abort();
    for (const jose::Jwk& key : set->keys()) {
      if (key.is_symmetric()) std::abort();
      for (const jose::JwsAlgorithmInfo& row : jose::all_algorithms()) {
        if (key.fits(row.algorithm) && jose::is_symmetric(row.algorithm)) std::abort();
        (void)set->find(key.kid(), row.algorithm);
      }
    }
    const auto again = jose::KeySet::parse(jose::to_document(*set));
    if (!again || again->fingerprint() != set->fingerprint()) std::abort();
  }
  (void)jose::KeySet::parse(text, jose::SymmetricKeys::Allow);
  (void)crypto::PublicKey::from_pem(text);
  (void)crypto::PublicKey::from_der(text);
  return 0;
}
