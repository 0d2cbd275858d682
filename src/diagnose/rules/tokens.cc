// Tokens: what a JWT says, decidable without its key. Parts: token_times.cc, token_kinds.cc, token_claims.cc, token_scopes.cc.

#include "base/text.h"
#include "diagnose/rule.h"
#include "diagnose/rules/token_rules.h"
#include "diagnose/wording.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace quivive::diagnose::rules {
namespace {

// Whether anything in the request depends on the client's clock.
bool depends_on_clock(const Facts& facts) {
  return std::any_of(facts.credentials.begin(), facts.credentials.end(), [](const SentCredential& sent) {
    return sent.token.has_value() || sent.is("AWS4-HMAC-SHA256") || sent.is("OAuth") || sent.is("Hawk") || sent.is("DPoP");
  });
}

void clock_skew(const Facts& facts, Report& report) {
  if (!facts.exchange->started || facts.clock != ClockSource::Response || !facts.is_refused()) return;
  if (!depends_on_clock(facts) && facts.authorization() == nullptr) return;
  if (!facts.response_field("age").empty()) return;  // from a cache, with the Date of then
  const Duration skew = *facts.exchange->started - facts.now;
  constexpr Duration kLimit = std::chrono::seconds{60};
  // A slow answer carries the Date of its end; only beyond ten minutes is that no explanation for a clock that is behind.
  if (skew <= kLimit && skew >= -10 * kLimit) return;
  // An opaque token does not depend on this clock, but whatever the client works out from it does.
  auto entry = depends_on_clock(facts) ? report.fault(Cause::ClockSkewLocal, Certainty::Probable, facts)
                                       : report.warn(Cause::ClockSkewLocal, Certainty::Certain, facts);
  entry
      .summary(fmt::format("The clock of the machine that sent this is {} {} the server's.", span_text(skew),
                           skew.count() > 0 ? "ahead of" : "behind"))
      .detail(fmt::format("The request was sent at {} by its own clock, and the server's Date says {}.",
                          instant_text(*facts.exchange->started), instant_text(facts.now)))
      .fix(
          "Synchronise the clock (NTP: timedatectl set-ntp true; in WSL or a virtual machine after sleep: hwclock -s). Let servers grant "
          "30 to 60 s of leeway.")
      .see("clock", "", instant_text(*facts.exchange->started))
      .see("response.header", "date", std::string(facts.response_field("date")));
}

// Answers of RFC 7662 and RFC 7009 in the same capture: the very token was found inactive, or was revoked.
void revoked_in_capture(const Context& context, Report& report) {
  for (const Facts& about : context.facts) {
    if (about.request() == nullptr || about.response() == nullptr) continue;
    const std::string path = to_lower(about.request()->url.path);
    const bool inactive = about.body_json && about.body_json->is_object() && member(about.body_json->get_object(), "active") != nullptr &&
                          *member(about.body_json->get_object(), "active") == Json(false);
    const bool revoked = path.find("revo") != std::string::npos && about.status == 200;
    if (!inactive && !revoked) continue;
    const auto token = std::find_if(about.credentials.begin(), about.credentials.end(),
                                    [](const SentCredential& c) { return c.place == Place::Form && c.name == "token"; });
    if (token == about.credentials.end() || token->value.size() < 8) continue;
    for (const Facts& facts : context.facts) {
      if (!facts.is_refused() || (revoked && facts.at < about.at)) continue;
      const bool same = std::any_of(facts.credentials.begin(), facts.credentials.end(),
                                    [&](const SentCredential& c) { return c.place != Place::Form && trim_ows(c.rest) == token->value; });
      if (!same) continue;
      report.fault(Cause::TokenRevoked, Certainty::Certain, facts)
          .summary(inactive ? fmt::format("The token is not active: introspection said so (exchange {}).", about.exchange->index)
                            : fmt::format("The token was revoked in exchange {}, before it was sent here.", about.exchange->index))
          .fix("Sign in again for a new token, and forget the old one at the client.")
          .see(inactive ? "response.body" : "request.url", "", inactive ? "\"active\": false" : about.request()->url.text());
    }
  }
}

}  // namespace

void tokens(const Context& context, Report& report) {
  std::set<std::string> accepted;  // on exchanges that succeeded, a token is remarked on once
  for (const Facts& facts : context.facts) {
    clock_skew(facts, report);
    if (const auto judged = judged_token(facts)) {
      const bool in_header = judged->sent.place == Place::Authorization;
      if (facts.is_open() || (in_header && !facts.superseded && accepted.insert(judged->sent.rest).second)) {
        token_kinds(context, *judged, report);
        token_times(context, *judged, report);
        token_claims(context, *judged, report);
      }
    } else {
      opaque_tokens(context, facts, report);
    }
    token_scopes(context, facts, report);
  }
  revoked_in_capture(context, report);
}

}  // namespace quivive::diagnose::rules
