#include "auth/schemes/bearer.h"

#include "auth/tools.h"
#include "auth/api_key_format.h"
#include "base/text.h"
#include "jose/verify_jwt.h"

#include <algorithm>
#include <span>

namespace quivive::auth {
namespace {

constexpr Scheme kBearer = Scheme::Bearer;

// What people send in a token's place; the form alone is as jose saw it.
std::string with_hint(std::string detail, std::string_view token) {
  if (looks_like_api_key(token)) return "an API key sent as a Bearer token";
  const bool twice = token.size() > 7 && iequals(token.substr(0, 7), "Bearer ");
  if (twice) return "the word Bearer twice";
  if (token.starts_with('"') || token.starts_with('\'')) return "quotes around the token";
  if (token.starts_with('$') || token.starts_with('{') || token.starts_with('<'))
    return "a placeholder that nothing was put into";
  return detail;
}

Verdict refuse_token(const jose::JwtRejection& rejection) {
  Verdict verdict = refuse(kBearer, rejection.first().reason, rejection.first().detail);
  for (std::size_t i = 1; i < rejection.failures.size(); ++i) {
    add_failure(verdict.checks, CheckList::Token, rejection.failures[i].reason, rejection.failures[i].detail);
  }
  return verdict;
}

void append_words(std::vector<std::string_view>& out, std::string_view text) {
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    if (end > 0) out.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

void append_scopes(const jose::VerifiedJwt& token, const IssuerPolicy& issuer, std::vector<std::string_view>& out) {
  if (issuer.scope_claims.empty()) return token.append_scopes(out);
  for (const std::string& name : issuer.scope_claims) {
    const Json* claim = token.claim(name);
    if (claim == nullptr) continue;
    if (claim->is_string()) {
      append_words(out, claim->get_string());  // RFC 9068 section 2.2.3: words separated by spaces
    } else {
      token.append_strings(name, out);
    }
    break;
  }
}

void append_roles(const jose::VerifiedJwt& token, const IssuerPolicy& issuer, std::vector<std::string_view>& out) {
  for (const std::string& name : issuer.role_claims) token.append_strings(name, out);
}

void keep_claim(const jose::VerifiedJwt& token, const std::string& name, std::vector<KeptClaim>& out) {
  const Json* value = token.claim(name);
  out.push_back({name, value == nullptr ? std::nullopt : std::optional(copy_json(*value))});
}

// What requirements of any route may look at, for later requests, and those of this one.
std::vector<KeptClaim> kept_claims(const jose::VerifiedJwt& token, const IssuerPolicy& issuer, const Requirement& requirement) {
  std::vector<KeptClaim> out;
  for (const std::string& name : issuer.kept_claims) keep_claim(token, name, out);
  for (const ClaimTerms& rule : requirement.claims) {
    if (std::ranges::find(out, rule.claim, &KeptClaim::name) == out.end()) keep_claim(token, rule.claim, out);
  }
  return out;
}

// From when jose would refuse the token.
Instant not_after(const jose::VerifiedJwt& token, const jose::JwtPolicy& policy) {
  Instant end = Instant::max();
  if (token.expires()) end = std::min(end, *token.expires() + policy.leeway());
  if (policy.max_age() && token.issued_at())
    end = std::min(end, *token.issued_at() + *policy.max_age() + policy.leeway());
  return end;
}

}  // namespace

Finding BearerCheck::start(const CheckContext& context) {
  auto raw = jose::RawJwt::parse(token_, context.policy.settings().token_bytes);
  if (!raw) {
    const jose::JwtFailure& failure = raw.error();
    const bool shapeless = failure.reason == Reason::TokenMalformed;
    return refuse(kBearer, failure.reason, shapeless ? with_hint(failure.detail, token_) : failure.detail);
  }
  raw_ = std::move(*raw);
  // Not believed, only used to choose whose keys may judge it; the verifier compares iss again.
  const std::shared_ptr<const IssuerPolicy>* issuer = context.policy.find_issuer(raw_->unverified_issuer());
  if (issuer == nullptr) {
    std::string wanted;
    for (const auto& known : context.policy.settings().issuers)
      wanted += (wanted.empty() ? "" : " or ") + known->issuer();
    const Json* iss = member(raw_->unverified_claims(), "iss");
    const std::string has = iss == nullptr ? "no iss" : iss->is_string() ? "iss is \"" + printable(iss->get_string()) + '"' : "iss is not a string";
    return refuse(kBearer, Reason::TokenWrongIssuer, has + "; wants " + printable(wanted));
  }
  issuer_ = *issuer;
  // Fail closed: a token that was revoked must not pass because the list has not been read, or not for too long.
  if (context.snapshot->revocations == nullptr)
    return unavailable(kBearer, {"the revocations cannot be read, or have not been yet", std::chrono::seconds(5)});
  const auto& sets = context.snapshot->issuers;
  // The name too: after a reload the slots of another configuration may lie elsewhere, and no key of one issuer may ever
  // judge the tokens of another.
  if (issuer_->key_slot < sets.size() && sets[issuer_->key_slot].issuer == issuer_->issuer())
    keys_ = sets[issuer_->key_slot].keys;
  return keys_ == nullptr ? ask(NeedKeys::Why::NeverFetched) : judge(context);
}

Finding BearerCheck::ask(NeedKeys::Why why) {
  asked_ = why;
  return Need{NeedKeys{issuer_, std::string(raw_->kid()), why}};
}

Finding BearerCheck::resume(const CheckContext& context, Answer answer) {
  if (!asked_) return wrong_answer(kBearer);
  if (auto* outage = std::get_if<Unavailable>(&answer)) {
    // The keys at hand are good and say that the signature is not. Whoever sends garbage learns nothing from an outage.
    if (*asked_ == NeedKeys::Why::BadSignature) return std::move(refused_);
    return unavailable(kBearer, std::move(*outage));
  }
  auto* found = std::get_if<FoundKeySet>(&answer);
  if (found == nullptr || found->keys == nullptr) return wrong_answer(kBearer);
  if (found->keys == keys_) return std::move(refused_);  // nothing newer: no second verification
  keys_ = std::move(found->keys);
  return judge(context);
}

Finding BearerCheck::judge(const CheckContext& context) {
  const auto key = jose::select_key(*raw_, issuer_->jwt, *keys_);
  if (!key) return refuse_or_ask(NeedKeys::Why::UnknownKid, refuse(kBearer, key.error().reason, key.error().detail));
  const auto token = jose::verify(*raw_, **key, issuer_->jwt, context.now, context.tools.signatures);
  if (!token) return refuse_or_ask(NeedKeys::Why::BadSignature, refuse_token(token.error()));
  return accept(context, *token, (*key)->kid());
}

Finding BearerCheck::refuse_or_ask(NeedKeys::Why why, Verdict verdict) {
  const bool fresh_keys_may_help =
      verdict.reason == Reason::TokenUnknownKey || verdict.reason == Reason::TokenBadSignature;
  if (!fresh_keys_may_help || asked_) return verdict;
  refused_ = std::move(verdict);
  return ask(why);
}

Finding BearerCheck::accept(const CheckContext& context, const jose::VerifiedJwt& token, const std::string& kid) {
  IdentityView identity;
  identity.scheme = kBearer;
  identity.issuer = token.issuer();
  const Json* subject = token.claim(issuer_->subject_claim);
  if (subject != nullptr && subject->is_string()) identity.subject = subject->get_string();
  identity.token_id = token.id().value_or("");
  identity.issued_at = token.issued_at();
  const auto iat = identity.issued_at ? std::optional(unix_seconds(*identity.issued_at)) : std::nullopt;
  if (context.snapshot->revocations->revoked(identity.issuer, identity.token_id, identity.subject, iat)) {
    return refuse(kBearer, Reason::TokenRevoked,
                  fmt::format("jti {}, sub {}", identity.token_id.empty() ? "absent" : printable(identity.token_id),
                              identity.subject.empty() ? "absent" : printable(identity.subject)));
  }
  identity.key_id = kid;
  std::vector<std::string_view> words;
  words.reserve(16);
  append_scopes(token, *issuer_, words);
  const std::size_t scopes = words.size();
  append_roles(token, *issuer_, words);
  identity.scopes = std::span(words).first(scopes);
  identity.roles = std::span(words).subspan(scopes);
  Basis basis;
  basis.not_after = not_after(token, issuer_->jwt);
  basis.issuer = issuer_;
  basis.keys = keys_;
  basis.store_epoch = context.snapshot->store_epoch;
  return std::allocate_shared<const Principal>(std::pmr::polymorphic_allocator<>(context.memory), Principal::Voucher{}, identity,
                                               std::move(basis), kept_claims(token, *issuer_, context.policy.requirement()),
                                               context.memory);
}

}  // namespace quivive::auth
