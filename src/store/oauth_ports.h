#pragma once
// OAuthStore: the atomic things the token service asks of a database. As the ports of store/ports.h: calls block, are safe from
// several threads, and an Error means that the store cannot be reached or is damaged, or that a record breaks store/oauth_rules.h.
//
// What was answered Done is durable before the call returns: a client is told of a token only after that. Expiry is the caller's
// to check wherever a record is handed out.

#include "base/result.h"
#include "store/change.h"
#include "store/oauth_records.h"

#include <string_view>

namespace quivive::store {

class OAuthStore {
 public:
  virtual ~OAuthStore() = default;

  [[nodiscard]] virtual Result<std::optional<ClientRecord>> find_client(std::string_view id) = 0;
  [[nodiscard]] virtual Result<Change> add_client(const ClientRecord& client) = 0;  // Exists if the id is taken, by a revoked one too
  // Revoked from `at` on, and in the same step its codes, device requests and refresh tokens are gone; one that is already keeps
  // the earlier instant. Its access tokens of that issuer are revoked: those of its families as revoke_family() does it, those that
  // it got for itself by a Subject revocation of its client_subject() with the cut-off `at`, which is never forgotten, as the id is never free again.
  [[nodiscard]] virtual Result<Change> revoke_client(std::string_view id, std::string_view issuer, Instant at) = 0;
  [[nodiscard]] virtual Result<std::vector<ClientRecord>> list_clients() = 0;  // by creation, revoked ones too

  // Exists if its digest is taken; NotFound if its client is revoked (one that the store does not know may come from elsewhere).
  // Of a user's codes for one client the latest kMostCodes stay.
  [[nodiscard]] virtual Result<Change> add_code(const CodeRecord& code) = 0;
  // Takes it: of several callers exactly one gets it as Fresh. It stays known as Used until forget_oauth() drops it, so that a
  // second use is told from a code that never was. Unknown, and nothing changes, for another client than its own: threat, one that got
  // hold of another's code, to use it (CVE-2026-32245) or to end what came of it.
  enum class Taken : std::uint8_t { Fresh, Used, Unknown };
  struct TakenCode {
    Taken taken = Taken::Unknown;
    CodeRecord code;  // unless Unknown
  };
  [[nodiscard]] virtual Result<TakenCode> take_code(std::string_view digest, std::string_view client) = 0;

  // Exists if its digest is taken, or its user_code by a request that has not expired at device.created: one that has makes way.
  // NotFound if its client is revoked. Beyond kMostDevices in all, requests are dropped: expired ones, then the oldest pending one,
  // then the oldest. Threat: a client that asks without end fills the disk, or all user codes.
  [[nodiscard]] virtual Result<Change> add_device(const DeviceRecord& device) = 0;
  [[nodiscard]] virtual Result<std::optional<DeviceRecord>> find_device(std::string_view user_code) = 0;
  // Pending becomes Approved, by `user`, or Denied, which keeps nothing of who did. NotFound also if it is not pending any more.
  [[nodiscard]] virtual Result<Change> decide_device(std::string_view user_code, DeviceState state, std::string_view user,
                                                     std::string_view password_tag, Instant signed_in) = 0;
  // The record as it was before: `polled` says when it was asked last, and becomes `at`. An Approved one is dropped by this:
  // exactly one caller gets it. Nothing, and nothing changes, for another client than its own.
  [[nodiscard]] virtual Result<std::optional<DeviceRecord>> poll_device(std::string_view digest, std::string_view client, Instant at) = 0;

  // Begins a family. Exists if the digest or the family is taken; NotFound if its client is revoked, or if revoke_family() ended
  // the family while the code that it comes of was being exchanged. Of a user's families for one client the latest kMostFamilies
  // stay; the access tokens of one that is dropped so live on to their end.
  [[nodiscard]] virtual Result<Change> add_refresh(const RefreshRecord& token) = 0;
  [[nodiscard]] virtual Result<std::optional<RefreshRecord>> find_refresh(std::string_view digest) = 0;
  // In one step: the token with that digest, which `next` follows in its family, becomes used at next.created, and `next` is
  // added. Rotated, too, where it was used already but not longer than `grace` ago and fewer than kMostSuccessors came of it:
  // requests that ran side by side. Reused: used longer ago, or too many came of it, or a sibling of it went on instead (Descent, in
  // store/oauth_rules.h); then the family is ended as revoke_family() does it, at next.created, in this same step. Unknown: no such
  // token, or its family ended; nothing changes. An Error, and nothing changes, if `next` is of another family, client or user, or its
  // digest is taken. Threats: a copy that is used later, or first within the grace and then beside the client's own.
  // Of a family kMostOfFamily tokens stay: of those whose access token no verifier accepts any more at next.created, used ones leave
  // first, then the oldest; one that left is Unknown. TooOften: there is none such, and the family is ended as where it is Reused.
  // Threats: a client that rotates without end; access tokens that are out of revoke_family()'s reach while they are accepted.
  enum class Rotation : std::uint8_t { Rotated, Reused, TooOften, Unknown };
  [[nodiscard]] virtual Result<Rotation> rotate_refresh(std::string_view digest, const RefreshRecord& next, Duration grace, std::string_view issuer) = 0;
  // Drops every refresh token of the family, and revokes (as RevocationKind::TokenId of `issuer`) the access tokens of it that some
  // verifier may still accept at `at`: until kLongestLeeway after their expiry. How many refresh tokens there were. What
  // add_refresh() and rotate_refresh() have under way for the family fails.
  [[nodiscard]] virtual Result<std::size_t> revoke_family(std::string_view family, std::string_view issuer, Instant at) = 0;

  // Notes that an identifier was used, such as the jti of a client assertion: 1 to kMaxClaimedId octets. Exists if it was before.
  // Dropped by forget_oauth() after `expires`, never for want of room, which would allow a replay: an Error beyond kMostClaimed of
  // that claimant's (a client's id, or another name) that have not expired at `now`. Threat: one that leaves no room to the others.
  [[nodiscard]] virtual Result<Change> claim_once(std::string_view id, std::string_view claimant, Instant expires, Instant now) = 0;

  // Adds it if the newest key, the one added last, is the one called `newest` ("" for none): of several processes that rotate, one
  // does. Exists otherwise, or if its kid is taken. Counts for version().
  [[nodiscard]] virtual Result<Change> add_signing_key(const SigningKeyRecord& key, std::string_view newest) = 0;
  [[nodiscard]] virtual Result<std::vector<SigningKeyRecord>> list_signing_keys() = 0;  // as they were added: the newest is the last
  [[nodiscard]] virtual Result<Change> drop_signing_key(std::string_view kid) = 0;      // counts for version()

  // Drops codes, device requests, and refresh tokens whose `expires` is at or before the one, and claimed ids whose is at or before the other. How many.
  [[nodiscard]] virtual Result<std::size_t> forget_oauth(Instant expired_before, Instant claimed_before) = 0;
};
inline constexpr std::size_t kMostCodes = 100;
inline constexpr std::size_t kMostDevices = 10'000;
inline constexpr std::size_t kMostFamilies = 100;
inline constexpr std::size_t kMostSuccessors = 8;
inline constexpr std::size_t kMostOfFamily = 1'000;
inline constexpr std::size_t kMostClaimed = 10'000;  // by one claimant
inline constexpr std::size_t kMaxClaimedId = 256;
// The most leeway with which a verifier reads a token's expiry (jose/jwt_policy.h). Threat: a revocation that is forgotten when the
// token expires would let it live again for the leeway.
inline constexpr Duration kLongestLeeway = std::chrono::minutes{10};

}  // namespace quivive::store
