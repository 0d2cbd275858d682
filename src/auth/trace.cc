#include "auth/trace.h"

#include <algorithm>
#include <array>
#include <span>

namespace quivive::auth {
namespace {

struct Row {
  std::string_view name;
  std::uint8_t stage;  // checks of one stage are all made, even when one of them fails
  std::initializer_list<Reason> reasons;
};

constexpr Row kToken[] = {
    {"form",
     0,
     {Reason::TokenEmpty, Reason::TokenMalformed, Reason::TokenEncrypted, Reason::TokenAlgNone,
      Reason::TokenCriticalHeader}},
    {"issuer", 1, {Reason::TokenWrongIssuer}},
    {"algorithm", 2, {Reason::TokenAlgorithmNotAllowed}},
    {"key", 3, {Reason::TokenUnknownKey, Reason::VerifierUnavailable}},
    {"signature", 4, {Reason::TokenBadSignature}},
    {"type", 5, {Reason::TokenIsIdToken}},
    {"claims", 5, {Reason::TokenMissingClaim, Reason::TokenBadClaim}},
    {"audience", 5, {Reason::TokenWrongAudience}},
    {"issued", 5, {Reason::TokenIssuedInFuture}},
    {"not before", 5, {Reason::TokenNotYetValid}},
    {"expiry", 5, {Reason::TokenExpired}},
    {"revocation", 6, {Reason::TokenRevoked}},
    {"scope", 7, {Reason::ScopeInsufficient}},
    {"policy", 8, {Reason::PolicyDenied}},
};
constexpr Row kApiKey[] = {
    {"form", 0, {Reason::KeyMalformed}},       {"look-up", 1, {Reason::KeyUnknown, Reason::VerifierUnavailable, Reason::VerifierOverloaded}},
    {"revocation", 2, {Reason::KeyRevoked}},   {"expiry", 3, {Reason::KeyExpired}},
    {"scope", 4, {Reason::ScopeInsufficient}}, {"policy", 5, {Reason::PolicyDenied}},
};
constexpr Row kPassword[] = {
    {"form", 0, {Reason::BasicMalformed}},
    {"password",
     1,
     {Reason::PasswordWrong, Reason::LockedOut, Reason::VerifierUnavailable, Reason::VerifierOverloaded, Reason::VerifierMisconfigured}},
    {"scope", 2, {Reason::ScopeInsufficient}},
    {"policy", 3, {Reason::PolicyDenied}},
};
constexpr Row kSession[] = {
    {"look-up", 0, {Reason::SessionUnknown, Reason::VerifierUnavailable, Reason::VerifierOverloaded}},
    {"revocation", 1, {Reason::SessionRevoked}},
    {"expiry", 2, {Reason::SessionExpired}},
    {"scope", 3, {Reason::ScopeInsufficient}},
    {"policy", 4, {Reason::PolicyDenied}},
};
constexpr Row kDigest[] = {
    {"form", 0, {Reason::DigestMalformed}},
    {"algorithm", 1, {Reason::DigestAlgorithmNotAllowed}},
    {"uri", 2, {Reason::DigestUriMismatch}},
    {"body length", 3, {Reason::DigestBodyTooLarge}},
    {"response", 4, {Reason::DigestWrongResponse, Reason::LockedOut, Reason::VerifierUnavailable, Reason::VerifierOverloaded}},
    {"nonce", 5, {Reason::DigestNonceStale}},
    {"count", 6, {Reason::DigestNonceReplayed}},
    {"scope", 7, {Reason::ScopeInsufficient}},
    {"policy", 8, {Reason::PolicyDenied}},
};

std::span<const Row> rows_of(CheckList list) {
  switch (list) {
    case CheckList::Token: return kToken;
    case CheckList::ApiKey: return kApiKey;
    case CheckList::Password: return kPassword;
    case CheckList::Digest: return kDigest;
    case CheckList::Session: return kSession;
  }
  return {};
}

const Row* row_of(std::span<const Row> rows, Reason reason) {
  for (const Row& row : rows) {
    if (std::ranges::find(row.reasons, reason) != row.reasons.end()) return &row;
  }
  return nullptr;
}

}  // namespace

CheckList checks_of(Scheme scheme) {
  switch (scheme) {
    case Scheme::Digest: return CheckList::Digest;
    case Scheme::Bearer: return CheckList::Token;
    case Scheme::ApiKey: return CheckList::ApiKey;
    case Scheme::Session: return CheckList::Session;
    case Scheme::Basic: return CheckList::Password;
  }
  return CheckList::Token;
}

std::vector<Check> trace_of(CheckList list, Reason failed, std::string_view note) {
  const std::span<const Row> rows = rows_of(list);
  const Row* culprit = row_of(rows, failed);
  std::vector<Check> checks;
  checks.reserve(rows.size());
  for (const Row& row : rows) {
    Outcome outcome = Outcome::Skipped;
    if (failed == Reason::Allowed) {
      outcome = Outcome::Passed;
    } else if (&row == culprit) {
      outcome = Outcome::Failed;
    } else if (culprit != nullptr && row.stage <= culprit->stage) {
      outcome = Outcome::Passed;
    }
    checks.push_back({row.name, outcome, outcome == Outcome::Failed ? std::string(note) : std::string()});
  }
  return checks;
}

void add_failure(std::vector<Check>& checks, CheckList list, Reason also, std::string_view note) {
  const Row* culprit = row_of(rows_of(list), also);
  if (culprit == nullptr) return;
  for (Check& check : checks) {
    if (check.name != culprit->name) continue;
    check.outcome = Outcome::Failed;
    if (!check.note.empty()) check.note += "; ";
    check.note += note;
  }
}

}  // namespace quivive::auth
