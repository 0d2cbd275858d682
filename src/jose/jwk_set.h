#pragma once
// KeySet: the keys of one issuer (RFC 7517 section 5). Immutable; share it as shared_ptr<const KeySet>.

#include "base/result.h"
#include "jose/jwk.h"

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace quivive::jose {

struct KeySetLimits {
  std::size_t bytes = 256 * 1024;
  std::size_t keys = 100;
};

// Whether a document may hold secrets (kty oct). A JWKS from a URL never may: what is published is not secret.
enum class SymmetricKeys : std::uint8_t { Refuse, Allow };

class KeySet {
 public:
  // A JWK set document. Keys that cannot be used are left out, each with a note. An Error if the document is not a JWK
  // set, is beyond the limits, or holds no usable key: an empty set would turn every token away.
  [[nodiscard]] static Result<KeySet> parse(std::string_view document, SymmetricKeys symmetric = SymmetricKeys::Refuse,
                                            KeySetLimits limits = {});
  // Keys from elsewhere. An Error if there is none.
  [[nodiscard]] static Result<KeySet> of(std::vector<Jwk> keys);

  [[nodiscard]] std::span<const Jwk> keys() const { return keys_; }
  // What was left out and why, one line a key, for the operator.
  [[nodiscard]] std::span<const std::string> notes() const { return notes_; }
  // The same for two sets exactly when they have the same usable keys with the same kid and alg, in any order. Opaque, and
  // not for printing: with a set of secrets it is derived from them.
  [[nodiscard]] const std::string& fingerprint() const { return fingerprint_; }

  enum class Found : std::uint8_t {
    Key,        // exactly one
    Unknown,    // no key with this kid; or no kid, and no key fits the algorithm
    Misfit,     // keys with this kid, none of which may be used with the algorithm
    Ambiguous,  // several keys fit: which one signed cannot be told
  };
  struct Lookup {
    Found found = Found::Unknown;
    const Jwk* key = nullptr;  // belongs to this set; set if and only if found is Key
  };
  // The key for a token. With a kid: the keys that have it, or else those that have no kid at all (PEM files). Without:
  // all keys. Of these exactly one must fit `algorithm`; the kid may be shared by keys of different kinds. An empty kid
  // is a kid like no other: it finds what a kid-less token finds.
  [[nodiscard]] Lookup find(std::string_view kid, JwsAlgorithm algorithm) const;

 private:
  KeySet(std::vector<Jwk> keys, std::vector<std::string> notes);
  std::vector<Jwk> keys_;
  std::vector<std::string> notes_;
  std::string fingerprint_;
};

// The public keys of `set` as a JWK set document; secrets are left out.
[[nodiscard]] std::string to_document(const KeySet& set);

}  // namespace quivive::jose
