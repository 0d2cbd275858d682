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

}  // namespace quivive::auth
