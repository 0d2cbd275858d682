#pragma once
// Glob: a path pattern with `*` and `**`, matched in one pass whatever the input.

#include "base/result.h"

#include <array>
#include <bitset>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace quivive::auth {

inline constexpr std::size_t kMaxGlobLength = 240;  // octets of a pattern with wildcards

class Glob {
 public:
  // `*` any run of octets but '/', also none; `**` any run; `/**/` any number of whole segments, also none. An Error if
  // `pattern` is too long or has three stars in a row.
  [[nodiscard]] static Result<Glob> compile(std::string_view pattern);

  // Whether all of `path` matches. One step an octet: a pattern like `*a*a*a*b` costs what any other does (no
  // backtracking, so no hostile path makes it slow).
  [[nodiscard]] bool matches(std::string_view path) const;

 private:
  // An automaton whose state i means: the first i elements of the pattern are matched. One bit a state.
  using States = std::bitset<256>;
  Glob() = default;
  [[nodiscard]] States close(States states) const;

  States loop_any_;                         // `**`: stays on any octet
  States loop_segment_;                     // `*`: stays on any octet but '/'
  States step_any_;                         // goes on with any octet
  States skip_one_;                         // goes on without an octet
  States skip_two_;                         // passes over the two states of `/**/`
  std::array<std::uint8_t, 256> letter_{};  // octet to its row of on_, 0 for those that the pattern does not have
  std::vector<States> on_{States{}};        // states that go on with that octet
  std::size_t final_ = 0;
};

}  // namespace quivive::auth
