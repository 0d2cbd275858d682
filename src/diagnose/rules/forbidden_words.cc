#include "diagnose/rules/forbidden_words.h"

#include <algorithm>
#include <array>

namespace quivive::diagnose::rules {
namespace {

constexpr auto kPermissionTexts = std::to_array<std::string_view>(
    {"do not have permission", "don't have permission", "does not have permission", "not have access", "insufficient permission",
     "insufficient privilege", "insufficient role", "permission denied", "permission_denied", "missing required role", "missing role",
     "requires role", "not an owner", "not authorized to perform", "not authorised to perform", "is not allowed to", "not permitted"});

// The same in the words of protocols and products.
constexpr auto kRightTexts = std::to_array<std::string_view>({"rbac: access denied", "insufficient_scope", "in api group"});

constexpr auto kOther = std::to_array<std::string_view>({"csrf",
                                                         "xsrf",
                                                         "forgery",
                                                         "missing authentication token",
                                                         "attention required",
                                                         "cf-mitigated",
                                                         "just a moment",
                                                         "access denied</title>",
                                                         "errors.edgesuite.net",
                                                         "request blocked",
                                                         "blocked by",
                                                         "captcha",
                                                         "ip address",
                                                         "not allowed from",
                                                         "user-agent",
                                                         "user agent",
                                                         "rate limit",
                                                         "quota",
                                                         "directory index",
                                                         "accessdenied"});

struct BotCheck {
  std::string_view text, name;
};
constexpr auto kBotChecks = std::to_array<BotCheck>({
    {"cf-mitigated:", "Cloudflare's check for bots"},
    {"attention required! | cloudflare", "Cloudflare's firewall"},
    {"<title>just a moment...</title>", "Cloudflare's check for bots"},
    {"errors.edgesuite.net", "Akamai's firewall"},
    {"the request could not be satisfied</title>", "CloudFront or its firewall"},
    {"x-amzn-waf-action:", "AWS WAF"},
    {"incapsula incident id", "Imperva's firewall"},
    {"x-datadome:", "DataDome's check for bots"},
});

}  // namespace

std::string_view permission_text(const Facts& facts) {
  const auto found =
      std::find_if(kPermissionTexts.begin(), kPermissionTexts.end(), [&](std::string_view text) { return facts.server_says(text); });
  return found == kPermissionTexts.end() ? std::string_view() : *found;
}

bool speaks_of_a_right(const Facts& facts) {
  return !permission_text(facts).empty() ||
         std::any_of(kRightTexts.begin(), kRightTexts.end(), [&](std::string_view text) { return facts.server_says(text); });
}

bool is_forbidden_otherwise(const Facts& facts) {
  return !bot_check(facts).empty() ||
         std::any_of(kOther.begin(), kOther.end(), [&](std::string_view text) { return facts.server_says(text); });
}

std::string_view bot_check(const Facts& facts) {
  const auto found = std::find_if(kBotChecks.begin(), kBotChecks.end(), [&](const BotCheck& one) { return facts.server_says(one.text); });
  return found == kBotChecks.end() ? std::string_view() : found->name;
}

}  // namespace quivive::diagnose::rules
