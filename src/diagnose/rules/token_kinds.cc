// What kind of token it is: not one, an encrypted one, an unsigned one, an ID token, a refresh token.

#include "base/text.h"
#include "diagnose/rules/token_rules.h"
#include "diagnose/sent_value.h"
#include "diagnose/wording.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace quivive::diagnose::rules {
namespace {

bool contains_ignoring_case(std::string_view text, std::string_view lower) { return to_lower(text).find(lower) != std::string::npos; }

void malformed(const JudgedToken& judged, Report& report) {
  const Facts& facts = judged.facts;
  // Whatever damaged the token was named by the rules about header text.
  static constexpr auto kNamed =
      std::to_array<Cause>({Cause::TokenTruncated, Cause::TokenInvisibleChar, Cause::TokenInnerWhitespace, Cause::TokenQuoted,
                            Cause::TokenTrailingNewline, Cause::TokenJsonWrapped, Cause::UnexpandedTemplate, Cause::TokenCutAtSpace,
                            Cause::ShellAteSecret, Cause::CaptureRedacted, Cause::CredentialsDuplicateHeader, Cause::SchemeDoubled});
  if (std::any_of(kNamed.begin(), kNamed.end(), [&](Cause cause) { return report.has(cause, facts); })) return;
  std::string fix =
      "Copy the token again, whole, from where it was issued. If you make it yourself, use a JWT library rather than joining the parts by "
      "hand.";
  if (contains_ignoring_case(judged.token.problem, "without padding")) {
    fix =
        "Encode the parts with base64url and no padding: '-' and '_' in place of '+' and '/', no '='. In Node: "
        "Buffer.from(x).toString('base64url').";
  } else if (judged.token.parts > 3) {
    fix = "Send one token only: a signed JWT has three parts between two dots. Look for text that was appended to it.";
  }
  report.fault(Cause::TokenMalformed, Certainty::Certain, facts)
      .summary(fmt::format("The token looks like a JWT and cannot be read as one: {}.",
                           judged.token.problem.empty() ? "its parts do not fit" : judged.token.problem))
      .detail("Every server that expects a JWT refuses it before it looks at signature or claims.")
      .fix(std::move(fix))
      .see(std::string(part_of(judged.sent)), judged.sent.name, judged.sent.rest);
}

void encrypted(const JudgedToken& judged, Report& report) {
  const std::string_view issuer = judged.token.header_text("iss");
  const bool auth0 = contains_ignoring_case(issuer, "auth0.com");
  report.fault(Cause::TokenEncrypted, Certainty::Probable, judged.facts)
      .summary(fmt::format(
          "The token is encrypted (a JWE with {}), and an API that expects a signed JWT cannot read it.",
          judged.token.header_text("enc").empty() ? "five parts" : fmt::format("enc {}", printable(judged.token.header_text("enc"), 32))))
      .detail(auth0 ? "Auth0 issues such a token when no audience was asked for: it is for Auth0's own /userinfo."
                    : "That it is encrypted is certain; whether this server could decrypt it cannot be seen here.")
      .fix(
          "Ask for the token with the API as its audience (Auth0: audience=…, others: resource=… or the API's scope), so that a signed one "
          "is issued. "
          "Or give the API the key to decrypt it with.")
      .see("token.header", "enc",
           fmt::format("alg={} enc={}", printable(judged.token.header_text("alg"), 32), printable(judged.token.header_text("enc"), 32)));
}

void unsigned_token(const JudgedToken& judged, Report& report) {
  const TokenView& token = judged.token;
  const std::string_view alg = token.header_text("alg");
  const bool none = iequals(alg, "none");
  if (!none && !(token.parts == 3 && token.signature.empty() && judged.sent.rest.ends_with('.'))) return;
  report.fault(Cause::TokenAlgNone, Certainty::Certain, judged.facts)
      .summary(none ? fmt::format("The token is not signed: its alg is {}.", quoted_text(alg))
                    : std::string("The token is not signed: nothing follows the second dot."))
      .detail("A server that accepted it would believe anybody (RFC 8725 section 3.2).")
      .fix("Sign the token, or get one from the identity provider. A token copied without its third part has to be copied whole.")
      .see("token.header", "alg", fmt::format("alg={}", printable(alg, 32)));
}

// Marks of an ID token (OpenID Connect Core section 2), each on its own weak.
std::vector<std::string> id_marks(const TokenView& token) {
  std::vector<std::string> marks;
  for (const std::string_view name : {"nonce", "at_hash", "c_hash", "s_hash", "auth_time"}) {
    if (token.claim(name) != nullptr) marks.emplace_back(name);
  }
  const auto audience = token.claim_list("aud");
  const std::string_view azp = token.claim_text("azp");
  if (audience.size() == 1 && !azp.empty() && audience.front() == azp) marks.emplace_back("aud equal to the client id (azp)");
  for (const std::string_view name : {"email_verified", "preferred_username", "given_name", "picture", "email", "name"}) {
    if (token.claim(name) == nullptr) continue;
    marks.emplace_back(fmt::format("the profile claim {}", name));
    break;
  }
  return marks;
}

// What an access token has and an ID token has not. Roles are in both at some providers, so that a hash decides.
bool has_grants(const TokenView& token) {
  const auto has = [&](std::string_view name) { return token.claim(name) != nullptr; };
  if (has("scope") || has("scp") || has("scopes") || has("permissions")) return true;
  if (has("at_hash") || has("c_hash") || has("s_hash")) return false;
  return has("roles") || has("realm_access") || has("resource_access") || has("authorities");
}

// Servers that are meant to get ID tokens: Kubernetes, Cloud Run and IAP, Cognito authorisers, Firebase's own.
bool wants_id_tokens(const JudgedToken& judged) {
  const Facts& facts = judged.facts;
  const std::string_view issuer = judged.token.claim_text("iss");
  if (issuer.find("securetoken.google.com") != std::string_view::npos) return true;
  if (facts.server_says("\"kind\":\"status\"") || facts.server_says("\"kind\": \"status\"")) return true;
  const std::string_view host = facts.request() != nullptr ? std::string_view(facts.request()->url.host) : std::string_view();
  const bool google = issuer == "https://accounts.google.com" || issuer == "accounts.google.com";
  return google && (host.ends_with(".run.app") || host.ends_with(".cloudfunctions.net") ||
                    facts.response_field("x-goog-iap-generated-response") == "true");
}

void id_token(const Context& context, const JudgedToken& judged, Report& report) {
  const Facts& facts = judged.facts;
  const TokenView& token = judged.token;
  if (!facts.is_open() || wants_id_tokens(judged)) return;
  if (contains_ignoring_case(token.header_text("typ"), "at+jwt")) return;
  if (const auto& wanted = context.expected.audience) {
    const auto audience = token.claim_list("aud");
    if (std::find(audience.begin(), audience.end(), *wanted) != audience.end()) return;
  }
  std::vector<std::string> marks;
  bool named = false;
  if (token.claim_text("token_use") == "id") named = true, marks.emplace_back("token_use \"id\"");
  if (token.claim_text("typ") == "ID") named = true, marks.emplace_back("typ \"ID\"");
  if (contains_ignoring_case(token.header_text("typ"), "id+jwt")) named = true, marks.emplace_back("header typ \"id+jwt\"");
  if (!named) {
    if (has_grants(token)) return;
    marks = id_marks(token);
    if (marks.size() < 2) return;
  }
  // API Gateway's Cognito authorisers take ID tokens unless scopes are configured.
  const bool cognito_gateway = token.claim_text("token_use") == "id" && !facts.response_field("x-amz-apigw-id").empty();
  auto entry = report.fault(Cause::TokenIsIdToken, cognito_gateway ? Certainty::Probable : Certainty::Certain, facts)
                   .summary(fmt::format("This is an ID token, which tells the client who signed in; an API expects the access token."))
                   .detail(fmt::format("It has {}{}.", list_text(marks), named ? "" : ", and no scope"))
                   .fix(
                       "Send the member access_token of the token response, not id_token. If there is none for this API, ask for one with "
                       "its audience or scope.");
  for (const std::string_view name : {"token_use", "nonce", "at_hash", "c_hash", "auth_time", "aud"}) {
    if (const Json* value = token.claim(name))
      entry.see("token.payload", std::string(name), fmt::format("{}={}", name, printable(to_json(*value), 80)));
  }
}

// A refresh token that a token response in the capture handed out, or that says what it is.
bool was_issued_as_refresh(const Context& context, std::string_view value) {
  if (value.size() < 8) return false;
  return std::any_of(context.facts.begin(), context.facts.end(), [&](const Facts& other) {
    if (!other.body_json || !other.body_json->is_object()) return false;
    const auto issued = string_member(other.body_json->get_object(), "refresh_token");
    const auto access = string_member(other.body_json->get_object(), "access_token");
    return issued && *issued == value && access != issued;
  });
}

bool is_renewal(const Facts& facts) {
  if (facts.request() == nullptr) return false;
  const std::string path = to_lower(facts.request()->url.path);
  static constexpr auto kWords = std::to_array<std::string_view>({"refresh", "renew", "revoke", "logout", "/token", "introspect"});
  return std::any_of(kWords.begin(), kWords.end(), [&](std::string_view word) { return path.find(word) != std::string::npos; });
}

void refresh_token(const Context& context, const JudgedToken& judged, Report& report) {
  const TokenView& token = judged.token;
  if (is_renewal(judged.facts)) return;
  std::string mark;
  for (const std::string_view name : {"typ", "token_type", "token_use", "type"}) {
    const std::string value = to_lower(token.claim_text(name));
    if (value == "refresh" || value == "refresh_token" || (name == "typ" && value == "offline"))
      mark = fmt::format("{}={}", name, token.claim_text(name));
    if (!mark.empty()) break;
  }
  const bool issued = was_issued_as_refresh(context, trim_ows(judged.sent.rest));
  if (mark.empty() && !issued) return;
  report.fault(Cause::TokenIsRefreshToken, Certainty::Certain, judged.facts)
      .summary(mark.empty() ? std::string("This is the refresh token of an earlier token response; an API expects the access token.")
                            : fmt::format("This is a refresh token ({}); an API expects the access token.", printable(mark, 60)))
      .detail("A refresh token is good at the token endpoint only, and lives longer: do not send it anywhere else.")
      .fix("Send the member access_token of the token response. Where it expired, exchange the refresh token for a new one first.")
      .see(mark.empty() ? std::string(part_of(judged.sent)) : "token.payload",
           mark.empty() ? judged.sent.name : mark.substr(0, mark.find('=')), mark.empty() ? judged.sent.rest : mark);
}

void graph_nonce(const JudgedToken& judged, Report& report) {
  const TokenView& token = judged.token;
  if (member(token.header, "nonce") == nullptr || entra_version(token.claim_text("iss")) == 0) return;
  const Request* request = judged.facts.request();
  if (request != nullptr && request->url.host.ends_with("graph.microsoft.com")) return;
  const auto audience = token.claim_list("aud");
  report.fault(Cause::TokenGraphNonce, Certainty::Probable, judged.facts)
      .summary("The token is for Microsoft Graph: its header has a nonce, and nobody but Graph can verify its signature.")
      .detail(fmt::format("Its audience is {}. Such tokens look valid and fail every other signature check.", list_text(audience)))
      .fix(
          "Ask Microsoft Entra for a token of your own API: scope api://<your API's id>/.default (or one of its scopes) in place of "
          "User.Read and the like.")
      .see("token.header", "nonce", "nonce in the header")
      .see("token.payload", "aud", fmt::format("aud={}", list_text(audience)));
}

// Octets of a signature that its algorithm fixes (RFC 7518 section 3, RFC 8037); 0 for RSA, whose keys vary.
std::size_t signature_size(std::string_view alg) {
  static constexpr std::pair<std::string_view, std::size_t> kSizes[] = {{"HS256", 32}, {"HS384", 48},  {"HS512", 64}, {"ES256", 64},
                                                                        {"ES384", 96}, {"ES512", 132}, {"EdDSA", 64}};
  for (const auto& [name, size] : kSizes) {
    if (name == alg) return size;
  }
  return 0;
}

// Weak proofs, only where nothing else was found: a signature of an impossible length was cut, or is in DER.
void signature_length(const JudgedToken& judged, Report& report) {
  const std::string& signature = judged.token.signature;
  const std::string_view alg = judged.token.header_text("alg");
  const std::size_t wanted = signature_size(alg);
  if (signature.size() < 16 || report.has_error(judged.facts)) return;
  if (alg.starts_with("ES") && signature.size() != wanted && signature[0] == '\x30') {
    report.fault(Cause::TokenBadSignature, Certainty::Certain, judged.facts)
        .summary(fmt::format("The token's {} signature is in DER, {} bytes long, where JWS wants r and s in {} bytes.", alg,
                             signature.size(), wanted))
        .fix("Convert the signature from DER to r||s where the token is made (in Node: dsaEncoding 'ieee-p1363'), or use a JWT library.")
        .see("token.header", "alg", fmt::format("alg={}", alg));
    return;
  }
  const bool rsa = alg.starts_with("RS") || alg.starts_with("PS");
  const bool cut = wanted != 0 ? signature.size() < wanted : rsa && (signature.size() < 128 || signature.size() % 8 != 0);
  if (!cut) return;
  report.fault(Cause::TokenTruncated, Certainty::Probable, judged.facts)
      .summary(fmt::format("The token's signature has {} bytes, which is too short for {}: the end of the token is missing.",
                           signature.size(), alg))
      .fix("Copy the token again, whole; look for a column, a field or a terminal that cuts it.")
      .see(std::string(part_of(judged.sent)), judged.sent.name, judged.sent.rest);
}

}  // namespace

void token_kinds(const Context& context, const JudgedToken& judged, Report& report) {
  switch (judged.token.shape) {
    case TokenView::Shape::Damaged: return malformed(judged, report);
    case TokenView::Shape::Jwe: return encrypted(judged, report);
    case TokenView::Shape::Opaque: return;
    case TokenView::Shape::Jws: break;
  }
  unsigned_token(judged, report);
  refresh_token(context, judged, report);
  if (!report.has(Cause::TokenIsRefreshToken, judged.facts)) id_token(context, judged, report);
  graph_nonce(judged, report);
  signature_length(judged, report);
}

// Tokens that are no JWT at all.
void opaque_tokens(const Context& context, const Facts& facts, Report& report) {
  const SentCredential* sent = facts.authorization();
  if (sent == nullptr || sent->token || !facts.is_refused()) return;
  if (!sent->is("Bearer") && !sent->is("DPoP") && !sent->is("JWT")) return;
  const std::string_view value = trim_ows(sent->rest);
  if (value.size() < 16 || value.find_first_of(" \"'{") != std::string_view::npos) return;
  if (!is_renewal(facts) && was_issued_as_refresh(context, value)) {
    report.fault(Cause::TokenIsRefreshToken, Certainty::Certain, facts)
        .summary("This is the refresh token of an earlier token response; an API expects the access token.")
        .fix("Send the member access_token of the token response. Where it expired, exchange the refresh token for a new one first.")
        .see("request.header", sent->name, sent->value, std::string(value));
    return;
  }
  // Texts by which readers of JWTs complain about something that is none.
  static constexpr auto kTexts = std::to_array<std::string_view>({"jwt malformed",
                                                                  "header.payload.signature",
                                                                  "idx12741",
                                                                  "idx14100",
                                                                  "idx12709",
                                                                  "idx10400",
                                                                  "not enough segments",
                                                                  "invalid number of segments",
                                                                  "must contain exactly 2 period",
                                                                  "wrong number of segments",
                                                                  "invalid compact serialization",
                                                                  "invalid compact jwt",
                                                                  "compactdecodeerror",
                                                                  "expected 3 parts",
                                                                  "not well formed",
                                                                  "invalid token specified",
                                                                  "not a jwt",
                                                                  "not a valid jwt",
                                                                  "malformed jwt",
                                                                  "malformed token",
                                                                  "token is malformed",
                                                                  "invalid jwt serialization",
                                                                  "bad token; invalid json",
                                                                  "invalid jws",
                                                                  "invalid json web token",
                                                                  "decode the jwt",
                                                                  "wrong number of parts",
                                                                  "missing dot delimiter",
                                                                  "missing part delimiters",
                                                                  "tokenformatincorrect",
                                                                  "unable to decode",
                                                                  "unable to parse jwt",
                                                                  "error decoding token",
                                                                  "error decoding signature",
                                                                  "jwt_malformed",
                                                                  "invalidauthenticationtoken"});
  const auto said = std::find_if(kTexts.begin(), kTexts.end(), [&](std::string_view text) { return facts.server_says(text); });
  if (said == kTexts.end()) return;
  const bool google = value.starts_with("ya29.");
  report.fault(Cause::TokenOpaqueWhereJwtExpected, Certainty::Probable, facts)
      .summary(fmt::format("The server expects a JWT ('{}'), and this token is an opaque string of {} characters.", *said, value.size()))
      .detail(google ? "Google's access tokens (ya29.…) are for Google's own APIs and can be read by nobody else."
                     : "Identity providers issue opaque tokens when no API was asked for; only they can say what such a token means.")
      .fix(google ? "Send an ID token for this service instead: gcloud auth print-identity-token --audiences=<the service's URL>."
                  : "Ask for the token with the API as its audience (Auth0: audience=…, Okta: a custom authorization server, others: "
                    "resource=… or the API's scope), so that a JWT is issued. "
                    "If it is an API key, look up which header it belongs in.")
      .see("request.header", sent->name, sent->value, std::string(value))
      .see("response.body", "", std::string(*said));
}

}  // namespace quivive::diagnose::rules
