#include "auth/attempt.h"

#include "auth/no_credential.h"

#include <fmt/format.h>

namespace quivive::auth {
namespace {

// Which of several decided, put before the checks of that one.
void trace_choice(const FoundCredentials& found, std::vector<Check>& checks) {
  if (found.seen_count < 2) return;
  checks.insert(checks.begin(), {"credentials", Outcome::Passed,
                                 fmt::format("{}; {} decides", credentials_seen(found), info(found.credential->scheme).challenge)});
}

}  // namespace

Attempt::Attempt(const RoutePolicy& policy, const FoundCredentials& found, std::shared_ptr<const Snapshot> snapshot,
                 Tools& tools, Instant now, bool explain, std::pmr::memory_resource* memory)
    : found_(found), context_{policy, std::move(snapshot), tools, now, explain, memory} {}

Step Attempt::advance() {
  if (context_.policy.is_public()) {
    Verdict verdict;
    verdict.reason = Reason::Allowed;
    return verdict;
  }
  if (!found_.credential || !context_.policy.accepts(found_.credential->scheme)) return without_credential(found_, context_.policy);
  switch (found_.credential->scheme) {
    case Scheme::Digest: return finish(check_.emplace<DigestCheck>(found_).start(context_));
    case Scheme::Bearer: return finish(check_.emplace<BearerCheck>(found_.credential->value).start(context_));
    case Scheme::ApiKey: return finish(check_.emplace<ApiKeyCheck>(found_.credential->value).start(context_));
    case Scheme::Session: return finish(check_.emplace<SessionCheck>(found_.credential->value).start(context_));
    case Scheme::Basic: return finish(check_.emplace<BasicCheck>(found_.credential->value).start(context_));
  }
  return Verdict{};
}

Step Attempt::advance(Answer answer) {
  if (auto* bearer = std::get_if<BearerCheck>(&check_)) return finish(bearer->resume(context_, std::move(answer)));
  if (auto* api_key = std::get_if<ApiKeyCheck>(&check_)) return finish(api_key->resume(context_, std::move(answer)));
  if (auto* basic = std::get_if<BasicCheck>(&check_)) return finish(basic->resume(context_, std::move(answer)));
  if (auto* digest = std::get_if<DigestCheck>(&check_)) return finish(digest->resume(context_, std::move(answer)));
  if (auto* session = std::get_if<SessionCheck>(&check_)) return finish(session->resume(context_, std::move(answer)));
  return Verdict{};  // nothing was asked
}

std::shared_ptr<const DigestUser> Attempt::digest_user() const {
  const auto* digest = std::get_if<DigestCheck>(&check_);
  return digest == nullptr ? nullptr : digest->user();
}

Step Attempt::finish(Finding finding) {
  if (auto* need = std::get_if<Need>(&finding)) return std::move(*need);
  if (auto* refusal = std::get_if<Verdict>(&finding)) {
    trace_choice(found_, refusal->checks);
    return std::move(*refusal);
  }
  Verdict verdict;
  verdict.principal = std::get<std::shared_ptr<const Principal>>(std::move(finding));
  verdict.scheme = verdict.principal->scheme();
  if (std::optional<Denial> denial = authorize(context_.policy.requirement(), *verdict.principal)) {
    deny(verdict, std::move(*denial));
    trace_choice(found_, verdict.checks);
    return verdict;
  }
  verdict.reason = Reason::Allowed;
  if (const auto* digest = std::get_if<DigestCheck>(&check_)) verdict.authentication_info = digest->authentication_info(context_);
  if (context_.explain) verdict.checks = trace_of(checks_of(*verdict.scheme), Reason::Allowed, {});
  if (context_.explain) trace_choice(found_, verdict.checks);
  return verdict;
}

}  // namespace quivive::auth
