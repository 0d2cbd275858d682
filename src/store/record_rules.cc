#include "store/record_rules.h"

#include "base/base64.h"
#include "base/control_characters.h"
#include "base/text.h"

#include <algorithm>
#include <tuple>

namespace quivive::store {
namespace {

bool is_digest_hash(crypto::HashKind hash) {
  return hash == crypto::HashKind::Md5 || hash == crypto::HashKind::Sha256 || hash == crypto::HashKind::Sha512_256;
}

bool is_lower_hex(std::string_view text, std::size_t octets) {
  return text.size() == 2 * octets && std::all_of(text.begin(), text.end(), [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

}  // namespace

bool is_scope_token(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < 0x7f && c != '"' && c != '\\'; });
}

Result<void> check_record(const UserRecord& user) {
  if (user.name.empty()) return error("a user needs a name");
  if (!std::all_of(user.roles.begin(), user.roles.end(), is_scope_token)) {
    return error("a role is printable ASCII without spaces, quotes and backslashes");
  }
  return check_digests(user.name, user.digests);
}

Result<void> check_digests(std::string_view name, const std::vector<DigestSecret>& digests) {
  if (!digests.empty() && name.find(':') != std::string_view::npos) return error("a user with a ':' in the name cannot sign in by Digest");
  for (auto digest = digests.begin(); digest != digests.end(); ++digest) {
    if (!is_digest_hash(digest->hash)) return error("a Digest secret is of MD5, SHA-256 or SHA-512-256");
    if (has_control(digest->realm)) return error("a Digest realm has no control characters");
    const std::size_t octets = crypto::digest_size(digest->hash);
    if (!is_lower_hex(digest->secret.reveal(RevealSecret{}), octets)) return error("a Digest secret of this hash is {} lower-case hexadecimal digits", 2 * octets);
    if (!is_lower_hex(digest->user_hash, octets)) return error("a user_hash of this hash is {} lower-case hexadecimal digits", 2 * octets);
    const auto same = [&](const DigestSecret& other) { return other.hash == digest->hash && other.realm == digest->realm; };
    if (std::any_of(digests.begin(), digest, same)) return error("two Digest secrets are for the realm '{}' and one hash", printable(digest->realm, 60));
  }
  return {};
}

std::vector<DigestSecret> in_order(std::vector<DigestSecret> digests) {
  std::sort(digests.begin(), digests.end(), [](const DigestSecret& a, const DigestSecret& b) { return std::tie(a.realm, a.hash) < std::tie(b.realm, b.hash); });
  return digests;
}

Result<void> check_record(const KeyRecord& key) {
  if (key.id.empty()) return error("a key needs an id");
  if (key.digest.size() != 32) return error("a key's digest has 32 bytes, not {}", key.digest.size());
  if (!std::all_of(key.scopes.begin(), key.scopes.end(), is_scope_token)) {
    return error("a scope is printable ASCII without spaces, quotes and backslashes");
  }
  return {};
}

Result<void> check_record(const SessionRecord& session) {
  if (session.digest.size() != 32) return error("a session's digest has 32 octets, not {}", session.digest.size());
  if (session.user.empty()) return error("a session needs a user");
  if (session.password_tag.empty() || session.password_tag.size() > kMaxPasswordTag) {
    return error("a session's password tag has 1 to {} octets, not {}", kMaxPasswordTag, session.password_tag.size());
  }
  // Threat: the address is shown on a terminal.
  if (session.client.size() > kMaxSessionClient || has_control(session.client)) {
    return error("a session's client is at most {} octets without control characters", kMaxSessionClient);
  }
  if (session.expires < session.created) return error("a session does not expire before it begins");
  if (session.revoked) return error("a session that begins is not revoked");
  return {};
}

std::optional<std::string> octets_of_session_id(std::string_view id) {
  if (!is_lower_hex(id, kSessionIdOctets)) return std::nullopt;
  return hex_decode(id);
}

Result<void> check_record(const Revocation& revocation) {
  if (revocation.issuer.empty()) return error("a revocation needs an issuer");
  const bool names_something = revocation.kind != RevocationKind::IssuedBefore;
  if (names_something == revocation.value.empty()) {
    return names_something ? error("a revocation by jti or subject needs a value") : error("a revocation by time has no value");
  }
  return {};
}

Result<void> check_nonce(std::string_view id) {
  if (id.empty() || id.size() > kMaxNonceId) return error("the id of a nonce has 1 to {} octets, not {}", kMaxNonceId, id.size());
  return {};
}

Result<void> check_nonce_master(const Secret& proposal) {
  if (proposal.size() != kNonceMasterSize) return error("nonces are made under {} octets, not {}", kNonceMasterSize, proposal.size());
  return {};
}

Revocation wider(const Revocation& a, const Revocation& b) {
  Revocation out = a;
  out.cutoff = std::max(a.cutoff, b.cutoff);
  out.created = std::min(a.created, b.created);
  out.forget = a.forget && b.forget ? std::optional(std::max(*a.forget, *b.forget)) : std::nullopt;
  return out;
}

}  // namespace quivive::store
