#pragma once
// Which Digest secrets a user gets, and making them: one for each realm and hash (RFC 7616 section 3.4.2).

#include "cli/options.h"
#include "config/config.h"
#include "store/records.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace quivive::cli {

// What --digest and --realm say.
struct DigestWish {
  bool wanted = false;
  std::vector<std::string> realms;
};
void add_digest_options(Options& options, DigestWish& wish);

struct DigestScope {
  std::string realm;
  crypto::HashKind hash;
  bool operator==(const DigestScope&) const = default;
};

// None unless --digest is given. The realms are those of --realm, else the configuration's `realm` and those of its routes
// that accept Digest; the hashes those of accept.digest.algorithms, else SHA-256. A Failure where no realm is known, --realm
// is no realm, or is given without --digest.
[[nodiscard]] Result<std::vector<DigestScope>, Failure> digest_scopes(const DigestWish& wish, const std::optional<config::Config>& config);
// For a new password of a user who has these secrets: the same realms, each with the algorithms of the configuration where the realm is one of
// its own. A realm that is not, or without a configuration that accepts Digest, keeps its algorithms: another gateway may need them.
[[nodiscard]] std::vector<DigestScope> digest_scopes(const std::vector<store::DigestSecret>& digests, const std::optional<config::Config>& config);
// What the secrets before were for, and those after are not: "MD5"; "" for nothing.
[[nodiscard]] std::string dropped_algorithms(const std::vector<store::DigestSecret>& before, const std::vector<store::DigestSecret>& after);

// One secret for each scope. A Failure where OpenSSL does not offer the hash.
[[nodiscard]] Result<std::vector<store::DigestSecret>, Failure> digest_secrets(const std::vector<DigestScope>& scopes, std::string_view name,
                                                                               const Secret& password);

// The realms, each once: "api, staff"; "-" if there are none. Printable.
[[nodiscard]] std::string show_realms(const std::vector<store::DigestSecret>& digests);

}  // namespace quivive::cli
