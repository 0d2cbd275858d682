// What servers get wrong: a login page or a 200 in place of a 401, no challenge or a malformed one, 401 for 403 and 403 for
// 401.

#include "base/text.h"
#include "diagnose/answerer.h"
#include "diagnose/names.h"
#include "diagnose/rule.h"
#include "diagnose/rules/browser_detail.h"
#include "diagnose/rules/forbidden_words.h"
#include "diagnose/rules/stripped_detail.h"
#include "diagnose/wording.h"
#include "http/challenge_writer.h"
#include "http/grammar.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

namespace quivive::diagnose::rules {
namespace {

// ---------------------------------------------------------------- a login page in place of a 401

std::string accept_of(const Facts& facts) {
  const std::string_view accept = facts.request_field("accept");
  return accept.empty() || accept == "*/*" ? std::string("the client takes anything") : "the client accepts " + quoted_text(accept, 50);
}

void login_redirect(const Facts& facts, Report& report) {
  if (facts.answer != Answer::LoginPage || facts.status / 100 != 3 || browser_detail::is_preflight(facts)) return;
  const bool data = facts.request() == nullptr ? false : browser_detail::asks_for_data(facts);
  if (facts.request() != nullptr && !data && facts.request_field("accept").find("text/html") != std::string_view::npos)
    return;  // a page load: just what it needs
  const std::string location(facts.response_field("location"));
  const Url target = resolve(facts.request() == nullptr ? Url{} : facts.request()->url, location);
  report.fault(Cause::LoginRedirectMask, data ? Certainty::Certain : Certainty::Probable, facts)
      .summary(
          fmt::format("The server does not accept the request as signed in and hides that behind a {} redirect to its login page ({}{}).",
                      facts.status, target.host.empty() ? "" : target.host, target.path))
      .detail(facts.request() == nullptr ? "" : fmt::format("A 401 is what the caller of an API can act on; {}.", accept_of(facts)))
      .fix(
          "Sign in again (the session is missing or over), or send the API's own credentials. On the server answer API paths with 401 and "
          "WWW-Authenticate instead of a redirect; many frameworks do so for "
          "'Accept: application/json' or 'X-Requested-With: XMLHttpRequest'.")
      .see("response.status", "", fmt::format("{} {}", facts.status, facts.response()->reason))
      .see("response.header", "location", location, target.path);
}

// The redirects before, if any, led to a login page.
bool after_login_redirect(const Context& context, const Facts& facts) {
  const Facts* at = &facts;
  for (int hop = 0; hop < 20 && at->redirected_from; ++hop) {
    at = &context.facts[*at->redirected_from];
    if (at->answer == Answer::LoginPage) return true;
  }
  return facts.request() == nullptr && facts.at > 0 && context.facts[facts.at - 1].answer == Answer::LoginPage;
}

void login_page(const Context& context, const Facts& facts, Report& report) {
  if (facts.answer != Answer::LoginPage || facts.status / 100 != 2) return;
  const bool redirected = after_login_redirect(context, facts);
  const std::string body = to_lower(facts.response_body());
  const std::size_t field = body.find("password");
  report.fault(Cause::LoginHtml200, redirected ? Certainty::Certain : Certainty::Probable, facts)
      .summary(fmt::format(
          "The answer is a login page in HTML with status {}, where data was asked for: the request does not count as signed in.",
          facts.status))
      .fix(
          "Sign in again, or send the API's own credentials; check for the content type before parsing JSON. On the server answer API "
          "paths with 401.")
      .see("response.header", "content-type", std::string(facts.response_field("content-type")), "text/html")
      .see("response.body", "",
           field == std::string::npos ? std::string() : std::string(facts.response_body().substr(field > 60 ? field - 60 : 0, 120)));
}

// ---------------------------------------------------------------- the challenge

// Clients that send credentials only after a challenge.
bool waits_for_challenge(const Context& context) {
  const auto& command = context.capture.command;
  return command && command->user && (command->any_auth || command->digest || command->ntlm || command->negotiate);
}

void no_challenge(const Context& context, const Facts& facts, std::set<std::string>& said, Report& report) {
  if (facts.status != 401 || !facts.is_refused() || facts.exchange->to_proxy || browser_detail::is_preflight(facts)) return;
  const Headers& headers = facts.response()->headers;
  if (headers.empty() || headers.has("www-authenticate") || headers.has("x-amzn-remapped-www-authenticate")) return;
  const bool stuck = waits_for_challenge(context) && facts.authorization() == nullptr;
  if (!stuck && !said.insert(facts.request() == nullptr ? std::string() : facts.request()->url.origin()).second)
    return;  // once for each server
  auto entry = stuck ? report.fault(Cause::MissingWwwAuthenticate, Certainty::Certain, facts)
                     : report.warn(Cause::MissingWwwAuthenticate, Certainty::Certain, facts);
  entry
      .summary(stuck
                   ? "The 401 has no WWW-Authenticate header, and curl waits for one before it sends the credentials: they were never sent."
                   : "The 401 has no WWW-Authenticate header, which would say what kind of credentials the server wants.")
      .fix(stuck ? "Send them with the first request: curl --basic -u 'NAME:PASSWORD', or the header that the API's documentation names. "
                   "The server has to add WWW-Authenticate to every 401."
                 : "On the server, add WWW-Authenticate to every 401, for example: WWW-Authenticate: Bearer realm=\"api\". Clients have to "
                   "look into the API's documentation.")
      .see("response.status", "", fmt::format("401 {}", facts.response()->reason));
}

// The parser keeps what it cannot read as a token68: `Basic re(lm="x"`.
bool can_be_written(const http::Challenge& challenge) {
  const auto is_written = [](const http::AuthParam& param) { return http::is_token(param.name); };
  return http::is_token(challenge.scheme) && std::all_of(challenge.params.begin(), challenge.params.end(), is_written) &&
         (!challenge.token68 || (http::is_token68(*challenge.token68) && challenge.params.empty()));
}

// The challenges as they were meant; "" where that cannot be told.
std::string corrected(const http::ParsedChallenges& parsed) {
  std::string out;
  for (const http::Challenge& challenge : parsed.challenges) {
    if (!can_be_written(challenge)) return {};
    if (!out.empty()) out += ", ";
    http::append_challenge(out, challenge);
  }
  return out;
}

void malformed(const Context& context, const Facts& facts, std::string_view field, const http::ParsedChallenges& parsed,
               std::set<std::string>& said, Report& report) {
  // White space around '=' is allowed for readers (BWS), if not for writers.
  const auto problem = std::find_if(parsed.problems.begin(), parsed.problems.end(),
                                    [](const http::SyntaxProblem& p) { return p.fault != http::SyntaxFault::SpaceAroundEquals; });
  if (problem == parsed.problems.end() || facts.response() == nullptr) return;
  const auto lines = facts.response()->headers.every(field);
  const std::string line = problem->line < lines.size() ? lines[problem->line]->value : std::string();
  if (!context.capture.is_loose && !said.insert(std::string(field) + line).second) return;
  auto entry = context.capture.is_loose ? report.fault(Cause::MalformedChallenge, Certainty::Certain, facts)
                                        : report.warn(Cause::MalformedChallenge, Certainty::Certain, facts);
  const std::string right = corrected(parsed);
  const std::string name = field == "www-authenticate" ? "WWW-Authenticate" : "Proxy-Authenticate";
  entry.summary(fmt::format("The server's {} header is malformed at character {}: {}.", name, problem->offset + 1, problem->detail))
      .detail(parsed.problems.size() > 1
                  ? fmt::format("{} problems in all; clients read such a line differently or not at all.", parsed.problems.size())
                  : "Clients read such a line differently or not at all.")
      .fix(right.empty() ? fmt::format("On the server, write it as a scheme with parameters: {}: Bearer realm=\"api\".", name)
                         : fmt::format("On the server, write it as: {}: {}", name, right))
      .see("response.header", std::string(field), line, line.substr(std::min(problem->offset, line.size()), 24));
  if (line.empty()) entry.see("response.status", "", std::to_string(facts.status));  // nothing of the field can be shown
}

// Parameters that a scheme cannot do without; only where the line is all there is to ask about.
void incomplete(const Context& context, const Facts& facts, Report& report) {
  if (!context.capture.is_loose || !facts.challenges.problems.empty()) return;
  for (const http::Challenge& challenge : facts.challenges.challenges) {
    if (!iequals(challenge.scheme, "Digest")) continue;
    for (const std::string_view name : {"realm", "nonce"}) {
      if (challenge.param(name) != nullptr) continue;
      report.fault(Cause::MalformedChallenge, Certainty::Certain, facts)
          .summary(fmt::format("The Digest challenge has no {}, without which no client can answer it.", name))
          .fix("On the server, send realm, nonce, qop=\"auth\" and algorithm with every Digest challenge.")
          .see("response.header", "www-authenticate", facts.challenge_lines.empty() ? std::string() : facts.challenge_lines.front());
    }
  }
}

bool is_rest_framework(const Facts& facts) {
  if (!facts.body_json || !facts.body_json->is_object()) return false;
  const auto detail = string_member(facts.body_json->get_object(), "detail");
  return detail && facts.body_json->get_object().size() <= 3;
}

// Django REST framework names the scheme of its first authentication class only; its text shows that another one read the token.
void only_first(const Facts& facts, Report& report) {
  const SentCredential* sent = facts.authorization();
  if (facts.status != 401 || sent == nullptr || sent->scheme.empty() || facts.challenges.challenges.size() != 1 ||
      facts.challenge(sent->scheme) != nullptr || !is_rest_framework(facts))
    return;
  if (facts.server_says("credentials were not provided")) return;  // then the sent scheme is none of its
  const bool read = facts.server_says("invalid token") || facts.server_says("given token not valid") ||
                    facts.server_says("token is invalid") || facts.server_says("user inactive") ||
                    facts.server_says("signature has expired") || facts.server_says("error decoding signature") ||
                    facts.server_says("token has expired") || facts.server_says("user not found");
  if (!read) return;
  const std::string& offered = facts.challenges.challenges.front().scheme;
  report.fault(Cause::ChallengeOnlyFirst, Certainty::Probable, facts)
      .summary(fmt::format("The challenge names {} only, and the answer shows that the server read the {} token and refuses that: it names "
                           "one of its schemes.",
                           offered, sent->scheme))
      .fix(fmt::format("Stay with {} and get a new token. On the server, put that authentication class first in "
                       "DEFAULT_AUTHENTICATION_CLASSES, so that its scheme is the one named.",
                       sent->scheme))
      .see("request.header", "authorization", sent->value, sent->scheme)
      .see("response.header", "www-authenticate", facts.challenge_lines.front(), offered)
      .see("response.body", "", std::string(facts.response_body().substr(0, 160)));
}

// ---------------------------------------------------------------- the wrong status

// Said even where nothing else is: new credentials would not help.
void answered_by_check(const Facts& facts, Report& report) {
  const std::string_view name = bot_check(facts);
  if (facts.status != 403 || name.empty()) return;
  report.note(Cause::ProxySent401, Certainty::Probable, facts)
      .summary(
          fmt::format("{} answered, not the server behind it: this 403 is no refusal of the credentials, which it does not look at.", name))
      .fix(
          "Ask whoever runs the site to let this path or this client's address past the check. Other credentials give the same answer, and "
          "a check for browsers lets no script through.")
      .see("response.status", "", fmt::format("403 {}", facts.response()->reason))
      .see("response.body", "", std::string(facts.response_body().substr(0, 160)));
}

// What to set on the server, where it is known what runs there.
std::string_view framework_advice(const Facts& facts) {
  const std::string name = identify_answerer(facts).name;
  if (name.starts_with("Django")) return " (Django REST framework: put a class with a challenge before SessionAuthentication)";
  if (name.starts_with("Spring")) return " (Spring Security: set an authenticationEntryPoint)";
  if (facts.body_json && facts.server_says("{\"detail\":\"not authenticated\"}"))
    return " (FastAPI: update, or raise 401 from a dependency with auto_error=False)";
  return "";
}

void nobody_as_403(const Context& context, const Facts& facts, Report& report) {
  if (facts.status != 403 || !facts.is_refused() || facts.request() == nullptr || facts.exchange->to_proxy ||
      browser_detail::is_preflight(facts))
    return;
  const auto is_login = [](const SentCredential& c) { return c.place != SentCredential::Place::ProxyAuthorization; };
  if (context.capture.credentials_hidden || std::any_of(facts.credentials.begin(), facts.credentials.end(), is_login) ||
      !facts.request_field("cookie").empty())
    return;
  if (is_forbidden_otherwise(facts)) return;
  const bool named = stripped_detail::says_nothing_came(facts);
  const bool server_page = facts.server_says("<center>nginx") || facts.server_says("<address>apache");
  auto entry = report.fault(Cause::MissingCredentialsAs403,
                            named         ? Certainty::Certain
                            : server_page ? Certainty::Suggestive
                                          : Certainty::Probable,
                            facts);
  if (named) entry.server_said();
  entry
      .summary(fmt::format("The request has no credentials, and the server answers 403{}, where 401 would say that it wants some.",
                           named ? " and says so in the body" : ""))
      .fix(
          fmt::format("Send the credentials that the API's documentation names. On the server answer 401 with WWW-Authenticate when nobody "
                      "is signed in{}.",
                      framework_advice(facts)))
      .see("response.status", "", fmt::format("403 {}", facts.response()->reason))
      .see("response.body", "", std::string(facts.response_body().substr(0, 160)));
}

// Per-request proofs cannot be compared over requests.
bool is_reusable(const SentCredential& c) { return c.is("Bearer") || c.is("Basic") || c.is("Token") || c.is("JWT") || c.is("ApiKey"); }

void forbidden_as_401(const Context& context, const Facts& facts, Report& report) {
  const SentCredential* sent = facts.authorization();
  if (facts.status != 401 || !facts.is_refused() || sent == nullptr || !is_reusable(*sent) ||
      facts.challenge_param("error") == "invalid_token")
    return;
  const std::string_view text = permission_text(facts);
  const Facts *before = nullptr, *after = nullptr;
  for (const Facts& one : context.facts) {
    const SentCredential* theirs = one.authorization();
    const bool other = one.request() != nullptr &&
                       (one.request()->url.path != facts.request()->url.path || one.request()->method != facts.request()->method);
    if (one.answer != Answer::Accepted || one.status / 100 != 2 || theirs == nullptr || theirs->value != sent->value ||
        !same_origin(one.request()->url, facts.request()->url) || !other)
      continue;
    (one.at < facts.at ? before : after) = &one;
  }
  const Facts* accepted = after != nullptr ? after : before;
  if (accepted == nullptr && text.empty()) return;
  auto entry = report.fault(Cause::ForbiddenAs401, Certainty::Probable, facts);
  if (!text.empty()) entry.server_said().see("response.body", "", std::string(facts.response_body().substr(0, 200)));
  entry
      .summary(accepted != nullptr ? fmt::format("The same credential is accepted for {} {}, so the server knows it; it does not permit {} "
                                                 "{}, for which 403 would be right.",
                                                 accepted->request()->method, accepted->request()->url.path, facts.request()->method,
                                                 facts.request()->url.path)
                                   : "The server's text is about a permission, not about the credential: 403 would be right.")
      .fix(
          "Ask for the role, scope or ownership that this resource needs; a new login or refresh gives the same result, so do not retry in "
          "a loop.");
  if (accepted != nullptr)
    entry.see("request.line", "", fmt::format("{} {} → {}", accepted->request()->method, accepted->request()->url.path, accepted->status));
}

// The gateway let the request through, and the application behind it dislikes the audience.
void audience_conflict(const Facts& facts, Report& report) {
  if ((facts.status != 401 && facts.status != 403) || facts.token() == nullptr || !facts.server_says("audience")) return;
  std::string mark;
  for (const std::string_view name : {"x-envoy-upstream-service-time", "x-kong-upstream-latency", "x-amzn-remapped-www-authenticate",
                                      "x-amzn-remapped-server", "x-apigee-target-latency"}) {
    if (mark.empty() && !facts.response_field(name).empty()) mark = name;
  }
  if (mark.empty()) return;
  report.fault(Cause::ConflictingGatewayAudience, Certainty::Suggestive, facts)
      .summary(fmt::format(
          "The gateway let the token pass, and the application behind it refuses the audience ({}): the two want different ones.",
          list_text(facts.token()->token->claim_list("aud"))))
      .fix(
          "Let both accept the same audience, give the token both, or let the gateway exchange the token for one meant for the application "
          "(RFC 8693).")
      .see("response.header", mark, std::string(facts.response_field(mark)))
      .see("response.body", "", std::string(facts.response_body().substr(0, 200)));
}

}  // namespace

void server_faults(const Context& context, Report& report) {
  std::set<std::string> bare, broken;
  for (const Facts& facts : context.facts) {
    login_redirect(facts, report);
    login_page(context, facts, report);
    no_challenge(context, facts, bare, report);
    malformed(context, facts, "www-authenticate", facts.challenges, broken, report);
    malformed(context, facts, "proxy-authenticate", facts.proxy_challenges, broken, report);
    incomplete(context, facts, report);
    if (!facts.is_refused()) continue;
    only_first(facts, report);
    answered_by_check(facts, report);
    nobody_as_403(context, facts, report);
    forbidden_as_401(context, facts, report);
    audience_conflict(facts, report);
  }
}

}  // namespace quivive::diagnose::rules
