#include "auth/glob.h"

#include "base/text.h"

namespace quivive::auth {
namespace {

std::size_t octet(char c) { return static_cast<std::uint8_t>(c); }

}  // namespace

Result<Glob> Glob::compile(std::string_view pattern) {
  if (pattern.size() > kMaxGlobLength) return error("a path with wildcards is longer than {} octets", kMaxGlobLength);
  if (pattern.find("***") != std::string_view::npos) return error("three stars in a row in {}", printable(pattern));
  Glob glob;
  std::size_t state = 0;
  const auto on_octet = [&](char c) {
    std::uint8_t& row = glob.letter_[octet(c)];
    if (row == 0) {
      row = static_cast<std::uint8_t>(glob.on_.size());
      glob.on_.emplace_back();
    }
    glob.on_[row].set(state);
  };
  while (!pattern.empty()) {
    const bool after_slash =
        state > 0 && glob.letter_[octet('/')] != 0 && glob.on_[glob.letter_[octet('/')]].test(state - 1);
    if (after_slash && pattern.starts_with("**/")) {
      // Any number of whole segments: none at all, or octets up to and with a '/'.
      glob.skip_two_.set(state);
      glob.step_any_.set(state++);
      glob.loop_any_.set(state);
      on_octet('/');
      ++state;
      while (pattern.starts_with("**/")) pattern.remove_prefix(3);
      continue;
    }
    if (pattern.front() == '*') {
      const bool across = pattern.starts_with("**");
      (across ? glob.loop_any_ : glob.loop_segment_).set(state);
      glob.skip_one_.set(state++);
      pattern.remove_prefix(across ? 2 : 1);
      continue;
    }
    on_octet(pattern.front());
    ++state;
    pattern.remove_prefix(1);
  }
  glob.final_ = state;
  return glob;
}

// No two skips follow each other: stars in a row are one element, and what follows `/**/` is at most one star.
Glob::States Glob::close(States states) const {
  states |= (states & skip_two_) << 2;
  states |= (states & skip_one_) << 1;
  return states;
}

bool Glob::matches(std::string_view path) const {
  States states = close(States{1});
  for (const char c : path) {
    const std::uint8_t row = letter_[octet(c)];
    States next = ((states & step_any_) << 1) | (states & loop_any_);
    if (c != '/') next |= states & loop_segment_;
    if (row != 0) next |= (states & on_[row]) << 1;
    states = close(next);
    if (states.none()) return false;
  }
  return states.test(final_);
}

}  // namespace quivive::auth
