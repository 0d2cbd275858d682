#include "agent/profile.h"

#include "agent/token_file.h"
#include "base/json.h"

#include <algorithm>
#include <tuple>
#include <array>

namespace quivive::agent {
namespace {

using client::ClientAuthentication;

// Names of RFC 7591 section 2, token_endpoint_auth_method.
constexpr std::array<std::pair<ClientAuthentication, std::string_view>, 3> kMethods = {
    {{ClientAuthentication::None, "none"},
     {ClientAuthentication::Basic, "client_secret_basic"},
     {ClientAuthentication::Post, "client_secret_post"}}};

constexpr std::int64_t kLastSecond = 253'402'300'799;  // of the year 9999

std::string revealed(const Secret& secret) { return std::string(secret.reveal(RevealSecret{})); }

void put(JsonObject& object, std::string_view name, const std::string& value) {
  if (!value.empty()) object[name] = value;
}

std::string take(const JsonObject& object, std::string_view name) { return std::string(string_member(object, name).value_or("")); }

constexpr std::array<std::pair<Keeping, std::string_view>, 2> kKeepings = {
    {{Keeping::File, "file"}, {Keeping::SecretService, "secret-service"}}};

// In one place together, so that a refresh renews all of it in one step.
void put_secrets(JsonObject& object, const Profile& profile) {
  put(object, "client_secret", revealed(profile.client.client_secret));
  put(object, "access_token", revealed(profile.token.access));
  put(object, "refresh_token", revealed(profile.token.refresh));
  if (profile.token.expires) object["expires"] = unix_seconds(*profile.token.expires);
  if (profile.token.issued) object["issued"] = unix_seconds(*profile.token.issued);
}

Result<void> take_secrets(const JsonObject& object, Profile& to) {
  to.client.client_secret = Secret(take(object, "client_secret"));
  to.token.access = Secret(take(object, "access_token"));
  to.token.refresh = Secret(take(object, "refresh_token"));
  for (const auto& [name, instant] : {std::pair{"expires", &to.token.expires}, std::pair{"issued", &to.token.issued}}) {
    const Json* value = member(object, name);
    instant->reset();
    if (value == nullptr) continue;
    if (!value->is_int64() || value->get_int64() < 0 || value->get_int64() > kLastSecond)
      return error("'{}' is no number of seconds", name);
    *instant = from_unix_seconds(value->get_int64());
  }
  return {};
}

}  // namespace

std::string_view name_of(Keeping keeping) {
  return std::find_if(kKeepings.begin(), kKeepings.end(), [&](const auto& row) { return row.first == keeping; })->second;
}

std::optional<Keeping> keeping_of(std::string_view name) {
  const auto found = std::find_if(kKeepings.begin(), kKeepings.end(), [&](const auto& row) { return row.second == name; });
  return found == kKeepings.end() ? std::nullopt : std::optional(found->first);
}

ProfileIdentity identity_of(const Profile& profile) {
  return {profile.issuer, profile.client.token_endpoint, profile.client.client_id, profile.origins};
}

bool same_settings(const Profile& a, const Profile& b) {
  const auto settings = [](const Profile& one) {
    return std::tie(one.client.authentication, one.client.scope, one.kept_in, one.sign_in);
  };
  return identity_of(a) == identity_of(b) && settings(a) == settings(b);
}

bool is_profile_name(std::string_view name) {
  return !name.empty() && name.size() <= 64 && name.front() != '.' && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
  });
}

Secret write_profile(const Profile& profile) {
  JsonObject object{{"version", 1}};
  put(object, "issuer", profile.issuer);
  if (!profile.origins.empty()) object["origins"] = JsonArray(profile.origins.begin(), profile.origins.end());
  put(object, "token_endpoint", profile.client.token_endpoint);
  put(object, "revocation_endpoint", profile.revocation_endpoint);
  put(object, "client_id", profile.client.client_id);
  for (const auto& [method, name] : kMethods) {
    if (method == profile.client.authentication) object["client_authentication"] = name;
  }
  put(object, "requested_scope", profile.client.scope);
  put(object, "scope", profile.scope);
  if (profile.kept_in == Keeping::File) {
    put_secrets(object, profile);
    if (profile.left_in_vault) object["left_in"] = name_of(Keeping::SecretService);
  } else {
    object["kept_in"] = name_of(profile.kept_in);
    object["sign_in"] = profile.sign_in;
  }
  return Secret(to_json(object) + '\n');
}

Result<Profile> read_profile(std::string_view json) {
  const auto parsed = parse_json(json, {.depth = 4, .bytes = kMaxProfileBytes});
  if (!parsed) return parsed.error();
  const JsonObject* object = parsed->if_object();
  if (object == nullptr) return error("no JSON object");
  Profile out;
  out.issuer = take(*object, "issuer");
  if (const Json* origins = member(*object, "origins"); origins != nullptr && origins->is_array()) {
    for (const Json& one : origins->get_array()) {
      if (!one.is_string()) return error("'origins' is no list of URLs");
      out.origins.emplace_back(one.get_string());
    }
  } else if (origins != nullptr) {
    return error("'origins' is no list of URLs");  // not "everywhere"
  }
  out.client.token_endpoint = take(*object, "token_endpoint");
  out.revocation_endpoint = take(*object, "revocation_endpoint");
  out.client.client_id = take(*object, "client_id");
  const std::string method = take(*object, "client_authentication");
  const auto known = std::find_if(kMethods.begin(), kMethods.end(), [&](const auto& row) { return row.second == method; });
  if (known != kMethods.end()) out.client.authentication = known->first;
  else if (!method.empty()) return error("'client_authentication' is none of none, client_secret_basic and client_secret_post");
  out.client.scope = take(*object, "requested_scope");
  out.scope = take(*object, "scope");
  const std::string where = take(*object, "kept_in");
  if (const auto keeping = keeping_of(where)) out.kept_in = *keeping;
  else if (!where.empty()) return error("'kept_in' is none of file and secret-service");
  if (out.kept_in == Keeping::File) {
    if (auto taken = take_secrets(*object, out); !taken) return taken.error();
    out.left_in_vault = take(*object, "left_in") == name_of(Keeping::SecretService);
    return out;
  }
  out.sign_in = take(*object, "sign_in");
  if (out.sign_in.empty()) return error("'sign_in' is missing");
  return out;
}

Secret write_secrets(const Profile& profile) {
  JsonObject object;
  put_secrets(object, profile);
  return Secret(to_json(object));
}

Result<void> read_secrets(std::string_view json, Profile& to) {
  const auto parsed = parse_json(json, {.depth = 2, .bytes = kMaxProfileBytes});
  if (!parsed) return parsed.error();
  const JsonObject* object = parsed->if_object();
  if (object == nullptr) return error("no JSON object");
  return take_secrets(*object, to);
}

}  // namespace quivive::agent
