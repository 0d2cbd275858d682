// The value behind the scheme: what copying, quoting and line breaks leave in a secret.

#include "base/text.h"
#include "diagnose/names.h"
#include "diagnose/rules/header_detail.h"
#include "diagnose/sent_value.h"
#include "diagnose/wording.h"
#include "http/credentials.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace quivive::diagnose::rules {
namespace {

struct OddCharacter {
  std::string_view bytes;
  std::string_view name;
};
// What copying from documents, chats and consoles leaves behind. None of them can be in a token68 (RFC 9110 section 11.2).
constexpr auto kOddCharacters = std::to_array<OddCharacter>({
    {"\xe2\x80\x8b", "a zero-width space (U+200B)"},
    {"\xe2\x80\x8c", "a zero-width non-joiner (U+200C)"},
    {"\xe2\x80\x8d", "a zero-width joiner (U+200D)"},
    {"\xe2\x80\x8e", "a left-to-right mark (U+200E)"},
    {"\xe2\x80\x8f", "a right-to-left mark (U+200F)"},
    {"\xe2\x80\xaa", "a direction mark (U+202A)"},
    {"\xe2\x80\xac", "a direction mark (U+202C)"},
    {"\xe2\x80\xad", "a direction mark (U+202D)"},
    {"\xe2\x81\xa0", "a word joiner (U+2060)"},
    {"\xef\xbb\xbf", "a byte order mark (U+FEFF)"},
    {"\xc2\xa0", "a no-break space (U+00A0)"},
    {"\xe2\x80\xaf", "a narrow no-break space (U+202F)"},
    {"\xe2\x80\xa6", "an ellipsis (U+2026)"},
    {"\xe2\x80\x98", "a typographic quote (U+2018)"},
    {"\xe2\x80\x99", "a typographic quote (U+2019)"},
    {"\xe2\x80\x9c", "a typographic quote (U+201C)"},
    {"\xe2\x80\x9d", "a typographic quote (U+201D)"},
    {"\xe2\x80\x9e", "a typographic quote (U+201E)"},
    {"\xe2\x80\x93", "an en dash (U+2013)"},
    {"\xe2\x80\x94", "an em dash (U+2014)"},
    {"\xe2\x80\x90", "a typographic hyphen (U+2010)"},
    {"\xe2\x80\x91", "a no-break hyphen (U+2011)"},
    {"\xc2\xad", "a soft hyphen (U+00AD)"},
    {"\xe2\x80\xa8", "a line separator (U+2028)"},
    {"\xe2\x80\xa9", "a paragraph separator (U+2029)"},
    {"\xe3\x80\x80", "an ideographic space (U+3000)"},
    {"\xef\xbc\x9a", "a full-width colon (U+FF1A)"},
});

std::string header_line(const SentCredential& c) {
  return c.place == Place::Authorization || c.place == Place::ProxyAuthorization || c.place == Place::Header ? c.value
                                                                                                             : c.name + "=" + c.value;
}

bool report_odd_character(const Facts& facts, const SentCredential& c, Report& report) {
  std::string decoded;
  if (c.is("Basic")) {
    const BasicPayload payload = read_basic(c.rest);
    if (payload.text && is_valid_utf8(*payload.text)) decoded = *payload.text;
  }
  for (const std::string_view text : {std::string_view(c.value), std::string_view(decoded)}) {
    for (const OddCharacter& odd : kOddCharacters) {
      const std::size_t at = text.find(odd.bytes);
      if (at == std::string_view::npos) continue;
      const bool inside = text.data() == decoded.data();
      // A password may hold a dash or a quote that its owner typed; nobody types what cannot be seen.
      const bool typed = odd.bytes.starts_with("\xe2\x80") &&
                         (static_cast<unsigned char>(odd.bytes[2]) >= 0x90 && static_cast<unsigned char>(odd.bytes[2]) <= 0xa7);
      if (inside && typed) continue;
      const bool ellipsis = odd.bytes == "\xe2\x80\xa6";
      const std::string place = inside ? "the decoded Basic credentials" : place_text(c);
      report.fault(Cause::TokenInvisibleChar, Certainty::Certain, facts)
          .summary(fmt::format("There is {} in {}, at character {}.", odd.name, place, at + 1))
          .detail(ellipsis ? "A browser's developer tools shorten long values like this on the screen; the real ones are longer."
                           : "No token has such a character: it came in while copying from a document, a chat or a web page.")
          .fix(ellipsis ? "Copy the value again with \"Copy value\" from its context menu, not from what is shown in the cell."
                        : "Copy the secret again from where it was issued, as plain text, or type the character anew.")
          .see(std::string(part_of(c)), c.name, inside ? decoded : header_line(c), std::string(odd.bytes));
      return true;
    }
  }
  return false;
}

bool report_json(const Facts& facts, const SentCredential& c, Report& report) {
  const std::string_view text = without_quotes(trim_ows(c.scheme.empty() ? c.value : c.rest));
  const bool encoded = to_lower(text.substr(0, 6)) == "%7b%22";
  if (!encoded && (text.empty() || (text.front() != '{' && !text.starts_with("[{")))) return false;
  const std::string_view inner = trim_ows(text.substr(1));
  const std::string lower = to_lower(text.substr(0, 400));
  const bool known = lower.find("token") != std::string::npos || lower.find("expires") != std::string::npos;
  if (!encoded && !inner.starts_with('"') && !inner.starts_with('\'') && !inner.starts_with("\\\"") && !known && !text.starts_with("[{"))
    return false;
  const bool python = text.find("{'") != std::string_view::npos;
  report.fault(Cause::TokenJsonWrapped, Certainty::Certain, facts)
      .summary("The secret in " + place_text(c) + " is the whole " + (python ? "dictionary" : "JSON document") +
               " that came from the token endpoint, not the token in it.")
      .fix(
          "Take the member access_token out of it: jq -r .access_token in a shell, response.json()[\"access_token\"] in requests, (await "
          "r.json()).access_token with fetch.")
      .see(std::string(part_of(c)), c.name, header_line(c), std::string(text.substr(0, 16)));
  return true;
}

// Whether quotes are this scheme's own syntax: `Digest username="x"`, `Token token="x"`.
bool has_params(const SentCredential& c) {
  if (c.scheme.empty() || takes_one_token(c.scheme)) return false;
  const std::size_t equals = c.rest.find('=');
  return equals != std::string::npos && c.rest.find('"') == equals + 1;
}

bool report_quoted(const Context& context, const Facts& facts, const SentCredential& c, Report& report) {
  if (has_params(c) || c.place == Place::Cookie) return false;  // cookie-value may be quoted (RFC 6265 section 4.1.1)
  std::string_view text = trim_ows(c.place == Place::Authorization || c.place == Place::ProxyAuthorization ? std::string_view(c.value)
                                                                                                           : std::string_view(c.rest));
  std::string decoded;
  const auto around = [](std::string_view one) {
    return one.size() > 2 && (one.front() == '"' || one.front() == '\'') && one.front() == one.back();
  };
  if (c.is("Basic") && !is_quoted(c.rest)) {
    const BasicPayload payload = read_basic(c.rest);
    if (!payload.has_colon() || !is_valid_utf8(*payload.text)) return false;
    const bool halves = around(payload.user()) && around(payload.password());
    if (!around(*payload.text) && !halves) return false;
    decoded = *payload.text;
    text = decoded;
  } else if (!is_quoted(text) && !is_quoted(c.rest)) {
    return false;
  } else if (c.is("Basic") && c.rest.find(':') != std::string::npos) {
    return false;  // not encoded at all: basic-not-base64
  }
  const bool json = text.find('"') != std::string_view::npos;
  const bool windows = context.capture.command && context.capture.command->windows;
  report.fault(Cause::TokenQuoted, Certainty::Certain, facts)
      .summary(decoded.empty() ? "Quotation marks are part of the secret in " + place_text(c) + "."
                               : "The Basic credentials were encoded together with the quotation marks around them.")
      .detail("The server compares every character; quotation marks belong to shells and files, not to the header.")
      .fix(windows ? "cmd.exe passes single quotes on to the program: use double quotes, or none."
           : json
               ? "Strip them: jq -r prints a string without quotes; docker's --env-file and a compose list (- TOKEN=\"x\") keep the quotes "
                 "that you write."
               : "Strip them where the secret is stored: docker's --env-file keeps quotes; cmd.exe passes single quotes on to the program.")
      .see(std::string(part_of(c)), c.name, decoded.empty() ? header_line(c) : decoded, json ? "\"" : "'");
  return true;
}

struct Ending {
  std::string_view text;
  std::string_view name;
};
constexpr auto kLineEnds = std::to_array<Ending>({{"\r\n", "CR LF"},
                                                  {"\n", "a line feed"},
                                                  {"\r", "a carriage return"},
                                                  {"\\r\\n", "the text \\r\\n"},
                                                  {"\\n", "the text \\n"},
                                                  {"\\r", "the text \\r"},
                                                  {"%0D%0A", "%0D%0A"},
                                                  {"%0d%0a", "%0d%0a"},
                                                  {"%0A", "%0A"},
                                                  {"%0a", "%0a"},
                                                  {"%0D", "%0D"},
                                                  {"%0d", "%0d"}});

const Ending* line_end_of(std::string_view text) {
  text = text.substr(0, text.find_last_not_of(" \t") + 1);
  while (text.ends_with('"') || text.ends_with('\'')) text.remove_suffix(1);
  const auto found = std::find_if(kLineEnds.begin(), kLineEnds.end(),
                                  [&](const Ending& end) { return text.size() > end.text.size() && text.ends_with(end.text); });
  return found == kLineEnds.end() ? nullptr : &*found;
}

bool report_line_end(const Facts& facts, const SentCredential& c, Report& report) {
  const Ending* end = line_end_of(c.rest);
  if (end == nullptr) return false;
  if (c.is("Basic")) {
    if (!read_basic(c.rest).has_colon()) return false;
    report.fault(Cause::Base64Wrapped, Certainty::Certain, facts)
        .summary("The Basic payload ends with " + std::string(end->name) + ", which its encoder wrote.")
        .fix(
            "Encode without line breaks: base64 -w0 (GNU), Base64.NO_WRAP (Android), Base64.strict_encode64 (Ruby), b64encode rather than "
            "encodebytes (Python).")
        .see("request.header", c.name, c.value, std::string(end->text));
    return true;
  }
  report.fault(Cause::TokenTrailingNewline, Certainty::Certain, facts)
      .summary("The secret in " + place_text(c) + " ends with " + std::string(end->name) + ".")
      .detail("A file or a secret that was written with echo ends with a line break, and a program that reads it whole keeps it.")
      .fix(
          "Strip it when reading (.strip() in Python, .trim() in JavaScript, $(cat file) in a shell); create secrets with printf '%s' or "
          "echo -n.")
      .see(std::string(part_of(c)), c.name, header_line(c), std::string(end->text));
  return true;
}

// Columns at which encoders break lines: MIME (RFC 2045), PEM (RFC 7468), Ruby's encode64.
constexpr bool is_column(std::size_t n) { return n == 76 || n == 64 || n == 60; }

bool report_whitespace(const Facts& facts, const SentCredential& c, Report& report) {
  if (c.place == Place::Cookie || c.place == Place::UserInfo || c.place == Place::Form) return false;
  const std::string_view text = trim_ows(c.rest);
  std::size_t at = text.find_first_of(" \t\r\n");
  std::size_t width = 1;
  if (at == std::string_view::npos) {
    at = text.find("\\n");
    width = 2;
  }
  if (at == std::string_view::npos || has_params(c)) return false;
  if (c.is("Basic")) {
    const BasicPayload payload = read_basic(text);
    if (!payload.broken || !payload.has_colon()) return false;
    const std::string where = is_column(at) ? fmt::format("after {} characters, where {} breaks lines", at,
                                                          at == 60   ? "Ruby's Base64.encode64"
                                                          : at == 64 ? "a PEM encoder"
                                                                     : "GNU base64 (and MIME)")
                                            : fmt::format("after {} characters", at);
    report.fault(Cause::Base64Wrapped, Certainty::Certain, facts)
        .summary("The Basic payload is broken " + where + ".")
        .fix("Encode without line breaks: base64 -w0 (GNU; macOS does not wrap), Base64.NO_WRAP (Android), Base64.strict_encode64 (Ruby).")
        .see("request.header", c.name, c.value, std::string(text.substr(at, width)));
    return true;
  }
  const bool jwt = c.token.has_value() || looks_like_jwt(text);
  const bool one = c.scheme.empty() ? jwt : takes_one_token(c.scheme);
  if (!one && !(jwt && c.place != Place::Authorization)) return false;
  // Another word in front, or a second credential behind, is another fault.
  if (http::holds_several_credentials(c.value) || is_known_scheme(text.substr(0, at))) return false;
  if (text.find("=\"") != std::string_view::npos) return false;
  const char c0 = text[at];
  report.fault(Cause::TokenInnerWhitespace, Certainty::Certain, facts)
      .summary(fmt::format("The token in {} has {} after its first {} characters.", place_text(c),
                           width == 2 || c0 == '\n' || c0 == '\r' ? "a line break"
                           : c0 == '\t'                           ? "a tab"
                                                                  : "a space",
                           at))
      .detail("A terminal or a mail program that wraps long lines puts them there; a token has none (RFC 6750 section 2.1).")
      .fix("Copy the token again without line breaks (turn wrapping off, or use a file and tr -d '\\n '), and quote it in the shell.")
      .see(std::string(part_of(c)), c.name, header_line(c), std::string(text.substr(at, width)));
  return true;
}

// Octets that signatures of the algorithm have at the least (RFC 7518 sections 3.2 to 3.5, RFC 8037; RSA: the modulus); 0 for others.
std::size_t signature_octets(std::string_view alg) {
  struct Row {
    std::string_view alg;
    std::size_t octets;
  };
  static constexpr auto kRows =
      std::to_array<Row>({{"HS256", 32}, {"HS384", 48}, {"HS512", 64}, {"ES256", 64}, {"ES384", 96}, {"ES512", 132}, {"EdDSA", 64}});
  for (const Row& row : kRows) {
    if (row.alg == alg) return row.octets;
  }
  return alg.starts_with("RS") || alg.starts_with("PS") ? 256 : 0;
}

bool is_signature_short(std::string_view alg, std::size_t octets) { return octets < signature_octets(alg); }

// Whether the end of a signature is missing. Less than half of it is a stand-in that someone wrote there, not a cut; 128 and 192
// octets are those of shorter RSA keys.
bool is_signature_cut(std::string_view alg, std::size_t octets) {
  const bool rsa = signature_octets(alg) == 256;
  return is_signature_short(alg, octets) && (rsa ? octets > 128 && octets != 192 : octets * 2 >= signature_octets(alg));
}

bool is_storage_limit(std::size_t n) {
  return n == 255 || n == 256 || n == 500 || n == 512 || n == 1000 || n == 1024 || n == 2000 || n == 2048 || n == 4000 || n == 4096;
}

void report_truncated(const Facts& facts, const SentCredential& c, Report& report) {
  const std::string_view text = without_quotes(trim_ows(c.rest));
  const auto fault = [&](Certainty certainty, std::string summary) {
    report.fault(Cause::TokenTruncated, certainty, facts)
        .summary(std::move(summary))
        .detail(is_storage_limit(text.size())
                    ? fmt::format("It is exactly {} characters long, which looks like the width of a column or buffer.", text.size())
                    : std::string())
        .fix(is_storage_limit(text.size())
                 ? "Widen the field that stores the token (TEXT, or 4 KiB and more), and sign in again."
                 : "Copy the token again from where it was issued, whole: a JWT has three parts with two dots between them.")
        .see(std::string(part_of(c)), c.name, header_line(c),
             std::string(text.substr(text.size() - std::min<std::size_t>(text.size(), 4))));
  };
  if (text.ends_with("...") && text.size() > 6) {
    const bool said = facts.server_says("malformed");
    fault(said ? Certainty::Certain : Certainty::Probable,
          said ? "The token ends with '...', and the server calls it malformed."
               : "The token ends with '...': it was shortened, by whoever shared this or before it was sent.");
    return;
  }
  if (!c.token) {
    if (c.place == Place::Authorization && c.is("Bearer") && text.size() == 255 && facts.is_refused())
      fault(Certainty::Probable, "The token is exactly 255 characters long, as much as a VARCHAR(255) column holds.");
    return;
  }
  const TokenView& token = *c.token;
  // A random token may begin with eyJ as well; whoever wrote JSON there meant a JWT.
  const bool json_header = token.header_read || text.size() > 20;
  if (token.shape == TokenView::Shape::Damaged && token.parts < 3 && json_header) {
    // `eyJ…` of one part may be another base64 of JSON, as some APIs' keys are.
    if (token.parts == 1 && token.header_read && token.header_text("alg").empty() && token.header_text("typ").empty()) return;
    fault(Certainty::Certain, token.parts == 1 ? "The JWT stops within its first part: both dots are missing."
                                               : "The JWT has one dot where it needs two: it ends before its signature.");
    return;
  }
  const std::string_view alg = token.header_text("alg");
  if (token.parts != 3 || alg.empty() || iequals(alg, "none") || !token.header_read) return;
  const std::size_t dot = text.rfind('.');
  const std::size_t octets = (text.size() - dot - 1) * 3 / 4;
  if (octets == 0 || !(is_signature_cut(alg, octets) || (is_storage_limit(text.size()) && is_signature_short(alg, octets)))) return;
  fault(Certainty::Certain, fmt::format("The JWT's signature has {} bytes, fewer than {} makes: its end is missing.", octets, alg));
}

}  // namespace

void header_values(const Context& context, const Facts& facts, Report& report) {
  for (const SentCredential& c : facts.credentials) {
    if (c.place == Place::ProxyAuthorization && facts.status != 407) continue;
    if (c.place == Place::UserInfo || c.place == Place::Form || is_filled_by_shell(context.capture, facts, c)) continue;
    const ValueKind kind = kind_of_value(c.rest);
    if (kind == ValueKind::Redacted) continue;
    if (report_odd_character(facts, c, report)) continue;
    if (kind != ValueKind::Plain) continue;
    if (report_json(facts, c, report)) continue;
    const bool quoted = report_quoted(context, facts, c, report);
    if (is_masked(c.rest)) continue;
    if (report_line_end(facts, c, report) || report_whitespace(facts, c, report)) continue;
    if (!quoted) report_truncated(facts, c, report);
  }
}

}  // namespace quivive::diagnose::rules
