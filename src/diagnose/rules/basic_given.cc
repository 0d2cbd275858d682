// The user name and password that the caller gave, held against what Basic sent.

#include "base/text.h"
#include "diagnose/latin1.h"
#include "diagnose/rules/basic_detail.h"
#include "diagnose/sent_value.h"
#include "diagnose/wording.h"
#include "http/query.h"

#include <algorithm>

namespace quivive::diagnose::rules {
namespace {

struct Pair {
  std::string_view user, password;
};

// How the password that was sent came from the one given, as far as that shows; nothing of either is said.
std::string_view difference(std::string_view sent, std::string_view given) {
  if (sent.empty()) return "it is empty";
  if (iequals(sent, given)) return "they differ in upper and lower case only";
  if (trim_ows(sent) == trim_ows(given)) return "they differ in white space at an end";
  if (without_quotes(sent) == given) return "it has quotation marks around it";
  if (given.starts_with(sent)) return "it is only the beginning of that";
  if (sent.starts_with(given)) return "something follows that";
  return "it is another one";
}

void report_different(const Facts& facts, const SentCredential& c, const Pair& sent, const Pair& given, Report& report) {
  if (sent.user == given.user && http::form_decode(sent.password) == given.password && sent.password.find('%') != std::string_view::npos) {
    report.fault(Cause::BasicPercentEncoded, Certainty::Certain, facts)
        .summary("The password was sent percent-encoded: decoded once more it is the one given.")
        .fix("Decode it before it is encoded for Basic: urllib.parse.unquote in Python, decodeURIComponent in JavaScript.")
        .see("request.header", c.name, c.value);
    return;
  }
  const std::string sent_user = quoted_text(sent.user, 60), given_user = quoted_text(given.user, 60);
  auto entry = report.fault(Cause::CredentialsRejected, Certainty::Certain, facts);
  entry.see("request.header", c.name, c.value);
  if (sent.user != given.user) {
    entry
        .summary("The Basic credentials are for the user " + sent_user + ", and the user given is " + given_user +
                 (iequals(sent.user, given.user) ? ": they differ in upper and lower case." : "."))
        .fix("Send the user name that the password belongs to.");
    if (sent.password != given.password) entry.detail("The password is not the one given either.");
    return;
  }
  entry
      .summary("The password sent for " + sent_user + " is not the one given: " + std::string(difference(sent.password, given.password)) +
               ".")
      .fix(
          "Give the client the password that the server has; look for an old one in its configuration, ~/.netrc, a keychain or the "
          "environment.");
}

void report_equal(const Facts& facts, const SentCredential& c, const Pair& given, Report& report) {
  if (facts.status != 401 || !facts.is_refused() || report.has_error(facts)) return;
  report.fault(Cause::CredentialsRejected, Certainty::Probable, facts)
      .summary("The Basic credentials are exactly the user name and password given, and the server refuses them: it has others for " +
               quoted_text(given.user, 60) + ".")
      .detail("An account that is locked or may not sign in this way looks the same from here.")
      .fix("Set the password anew on the server, and check that this host and realm are the ones where it was set.")
      .see("request.header", c.name, c.value)
      .see("response.header", "WWW-Authenticate", facts.challenge_lines.empty() ? std::string() : facts.challenge_lines.front());
}

}  // namespace

void given_password(const Context& context, const Facts& facts, Report& report) {
  const Expectations& expected = context.expected;
  const SentCredential* sent = facts.authorization();
  if (!expected.user || !expected.password || sent == nullptr || !sent->is("Basic") || !facts.is_open()) return;
  if (facts.answer != Answer::None && facts.status != 401 && facts.status != 403) return;
  if (is_filled_by_shell(context.capture, facts, *sent) || kind_of_value(sent->rest) != ValueKind::Plain || is_masked(sent->rest)) return;
  // These say what became of the password.
  if (report.has(Cause::ShellAteSecret, facts) || report.has(Cause::BasicColonInUser, facts)) return;
  const BasicPayload payload = read_basic(sent->rest);
  if (!payload.has_colon()) return;
  const Pair given{*expected.user, expected.password->reveal(RevealSecret{})};
  const std::string whole = std::string(given.user) + ':' + std::string(given.password);
  if (*payload.text == whole) return report_equal(facts, *sent, given, report);
  // The right one in another encoding, or with a line break behind: rules/basic.cc says so.
  const bool newline = std::string_view(*payload.text).substr(0, payload.text->find_last_not_of("\r\n") + 1) == whole;
  if (newline || *payload.text == to_latin1(whole)) return;
  report_different(facts, *sent, {payload.user(), payload.password()}, given, report);
}

}  // namespace quivive::diagnose::rules
