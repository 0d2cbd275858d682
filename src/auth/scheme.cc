#include "auth/scheme.h"

#include "base/text.h"

#include <array>

namespace quivive::auth {
namespace {

constexpr std::array kSchemes{
#define QUIVIVE_SCHEME(name, setting, challenge) SchemeInfo{Scheme::name, setting, challenge},
#include "auth/schemes.def"
#undef QUIVIVE_SCHEME
};

constexpr auto kCommonSchemes = std::to_array<std::string_view>(
    {"AWS4-HMAC-SHA256", "Concealed", "DPoP", "GNAP", "Hawk", "HOBA", "JWT", "Kerberos", "Key", "MAC", "Mutual", "Negotiate", "NTLM", "OAuth",
     "PrivateToken", "SCRAM-SHA-1", "SCRAM-SHA-256", "Token", "vapid"});

}  // namespace

std::span<const SchemeInfo> all_schemes() { return kSchemes; }

const SchemeInfo& info(Scheme scheme) { return kSchemes[static_cast<std::size_t>(scheme)]; }

std::optional<Scheme> scheme_from_setting(std::string_view name) {
  for (const SchemeInfo& row : kSchemes) {
    if (row.setting == name) return row.scheme;
  }
  return std::nullopt;
}

std::optional<Scheme> scheme_from_challenge(std::string_view name) {
  for (const SchemeInfo& row : kSchemes) {
    if (iequals(row.challenge, name)) return row.scheme;
  }
  return std::nullopt;
}

std::string_view common_scheme_name(std::string_view name) {
  if (const auto ours = scheme_from_challenge(name)) return info(*ours).challenge;
  for (const std::string_view common : kCommonSchemes) {
    if (iequals(common, name)) return common;
  }
  return {};
}

}  // namespace quivive::auth
