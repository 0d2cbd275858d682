#include "base/text.h"
#include "client/call_state.h"
#include "client/expiry.h"
#include "client/request_check.h"

#include <fmt/format.h>

#include <algorithm>

namespace quivive::client {
namespace {

constexpr std::size_t kMaxSessions = 16;  // Digest realms of one origin; the oldest gives way

http::ParsedChallenges challenges_of(const ResponseHead& response) {
  const auto lines = values_of(response, "WWW-Authenticate");
  return http::parse_challenges(lines);
}

bool offers(const http::ParsedChallenges& parsed, std::string_view scheme) {
  return std::any_of(parsed.challenges.begin(), parsed.challenges.end(),
                     [&](const auto& challenge) { return iequals(challenge.scheme, scheme); });
}

// What the challenges to a token say (RFC 6750 section 3.1; RFC 9449 section 7.1 has the same errors).
enum class TokenComplaint : std::uint8_t { None, InvalidToken, InsufficientScope, Other };
TokenComplaint complaint(const http::ParsedChallenges& parsed) {
  TokenComplaint worst = TokenComplaint::None;
  for (const http::Challenge& challenge : parsed.challenges) {
    if (!iequals(challenge.scheme, "Bearer") && !iequals(challenge.scheme, "DPoP")) continue;
    const std::string* error = challenge.param("error");
    TokenComplaint one = TokenComplaint::InvalidToken;
    if (error != nullptr && iequals(*error, "insufficient_scope")) one = TokenComplaint::InsufficientScope;
    else if (error != nullptr && !error->empty() && !iequals(*error, "invalid_token")) one = TokenComplaint::Other;
    worst = std::max(worst, one);
  }
  return worst;
}

// The Digest challenge for the realm that was answered.
const http::Challenge* digest_of(const http::ParsedChallenges& parsed, std::string_view realm) {
  for (const http::Challenge& challenge : parsed.challenges) {
    const std::string* theirs = challenge.param("realm");
    if (iequals(challenge.scheme, "Digest") && theirs != nullptr && *theirs == realm) return &challenge;
  }
  return nullptr;
}

}  // namespace

NoAnswer Call::State::nothing_held() const {
  const bool held_at_first =
      own_authorization || std::any_of(credentials.begin(), credentials.end(), [&](const auto& c) { return c.origin == first; });
  if (redirects > 0 && held_at_first && !(url.origin == first && !own_authorization)) {
    return {CallCause::RedirectDroppedAuth,
            fmt::format("The redirect led to {}, where the credential for {} does not go.", url.origin.text(), first.text())};
  }
  for (const Credential& credential : credentials) {
    if (!std::holds_alternative<CookieJar>(credential.what)) {
      return {CallCause::CredentialsMissing,
              fmt::format("No credential is held for {}; the one for {} does not go there.", url.origin.text(), credential.origin.text())};
    }
  }
  return {CallCause::CredentialsMissing, fmt::format("No credential is held for {}.", url.origin.text())};
}

Action Call::State::on_unauthorized(const ResponseHead& response, Instant now) {
  const http::ParsedChallenges parsed = challenges_of(response);
  if (has_field("Authorization")) {
    return finish(Outcome::Refused, CallCause::OwnAuthorizationRefused,
                  "The server refuses the caller's own Authorization, for which nothing else was put.");
  }
  if (caller_authorizes() || !holds_credential()) {
    const NoAnswer reason = nothing_held();
    return finish(Outcome::Refused, reason.cause, reason.summary);
  }
  if (offers(parsed, "Digest")) memory.at(url.origin).digest_offered = true;
  if (!sent) return answer(parsed, std::nullopt, now);

  Tried& mine = tried[sent->credential];
  switch (sent->kind) {
    case AuthKind::Bearer: {
      const TokenComplaint said = complaint(parsed);
      const auto& bearer = std::get<Bearer>(credentials[sent->credential].what);
      if (said == TokenComplaint::InsufficientScope) {
        mine.refused = true;
        return finish(Outcome::Refused, CallCause::ScopeInsufficientAs401,
                      "The token lacks a scope; another with the same scopes would be refused too.");
      }
      // Neither a 401 without a challenge nor one of another scheme says that the token is at fault: it may be a proxy's, or an application's that
      // wants a login. Each refresh uses up a refresh token where they rotate, so that a guess here can end the session (RFC 6750 section 3; RFC
      // 9700 section 4.14).
      if (said == TokenComplaint::InvalidToken && bearer.refreshable() && !mine.refreshed) {
        if (const auto stop = no_more_sends()) return finish(Outcome::Refused, stop->cause, stop->summary);
        return refresh(sent->credential, RefreshReason::Refused);
      }
      mine.refused = true;
      const auto expiry = expiry_of(bearer.token, skew());
      std::optional<NoAnswer> because;
      if (said == TokenComplaint::Other)
        because = {CallCause::CredentialsRejected, "The server finds fault with the request, not with the token's age."};
      else if (said == TokenComplaint::InvalidToken && mine.refreshed)
        because = {CallCause::TokenRevoked, "The server refuses a token that was just made."};
      else if (said == TokenComplaint::InvalidToken && expiry && expiry->at <= now)
        because = {CallCause::TokenExpired, "The token expired, and there is nothing to refresh it with."};
      else if (said == TokenComplaint::InvalidToken)
        because = {CallCause::CredentialsRejected, "The server refuses the token, and there is nothing to refresh it with."};
      return answer(parsed, std::move(because), now);
    }
    case AuthKind::Digest: {
      const http::Challenge* challenge = digest_of(parsed, sent->realm);
      const std::string* nonce = challenge == nullptr ? nullptr : challenge->param("nonce");
      const std::string* stale = challenge == nullptr ? nullptr : challenge->param("stale");
      const bool other_nonce = nonce != nullptr && *nonce != sent->proof->nonce;
      const bool is_stale = stale != nullptr && iequals(*stale, "true");
      // With a nonce from an earlier call, a 401 with another nonce is taken for stale: servers that forgot theirs do not all say so. One of
      // another realm is another protection space's.
      if (!mine.answered && (other_nonce || challenge == nullptr)) return answer(parsed, std::nullopt, now);
      if (other_nonce && is_stale && !mine.stale_answered) {
        mine.stale_answered = true;
        mine.answered = false;
        return answer(parsed, std::nullopt, now);
      }
      mine.refused = true;
      return answer(
          parsed,
          is_stale ? NoAnswer{CallCause::DigestNonceStale, "The server calls one nonce after the other stale."}
                   : NoAnswer{CallCause::DigestBadSecret, "The server refuses the Digest response: user, password or realm do not fit."},
          now);
    }
    case AuthKind::Basic:
    case AuthKind::Key:
      mine.refused = true;
      return answer(parsed, NoAnswer{CallCause::CredentialsRejected, "The server refuses the credential."}, now);
    case AuthKind::Cookies: break;
  }
  return answer(parsed, std::nullopt, now);
}

// With what is left. `because` is what to say if nothing is.
Action Call::State::answer(const http::ParsedChallenges& parsed, std::optional<NoAnswer> because, Instant now) {
  std::vector<bool> spent;
  for (const Tried& one : tried) spent.push_back(one.refused || one.answered);
  OriginMemory& known = memory.at(url.origin);
  const bool body_known = body == BodyKind::None || request.body_bytes != nullptr;
  auto choice = choose_answer(parsed, {credentials, url.origin, spent, known.digest_offered, body_known, rules.allow_plain_http});
  if (const auto* none = std::get_if<NoAnswer>(&choice)) {
    const NoAnswer& reason = because ? *because : *none;
    return finish(Outcome::Refused, reason.cause, reason.summary);
  }
  if (const auto stop = no_more_sends()) return finish(Outcome::Refused, stop->cause, stop->summary);
  Answer& chosen = std::get<Answer>(choice);
  tried[chosen.credential].answered = true;
  selected = Selected{chosen.credential, chosen.kind, {}};
  if (chosen.kind == AuthKind::Digest) {
    const std::string& user = std::get<Password>(credentials[chosen.credential].what).user;
    selected->realm = chosen.digest->realm;
    note(StepKind::Answer,
         fmt::format("the Digest challenge, {}{}", digest::name_of(chosen.digest->algorithm), chosen.digest->stale ? ", stale nonce" : ""));
    std::erase_if(known.digests, [&](const DigestSession& old) { return old.challenge().realm == selected->realm && old.user() == user; });
    if (known.digests.size() >= kMaxSessions) known.digests.erase(known.digests.begin());
    known.digests.emplace_back(std::move(*chosen.digest), user);
  } else {
    note(StepKind::Answer, chosen.kind == AuthKind::Basic ? "the Basic challenge" : "the Bearer challenge");
  }
  return send(now);
}

Action Call::State::on_forbidden(const ResponseHead& response) {
  if (complaint(challenges_of(response)) == TokenComplaint::InsufficientScope) {
    return finish(Outcome::Refused, CallCause::ScopeInsufficient, "The token lacks a scope; a refresh would not add one.");
  }
  if (!sent && !sent_cookies && !has_field("Authorization") && !has_field("Cookie")) {
    return finish(Outcome::Refused, CallCause::MissingCredentialsAs403,
                  "The server permits this to nobody whom it does not know, or not at all; no credential was sent.");
  }
  return finish(Outcome::Refused, CallCause::None,
                "The server does not permit this to who asks; a newer credential of the same would not change that.");
}

Action Call::State::refresh(std::size_t credential, RefreshReason reason) {
  const Bearer& bearer = std::get<Bearer>(credentials[credential].what);
  tried[credential].refreshed = true;
  refreshing = credential;
  refresh_reason = reason;
  note(StepKind::Refresh, reason == RefreshReason::Refused ? "the token was refused" : "the token is about to expire");
  return Refresh{credential, reason, bearer.token, *bearer.client};
}

Action Call::State::on_refreshed(RefreshOutcome outcome, Instant now) {
  if (const auto* failure = std::get_if<RefreshFailure>(&outcome)) return on_refresh_failed(*failure, now);
  Token& fresh = std::get<Token>(outcome);
  Token& old = std::get<Bearer>(credentials[*refreshing].what).token;
  const auto access = fresh.access.reveal(RevealSecret{});
  if (!is_sendable_token(access)) {
    const Outcome result = refresh_reason == RefreshReason::Refused ? Outcome::Refused : Outcome::NotSent;
    return finish(result, CallCause::CredentialUnusable, "The token endpoint gave a token that cannot be sent.");
  }
  // A credential that was refused is not sent again unchanged.
  if (refresh_reason == RefreshReason::Refused && access == old.access.reveal(RevealSecret{})) {
    tried[*refreshing].refused = true;
    return finish(Outcome::Refused, CallCause::TokenRevoked, "The token endpoint gave the same token that was refused.");
  }
  // A server that does not rotate may leave the refresh token out (RFC 6749 section 6).
  if (fresh.refresh.empty()) fresh.refresh = old.refresh;
  old = std::move(fresh);
  return send(now);
}

Action Call::State::on_refresh_failed(const RefreshFailure& failure, Instant now) {
  const Token& token = std::get<Bearer>(credentials[*refreshing].what).token;
  const std::string detail = failure.detail.empty() ? "" : ": " + printable(failure.detail);
  note(StepKind::Note, "not refreshed" + detail);
  const auto expiry = expiry_of(token, skew());
  const bool still_good = !token.access.empty() && expiry && expiry->at > now;
  if (refresh_reason == RefreshReason::AboutToExpire && still_good) return send(now);
  const Outcome result = refresh_reason == RefreshReason::Refused ? Outcome::Refused : Outcome::NotSent;
  switch (failure.kind) {
    case RefreshFailure::Kind::SignInAgain:
      return finish(result, CallCause::SignInAgain,
                    "The token is no good any more, and neither is its refresh token: sign in again" + detail + '.');
    case RefreshFailure::Kind::OtherSignIn:
      return finish(result, CallCause::OtherSignIn, "The token is no good any more, and cannot be renewed" + detail + '.');
    case RefreshFailure::Kind::TryLater:
      return finish(result, CallCause::RefreshUnavailable,
                    "The token has to be refreshed, and that cannot be done now: try later" + detail + '.');
    case RefreshFailure::Kind::Misconfigured: break;
  }
  return finish(result, CallCause::TokenEndpointRefused,
                "The token has to be refreshed, and the token endpoint refuses the client" + detail + '.');
}

}  // namespace quivive::client
