// What the servers of particular services answer, and answers that are about more than one request.

#include "base/text.h"
#include "diagnose/rules/forbidden_words.h"
#include "diagnose/rules/key_detail.h"
#include "diagnose/rules/token_request.h"
#include "diagnose/sent_value.h"
#include "diagnose/wording.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace quivive::diagnose::rules {
namespace {

bool is_github(const Facts& facts) {
  const std::string& host = facts.request()->url.host;
  return host == "api.github.com" || host == "raw.githubusercontent.com" || !facts.response_field("x-github-request-id").empty();
}

void github_sso(const Facts& facts, Report& report) {
  const std::string_view sso = facts.response_field("x-github-sso");
  if (sso.empty()) return;
  const bool required = sso.starts_with("required");
  const std::size_t at = sso.find("url=");
  const std::string link = at == std::string_view::npos ? std::string() : std::string(sso.substr(at + 4));
  const std::string fix = "Open the token's settings on GitHub, \"Configure SSO\", and authorise it for the organisation" +
                          (link.empty() ? std::string(".") : "; GitHub sent the link in X-GitHub-SSO (valid for an hour).");
  if (required && facts.is_refused()) {
    report.fault(Cause::SamlSsoUnauthorised, Certainty::Certain, facts)
        .summary(
            "The token is valid, but not authorised for the organisation's SAML single sign-on: GitHub answers X-GitHub-SSO: required.")
        .fix(fix)
        .see("response.header", "X-GitHub-SSO", std::string(sso))
        .server_said();
  } else if (!required) {
    report.warn(Cause::SamlSsoUnauthorised, Certainty::Certain, facts)
        .summary("The answer leaves out resources of organisations for whose single sign-on the token is not authorised.")
        .fix(fix)
        .see("response.header", "X-GitHub-SSO", std::string(sso));
  }
}

void github_404(const Facts& facts, Report& report) {
  if (facts.status != 404 || !facts.is_refused() || !is_github(facts) || report.has_error(facts)) return;
  const std::string& path = facts.request()->url.path;
  const bool about = path.starts_with("/repos/") || path.starts_with("/orgs/") || path.starts_with("/user/") ||
                     path.starts_with("/enterprises/") || path.starts_with("/teams/") || path.starts_with("/gists/") ||
                     facts.request()->url.host == "raw.githubusercontent.com";
  if (!about) return;
  const bool authenticated = facts.authorization() != nullptr && !trim_ows(facts.authorization()->rest).empty();
  const HeaderField* scopes = facts.response()->headers.find("x-oauth-scopes");
  auto entry = report.fault(Cause::Github404Mask, Certainty::Probable, facts);
  entry
      .summary(!authenticated      ? "GitHub answers 404 for private resources to who is not signed in, and no token was sent."
               : scopes != nullptr ? "GitHub answers 404 where the token may not see a private resource; this token has the scopes '" +
                                         std::string(trim_ows(scopes->value)) + "'."
                                   : "GitHub answers 404 where the token may not see a private resource.")
      .fix(!authenticated ? "Send a token that may read it: Authorization: Bearer <token>. If it still is 404, check the path."
                          : "Check the spelling first; then give the token access: scope repo for classic tokens, the repository and its "
                            "permission for fine-grained ones, and the organisation's approval and SSO.")
      .see("response.status", "", "404")
      .see("response.body", "message", answer_member(facts, "message"));
  if (scopes != nullptr) entry.see("response.header", "X-OAuth-Scopes", std::string(trim_ows(scopes->value)));
}

constexpr auto kLockoutTexts = std::to_array<std::string_view>(
    {"too many failed", "too many login attempts", "too many invalid", "too many unsuccessful", "too many authentication",
     "maximum number of login attempts", "account is locked", "account has been locked", "account locked", "locked out",
     "temporarily locked", "temporarily blocked", "temporarily disabled due to", "too_many_attempts", "captcha_challenge", "too many wrong",
     "exceeded the maximum number of failed", "user is locked", "brute force"});

// Attempts to sign in as the same one: the same credential, or another password of the same user.
bool is_same_login(const Facts& a, const Facts& b) {
  const SentCredential *x = a.authorization(), *y = b.authorization();
  if ((x == nullptr) != (y == nullptr)) return false;
  if (x == nullptr) return !a.credentials.empty() && !b.credentials.empty() && a.credentials.front().place == b.credentials.front().place;
  if (x->is("Basic") && y->is("Basic")) return read_basic(x->rest).user() == read_basic(y->rest).user();
  return x->value == y->value || (!x->token && !y->token && iequals(x->scheme, y->scheme));
}

void lockout(const Context& context, const Facts& facts, Report& report) {
  if (!facts.is_refused()) return;
  const auto text = std::find_if(kLockoutTexts.begin(), kLockoutTexts.end(), [&](std::string_view one) { return facts.server_says(one); });
  const bool said = text != kLockoutTexts.end();
  std::size_t refusals = 0;
  for (std::size_t i = facts.at; i-- > 0 && facts.at - i <= 50;) {
    const Facts& earlier = context.facts[i];
    if (earlier.request() == nullptr || earlier.request()->url.host != facts.request()->url.host) continue;
    if (earlier.status / 100 == 2) break;
    if (earlier.status == 401 && !earlier.credentials.empty() && !earlier.superseded && is_same_login(earlier, facts)) ++refusals;
  }
  // A 403 that speaks of a right knows who asks.
  const bool changed =
      (facts.status == 429 || (facts.status == 403 && !speaks_of_a_right(facts))) && refusals >= 3 && !facts.credentials.empty();
  if (!said && !changed) return;
  const std::string_view wait = facts.response_field("retry-after");
  auto entry = report.fault(Cause::LockoutAfterFailures, said ? Certainty::Certain : Certainty::Probable, facts);
  entry
      .summary(said ? "The server says that there were too many failed attempts ('" + std::string(*text) +
                          "'); it refuses correct credentials too for a while."
                    : fmt::format("After {} refusals with 401 the server answers {}: it has probably locked the account or the address.",
                                  refusals, facts.status))
      .fix("Stop every job that retries, wait" + (wait.empty() ? std::string() : " (Retry-After: " + std::string(wait) + ")") +
           ", and try once with credentials known to be right" +
           (facts.server_says("captcha") ? "; sign in once in a browser to solve the CAPTCHA." : "."))
      .see(said ? "response.body" : "response.status", "", said ? std::string(*text) : std::to_string(facts.status));
  if (said) entry.server_said();
}

void ip_allowlist(const Facts& facts, Report& report) {
  if (!facts.is_refused() || (facts.status != 401 && facts.status != 403)) return;
  static constexpr auto kExact = std::to_array<std::string_view>({"ip allow list enabled",
                                                                  "ip address is not permitted",
                                                                  "ip address is not allowed",
                                                                  "ip address not allowed",
                                                                  "ip is not allowed",
                                                                  "ip not allowed",
                                                                  "ip not whitelisted",
                                                                  "ip address is not whitelisted",
                                                                  "not in the allowlist",
                                                                  "not on the allowlist",
                                                                  "not in the ip allowlist",
                                                                  "ip address is not in the",
                                                                  "ip address not in allowlist",
                                                                  "ip is not whitelisted",
                                                                  "not whitelisted",
                                                                  "ip address is blocked",
                                                                  "blocked by network policy",
                                                                  "is not allowed to access snowflake",
                                                                  "ip access list",
                                                                  "ip_address_not_allowed",
                                                                  "ip address restriction",
                                                                  "not authorized to access from this ip",
                                                                  "unauthorized ip",
                                                                  "ip restricted"});
  static constexpr auto kHints = std::to_array<std::string_view>(
      {"ip address", "your ip", "client ip", "ip_address", "source ip", "network policy", "allowlist", "whitelist", "conditional access"});
  const auto find = [&](std::span<const std::string_view> all) {
    const std::string body = to_lower(facts.response_body());
    const auto at = std::find_if(all.begin(), all.end(), [&](std::string_view one) { return body.find(one) != std::string::npos; });
    return at == all.end() ? std::string_view() : *at;
  };
  const std::string_view exact = find(kExact);
  // Block pages of CDNs print the visitor's address, whatever the reason.
  const bool page = facts.response_field("content-type").find("html") != std::string_view::npos ||
                    facts.response_body().find("<html") != std::string_view::npos;
  const std::string_view text = !exact.empty() ? exact : page ? std::string_view() : find(kHints);
  if (text.empty()) return;
  auto entry = report.fault(Cause::IpAllowlist, exact.empty() ? Certainty::Suggestive : Certainty::Certain, facts);
  entry
      .summary(exact.empty() ? "The answer speaks of the network address ('" + std::string(text) +
                                   "'): the service may take this credential from known addresses only."
                             : "The server does not take requests from this address: it says '" + std::string(text) + "'.")
      .detail(exact.empty() ? "The same credential from another network decides it." : "")
      .fix(
          "Add the address that this machine has on the outside (curl https://ifconfig.me prints it) to the service's allow-list, or go "
          "through a network that is on it.")
      .see("response.body", "", std::string(text), std::string(text));
  if (!exact.empty()) entry.server_said();
}

// "repository:library/alpine:pull,push" (the Docker token specification): type, name, actions.
struct RegistryScope {
  std::string type, name, actions;
};
std::optional<RegistryScope> read_scope(std::string_view text) {
  const std::size_t first = text.find(':'), last = text.rfind(':');
  if (first == std::string_view::npos || first == last) return std::nullopt;
  return RegistryScope{std::string(text.substr(0, first)), std::string(text.substr(first + 1, last - first - 1)),
                       std::string(text.substr(last + 1))};
}

bool grants(const Json& access, const RegistryScope& scope) {
  if (!access.is_array()) return false;
  for (const Json& one : access.get_array()) {
    if (!one.is_object() || string_member(one.get_object(), "name").value_or("") != scope.name) continue;
    const Json* actions = member(one.get_object(), "actions");
    if (actions == nullptr || !actions->is_array()) return false;
    std::string_view rest = scope.actions;
    while (!rest.empty()) {
      const std::string_view action = rest.substr(0, rest.find(','));
      rest.remove_prefix(std::min(rest.size(), action.size() + 1));
      const bool there = std::any_of(actions->get_array().begin(), actions->get_array().end(),
                                     [&](const Json& a) { return a.is_string() && (a.get_string() == action || a.get_string() == "*"); });
      if (!there) return false;
    }
    return true;
  }
  return false;
}

void registry(const Facts& facts, Report& report) {
  if (!facts.is_refused()) return;
  const SentCredential* sent = facts.token();
  const http::Challenge* challenge = facts.challenge("Bearer");
  const std::string* wanted = challenge == nullptr ? nullptr : challenge->param("scope");
  const auto scope = wanted == nullptr ? std::nullopt : read_scope(*wanted);
  const bool is_registry = challenge != nullptr && challenge->param("service") != nullptr && scope.has_value();
  if (sent == nullptr) return;
  const Json* access = sent->token->claim("access");
  const std::vector<std::string> audience = sent->token->claim_list("aud");
  const bool glued = std::any_of(audience.begin(), audience.end(), [](const std::string& one) {
    return one.find(",scope=") != std::string::npos || one.find("&scope=") != std::string::npos;
  });
  const bool lacks = is_registry && access != nullptr && !grants(*access, *scope);
  const bool empty = access != nullptr && access->is_array() && access->get_array().empty() &&
                     (is_registry || facts.request()->url.path.starts_with("/v2/"));
  if (!glued && !lacks && !empty) return;
  const std::string scope_text = wanted == nullptr ? std::string() : *wanted;
  auto entry = report.fault(Cause::RegistryTokenScope, Certainty::Certain, facts);
  entry
      .summary(glued ? "The registry token's audience holds the scope as well ('" + audience.front() +
                           "'): the URL that asked for it was cut or glued together."
               : empty ? "The registry token grants nothing (access is empty)" +
                             (scope_text.empty() ? std::string(".") : ", and the registry asks for " + scope_text + ".")
                       : "The registry token does not grant " + scope_text + ", which the registry asks for.")
      .fix("Ask the realm for a token with this scope, the whole URL in single quotes: curl -u user 'https://…/token?service=…&scope=" +
           (scope_text.empty() ? "repository:NAME:pull" : scope_text) +
           "'; for a private repository or a push, log in to this registry's host first (docker login HOST).")
      .see("token.payload", glued ? "aud" : "access", glued ? audience.front() : to_json(*access));
  if (challenge != nullptr && !facts.challenge_lines.empty())
    entry.see("response.header", "WWW-Authenticate", facts.challenge_lines.front(), scope_text);
  if (is_registry) entry.server_said();  // its challenge names the very scope
}

void kubernetes(const Facts& facts, Report& report) {
  if (!facts.is_refused() || facts.status != 401 || answer_member(facts, "kind") != "Status" ||
      answer_member(facts, "reason") != "Unauthorized")
    return;
  // With nothing sent, or with a fault found already, this answer adds nothing.
  const bool sent = std::any_of(facts.credentials.begin(), facts.credentials.end(),
                                [](const SentCredential& c) { return kind_of_value(c.rest) == ValueKind::Plain; });
  if (!sent || report.has_error(facts)) return;
  report.fault(Cause::K8sUnauthorized, Certainty::Certain, facts)
      .summary("The Kubernetes API server could not authenticate the request, and hides why.")
      .detail("This is about who asks, not about permissions: those give 403. The reason is in the API server's log only.")
      .fix(
          "Check, in this order: the token's exp and aud (kubectl create token NAME makes a new one), that the service account still "
          "exists, the user and server in the kubeconfig's current context, "
          "the machine's clock; on EKS, AWS_PROFILE and other AWS_* variables, and the access entry or aws-auth mapping.")
      .see("response.body", "reason", "Unauthorized")
      .server_said();
}

}  // namespace

void key_answers(const Context& context, const Facts& facts, Report& report) {
  if (facts.response() == nullptr) return;
  github_sso(facts, report);
  lockout(context, facts, report);
  ip_allowlist(facts, report);
  registry(facts, report);
  kubernetes(facts, report);
  github_404(facts, report);
}

}  // namespace quivive::diagnose::rules
