// The words of a curl command: values that ended at a space, and headers that curl does not send.

#include "diagnose/rules/command_words.h"

#include "base/text.h"
#include "diagnose/names.h"
#include "diagnose/rules/shell_text.h"
#include "diagnose/sent_value.h"
#include "diagnose/wording.h"

#include <algorithm>
#include <array>
#include <set>

namespace quivive::diagnose::rules {
namespace {

// `Name: value` as it is to be typed, a placeholder in the secret's place: what stood there is no example to copy.
std::string with_placeholder(std::string_view name, std::string_view value) {
  if (iequals(name, "cookie")) return std::string(name) + ": <name>=<value>";
  const std::size_t space = value.find(' ');
  const std::string_view scheme = value.substr(0, space);
  const bool known = space != std::string_view::npos && is_known_scheme(scheme);
  return std::string(name) + ": " + (known ? std::string(scheme) + ' ' : std::string()) + (is_key_name(name) ? "<key>" : "<token>");
}

// The quotation mark of a word processor or chat that `text` begins with; "" where none does.
std::string_view typographic_quote(std::string_view text) {
  static constexpr auto kQuotes = std::to_array<std::string_view>({"\u201c", "\u201d", "\u201e", "\u2018", "\u2019", "\u00ab"});
  const auto found = std::find_if(kQuotes.begin(), kQuotes.end(), [&](std::string_view quote) { return text.starts_with(quote); });
  return found == kQuotes.end() ? std::string_view() : *found;
}

std::string_view without_quote(std::string_view text) {
  const std::string_view typographic = typographic_quote(text);
  if (typographic.empty() && (text.starts_with('\'') || text.starts_with('"'))) return text.substr(1);
  return text.substr(typographic.size());
}

// The option as it is to be typed, its value quoted.
std::string quoted_option(const CutOption& cut, std::string_view whole, char quote) {
  const std::string_view text = without_quote(whole);
  const std::size_t colon = text.find(':');
  const bool user = cut.option == "-u" || cut.option == "--user" || cut.option == "-U" || cut.option == "--proxy-user";
  const bool cookie = cut.option == "-b" || cut.option == "--cookie";
  const std::string value = user                              ? "NAME:PASSWORD"
                            : cookie                          ? "NAME=VALUE"
                            : colon != std::string_view::npos ? with_placeholder(text.substr(0, colon), trim_ows(text.substr(colon + 1)))
                                                              : "<value>";
  return cut.option + ' ' + quote + value + quote;
}

void report_typographic(const Facts& facts, const CutOption& cut, const std::string& whole, Report& report) {
  const std::string mark(typographic_quote(cut.value));
  report.fault(Cause::TokenInvisibleChar, Certainty::Certain, facts)
      .summary("The quotation marks around the value of " + cut.option + " are typographic (" + mark +
               "), which no shell takes for quotes: curl got " + quoted_text(cut.value) + " and no credentials.")
      .detail("Word processors and chats put them in the place of straight ones.")
      .fix("Type straight quotes in a terminal or a plain text editor: " + quoted_option(cut, whole, '\'') + ".")
      .see("command", cut.option, whole, mark);
}

void report_cut(const Facts& facts, const CutOption& cut, const std::string& whole, const std::string& loose, bool windows,
                Report& report) {
  report.fault(Cause::TokenCutAtSpace, Certainty::Certain, facts)
      .summary("The value of " + cut.option + " ends at its first space: curl got " + quoted_text(cut.value) + ", and took " +
               quoted_text(loose) + " for a URL.")
      .detail("A shell splits a command at every space outside quotes; curl takes the loose words for further URLs.")
      .fix(windows ? "Put the whole value between double quotes, since cmd.exe knows no other: " + quoted_option(cut, whole, '"') + "."
                   : "Put the whole value between quotes: " + quoted_option(cut, whole, '\'') + ".")
      .see("command", cut.option, whole, loose);
}

// Words that belong to nothing: an unquoted value ended at its first space.
void bare_words(const Context& context, Report& report) {
  const Capture& capture = context.capture;
  std::set<std::size_t> seen;
  for (const SourceRemark& remark : capture.remarks) {
    if (remark.kind != SourceRemark::Kind::BareWord || remark.exchange >= context.facts.size() || !seen.insert(remark.exchange).second)
      continue;
    const std::optional<CutOption> cut = capture.command ? find_cut_option(capture.command->words, remark.text) : std::nullopt;
    if (!cut || !cut->holds_credential) continue;
    std::string whole = cut->value;
    for (const SourceRemark& other : capture.remarks) {
      if (other.kind == SourceRemark::Kind::BareWord && other.exchange == remark.exchange) whole += ' ' + other.text;
    }
    const Facts& facts = context.facts[remark.exchange];
    if (!typographic_quote(cut->value).empty()) report_typographic(facts, *cut, whole, report);
    else report_cut(facts, *cut, whole, remark.text, capture.command->windows, report);
  }
}

// The same, seen from what curl said while it ran.
void unresolved_words(const Facts& facts, Report& report) {
  for (const std::string& line : facts.exchange->remarks) {
    constexpr std::string_view kBegin = "Could not resolve host: ";
    const std::size_t at = line.find(kBegin);
    if (at == std::string::npos) continue;
    const std::string_view host = trim_ows(std::string_view(line).substr(at + kBegin.size()));
    if (!is_known_scheme(host) && !looks_like_jwt(host)) continue;
    report.fault(Cause::TokenCutAtSpace, Certainty::Certain, facts)
        .summary("curl took " + quoted_text(host) + " for a host name: the header was not quoted, and was cut at its first space.")
        .fix("Put the whole header between quotes: -H 'Authorization: Bearer …'.")
        .see("tool", "", line, std::string(host));
  }
}

// curl sends no header whose value is empty: `-H "X-API-Key: $KEY"`, with nothing in the variable.
void empty_headers(const Context& context, Report& report) {
  if (!context.capture.is_source) return;
  for (const std::string& word : context.capture.command->words) {
    const std::size_t colon = word.find(':');
    if (colon == std::string::npos || colon + 1 == word.size() || !trim_ows(std::string_view(word).substr(colon + 1)).empty()) continue;
    const std::string name = word.substr(0, colon);
    if (!iequals(name, "authorization") && !is_key_name(name)) continue;
    report.fault(Cause::TokenEmpty, Certainty::Certain, context.facts.front())
        .summary("The header " + name + " has no value in this command, and curl does not send it at all.")
        .fix("Check that the variable is set where the command runs: echo \"${#TOKEN}\" prints its length.")
        .see("command", "-H", word);
  }
}

// curl sends nothing for `-H 'Authorization Bearer x'`, and does not say so: without a colon it is no header.
void headers_without_colon(const Context& context, Report& report) {
  for (const auto& [option, text] : context.capture.command->options) {
    const bool sent = text.find(':') != std::string::npos || text.ends_with(';');  // `Name;` is sent without a value
    if (option != "header" || sent || text.starts_with('@')) continue;
    const std::size_t end = text.find_first_of(" =\t");
    const std::string name = text.substr(0, end);
    const std::string_view value = end == std::string::npos ? std::string_view() : trim_ows(std::string_view(text).substr(end + 1));
    const bool no_name = is_known_scheme(name) && !value.empty();  // `-H 'Bearer x'`
    if (!no_name && !iequals(name, "authorization") && !iequals(name, "cookie") && !is_key_name(name)) continue;
    const auto open = std::find_if(context.facts.begin(), context.facts.end(), [](const Facts& f) { return f.is_open(); });
    if (open == context.facts.end() || report.has(Cause::TokenCutAtSpace, *open)) continue;
    // What else the request carries may be what the server reads.
    auto entry = open->credentials.empty() ? report.fault(Cause::CredentialsMissing, Certainty::Certain, *open)
                                           : report.warn(Cause::CredentialsMissing, Certainty::Certain, *open);
    entry
        .summary("curl does not send the header " + quoted_text(name) + ": its text has no colon" +
                 (no_name ? ", and no name in front." : " behind the name."))
        .detail("curl drops a -H without a colon and says nothing about it.")
        .fix("Write -H '" + (no_name ? with_placeholder("Authorization", text) : with_placeholder(name, value)) + "'.")
        .see("command", "-H", text, name);
  }
}

}  // namespace

void command_words(const Context& context, Report& report) {
  bare_words(context, report);
  for (const Facts& facts : context.facts) unresolved_words(facts, report);
  if (!context.capture.command || context.facts.empty()) return;
  empty_headers(context, report);
  headers_without_colon(context, report);
}

}  // namespace quivive::diagnose::rules
