#pragma once
// Profile: what a sign-in left behind under a name: tokens, and where and how they are renewed. Kept as JSON by agent/token_file.h:
//   {"version":1,"issuer":…,"origins":[…],"token_endpoint":…,"revocation_endpoint":…,"client_id":…,"client_secret":…,
//    "client_authentication":…,"requested_scope":…,"scope":…,"access_token":…,"refresh_token":…,"expires":…,"issued":…}
// Instants are seconds since the epoch; members may be missing.

#include "base/clock.h"
#include "base/result.h"
#include "client/credentials.h"

#include <string>
#include <string_view>
#include <vector>

namespace quivive::agent {

struct Profile {
  std::string issuer;                // URL; "" where it is not known
  std::vector<std::string> origins;  // where the access token may be sent; empty: where its user says
  client::TokenClient client;        // token_endpoint is "" for a token that cannot be refreshed; `scope` is what was asked for
  std::string revocation_endpoint;   // RFC 7009; "" where there is none
  std::string scope;                 // granted, space-separated; "" where the issuer did not say
  client::Token token;
};

// What a sign-in is for. A profile that has another one is another sign-in, whatever its name.
struct ProfileIdentity {
  std::string issuer, token_endpoint, client_id;
  std::vector<std::string> origins;
  friend bool operator==(const ProfileIdentity&, const ProfileIdentity&) = default;
};
[[nodiscard]] ProfileIdentity identity_of(const Profile& profile);

// [A-Za-z0-9._-], 1 to 64 of them, the first no dot.
[[nodiscard]] bool is_profile_name(std::string_view name);

// The JSON text, a secret. Compact, with a line end.
[[nodiscard]] Secret write_profile(const Profile& profile);
// Members that are not known are left out of account. The Error quotes no value.
[[nodiscard]] Result<Profile> read_profile(std::string_view json);

}  // namespace quivive::agent
