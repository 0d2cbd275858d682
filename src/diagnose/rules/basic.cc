// What was encoded into Basic (RFC 7617), and how.

#include "base/base64.h"
#include "base/text.h"
#include "diagnose/names.h"
#include "diagnose/rule.h"
#include "diagnose/rules/basic_detail.h"
#include "diagnose/rules/token_request.h"
#include "diagnose/sent_value.h"
#include "diagnose/wording.h"

#include <fmt/format.h>

#include <algorithm>

namespace quivive::diagnose::rules {
namespace {

constexpr std::string_view kHowToEncode =
    "Let the client encode it: curl -u user:password, auth=(user, password) in requests, btoa(`${user}:${password}`) in JavaScript.";

bool is_printable(std::string_view text) {
  return is_valid_utf8(text) && std::all_of(text.begin(), text.end(), [](char c) {
           return static_cast<unsigned char>(c) >= 0x20 || c == '\n' || c == '\r' || c == '\t';
         });
}

std::string seen(const SentCredential& c) { return c.value; }

void not_base64(const Facts& facts, const SentCredential& c, const BasicPayload& payload, Report& report) {
  const std::string_view text = trim_ows(c.rest);
  const std::size_t colon = text.find(':');
  const std::size_t percent = text.find('%');
  const bool jwt = looks_like_jwt(text);
  std::string summary = "The Basic payload is not base64";
  std::string mark;
  if (colon != std::string_view::npos) summary += ": user name and password stand there as they are, with the colon between them.";
  else if (jwt) summary += ": it is a JWT, which belongs behind Bearer.";
  else if (percent != std::string_view::npos && percent + 2 < text.size())
    summary += ": it was percent-encoded after it was encoded (" + std::string(text.substr(percent, 3)) + ").";
  else if (payload.alphabet == BasicPayload::Alphabet::Neither) {
    const std::size_t at = text.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=-_");
    if (at != std::string_view::npos) {
      mark = std::string(text.substr(at, 1));
      summary += fmt::format(": it has {} at character {}.", quoted_text(mark), at + 1);
    } else {
      summary += ": it mixes two alphabets, or has '=' before its end.";
    }
  } else {
    summary += fmt::format(": no base64 text has {} characters, or ends like this one.", payload.compact.size());
  }
  if (colon != std::string_view::npos) mark = ":";
  report.fault(Cause::BasicNotBase64, Certainty::Certain, facts)
      .summary(summary)
      .fix(jwt ? "Write Authorization: Bearer <token>." : std::string(kHowToEncode))
      .see("request.header", c.name, seen(c), mark);
}

void no_colon(const Facts& facts, const SentCredential& c, const BasicPayload& payload, Report& report) {
  // Encoded twice: decoding once more gives a:b.
  const std::string inner(trim_ows(*payload.text));
  const BasicPayload again = read_basic(inner);
  if (again.has_colon() && is_printable(*again.text) && inner.size() >= 4) {
    report.fault(Cause::BasicDoubleEncoded, Certainty::Certain, facts)
        .summary("The Basic payload was encoded twice: decoded once it is still base64, of user '" + printable(again.user(), 60) +
                 "' and a password.")
        .fix("Encode once: give the plain user name and password to a client that encodes them itself (curl -u, requests' auth=).")
        .see("request.header", c.name, seen(c));
    return;
  }
  const bool readable = is_printable(*payload.text);
  report.fault(Cause::BasicNoColon, Certainty::Certain, facts)
      .summary(readable
                   ? fmt::format("The Basic payload decodes to {} characters without a colon, so there is no user name and password in it.",
                                 payload.text->size())
                   : "The Basic payload was never encoded: read as base64 it gives no text, and no colon between user name and password.")
      .detail(readable ? "A lone API key looks like this: APIs that take one as user name want a colon behind it, with nothing after it."
                       : "It looks like an API key or another token as it was issued.")
      .fix(
          "If this is an API key that the service takes as user name, encode 'key:' (curl -u 'key:'); as password, ':key' or 'x:key', as "
          "its documentation says. Otherwise encode 'user:password'.")
      .see("request.header", c.name, seen(c));
}

void newline_inside(const Facts& facts, const SentCredential& c, const BasicPayload& payload, Report& report) {
  const std::string& text = *payload.text;
  const std::size_t at = text.find_first_of("\r\n");
  if (at == std::string::npos || !is_printable(text)) return;
  const bool at_end = text.find_first_not_of("\r\n", at) == std::string::npos;
  report.fault(Cause::BasicNewlineInside, Certainty::Certain, facts)
      .summary(at_end ? "The Basic credentials decode to text that ends with a line break, which became part of the password."
                      : "The Basic credentials decode to text with a line break after " + std::to_string(at) + " characters.")
      .detail(at_end ? "echo ends its output with a line break; base64 encodes it like any other character."
                     : "A value read from a file brought its line break along.")
      .fix("Encode without it: printf '%s:%s' \"$USER\" \"$PASSWORD\" | base64 -w0; or let the client encode: curl -u.")
      .see("request.header", c.name, seen(c));
}

void alphabet(const Facts& facts, const SentCredential& c, const BasicPayload& payload, Report& report) {
  const bool url_safe = payload.alphabet == BasicPayload::Alphabet::UrlSafe;
  if ((!url_safe && payload.padded) || !payload.has_colon()) return;
  report.fault(Cause::BasicBase64url, Certainty::Probable, facts)
      .summary(url_safe ? "The Basic payload is in the URL-safe base64 alphabet ('-' and '_'), which Basic does not use."
                        : "The Basic payload lacks its base64 padding ('=' at the end).")
      .detail("Basic takes the standard alphabet of RFC 4648 section 4 with padding. Lenient servers read this, others refuse it.")
      .fix("Use the standard encoder: base64.b64encode in Python, Base64.getEncoder() in Java, Buffer.from(x).toString('base64') in Node.")
      .see("request.header", c.name, seen(c), url_safe ? payload.compact.substr(payload.compact.find_first_of("-_"), 1) : std::string());
}

void charset(const Facts& facts, const SentCredential& c, const BasicPayload& payload, Report& report) {
  const std::string& text = *payload.text;
  const bool ascii = std::all_of(text.begin(), text.end(), [](char x) { return static_cast<unsigned char>(x) < 0x80; });
  if (ascii || !facts.is_refused() || facts.status == 429) return;
  const http::Challenge* challenge = facts.challenge("Basic");
  const std::string* named = challenge == nullptr ? nullptr : challenge->param("charset");
  const bool wants_utf8 = named != nullptr && iequals(*named, "UTF-8");
  const bool utf8 = is_valid_utf8(text);
  // A letter and its accent as two characters, as macOS writes file names: RFC 7617 section 2.1 wants them composed.
  const bool decomposed = utf8 && (text.find("\xcc\x88") != std::string::npos || text.find("\xcc\x81") != std::string::npos ||
                                   text.find("\xcc\x80") != std::string::npos || text.find("\xcc\x82") != std::string::npos);
  if (utf8 && wants_utf8 && !decomposed) return;
  report.fault(Cause::BasicCharset, Certainty::Probable, facts)
      .summary(
          decomposed
              ? "The user name or password has accents as characters of their own (Unicode NFD), and servers compare the composed form."
          : wants_utf8 ? "The user name or password was sent in Latin-1, and the server's challenge asks for UTF-8."
          : utf8 ? "The user name or password has characters beyond ASCII, sent in UTF-8; the server does not say that it reads UTF-8."
                 : "The user name or password has characters beyond ASCII, sent as single bytes (Latin-1).")
      .detail("Basic does not fix an encoding: requests and OkHttp send Latin-1, curl and HTTPie what the terminal uses, browsers UTF-8.")
      .fix(utf8 ? (decomposed ? "Normalise to NFC before encoding: unicodedata.normalize('NFC', password) in Python."
                              : "Try Latin-1 once (password.encode('latin-1')); a password of ASCII characters avoids the question.")
                : "Send UTF-8: auth=(user.encode('utf-8'), password.encode('utf-8')) in requests, Credentials.basic(user, password, UTF_8) "
                  "in OkHttp.")
      .see("request.header", c.name, seen(c))
      .see("response.header", "WWW-Authenticate", facts.challenge_lines.empty() ? std::string() : facts.challenge_lines.front());
}

void percent_encoded(const Facts& facts, const SentCredential& c, const BasicPayload& payload, Report& report) {
  if (is_token_request(facts)) return;  // RFC 6749 section 2.3.1 wants it there
  const std::string& text = *payload.text;
  for (std::size_t at = text.find('%'); at != std::string::npos; at = text.find('%', at + 1)) {
    const std::string code = to_lower(text.substr(at + 1, 2));
    static constexpr std::string_view kCodes[] = {"40", "3a", "2f", "23", "3f", "25", "21", "24", "26", "2b", "20",
                                                  "5c", "3d", "2c", "3b", "5e", "2a", "5b", "5d", "7b", "7d"};
    if (std::find(std::begin(kCodes), std::end(kCodes), code) == std::end(kCodes)) continue;
    auto entry = facts.answer == Answer::None ? report.warn(Cause::BasicPercentEncoded, Certainty::Probable, facts)
                                              : report.fault(Cause::BasicPercentEncoded, Certainty::Probable, facts);
    entry
        .summary("The decoded Basic credentials hold the percent escape " + text.substr(at, 3) +
                 ": they were taken out of a URL and not decoded.")
        .fix(
            "Decode user name and password before they are encoded for Basic: urllib.parse.unquote in Python, decodeURIComponent in "
            "JavaScript.")
        .see("request.header", c.name, text, text.substr(at, 3));
    return;
  }
}

// A lone column of GNU base64: the rest of the payload stayed on the next line.
void one_column(const Facts& facts, const SentCredential& c, const BasicPayload& payload, Report& report) {
  if (payload.compact.size() != 76 || payload.compact.ends_with('=') || !payload.has_colon() || !facts.is_refused()) return;
  report.fault(Cause::Base64Wrapped, Certainty::Probable, facts)
      .summary("The Basic payload is exactly 76 characters long, where GNU base64 breaks the line: the rest of it is probably missing.")
      .fix("Encode without line breaks: base64 -w0; or let the client encode: curl -u.")
      .see("request.header", c.name, seen(c));
}

void judge(const Context& context, const Facts& facts, const SentCredential& c, Report& report) {
  if (is_filled_by_shell(context.capture, facts, c) || kind_of_value(c.rest) != ValueKind::Plain || is_masked(c.rest)) return;
  if (report.has(Cause::TokenQuoted, facts) || report.has(Cause::TokenJsonWrapped, facts) || report.has(Cause::TokenInvisibleChar, facts) ||
      report.has(Cause::SchemeDoubled, facts) || report.has(Cause::CredentialsDuplicateHeader, facts)) {
    return;
  }
  const BasicPayload payload = read_basic(c.rest);
  if (!payload.text || trim_ows(c.rest).find(':') != std::string_view::npos) {
    // A payload cut at its line's end may have an impossible length: base64-wrapped says it better.
    if (!report.has(Cause::Base64Wrapped, facts)) not_base64(facts, c, payload, report);
    return;
  }
  if (!payload.has_colon()) return no_colon(facts, c, payload, report);
  newline_inside(facts, c, payload, report);
  if (payload.broken) return;
  alphabet(facts, c, payload, report);
  charset(facts, c, payload, report);
  percent_encoded(facts, c, payload, report);
  one_column(facts, c, payload, report);
}

}  // namespace

void basic(const Context& context, Report& report) {
  for (const Facts& facts : context.facts) {
    if (facts.superseded) continue;
    for (const SentCredential& c : facts.credentials) {
      const bool proxy = c.place == Place::ProxyAuthorization && facts.status == 407;
      if ((c.place == Place::Authorization || proxy) && c.is("Basic")) judge(context, facts, c, report);
    }
    colon_in_user(context, facts, report);
    password_refused(facts, report);
    given_password(context, facts, report);
    domain_missing(facts, report);
  }
}

}  // namespace quivive::diagnose::rules
