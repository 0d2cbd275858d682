#include "http/cookie.h"

#include "base/text.h"

namespace quivive::http {
namespace {

// The next `name=value` between semicolons that is not empty; nothing at the end.
bool take_pair(std::string_view& rest, std::string_view& pair) {
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find(';'), rest.size());
    pair = trim_ows(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (!pair.empty()) return true;
  }
  return false;
}

// Some servers trim around '=' and some do not. Trimming here counts a planted `name =x` as the duplicate that it is to
// the former.
Cookie split_cookie(std::string_view pair) {
  const std::size_t equals = pair.find('=');
  if (equals == std::string_view::npos) return {{}, pair};
  return {trim_ows(pair.substr(0, equals)), trim_ows(pair.substr(equals + 1))};
}

}  // namespace

bool CookieReader::next(Cookie& cookie) {
  std::string_view pair;
  while (!take_pair(rest_, pair)) {
    while (!fields_.empty() && fields_.front().id != FieldId::Cookie) fields_ = fields_.subspan(1);
    if (fields_.empty()) return false;
    rest_ = fields_.front().value;
    fields_ = fields_.subspan(1);
  }
  cookie = split_cookie(pair);
  return true;
}

CookieMatch find_cookie(std::span<const Field> fields, std::string_view name) {
  CookieMatch match;
  CookieReader reader(fields);
  for (Cookie cookie; reader.next(cookie);) {
    if (cookie.name != name) continue;
    if (match.count++ == 0) match.value = cookie.value;
  }
  return match;
}

std::size_t append_cookies_without(std::string& out, std::string_view cookie_value, std::string_view name) {
  std::size_t removed = 0;
  bool first = true;
  for (std::string_view pair; take_pair(cookie_value, pair);) {
    if (split_cookie(pair).name == name) {
      ++removed;
      continue;
    }
    if (!first) out += "; ";
    first = false;
    out += pair;
  }
  return removed;
}

}  // namespace quivive::http
