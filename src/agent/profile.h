#pragma once
// Profile: what a sign-in left behind under a name: tokens, and where and how they are renewed. Kept as JSON by agent/token_file.h:
//   {"version":1,"issuer":…,"origins":[…],"token_endpoint":…,"revocation_endpoint":…,"client_id":…,"client_secret":…,
//    "client_authentication":…,"requested_scope":…,"scope":…,"access_token":…,"refresh_token":…,"expires":…,"issued":…}
// Instants are seconds since the epoch; members may be missing. Of a profile that is kept in the Secret Service, client_secret and what comes after
// scope lie in an item there, as JSON too, and the file says instead: "kept_in":"secret-service","sign_in":…
// "left_in":"secret-service" stays in a file until what a sign-in before it had there is removed.

#include "base/clock.h"
#include "base/result.h"
#include "client/credentials.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace quivive::agent {

enum class Keeping : std::uint8_t { File, SecretService };
[[nodiscard]] std::string_view name_of(Keeping keeping);  // "file", "secret-service"
[[nodiscard]] std::optional<Keeping> keeping_of(std::string_view name);

struct Profile {
  std::string issuer;                // URL; "" where it is not known
  std::vector<std::string> origins;  // where the access token may be sent; empty: where its user says
  client::TokenClient client;        // token_endpoint is "" for a token that cannot be refreshed; `scope` is what was asked for
  std::string revocation_endpoint;   // RFC 7009; "" where there is none
  std::string scope;                 // granted, space-separated; "" where the issuer did not say
  client::Token token;
  Keeping kept_in = Keeping::File;
  std::string sign_in;         // of its item, where it is kept in the Secret Service
  bool left_in_vault = false;  // kept in the file, with an item of a sign-in before that could not be removed
};

// What a sign-in is for. A profile that has another one is another sign-in, whatever its name.
struct ProfileIdentity {
  std::string issuer, token_endpoint, client_id;
  std::vector<std::string> origins;
  friend bool operator==(const ProfileIdentity&, const ProfileIdentity&) = default;
};
[[nodiscard]] ProfileIdentity identity_of(const Profile& profile);
// Whether they are the same but for what a refresh changes, and secrets.
[[nodiscard]] bool same_settings(const Profile& a, const Profile& b);

// [A-Za-z0-9._-], 1 to 64 of them, the first no dot.
[[nodiscard]] bool is_profile_name(std::string_view name);

// The JSON text of the file, a secret unless the secrets are kept elsewhere. Compact, with a line end.
[[nodiscard]] Secret write_profile(const Profile& profile);
// Members that are not known are left out of account. The Error quotes no value.
[[nodiscard]] Result<Profile> read_profile(std::string_view json);
// The JSON text of the item: the client's secret and the token.
[[nodiscard]] Secret write_secrets(const Profile& profile);
// Sets them. The Error quotes no value.
[[nodiscard]] Result<void> read_secrets(std::string_view json, Profile& to);

}  // namespace quivive::agent
