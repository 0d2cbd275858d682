// Preflights (Fetch standard, CORS protocol): a browser asks with OPTIONS, without credentials, whether a script may send the
// request; the request itself is made only after a good answer.

#include "base/text.h"
#include "diagnose/rule.h"
#include "diagnose/rules/browser_detail.h"
#include "diagnose/wording.h"

#include <fmt/format.h>

#include <algorithm>

namespace quivive::diagnose::rules {
namespace {

constexpr std::size_t kPreflightWindow = 64;  // how far apart the two are recorded, in either order

bool same_place(const Url& a, const Url& b) { return a.host == b.host && a.path == b.path && a.query == b.query; }

// The request that a preflight asked about.
const Facts* request_of(const Context& context, const Facts& preflight) {
  const std::size_t first = preflight.at > kPreflightWindow ? preflight.at - kPreflightWindow : 0;
  const std::size_t last = std::min(context.facts.size(), preflight.at + kPreflightWindow);
  const std::string_view method = preflight.request_field("access-control-request-method");
  const Facts* found = nullptr;
  for (std::size_t i = first; i < last; ++i) {
    const Facts& one = context.facts[i];
    if (one.request() == nullptr || one.request()->method == "OPTIONS" || !same_place(one.request()->url, preflight.request()->url))
      continue;
    if (!method.empty() && one.request()->method != method) continue;
    if (found == nullptr || one.response() != nullptr) found = &one;
  }
  return found;
}

std::string method_and_path_asked_for(const Facts& preflight) {
  return fmt::format("{} {}", preflight.request_field("access-control-request-method"), preflight.request()->url.path);
}

void refused_preflight(const Facts& facts, Report& report) {
  const bool to_login = facts.answer == Answer::LoginPage && facts.status / 100 == 3;
  if (facts.status != 401 && facts.status != 403 && facts.status != 407 && !to_login) return;
  const auto from = browser_detail::initiator(facts);
  report.fault(Cause::CorsPreflight401, Certainty::Certain, facts)
      .summary(fmt::format(
          "The browser's preflight (OPTIONS) for {} was {}, and a preflight never carries credentials, so the request itself was not sent.",
          method_and_path_asked_for(facts), to_login ? "redirected to a login page" : fmt::format("answered with {}", facts.status)))
      .fix(fmt::format("Let the server answer OPTIONS requests that have Access-Control-Request-Method before it authenticates (put the "
                       "CORS middleware in front of the authentication; Spring: http.cors(); nginx: "
                       "answer OPTIONS with 204), with Access-Control-Allow-Origin: {} and Access-Control-Allow-Headers: {}. Nothing in "
                       "the page can change this.",
                       from ? from->origin() : "the page's origin",
                       facts.request_field("access-control-request-headers").empty()
                           ? "authorization"
                           : facts.request_field("access-control-request-headers")))
      .see("request.line", "", fmt::format("OPTIONS {}", facts.request()->url.text()), "OPTIONS")
      .see("request.header", "access-control-request-headers", std::string(facts.request_field("access-control-request-headers")))
      .see("response.status", "", fmt::format("{} {}", facts.status, facts.response()->reason));
}

void header_not_allowed(const Facts& facts, Report& report) {
  if (facts.status / 100 != 2) return;
  const std::vector<std::string> allowed =
      browser_detail::list_members(browser_detail::joined_field(facts, "access-control-allow-headers"));
  const auto allows = [&](std::string_view name) { return std::find(allowed.begin(), allowed.end(), name) != allowed.end(); };
  // `*` is a wildcard only for requests without credentials, and never covers Authorization.
  const bool wildcard = allows("*") && !iequals(facts.response_field("access-control-allow-credentials"), "true");
  std::vector<std::string> missing;
  for (const std::string& name : browser_detail::list_members(facts.request_field("access-control-request-headers"))) {
    if (!allows(name) && (name == "authorization" || !wildcard)) missing.push_back(name);
  }
  if (missing.empty()) return;
  const std::string list = browser_detail::joined_field(facts, "access-control-allow-headers");
  report.blocked(Cause::CorsHeaderNotAllowed, Certainty::Certain, facts)
      .summary(fmt::format("The preflight's answer does not allow {} {}, so the browser does not send {}.",
                           missing.size() == 1 ? "the header" : "the headers", list_text(missing), method_and_path_asked_for(facts)))
      .detail(allows("*") && missing.front() == "authorization"
                  ? "Access-Control-Allow-Headers: * does not cover Authorization; it has to be named."
              : list.empty() ? "The answer has no Access-Control-Allow-Headers."
                             : "")
      .fix(fmt::format("Let the server answer the preflight with Access-Control-Allow-Headers: {}{}.",
                       list.empty() || list == "*" ? "" : list + ", ", list_text(missing)))
      .see("request.header", "access-control-request-headers", std::string(facts.request_field("access-control-request-headers")),
           missing.front())
      .see("response.header", "access-control-allow-headers", list.empty() ? "(none)" : list);
}

// A script's request that failed without an answer, and no preflight is in the capture.
void blocked_request(const Context& context, const Facts& facts, Report& report) {
  if (facts.response() != nullptr || facts.request() == nullptr || !browser_detail::is_browser(facts) ||
      context.capture.format != Format::Har)
    return;
  if (browser_detail::relation(facts) != browser_detail::Relation::CrossSite &&
      browser_detail::relation(facts) != browser_detail::Relation::SameSite)
    return;
  const std::string type = to_lower(facts.request_field("content-type"));
  const bool simple = facts.authorization() == nullptr && type.find("json") == std::string::npos &&
                      (facts.request()->method == "GET" || facts.request()->method == "POST" || facts.request()->method == "HEAD");
  std::string failure;
  for (const std::string& remark : facts.exchange->remarks) {
    const std::string lower = to_lower(remark);
    if (lower.find("err_failed") != std::string::npos || lower.find("cors") != std::string::npos ||
        lower.find("preflight") != std::string::npos)
      failure = remark;
  }
  if (simple || failure.empty()) return;
  const bool has_preflight = std::any_of(context.facts.begin(), context.facts.end(), [&](const Facts& one) {
    return browser_detail::is_preflight(one) && same_place(one.request()->url, facts.request()->url);
  });
  if (has_preflight) return;
  report.fault(Cause::CorsPreflight401, Certainty::Suggestive, facts)
      .summary(fmt::format("The browser gave up on {} {} without an answer ({}), as it does when the preflight is refused.",
                           facts.request()->method, facts.request()->url.path, failure))
      .fix(
          "Look for the OPTIONS request to the same URL (DevTools: Network, 'All'), or try it: curl -i -X OPTIONS -H 'Origin: …' -H "
          "'Access-Control-Request-Method: …' URL.")
      .see("tool", "", failure)
      .see("request.header", "origin", std::string(facts.request_field("origin")));
}

}  // namespace

void cors(const Context& context, Report& report) {
  for (const Facts& facts : context.facts) {
    if (!browser_detail::is_preflight(facts)) {
      blocked_request(context, facts, report);
      continue;
    }
    if (facts.response() == nullptr) continue;
    const Facts* actual = request_of(context, facts);
    if (actual != nullptr && actual->response() != nullptr) continue;  // the browser was content
    refused_preflight(facts, report);
    header_not_allowed(facts, report);
  }
}

}  // namespace quivive::diagnose::rules
