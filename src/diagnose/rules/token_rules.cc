#include "diagnose/rules/token_rules.h"

#include "base/text.h"
#include "diagnose/wording.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace quivive::diagnose::rules {
namespace {

// Fields, parameters and cookies whose tokens are not what the request is judged by.
bool serves_another_purpose(std::string_view name) {
  static constexpr auto kParts = std::to_array<std::string_view>(
      {"refresh", "hint", "csrf", "xsrf", "appcheck", "app-check", "security-token", "state", "invite", "device"});
  const std::string text = to_lower(name);
  return std::any_of(kParts.begin(), kParts.end(), [&](std::string_view part) { return text.find(part) != std::string::npos; });
}

// An issuer in the form in which look-alikes are the same: without scheme, default port, case of the host, `/v2.0` and dots
// and slashes at the end.
std::string folded_issuer(std::string_view issuer) {
  const Url url = parse_url(issuer, true);
  std::string path = url.path;
  if (path.find("/v2.0") != std::string::npos) path.erase(path.find("/v2.0"), 5);
  while (!path.empty() && (path.back() == '/' || path.back() == '.' || path.back() == ' ')) path.pop_back();
  std::string host = url.host;
  while (!host.empty() && host.back() == '.') host.pop_back();
  const std::uint16_t port = url.effective_port();
  return host + (port == 0 || port == 80 || port == 443 ? "" : ":" + std::to_string(port)) + to_lower(path);
}

}  // namespace

std::optional<JudgedToken> judged_token(const Facts& facts) {
  const SentCredential* cookie = nullptr;
  std::size_t cookies = 0;
  const SentCredential* other = nullptr;
  bool in_authorization = false;
  for (const SentCredential& sent : facts.credentials) {
    in_authorization |= sent.place == Place::Authorization;
    if (!sent.token) continue;
    if (sent.place == Place::Authorization) return JudgedToken{facts, sent, *sent.token};
    if (serves_another_purpose(sent.name)) continue;
    const bool form_token = sent.place == Place::Form && iequals(sent.name, "access_token");  // RFC 6750 section 2.2
    if (sent.place == Place::Header || sent.place == Place::Query || form_token) {
      if (other == nullptr) other = &sent;
    } else if (sent.place == Place::Cookie) {
      cookie = &sent;
      ++cookies;
    }
  }
  if (other != nullptr) return JudgedToken{facts, *other, *other->token};
  if (cookies == 1 && !in_authorization) return JudgedToken{facts, *cookie, *cookie->token};
  return std::nullopt;
}

std::string before_clock(const Facts& facts, Instant when) {
  const std::string span = span_text(facts.now - when);
  switch (facts.clock) {
    case ClockSource::Response: return span + " before the server's clock";
    case ClockSource::Option: return span + " before the time given with --now";
    case ClockSource::Started: return span + " before the request was sent";
    case ClockSource::Ours: break;
  }
  return span + " ago by this machine's clock";
}

std::string after_clock(const Facts& facts, Instant when) {
  const std::string span = span_text(when - facts.now);
  switch (facts.clock) {
    case ClockSource::Response: return span + " after the server's clock";
    case ClockSource::Option: return span + " after the time given with --now";
    case ClockSource::Started: return span + " after the request was sent";
    case ClockSource::Ours: break;
  }
  return span + " from now by this machine's clock";
}

std::string clock_text(const Facts& facts) {
  const std::string when = instant_text(facts.now);
  switch (facts.clock) {
    case ClockSource::Response: return fmt::format("The server's Date says {}.", when);
    case ClockSource::Option: return fmt::format("Judged at {}, given with --now.", when);
    case ClockSource::Started: return fmt::format("The capture says that the request was sent at {}; the response has no Date.", when);
    case ClockSource::Ours: break;
  }
  if (facts.response() != nullptr)
    return fmt::format("The response has no Date, so this machine's clock judges: {}. Give --now if the capture is older.", when);
  return fmt::format("This machine's clock says {}.", when);
}

std::string near_miss(std::string_view a, std::string_view b) {
  if (a == b || a.empty() || b.empty() || folded_issuer(a) != folded_issuer(b)) return "";
  const Url x = parse_url(a, true), y = parse_url(b, true);
  const auto trimmed = [](std::string_view text, char c) {
    while (!text.empty() && text.back() == c) text.remove_suffix(1);
    return text;
  };
  if (trimmed(a, '/') == trimmed(b, '/')) return "a trailing slash";
  if (trimmed(a, '.') == trimmed(b, '.')) return "a stray dot at the end";
  if (trimmed(a, ' ') == trimmed(b, ' ')) return "white space at the end";
  if ((a.find("/v2.0") != std::string_view::npos) != (b.find("/v2.0") != std::string_view::npos)) return "the ending /v2.0";
  if (x.scheme.empty() != y.scheme.empty()) return "the scheme in front";
  if (x.scheme != y.scheme) return "http in place of https";
  if (x.port != y.port) return "a port that is written out";
  if (iequals(a, b)) return "upper and lower case";
  return "spelling that looks the same";
}

int entra_version(std::string_view issuer) {
  const Url url = parse_url(issuer);
  if (url.host == "sts.windows.net" || url.host == "sts.chinacloudapi.cn") return 1;
  if (url.host.starts_with("login.microsoftonline.") || url.host.starts_with("login.partner.microsoftonline.") ||
      url.host == "login.windows.net")
    return 2;
  return 0;
}

}  // namespace quivive::diagnose::rules
