#pragma once
// What the rules about tokens share, and the parts that tokens.cc is made of.

#include "diagnose/rule.h"

#include <optional>
#include <string>
#include <string_view>

namespace quivive::diagnose::rules {

// The token that an exchange stands or falls with.
struct JudgedToken {
  const Facts& facts;
  const SentCredential& sent;
  const TokenView& token;
};
// The one in Authorization, else in a header field or the query, else the only one in a cookie. Nothing where there is none,
// or only such as serve another purpose (a refresh token in a form, a hint).
[[nodiscard]] std::optional<JudgedToken> judged_token(const Facts& facts);

// "3 h 12 min before the server's clock", "…, by this machine's clock": `when` is past, or `after` where it is to come.
[[nodiscard]] std::string before_clock(const Facts& facts, Instant when);
[[nodiscard]] std::string after_clock(const Facts& facts, Instant when);
// "The server's clock showed 2026-… (its Date field)."
[[nodiscard]] std::string clock_text(const Facts& facts);

// How two issuers differ, where that is something people overlook: "a trailing slash", "http in place of https"; "" where
// they are equal or unlike.
[[nodiscard]] std::string near_miss(std::string_view a, std::string_view b);

// "https://sts.windows.net/…" is Entra's version 1, "https://login.microsoftonline.com/…/v2.0" its version 2; 0 for others.
[[nodiscard]] int entra_version(std::string_view issuer);

// The families within the family; each is one file.
void token_times(const Context& context, const JudgedToken& judged, Report& report);
void token_kinds(const Context& context, const JudgedToken& judged, Report& report);
void opaque_tokens(const Context& context, const Facts& facts, Report& report);
void token_claims(const Context& context, const JudgedToken& judged, Report& report);
void token_scopes(const Context& context, const Facts& facts, Report& report);

}  // namespace quivive::diagnose::rules
