#include "diagnose/sent_value.h"

#include "base/base64.h"
#include "base/text.h"
#include "diagnose/text.h"
#include "http/grammar.h"

#include <algorithm>
#include <array>

namespace quivive::diagnose {
namespace {

constexpr std::string_view kSpace = " \t\r\n";

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(kSpace);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

bool is_name(std::string_view text) {
  return !text.empty() && !http::is_digit(text.front()) && std::all_of(text.begin(), text.end(), is_name_char);
}

// What languages print for a value that is not there, or not there yet. Whole values, compared without case.
constexpr auto kNullWords = std::to_array<std::string_view>(
    {"undefined", "null",      "none",    "nil",      "nan",           "<nil>",        "(null)", "(nil)", "<null>",
     "nullptr",   "false",     "true",    "[object]", "optional(nil)", "%!s(missing)", "unset",  "n/a",   "undefined:undefined",
     "null:null", "none:none", "nil:nil", "function", "system.object", "kotlin.unit"});
// Beginnings of what they print for an object in place of its text.
constexpr auto kObjectTexts = std::to_array<std::string_view>({"[object ",
                                                               "%!s(",
                                                               "%!v(",
                                                               "%!d(",
                                                               "promise {",
                                                               "promise{",
                                                               "#<promise",
                                                               "#<",
                                                               "<promise",
                                                               "<coroutine object",
                                                               "<function ",
                                                               "<bound method",
                                                               "<async_generator",
                                                               "<generator object",
                                                               "<_io.",
                                                               "<response [",
                                                               "<future ",
                                                               "<task ",
                                                               "<object object",
                                                               "<class '",
                                                               "<built-in",
                                                               "instance of '",
                                                               "function (",
                                                               "function(",
                                                               "() =>",
                                                               "async () =>",
                                                               "async function",
                                                               "[function",
                                                               "system.threading.tasks.task",
                                                               "system.func",
                                                               "system.string[]",
                                                               "system.byte[]",
                                                               "system.security.securestring",
                                                               "[ljava.",
                                                               "[b@",
                                                               "[c@",
                                                               "java.lang.",
                                                               "java.util.",
                                                               "optional[",
                                                               "optional.empty",
                                                               "some(",
                                                               "ok(",
                                                               "hash(0x",
                                                               "scalar(0x",
                                                               "code(0x",
                                                               "array(0x",
                                                               "observable {",
                                                               "closure:",
                                                               "closure@"});

bool is_null_text(std::string_view value) {
  const std::string lower = to_lower(value);
  if (std::find(kNullWords.begin(), kNullWords.end(), lower) != kNullWords.end() || lower == "array") return true;
  return std::any_of(kObjectTexts.begin(), kObjectTexts.end(), [&](std::string_view begin) { return lower.starts_with(begin); });
}

// Words by which documentation stands in for a secret: `YOUR_API_KEY`, `insert-token-here`.
bool is_documentation_word(std::string_view value) {
  static constexpr auto kWhole =
      std::to_array<std::string_view>({"ACCESS_TOKEN", "API_KEY",       "APIKEY",     "API_TOKEN",         "AUTH_TOKEN",
                                       "BEARER_TOKEN", "JWT",           "JWT_TOKEN",  "MY_TOKEN",          "MY_API_KEY",
                                       "SECRET_KEY",   "TOKEN",         "TOKEN_HERE", "ACCESS-TOKEN",      "API-KEY",
                                       "my-token",     "my_token",      "my-api-key", "access-token-here", "ID_TOKEN",
                                       "GITHUB_TOKEN", "OPENAI_API_KEY"});
  if (std::find(kWhole.begin(), kWhole.end(), value) != kWhole.end()) return true;
  std::string lower = to_lower(value);
  std::replace(lower.begin(), lower.end(), '-', '_');
  std::replace(lower.begin(), lower.end(), ' ', '_');
  if (lower.size() > 64 || !is_name(lower)) return false;
  const bool addressed = lower.starts_with("your_") || lower.find("_your_") != std::string::npos || lower.starts_with("insert_") ||
                         lower.starts_with("replace_") || lower.starts_with("enter_") || lower.starts_with("put_") ||
                         lower.starts_with("paste_") || lower.ends_with("_here") || lower.starts_with("change_me") || lower == "changeme";
  if (!addressed) return false;
  static constexpr auto kThings = std::to_array<std::string_view>({"token", "key", "secret", "password", "jwt", "credential", "pat", "me"});
  return std::any_of(kThings.begin(), kThings.end(), [&](std::string_view thing) { return lower.find(thing) != std::string::npos; });
}

// `$TOKEN`, `$api_key`: a name that someone gave to a secret. `$ecret` may be a password.
bool is_variable_name(std::string_view name) {
  if (!is_name(name)) return false;
  if (name.size() > 2 && std::none_of(name.begin(), name.end(), [](char c) { return c >= 'a' && c <= 'z'; })) return true;
  const std::string lower = to_lower(name);
  static constexpr auto kThings =
      std::to_array<std::string_view>({"token", "key", "secret", "pass", "jwt", "auth", "cred", "user", "pwd", "bearer", "login"});
  return std::any_of(kThings.begin(), kThings.end(), [&](std::string_view thing) { return lower.find(thing) != std::string::npos; });
}

// Spellings of a variable in shells, templates and programs, as a whole value.
bool is_template(std::string_view value) {
  const auto between = [&](std::string_view open, std::string_view close) {
    return value.size() > open.size() + close.size() && value.starts_with(open) && value.ends_with(close) &&
           value.find('"') == std::string_view::npos && value.find_first_of(":,") == std::string_view::npos;
  };
  if (value.find("{{") != std::string_view::npos && value.find("}}") != std::string_view::npos) return true;
  if (value.starts_with("${") && value.ends_with('}')) return true;  // also `${{ secrets.TOKEN }}` and `${TOKEN:-x}`
  if (value.starts_with("$(") && value.ends_with(')')) return true;
  if (value.starts_with('$') && is_variable_name(value.substr(1))) return true;
  if (value.starts_with("$env:") && is_name(value.substr(5))) return true;
  if (value.starts_with('`') && value.ends_with('`') && value.size() > 2) return true;
  if (between("#{", "}") || between("@{", "}") || between("<%", "%>") || between("[[", "]]") || between("__", "__")) return true;
  if (between("{", "}")) return is_name(value.substr(1, value.size() - 2));
  if (between("%(", ")s")) return true;
  if (value.size() > 3 && value.front() == '%' && value.back() == '%') return is_name(value.substr(1, value.size() - 2));
  if (value.size() > 2 && value.front() == ':' && is_variable_name(value.substr(1)) && value.size() < 40) return true;
  for (const std::string_view begin : {"process.env.", "os.environ", "import.meta.env.", "secrets.", "env.", "System.get",
                                       "vault:", "op://", "pm.environment.", "Deno.env."}) {
    if (value.starts_with(begin) && value.size() < 120) return true;
  }
  return value == "%s" || value == "{}" || value == "{0}" || value == "%@";
}

// Inside `<…>`: a name addressed to the reader is a placeholder wherever it is found.
bool is_angle(std::string_view value) {
  return value.size() > 2 && value.size() < 80 && value.front() == '<' && value.back() == '>' && is_letter(value[1]) &&
         value.find_first_of("=\"/") == std::string_view::npos;
}

constexpr auto kRedactedWords = std::to_array<std::string_view>(
    {"redacted",     "[redacted]",  "(redacted)",  "<redacted>", "{redacted}",     "*redacted*",   "**redacted**",
     "removed",      "[removed]",   "<removed>",   "(removed)",  "hidden",         "[hidden]",     "<hidden>",
     "(hidden)",     "masked",      "[masked]",    "<masked>",   "filtered",       "[filtered]",   "<filtered>",
     "sanitized",    "[sanitized]", "<sanitized>", "scrubbed",   "[scrubbed]",     "censored",     "[censored]",
     "omitted",      "[omitted]",   "<omitted>",   "<secret>",   "<snip>",         "[snip]",       "snip",
     "<stripped>",   "stripped",    "[stripped]",  "%redacted%", "--redacted--",   "__redacted__", "<private>",
     "<obfuscated>", "obfuscated",  "[secure]",    "<secure>",   "<confidential>", "[sensitive]",  "<sensitive>",
     "[secret]",     "<elided>",    "[elided]",    "<...>",      "[...]",          "..."});

bool is_repeated(std::string_view value, std::string_view unit, std::size_t least) {
  std::size_t count = 0;
  while (value.starts_with(unit)) {
    value.remove_prefix(unit.size());
    ++count;
  }
  return value.empty() && count >= least;
}

bool is_redacted_text(std::string_view value) {
  const std::string lower = to_lower(value);
  if (std::find(kRedactedWords.begin(), kRedactedWords.end(), lower) != kRedactedWords.end()) return true;
  if (const std::size_t at = lower.find("redacted"); at != std::string::npos && lower.size() < 48) {
    // A word or the last digits beside it; more may be a secret with its middle taken out.
    std::string rest = lower.substr(0, at) + lower.substr(at + 8);
    std::erase_if(rest, [](char c) { return !is_letter(c) && !http::is_digit(c); });
    return rest.size() <= 8 || std::none_of(rest.begin(), rest.end(), http::is_digit);
  }
  return is_repeated(lower, "*", 2) || is_repeated(lower, "x", 3) || is_repeated(lower, "•", 2) || is_repeated(lower, "…", 1) ||
         is_repeated(lower, ".", 3) || is_repeated(lower, "█", 2) || is_repeated(lower, "#", 4) || is_repeated(lower, "-", 4) ||
         is_repeated(lower, "_", 4) || is_repeated(lower, "?", 3);
}

std::optional<std::string> decode_any(std::string text, bool standard) {
  while (!text.empty() && text.back() == '=') text.pop_back();
  if (standard) {
    for (char& c : text) c = c == '+' ? '-' : c == '/' ? '_' : c;
  }
  return base64url_decode(text);
}

}  // namespace

ValueKind kind_of_value(std::string_view value) {
  value = trimmed(without_quotes(trimmed(value)));
  if (value.empty()) return ValueKind::Empty;
  if (value.size() > 512) return ValueKind::Plain;
  if (is_redacted_text(value)) return ValueKind::Redacted;
  if (is_null_text(value)) return ValueKind::Null;
  if (is_template(value) || is_documentation_word(value)) return ValueKind::Placeholder;
  if (is_angle(value)) return is_documentation_word(value.substr(1, value.size() - 2)) ? ValueKind::Placeholder : ValueKind::Angle;
  return ValueKind::Plain;
}

bool is_masked(std::string_view value) {
  value = trimmed(value);
  if (value.find("***") != std::string_view::npos || value.find("•••") != std::string_view::npos ||
      value.find("███") != std::string_view::npos)
    return true;
  const std::string lower = to_lower(value);
  if (lower.find("xxxxxx") != std::string::npos || lower.find("redacted") != std::string::npos || lower.find("<snip") != std::string::npos)
    return true;
  // Shortened in the middle, with the end still there: a token is not cut like that by accident.
  for (const std::string_view gap : {"…", "..."}) {
    const std::size_t at = value.find(gap);
    if (at != std::string_view::npos && at >= 2 && at + gap.size() < value.size()) return true;
  }
  return false;
}

std::string_view BasicPayload::user() const { return text ? std::string_view(*text).substr(0, text->find(':')) : std::string_view(); }

std::string_view BasicPayload::password() const {
  return has_colon() ? std::string_view(*text).substr(text->find(':') + 1) : std::string_view();
}

BasicPayload read_basic(std::string_view payload) {
  BasicPayload out;
  payload = trim_ows(payload);
  for (std::size_t i = 0; i < payload.size(); ++i) {
    const bool escape = payload[i] == '\\' && i + 1 < payload.size() && (payload[i + 1] == 'n' || payload[i + 1] == 'r');
    if (escape || kSpace.find(payload[i]) != std::string_view::npos) out.broken = true;
    else out.compact += payload[i];
    if (escape) ++i;
  }
  const std::size_t end = std::min(out.compact.find_last_not_of('=') + 1, out.compact.size());
  const std::string_view body = std::string_view(out.compact).substr(0, end);
  out.padded = out.compact.size() % 4 == 0 && out.compact.size() - end <= 2;
  constexpr std::string_view kCommon = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
  std::string others;
  for (const char c : body) {
    if (kCommon.find(c) == std::string_view::npos) others += c;
  }
  if (others.find_first_not_of("+/") == std::string::npos) out.alphabet = BasicPayload::Alphabet::Standard;
  else if (others.find_first_not_of("-_") == std::string::npos) out.alphabet = BasicPayload::Alphabet::UrlSafe;
  else return out;
  out.text = decode_any(std::string(body), out.alphabet == BasicPayload::Alphabet::Standard);
  return out;
}

std::string_view part_of(const SentCredential& credential) {
  using Place = SentCredential::Place;
  switch (credential.place) {
    case Place::Query: return "request.query";
    case Place::Cookie: return "request.cookie";
    case Place::Form: return "request.body";
    case Place::UserInfo: return "request.url";
    default: return "request.header";
  }
}

std::string place_text(const SentCredential& credential) {
  using Place = SentCredential::Place;
  switch (credential.place) {
    case Place::Authorization: return "the Authorization header";
    case Place::ProxyAuthorization: return "the Proxy-Authorization header";
    case Place::Header: return "the header " + std::string(trim_ows(credential.name));
    case Place::Query: return "the query parameter " + credential.name;
    case Place::Cookie: return "the cookie " + credential.name;
    case Place::Form: return "the body's member " + credential.name;
    case Place::UserInfo: return "the URL";
  }
  return "the request";
}

bool is_quoted(std::string_view value) {
  value = trimmed(value);
  if (value.empty()) return false;
  const auto quote = [](char c) { return c == '"' || c == '\''; };
  const bool bytes =
      value.size() > 3 && (value.front() == 'b' || value.front() == 'u') && quote(value[1]) && value.back() == value[1];  // Python's b'…'
  return quote(value.front()) || quote(value.back()) || bytes || value.find("\\\"") != std::string_view::npos;
}

std::string_view without_quotes(std::string_view value) {
  value = trimmed(value);
  if (value.size() > 3 && value.front() == 'b' && (value[1] == '\'' || value[1] == '"') && value.back() == value[1]) value.remove_prefix(1);
  const auto front = [&] { return value.starts_with("\\\"") ? 2U : value.starts_with('"') || value.starts_with('\'') ? 1U : 0U; };
  const auto back = [&] { return value.ends_with("\\\"") ? 2U : value.ends_with('"') || value.ends_with('\'') ? 1U : 0U; };
  while (!value.empty() && front() != 0) value.remove_prefix(front());
  while (!value.empty() && back() != 0) value.remove_suffix(back());
  return value;
}

bool takes_one_token(std::string_view scheme) {
  static constexpr auto kSchemes =
      std::to_array<std::string_view>({"basic", "bearer", "jwt", "dpop", "negotiate", "ntlm", "ssws", "geniekey", "bot"});
  const std::string lower = to_lower(scheme);
  return std::find(kSchemes.begin(), kSchemes.end(), lower) != kSchemes.end();
}

bool is_filled_by_shell(const Capture& capture, const Facts& facts, const SentCredential& credential) {
  if (!capture.is_source) return false;  // what went over the wire is what the shell made of it
  return std::any_of(capture.remarks.begin(), capture.remarks.end(), [&](const SourceRemark& remark) {
    if (remark.kind != SourceRemark::Kind::ShellExpands || remark.exchange != facts.at) return false;
    if (remark.text.empty()) return false;
    return credential.value.find(remark.text) != std::string::npos ||
           (remark.part == part_of(credential) && iequals(trim_ows(remark.name), trim_ows(credential.name)));
  });
}

}  // namespace quivive::diagnose
