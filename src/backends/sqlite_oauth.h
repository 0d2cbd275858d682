#pragma once
// Clients, codes, device requests, claimed identifiers and signing keys in a store file: the SQL behind SqliteStore's OAuthStore,
// but for refresh tokens (backends/sqlite_refresh.h). What changes something runs within a transaction of the caller's.

#include "backends/sqlite_connection.h"
#include "store/ports.h"

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

namespace quivive::backends::sqlite_oauth {

[[nodiscard]] Result<std::optional<store::ClientRecord>> find_client(SqliteConnection& connection, std::string_view id);
[[nodiscard]] Result<std::vector<store::ClientRecord>> list_clients(SqliteConnection& connection);
[[nodiscard]] Result<bool> is_revoked(SqliteConnection& connection, std::string_view client);  // no if it is unknown
[[nodiscard]] Result<store::Change> add_client(SqliteConnection& connection, const store::ClientRecord& client);
// The client's record alone: NotFound if there is none, Exists if it was revoked by then already.
[[nodiscard]] Result<store::Change> mark_revoked(SqliteConnection& connection, std::string_view id, Instant at);
// Its codes and device requests.
[[nodiscard]] Result<void> drop_grants_of(SqliteConnection& connection, std::string_view client);

[[nodiscard]] Result<store::Change> add_code(SqliteConnection& connection, const store::CodeRecord& code);
[[nodiscard]] Result<store::OAuthStore::TakenCode> take_code(SqliteConnection& connection, std::string_view digest, std::string_view client);
// Whether revoke_family() ended the family of a code.
[[nodiscard]] Result<bool> is_ended(SqliteConnection& connection, std::string_view family);
[[nodiscard]] Result<void> end_codes_of(SqliteConnection& connection, std::string_view family);

[[nodiscard]] Result<store::Change> add_device(SqliteConnection& connection, const store::DeviceRecord& device);
[[nodiscard]] Result<std::optional<store::DeviceRecord>> find_device(SqliteConnection& connection, std::string_view user_code);
[[nodiscard]] Result<store::Change> decide_device(SqliteConnection& connection, std::string_view user_code, store::DeviceState state,
                                                  std::string_view user, std::string_view password_tag, Instant signed_in);
[[nodiscard]] Result<std::optional<store::DeviceRecord>> poll_device(SqliteConnection& connection, std::string_view digest,
                                                                             std::string_view client, Instant at);

[[nodiscard]] Result<store::Change> claim_once(SqliteConnection& connection, std::string_view id, std::string_view claimant, Instant expires, Instant now);

[[nodiscard]] Result<store::Change> add_signing_key(SqliteConnection& connection, const store::SigningKeyRecord& key, std::string_view newest);
[[nodiscard]] Result<std::vector<store::SigningKeyRecord>> list_signing_keys(SqliteConnection& connection);
[[nodiscard]] Result<store::Change> drop_signing_key(SqliteConnection& connection, std::string_view kid);

// A user's codes, and the device requests that the user approved.
[[nodiscard]] Result<void> remove_all_of(SqliteConnection& connection, std::string_view user);
[[nodiscard]] Result<std::size_t> forget(SqliteConnection& connection, Instant expired_before, Instant claimed_before);

}  // namespace quivive::backends::sqlite_oauth
