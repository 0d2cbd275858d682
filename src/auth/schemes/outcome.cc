#include "auth/schemes/outcome.h"

#include "base/text.h"

#include <algorithm>

namespace quivive::auth {

Verdict refuse(Scheme scheme, Reason reason, std::string detail) { return refuse(scheme, checks_of(scheme), reason, std::move(detail)); }

Verdict refuse(Scheme scheme, CheckList checks, Reason reason, std::string detail) {
  Verdict verdict;
  verdict.reason = reason;
  verdict.scheme = scheme;
  verdict.checks = trace_of(checks, reason, detail);
  verdict.detail = std::move(detail);
  return verdict;
}

std::string no_user_of(std::string_view name) {
  const auto characters = std::ranges::count_if(name, [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; });
  return fmt::format("no user of that name ({} character{})", characters, characters == 1 ? "" : "s");
}

Verdict unavailable(Scheme scheme, Unavailable what) {
  Verdict verdict = refuse(scheme, what.overloaded ? Reason::VerifierOverloaded : Reason::VerifierUnavailable, printable(what.detail));
  verdict.retry_after = what.retry_after;
  return verdict;
}

Verdict wrong_answer(Scheme scheme) {
  return refuse(scheme, Reason::VerifierMisconfigured,
                "a need was answered with something else: a fault of the program");
}

}  // namespace quivive::auth
