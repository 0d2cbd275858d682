// The list of settings and the code that reads them say the same: each row is really read, each default is the one that
// Config gets, and each bound is one that the reader knows.

#include "config/restart.h"
#include "config/settings.h"
#include "config/types.h"
#include "config/units.h"
#include "loading.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <regex>
#include <set>

namespace quivive::config {
namespace {

// A value for each setting that is neither its default nor the sample below.
const std::map<std::string_view, std::string_view> kOther = {
    {"listen.address", "':9999'"},
    {"listen.tls.certificate", "other.pem"},
    {"listen.tls.key", "other.key"},
    {"admin", "off"},
    {"realm", "other"},
    {"upstream.url", "'https://other:2'"},
    {"upstream.connect_timeout", "1s"},
    {"upstream.first_byte_timeout", "1s"},
    {"upstream.idle_timeout", "1s"},
    {"upstream.keepalive_connections", "1"},
    {"upstream.tls.ca", "ca.pem"},
    {"upstream.tls.verify", "false"},
    {"upstream.tls.server_name", "other"},
    {"store", "memory"},
    {"accept.bearer.issuers[].issuer", "'https://other'"},
    {"accept.bearer.issuers[].audience", "[other, another]"},
    {"accept.bearer.issuers[].keys", "'file:other'"},
    {"accept.bearer.issuers[].secret_file", "other"},
    {"accept.bearer.issuers[].algorithms", "RS512"},
    {"accept.bearer.issuers[].leeway", "1s"},
    {"accept.bearer.issuers[].require_typ", "at+jwt"},
    {"accept.bearer.issuers[].max_age", "1s"},
    {"accept.bearer.issuers[].allow_missing_expiration", "true"},
    {"accept.bearer.issuers[].allow_id_tokens", "true"},
    {"accept.bearer.issuers[].require_claims", "[a]"},
    {"accept.bearer.issuers[].roles_claim", "other"},
    {"accept.bearer.issuers[].scope_claim", "other"},
    {"accept.bearer.issuers[].refresh", "1m"},
    {"accept.bearer.issuers[].max_stale", "1m"},
    {"accept.api_key.header", "off"},
    {"accept.api_key.authorization", "false"},
    {"accept.api_key.query", "other"},
    {"accept.basic.htpasswd", "other"},
    {"accept.basic.remember", "0s"},
    {"routes[].path", "/other"},
    {"routes[].host", "other"},
    {"routes[].methods", "[GET]"},
    {"routes[].public", "true"},
    {"routes[].accept", "basic"},
    {"routes[].require.scope", "a"},
    {"routes[].require.role", "{any: [a, b]}"},
    {"routes[].require.claim", "{a: b}"},
    {"accept.digest.algorithms", "MD5"},
    {"accept.digest.userhash", "true"},
    {"accept.digest.qop", "auth-int"},
    {"accept.digest.auth_int_body", "1KiB"},
    {"accept.digest.nonce_lifetime", "1m"},
    {"accept.digest.domain", "/other"},
    {"routes[].mode", "observe"},
    {"routes[].encoded_slash", "pass"},
    {"routes[].upstream", "'http://other'"},
    {"routes[].cors.origins", "'*'"},
    {"routes[].forward_authorization", "true"},
    {"routes[].realm", "other"},
    {"accept.session.login", "json"},
    {"accept.session.idle", "1m"},
    {"accept.session.absolute", "1h"},
    {"accept.session.cookie", "other"},
    {"accept.session.secure", "always"},
    {"accept.session.per_user", "3"},
    {"accept.session.title", "Other"},
    {"accept.session.logo", "logo.svg"},
    {"issuer.url", "'https://other'"},
    {"issuer.audience", "[other]"},
    {"issuer.algorithm", "EdDSA"},
    {"issuer.access_token_lifetime", "1m"},
    {"issuer.refresh_token_lifetime", "1d"},
    {"issuer.refresh_grace", "0s"},
    {"issuer.code_lifetime", "10s"},
    {"issuer.device_code_lifetime", "5m"},
    {"issuer.key_rotation", "7d"},
    {"routes[].browser_prompt", "true"},
    {"identity.prefix", "X-Other-"},
    {"identity.headers.subject", "Other"},
    {"identity.headers.scheme", "Other"},
    {"identity.headers.issuer", "Other"},
    {"identity.headers.scopes", "Other"},
    {"identity.headers.roles", "Other"},
    {"identity.headers.key_id", "off"},
    {"identity.headers.assertion", "Other"},
    {"identity.assertion", "true"},
    {"identity.assertion_lifetime", "10s"},
    {"trusted_proxies", "[10.0.0.0/8]"},
    {"verifier_failure_status", "503"},
    {"errors.body", "problem"},
    {"workers", "3"},
    {"lockout.failures", "3"},
    {"lockout.network_failures", "0"},
    {"lockout.user_failures", "0"},
    {"lockout.window", "1h"},
    {"limits.header_bytes", "32KiB"},
    {"limits.header_timeout", "1s"},
    {"limits.idle_timeout", "1s"},
    {"limits.body_timeout", "1s"},
    {"limits.connections", "1"},
    {"limits.token_bytes", "300"},
    {"limits.hash_queue", "1"},
    {"limits.hash_threads", "1"},
    {"limits.drain_timeout", "1s"},
    {"cache.tokens", "1"},
    {"cache.keys", "1"},
    {"cache.sessions", "1"},
    {"cache.passwords", "1"},
    {"log.format", "json"},
    {"shared", "store"},
    {"log.level", "debug"},
    {"log.requests", "false"},
};

// A value for each setting that has to be given.
const std::map<std::string_view, std::string_view> kSample = {
    {"listen.tls.certificate", "cert.pem"}, {"listen.tls.key", "key.pem"}, {"upstream.url", "'https://sample:1'"}, {"issuer.url", "'https://sample'"}, {"accept.bearer.issuers[].issuer", "'https://sample'"},
    {"accept.bearer.issuers[].audience", "sample"}, {"routes[].path", "/"}, {"routes[].cors.origins", "'https://sample'"},
};

std::string_view parent(std::string_view path) {
  const auto dot = path.rfind('.');
  return dot == std::string_view::npos ? std::string_view{} : path.substr(0, dot);
}

// A document that is whole, with `pairs` in the group of that path. One line, so that places do not differ.
std::string document(std::string_view group, std::string pairs) {
  for (const Setting* row : settings_below(group)) {
    const std::string name = std::string(last_name(row->path)) + ": ";
    if (row->default_text == kRequired && !is_group(row->type) && pairs.find(name) != 0) pairs += fmt::format(", {}{}", name, kSample.at(row->path));
  }
  if (pairs.starts_with(", ")) pairs.erase(0, 2);
  if (group == "identity.headers") return document("identity", fmt::format("headers: {{{}}}, assertion: true", pairs));
  if (group == "routes[].require" && pairs.empty()) return document("routes[]", "");  // an empty one is an error
  if (group.empty()) {
    if (pairs.find("upstream: {") == std::string::npos) pairs = "upstream: 'https://sample:1'" + (pairs.empty() ? "" : ", " + pairs);
    return "{" + pairs + "}";
  }
  const bool list = group.ends_with("[]");
  const std::string_view name = last_name(list ? group.substr(0, group.size() - 2) : group);
  return document(parent(group), fmt::format("{}: {}{{{}}}{}", name, list ? "[" : "", pairs, list ? "]" : ""));
}

Config with(const Setting& row, std::string_view value) { return loaded(document(parent(row.path), fmt::format("{}: {}", last_name(row.path), value))); }
Config without(const Setting& row) { return loaded(document(parent(row.path), "")); }

bool has_value(const Setting& row) { return !is_group(row.type); }

TEST(Settings, EveryRow_IsRead) {
  for (const Setting& row : all_settings()) {
    if (!has_value(row)) continue;
    ASSERT_TRUE(kOther.contains(row.path)) << row.path << " has no test value";
    const bool required = row.default_text == kRequired;
    const Config before = required ? with(row, kSample.at(row.path)) : without(row);
    EXPECT_FALSE(before == with(row, kOther.at(row.path))) << row.path << " is in the list, but nothing reads it";
  }
}

TEST(Settings, EveryDefault_IsWhatConfigGets) {
  for (const Setting& row : all_settings()) {
    if (!has_value(row) || row.default_text.empty() || row.default_text == kRequired || row.default_text == "[]") continue;
    EXPECT_TRUE(without(row) == with(row, row.default_text)) << row.path << " does not default to " << row.default_text;
  }
  for (const std::string_view path : {"routes[].methods", "accept.bearer.issuers[].require_claims", "trusted_proxies"}) EXPECT_EQ(find_setting(path)->default_text, "[]");
}

// What is marked Restart keeps its running value over a reload, and what is not does not.
TEST(Settings, EveryRow_ReloadsAsMarked) {
  for (const Setting& row : all_settings()) {
    if (!has_value(row)) continue;
    const bool required = row.default_text == kRequired;
    const Config running = required ? with(row, kSample.at(row.path)) : without(row);
    const Config wished = with(row, kOther.at(row.path));
    Config next = wished;
    const auto kept = keep_until_restart(running, next);
    if (row.reloading == Reloading::Restart) {
      EXPECT_EQ(kept, std::vector{row.path});
      EXPECT_TRUE(next == running) << row.path;
    } else {
      EXPECT_TRUE(kept.empty()) << row.path;
      EXPECT_TRUE(next == wished) << row.path;
    }
  }
}

TEST(Settings, NamedUpstreams_ReadEverySettingOfUpstream) {
  const auto named = [](std::string_view pairs) { return loaded(fmt::format("{{upstream: 'https://a', upstreams: {{b: {}}}}}", pairs)); };
  for (const char* name : {"connect_timeout", "first_byte_timeout", "idle_timeout", "keepalive_connections"}) {
    const auto path = fmt::format("upstream.{}", name);
    EXPECT_FALSE(named("'https://b'") == named(fmt::format("{{url: 'https://b', {}: {}}}", name, kOther.at(path)))) << name;
  }
  EXPECT_FALSE(named("'https://b'") == named("{url: 'https://b', tls: {server_name: c}}"));
  EXPECT_TRUE(named("'https://b'") == named("{url: 'https://b'}"));
}

TEST(Settings, TestValues_NameRealRows) {
  for (const auto& [path, value] : kOther) EXPECT_NE(find_setting(path), nullptr) << path;
  for (const auto& [path, value] : kSample) EXPECT_NE(find_setting(path), nullptr) << path;
}

TEST(Settings, List_IsWellFormed) {
  std::set<std::string_view> seen;
  for (const Setting& row : all_settings()) {
    EXPECT_TRUE(seen.insert(row.path).second) << row.path << " twice";
    EXPECT_TRUE(row.doc.ends_with('.')) << row.path;
    const std::string_view up = parent(row.path);
    const bool list = up.ends_with("[]");
    const Setting* group = find_setting(list ? up.substr(0, up.size() - 2) : up);
    if (!up.empty()) {
      ASSERT_NE(group, nullptr) << row.path << " has no group";
      EXPECT_EQ(group->type, list ? SettingType::SectionList : SettingType::Section) << row.path;
    }
    if (row.type == SettingType::Section && !row.bounds.empty()) {
      EXPECT_NE(find_setting(fmt::format("{}.{}", row.path, row.bounds)), nullptr) << row.path;
    }
    if (row.type == SettingType::Choice || row.type == SettingType::ChoiceList) {
      EXPECT_GE(choices(row).size(), 2u) << row.path;
    }
  }
}

TEST(Settings, Bounds_AreReadableAndEnforced) {
  for (const Setting& row : all_settings()) {
    const bool duration = row.type == SettingType::Duration;
    if (!duration && row.type != SettingType::Size && row.type != SettingType::Count) continue;
    const Bounds range = bounds(row);
    const auto number = [&](std::string_view text) {
      return duration ? static_cast<std::uint64_t>(parse_duration(text).value().count()) : row.type == SettingType::Size ? parse_size(text).value() : parse_count(text).value();
    };
    const auto text = [&](std::uint64_t n) { return duration ? fmt::format("{}ms", n) : std::to_string(n); };
    EXPECT_LT(number(range.least), number(range.most)) << row.path;
    const auto accepted = [&](std::uint64_t n) {
      return load(document(parent(row.path), fmt::format("{}: {}", last_name(row.path), text(n))), "q").config.has_value();
    };
    if (row.path != "limits.token_bytes") {  // no more than header_bytes
      EXPECT_TRUE(accepted(number(range.most))) << row.path;
    }
    EXPECT_TRUE(accepted(number(range.least))) << row.path;
    EXPECT_FALSE(accepted(number(range.most) + 1)) << row.path;
    if (number(range.least) > 0) {
      EXPECT_FALSE(accepted(number(range.least) - 1)) << row.path;
    }
  }
}

// What an editor says and what `check` says is the same.
TEST(Settings, Bounds_AreThoseOfTheSchema) {
  for (const Setting& row : all_settings()) {
    const bool duration = row.type == SettingType::Duration, address = row.type == SettingType::Address || row.type == SettingType::AddressOrOff;
    if (!duration && row.type != SettingType::Size && !address) continue;
    const JsonObject schema = value_schema(row);
    const Json* any = member(schema, "anyOf");
    const JsonObject& text = any == nullptr ? schema : any->as_array().back().as_object();
    const std::regex pattern(std::string(text.at("pattern").as_string()));
    std::vector<std::string> values = {"-1s", "1", "10", "1 s", "s", "", "1w"};
    if (address) values = {"off", "127.0.0.1:8070", ":80", ":99999", "127.0.0.1:65535", "127.0.0.1:65536", "[::1]:80", "127.0.0.1:0", "localhost:08070", "127.0.0.1", "::1:80"};
    for (const std::uint64_t n : {1, 5, 10, 24, 25, 60, 255, 256, 1024, 3600, 3601}) {
      for (const char* unit : {"ms", "s", "m", "h", "d"}) {
        if (duration) values.push_back(fmt::format("{}{}", n, unit));
      }
      for (const char* unit : {"", "KiB", "MiB"}) {
        if (row.type == SettingType::Size) values.push_back(fmt::format("{}{}", n, unit));
      }
    }
    for (const std::string& value : values) {
      if (row.path == "limits.token_bytes") break;  // no more than header_bytes
      const auto result = load(document(parent(row.path), fmt::format("{}: '{}'", last_name(row.path), value)), "q");
      const bool refused = std::any_of(result.diagnostics.begin(), result.diagnostics.end(), [&](const Diagnostic& d) {
        return d.severity == Severity::Error && d.path.ends_with(last_name(row.path)) && d.message.find("less than twice") == std::string::npos;
      });
      EXPECT_EQ(std::regex_search(value, pattern), !refused) << row.path << ": " << value;
    }
  }
}

TEST(Settings, Misspelt_NearestIsNamed) {
  for (const Setting& row : all_settings()) {
    if (!has_value(row)) continue;
    std::string wrong(last_name(row.path));
    wrong.insert(wrong.size() / 2, "q");
    const auto said_about = said(document(parent(row.path), fmt::format("{}: x", wrong)));
    EXPECT_NE(said_about.find(fmt::format("did you mean '{}'?", last_name(row.path))), std::string::npos) << row.path << " -> " << said_about;
  }
}

}  // namespace
}  // namespace quivive::config
