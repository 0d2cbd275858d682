#pragma once
// What a Digest response is computed from, and the computation (RFC 7616 sections 3.4.1 to 3.4.4 and 3.5). The same for the
// gateway, which checks one, the client, which makes one, and the debugger, which explains one.

#include "crypto/digest.h"
#include "digest/algorithm.h"

#include <array>
#include <optional>
#include <string>
#include <string_view>

namespace quivive::digest {

// Lower-case hexadecimal of a hash.
class HexDigest {
 public:
  HexDigest() = default;
  explicit HexDigest(std::string_view octets);  // at most crypto::kMaxDigestSize
  [[nodiscard]] std::string_view view() const { return {text_.data(), size_}; }
  [[nodiscard]] std::string str() const { return std::string(view()); }

 private:
  std::array<char, 2 * crypto::kMaxDigestSize> text_{};
  std::size_t size_ = 0;
};

// Borrowed from a request. `qop` empty stands for a client of RFC 2069, whose response has neither count nor cnonce.
struct ResponseInput {
  DigestAlgorithm algorithm = DigestAlgorithm::Sha256;
  std::string_view method;
  std::string_view uri;
  std::string_view nonce;
  std::string_view nc;
  std::string_view cnonce;
  std::string_view qop;
  std::string_view body_hash;  // H(entity-body) in hexadecimal, for auth-int
};

// What proves that one side knows the password, and then that the other does.
struct Proofs {
  HexDigest response, rspauth;
};

// Keeps a hash's context each, since making one costs more than a hash. Not thread-safe: one for each worker.
// Requires crypto::hash_available() of the hash in question.
class DigestHasher {
 public:
  // H(user ":" realm ":" password): what a store keeps. Whoever has it can sign in to that realm (RFC 7616 section 5.13).
  [[nodiscard]] HexDigest secret(crypto::HashKind hash, std::string_view user, std::string_view realm, std::string_view password);
  // H(user ":" realm): the user name where `userhash` is true (section 3.4.4).
  [[nodiscard]] HexDigest user_hash(crypto::HashKind hash, std::string_view user, std::string_view realm);
  // H(entity-body), for auth-int.
  [[nodiscard]] HexDigest body_hash(crypto::HashKind hash, std::string_view body);
  // Both of what follows.
  [[nodiscard]] Proofs proofs(const ResponseInput& input, std::string_view secret);
  // The `response` of a request, whose user and password are in `secret`.
  [[nodiscard]] HexDigest response(const ResponseInput& input, std::string_view secret);
  // The `rspauth` of its answer (section 3.5): as the response, without a method. With auth-int, `body_hash` is the answer's.
  [[nodiscard]] HexDigest rspauth(const ResponseInput& input, std::string_view secret);

 private:
  // A hash's own contexts. The second one goes on from where the first one is, with other words.
  struct Contexts {
    explicit Contexts(crypto::HashKind hash) : first(hash), second(hash) {}
    crypto::Digest first, second;
  };
  [[nodiscard]] Contexts& contexts(crypto::HashKind hash);
  [[nodiscard]] crypto::Digest& start(crypto::HashKind hash) { return contexts(hash).first; }
  [[nodiscard]] static HexDigest finish(crypto::Digest& digest, crypto::HashKind hash);
  [[nodiscard]] HexDigest second_half(const ResponseInput& input, std::string_view method);
  void first_half(const ResponseInput& input, std::string_view secret);
  [[nodiscard]] HexDigest keyed(const ResponseInput& input, std::string_view secret, std::string_view method);

  std::array<std::optional<Contexts>, 6> contexts_;  // by HashKind
};

}  // namespace quivive::digest
