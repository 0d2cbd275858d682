#pragma once
// Principal: who a request was proved to come from. Made only by a scheme that accepted a credential, then never changed;
// shared as shared_ptr<const Principal> by the verdict, the outcome cache and the log.

#include "auth/scheme.h"
#include "base/clock.h"
#include "base/json.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <memory_resource>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace quivive::jose {
class KeySet;
}

namespace quivive::auth {

struct IssuerPolicy;

// A claim that some route's requirement may look at: what its name or path led to, or nothing.
struct KeptClaim {
  std::string name;
  std::optional<Json> value;  // on the heap, whatever memory the token was read into
};

// What the proof said. Borrowed: a Principal copies it. Empty where the scheme has no such thing.
struct IdentityView {
  Scheme scheme = Scheme::Bearer;
  std::string_view subject{};          // sub of a token, owner of a key, user name
  std::string_view issuer{};           // iss of a token
  std::string_view key_id{};           // id of the API key; kid of the key that signed the token
  std::string_view token_id{};         // jti; id of the session
  std::optional<Instant> issued_at{};  // iat
  std::span<const std::string_view> scopes{};
  std::span<const std::string_view> roles{};
};

// What the proof rested on. As long as all of it still stands, the proof need not be repeated.
struct Basis {
  // Refused at and after: exp plus leeway of a token; expiry or coming revocation of a key; end of a session; the far future otherwise.
  Instant not_after = Instant::max();
  // Bearer: the policy and the key set that judged it. Held, so that no later object can have the same address.
  std::shared_ptr<const IssuerPolicy> issuer;
  std::shared_ptr<const jose::KeySet> keys;
  // ApiKey, Basic, Digest and Session: Snapshot::store_epoch before the record was read.
  std::uint64_t store_epoch = 0;
  std::uint64_t session_epoch = 0;  // Session: Snapshot::session_epoch likewise
};

class Principal {
 public:
  // Held only by those who may vouch for somebody.
  class Voucher {
    Voucher() = default;
    friend class BearerCheck;
    friend class ApiKeyCheck;
    friend class DigestCheck;
    friend class PasswordCheck;
    friend class SessionCheck;
    friend struct PrincipalForTests;  // defined in tests/support only
  };
  // Its parts lie in `memory`, which outlives it. `claims`, of a token: those that IssuerPolicy::kept_claims and the route at hand name; no others are kept, since
  // thousands of principals are remembered.
  Principal(Voucher, const IdentityView& identity, Basis basis, std::vector<KeptClaim> claims = {},
            std::pmr::memory_resource* memory = std::pmr::new_delete_resource());
  Principal(const Principal&) = delete;
  Principal& operator=(const Principal&) = delete;

  // Views are valid while the principal lives.
  [[nodiscard]] Scheme scheme() const { return identity_.scheme; }
  [[nodiscard]] std::string_view subject() const { return identity_.subject; }
  [[nodiscard]] std::string_view issuer() const { return identity_.issuer; }
  [[nodiscard]] std::string_view key_id() const { return identity_.key_id; }
  [[nodiscard]] std::string_view token_id() const { return identity_.token_id; }
  [[nodiscard]] std::optional<Instant> issued_at() const { return identity_.issued_at; }
  [[nodiscard]] std::span<const std::string_view> scopes() const { return identity_.scopes; }
  [[nodiscard]] std::span<const std::string_view> roles() const { return identity_.roles; }
  // What is known of the claim of that name or path; nullptr if that was not kept, which does not say that it is absent.
  [[nodiscard]] const KeptClaim* claim(std::string_view name) const;
  // The instant from which the proof is void. A cache drops the entry then; accept_remembered() refuses it anyway.
  [[nodiscard]] Instant not_after() const { return basis_.not_after; }
  [[nodiscard]] const Basis& basis() const { return basis_; }
  // Octets of memory that it takes, roughly: for whoever bounds how many are remembered.
  [[nodiscard]] std::size_t footprint() const { return footprint_; }

 private:
  IdentityView identity_;               // into block_
  std::pmr::vector<std::uint64_t> block_;  // every view of a word, then every text: one allocation
  const std::vector<KeptClaim> claims_;
  const Basis basis_;
  std::size_t footprint_;
};

}  // namespace quivive::auth
