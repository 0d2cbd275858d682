#include "diagnose/cause.h"

#include <algorithm>
#include <array>

namespace quivive::diagnose {
namespace {

constexpr auto kCauses = std::to_array<CauseInfo>({
#define QUIVIVE_CAUSE(name, code, family, rank, title, reference) {Cause::name, code, CauseFamily::family, rank, title, reference},
#include "diagnose/causes.def"
#undef QUIVIVE_CAUSE
});

}  // namespace

std::span<const CauseInfo> all_causes() { return kCauses; }

const CauseInfo& info(Cause cause) { return kCauses[static_cast<std::size_t>(cause)]; }

std::optional<Cause> cause_from_code(std::string_view code) {
  const auto found = std::find_if(kCauses.begin(), kCauses.end(), [&](const CauseInfo& row) { return row.code == code; });
  if (found == kCauses.end()) return std::nullopt;
  return found->cause;
}

std::string_view name_of(CauseFamily family) {
  switch (family) {
    case CauseFamily::Sent: return "Nothing useful was sent";
    case CauseFamily::HeaderText: return "Header text";
    case CauseFamily::Basic: return "Basic";
    case CauseFamily::Token: return "Tokens";
    case CauseFamily::Key: return "API keys and vendors' tokens";
    case CauseFamily::Client: return "OAuth token endpoint";
    case CauseFamily::Digest: return "Digest";
    case CauseFamily::Bound: return "Bound and signed schemes";
    case CauseFamily::Redirect: return "Redirects and URL";
    case CauseFamily::Intermediary: return "Intermediaries";
    case CauseFamily::Browser: return "Browsers, cookies, server faults";
  }
  return "";
}

}  // namespace quivive::diagnose
