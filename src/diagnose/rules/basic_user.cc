// User names that Basic cannot carry, or that a directory does not know; servers that take no passwords any more.

#include "base/base64.h"
#include "base/text.h"
#include "diagnose/rules/basic_detail.h"
#include "diagnose/sent_value.h"
#include "diagnose/wording.h"
#include "http/query.h"

#include <algorithm>
#include <array>

namespace quivive::diagnose::rules {
namespace {

void report_colon(const Facts& facts, const std::string& user, std::string part, Report& report) {
  report.fault(Cause::BasicColonInUser, Certainty::Certain, facts)
      .summary("The user name '" + printable(user, 60) +
               "' has a colon, and Basic ends the user name at the first colon: the server sees '" +
               printable(user.substr(0, user.find(':')), 60) + "'.")
      .fix(
          "Use a user name without a colon: Basic has no way to write one (RFC 7617 section 2). Ask the service for an alias, or use "
          "another scheme.")
      .see(std::move(part), "", user, ":");
}

struct Refusal {
  std::string_view text;  // lower case
  Certainty certainty;
};
// Certain where the text says that passwords are not taken, probable where it names that as one of several reasons.
constexpr auto kRefusals = std::to_array<Refusal>({
    {"support for password authentication was removed", Certainty::Certain},
    {"password authentication is not available", Certainty::Certain},
    {"password authentication is disabled", Certainty::Certain},
    {"basic authentication with passwords is deprecated", Certainty::Certain},
    {"basic auth with password is not allowed", Certainty::Certain},
    {"basic authentication is disabled", Certainty::Certain},
    {"basic authentication is not supported", Certainty::Certain},
    {"stopped supporting account passwords", Certainty::Certain},
    {"application-specific password required", Certainty::Certain},
    {"password authentication is not supported", Certainty::Certain},
    {"use an api token instead of a password", Certainty::Certain},
    {"required to use a token instead of a password", Certainty::Probable},
    {"use a personal access token", Certainty::Probable},
    {"must use a personal access token", Certainty::Probable},
    {"use an app password", Certainty::Probable},
    {"two-factor authentication", Certainty::Probable},
    {"you must use a token", Certainty::Probable},
    {"requires a one-time password", Certainty::Probable},
});

// Signed-in clients of NTLM: the domain's length in an AUTHENTICATE_MESSAGE ([MS-NLMP] section 2.2.1.3).
bool is_ntlm_without_domain(const SentCredential& c) {
  if (!c.is("NTLM") && !c.is("Negotiate")) return false;
  const auto bytes = base64_decode(trim_ows(c.rest));
  if (!bytes || bytes->size() < 44 || !bytes->starts_with(std::string_view("NTLMSSP\0\3\0\0\0", 12))) return false;
  const auto short_at = [&](std::size_t at) {
    return static_cast<unsigned>(static_cast<unsigned char>((*bytes)[at])) |
           static_cast<unsigned>(static_cast<unsigned char>((*bytes)[at + 1])) << 8;
  };
  if (short_at(28) != 0 || short_at(36) == 0) return false;
  // A UPN needs no domain.
  const std::size_t offset = short_at(40), length = short_at(36);
  return offset + length <= bytes->size() && bytes->substr(offset, length).find('@') == std::string::npos;
}

}  // namespace

void colon_in_user(const Context& context, const Facts& facts, Report& report) {
  for (const DeclaredAuth& declared : context.capture.declared) {
    if (declared.exchange != facts.at || !iequals(declared.type, "basic")) continue;
    for (const HeaderField& param : declared.params) {
      const bool filled = kind_of_value(param.value) == ValueKind::Placeholder;
      if (param.name == "username" && param.value.find(':') != std::string::npos && !filled)
        return report_colon(facts, param.value, "tool", report);
    }
  }
  const SentCredential* sent = facts.authorization();
  const bool basic = sent != nullptr && sent->is("Basic");
  if (basic && context.expected.user && context.expected.user->find(':') != std::string::npos)
    return report_colon(facts, *context.expected.user, "command", report);
  if (facts.request() == nullptr) return;
  const std::string& info = facts.request()->url.userinfo;
  const std::string user = http::form_decode(std::string_view(info).substr(0, info.find(':')));
  if (user.find(':') != std::string::npos) report_colon(facts, user, "request.url", report);
}

void password_refused(const Facts& facts, Report& report) {
  const SentCredential* sent = facts.authorization();
  if (!facts.is_refused() || sent == nullptr || !sent->is("Basic")) return;
  for (const Refusal& row : kRefusals) {
    if (!facts.server_says(row.text)) continue;
    report.fault(Cause::PasswordAuthDisabled, row.certainty, facts)
        .summary("The server takes no account passwords here: it says '" + std::string(row.text) + "'.")
        .fix(
            "Make a token (personal access token, API token or app password) in the account's settings and send it in place of the "
            "password, with the same user name.")
        .see("response.body", "", std::string(row.text), std::string(row.text))
        .server_said();
    return;
  }
  if (facts.response_field("x-github-otp").starts_with("required")) {
    report.fault(Cause::PasswordAuthDisabled, Certainty::Probable, facts)
        .summary(
            "The account has two-factor authentication: the server asks for a one-time password (X-GitHub-OTP), and a password alone is "
            "not enough.")
        .fix("Use a personal access token in place of the password.")
        .see("response.header", "X-GitHub-OTP", std::string(facts.response_field("x-github-otp")))
        .server_said();
  }
}

void domain_missing(const Facts& facts, Report& report) {
  const SentCredential* sent = facts.authorization();
  if (!facts.is_refused() || facts.status != 401 || sent == nullptr || report.has_error(facts)) return;
  const bool directory = facts.challenge("NTLM") != nullptr || facts.challenge("Negotiate") != nullptr;
  std::string user;
  if (sent->is("Basic") && directory) {
    const BasicPayload payload = read_basic(sent->rest);
    if (!payload.has_colon() || !is_valid_utf8(payload.user())) return;
    user = payload.user();
    if (user.empty() || user.find_first_of("\\@/") != std::string::npos) return;
  } else if (!is_ntlm_without_domain(*sent)) {
    return;
  }
  report.fault(Cause::DomainMissing, Certainty::Suggestive, facts)
      .summary(user.empty() ? "The NTLM answer names a user and no domain."
                            : "The user name '" + printable(user, 60) + "' has no domain, and the server offers Windows authentication.")
      .detail("A server of a directory looks for the account in its own default domain then. The same request with the domain decides it.")
      .fix("Write DOMAIN\\user or user@domain: curl -u 'DOMAIN\\user:password'.")
      .see("request.header", sent->name, sent->value);
}

}  // namespace quivive::diagnose::rules
