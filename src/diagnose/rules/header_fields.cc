// The fields around the credentials: what they are called, how often they are there, how large they are.

#include "base/text.h"
#include "diagnose/names.h"
#include "diagnose/rules/header_detail.h"
#include "diagnose/sent_value.h"
#include "diagnose/wording.h"
#include "http/credentials.h"
#include "http/grammar.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace quivive::diagnose::rules {
namespace {

struct Misspelling {
  std::string_view written;  // lower case
  std::string_view meant;
};
constexpr auto kMisspellings = std::to_array<Misspelling>({
    {"authorisation", "Authorization"},
    {"authentication", "Authorization"},
    {"authorization-token", "Authorization"},
    {"authorization_token", "Authorization"},
    {"auth", "Authorization"},
    {"www-authenticate", "Authorization"},
    {"bearer", "Authorization"},
    {"authorization-bearer", "Authorization"},
    {"authorizations", "Authorization"},
    {"authorization-header", "Authorization"},
    {"authorize", "Authorization"},
    {"authenticate", "Authorization"},
    {"http_authorization", "Authorization"},
    {"http-authorization", "Authorization"},
    {"basic", "Authorization"},
    {"authenticated", "Authorization"},
    {"authenticator", "Authorization"},
    {"auth-header", "Authorization"},
    {"cookies", "Cookie"},
    {"set-cookie", "Cookie"},
    {"proxy-authentication", "Proxy-Authorization"},
    {"proxy-authenticate", "Proxy-Authorization"},
    {"proxy-authorisation", "Proxy-Authorization"},
});

// What `name` was meant to be; "" where it is right, or something else.
std::string_view meant_by(std::string_view name) {
  while (!name.empty() && (name.front() == '\'' || name.front() == '"')) name.remove_prefix(1);
  const std::string lower = to_lower(trim_ows(name));
  for (const Misspelling& row : kMisspellings) {
    if (row.written == lower) return row.meant;
  }
  if (lower == "authorization") return name.size() == lower.size() ? std::string_view() : "Authorization";
  static constexpr auto kNames = std::to_array<std::string_view>({"authorization"});
  // One slip, or two: "Auhtorization", "Autorisation"; not "Author", not "X-Authorization", which some gateways do read.
  if (lower.size() < 11 || lower.size() > 15 || lower.starts_with("x-") || closest(lower, kNames).empty()) return {};
  return lower.starts_with("au") || lower.ends_with("ization") || lower.ends_with("ation") ? "Authorization" : std::string_view();
}

bool looks_like_credential(std::string_view value) {
  value = trim_ows(value);
  const std::string_view word = value.substr(0, value.find(' '));
  if (word.size() < value.size() && is_known_scheme(word)) return true;
  return looks_like_jwt(value) ||
         (value.size() >= 16 && value.find(' ') == std::string_view::npos && value.find_first_of("0123456789") != std::string_view::npos);
}

void misspelt(const Facts& facts, Report& report) {
  if (facts.answer == Answer::Accepted) return;  // whatever it is called, it works
  const Headers& headers = facts.request()->headers;
  for (const HeaderField& field : headers.all()) {
    const std::string_view meant = meant_by(field.name);
    const bool quote = !field.name.empty() && (field.name.front() == '\'' || field.name.front() == '"');
    if (meant.empty() && !(quote && iequals(field.name.substr(1), "authorization"))) continue;
    const std::string_view right = meant.empty() ? "Authorization" : meant;
    const bool cookie = right == "Cookie";
    if (headers.has(right) || (cookie ? field.value.find('=') == std::string::npos : !looks_like_credential(field.value))) continue;
    report.fault(Cause::HeaderMisspelt, Certainty::Certain, facts)
        .summary("The credentials are in a header named '" + std::string(trim_ows(field.name)) + "'; servers read '" + std::string(right) +
                 "'.")
        .fix(quote ? "cmd.exe passes single quotes on to curl: put the header between double quotes."
                   : "Rename the header to " + std::string(right) + ".")
        .see("request.header", field.name, field.value, "");
  }
}

void space_before_colon(const Facts& facts, Report& report) {
  for (const HeaderField& field : facts.request()->headers.all()) {
    if (field.name.empty() || !http::is_ows(field.name.back())) continue;
    const std::string_view name = trim_ows(field.name);
    const bool credential = iequals(name, "authorization") || iequals(name, "cookie") || is_key_name(name);
    const bool explains = credential || facts.status == 400 || facts.answer == Answer::None;
    (explains ? report.fault(Cause::SpaceBeforeColon, Certainty::Certain, facts)
              : report.warn(Cause::SpaceBeforeColon, Certainty::Certain, facts))
        .summary("There is a space between the header name '" + std::string(name) + "' and its colon.")
        .detail(
            "Servers have to refuse such a request, and proxies remove the field or pass it on under another name (RFC 9112 section 5.1).")
        .fix("Write '" + std::string(name) + ": …' without a space before the colon.")
        .see("request.header", field.name, field.value, "");
  }
}

void duplicate(const Facts& facts, Report& report) {
  const auto fields = facts.request()->headers.every("authorization");
  const HeaderField* joined = nullptr;
  for (const HeaderField* field : fields) {
    if (!http::holds_several_credentials(field->value)) continue;
    // `Bearer, x` is a slip behind the scheme, not a second credential.
    const std::string_view value = trim_ows(field->value);
    const std::size_t comma = value.find(',');
    if (comma == std::string_view::npos || is_known_scheme(value.substr(0, comma)) || value.find('{') != std::string_view::npos) continue;
    joined = field;
  }
  if (fields.size() < 2 && joined == nullptr) return;
  const bool same = joined == nullptr &&
                    std::all_of(fields.begin(), fields.end(), [&](const HeaderField* f) { return f->value == fields.front()->value; });
  auto entry = report.fault(Cause::CredentialsDuplicateHeader, Certainty::Certain, facts);
  entry
      .summary(joined != nullptr
                   ? "One Authorization header holds two credentials."
                   : fmt::format("The request has {} Authorization headers{}.", fields.size(), same ? " with the same value" : ""))
      .detail("A server may refuse such a request, or read either of the two.")
      .fix("Send one. If a gateway and the application each need one, let the application's travel in another header that both agree on.");
  if (joined != nullptr) entry.see("request.header", joined->name, joined->value, ",");
  for (const HeaderField* field : fields) {
    if (joined == nullptr) entry.see("request.header", field->name, field->value);
  }
}

void two_places(const Facts& facts, Report& report) {
  const SentCredential* header = facts.authorization();
  for (const SentCredential& c : facts.credentials) {
    if (c.place != Place::Query && c.place != Place::Form) continue;
    const bool token_endpoint = facts.request()->body.find("grant_type=") != std::string::npos;
    // RFC 6750 section 2: more than one way of sending a bearer token in a request is an error.
    const bool bearer = iequals(c.name, "access_token") && header != nullptr && header->is("Bearer");
    // RFC 6749 section 2.3: the same of a client's secret.
    const bool client = token_endpoint && iequals(c.name, "client_secret") && header != nullptr && header->is("Basic");
    const bool said = facts.server_says("multiple bearer tokens") || facts.server_says("multiple tokens provided") ||
                      facts.server_says("more than one method") || facts.server_says("multiple authentication methods") ||
                      facts.server_says("more than one authentication");
    if ((!bearer && !client) || (facts.answer == Answer::Accepted) || kind_of_value(c.value) == ValueKind::Empty) continue;
    auto entry = report.fault(Cause::CredentialsInTwoPlaces, client && !said ? Certainty::Probable : Certainty::Certain, facts);
    entry
        .summary(client ? "The client's secret is in the Authorization header and in the body as well."
                        : "The request carries an access token in the Authorization header and another in " + place_text(c) + ".")
        .fix(client ? "Keep one of the two: Basic, or client_id and client_secret in the body."
                    : "Remove the parameter access_token: the header is the place that every server reads.")
        .see("request.header", header->name, header->value)
        .see(std::string(part_of(c)), c.name, c.name + "=" + c.value);
    if (said) entry.server_said();
    return;
  }
  // Two values for one key: which of them counts, only the server knows.
  for (const SentCredential& a : facts.credentials) {
    if (a.place != Place::Header || !facts.is_refused()) continue;
    for (const SentCredential& b : facts.credentials) {
      std::string x = to_lower(trim_ows(a.name)), y = to_lower(b.name);
      for (std::string* name : {&x, &y}) {
        std::erase_if(*name, [](char c) { return c == '-' || c == '_'; });
        if (name->starts_with('x')) name->erase(0, 1);
      }
      if (b.place != Place::Query || x != y || trim_ows(a.value) == trim_ows(b.value)) continue;
      report.fault(Cause::CredentialsInTwoPlaces, Certainty::Probable, facts)
          .summary("The key is in " + place_text(a) + " and, with another value, in " + place_text(b) + ".")
          .fix("Send it in one place: the header.")
          .see("request.header", a.name, a.value)
          .see("request.query", b.name, b.name + "=" + b.value);
      return;
    }
  }
}

// How servers say it where the status does not: 400 of nginx, Tomcat, IIS, Node, Apache.
constexpr auto kTooLargeTexts = std::to_array<std::string_view>(
    {"request header or cookie too large", "request header fields too large", "request header is too large", "header line too long",
     "the size of the request headers is too long", "request too long", "size of a request header field exceeds", "header too long",
     "request header too large", "header fields too large", "http header too large", "headers too large", "hpe_header_overflow"});

void too_large(const Facts& facts, Report& report) {
  if (!facts.is_refused()) return;
  constexpr std::size_t kUsualLimit = 8 * 1024;
  const HeaderField* largest = nullptr;
  std::size_t all = 0;
  for (const HeaderField& field : facts.request()->headers.all()) {
    all += field.name.size() + field.value.size() + 4;
    if (largest == nullptr || field.value.size() > largest->value.size()) largest = &field;
  }
  if (largest == nullptr) return;
  const bool status = facts.status == 431;
  const bool said =
      std::any_of(kTooLargeTexts.begin(), kTooLargeTexts.end(), [&](std::string_view text) { return facts.server_says(text); }) &&
      (facts.status == 400 || facts.status == 413 || status);
  const bool large = largest->value.size() > kUsualLimit || all > 2 * kUsualLimit;
  const bool fits = facts.status == 400 || facts.status == 413 || facts.status == 401;
  if (!status && !said && !(large && fits)) return;
  const SentCredential* token = facts.token();
  const bool groups = token != nullptr && (token->token->claim("groups") != nullptr || token->token->claim("roles") != nullptr);
  const std::string size = fmt::format("{:.1f} KiB", static_cast<double>(largest->value.size()) / 1024.0);
  const std::string name(trim_ows(largest->name));
  auto entry = report.fault(Cause::HeaderTooLarge, status || said ? Certainty::Certain : Certainty::Suggestive, facts);
  entry
      .summary(status || said ? "The server finds the request's headers too large; the largest is " + name + " with " + size + "."
                              : "The header " + name + " has " + size + ", more than the 8 KiB that many servers and gateways take.")
      .detail(status || said
                  ? std::string()
                  : "A gateway may drop or cut a header of that size. The same request with a small token, or its size limit, decides it.")
      .fix(iequals(name, "cookie") ? "Delete the cookies of this site that are not needed; keep session data on the server."
           : groups ? "Ask for fewer claims: the token lists every group. Emit only the groups assigned to the application, or read them "
                      "from an endpoint."
                    : "Send a smaller token (fewer claims, or a reference token), or raise the limit (nginx: large_client_header_buffers; "
                      "Node: --max-http-header-size).")
      .see("request.header", largest->name, largest->value.substr(0, 32), "");
  if (status) entry.see("response.status", "", "431");
  if (said || status) entry.server_said();
}

}  // namespace

void header_fields(const Facts& facts, Report& report) {
  misspelt(facts, report);
  space_before_colon(facts, report);
  duplicate(facts, report);
  two_places(facts, report);
  too_large(facts, report);
}

}  // namespace quivive::diagnose::rules
