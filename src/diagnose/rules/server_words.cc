// What the server says: texts that name the fault (diagnose/fingerprints.def). Of our own gateway, its reasons.

#include "base/text.h"
#include "diagnose/fingerprints.h"
#include "diagnose/rules/gateway_reasons.h"
#include "diagnose/rules/server_phrases.h"
#include "diagnose/rules/token_rules.h"
#include "diagnose/wording.h"
#include "http/grammar.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace quivive::diagnose::rules {
namespace {

bool is_of_header_text(Cause cause) {
  const CauseFamily family = info(cause).family;
  return family == CauseFamily::HeaderText || family == CauseFamily::Basic || family == CauseFamily::Sent;
}

// What is left of a row after it was held against the request: the cause, how sure, and what speaks against it.
struct Judgement {
  Cause cause{};
  Certainty certainty{};
  std::string detail;
  bool said = false;  // the text names this very cause
};

class Weighing {
 public:
  Weighing(const Context& context, const Facts& facts) : context_(context), facts_(facts), judged_(judged_token(facts)) {}

  // Nothing where the text cannot be about this request.
  [[nodiscard]] std::optional<Judgement> weigh(const Said& said) const {
    const Fingerprint& row = *said.row;
    Judgement out{row.cause, row.certainty, "", row.says == Fingerprint::Says::Names};
    switch (row.cause) {
      case Cause::CredentialsMissing: return missing(row, out);
      case Cause::CredentialsRejected: return rejected(out);
      case Cause::TokenExpired: return expired(out);
      case Cause::TokenNotYetValid: return not_yet_valid(out);
      case Cause::TokenMalformed: return malformed(out);
      case Cause::TokenEmpty:
      case Cause::SchemeMissing:
      case Cause::TokenInnerWhitespace: return header_text(out);
      case Cause::TokenBadSignature: return signature(out);
      case Cause::TokenWrongAudience: return audience(said, out);
      case Cause::TokenWrongIssuer: return issuer(said, out);
      case Cause::TokenAlgorithmNotAllowed: return algorithm(out);
      case Cause::TokenMissingClaim: return claim(said, out);
      case Cause::ScopeInsufficient: return right(said, out);
      case Cause::K8sUnauthorized: return facts_.credentials.empty() && facts_.request() != nullptr ? std::nullopt : std::optional(out);
      default: return out;
    }
  }

 private:
  using Out = std::optional<Judgement>;

  [[nodiscard]] bool sent_anything() const { return !facts_.credentials.empty(); }
  [[nodiscard]] bool sees_request() const { return facts_.request() != nullptr && !context_.capture.credentials_hidden; }
  [[nodiscard]] bool has_jws() const { return judged_ && judged_->token.shape == TokenView::Shape::Jws; }

  [[nodiscard]] Out missing(const Fingerprint& row, Judgement out) const {
    if (context_.capture.credentials_hidden) return std::nullopt;
    if (facts_.request() == nullptr) {
      if (row.says == Fingerprint::Says::Hints) out.certainty = std::min(out.certainty, Certainty::Probable);
      return out;
    }
    if (!sent_anything() && facts_.status == 403) {
      out.cause = Cause::MissingCredentialsAs403;
      return out;
    }
    if (!sent_anything()) {
      out.certainty = row.says == Fingerprint::Says::Names ? Certainty::Certain : Certainty::Probable;
      return out;
    }
    // A key in another place than the one that the text asks for.
    const bool wants_key = row.text.find("api key") != std::string_view::npos || row.text.find("api-key") != std::string_view::npos ||
                           row.text.find("apikey") != std::string_view::npos || row.text.find("subscription key") != std::string_view::npos;
    if (wants_key) {
      const SentCredential& sent = facts_.credentials.front();
      if (sent.place == Place::Cookie) return std::nullopt;
      if (sent.place == Place::Header && sent.name.find('_') != std::string::npos) return std::nullopt;  // dropped on the way, more likely
      out.cause = sent.place == Place::Header ? Cause::KeyHeaderName : Cause::KeyInWrongPlace;
      out.certainty = Certainty::Probable;
      out.detail =
          sent.place == Place::Query
              ? fmt::format("The request has a key in the query ({}), and the server did not see it.", printable(sent.name, 40))
              : fmt::format("The request has a credential in the header {}, and the server looked elsewhere.", printable(sent.name, 40));
      return out;
    }
    // Sent and not seen: something in between took it away, or the header cannot be read. Others say which.
    const bool cookies_only =
        std::all_of(facts_.credentials.begin(), facts_.credentials.end(), [](const SentCredential& c) { return c.place == Place::Cookie; });
    if (!cookies_only || row.says == Fingerprint::Says::Hints) return std::nullopt;
    static constexpr auto kHeaderWords = std::to_array<std::string_view>({"header", "token", "jwt", "bearer"});
    const bool header = std::any_of(kHeaderWords.begin(), kHeaderWords.end(),
                                    [&](std::string_view word) { return row.text.find(word) != std::string_view::npos; });
    // The session that was sent is none, or over: a refusal of what was sent.
    if (!header && facts_.status == 401 && facts_.challenges.challenges.empty()) return std::nullopt;
    out.certainty = Certainty::Probable;
    out.detail = header ? "The request has a cookie, and the server asks for a header."
                        : "The request has a cookie, and the server does not take it as a session.";
    return out;
  }

  [[nodiscard]] Out rejected(Judgement out) const {
    if (sees_request() && !sent_anything()) return std::nullopt;
    return out;
  }

  [[nodiscard]] Out expired(Judgement out) const {
    if (!has_jws()) return out;
    const ClaimTime exp = claim_time(judged_->token, "exp");
    if (exp.milliseconds || exp.not_a_number) return std::nullopt;  // that is why the server thinks so
    if (exp.instant && facts_.clock == ClockSource::Response && *exp.instant > facts_.now) {
      out.certainty = Certainty::Probable;
      out.detail = fmt::format("The token's own exp is {}: the server may mean a session, or a maximum age, or its clock is wrong.",
                               after_clock(facts_, *exp.instant));
    }
    return out;
  }

  [[nodiscard]] Out not_yet_valid(Judgement out) const {
    const bool assertion = std::any_of(facts_.credentials.begin(), facts_.credentials.end(), [](const SentCredential& c) {
      return c.place == Place::Form && (c.name == "client_assertion" || c.name == "assertion");
    });
    if (assertion) {
      out.cause = Cause::AssertionClock;
    } else if (has_jws() && (claim_time(judged_->token, "nbf").milliseconds || claim_time(judged_->token, "iat").milliseconds)) {
      return std::nullopt;  // that is why the server thinks so
    }
    return out;
  }

  [[nodiscard]] Out malformed(Judgement out) const {
    const SentCredential* sent = facts_.authorization();
    // An opaque string where a JWT is expected has a finding of its own.
    const bool opaque = sent != nullptr && !sent->token && http::is_token68(trim_ows(sent->rest));
    if (opaque && trim_ows(sent->rest).size() >= 16) return std::nullopt;
    if (judged_ && judged_->token.shape == TokenView::Shape::Jwe) return std::nullopt;
    if (has_jws()) {
      out.certainty = Certainty::Probable;
      out.detail =
          "The token is a well-formed JWT as it was sent: the server reads something else, such as the word Bearer with it, or another "
          "header or cookie.";
    }
    return out;
  }

  // A signature may be another one than a JWT's.
  [[nodiscard]] Out signature(Judgement out) const {
    const SentCredential* sent = facts_.authorization();
    if (sent != nullptr && sent->is("OAuth") && sent->rest.find("oauth_signature") != std::string::npos) {
      out.cause = Cause::Oauth1Signature;
    } else if (has_jws() && member(judged_->token.header, "nonce") != nullptr) {
      out.cause = Cause::TokenGraphNonce;
      out.certainty = Certainty::Probable;
      out.detail = "The token's header has a nonce, as Microsoft Graph's own tokens do; nobody but Graph can verify those.";
    }
    return out;
  }

  [[nodiscard]] Out header_text(Judgement out) const {
    // The request shows its own faults; where it shows none, the server saw another value.
    if (out.cause == Cause::TokenEmpty && judged_) out.certainty = Certainty::Probable;
    const SentCredential* sent = facts_.authorization();
    if (out.cause == Cause::SchemeMissing && sent != nullptr && !sent->scheme.empty()) {
      out.certainty = Certainty::Probable;
      if (sent->is("Bearer") && sent->scheme != "Bearer") {
        out.cause = Cause::SchemeCase;
        out.detail = fmt::format("The scheme was sent as '{}', and this server looks for 'Bearer' letter by letter.", sent->scheme);
      }
    }
    return out;
  }

  [[nodiscard]] Out audience(const Said& said, Judgement out) const {
    if (!has_jws()) return out;
    const auto has = judged_->token.claim_list("aud");
    const std::string wanted = expected_in(said.quote);
    if (judged_->token.claim("aud") == nullptr) {
      out.cause = Cause::TokenMissingClaim;
      out.detail = "The token has no aud at all.";
      return out;
    }
    if (!wanted.empty() && std::find(has.begin(), has.end(), wanted) != has.end()) {
      out.certainty = Certainty::Probable;
      out.detail = "The token's aud holds what the server says that it expects: it may have judged another token.";
      return out;
    }
    for (const std::string& one : has) {
      if (const std::string difference = near_miss(one, wanted); !difference.empty())
        out.detail = fmt::format("They differ by {}.", difference);
    }
    if (out.detail.empty() && !has.empty()) out.detail = fmt::format("The token's aud is {}.", list_text(has));
    return out;
  }

  [[nodiscard]] Out issuer(const Said& said, Judgement out) const {
    const std::string wanted = expected_in(said.quote);
    const std::string has = has_jws() ? std::string(judged_->token.claim_text("iss")) : received_in(said.quote);
    if (has_jws() && judged_->token.claim("iss") == nullptr) {
      out.cause = Cause::TokenMissingClaim;
      out.detail = "The token has no iss at all.";
      return out;
    }
    const int version = entra_version(has), other = entra_version(wanted);
    if (version != 0 && other != 0 && version != other) {
      out.cause = Cause::TokenEntraVersion;
      out.detail = fmt::format("The token is of version {} of Microsoft Entra, and the server expects version {}.", version, other);
    } else if (const std::string difference = near_miss(has, wanted); !difference.empty()) {
      out.cause = Cause::TokenIssuerNearMiss;
      out.detail = fmt::format("{} and {} differ by {}.", quoted_text(has, 100), quoted_text(wanted, 100), difference);
    } else if (!has.empty()) {
      out.detail = fmt::format("The token's iss is {}.", quoted_text(has, 100));
    }
    return out;
  }

  [[nodiscard]] Out algorithm(Judgement out) const {
    if (has_jws()) out.detail = fmt::format("The token's alg is {}.", printable(judged_->token.header_text("alg"), 32));
    return out;
  }

  [[nodiscard]] Out claim(const Said& said, Judgement out) const {
    if (!has_jws()) return out;
    for (const std::string_view name : {"exp", "aud", "iss", "sub", "kid"}) {
      if (to_lower(said.quote).find(fmt::format("'{}'", name)) == std::string::npos &&
          to_lower(said.quote).find(fmt::format("\"{}\"", name)) == std::string::npos)
        continue;
      if (judged_->token.claim(name) != nullptr || member(judged_->token.header, name) != nullptr) {
        out.certainty = Certainty::Probable;
        out.detail = fmt::format("The token has {}: the server may have judged another one.", name);
      }
    }
    return out;
  }

  // Signed URLs have their credentials in the query.
  [[nodiscard]] bool is_nobody() const {
    return sees_request() && !sent_anything() && facts_.request_field("cookie").empty() &&
           to_lower(facts_.request()->url.query).find("sig") == std::string::npos;
  }

  // A right that is missing, unless the server took the caller for nobody: then credentials are.
  [[nodiscard]] Out right(const Said& said, Judgement out) const {
    if (to_lower(said.quote).find("anonymous") != std::string::npos) {
      out.cause = Cause::CredentialsMissing;
      return missing(*said.row, out);
    }
    if (is_nobody() && facts_.status == 403) {
      out.cause = Cause::MissingCredentialsAs403;
      out.certainty = Certainty::Probable;
      out.said = false;
    } else if (facts_.status == 401) {
      // Anybody's words about a permission do not show that it is a matter of the token's scope.
      out.cause = said.row->emitter == "any" ? Cause::ForbiddenAs401 : Cause::ScopeInsufficientAs401;
    }
    return out;
  }

  const Context& context_;
  const Facts& facts_;
  std::optional<JudgedToken> judged_;
};

// Without the full stop that ends the server's sentence, since ours goes on.
std::string_view without_full_stop(std::string_view quote) {
  while (!quote.empty() && (quote.back() == '.' || quote.back() == ' ')) quote.remove_suffix(1);
  return quote;
}

void judge_words(const Context& context, const Facts& facts, Report& report) {
  const Weighing weighing(context, facts);
  std::vector<std::pair<const Said*, Judgement>> list;
  const auto found = find_fingerprints(facts);
  for (const Said& said : found) {
    const auto judgement = weighing.weigh(said);
    if (!judgement) continue;
    const auto same = std::find_if(list.begin(), list.end(), [&](const auto& one) { return one.second.cause == judgement->cause; });
    if (same == list.end()) list.emplace_back(&said, *judgement);
    else if (judgement->certainty > same->second.certainty) *same = {&said, *judgement};
  }
  // General words beside a text that names the fault say nothing more.
  const bool named =
      std::any_of(list.begin(), list.end(), [](const auto& one) { return one.second.certainty == Certainty::Certain && one.second.said; });
  for (const auto& [said, judgement] : list) {
    if (named && (!judgement.said || judgement.cause == Cause::CredentialsRejected)) continue;
    // Where the request itself shows the fault, the server's "malformed" is its echo.
    if (judgement.cause == Cause::TokenMalformed) {
      const auto& all = report.findings();
      const bool shown = std::any_of(all.begin(), all.end(), [&](const Finding& f) {
        return f.exchange == facts.exchange->index && f.severity == Severity::Error && f.certainty == Certainty::Certain &&
               is_of_header_text(f.cause);
      });
      if (shown) continue;
    }
    // A rule that knows why the server did not see the key says more.
    if (judgement.cause == Cause::KeyHeaderName && report.has(Cause::UnderscoreHeaderDropped, facts)) continue;
    const Phrase phrase = phrase_of(judgement.cause, said->row->emitter);
    const std::string wanted = expected_in(said->quote);
    const bool compares = judgement.cause == Cause::TokenWrongAudience || judgement.cause == Cause::TokenWrongIssuer ||
                          judgement.cause == Cause::TokenIssuerNearMiss;
    std::string fix(phrase.fix);
    if (compares && !wanted.empty()) {
      fix = judgement.cause == Cause::TokenWrongAudience
                ? fmt::format(
                      "Ask for a token with the audience {} (audience=… or resource=…), or add the token's audience to those that the "
                      "server accepts.",
                      wanted)
                : fmt::format("Get the token from the issuer {}, or set the server to the token's issuer, character by character.", wanted);
    }
    if (const std::string_view name = facts.challenge_param("name");
        !name.empty() && (judgement.cause == Cause::KeyInWrongPlace || judgement.cause == Cause::KeyHeaderName))
      fix = fmt::format("Send the key in {}, as the challenge says.", quoted_text(name));
    auto entry =
        report.fault(judgement.cause, judgement.certainty, facts)
            .summary(fmt::format("{}: \"{}\".", phrase.summary, printable(without_full_stop(said->quote), 160)))
            .detail(judgement.detail.empty()
                        ? (said->row->emitter == "any" ? std::string() : fmt::format("These are the words of {}.", said->row->emitter))
                        : judgement.detail)
            .fix(std::move(fix))
            .own(phrase.summary)
            .own(phrase.fix)
            .see(said->part, said->name, said->quote);
    if (judgement.said) entry.server_said();
    // Version 1 and 2 of Entra look like two issuers.
    const auto token = judged_token(facts);
    if (judgement.cause == Cause::TokenWrongIssuer && wanted.empty() && token && entra_version(token->token.claim_text("iss")) == 1 &&
        !report.has(Cause::TokenEntraVersion, facts)) {
      report.fault(Cause::TokenEntraVersion, Certainty::Probable, facts)
          .summary("The token is a version 1 token of Microsoft Entra (issuer sts.windows.net); the server probably expects version 2.")
          .fix(
              "In the API's app registration set accessTokenAcceptedVersion (requestedAccessTokenVersion) to 2, or accept the issuer "
              "https://sts.windows.net/<tenant>/ as well.")
          .see("token.payload", "iss", fmt::format("iss={}", token->token.claim_text("iss")));
    }
  }
}

// A living, well-formed token that the server calls invalid: revoked, perhaps.
void perhaps_revoked(const Facts& facts, Report& report) {
  if (facts.status != 401 || facts.challenge_param("error") != "invalid_token" || report.has_error(facts)) return;
  const auto judged = judged_token(facts);
  if (!judged || judged->token.shape != TokenView::Shape::Jws) return;
  report.fault(Cause::TokenRevoked, Certainty::Suggestive, facts)
      .summary("The token is well formed and has not expired, and the server calls it invalid: it may have been revoked.")
      .detail(
          "A wrong key, issuer or audience at the server looks the same from here. Introspection at the identity provider, or --jwks, "
          "--issuer and --audience, would tell.")
      .fix("Sign in again for a new token. If that is refused as well, compare the token's iss and aud with the server's settings.")
      .see("response.header", "www-authenticate", facts.challenge_lines.front(), "invalid_token");
}

// An error with status 200. The fault that the body names, if it does, says more than that.
void error_in_200(const Facts& facts, Report& report) {
  if (facts.answer != Answer::ErrorBody) return;
  const auto& all = report.findings();
  const bool named = std::any_of(all.begin(), all.end(), [&](const Finding& f) {
    return f.exchange == facts.exchange->index && f.severity == Severity::Error && f.server_said && f.cause != Cause::CredentialsRejected &&
           f.cause != Cause::CredentialsMissing;
  });
  const bool grpc = facts.response_field("grpc-status") == "16";
  auto entry =
      named ? report.note(Cause::ErrorIn200, Certainty::Certain, facts) : report.fault(Cause::ErrorIn200, Certainty::Certain, facts);
  entry
      .summary(fmt::format("The {} an authentication error, although the status is {}.", grpc ? "grpc-status reports" : "body reports",
                           facts.status))
      .fix(
          "Read the body (or grpc-status) before you trust the status, and act on the error that it names: sign in again, or send the "
          "token with the scope that the call needs.")
      .see(grpc ? "response.header" : "response.body", grpc ? "grpc-status" : "",
           grpc ? "grpc-status: 16 (UNAUTHENTICATED)" : std::string(facts.response_body().substr(0, 200)));
}

}  // namespace

void server_words(const Context& context, Report& report) {
  for (const Facts& facts : context.facts) {
    if (!facts.is_refused()) continue;
    if (!gateway_reasons(context, facts, report)) judge_words(context, facts, report);
    error_in_200(facts, report);
    perhaps_revoked(facts, report);
  }
}

}  // namespace quivive::diagnose::rules
