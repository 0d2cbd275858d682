#include "diagnose/suggest_command.h"

#include "base/text.h"
#include "diagnose/facts.h"

#include <algorithm>

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

std::string credential_header(const Facts& facts) {
  const SentCredential* sent = facts.authorization();
  // The scheme that the server names; its spelling is the server's.
  if (!facts.challenges.challenges.empty()) {
    const http::Challenge& wanted = facts.challenges.challenges.front();
    if (const std::string* header = wanted.param("header"); header != nullptr && iequals(wanted.scheme, "ApiKey") && is_safe_name(*header))
      return *header + ": $API_KEY";
    if (iequals(wanted.scheme, "Token") || iequals(wanted.scheme, "ApiKey") || iequals(wanted.scheme, "DPoP"))
      return "Authorization: " + wanted.scheme + " $TOKEN";
    return "Authorization: Bearer $TOKEN";
  }
  if (sent == nullptr || !is_safe_name(sent->scheme) || !is_known_scheme(sent->scheme)) return "Authorization: Bearer $TOKEN";
  return "Authorization: " + sent->scheme + " $TOKEN";
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

std::optional<std::string> suggest_command(std::span<const Facts> all, std::size_t place, const Finding& verdict) {
  const Facts& last = all[place];
  const Request* request = last.request();
  if (request == nullptr || request->url.host.empty() || last.exchange->to_proxy) return std::nullopt;
  const Facts& first = origin_of(all, last);
  const Mend mend = mend_of(verdict.cause, last.authorization() != nullptr || first.request() == nullptr ? last : first);
  if (mend == Mend::None) return std::nullopt;

  std::string out = "curl";
  const Request& written = first.request() != nullptr ? *first.request() : *request;
  if (!written.method.empty() && written.method != "GET" && !(written.method == "POST" && !written.body.empty()))
    out += " -X " + word(written.method);
  switch (mend) {
    case Mend::Basic: out += " -u USER"; break;
    case Mend::Digest: out += " --digest -u USER"; break;
    case Mend::ProxyUser: out += " --proxy-user USER"; break;
    case Mend::Resend: out += " -H \"" + credential_header(last.challenges.challenges.empty() ? first : last) + '"'; break;
    case Mend::None: break;
  }
  for (const HeaderField& field : written.headers.all()) {
    // What curl sends by itself.
    if (!is_kept_header(field.name) || trim_ows(field.value) == "*/*" || trim_ows(field.value) == "application/x-www-form-urlencoded")
      continue;
    out += " -H " + shell_quoted(std::string(trim_ows(field.name)) + ": " + std::string(trim_ows(field.value)));
  }
  if (!written.body.empty()) {
    const bool short_text = written.body.size() <= 200 && is_valid_utf8(written.body) && written.body.find('\0') == std::string::npos;
    out += short_text ? " --data-raw " + shell_quoted(written.body) : std::string(" --data-binary @BODY");
  }
  out += ' ' + word(request->url.text());
  return out;
}

}  // namespace quivive::diagnose
