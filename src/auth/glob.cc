#include "auth/glob.h"

#include "base/text.h"

namespace quivive::auth {
namespace {

std::size_t octet(char c) { return static_cast<std::uint8_t>(c); }

}  // namespace

Result<Glob> Glob::compile(std::string_view pattern) {
  if (pattern.find("***") != std::string_view::npos) return error("three stars in a row in {}", printable(pattern));
  Glob glob;
  glob.prefix_ = pattern.substr(0, pattern.find('*'));
  pattern.remove_prefix(glob.prefix_.size());
  bool after_slash = glob.prefix_.ends_with('/');
  std::size_t state = 0;
  const auto bit = [&] { return States{1} << state; };
  const auto on_octet = [&](char c) {
    std::uint8_t& row = glob.letter_[octet(c)];
    if (row == 0) {
      row = static_cast<std::uint8_t>(glob.on_.size());
      glob.on_.push_back(0);
    }
    glob.on_[row] |= bit();
  };
  while (!pattern.empty()) {
    if (state + 2 > kMaxGlobLength) return error("more than {} octets from the first star on", kMaxGlobLength);
    if (after_slash && pattern.starts_with("**/")) {
      // Any number of whole segments: none at all, or octets up to and with a '/'.
      glob.skip_two_ |= bit();
      glob.step_any_ |= bit();
      ++state;
      glob.loop_any_ |= bit();
      on_octet('/');
      ++state;
      while (pattern.starts_with("**/")) pattern.remove_prefix(3);
      continue;
    }
    after_slash = pattern.front() == '/';
    if (pattern.front() == '*') {
      const bool across = pattern.starts_with("**");
      (across ? glob.loop_any_ : glob.loop_segment_) |= bit();
      glob.skip_one_ |= bit();
      pattern.remove_prefix(across ? 2 : 1);
    } else {
      on_octet(pattern.front());
      pattern.remove_prefix(1);
    }
    ++state;
  }
  glob.final_ = bit();
  return glob;
}

// No two skips follow each other: stars in a row are one element, and what follows `/**/` is at most one star.
Glob::States Glob::close(States states) const {
  states |= (states & skip_two_) << 2;
  states |= (states & skip_one_) << 1;
  return states;
}

bool Glob::matches(std::string_view path) const {
  if (!path.starts_with(prefix_)) return false;
  States states = close(1);
  for (const char c : path.substr(prefix_.size())) {
    States next = ((states & (step_any_ | on_[letter_[octet(c)]])) << 1) | (states & loop_any_);
    if (c != '/') next |= states & loop_segment_;
    states = close(next);
    if (states == 0) return false;
  }
  return (states & final_) != 0;
}

}  // namespace quivive::auth
