// The scheme of Authorization: whether there is one, whether it can be told from what follows, whether the server offers it.

#include "base/text.h"
#include "diagnose/names.h"
#include "diagnose/rules/header_detail.h"
#include "diagnose/sent_value.h"
#include "diagnose/wording.h"
#include "http/credentials.h"

#include <algorithm>
#include <array>
#include <optional>

namespace quivive::diagnose::rules {
namespace {

constexpr auto kCanonical = std::to_array<std::string_view>({"Bearer", "Basic", "Digest", "Negotiate", "NTLM", "DPoP", "Token"});

std::string_view canonical(std::string_view scheme) {
  const auto found = std::find_if(kCanonical.begin(), kCanonical.end(), [&](std::string_view one) { return iequals(one, scheme); });
  return found == kCanonical.end() ? std::string_view() : *found;
}

bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

std::string_view first_word(std::string_view text) { return text.substr(0, text.find_first_of(" \t")); }

std::string header_of(const SentCredential& c) { return c.place == Place::ProxyAuthorization ? "Proxy-Authorization" : "Authorization"; }

struct Glued {
  std::string_view scheme;  // in its usual case
  std::string sign;         // what stands where one space belongs; "" where nothing does
};

// `BearereyJ…`, `Bearer=…`, `Bearer: …`, `Bearer,…`, `Bearer%20…`, `Bearer<TAB>…`
std::optional<Glued> find_glued(const SentCredential& c) {
  const std::string_view value = without_quotes(trim_ows(c.value));
  for (const std::string_view scheme : kCanonical) {
    if (value.size() <= scheme.size() + 1 || !iequals(value.substr(0, scheme.size()), scheme)) continue;
    const std::string_view rest = value.substr(scheme.size());
    if (rest.front() == ' ') return std::nullopt;
    if (rest.front() == '\t') return Glued{scheme, "a tab"};
    for (const std::string_view sign : {":", "=", ",", ";", "%20", "+", "_", "-", "/", "|", "\\t", "."}) {
      // `Token-abc`, `Basic_x` may be names that someone gave to a scheme: those signs count before a token only.
      const bool plain = sign == ":" || sign == "=" || sign == "," || sign == ";" || sign == "%20";
      if (rest.starts_with(sign) && (plain || looks_like_jwt(rest.substr(sign.size()))))
        return Glued{scheme, "'" + std::string(sign) + "'"};
    }
    if (!is_ascii(rest.substr(0, 1)) || first_word(value).size() != value.size()) continue;
    const bool digits = rest.find_first_of("0123456789") != std::string_view::npos;
    const bool basic = scheme == "Basic" && read_basic(rest).has_colon();
    const bool token = scheme == "Bearer" && rest.size() >= 16 && digits;
    if (looks_like_jwt(rest) || basic || token || (scheme == "Token" && rest.size() >= 32 && digits)) return Glued{scheme, ""};
  }
  return std::nullopt;
}

bool report_glued(const Facts& facts, const SentCredential& c, Report& report) {
  const std::optional<Glued> glued = find_glued(c);
  if (!glued) return false;
  const std::string scheme(glued->scheme);
  const std::string begin = printable(trim_ows(c.value).substr(0, scheme.size() + 1));
  report.fault(Cause::SchemeNoSpace, Certainty::Certain, facts)
      .summary(glued->sign.empty() ? "There is no space between '" + scheme + "' and the credential in the " + header_of(c) + " header."
                                   : "In the " + header_of(c) + " header " + glued->sign + " stands behind '" + scheme +
                                         "', where exactly one space belongs.")
      .fix("Write one space, and nothing else, between the scheme and the credential: " + header_of(c) + ": " + scheme + " <credential>.")
      .see("request.header", c.name, c.value, begin);
  return true;
}

bool report_missing(const Facts& facts, const SentCredential& c, Report& report) {
  // `abc123 `: a space at the end does not make a scheme of it.
  const bool lone = c.scheme.empty() || (trim_ows(c.rest).empty() && !is_known_scheme(c.scheme));
  if (!lone || facts.answer == Answer::Accepted) return lone;  // there are APIs that want it so
  const std::string_view value = without_quotes(trim_ows(c.value));
  if (value.empty() || value.find_first_of(" \t\n") != std::string_view::npos || value.front() == '{' || !is_ascii(value)) return true;
  if (value.starts_with("key=")) return true;  // Firebase Cloud Messaging's own form
  const BasicPayload basic = read_basic(value);
  const bool jwt = c.token.has_value();
  const bool pair = !jwt && basic.has_colon() && basic.padded && is_valid_utf8(*basic.text);
  std::string scheme = jwt ? "Bearer" : pair || value.find(':') != std::string_view::npos ? "Basic" : "";
  if (scheme.empty() && !facts.challenges.challenges.empty()) scheme = facts.challenges.challenges.front().scheme;
  if (scheme.empty()) scheme = "Bearer";
  report.fault(Cause::SchemeMissing, Certainty::Certain, facts)
      .summary("The " + header_of(c) + " header holds " +
               (jwt    ? "a JWT"
                : pair ? "base64 of a user name and a password"
                       : "a bare value") +
               " and no scheme before it.")
      .fix(value.find(':') != std::string_view::npos && !pair
               ? "Let the client encode it: curl -u user:password, auth=(user, password) in requests."
               : "Put the scheme and one space before it: " + header_of(c) + ": " + scheme + " <credential>.")
      .see("request.header", c.name, c.value);
  return true;
}

bool report_doubled(const Context& context, const Facts& facts, const SentCredential& c, Report& report) {
  const std::string_view rest = without_quotes(trim_ows(c.rest));
  const std::string_view word = first_word(rest);
  std::string_view second = word;
  while (second.ends_with(':') || second.ends_with(',')) second.remove_suffix(1);
  if (c.scheme.empty() || !is_known_scheme(second)) return false;
  if (!is_known_scheme(c.scheme)) return false;
  // `Basic key`: the only word is the credential itself, unless it repeats the scheme.
  const bool alone = word.size() == rest.size();
  if (alone && !iequals(second, c.scheme)) return false;
  // `ApiKey key …`, `Token token …` without a further word are parameters of odd APIs; with `=` they are parameters.
  const std::string_view behind = trim_ows(rest.substr(word.size()));
  if (behind.starts_with('=') || http::holds_several_credentials(c.value)) return false;
  const bool postman = context.capture.format == Format::Postman;
  const std::string first(c.scheme);
  report.fault(Cause::SchemeDoubled, Certainty::Certain, facts)
      .summary(alone ? "The " + header_of(c) + " header is '" + first + " " + std::string(second) + "' and holds no credential at all."
                     : "The " + header_of(c) + " header names a scheme twice: '" + first + " " + std::string(second) +
                           "' before the credential.")
      .fix(postman ? "Take '" + std::string(second) + " ' out of the variable: Postman's Authorization tab puts the scheme in front itself."
                   : "Store the token without '" + std::string(second) +
                         " ', or do not add the prefix in the client: one of the two has to go.")
      .see("request.header", c.name, c.value, first + " " + std::string(second));
  return true;
}

// What an offered scheme also takes.
bool covers(std::string_view offered, const SentCredential& sent) {
  if (sent.is(offered)) return true;
  const auto one_of = [](std::string_view word, std::initializer_list<std::string_view> all) {
    return std::any_of(all.begin(), all.end(), [&](std::string_view one) { return iequals(one, word); });
  };
  if (iequals(offered, "Negotiate") && one_of(sent.scheme, {"NTLM", "Kerberos"})) return true;
  if (one_of(offered, {"xBasic", "X-Basic", "Basic-NoPopup"}) && sent.is("Basic")) return true;
  return one_of(offered, {"OAuth", "JWT"}) && sent.is("Bearer");
}

// The server read a token of this scheme and names its fault, whatever its challenge says.
bool was_read(const Facts& facts) {
  static constexpr auto kTexts = std::to_array<std::string_view>(
      {"token_not_valid", "jwt expired", "token expired", "token has expired", "token is expired", "given token not valid",
       "invalid api key", "expired api key", "api key expired", "invalid signature", "signature verification", "signature has expired",
       "error=\"invalid_token\"", "insufficient_scope"});
  return std::any_of(kTexts.begin(), kTexts.end(), [&](std::string_view text) { return facts.server_says(text); });
}

std::string offered_text(const Facts& facts) {
  std::vector<std::string> names;
  for (const http::Challenge& one : facts.challenges.challenges) {
    if (!one.scheme.empty() && std::find(names.begin(), names.end(), one.scheme) == names.end()) names.push_back(one.scheme);
  }
  return list_text(names);
}

void report_unsupported(const Facts& facts, const SentCredential& c, Report& report) {
  if (c.place != Place::Authorization || !facts.is_refused() || facts.status == 407 || facts.status == 429) return;
  if (facts.server_says("web gateway") && !facts.response_field("via").empty()) return;  // a proxy in between asks, not the server
  const auto& offered = facts.challenges.challenges;
  const std::string sent(c.scheme);
  if (!offered.empty()) {
    // A challenge that names a field of its own (AzureApiManagementKey name="…") is about a key, not about Authorization.
    const auto fits = [&](const http::Challenge& one) { return covers(one.scheme, c) || one.param("name") != nullptr; };
    if (std::any_of(offered.begin(), offered.end(), fits) || was_read(facts)) return;
    const std::string wanted = offered_text(facts);
    const std::string realm(facts.challenge_param("realm"));
    const bool registry = facts.challenge("Bearer") != nullptr && realm.starts_with("http");
    const bool django = facts.server_says("authentication credentials were not provided") && facts.challenge("Token") != nullptr;
    report.fault(Cause::SchemeUnsupported, Certainty::Certain, facts)
        .summary("The request uses the scheme " + sent + ", and the server asks for " + wanted + ".")
        .detail("The WWW-Authenticate header of the answer lists what the server takes; credentials of another scheme are not looked at.")
        .fix(registry ? "Ask " + realm + " for a token with these credentials first, then send that as Authorization: Bearer."
             : django ? "Write Authorization: Token <key>: Django REST framework's TokenAuthentication takes this word, not Bearer."
                      : "Send credentials of the scheme " + wanted + "; if this token is the right one, ask which header or host takes it.")
        .see("request.header", c.name, c.value, sent)
        .see("response.header", "WWW-Authenticate", facts.challenge_lines.empty() ? std::string() : facts.challenge_lines.front());
    return;
  }
  if (facts.status != 401 && facts.status != 400) return;
  // Without a challenge: a scheme that nobody registered, before a token that goes by another one; or the body says which.
  static constexpr auto kMadeUp = std::to_array<std::string_view>(
      {"token", "jwt", "apikey", "api-key", "key", "oauth", "access", "x-api-key", "accesstoken", "access_token", "authtoken", "jwttoken"});
  const bool made_up = std::find(kMadeUp.begin(), kMadeUp.end(), to_lower(sent)) != kMadeUp.end();
  const bool wants_bearer =
      facts.server_says("bearer ") || facts.server_says("bearer\"") || facts.server_says("'bearer'") || facts.server_says("bearer token");
  const bool wants_basic = facts.server_says("basic auth") || facts.server_says("http basic");
  const bool github = facts.request()->url.host == "api.github.com";  // takes `token`
  if (github || was_read(facts)) return;
  const std::string better = wants_bearer && !c.is("Bearer")                  ? "Bearer"
                             : wants_basic && !c.is("Basic") && !wants_bearer ? "Basic"
                             : made_up && c.token                             ? "Bearer"
                                                                              : "";
  if (better.empty() || (c.is("Basic") && wants_basic)) return;
  report.fault(Cause::SchemeUnsupported, Certainty::Probable, facts)
      .summary("The request uses the scheme " + sent + ", and the server most likely reads " + better + " only.")
      .detail(wants_bearer || wants_basic ? "The answer's text speaks of " + better + "."
                                          : "The credential is a JWT, which servers look for behind Bearer.")
      .fix("Write Authorization: " + better + " <credential>.")
      .see("request.header", c.name, c.value, sent);
}

// Schemes are case-insensitive (RFC 9110 section 11.1); a server that answers as if nothing had been sent may not know.
void report_case(const Facts& facts, const SentCredential& c, Report& report) {
  const std::string_view usual = canonical(c.scheme);
  if (usual.empty() || usual == c.scheme || usual == "Token" || facts.status != 401 || !facts.is_refused()) return;
  const bool as_if_nothing = facts.server_says("not provided") || facts.server_says("missing") || facts.server_says("no token") ||
                             facts.server_says("no authorization") || facts.server_says("must start with") ||
                             facts.server_says("malformed") || facts.server_says("invalid authorization header") ||
                             facts.server_says("not authenticated") || facts.server_says("invalid header");
  const http::Challenge* challenge = facts.challenge(usual);
  const bool bare = challenge != nullptr && challenge->param("error") == nullptr && usual == "Bearer";
  if (was_read(facts) || (!as_if_nothing && !bare)) return;
  report.fault(Cause::SchemeCase, Certainty::Suggestive, facts)
      .summary("The scheme is written '" + std::string(c.scheme) + "', and the server answers as if it had seen no credentials.")
      .detail("Schemes may be written in any case, but some servers look for '" + std::string(usual) +
              " ' literally. The same request with '" + std::string(usual) + "' decides it.")
      .fix("Write '" + std::string(usual) +
           "'. If that works, report it to the server's maintainers: RFC 9110 section 11.1 makes schemes case-insensitive.")
      .see("request.header", c.name, c.value, c.scheme);
}

}  // namespace

void header_scheme(const Context& context, const Facts& facts, Report& report) {
  bool malformed = false;
  for (const SentCredential& c : facts.credentials) {
    if (c.place != Place::Authorization && (c.place != Place::ProxyAuthorization || facts.status != 407)) continue;
    if (trim_ows(c.value).empty()) continue;
    if (report_glued(facts, c, report) || report_doubled(context, facts, c, report)) {
      malformed = true;
      continue;
    }
    if (kind_of_value(c.rest) != ValueKind::Plain || is_masked(c.value)) continue;
    if (!is_filled_by_shell(context.capture, facts, c) && report_missing(facts, c, report)) malformed = true;
  }
  const SentCredential* sent = facts.authorization();
  if (malformed || sent == nullptr || sent->scheme.empty() || !is_ascii(sent->scheme) || report.has_error(facts)) return;
  report_unsupported(facts, *sent, report);
  if (!report.has_error(facts)) report_case(facts, *sent, report);
}

}  // namespace quivive::diagnose::rules
