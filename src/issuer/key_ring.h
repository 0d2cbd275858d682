#pragma once
// KeyRing: the keys that sign tokens, as one snapshot; and when a new one is due. A key is published some time before it signs,
// so that no verifier meets a signature by a key it cannot know, and stays until the last token it signed has expired.

#include "base/random.h"
#include "base/secret.h"
#include "jose/jwk_set.h"
#include "jose/jwt_signer.h"
#include "issuer/settings.h"
#include "store/oauth_ports.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace quivive::issuer {

class KeyRing {
 public:
  struct Key {
    std::string kid;
    jose::JwsAlgorithm algorithm;
    Instant active;
    jose::JwtSigner access;  // typ at+jwt (RFC 9068 section 2.1)
    jose::JwtSigner plain;   // typ JWT: ID tokens
    Secret marker_key;       // see asked_marker.h
  };

  // By age, the newest last. An Error if there is none, or one cannot be read.
  [[nodiscard]] static Result<KeyRing> of(const std::vector<store::SigningKeyRecord>& records);

  // The newest that is active at `now`, if possible of that algorithm; the oldest where none is active yet.
  [[nodiscard]] const Key& signing(jose::JwsAlgorithm algorithm, Instant now) const;
  [[nodiscard]] const std::vector<Key>& all() const { return all_; }
  [[nodiscard]] const std::string& jwks() const { return jwks_; }  // document
  [[nodiscard]] const std::shared_ptr<const jose::KeySet>& keys() const { return keys_; }

 private:
  KeyRing(std::vector<Key> all, jose::KeySet keys);
  std::vector<Key> all_;
  std::shared_ptr<const jose::KeySet> keys_;
  std::string jwks_;
};

// Makes the key that is due, if one is: the first, the next, the first of another algorithm; and drops those whose tokens have all
// expired. Safe while other processes do the same on one store, also with another algorithm: each algorithm has keys of its own.
[[nodiscard]] Result<void> tend_keys(store::OAuthStore& store, const Settings& settings, Instant now);

}  // namespace quivive::issuer
