#include "diagnose/suggest_command.h"

#include "base/text.h"
#include "diagnose/facts.h"
#include "diagnose/redact.h"
#include "diagnose/rules/token_request.h"
#include "http/query.h"

#include <algorithm>
#include <vector>

namespace quivive::diagnose {
namespace {

// For a POSIX shell: nothing in it is special (quotes end, are escaped, and begin again).
std::string shell_quoted(std::string_view text) {
  std::string out = "'";
  for (const char c : text) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return out + '\'';
}

std::string word(std::string_view text) {
  const bool plain = !text.empty() && text.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./:=@%+,") ==
                                          std::string_view::npos;
  return plain ? std::string(text) : shell_quoted(text);
}

enum class Mend : std::uint8_t { None, Resend, Basic, Digest, ProxyUser };

// How the client mends it: with the credential set right in the header, with -u, or not by a command.
Mend mend_of(Cause cause, const Facts& facts) {
  switch (info(cause).family) {
    case CauseFamily::Basic:
      return cause == Cause::BasicColonInUser || cause == Cause::PasswordAuthDisabled || cause == Cause::DomainMissing ? Mend::None
                                                                                                                       : Mend::Basic;
    case CauseFamily::HeaderText:
      if (cause == Cause::HeaderTooLarge || cause == Cause::SchemeCase) return Mend::None;
      break;
    case CauseFamily::Token:
      if (cause == Cause::TokenSameKidNewKey || cause == Cause::CaeClaimsChallenge || cause == Cause::ClockSkewLocal) return Mend::None;
      return Mend::Resend;
    default: break;
  }
  switch (cause) {
    case Cause::Proxy407: return Mend::ProxyUser;
    case Cause::RedirectDroppedAuth:
    case Cause::HttpToHttpsRedirect:
    case Cause::TrailingSlashRedirect: break;
    case Cause::CredentialsMissing:
    case Cause::TokenEmpty:
    case Cause::TokenStringifiedNull:
    case Cause::UnexpandedTemplate:
    case Cause::TokenCutAtSpace:
    case Cause::ShellAteSecret: break;
    case Cause::KeyInWrongPlace: break;
    default:
      if (info(cause).family != CauseFamily::HeaderText) return Mend::None;
  }
  const SentCredential* sent = facts.authorization();
  const bool asks_bearer = facts.challenge("Bearer") != nullptr;
  if (facts.challenge("Digest") != nullptr && !asks_bearer) return Mend::Digest;
  if (sent != nullptr && sent->is("Basic") && (facts.challenges.challenges.empty() || facts.challenge("Basic") != nullptr))
    return Mend::Basic;
  if (sent == nullptr && facts.challenge("Basic") != nullptr && !asks_bearer) return Mend::Basic;
  return Mend::Resend;
}

// Threat: a hostile server's challenge in a command that somebody pastes. A token may hold `$` and backticks (RFC 9110
// section 5.6.2), which a shell expands within double quotes; names that do are left out.
bool is_safe_name(std::string_view name) {
  return !name.empty() &&
         name.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_") == std::string_view::npos;
}

const SentCredential* sent_in(const Facts& facts, SentCredential::Place place) {
  const auto found =
      std::find_if(facts.credentials.begin(), facts.credentials.end(), [&](const SentCredential& c) { return c.place == place; });
  return found == facts.credentials.end() ? nullptr : &*found;
}

// "X-API-Key: $API_KEY"
std::string key_field(std::string_view name) {
  const bool token = to_lower(name).find("token") != std::string::npos;
  return std::string(name) + (token ? ": $TOKEN" : ": $API_KEY");
}

// The header that a challenge names for a key: Azure's name="…", type="header", or header="…".
std::optional<std::string> named_header(const http::Challenge& challenge) {
  const std::string* type = challenge.param("type") != nullptr ? challenge.param("type") : challenge.param("in");
  const std::string* name = challenge.param("name");
  if (name != nullptr && type != nullptr && iequals(*type, "header") && is_safe_name(*name)) return *name;
  const std::string* header = challenge.param("header");
  if (header != nullptr && iequals(challenge.scheme, "ApiKey") && is_safe_name(*header)) return *header;
  return std::nullopt;
}

// Of the schemes that the server names, those whose credentials a variable can hold.
bool takes_variable(std::string_view scheme) {
  return iequals(scheme, "Bearer") || iequals(scheme, "Token") || iequals(scheme, "ApiKey") || iequals(scheme, "DPoP");
}

// The header fields to send, each with a variable in place of the secret; none where it is not known which.
std::vector<std::string> credential_fields(const Facts& facts, const Finding& verdict) {
  const SentCredential* sent = facts.authorization();
  const SentCredential* key = sent_in(facts, SentCredential::Place::Header);
  const auto& challenges = facts.challenges.challenges;
  for (const http::Challenge& one : challenges) {
    const auto name = named_header(one);
    if (!name) continue;
    std::vector<std::string> out = {key_field(*name)};
    // A token besides is for the server behind the gateway that wants the key.
    if (sent != nullptr && sent->token && sent->is("Bearer") && !iequals(*name, "authorization"))
      out.emplace_back("Authorization: Bearer $TOKEN");
    return out;
  }
  // What was sent in a place that the server reads stays there.
  if (sent != nullptr && is_safe_name(sent->scheme) && takes_variable(sent->scheme) && facts.challenge(sent->scheme) != nullptr &&
      verdict.cause != Cause::KeyInWrongPlace)
    return {"Authorization: " + sent->scheme + " $TOKEN"};
  const auto offered =
      std::find_if(challenges.begin(), challenges.end(), [](const http::Challenge& one) { return takes_variable(one.scheme); });
  if (offered != challenges.end()) return {"Authorization: " + offered->scheme + " $TOKEN"};
  if (verdict.cause == Cause::KeyInWrongPlace || verdict.cause == Cause::KeyHeaderName) return {};
  if (sent == nullptr && key != nullptr && verdict.cause != Cause::HeaderMisspelt)
    return is_safe_name(key->name) ? std::vector<std::string>{key_field(key->name)} : std::vector<std::string>{};
  if (sent == nullptr && sent_in(facts, SentCredential::Place::Query) != nullptr && challenges.empty()) {
    // The parameter that RFC 6750 section 2.3 replaces by the header; others are their API's own.
    return iequals(sent_in(facts, SentCredential::Place::Query)->name, "access_token")
               ? std::vector<std::string>{"Authorization: Bearer $TOKEN"}
               : std::vector<std::string>{};
  }
  const bool known = sent != nullptr && challenges.empty() && is_safe_name(sent->scheme) && is_known_scheme(sent->scheme);
  return {"Authorization: " + (known ? sent->scheme : std::string("Bearer")) + " $TOKEN"};
}

// A form's pairs with a variable in place of each secret: 'grant_type=password&password='"$PASSWORD". The client's secret is
// left out where -u sends it.
std::string form_word(const Facts& facts, std::string_view body, bool client_in_header) {
  std::string out, plain;
  http::QueryReader reader(body);
  http::QueryPair pair;
  while (reader.next(pair)) {
    const std::string name = http::form_decode(pair.name);
    if (client_in_header && (name == "client_secret" || name == "client_id")) continue;
    plain += (plain.empty() && out.empty() ? "" : "&") + std::string(pair.name) + '=';
    const bool secret = std::any_of(facts.credentials.begin(), facts.credentials.end(),
                                    [&](const SentCredential& c) { return c.place == SentCredential::Place::Form && c.name == name; });
    if (!secret || !is_safe_name(name) || name.find('-') != std::string::npos) {
      plain += pair.value;
      continue;
    }
    std::string variable;
    for (const char c : name) variable += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    out += shell_quoted(plain) + "\"$" + variable + '"';
    plain.clear();
  }
  return plain.empty() && !out.empty() ? out : out + shell_quoted(plain);
}

// The query without what is sent in a header now.
std::string query_without_credentials(const Facts& facts, std::string_view query) {
  std::string out(query);
  for (const SentCredential& one : facts.credentials) {
    if (one.place != SentCredential::Place::Query) continue;
    std::string left;
    http::append_query_without(left, out, one.name);
    out = std::move(left);
  }
  return out;
}

// Threat: a token or password sent in clear because the input did not say which scheme the URL has. Digest sends neither.
std::string url_word(const Facts& facts, Url url, Mend mend) {
  const bool local = url.host == "localhost" || url.host.starts_with("127.") || url.host == "[::1]";
  if (url.scheme.empty() && url.port != 80 && !local && mend != Mend::Digest) url.scheme = "https";
  if (mend != Mend::ProxyUser) url.query = query_without_credentials(facts, url.query);
  if (url.query.empty()) url.has_query = false;
  return word(url.text());
}

bool is_kept_header(std::string_view name) {
  static constexpr std::string_view kDropped[] = {
      "authorization",   "host", "user-agent", "content-length", "connection", "accept-encoding", "cookie",          "proxy-authorization",
      "accept-language", "dnt",  "te",         "origin",         "referer",    "priority",        "proxy-connection"};
  const std::string lower = to_lower(trim_ows(name));
  if (lower.starts_with("sec-") || lower.empty() || lower.front() == ':' || is_key_name(lower)) return false;
  return std::none_of(std::begin(kDropped), std::end(kDropped), [&](std::string_view dropped) { return lower == dropped; });
}

// The first hop's exchange where the answer came at the end of redirects: whose request is to be sent to the last URL.
const Facts& origin_of(std::span<const Facts> all, const Facts& last) {
  const Facts* at = &last;
  while (at->redirected_from) at = &all[*at->redirected_from];
  return *at;
}

}  // namespace

std::optional<std::string> suggest_command(std::span<const Facts> all, std::size_t place, const Finding& verdict,
                                           const Redactor* redactor) {
  const Facts& last = all[place];
  const Request* request = last.request();
  if (request == nullptr || request->url.host.empty() || last.exchange->to_proxy) return std::nullopt;
  const Facts& first = origin_of(all, last);
  const Mend mend = mend_of(verdict.cause, last.authorization() != nullptr || first.request() == nullptr ? last : first);
  if (mend == Mend::None) return std::nullopt;
  const Facts& sender = first.request() != nullptr ? first : last;
  // A token endpoint wants the client's own credentials and the grant in the body, and no token in a header.
  if (mend == Mend::Resend && rules::is_token_request(sender)) return std::nullopt;
  const auto fields =
      mend == Mend::Resend ? credential_fields(last.challenges.challenges.empty() ? sender : last, verdict) : std::vector<std::string>{};
  if (mend == Mend::Resend && fields.empty()) return std::nullopt;

  std::string out = "curl";
  const Request& written = *sender.request();
  if (!written.method.empty() && written.method != "GET" && !(written.method == "POST" && !written.body.empty()))
    out += " -X " + word(written.method);
  switch (mend) {
    case Mend::Basic: out += " -u USER"; break;
    case Mend::Digest: out += " --digest -u USER"; break;
    case Mend::ProxyUser: out += " --proxy-user USER"; break;
    case Mend::Resend:
      for (const std::string& field : fields) out += " -H \"" + field + '"';
      break;
    case Mend::None: break;
  }
  for (const HeaderField& field : written.headers.all()) {
    // What curl sends by itself.
    if (!is_kept_header(field.name) || trim_ows(field.value) == "*/*" || trim_ows(field.value) == "application/x-www-form-urlencoded")
      continue;
    const std::string name(trim_ows(field.name)), value(trim_ows(field.value));
    // Secret, if under a name of its own: what -u or the token replaces, or a second credential that has to be set as well.
    if (redactor != nullptr && (*redactor)(value) != value) {
      if (is_safe_name(name)) out += " -H \"" + key_field(name) + '"';
      continue;
    }
    out += " -H " + shell_quoted(name + ": " + value);
  }
  if (!written.body.empty()) {
    const bool short_text = written.body.size() <= 200 && is_valid_utf8(written.body) && written.body.find('\0') == std::string::npos;
    const bool secret = redactor != nullptr && (*redactor)(written.body) != written.body;
    const bool form = sent_in(sender, SentCredential::Place::Form) != nullptr && !trim_ows(written.body).starts_with('{');
    if (short_text && form) out += " --data-raw " + form_word(sender, written.body, mend == Mend::Basic);
    else out += short_text && !secret ? " --data-raw " + shell_quoted(written.body) : std::string(" --data-binary @BODY");
  }
  return out + ' ' + url_word(last, request->url, mend);
}

}  // namespace quivive::diagnose
