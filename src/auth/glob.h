#pragma once
// Glob: a path pattern with `*` and `**`, matched in one pass whatever the input.

#include "base/result.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace quivive::auth {

// From the first star on, a star counting as one and `**/` as two. What comes before may be as long as it likes.
inline constexpr std::size_t kMaxGlobLength = 62;

class Glob {
 public:
  // `*` any run of octets but '/', also none; `**` any run; `/**/` any number of whole segments, also none. An Error if
  // `pattern` is too long or has three stars in a row.
  [[nodiscard]] static Result<Glob> compile(std::string_view pattern);

  // Whether all of `path` matches. One step an octet: a pattern like `*a*a*a*b` costs what any other does (no
  // backtracking, so no hostile path makes it slow).
  [[nodiscard]] bool matches(std::string_view path) const;

 private:
  // An automaton whose state i means: the first i elements after the prefix are matched. One bit a state.
  using States = std::uint64_t;
  Glob() = default;
  [[nodiscard]] States close(States states) const;

  std::string prefix_;       // what comes before the first star: most paths fail here
  States loop_any_ = 0;      // `**`: stays on any octet
  States loop_segment_ = 0;  // `*`: stays on any octet but '/'
  States step_any_ = 0;      // goes on with any octet
  States skip_one_ = 0;      // goes on without an octet
  States skip_two_ = 0;      // passes over the two states of `/**/`
  States final_ = 0;
  std::array<std::uint8_t, 256> letter_{};  // octet to its row of on_, 0 for those that the pattern does not have
  std::vector<States> on_{0};               // states that go on with that octet
};

}  // namespace quivive::auth
