#include "diagnose/token_view.h"

#include "base/base64.h"
#include "base/text.h"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace quivive::diagnose {
namespace {

constexpr double kLooksLikeMilliseconds = 1e11;
constexpr JsonLimits kTokenLimits{.depth = 32, .bytes = kMaxTokenRead};

std::vector<std::string_view> split_dots(std::string_view text) {
  std::vector<std::string_view> out;
  for (;;) {
    const std::size_t dot = text.find('.');
    out.push_back(text.substr(0, dot));
    if (dot == std::string_view::npos || out.size() > 8) return out;
    text.remove_prefix(dot + 1);
  }
}

// base64url, and where that fails the same with padding or the standard alphabet, which people's own encoders write.
std::optional<std::string> decode_leniently(std::string_view part) {
  while (part.ends_with('=')) part.remove_suffix(1);
  std::string url(part);
  for (char& c : url) c = c == '+' ? '-' : c == '/' ? '_' : c;
  if (auto bytes = base64url_decode(url)) return bytes;
  // A stray bit at the end says that the part was cut there.
  if (url.size() % 4 == 1) url.pop_back();
  if (!url.empty() && url.size() % 4 != 0) {
    for (const char last : {'A', 'Q', 'g', 'w'}) {
      std::string trial = url;
      trial.back() = last;
      if (auto bytes = base64url_decode(trial)) return bytes->substr(0, bytes->size() - 1);
    }
  }
  return std::nullopt;
}

// Reads one part as a JSON object; false with a problem where it is none.
bool read_object(std::string_view part, std::string_view what, JsonObject& out, std::string& problem) {
  if (part.empty()) {
    problem = fmt::format("the {} is empty", what);
    return false;
  }
  const bool strict = base64url_decode(part).has_value();
  const auto bytes = decode_leniently(part);
  if (!bytes) {
    const std::size_t bad = part.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");
    problem = bad == std::string_view::npos ? fmt::format("the {} is not base64url: its length is impossible", what)
                                            : fmt::format("the {} is not base64url at character {}", what, bad + 1);
    return false;
  }
  auto json = parse_json(*bytes, kTokenLimits);
  if (!json) {
    problem = fmt::format("the {} is {}", what, json.error().message);
    return false;
  }
  if (!json->is_object()) {
    problem = fmt::format("the {} is JSON, but no object", what);
    return false;
  }
  out = std::move(json->get_object());
  if (!strict && problem.empty()) problem = fmt::format("the {} is base64, but not base64url without padding", what);
  return true;
}

std::string_view text_of(const JsonObject& object, std::string_view name) { return string_member(object, name).value_or(""); }

}  // namespace

bool looks_like_jwt(std::string_view text) {
  if (text.size() < 8) return false;
  // base64url of `{"`, or of `{` and white space: a header that was printed prettily.
  const auto bytes = base64url_decode(text.substr(0, 4));
  return bytes && bytes->size() > 1 && (*bytes)[0] == '{' && std::string_view("\" \t\r\n").find((*bytes)[1]) != std::string_view::npos;
}

std::string_view TokenView::header_text(std::string_view name) const { return text_of(header, name); }
std::string_view TokenView::claim_text(std::string_view name) const { return text_of(claims, name); }

std::vector<std::string> TokenView::claim_list(std::string_view name, bool split) const {
  std::vector<std::string> out;
  const Json* value = claim(name);
  if (value == nullptr) return out;
  const auto add = [&](std::string_view text) {
    while (split) {
      const std::size_t space = text.find(' ');
      if (space == std::string_view::npos) break;
      if (space != 0) out.emplace_back(text.substr(0, space));
      text.remove_prefix(space + 1);
    }
    if (!text.empty() || !split) out.emplace_back(text);
  };
  if (value->is_string()) add(value->get_string());
  if (value->is_array()) {
    for (const Json& item : value->get_array()) {
      if (item.is_string()) add(item.get_string());
    }
  }
  return out;
}

std::vector<std::string> TokenView::scopes() const {
  std::vector<std::string> out = claim_list("scope", true);
  for (std::string& one : claim_list("scp", true)) out.push_back(std::move(one));
  return out;
}

ClaimTime claim_time(const TokenView& token, std::string_view name) {
  ClaimTime out;
  const Json* value = token.claim(name);
  if (value == nullptr) return out;
  out.present = true;
  out.text = value->is_string() ? std::string(value->get_string()) : to_json(*value);
  if (out.text.size() > 40) out.text.resize(40);
  double seconds = 0;
  if (value->is_number()) {
    seconds = value->to_number<double>();
  } else {
    out.not_a_number = true;
    const auto [end, fault] = std::from_chars(out.text.data(), out.text.data() + out.text.size(), seconds);
    if (fault != std::errc() || end != out.text.data() + out.text.size()) return out;
  }
  if (!std::isfinite(seconds)) return out;
  if (std::abs(seconds) > kLooksLikeMilliseconds) {
    out.milliseconds = true;
    seconds /= 1000;
  }
  if (std::abs(seconds) < 1e13) out.instant = Instant{Duration{static_cast<std::int64_t>(std::floor(seconds * 1000.0))}};
  return out;
}

TokenView view_token(std::string_view text) {
  TokenView out;
  if (text.size() > kMaxTokenRead) {
    out.problem = fmt::format("longer than {} bytes", kMaxTokenRead);
    return out;
  }
  const auto parts = split_dots(text);
  out.parts = parts.size();
  // A header that somebody re-encoded: the payload still shows what it was meant to be.
  if (!looks_like_jwt(text) && !(out.parts == 3 && looks_like_jwt(parts[1]))) return out;

  out.header_read = read_object(parts[0], "header", out.header, out.problem);
  if (out.parts == 5 && out.header_read && member(out.header, "enc") != nullptr) {
    out.shape = TokenView::Shape::Jwe;
    return out;
  }
  out.shape = TokenView::Shape::Damaged;
  if (out.parts > 1) {
    std::string problem;
    out.claims_read = read_object(parts[1], "payload", out.claims, problem);
    if (out.problem.empty()) out.problem = problem;
  }
  if (out.parts > 2) {
    if (auto signature = base64url_decode(parts[2])) out.signature = std::move(*signature);
    else if (out.problem.empty()) out.problem = "the signature is not base64url";
  }
  if (out.parts != 3 && out.problem.empty())
    out.problem = fmt::format("{} part{} between dots; a signed JWT has three", out.parts, out.parts == 1 ? "" : "s");
  if (out.parts == 3 && out.header_read && out.claims_read && out.problem.empty()) out.shape = TokenView::Shape::Jws;
  return out;
}

}  // namespace quivive::diagnose
