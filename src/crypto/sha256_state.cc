#include "crypto/sha256_state.h"

#include <openssl/crypto.h>

// OpenSSL 3 would rather see EVP used, without taking these away: they are what its default provider calls.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"

namespace quivive::crypto {

// None of the three can fail: they return 1.

Sha256State::~Sha256State() { OPENSSL_cleanse(&context_, sizeof context_); }

void Sha256State::start() { (void)SHA256_Init(&context_); }

void Sha256State::update(std::string_view piece) { (void)SHA256_Update(&context_, piece.data(), piece.size()); }

void Sha256State::finish(std::uint8_t* out) { (void)SHA256_Final(out, &context_); }

}  // namespace quivive::crypto

#pragma GCC diagnostic pop
