#include "http/date.h"

#include "http/grammar.h"

#include <algorithm>
#include <chrono>

namespace quivive::http {
namespace {

constexpr std::string_view kDays = "SunMonTueWedThuFriSat";
constexpr std::string_view kMonths = "JanFebMarAprMayJunJulAugSepOctNovDec";

void put_number(char* at, unsigned value, int digits) {
  for (int i = digits - 1; i >= 0; --i, value /= 10) at[i] = static_cast<char>('0' + value % 10);
}

// The digits at [at, at + count), nothing where one is none.
std::optional<unsigned> number_at(std::string_view text, std::size_t at, std::size_t count) {
  unsigned value = 0;
  for (const char c : text.substr(at, count)) {
    if (!is_digit(c)) return std::nullopt;
    value = value * 10 + static_cast<unsigned>(c - '0');
  }
  return value;
}

// Which of the names of three letters is at `at`.
std::optional<unsigned> name_at(std::string_view text, std::size_t at, std::string_view names) {
  for (std::size_t i = 0; i < names.size(); i += 3) {
    if (text.substr(at, 3) == names.substr(i, 3)) return static_cast<unsigned>(i / 3);
  }
  return std::nullopt;
}

}  // namespace

std::array<char, kHttpDateBytes> format_http_date(Instant t) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(t);
  const auto day = std::chrono::floor<std::chrono::days>(seconds);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss time{seconds - day};
  std::array<char, kHttpDateBytes> out;
  std::string_view("Sun, 06 Nov 1994 08:49:37 GMT").copy(out.data(), out.size());
  kDays.copy(out.data(), 3, std::chrono::weekday{day}.c_encoding() * 3);
  put_number(&out[5], static_cast<unsigned>(date.day()), 2);
  kMonths.copy(&out[8], 3, (static_cast<unsigned>(date.month()) - 1) * 3);
  put_number(&out[12], static_cast<unsigned>(static_cast<int>(date.year())), 4);
  put_number(&out[17], static_cast<unsigned>(time.hours().count()), 2);
  put_number(&out[20], static_cast<unsigned>(time.minutes().count()), 2);
  put_number(&out[23], static_cast<unsigned>(time.seconds().count()), 2);
  return out;
}

void append_http_date(std::string& out, Instant t) {
  const auto text = format_http_date(t);
  out.append(text.data(), text.size());
}

std::optional<Instant> parse_http_date(std::string_view text) {
  if (text.size() != kHttpDateBytes) return std::nullopt;
  const auto weekday = name_at(text, 0, kDays);
  const auto day = number_at(text, 5, 2);
  const auto month = name_at(text, 8, kMonths);
  const auto year = number_at(text, 12, 4);
  const auto hour = number_at(text, 17, 2);
  const auto minute = number_at(text, 20, 2);
  const auto second = number_at(text, 23, 2);
  if (!weekday || !day || !month || !year || !hour || !minute || !second) return std::nullopt;
  if (text.substr(3, 2) != ", " || text[7] != ' ' || text[11] != ' ' || text[16] != ' ' || text[19] != ':' || text[22] != ':' ||
      text.substr(25) != " GMT") {
    return std::nullopt;
  }
  const std::chrono::year_month_day date{std::chrono::year{static_cast<int>(*year)}, std::chrono::month{*month + 1},
                                         std::chrono::day{*day}};
  if (!date.ok() || *hour > 23 || *minute > 59 || *second > 60) return std::nullopt;
  const std::chrono::sys_days midnight{date};
  if (std::chrono::weekday{midnight}.c_encoding() != *weekday) return std::nullopt;
  return Instant{midnight} + std::chrono::hours{*hour} + std::chrono::minutes{*minute} + std::chrono::seconds{std::min(*second, 59u)};
}

}  // namespace quivive::http
