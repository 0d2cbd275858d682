// DPoP: tokens that are bound to a key, and the proofs that go with them (RFC 9449).

#include "base/base64.h"
#include "base/text.h"
#include "crypto/digest.h"
#include "diagnose/rules/bound_rules.h"
#include "diagnose/rules/token_rules.h"
#include "diagnose/wording.h"
#include "jose/jwk.h"

#include <fmt/format.h>

#include <algorithm>

namespace quivive::diagnose::rules {
namespace {

constexpr Duration kProofWindow = std::chrono::minutes{5};  // what servers grant at most

std::string_view bound_key(const TokenView& token) {
  const Json* confirmation = token.claim("cnf");
  if (confirmation == nullptr || !confirmation->is_object()) return {};
  return string_member(confirmation->get_object(), "jkt").value_or("");
}

// A token response in the capture called this very token a DPoP one.
bool issued_as_dpop(const Context& context, std::string_view value) {
  return std::any_of(context.facts.begin(), context.facts.end(), [&](const Facts& other) {
    if (!other.body_json || !other.body_json->is_object()) return false;
    const JsonObject& body = other.body_json->get_object();
    return iequals(string_member(body, "token_type").value_or(""), "DPoP") && string_member(body, "access_token") == value;
  });
}

// Scheme, host, port and path, as RFC 9449 section 4.3 compares: no query, no fragment, and normalised.
std::string comparable(const Url& url) { return url.origin() + (url.path.empty() ? "/" : url.path); }

void as_bearer(const Context& context, const Facts& facts, const SentCredential& sent, Report& report) {
  const bool bound = sent.token && !bound_key(*sent.token).empty();
  if (!bound && !issued_as_dpop(context, trim_ows(sent.rest))) return;
  const bool has_proof = !facts.request_field("dpop").empty();
  const bool bearer = !sent.is("DPoP");
  if (!bearer && has_proof) return;
  report.fault(Cause::DpopAsBearer, Certainty::Certain, facts)
      .summary(bearer ? fmt::format("The token is bound to a key ({}) and was sent as {}, where it has to be sent as DPoP with a proof.",
                                    bound ? "cnf.jkt" : "token_type DPoP", sent.scheme.empty() ? "plain text" : printable(sent.scheme, 20))
                      : std::string("The token was sent as DPoP without a DPoP header: the proof is missing."))
      .detail(bearer && has_proof ? "The proof is there; only the scheme is wrong."
                                  : "Without a proof signed by that key the token is worth nothing, which is its purpose.")
      .fix(
          "Send Authorization: DPoP <token> and, beside it, a header DPoP with a proof made for this request (method, URL, time, hash of "
          "the token), signed by the key "
          "that the token was asked for with. A client library for OAuth makes both.")
      .see("request.header", sent.name, sent.value, sent.scheme)
      .see("token.payload", "cnf", bound ? "cnf.jkt" : "");
}

void nonce_required(const Facts& facts, Report& report) {
  if (!facts.is_refused()) return;
  const bool asked = facts.challenge_param("error") == "use_dpop_nonce" || facts.server_says("\"use_dpop_nonce\"");
  if (!asked) return;
  const std::string_view nonce = facts.response_field("dpop-nonce");
  const TokenView proof = view_token(facts.request_field("dpop"));
  const bool had_one = proof.claim("nonce") != nullptr;
  report.fault(Cause::DpopNonceRequired, Certainty::Certain, facts)
      .summary(had_one ? "The nonce in the DPoP proof is not the one that the server wants now; it sent a new one."
                       : "The server wants a nonce in the DPoP proof, and sent one to use.")
      .detail(nonce.empty() ? "The response has no DPoP-Nonce field, although it asks for one: that is the server's fault." : "")
      .fix(
          "Make a new proof with the value of the response's DPoP-Nonce header as its nonce claim and send the request again, once. Keep "
          "the nonce for the next request to this server.")
      .see("response.header", "dpop-nonce", std::string(nonce))
      .server_said();
}

std::string thumbprint_of(const TokenView& proof) {
  const Json* key = member(proof.header, "jwk");
  if (key == nullptr || !key->is_object()) return "";
  const auto jwk = jose::Jwk::from_json(key->get_object());
  return jwk ? jwk->thumbprint() : "";
}

void check_proof(const Context& context, const Facts& facts, Report& report) {
  const Request* request = facts.request();
  const auto fields = request->headers.every("dpop");
  if (fields.empty()) return;
  Certainty certainty = Certainty::Certain;
  const auto fault = [&](std::string summary, std::string fix, std::string name, std::string text) {
    report.fault(Cause::DpopHtu, certainty, facts)
        .summary(std::move(summary))
        .fix(std::move(fix))
        .see("request.header", "dpop", std::move(text), std::move(name));
  };
  const std::string anew = "Make a new proof for every request, with this request's method and URL.";
  if (fields.size() > 1)
    return fault("The request has two DPoP headers, and a server must refuse it.",
                 "Send one proof: look for a wrapper that adds a second one.", "", "DPoP, twice");
  const TokenView proof = view_token(trim_ows(fields.front()->value));
  if (proof.shape != TokenView::Shape::Jws)
    return fault("The DPoP header is no signed JWT.", "Put the proof there, not the token: a JWT with typ dpop+jwt.", "", "DPoP");
  if (!iequals(proof.header_text("typ"), "dpop+jwt")) {
    return fault(fmt::format("The DPoP proof has typ {}, where dpop+jwt belongs.", quoted_text(proof.header_text("typ"))),
                 "Set typ to dpop+jwt in the proof's header.", "typ", fmt::format("typ={}", proof.header_text("typ")));
  }
  const std::string method(proof.claim_text("htm")), target(proof.claim_text("htu"));
  if (method != request->method && !request->method.empty()) {
    return fault(fmt::format("The DPoP proof is for the method {} (htm), and the request is {}.", quoted_text(method), request->method),
                 anew, "htm", fmt::format("htm={}", method));
  }
  Url there = parse_url(target), here = request->url;
  there.has_query = here.has_query = false;
  const bool relative = there.host.empty();
  // Raw HTTP does not show whether TLS was there. A proof for plain http to a public host, called invalid, is for the wrong one.
  const bool guess = here.scheme.empty() && there.scheme == "http" && there.host == here.host &&
                     facts.challenge_param("error") == "invalid_dpop_proof" && !here.host.starts_with("localhost") &&
                     !here.host.starts_with("127.");
  if (here.scheme.empty()) here.scheme = guess ? "https" : there.scheme;
  if (guess) certainty = Certainty::Probable;
  if (!here.host.empty() && (relative || comparable(there) != comparable(here))) {
    std::string fix = anew;
    if (there.host == here.host && there.path == here.path && there.scheme != here.scheme) {
      fix =
          "Use the URL that the client calls, with its scheme. Behind a proxy that ends TLS the server must compare with the forwarded URL "
          "(X-Forwarded-Proto), not with its own.";
    }
    return fault(fmt::format("The DPoP proof is for {} (htu), and the request went to {}.", quoted_text(target, 100),
                             quoted_text(comparable(here), 100)),
                 fix, "htu", fmt::format("htu={}", target));
  }
  const ClaimTime issued = claim_time(proof, "iat");
  const bool clock = facts.clock != ClockSource::Ours || facts.response() == nullptr;
  if (!issued.instant || issued.not_a_number || issued.milliseconds) {
    return fault("The DPoP proof has no usable time (iat).", "Set iat to the current time in seconds.", "iat",
                 fmt::format("iat={}", issued.text));
  }
  const Duration age = facts.now - *issued.instant;
  if (clock && (age > kProofWindow + context.expected.leeway || age < -kProofWindow - context.expected.leeway)) {
    return fault(fmt::format("The DPoP proof was made {}.",
                             age.count() > 0 ? before_clock(facts, *issued.instant) : after_clock(facts, *issued.instant)),
                 "Make a new proof for every request, and synchronise the client's clock (NTP). " + clock_text(facts), "iat",
                 fmt::format("iat={} ({})", issued.text, instant_text(*issued.instant)));
  }
  const SentCredential* sent = facts.authorization();
  if (sent == nullptr || !(sent->is("DPoP") || sent->is("Bearer"))) return;  // at the token endpoint there is no token yet
  const std::string hash = base64url_encode(crypto::sha256(trim_ows(sent->rest)).view());
  if (const std::string_view ath = proof.claim_text("ath"); ath != hash) {
    return fault(ath.empty() ? "The DPoP proof does not name the access token that it goes with (ath)."
                             : "The DPoP proof is for another access token: its ath is not the hash of the one sent.",
                 "Set ath to base64url(SHA-256(access token)) and make the proof after every refresh of the token anew.", "ath",
                 fmt::format("ath={}", ath));
  }
  const std::string thumbprint = thumbprint_of(proof);
  if (sent->token && !thumbprint.empty() && !bound_key(*sent->token).empty() && bound_key(*sent->token) != thumbprint) {
    fault("The DPoP proof is signed by another key than the one that the token is bound to (cnf.jkt).",
          "Sign proofs with the key that the token was asked for with; keep both together.", "jwk",
          fmt::format("jkt={} jwk={}", bound_key(*sent->token), thumbprint));
  }
}

}  // namespace

void dpop(const Context& context, const Facts& facts, Report& report) {
  nonce_required(facts, report);
  if (facts.request() == nullptr || facts.superseded) return;
  const SentCredential* sent = facts.authorization();
  // The scheme's name alone makes no DPoP token of an opaque string that came with no proof.
  if (sent != nullptr) as_bearer(context, facts, *sent, report);
  if (sent != nullptr && sent->is("DPoP") && facts.request_field("dpop").empty() && !report.has(Cause::DpopAsBearer, facts)) {
    report.fault(Cause::DpopAsBearer, Certainty::Certain, facts)
        .summary("The token was sent as DPoP without a DPoP header: the proof is missing.")
        .fix(
            "Add a header DPoP with a proof made for this request, signed by the key that the token was asked for with. A token that is "
            "not bound to a key is sent as Bearer.")
        .see("request.header", sent->name, sent->value, sent->scheme);
  }
  if (!report.has(Cause::DpopNonceRequired, facts)) check_proof(context, facts, report);
}

}  // namespace quivive::diagnose::rules
