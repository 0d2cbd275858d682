#include "agent/header_lines.h"

#include "base/text.h"

#include <charconv>
#include <utility>

namespace quivive::agent {

std::string_view ResponseHead::value(std::string_view name) const {
  for (const Field& field : fields) {
    if (iequals(field.name, name)) return field.value;
  }
  return {};
}

HeaderLines::State HeaderLines::line(std::string_view line) {
  bytes_ += line.size();
  if (bytes_ > kMaxResponseHead) return State::TooLarge;
  while (!line.empty() && (line.back() == '\r' || line.back() == '\n')) line.remove_suffix(1);
  if (line.empty()) {
    if (head_.status / 100 != 1) return State::Done;
    head_ = {};
    return State::Interim;
  }
  if (head_.status == 0) {  // HTTP-version SP status-code SP [ reason-phrase ]
    const auto space = line.find(' ');
    head_.version = line.substr(0, space);
    if (space == std::string_view::npos) return State::More;
    line.remove_prefix(space + 1);
    std::from_chars(line.data(), line.data() + line.size(), head_.status);
    if (line.size() > 4) head_.reason = line.substr(4);
    return State::More;
  }
  if ((line.front() == ' ' || line.front() == '\t') && !head_.fields.empty()) {  // obs-fold: RFC 9112 section 5.2
    head_.fields.back().value.append(" ").append(trim_ows(line));
    return State::More;
  }
  const auto colon = line.find(':');
  if (colon == std::string_view::npos) return State::More;
  head_.fields.push_back({std::string(trim_ows(line.substr(0, colon))), std::string(trim_ows(line.substr(colon + 1)))});
  return State::More;
}

ResponseHead HeaderLines::take() {
  bytes_ = 0;
  return std::exchange(head_, {});
}

}  // namespace quivive::agent
