// Times of a token: exp, nbf and iat against the clock, and times that are written wrongly (RFC 7519 section 4.1).

#include "diagnose/rules/token_rules.h"
#include "diagnose/wording.h"

#include <fmt/format.h>

namespace quivive::diagnose::rules {
namespace {

constexpr std::int64_t kYear2001 = 1'000'000'000;  // an exp below is a lifetime, not an instant

std::string leeway_text(const Context& context) {
  return fmt::format("a leeway of {} s was granted", context.expected.leeway.count() / 1000);
}

// What the clock proves: by our own it proves nothing about a capture of unknown age.
Certainty clock_certainty(const Facts& facts) {
  return facts.clock == ClockSource::Ours && facts.response() != nullptr ? Certainty::Probable : Certainty::Certain;
}

std::string claim_evidence(std::string_view name, const ClaimTime& time) {
  return time.instant ? fmt::format("{}={} ({})", name, time.text, instant_text(*time.instant)) : fmt::format("{}={}", name, time.text);
}

std::string renewal_fix(const JudgedToken& judged) {
  if (judged.sent.place == Place::Cookie) return "Sign in again, so that the site sets a new cookie, and repeat the request.";
  return "Get a new token (refresh it or sign in again), put it in place of the old one, and send the same request.";
}

void expired(const Context& context, const JudgedToken& judged, const ClaimTime& exp, Report& report) {
  const Facts& facts = judged.facts;
  const Duration leeway = context.expected.leeway;
  if (facts.now < *exp.instant) return;
  if (facts.now < *exp.instant + leeway) {
    if (!facts.is_open()) return;
    report.note(Cause::TokenExpired, Certainty::Suggestive, facts)
        .summary(fmt::format("The token expired {}, which is within the leeway of {} s that most servers grant.",
                             before_clock(facts, *exp.instant), leeway.count() / 1000))
        .detail(clock_text(facts))
        .fix("Renew tokens a minute before they expire. A server without leeway refuses this one.")
        .see("token.payload", "exp", claim_evidence("exp", exp), exp.text);
    return;
  }
  const bool lifetime = unix_seconds(*exp.instant) < kYear2001 && unix_seconds(*exp.instant) >= 0;
  if (lifetime) {
    report.fault(Cause::TokenExpired, Certainty::Certain, facts)
        .summary(fmt::format("The token's exp is {}, which as an instant is in {}: it expired long ago.", exp.text,
                             instant_text(*exp.instant).substr(0, 4)))
        .detail("exp is an instant in seconds since 1970, not a number of seconds to live.")
        .fix("Where the token is made, set exp to the current time in seconds plus the lifetime (iat + lifetime).")
        .see("token.payload", "exp", claim_evidence("exp", exp), exp.text);
    return;
  }
  std::string detail = clock_text(facts);
  if (const ClaimTime iat = claim_time(judged.token, "iat"); iat.instant && !iat.milliseconds && *iat.instant < *exp.instant) {
    detail += fmt::format(" The token was made to last {}.", span_text(*exp.instant - *iat.instant));
  }
  if (leeway.count() != 0) detail += fmt::format(" This is so although {}.", leeway_text(context));
  report.fault(Cause::TokenExpired, clock_certainty(facts), facts)
      .summary(fmt::format("The token expired {}.", before_clock(facts, *exp.instant)))
      .detail(std::move(detail))
      .fix(renewal_fix(judged))
      .see("token.payload", "exp", claim_evidence("exp", exp), exp.text)
      .see("clock", facts.clock == ClockSource::Response ? "date" : "", instant_text(facts.now));
}

void not_yet_valid(const Context& context, const JudgedToken& judged, const ClaimTime& nbf, const ClaimTime& iat, Report& report) {
  const Facts& facts = judged.facts;
  const Duration leeway = context.expected.leeway;
  const bool by_nbf = nbf.instant && !nbf.milliseconds && !nbf.not_a_number && *nbf.instant > facts.now;
  const bool by_iat = iat.instant && !iat.milliseconds && !iat.not_a_number && *iat.instant > facts.now;
  if (!by_nbf && !by_iat) return;
  const std::string_view name = by_nbf ? "nbf" : "iat";
  const ClaimTime& time = by_nbf ? nbf : iat;
  if (*time.instant <= facts.now + leeway) {
    if (!facts.is_refused()) return;
    report.note(Cause::TokenNotYetValid, Certainty::Suggestive, facts)
        .summary(fmt::format("The token's {} is {}, which is within the leeway of {} s that most servers grant.", name,
                             after_clock(facts, *time.instant), leeway.count() / 1000))
        .detail(clock_text(facts))
        .fix("Synchronise the clock of whoever makes the token. A server without leeway refuses this token until then.")
        .see("token.payload", std::string(name), claim_evidence(name, time), time.text);
    return;
  }
  const Certainty certainty = by_nbf ? clock_certainty(facts) : Certainty::Probable;
  const std::string when = after_clock(facts, *time.instant);
  report.fault(Cause::TokenNotYetValid, certainty, facts)
      .summary(by_nbf ? fmt::format("The token is not valid yet: its nbf is {}.", when)
                      : fmt::format("The token was issued in the future: its iat is {}.", when))
      .detail(fmt::format("{} This is so although {}.{}", clock_text(facts), leeway_text(context),
                          by_nbf ? "" : " RFC 7519 leaves it to the server whether it refuses such a token; many do."))
      .fix(
          "Synchronise the clock of the machine that makes the token (NTP) with the server's. If you make it yourself, set iat and nbf 30 "
          "to 60 s "
          "back. Until then, wait and send it again.")
      .see("token.payload", std::string(name), claim_evidence(name, time), time.text)
      .see("clock", facts.clock == ClockSource::Response ? "date" : "", instant_text(facts.now));
}

// A time written wrongly; true where exp is, so that nothing is concluded from it.
bool written_wrongly(const JudgedToken& judged, std::string_view name, const ClaimTime& time, Report& report) {
  const Facts& facts = judged.facts;
  if (time.milliseconds) {
    std::string detail =
        "Read as seconds it lies tens of thousands of years ahead: some servers take the token as never expiring, others as broken or not "
        "yet valid.";
    if (name == "exp" && time.instant && *time.instant <= facts.now)
      detail += fmt::format(" Read as it was meant, the token expired {}.", before_clock(facts, *time.instant));
    report.fault(Cause::TokenExpMilliseconds, Certainty::Certain, facts)
        .summary(fmt::format("The token's {} is {}: milliseconds, where seconds belong.", name, time.text))
        .detail(std::move(detail))
        .fix(fmt::format("Where the token is made, divide by 1000: {0} = Math.floor(Date.now() / 1000) in JavaScript, "
                         "System.currentTimeMillis() / 1000 in Java.",
                         name))
        .see("token.payload", std::string(name), fmt::format("{}={}", name, time.text), time.text);
    return true;
  }
  if (!time.not_a_number) return false;
  std::string detail = "RFC 7519 wants a JSON number of seconds since 1970; strict servers refuse anything else.";
  if (name == "exp" && time.instant && *time.instant <= facts.now)
    detail += fmt::format(" Read as it was meant, the token expired {}.", before_clock(facts, *time.instant));
  report.fault(Cause::TokenExpNotANumber, Certainty::Certain, facts)
      .summary(fmt::format("The token's {} is {}, where a number of seconds belongs.", name, quoted_text(time.text)))
      .detail(std::move(detail))
      .fix(fmt::format("Where the token is made, write {} as a number: seconds since 1970, without quotation marks.", name))
      .see("token.payload", std::string(name), fmt::format("{}={}", name, time.text), time.text);
  return true;
}

bool never_had_expiry(const TokenView& token) {
  // Kubernetes' old service account tokens have none by design.
  return token.claim_text("iss") == "kubernetes/serviceaccount" ||
         token.claim("kubernetes.io/serviceaccount/service-account.name") != nullptr;
}

void no_expiry(const JudgedToken& judged, Report& report) {
  const Facts& facts = judged.facts;
  if (never_had_expiry(judged.token) || !facts.is_open()) return;
  const bool refused = facts.status == 401 || facts.status == 400;
  auto entry = refused ? report.fault(Cause::TokenMissingClaim, Certainty::Probable, facts)
                       : report.warn(Cause::TokenMissingClaim, Certainty::Probable, facts);
  entry.summary("The token has no exp, and many servers refuse a token without an expiry.")
      .detail(
          "Without exp a token that leaks works for ever. ASP.NET Core, jose4j and Quivive refuse it unless told otherwise; "
          "node-jsonwebtoken and PyJWT do not ask.")
      .fix("Make the token with an exp (seconds since 1970), or set the server up to accept tokens without one.")
      .see("token.payload", "exp", "no exp");
}

}  // namespace

void token_times(const Context& context, const JudgedToken& judged, Report& report) {
  if (!judged.token.claims_read) return;
  const ClaimTime exp = claim_time(judged.token, "exp"), nbf = claim_time(judged.token, "nbf"), iat = claim_time(judged.token, "iat");
  bool exp_wrong = false;
  for (const auto& [name, time] : {std::pair<std::string_view, const ClaimTime&>{"exp", exp}, {"nbf", nbf}, {"iat", iat}}) {
    if (!time.present || !written_wrongly(judged, name, time, report)) continue;
    exp_wrong |= name == "exp";
    break;  // who writes one of them wrongly writes all of them so
  }
  if (exp.present && !exp_wrong && exp.instant && !exp.milliseconds && !exp.not_a_number) expired(context, judged, exp, report);
  if (!exp.present && judged.token.shape == TokenView::Shape::Jws) no_expiry(judged, report);
  not_yet_valid(context, judged, nbf, iat, report);
}

}  // namespace quivive::diagnose::rules
