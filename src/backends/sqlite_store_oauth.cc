// SqliteStore's OAuthStore. Each change is one transaction, and answered after its COMMIT.

#include "backends/sqlite_oauth.h"
#include "backends/sqlite_refresh.h"
#include "backends/sqlite_revocations.h"
#include "backends/sqlite_store_transact.h"
#include "store/oauth_rules.h"

namespace quivive::backends {

using store::Change;
using store::ClientRecord;
using store::CodeRecord;
using store::DeviceRecord;
using store::DeviceState;
using store::RefreshRecord;
using store::SigningKeyRecord;

namespace {

// Sets `counts` if a revocation changed.
Result<void> revoke(SqliteConnection& connection, const store::Revocation& revocation, bool& counts) {
  const auto before = connection.all_changed_rows();
  if (const auto ok = sqlite_revocations::add(connection, revocation); !ok) return ok;
  counts = counts || connection.all_changed_rows() != before;
  return {};
}

Result<void> revoke_access(SqliteConnection& connection, const std::vector<RefreshRecord>& tokens, std::string_view issuer, Instant at, bool& counts) {
  for (const RefreshRecord& token : tokens) {
    const auto revocation = revocation_of_access(token, issuer, at);
    if (!revocation) continue;
    if (const auto ok = revoke(connection, *revocation, counts); !ok) return ok;
  }
  return {};
}

// How many tokens it had.
Result<std::size_t> end_family(SqliteConnection& connection, std::string_view family, std::string_view issuer, Instant at, bool& counts) {
  if (const auto ok = sqlite_oauth::end_codes_of(connection, family); !ok) return ok.error();
  const auto dropped = sqlite_refresh::drop_family(connection, family);
  if (!dropped) return dropped.error();
  if (const auto ok = revoke_access(connection, *dropped, issuer, at, counts); !ok) return ok.error();
  return dropped->size();
}

}  // namespace

Result<std::optional<ClientRecord>> SqliteStore::find_client(std::string_view id) {
  const std::scoped_lock lock(reader_mutex_);
  return sqlite_oauth::find_client(reader_, id);
}

Result<Change> SqliteStore::add_client(const ClientRecord& client) {
  if (const auto ok = check_record(client); !ok) return ok.error();
  return write([&] { return sqlite_oauth::add_client(writer_, client); });
}

Result<Change> SqliteStore::revoke_client(std::string_view id, std::string_view issuer, Instant at) {
  if (const auto ok = store::check_issuer(issuer); !ok) return ok.error();
  return transact([&](bool& counts) -> Result<Change> {
    const auto marked = sqlite_oauth::mark_revoked(writer_, id, at);
    if (!marked || *marked == Change::NotFound) return marked;
    counts = *marked == Change::Done;
    if (const auto ok = sqlite_oauth::drop_grants_of(writer_, id); !ok) return ok.error();
    const auto dropped = sqlite_refresh::drop_all_of_client(writer_, id);
    if (!dropped) return dropped.error();
    if (const auto ok = revoke_access(writer_, *dropped, issuer, at, counts); !ok) return ok.error();
    if (const auto ok = revoke(writer_, store::revocation_of_client(id, issuer, at), counts); !ok) return ok.error();
    return Change::Done;
  });
}

Result<std::vector<ClientRecord>> SqliteStore::list_clients() {
  const std::scoped_lock lock(reader_mutex_);
  return sqlite_oauth::list_clients(reader_);
}

Result<Change> SqliteStore::add_code(const CodeRecord& code) {
  if (const auto ok = check_record(code); !ok) return ok.error();
  return transact([&](bool&) { return sqlite_oauth::add_code(writer_, code); });
}

Result<store::OAuthStore::TakenCode> SqliteStore::take_code(std::string_view digest, std::string_view client) {
  return transact([&](bool&) { return sqlite_oauth::take_code(writer_, digest, client); });
}

Result<Change> SqliteStore::add_device(const DeviceRecord& device) {
  if (const auto ok = check_record(device); !ok) return ok.error();
  return transact([&](bool&) { return sqlite_oauth::add_device(writer_, device); });
}

Result<std::optional<DeviceRecord>> SqliteStore::find_device(std::string_view user_code) {
  const std::scoped_lock lock(reader_mutex_);
  return sqlite_oauth::find_device(reader_, user_code);
}

Result<Change> SqliteStore::decide_device(std::string_view user_code, DeviceState state, std::string_view user, std::string_view password_tag,
                                          Instant signed_in) {
  if (const auto ok = store::check_decision(state, user, password_tag); !ok) return ok.error();
  return transact([&](bool&) { return sqlite_oauth::decide_device(writer_, user_code, state, user, password_tag, signed_in); });
}

Result<std::optional<DeviceRecord>> SqliteStore::poll_device(std::string_view digest, std::string_view client, Instant at) {
  return transact([&](bool&) { return sqlite_oauth::poll_device(writer_, digest, client, at); });
}

Result<Change> SqliteStore::add_refresh(const RefreshRecord& token) {
  if (const auto ok = check_record(token); !ok) return ok.error();
  return transact([&](bool&) -> Result<Change> {
    const auto revoked = sqlite_oauth::is_revoked(writer_, token.client);
    if (!revoked) return revoked.error();
    const auto ended = sqlite_oauth::is_ended(writer_, token.family);
    if (!ended) return ended.error();
    if (*revoked || *ended) return Change::NotFound;
    return sqlite_refresh::add(writer_, token);
  });
}

Result<std::optional<RefreshRecord>> SqliteStore::find_refresh(std::string_view digest) {
  const std::scoped_lock lock(reader_mutex_);
  return sqlite_refresh::find(reader_, digest);
}

Result<store::OAuthStore::Rotation> SqliteStore::rotate_refresh(std::string_view digest, const RefreshRecord& next, Duration grace, std::string_view issuer) {
  if (const auto ok = check_record(next); !ok) return ok.error();
  if (const auto ok = store::check_issuer(issuer); !ok) return ok.error();
  return transact([&](bool& counts) -> Result<Rotation> {
    const auto rotated = sqlite_refresh::rotate(writer_, digest, next, grace);
    if (!rotated || (*rotated != Rotation::Reused && *rotated != Rotation::TooOften)) return rotated;
    if (const auto ok = end_family(writer_, next.family, issuer, next.created, counts); !ok) return ok.error();
    return rotated;
  });
}

Result<std::size_t> SqliteStore::revoke_family(std::string_view family, std::string_view issuer, Instant at) {
  if (const auto ok = store::check_issuer(issuer); !ok) return ok.error();
  return transact([&](bool& counts) { return end_family(writer_, family, issuer, at, counts); });
}

Result<Change> SqliteStore::claim_once(std::string_view id, std::string_view claimant, Instant expires, Instant now) {
  if (const auto ok = store::check_claimed_id(id); !ok) return ok.error();
  return transact([&](bool&) { return sqlite_oauth::claim_once(writer_, id, claimant, expires, now); });
}

Result<Change> SqliteStore::add_signing_key(const SigningKeyRecord& key, std::string_view newest) {
  if (const auto ok = check_record(key); !ok) return ok.error();
  return write([&] { return sqlite_oauth::add_signing_key(writer_, key, newest); });
}

Result<std::vector<SigningKeyRecord>> SqliteStore::list_signing_keys() {
  const std::scoped_lock lock(reader_mutex_);
  return sqlite_oauth::list_signing_keys(reader_);
}

Result<Change> SqliteStore::drop_signing_key(std::string_view kid) {
  return write([&] { return sqlite_oauth::drop_signing_key(writer_, kid); });
}

Result<std::size_t> SqliteStore::forget_oauth(Instant expired_before, Instant claimed_before) {
  return transact([&](bool&) -> Result<std::size_t> {
    const auto grants = sqlite_oauth::forget(writer_, expired_before, claimed_before);
    if (!grants) return grants;
    const auto tokens = sqlite_refresh::forget(writer_, expired_before);
    if (!tokens) return tokens;
    return *grants + *tokens;
  });
}

}  // namespace quivive::backends
