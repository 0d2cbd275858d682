#include "backends/sqlite_oauth.h"

#include "backends/sqlite_rows.h"

namespace quivive::backends::sqlite_oauth {

using store::Change;
using store::ClientProof;
using store::ClientRecord;
using store::CodeRecord;
using store::DeviceRecord;
using store::DeviceState;
using store::OAuthStore;
using store::SigningKeyRecord;

namespace {

#define CLIENT_COLUMNS "id, name, proof, secret_digest, jwks, grants, redirect_uris, scopes, created, revoked"
#define CODE_COLUMNS "digest, client, redirect_uri, challenge, user, password_tag, scopes, nonce, signed_in, created, expires, family"
#define DEVICE_COLUMNS "digest, user_code, client, scopes, state, user, password_tag, signed_in, created, expires, polled"
#define SIGNING_KEY_COLUMNS "kid, algorithm, private_key, created, active"

ClientRecord read_client(const SqliteQuery& row) {
  return {.id = std::string(row.bytes(0)),
          .name = std::string(row.bytes(1)),
          .proof = static_cast<ClientProof>(row.number(2)),  // 0 to 2: the table's CHECK
          .secret_digest = std::string(row.bytes(3)),
          .jwks = std::string(row.bytes(4)),
          .grants = split(row.bytes(5)),
          .redirect_uris = split(row.bytes(6)),
          .scopes = split(row.bytes(7)),
          .created = row.instant(8),
          .revoked = row.optional_instant(9)};
}

CodeRecord read_code(const SqliteQuery& row) {
  return {.digest = std::string(row.bytes(0)),
          .client = std::string(row.bytes(1)),
          .redirect_uri = std::string(row.bytes(2)),
          .challenge = std::string(row.bytes(3)),
          .user = std::string(row.bytes(4)),
          .password_tag = std::string(row.bytes(5)),
          .scopes = split(row.bytes(6)),
          .nonce = std::string(row.bytes(7)),
          .signed_in = row.instant(8),
          .created = row.instant(9),
          .expires = row.instant(10),
          .family = std::string(row.bytes(11))};
}

DeviceRecord read_device(const SqliteQuery& row) {
  return {.digest = std::string(row.bytes(0)),
          .user_code = std::string(row.bytes(1)),
          .client = std::string(row.bytes(2)),
          .scopes = split(row.bytes(3)),
          .state = static_cast<DeviceState>(row.number(4)),  // 0 to 2: the table's CHECK
          .user = std::string(row.bytes(5)),
          .password_tag = std::string(row.bytes(6)),
          .signed_in = row.instant(7),
          .created = row.instant(8),
          .expires = row.instant(9),
          .polled = row.instant(10)};
}

SigningKeyRecord read_signing_key(const SqliteQuery& row) {
  return {.kid = std::string(row.bytes(0)), .algorithm = std::string(row.bytes(1)), .private_key = Secret{std::string(row.bytes(2))},
          .created = row.instant(3), .active = row.instant(4)};
}

Result<void> done(const Result<std::size_t>& changed) { return changed ? Result<void>{} : Result<void>{changed.error()}; }

}  // namespace

Result<std::optional<ClientRecord>> find_client(SqliteConnection& connection, std::string_view id) {
  return read_one(connection, "SELECT " CLIENT_COLUMNS " FROM clients WHERE id = ?", id, read_client);
}

Result<std::vector<ClientRecord>> list_clients(SqliteConnection& connection) {
  return read_all(connection, "SELECT " CLIENT_COLUMNS " FROM clients ORDER BY created, id", read_client);
}

Result<bool> is_revoked(SqliteConnection& connection, std::string_view client) {
  auto query = connection.query("SELECT 1 FROM clients WHERE id = ? AND revoked IS NOT NULL");
  if (!query) return query.error();
  return query->bind(client).step();
}

Result<Change> add_client(SqliteConnection& connection, const ClientRecord& client) {
  const std::string grants = join(client.grants), redirect_uris = join(client.redirect_uris), scopes = join(client.scopes);
  return apply(connection, Change::Exists, "INSERT INTO clients (" CLIENT_COLUMNS ") VALUES (?,?,?,?,?,?,?,?,?,?) ON CONFLICT DO NOTHING",
               view(client.id), view(client.name), static_cast<std::int64_t>(client.proof), view(client.secret_digest), view(client.jwks),
               view(grants), view(redirect_uris), view(scopes), client.created, client.revoked);
}

Result<Change> mark_revoked(SqliteConnection& connection, std::string_view id, Instant at) {
  const auto client = find_client(connection, id);
  if (!client) return client.error();
  if (!*client) return Change::NotFound;
  return apply(connection, Change::Exists, "UPDATE clients SET revoked = ? WHERE id = ? AND ifnull(revoked, 9223372036854775807) > ?", at, id, at);
}

Result<void> drop_grants_of(SqliteConnection& connection, std::string_view client) {
  if (const auto codes = changed_by(connection, "DELETE FROM codes WHERE client = ?", client); !codes) return codes.error();
  return done(changed_by(connection, "DELETE FROM devices WHERE client = ?", client));
}

Result<Change> add_code(SqliteConnection& connection, const CodeRecord& code) {
  const auto revoked = is_revoked(connection, code.client);
  if (!revoked) return revoked.error();
  if (*revoked) return Change::NotFound;
  const std::string scopes = join(code.scopes);
  const auto added = apply(connection, Change::Exists,
                           "INSERT INTO codes (" CODE_COLUMNS ", used, ended) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,0,0) ON CONFLICT DO NOTHING",
                           view(code.digest), view(code.client), view(code.redirect_uri), view(code.challenge), view(code.user),
                           view(code.password_tag), view(scopes), view(code.nonce), code.signed_in, code.created, code.expires, view(code.family));
  if (!added || *added != Change::Done) return added;
  const auto dropped = changed_by(connection,
                                  "DELETE FROM codes WHERE digest IN (SELECT digest FROM codes WHERE user = ? AND client = ? AND digest <> ? "
                                  "ORDER BY created DESC, digest DESC LIMIT -1 OFFSET ?)",
                                  view(code.user), view(code.client), view(code.digest), as_count(store::kMostCodes - 1));
  if (!dropped) return dropped.error();
  return Change::Done;
}

Result<OAuthStore::TakenCode> take_code(SqliteConnection& connection, std::string_view digest, std::string_view client) {
  const auto code = read_one(connection, "SELECT " CODE_COLUMNS " FROM codes WHERE digest = ?", digest, read_code);
  if (!code) return code.error();
  if (!*code || (*code)->client != client) return OAuthStore::TakenCode{};
  const auto taken = apply(connection, Change::Exists, "UPDATE codes SET used = 1 WHERE digest = ? AND used = 0", digest);
  if (!taken) return taken.error();
  return OAuthStore::TakenCode{.taken = *taken == Change::Done ? OAuthStore::Taken::Fresh : OAuthStore::Taken::Used, .code = **code};
}

Result<bool> is_ended(SqliteConnection& connection, std::string_view family) {
  auto query = connection.query("SELECT 1 FROM codes WHERE family = ? AND ended = 1");
  if (!query) return query.error();
  return query->bind(family).step();
}

Result<void> end_codes_of(SqliteConnection& connection, std::string_view family) {
  return done(changed_by(connection, "UPDATE codes SET used = 1, ended = 1 WHERE family = ?", family));
}

Result<Change> add_device(SqliteConnection& connection, const DeviceRecord& device) {
  const auto revoked = is_revoked(connection, device.client);
  if (!revoked) return revoked.error();
  if (*revoked) return Change::NotFound;
  const auto way = changed_by(connection, "DELETE FROM devices WHERE user_code = ? AND expires <= ? AND NOT EXISTS (SELECT 1 FROM devices WHERE digest = ?)",
                              view(device.user_code), device.created, view(device.digest));
  if (!way) return way.error();
  const std::string scopes = join(device.scopes);
  const auto added = apply(connection, Change::Exists, "INSERT INTO devices (" DEVICE_COLUMNS ") VALUES (?,?,?,?,?,?,?,?,?,?,?) ON CONFLICT DO NOTHING",
                           view(device.digest), view(device.user_code), view(device.client), view(scopes), static_cast<std::int64_t>(device.state),
                           view(device.user), view(device.password_tag), device.signed_in, device.created, device.expires, device.polled);
  if (!added || *added != Change::Done) return added;
  const auto dropped = changed_by(connection,
                                  "DELETE FROM devices WHERE digest IN (SELECT digest FROM devices WHERE digest <> ? "
                                  "ORDER BY expires > ?, state <> 0, created, digest LIMIT max(0, (SELECT count(*) FROM devices) - ?))",
                                  view(device.digest), device.created, as_count(store::kMostDevices));
  if (!dropped) return dropped.error();
  return Change::Done;
}

Result<std::optional<DeviceRecord>> find_device(SqliteConnection& connection, std::string_view user_code) {
  return read_one(connection, "SELECT " DEVICE_COLUMNS " FROM devices WHERE user_code = ?", user_code, read_device);
}

Result<Change> decide_device(SqliteConnection& connection, std::string_view user_code, DeviceState state, std::string_view user,
                             std::string_view password_tag, Instant signed_in) {
  if (state == DeviceState::Denied) {
    return apply(connection, Change::NotFound, "UPDATE devices SET state = 2 WHERE user_code = ? AND state = 0", user_code);
  }
  return apply(connection, Change::NotFound, "UPDATE devices SET state = 1, user = ?, password_tag = ?, signed_in = ? WHERE user_code = ? AND state = 0",
               user, password_tag, signed_in, user_code);
}

Result<std::optional<DeviceRecord>> poll_device(SqliteConnection& connection, std::string_view digest, std::string_view client, Instant at) {
  auto device = read_one(connection, "SELECT " DEVICE_COLUMNS " FROM devices WHERE digest = ?", digest, read_device);
  if (!device || !*device) return device;
  if ((*device)->client != client) return std::optional<DeviceRecord>();
  const auto changed = (*device)->state == DeviceState::Approved ? changed_by(connection, "DELETE FROM devices WHERE digest = ?", digest)
                                                                 : changed_by(connection, "UPDATE devices SET polled = ? WHERE digest = ?", at, digest);
  if (!changed) return changed.error();
  return device;
}

Result<Change> claim_once(SqliteConnection& connection, std::string_view id, std::string_view claimant, Instant expires, Instant now) {
  const auto claimed = apply(connection, Change::Exists, "INSERT INTO claimed (id, expires, claimant) VALUES (?,?,?) ON CONFLICT DO NOTHING", id, expires, claimant);
  if (!claimed || *claimed != Change::Done) return claimed;
  auto count = connection.query("SELECT count(*) FROM claimed WHERE claimant = ? AND expires > ?");
  if (!count) return count.error();
  const auto row = count->bind(claimant).bind(now).step();
  if (!row) return row.error();
  if (count->number(0) > as_count(store::kMostClaimed)) {
    return error("{} identifiers of one claimant have not expired: no more are taken", store::kMostClaimed);
  }
  return Change::Done;
}

Result<Change> add_signing_key(SqliteConnection& connection, const SigningKeyRecord& key, std::string_view newest) {
  const std::string_view private_key = key.private_key.reveal(RevealSecret{});
  return apply(connection, Change::Exists,
               "INSERT INTO signing_keys (" SIGNING_KEY_COLUMNS ") SELECT ?,?,?,?,? "
               "WHERE ifnull((SELECT kid FROM signing_keys ORDER BY number DESC LIMIT 1), x'') = ? ON CONFLICT DO NOTHING",
               view(key.kid), view(key.algorithm), private_key, key.created, key.active, newest);
}

Result<std::vector<SigningKeyRecord>> list_signing_keys(SqliteConnection& connection) {
  return read_all(connection, "SELECT " SIGNING_KEY_COLUMNS " FROM signing_keys ORDER BY number", read_signing_key);
}

Result<Change> drop_signing_key(SqliteConnection& connection, std::string_view kid) {
  return apply(connection, Change::NotFound, "DELETE FROM signing_keys WHERE kid = ?", kid);
}

Result<void> remove_all_of(SqliteConnection& connection, std::string_view user) {
  if (const auto codes = changed_by(connection, "DELETE FROM codes WHERE user = ?", user); !codes) return codes.error();
  return done(changed_by(connection, "DELETE FROM devices WHERE user = ?", user));
}

Result<std::size_t> forget(SqliteConnection& connection, Instant expired_before, Instant claimed_before) {
  const auto codes = changed_by(connection, "DELETE FROM codes WHERE expires <= ?", expired_before);
  if (!codes) return codes;
  const auto devices = changed_by(connection, "DELETE FROM devices WHERE expires <= ?", expired_before);
  if (!devices) return devices;
  const auto claimed = changed_by(connection, "DELETE FROM claimed WHERE expires <= ?", claimed_before);
  if (!claimed) return claimed;
  return *codes + *devices + *claimed;
}

}  // namespace quivive::backends::sqlite_oauth
