#include "diagnose/rules/shell_text.h"

#include "base/text.h"
#include "diagnose/names.h"
#include "diagnose/sent_value.h"
#include "diagnose/text.h"
#include "http/grammar.h"

#include <algorithm>
#include <array>

namespace quivive::diagnose::rules {
namespace {

bool is_option(std::string_view word) { return word.size() > 1 && word.front() == '-'; }

// -H "Authorization", -u, --oauth2-bearer and the like: the value is, or holds, a secret.
bool holds_credential(std::string_view option, std::string_view value) {
  static constexpr auto kOptions =
      std::to_array<std::string_view>({"-u", "--user", "--oauth2-bearer", "-b", "--cookie", "-U", "--proxy-user"});
  if (std::find(kOptions.begin(), kOptions.end(), option) != kOptions.end()) return true;
  if (option != "-H" && option != "--header" && option != "--proxy-header") return false;
  // cmd.exe knows no single quotes, and no shell knows typographic ones: they are part of the name then.
  for (const std::string_view quote : {"'", "\"", "\u201c", "\u201d", "\u2018", "\u2019", "`"}) {
    if (value.starts_with(quote)) value.remove_prefix(quote.size());
  }
  const std::string_view name = value.substr(0, value.find(':'));
  return iequals(trim_ows(name), "authorization") || iequals(trim_ows(name), "proxy-authorization") || iequals(trim_ows(name), "cookie") ||
         is_key_name(name);
}

}  // namespace

std::optional<CutOption> find_cut_option(std::span<const std::string> words, std::string_view word) {
  const auto found = std::find(words.begin(), words.end(), word);
  std::size_t at = static_cast<std::size_t>(found - words.begin());
  if (at >= words.size() || at < 2) return std::nullopt;
  // Back over further loose words to the option that they were cut from: its value stands right behind it.
  for (std::size_t i = at; i-- > 1;) {
    if (words[i].find("://") != std::string::npos) return std::nullopt;
    if (!is_option(words[i])) continue;
    CutOption out;
    const bool glued = words[i].size() > 2 && words[i][1] != '-';
    out.option = glued ? words[i].substr(0, 2) : words[i];
    if (glued) out.value = words[i].substr(2);
    else if (i + 1 < at) out.value = words[i + 1];
    else return std::nullopt;
    out.holds_credential = holds_credential(out.option, out.value);
    return out;
  }
  return std::nullopt;
}

std::optional<std::string> secret_around(const Capture& capture, const Facts& facts, const SourceRemark& remark) {
  const auto holds = [&](std::string_view text) { return text.find(remark.text) != std::string_view::npos; };
  if (capture.command && capture.command->user && holds(*capture.command->user)) {
    const std::string& user = *capture.command->user;
    const std::size_t colon = user.find(':');
    if (colon == std::string::npos) return user;
    return holds(std::string_view(user).substr(colon + 1)) ? user.substr(colon + 1) : user.substr(0, colon);
  }
  for (const SentCredential& c : facts.credentials) {
    if (c.place == SentCredential::Place::UserInfo) {
      if (holds(c.value)) return c.value.substr(c.value.find(':') + 1);
      continue;
    }
    if (holds(c.rest)) return c.rest;
  }
  return std::nullopt;
}

bool eats_into(std::string_view secret, std::string_view expansion) {
  if (expansion.empty() || expansion.starts_with("$(")) return false;
  if (expansion.front() == '`' || expansion.front() == '!') return true;
  const std::size_t at = secret.find(expansion);
  if (at == std::string_view::npos || trim_ows(secret) == expansion) return false;
  if (expansion.front() != '$' && expansion.front() != '%') return false;
  const std::string_view name = expansion.substr(1);
  if (name.empty() || !is_name_char(name.front()) || http::is_digit(name.front())) return !name.starts_with('{');  // $$, $1, $!
  if (name.starts_with('{')) return false;
  // `prod-$KEY`, `$USER:$PASS`: capitals behind a separator are a variable that was meant.
  const bool capitals = std::none_of(name.begin(), name.end(), [](char c) { return c >= 'a' && c <= 'z'; });
  const bool glued = at > 0 && is_name_char(secret[at - 1]);
  const std::size_t end = at + expansion.size();
  const bool whole = !glued && (end == secret.size() || !is_name_char(secret[end]));
  return glued || !(capitals || (whole && at == 0));
}

bool is_left_by_shell(std::string_view meant, std::string_view sent) {
  // Cut where the special character stands: what a shell, a Makefile or a .env file leaves.
  if (!sent.empty() && sent.size() < meant.size() && meant.starts_with(sent) &&
      std::string_view("$!`&;|#").find(meant[sent.size()]) != std::string_view::npos)
    return true;
  std::string left;
  for (std::size_t i = 0; i < meant.size(); ++i) {
    const char c = meant[i];
    if (c == '&' || c == ';' || c == '|' || c == '#') {
      if (left == sent) return true;
      left += c;
      continue;
    }
    if (c != '$' && c != '!' && c != '`') {
      left += c;
      continue;
    }
    if (c == '`') {
      const std::size_t end = meant.find('`', i + 1);
      if (end != std::string_view::npos) i = end;
      continue;
    }
    if (c == '!')
      return sent.starts_with(left) && sent != meant && i + 1 < meant.size() &&
             sent.substr(left.size()) != meant.substr(i);  // history: anything
    std::size_t end = i + 1;
    if (end < meant.size() && http::is_digit(meant[end])) ++end;  // $1 is one digit
    else
      while (end < meant.size() && is_name_char(meant[end])) ++end;
    if (end == i + 1 && end < meant.size() && meant[end] == '$')
      return sent.starts_with(left) && sent.ends_with(meant.substr(end + 1)) && sent != meant;  // $$ is a process id
    if (end == i + 1) left += c;
    i = end - 1;
  }
  return left == sent;
}

std::optional<std::string> bearer_of(const CurlCommand& command) {
  if (command.oauth2_bearer) return command.oauth2_bearer;
  for (const std::string& word : command.words) {
    constexpr std::string_view kBegin = "authorization: bearer ";
    const std::size_t at = to_lower(word).find(kBegin);
    if (at != std::string::npos && at <= 2) return word.substr(at + kBegin.size());
  }
  return std::nullopt;
}

}  // namespace quivive::diagnose::rules
