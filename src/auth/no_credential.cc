#include "auth/no_credential.h"

#include "base/text.h"

#include <fmt/format.h>

namespace quivive::auth {
namespace {

void add_to_list(std::string& list, std::string_view between, std::string_view item) {
  if (!list.empty()) list += between;
  list += item;
}

// "X-API-Key: KEY or Authorization: ApiKey KEY".
std::string key_places(const ApiKeySettings& settings) {
  std::string out;
  if (!settings.header.empty()) add_to_list(out, " or ", settings.header + ": KEY");
  if (settings.authorization) add_to_list(out, " or ", "Authorization: ApiKey KEY");
  if (!settings.query.empty()) add_to_list(out, " or ", fmt::format("?{}=KEY", printable(settings.query)));
  return out;
}

std::string accepted_by(const RoutePolicy& policy) {
  std::string out;
  for (const Scheme scheme : policy.accepted()) {
    switch (scheme) {
      case Scheme::ApiKey: add_to_list(out, ", ", fmt::format("an API key ({})", key_places(policy.settings().api_key))); break;
      case Scheme::Session: add_to_list(out, ", ", "a session's cookie"); break;
      case Scheme::Digest:
      case Scheme::Bearer:
      case Scheme::Basic: add_to_list(out, ", ", info(scheme).challenge); break;
    }
  }
  return out;
}

std::string detail_of(const FoundCredentials& found, const RoutePolicy& policy) {
  std::string out(found.detail);
  if (!found.subject.empty()) out += ": " + printable(found.subject, 64);
  switch (found.hint) {
    case Hint::None: break;
    case Hint::Accepted: out += "; accepted: " + accepted_by(policy); break;
    case Hint::KeyPlaces: out += "; its place: " + key_places(policy.settings().api_key); break;
    case Hint::QueryName: out += fmt::format("; the parameter is {}, and upper and lower case count", printable(policy.settings().api_key.query)); break;
  }
  return out;
}

}  // namespace

std::string credentials_seen(const FoundCredentials& found) {
  std::string seen;
  for (std::size_t i = 0; i < found.seen_count; ++i) {
    const FoundCredentials::Seen& one = found.seen[i];
    const std::string_view other = found.in_authorization.empty() ? "another scheme" : found.in_authorization;
    add_to_list(seen, ", ", fmt::format("{} in {}", one.scheme ? info(*one.scheme).challenge : other, place_name(one.place)));
  }
  return seen.empty() ? "none found" : "found " + seen;
}

Verdict without_credential(const FoundCredentials& found, const RoutePolicy& policy) {
  Verdict verdict;
  // "Allowed" without a credential is the answer for a public route, and this one is not.
  verdict.reason = found.reason == Reason::Allowed ? Reason::VerifierMisconfigured : found.reason;
  verdict.scheme = found.scheme;
  // A request that brings nothing costs nothing: the common 401 is written from static text alone.
  if (found.seen_count == 0) return verdict;
  verdict.detail = detail_of(found, policy);
  verdict.checks = {{"credentials", Outcome::Failed, credentials_seen(found)}};
  return verdict;
}

}  // namespace quivive::auth
