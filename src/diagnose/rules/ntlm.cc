// NTLM and Negotiate, which authenticate a connection rather than a request (RFC 4559; [MS-NTHT]).

#include "base/text.h"
#include "diagnose/rules/bound_rules.h"
#include "diagnose/wording.h"

#include <fmt/format.h>

#include <algorithm>

namespace quivive::diagnose::rules {
namespace {

// Base64 of "NTLMSSP\0" and the message's type ([MS-NLMP] section 2.2.1).
constexpr std::string_view kNtlm = "TlRMTVNT";
constexpr std::string_view kChallenge = "TlRMTVNTUAAC";
constexpr std::string_view kAuthenticate = "TlRMTVNTUAAD";

bool is_windows_scheme(std::string_view scheme) { return iequals(scheme, "NTLM") || iequals(scheme, "Negotiate"); }

// The type 2 message of a response, or "".
std::string ntlm_challenge(const Facts& facts) {
  for (const http::Challenge& one : facts.challenges.challenges) {
    if (is_windows_scheme(one.scheme) && one.token68 && one.token68->starts_with(kChallenge)) return *one.token68;
  }
  return "";
}

bool sends(const Facts& facts, std::string_view beginning) {
  const SentCredential* sent = facts.authorization();
  return sent != nullptr && is_windows_scheme(sent->scheme) && trim_ows(sent->rest).starts_with(beginning);
}

// What ended the connection after that response, in words; "" where it may have lived on.
std::string what_closed(const Facts& facts) {
  const Response& response = *facts.response();
  for (const HeaderField* field : response.headers.every("connection")) {
    if (to_lower(field->value).find("close") != std::string::npos) return "the response said Connection: close";
  }
  if (response.version == "HTTP/1.0" && to_lower(response.headers.value("connection")).find("keep-alive") == std::string::npos)
    return "the response was HTTP/1.0, which closes the connection";
  if (response.version.starts_with("HTTP/2") || response.version.starts_with("HTTP/3"))
    return response.version + " shares a connection among requests, which NTLM cannot stand";
  for (const std::string& remark : facts.exchange->remarks) {
    if (remark.starts_with("Closing connection") || remark.starts_with("Connection died"))
      return fmt::format("the client noted {}", quoted_text(remark));
  }
  return "";
}

bool same_place(const Facts& a, const Facts& b) {
  return a.request() != nullptr && b.request() != nullptr && a.request()->url.host == b.request()->url.host &&
         a.request()->url.effective_port() == b.request()->url.effective_port();
}

Report::Entry lost(const Facts& facts, const Facts& challenged, std::string why, Report& report) {
  auto entry = report.fault(Cause::NtlmConnectionLost, Certainty::Certain, facts);
  entry.summary(fmt::format("NTLM's handshake lost its connection: {}.", why))
      .detail("NTLM signs in a connection. Its three messages have to travel over the same one, from the client to the server itself.")
      .fix(
          "Keep the connection alive from end to end, use HTTP/1.1 (curl --http1.1), and take proxies and load balancers out of the way, "
          "or set them up to tie a "
          "client's connection to one server connection. Kerberos (Negotiate) has none of these needs.")
      .see("response.header", "www-authenticate", challenged.challenge_lines.empty() ? "" : challenged.challenge_lines.front());
  return entry;
}

bool connection_lost(const Context& context, const Facts& facts, Report& report) {
  if (!facts.is_refused()) return false;
  // The challenge in hand, and no connection left to answer it on.
  if (!ntlm_challenge(facts).empty() && facts.response() != nullptr) {
    if (const std::string why = what_closed(facts); !why.empty()) return lost(facts, facts, why, report), true;
  }
  if (!sends(facts, kAuthenticate)) return false;
  for (std::size_t i = facts.at; i-- > 0;) {
    const Facts& before = context.facts[i];
    if (!same_place(before, facts) || ntlm_challenge(before).empty()) continue;
    std::string why = what_closed(before);
    const std::string &first = before.exchange->connection, &second = facts.exchange->connection;
    if (!first.empty() && !second.empty() && first != second)
      why = fmt::format("the challenge came on connection {} and the answer went out on connection {}", printable(first, 20),
                        printable(second, 20));
    if (why.empty()) return false;
    lost(facts, before, why, report);
    return true;
  }
  return false;
}

}  // namespace

namespace {

// Asked again on a connection that had signed in: IIS does so for requests that show a proxy.
void asked_again(const Context& context, const Facts& facts, Report& report) {
  if (!facts.is_refused() || facts.status != 401 || facts.authorization() != nullptr || facts.request() == nullptr) return;
  if (facts.challenge("NTLM") == nullptr && facts.challenge("Negotiate") == nullptr) return;
  const std::string_view via = !facts.request_field("via").empty() ? facts.request_field("via") : facts.response_field("via");
  if (via.empty()) return;
  const bool signed_in =
      std::any_of(context.facts.begin(), context.facts.begin() + static_cast<std::ptrdiff_t>(facts.at), [&](const Facts& before) {
        return same_place(before, facts) && before.answer == Answer::Accepted && before.authorization() != nullptr &&
               is_windows_scheme(before.authorization()->scheme);
      });
  if (!signed_in) return;
  report.fault(Cause::NtlmProxyVia, Certainty::Probable, facts)
      .summary(
          fmt::format("The connection had signed in by NTLM, and the server asks again: the request shows a proxy ({}).", quoted_text(via)))
      .detail(
          "Where a Via field shows a proxy, IIS authenticates each request on its own (authPersistSingleRequest), which NTLM cannot do.")
      .fix("Use Kerberos (a service principal name for the host, Negotiate), or go to the server without the proxy (curl --noproxy '*').")
      .see("request.header", "via", std::string(via));
}

}  // namespace

void ntlm(const Context& context, const Facts& facts, Report& report) {
  asked_again(context, facts, report);
  const SentCredential* sent = facts.authorization();
  if (sent == nullptr || !is_windows_scheme(sent->scheme)) return;
  if (connection_lost(context, facts, report)) return;
  const std::string_view via = facts.response_field("via");
  if (facts.is_refused() && !via.empty() && sends(facts, kNtlm)) {
    report.fault(Cause::NtlmProxyVia, Certainty::Probable, facts)
        .summary(fmt::format("A proxy stands between ({}), and NTLM does not get through one: the server asks again at every request.",
                             quoted_text(via)))
        .detail(
            "Where a Via field shows a proxy, IIS authenticates each request on its own (authPersistSingleRequest), which NTLM cannot do.")
        .fix("Use Kerberos (a service principal name for the host, Negotiate), or go to the server without the proxy (curl --noproxy '*').")
        .see("response.header", "via", std::string(via));
    return;
  }
  const bool answered_in_kind = !ntlm_challenge(facts).empty();
  if (!sent->is("Negotiate") || !sends(facts, kNtlm) || answered_in_kind || facts.superseded) return;
  const bool accepts_ntlm = std::any_of(context.facts.begin(), context.facts.end(),
                                        [&](const Facts& other) { return same_place(other, facts) && !ntlm_challenge(other).empty(); });
  if (accepts_ntlm) return;
  report.fault(Cause::NtlmInsideNegotiate, Certainty::Certain, facts)
      .summary("The client sent NTLM inside Negotiate (it begins with TlRMTVNT), where the server expects Kerberos.")
      .detail("A client falls back to NTLM when it gets no Kerberos ticket for the host's service principal name.")
      .fix(
          "Call the host by the name that has the SPN (setspn -L <account> lists HTTP/<host>), not by an alias, a load balancer's name or "
          "an address; run kinit, then look for HTTP/<host> in klist.")
      .see("request.header", sent->name, sent->value, std::string(kNtlm));
}

}  // namespace quivive::diagnose::rules
