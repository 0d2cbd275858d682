#pragma once
// Tools: what a worker verifies with. OpenSSL's contexts are kept in them, since making one costs more than using it.

#include "crypto/signature.h"
#include "digest/nonce.h"
#include "digest/response.h"

namespace quivive::auth {

// Not thread-safe: one for each worker.
struct Tools {
  // Nonces of tools with the same `nonce_master` recognise each other; `number` is random, of these alone.
  Tools(Secret nonce_master, std::uint32_t number) : nonces(std::move(nonce_master), number) {}

  crypto::SignatureVerifier signatures;
  digest::DigestHasher digests;
  digest::NonceMint nonces;
};

}  // namespace quivive::auth
