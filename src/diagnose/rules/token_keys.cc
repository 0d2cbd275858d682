// What a token is signed with, against the key sets that the caller gave (--jwks).

#include "base/base64.h"
#include "base/text.h"
#include "crypto/constant_time.h"
#include "crypto/digest.h"
#include "crypto/signature.h"
#include "diagnose/rules/token_rules.h"
#include "diagnose/wording.h"
#include "jose/jwk_set.h"
#include "jose/raw_jwt.h"
#include "jose/verify_jwt.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace quivive::diagnose::rules {
namespace {

struct NamedSet {
  std::string name;
  jose::KeySet keys;
};

// What is asked of every key: does it verify this token?
class Check {
 public:
  Check(const jose::RawJwt& raw, jose::JwsAlgorithm algorithm, crypto::SignatureVerifier& verifier)
      : raw_(raw), algorithm_(algorithm), verifier_(verifier) {}

  [[nodiscard]] bool fits(const jose::Jwk& key) const { return key.fits(algorithm_); }
  [[nodiscard]] bool verifies(const jose::Jwk& key) const {
    return jose::signature_holds(algorithm_, key, raw_.signing_input(), raw_.signature(), verifier_);
  }
  // The secret was used as the text that it is written in, or the text in place of what it encodes: "" or which.
  [[nodiscard]] std::string_view other_encoding(const jose::Jwk& key) const {
    if (!key.is_symmetric() || !jose::is_symmetric(algorithm_)) return "";
    const std::string_view secret = key.secret()->secret().reveal(RevealSecret{});
    const auto signs = [&](std::string_view bytes) {
      return crypto::hmac(jose::info(algorithm_).hash, bytes, raw_.signing_input()) == raw_.signature();
    };
    if (signs(base64url_encode(secret)) || signs(base64_encode(secret)))
      return "with the base64 text of the secret, not with the bytes that it stands for";
    if (const auto bytes = base64_decode(secret); bytes && signs(*bytes))
      return "with the bytes that the secret's text stands for in base64, not with the text";
    if (const auto bytes = base64url_decode(secret); bytes && signs(*bytes))
      return "with the bytes that the secret's text stands for in base64, not with the text";
    return "";
  }

 private:
  const jose::RawJwt& raw_;
  jose::JwsAlgorithm algorithm_;
  crypto::SignatureVerifier& verifier_;
};

std::string key_name(const jose::Jwk& key) { return key.kid().empty() ? key.description() : quoted_text(key.kid()); }

std::string kids_of(std::span<const NamedSet> sets) {
  std::vector<std::string> kids;
  for (const NamedSet& set : sets) {
    for (const jose::Jwk& key : set.keys.keys()) {
      if (!key.kid().empty() && std::find(kids.begin(), kids.end(), key.kid()) == kids.end()) kids.push_back(printable(key.kid(), 64));
    }
  }
  return kids.empty() ? "none with an id" : list_text(kids);
}

const jose::Jwk* any_that_verifies(std::span<const NamedSet> sets, const Check& check) {
  for (const NamedSet& set : sets) {
    for (const jose::Jwk& key : set.keys.keys()) {
      if (check.verifies(key)) return &key;
    }
  }
  return nullptr;
}

class KeyJudge {
 public:
  KeyJudge(std::span<const NamedSet> sets, const JudgedToken& judged, const jose::RawJwt& raw, const Check& check, Report& report)
      : sets_(sets), judged_(judged), raw_(raw), check_(check), report_(report) {}

  void run() {
    if (raw_.kid().empty()) return without_kid();
    std::vector<const jose::Jwk*> named;
    std::size_t sets_with = 0;
    for (const NamedSet& set : sets_) {
      const std::size_t before = named.size();
      for (const jose::Jwk& key : set.keys.keys()) {
        // A key without an id may verify any token (PEM files, hand-made sets).
        if (key.kid() == raw_.kid() || key.kid().empty()) named.push_back(&key);
      }
      sets_with += named.size() > before ? 1 : 0;
    }
    if (named.empty()) return unknown();
    if (std::none_of(named.begin(), named.end(), [&](const jose::Jwk* key) { return check_.fits(*key); })) return misfit(*named.front());
    const auto good = std::find_if(named.begin(), named.end(), [&](const jose::Jwk* key) { return check_.verifies(*key); });
    const bool all_good =
        std::all_of(named.begin(), named.end(), [&](const jose::Jwk* key) { return !check_.fits(*key) || check_.verifies(*key); });
    if (all_good && sets_with == sets_.size()) return;
    if (good != named.end() && sets_with < sets_.size()) return only_in_some();
    if (sets_.size() > 1 && keys_differ(named)) return same_kid(good == named.end() ? nullptr : *good);
    if (good == named.end()) {
      bad_signature(named);
      maybe_rotated();
    }
  }

 private:
  Report::Entry fault(Cause cause, Certainty certainty) {
    const std::string evidence =
        fmt::format("alg={} kid={}", printable(raw_.algorithm_name(), 16), raw_.kid().empty() ? "(none)" : printable(raw_.kid(), 64));
    auto entry = report_.fault(cause, certainty, judged_.facts);
    entry.see("token.header", raw_.kid().empty() ? "alg" : "kid", evidence, std::string(raw_.kid()));
    return entry;
  }

  void unknown() {
    const jose::Jwk* other = any_that_verifies(sets_, check_);
    fault(Cause::TokenUnknownKey, Certainty::Certain)
        .summary(
            fmt::format("The token names the key {}, which is not in the key set; that has {}.", quoted_text(raw_.kid()), kids_of(sets_)))
        .detail(
            other != nullptr
                ? fmt::format("The key {} of the set verifies its signature all the same: the token's kid is wrong.", key_name(*other))
                : "No key of the set verifies its signature either: it is from another issuer, or from before or after a change of keys.")
        .fix(other != nullptr ? "Let whoever signs the token write the kid under which the key is published."
                              : fmt::format("Fetch the issuer's key set anew (the server's copy may be older than the last change of "
                                            "keys), and check that the token is from that issuer{}.",
                                            judged_.token.claim_text("iss").empty()
                                                ? ""
                                                : fmt::format(": it says {}", quoted_text(judged_.token.claim_text("iss"), 80))));
  }

  void only_in_some() {
    std::vector<std::string> without;
    for (const NamedSet& set : sets_) {
      const auto keys = set.keys.keys();
      if (std::none_of(keys.begin(), keys.end(), [&](const jose::Jwk& key) { return key.kid() == raw_.kid(); }))
        without.push_back(set.name);
    }
    fault(Cause::TokenUnknownKey, Certainty::Probable)
        .summary(fmt::format("The token names the key {}, which {} lacks.", quoted_text(raw_.kid()), list_text(without)))
        .detail("Another of the given key sets has it, and the signature is good.")
        .fix(
            "Let the server fetch the issuer's key set anew when it meets an unknown kid (once, and not more often than every few "
            "minutes).");
  }

  void misfit(const jose::Jwk& key) {
    fault(Cause::TokenAlgorithmNotAllowed, Certainty::Certain)
        .summary(fmt::format("The token is signed with {}, and the key {} is {}{}.", printable(raw_.algorithm_name(), 16), key_name(key),
                             key.description(), key.algorithm() ? fmt::format(" for {}", jose::name_of(*key.algorithm())) : ""))
        .fix(
            "Sign with the algorithm that the key is for. A server must never take the algorithm from the token: with HS256 and a public "
            "key anybody could sign.");
  }

  // With one set only it cannot be told from a token that was altered.
  void maybe_rotated() {
    report_.note(Cause::TokenSameKidNewKey, Certainty::Suggestive, judged_.facts)
        .summary(
            fmt::format("The key set has a key {}, and another key signed the token: the issuer may have replaced the key and kept its id.",
                        quoted_text(raw_.kid())))
        .fix("Fetch the key set anew and compare; give both sets with --jwks to tell.")
        .see("token.header", "kid", fmt::format("kid={}", printable(raw_.kid(), 64)));
  }

  void same_kid(const jose::Jwk* good) {
    std::string_view holder;
    for (const NamedSet& set : sets_) {
      for (const jose::Jwk& key : set.keys.keys()) {
        if (&key == good) holder = set.name;
      }
    }
    fault(Cause::TokenSameKidNewKey, Certainty::Certain)
        .summary(fmt::format("The key {} is not the same in all key sets{}.", quoted_text(raw_.kid()),
                             good != nullptr ? fmt::format("; the token was signed with the one in {}", holder)
                                             : std::string(", and the token was signed with none of them")))
        .detail("The issuer replaced the key and kept its id, so that a server which has the old one sees no reason to fetch the set anew.")
        .fix(
            "Let the server fetch the key set once more when a signature fails under a known kid, limited to once in a few minutes; and "
            "give every new key a new kid.");
  }

  void bad_signature(const std::vector<const jose::Jwk*>& tried) {
    const jose::Jwk* other = any_that_verifies(sets_, check_);
    std::string_view encoding;
    for (const jose::Jwk* key : tried) {
      if (encoding.empty()) encoding = check_.other_encoding(*key);
    }
    std::string detail = "Header, payload or signature were altered after signing, or another key signed them.";
    std::string fix =
        "Copy the token again, unchanged (no editing of claims, no decoding of '+' or '%'). If it comes that way from the issuer, the "
        "server has the wrong key or secret.";
    if (other != nullptr) {
      detail = fmt::format("The key {} of the set verifies it: the token's kid is wrong.", key_name(*other));
      fix = "Let whoever signs the token write the kid under which the key is published.";
    } else if (!encoding.empty()) {
      detail = fmt::format("It was signed {}.", encoding);
      fix = "Agree on one reading of the secret: either both sides decode it from base64, or both take the text as it stands.";
    }
    fault(Cause::TokenBadSignature, Certainty::Certain)
        .summary(fmt::format("The token's signature does not verify under the key {}.", key_name(*tried.front())))
        .detail(std::move(detail))
        .fix(std::move(fix));
  }

  void without_kid() {
    std::vector<const jose::Jwk*> fitting;
    const jose::Jwk* any = nullptr;
    for (const NamedSet& set : sets_) {
      for (const jose::Jwk& key : set.keys.keys()) {
        if (any == nullptr) any = &key;
        if (check_.fits(key)) fitting.push_back(&key);
      }
    }
    if (fitting.empty()) return misfit(*any);
    const auto good = std::find_if(fitting.begin(), fitting.end(), [&](const jose::Jwk* key) { return check_.verifies(*key); });
    if (good == fitting.end()) return bad_signature(fitting);
    if (fitting.size() == 1 || !keys_differ(fitting)) return;
    fault(Cause::TokenKidMissing, Certainty::Probable)
        .summary(fmt::format("The token names no key (kid), and {} keys of the set fit {}.", fitting.size(), raw_.algorithm_name()))
        .detail(fmt::format("The key {} verifies it; a server that does not try them all cannot know.", key_name(**good)))
        .fix("Let whoever signs the token put the key's kid into its header, or let the server try all keys that fit.");
  }

  static bool keys_differ(const std::vector<const jose::Jwk*>& keys) {
    return std::any_of(keys.begin(), keys.end(), [&](const jose::Jwk* key) {
      return key->is_symmetric() != keys.front()->is_symmetric() ||
             (key->is_symmetric() ? !crypto::constant_time_equal(key->secret()->secret().reveal(RevealSecret{}),
                                                                 keys.front()->secret()->secret().reveal(RevealSecret{}))
                                  : key->thumbprint() != keys.front()->thumbprint());
    });
  }

  std::span<const NamedSet> sets_;
  const JudgedToken& judged_;
  const jose::RawJwt& raw_;
  const Check& check_;
  Report& report_;
};

}  // namespace

void token_keys(const Context& context, Report& report) {
  std::vector<NamedSet> sets;
  for (const KeyDocument& document : context.expected.key_sets) {
    // The caller's own file may hold secrets. One that cannot be read was refused by the command line.
    if (auto keys = jose::KeySet::parse(document.text, jose::SymmetricKeys::Allow)) sets.push_back({document.name, std::move(*keys)});
  }
  if (sets.empty()) return;
  crypto::SignatureVerifier verifier;
  std::set<std::string> accepted;  // on exchanges that succeeded, a token is remarked on once
  for (const Facts& facts : context.facts) {
    const auto judged = judged_token(facts);
    if (!judged || judged->token.shape != TokenView::Shape::Jws || facts.superseded) continue;
    if (!facts.is_open() && !accepted.insert(judged->sent.rest).second) continue;
    const auto raw = jose::RawJwt::parse(trim_ows(judged->sent.rest));
    if (!raw || !raw->algorithm()) continue;
    KeyJudge(sets, *judged, *raw, Check(*raw, *raw->algorithm(), verifier), report).run();
  }
}

}  // namespace quivive::diagnose::rules
