#include "config/number_pattern.h"

#include <fmt/format.h>

#include <set>

namespace quivive::config {
namespace {

// From `least` to `most` of as many digits, where every combination of digits between theirs is in the range.
std::string block_pattern(std::uint64_t least, std::uint64_t most) {
  const std::string from = std::to_string(least), to = std::to_string(most);
  std::string out;
  std::size_t any = 0;
  for (std::size_t i = 0; i < from.size(); ++i) {
    if (from[i] == '0' && to[i] == '9') {
      ++any;  // only behind others
    } else {
      out += from[i] == to[i] ? std::string(1, from[i]) : fmt::format("[{}-{}]", from[i], to[i]);
    }
  }
  if (any > 0) out += any == 1 ? "[0-9]" : fmt::format("[0-9]{{{}}}", any);
  return out;
}

}  // namespace

std::string number_pattern(std::uint64_t least, std::uint64_t most) {
  // The last numbers of the blocks: those that end in nines above `least`, and those that end in nines below what follows `most`.
  std::set<std::uint64_t> ends = {most};
  for (std::uint64_t power = 10; power <= 10 * std::max<std::uint64_t>(most, 1); power *= 10) {
    const std::uint64_t up = least / power * power + power - 1;
    if (up < most) ends.insert(up);
    const std::uint64_t down = (most + 1) / power * power;
    if (down > least) ends.insert(down - 1);
  }
  std::string out;
  for (std::uint64_t from = least; const std::uint64_t end : ends) {
    out += (out.empty() ? "" : "|") + block_pattern(from, end);
    from = end + 1;
  }
  return out;
}

}  // namespace quivive::config
