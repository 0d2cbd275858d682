#include "auth/requirement.h"

#include "base/text.h"

#include <algorithm>
#include <charconv>
#include <span>

namespace quivive::auth {
namespace {

bool contains(std::span<const std::string_view> words, std::string_view word) {
  return std::ranges::find(words, word) != words.end();
}

// `has(word)` says whether the principal has it.
template <class Has>
bool satisfied(const Terms& terms, Has has) {
  return std::ranges::all_of(terms.all_of, has) && (terms.any_of.empty() || std::ranges::any_of(terms.any_of, has));
}

bool is_word(const Json& value, std::string_view word) {
  if (value.is_string()) return std::string_view(value.get_string()) == word;
  if (value.is_bool()) return word == (value.get_bool() ? "true" : "false");
  char digits[24];
  std::to_chars_result end{};
  if (value.is_int64()) {
    end = std::to_chars(digits, digits + sizeof digits, value.get_int64());
  } else if (value.is_uint64()) {
    end = std::to_chars(digits, digits + sizeof digits, value.get_uint64());
  } else {
    return false;  // a fraction has many spellings; null and objects are no words
  }
  return word == std::string_view(digits, static_cast<std::size_t>(end.ptr - digits));
}

bool holds_word(const Json& value, std::string_view word) {
  if (!value.is_array()) return is_word(value, word);
  return std::ranges::any_of(value.get_array(), [&](const Json& element) { return is_word(element, word); });
}

template <class Words>
void append_words(std::string& out, const Words& words, std::string_view separator) {
  for (const std::string_view word : words) {
    if (!out.empty()) out += separator;
    out += word;
  }
}

std::string describe(const Terms& terms, std::span<const std::string_view> has) {
  std::string wanted, any, seen;
  append_words(wanted, terms.all_of, " ");
  append_words(any, terms.any_of, " or ");
  append_words(seen, has, " ");
  if (!any.empty()) wanted += (wanted.empty() ? "one of " : ", and one of ") + any;
  return "wants " + printable(wanted) + "; has " + (seen.empty() ? "none" : printable(seen));
}

std::string required_scope(const Terms& scopes) {
  std::string out;
  append_words(out, scopes.all_of, " ");
  append_words(out, scopes.any_of, " ");
  return out;
}

Denial deny_claim(const ClaimTerms& rule, const Json* claim) {
  std::string wanted = rule.terms.empty() ? std::string("to be there") : std::string();
  if (!rule.terms.empty()) {
    append_words(wanted, rule.terms.all_of, " and ");
    if (!rule.terms.any_of.empty()) wanted += wanted.empty() ? "one of" : " and one of";
    append_words(wanted, rule.terms.any_of, " ");
  }
  return {Reason::PolicyDenied,
          "claim " + printable(rule.claim) + ": wants " + printable(wanted) + "; " +
              (claim == nullptr ? std::string("is absent") : "is " + printable(to_json(*claim))),
          {}};
}

}  // namespace

std::optional<Denial> authorize(const Requirement& requirement, const Principal& principal) {
  const auto has_scope = [&](const std::string& word) { return contains(principal.scopes(), word); };
  if (!satisfied(requirement.scopes, has_scope)) {
    return Denial{Reason::ScopeInsufficient, "scope: " + describe(requirement.scopes, principal.scopes()),
                  required_scope(requirement.scopes)};
  }
  const auto has_role = [&](const std::string& word) { return contains(principal.roles(), word); };
  if (!satisfied(requirement.roles, has_role)) {
    return Denial{Reason::PolicyDenied, "role: " + describe(requirement.roles, principal.roles()), {}};
  }
  for (const ClaimTerms& rule : requirement.claims) {
    const KeptClaim* kept = principal.claim(rule.claim);
    const Json* claim = kept != nullptr && kept->value ? &*kept->value : nullptr;
    const auto has_word = [&](const std::string& word) { return holds_word(*claim, word); };
    if (claim == nullptr || !satisfied(rule.terms, has_word)) return deny_claim(rule, claim);
  }
  return std::nullopt;
}

bool can_judge(const Requirement& requirement, const Principal& principal) {
  return principal.scheme() != Scheme::Bearer || std::ranges::all_of(requirement.claims, [&](const ClaimTerms& rule) {
           return principal.claim(rule.claim) != nullptr;
         });
}

void deny(Verdict& verdict, Denial denial) {
  verdict.reason = denial.reason;
  if (verdict.scheme) verdict.checks = trace_of(checks_of(*verdict.scheme), denial.reason, denial.detail);
  verdict.detail = std::move(denial.detail);
  verdict.required_scope = std::move(denial.required_scope);
}

}  // namespace quivive::auth
