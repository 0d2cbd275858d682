#include "crypto/constant_time.h"

#include <openssl/crypto.h>

namespace quivive::crypto {

bool constant_time_equal(std::string_view a, std::string_view b) {
  return a.size() == b.size() && (a.empty() || CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0);
}

}  // namespace quivive::crypto
