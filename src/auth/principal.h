#pragma once
// Principal: who a request was proved to come from. Made only by a scheme that accepted a credential, then never changed;
// shared as shared_ptr<const Principal> by the verdict, the outcome cache and the log.

#include "auth/scheme.h"
#include "base/clock.h"
#include "base/json.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace quivive::jose {
class KeySet;
}

namespace quivive::auth {

struct IssuerPolicy;

// What the proof said. Empty where the scheme has no such thing.
struct Identity {
  Scheme scheme = Scheme::Bearer;
  std::string subject;               // sub of a token, owner of a key, user name
  std::string issuer;                // iss of a token
  std::string key_id;                // id of the API key; kid of the key that signed the token
  std::string token_id;              // jti
  std::optional<Instant> issued_at;  // iat
  std::vector<std::string> scopes;
  std::vector<std::string> roles;
  JsonObject claims;  // of a token
};

// What the proof rested on. As long as all of it still stands, the proof need not be repeated.
struct Basis {
  // Refused at and after: exp plus leeway of a token; expiry or coming revocation of a key; the far future otherwise.
  Instant not_after = Instant::max();
  // Bearer: the policy and the key set that judged it. Held, so that no later object can have the same address.
  std::shared_ptr<const IssuerPolicy> issuer;
  std::shared_ptr<const jose::KeySet> keys;
  // ApiKey and Basic: Snapshot::store_epoch before the record was read.
  std::uint64_t store_epoch = 0;
};

class Principal {
 public:
  // Held only by those who may vouch for somebody.
  class Voucher {
    Voucher() = default;
    friend class BearerCheck;
    friend class ApiKeyCheck;
    friend class BasicCheck;
    friend struct PrincipalForTests;  // defined in tests/support only
  };
  Principal(Voucher, Identity identity, Basis basis) : identity_(std::move(identity)), basis_(std::move(basis)) {}
  Principal(const Principal&) = delete;
  Principal& operator=(const Principal&) = delete;

  [[nodiscard]] Scheme scheme() const { return identity_.scheme; }
  [[nodiscard]] const std::string& subject() const { return identity_.subject; }
  [[nodiscard]] const std::string& issuer() const { return identity_.issuer; }
  [[nodiscard]] const std::string& key_id() const { return identity_.key_id; }
  [[nodiscard]] const std::string& token_id() const { return identity_.token_id; }
  [[nodiscard]] std::optional<Instant> issued_at() const { return identity_.issued_at; }
  [[nodiscard]] const std::vector<std::string>& scopes() const { return identity_.scopes; }
  [[nodiscard]] const std::vector<std::string>& roles() const { return identity_.roles; }
  [[nodiscard]] const JsonObject& claims() const { return identity_.claims; }
  // The instant from which the proof is void. A cache drops the entry then; accept_remembered() refuses it anyway.
  [[nodiscard]] Instant not_after() const { return basis_.not_after; }
  [[nodiscard]] const Basis& basis() const { return basis_; }

 private:
  const Identity identity_;
  const Basis basis_;
};

}  // namespace quivive::auth
