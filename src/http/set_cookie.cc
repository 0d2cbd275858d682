#include "http/set_cookie.h"

#include "base/text.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>

namespace quivive::http {
namespace {

using SameSite = SetCookie::SameSite;

std::optional<int> number(std::string_view text) {
  int value = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (fault != std::errc() || end == text.data()) return std::nullopt;
  return value;
}

}  // namespace

std::optional<Instant> parse_cookie_date(std::string_view text) {
  static constexpr auto kMonths =
      std::to_array<std::string_view>({"jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"});
  std::optional<int> hour, minute, second, day, month, year;
  while (!text.empty()) {
    const std::size_t start = text.find_first_not_of(" \t,-/;()");
    if (start == std::string_view::npos) break;
    text.remove_prefix(start);
    const std::string_view piece = text.substr(0, text.find_first_of(" \t,-/;()"));
    text.remove_prefix(piece.size());
    const std::size_t digits = std::min(piece.find_first_not_of("0123456789"), piece.size());
    if (!hour && std::count(piece.begin(), piece.end(), ':') == 2) {
      const std::size_t first = piece.find(':'), last = piece.rfind(':');
      hour = number(piece.substr(0, first)), minute = number(piece.substr(first + 1, last - first - 1)),
      second = number(piece.substr(last + 1));
    } else if (!day && (digits == 1 || digits == 2)) {
      day = number(piece.substr(0, digits));
    } else if (!month && piece.size() >= 3 && digits == 0 &&
               std::find(kMonths.begin(), kMonths.end(), to_lower(piece.substr(0, 3))) != kMonths.end()) {
      month = static_cast<int>(std::find(kMonths.begin(), kMonths.end(), to_lower(piece.substr(0, 3))) - kMonths.begin()) + 1;
    } else if (!year && digits >= 2 && digits <= 4) {
      year = number(piece.substr(0, digits));
      if (digits == 2) *year += *year >= 70 ? 1900 : 2000;
    }
  }
  if (!hour || !minute || !second || !day || !month || !year || *hour > 23 || *minute > 59 || *second > 59) return std::nullopt;
  using namespace std::chrono;
  const year_month_day date{std::chrono::year(*year), std::chrono::month(static_cast<unsigned>(*month)),
                            std::chrono::day(static_cast<unsigned>(*day))};
  if (!date.ok() || *year < 1601) return std::nullopt;
  return Instant(sys_days(date)) + hours(*hour) + minutes(*minute) + seconds(*second);
}

SetCookie parse_set_cookie(std::string_view line, Instant now) {
  SetCookie out;
  out.line = line;
  std::optional<Instant> expires, max_age;
  bool first = true;
  for (std::string_view rest = line; !rest.empty() || first;) {
    const std::string_view piece = rest.substr(0, rest.find(';'));
    rest.remove_prefix(std::min(rest.size(), piece.size() + 1));
    const std::size_t equals = piece.find('=');
    const std::string_view name = trim_ows(piece.substr(0, equals));
    const std::string_view value = equals == std::string_view::npos ? std::string_view() : trim_ows(piece.substr(equals + 1));
    if (first) {
      out.name = name, out.value = value;
      first = false;
    } else if (iequals(name, "domain")) {
      out.domain = to_lower(value.starts_with('.') ? value.substr(1) : value);
    } else if (iequals(name, "path")) {
      out.path = value.starts_with('/') ? value : std::string_view();
    } else if (iequals(name, "secure")) {
      out.secure = true;
    } else if (iequals(name, "httponly")) {
      out.http_only = true;
    } else if (iequals(name, "partitioned")) {
      out.partitioned = true;
    } else if (iequals(name, "samesite")) {
      out.same_site = iequals(value, "none")     ? SameSite::None
                      : iequals(value, "lax")    ? SameSite::Lax
                      : iequals(value, "strict") ? SameSite::Strict
                                                 : SameSite::Unset;
    } else if (iequals(name, "expires")) {
      if (const auto date = parse_cookie_date(value)) expires = date;
    } else if (iequals(name, "max-age")) {
      const bool numeric =
          !value.empty() && value.find_first_not_of("0123456789", value.front() == '-' ? 1 : 0) == std::string_view::npos && value != "-";
      if (numeric)
        max_age = value.front() == '-' ? Instant{} : now + std::chrono::seconds(value.size() > 9 ? 999999999 : number(value).value_or(0));
      if (numeric && max_age == now) max_age = Instant{};
    }
  }
  out.expires = max_age ? max_age : expires;
  return out;
}

std::string_view default_cookie_path(std::string_view path) {
  const std::size_t last = path.rfind('/');
  return last == std::string_view::npos || last == 0 || !path.starts_with('/') ? std::string_view("/") : path.substr(0, last);
}

bool cookie_path_matches(std::string_view request, std::string_view cookie) {
  if (request.empty()) request = "/";
  return request.starts_with(cookie) && (request.size() == cookie.size() || cookie.ends_with('/') || request[cookie.size()] == '/');
}

}  // namespace quivive::http
