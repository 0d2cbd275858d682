#include "cli/show.h"

#include "base/text.h"

#include <algorithm>

namespace quivive::cli {
namespace {

struct Civil {
  std::chrono::year_month_day day;
  std::chrono::hh_mm_ss<std::chrono::seconds> time;
};

Civil civil(Instant instant) {
  const auto day = std::chrono::floor<std::chrono::days>(instant);
  return {day, std::chrono::hh_mm_ss(std::chrono::floor<std::chrono::seconds>(instant - day))};
}

// Takes `width` digits off the front.
bool take_number(std::string_view& text, std::size_t width, int& value) {
  if (text.size() < width) return false;
  value = 0;
  for (const char c : text.substr(0, width)) {
    if (c < '0' || c > '9') return false;
    value = value * 10 + (c - '0');
  }
  text.remove_prefix(width);
  return true;
}

bool take(std::string_view& text, std::string_view any_of) {
  if (text.empty() || any_of.find(text.front()) == std::string_view::npos) return false;
  text.remove_prefix(1);
  return true;
}

// Columns on a terminal: one per code point is near enough for padding.
std::size_t width_of(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

}  // namespace

std::string date(Instant instant) {
  const auto at = civil(instant);
  return fmt::format("{:04}-{:02}-{:02}", int{at.day.year()}, unsigned{at.day.month()}, unsigned{at.day.day()});
}

std::string date_and_minute(Instant instant) {
  const auto at = civil(instant);
  return fmt::format("{} {:02}:{:02}", date(instant), at.time.hours().count(), at.time.minutes().count());
}

Json json_instant(std::optional<Instant> instant) { return instant ? Json(rfc3339(*instant)) : Json(nullptr); }

std::optional<Instant> parse_instant(std::string_view text) {
  int year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0;
  if (!take_number(text, 4, year) || !take(text, "-") || !take_number(text, 2, month) || !take(text, "-") || !take_number(text, 2, day)) {
    return std::nullopt;
  }
  const std::chrono::year_month_day date_part{std::chrono::year(year), std::chrono::month(static_cast<unsigned>(month)),
                                              std::chrono::day(static_cast<unsigned>(day))};
  if (!date_part.ok()) return std::nullopt;
  Instant out = std::chrono::sys_days(date_part);
  if (text.empty()) return out;

  if (!take(text, "Tt ") || !take_number(text, 2, hour) || !take(text, ":") || !take_number(text, 2, minute) || !take(text, ":") ||
      !take_number(text, 2, second) || hour > 23 || minute > 59 || second > 60) {  // 60: a leap second
    return std::nullopt;
  }
  out += std::chrono::hours(hour) + std::chrono::minutes(minute) + std::chrono::seconds(second);
  if (take(text, ".")) {
    int digit = 0, unit = 100, digits = 0;
    for (; take_number(text, 1, digit); unit /= 10, ++digits) out += Duration(digit * unit);
    if (digits == 0) return std::nullopt;
  }
  if (take(text, "Zz")) return text.empty() ? std::optional(out) : std::nullopt;
  const bool west = text.starts_with('-');
  if (!take(text, "+-") || !take_number(text, 2, hour) || !take(text, ":") || !take_number(text, 2, minute) || !text.empty() || hour > 23 ||
      minute > 59) {
    return std::nullopt;
  }
  const auto offset = std::chrono::hours(hour) + std::chrono::minutes(minute);
  return west ? out + offset : out - offset;
}

Result<void> check_name(std::string_view what, std::string_view name, bool for_basic) {
  if (name.empty() || name.size() > 255) return error("{} has 1 to 255 bytes", what);
  if (!is_valid_utf8(name) || has_control(name)) return error("{} is UTF-8 text without control characters", what);
  if (trim_ows(name) != name) return error("{} neither starts nor ends with a space", what);
  if (for_basic && name.find(':') != std::string_view::npos) return error("{} has no ':', at which Basic authentication splits", what);
  return {};
}

JsonArray json_strings(const std::vector<std::string>& texts) {
  JsonArray out;
  for (const std::string& text : texts) out.emplace_back(text);
  return out;
}

std::string words(const std::vector<std::string>& texts) {
  return texts.empty() ? "none" : fmt::format("{}", fmt::join(texts, " "));
}

std::string table(const std::vector<std::vector<std::string>>& rows) {
  std::vector<std::size_t> widths;
  std::vector<std::vector<std::string>> cells = rows;
  for (auto& row : cells) {
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t i = 0; i < row.size(); ++i) {
      row[i] = printable(row[i]);
      widths[i] = std::max(widths[i], width_of(row[i]));
    }
  }
  std::string out;
  for (const auto& row : cells) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i) {
      line += row[i];
      if (i + 1 < row.size()) line.append(widths[i] - width_of(row[i]) + 2, ' ');
    }
    while (line.ends_with(' ')) line.pop_back();
    out += line + '\n';
  }
  return out;
}

}  // namespace quivive::cli
