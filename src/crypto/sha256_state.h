#pragma once
// SHA-256 (FIPS 180-4) as a value: what was hashed so far is copied like any other value, and nothing is allocated. EVP's contexts allocate at
// every copy and check what they are at every call, which costs more than the two blocks that a MAC of a nonce or of a session's id takes. For
// the .cc files of crypto/ only.

#include <openssl/sha.h>

#include <cstdint>
#include <string_view>

namespace quivive::crypto {

class Sha256State {
 public:
  Sha256State() { start(); }
  Sha256State(const Sha256State&) = default;
  Sha256State& operator=(const Sha256State&) = default;
  ~Sha256State();  // leaves nothing of a key in memory

  void start();
  void update(std::string_view piece);
  // Writes 32 octets. start() before anything else.
  void finish(std::uint8_t* out);

 private:
  SHA256_CTX context_;
};

}  // namespace quivive::crypto
