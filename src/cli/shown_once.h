#pragma once
// Secrets that are shown once, after the store has them: where they could not be shown, somebody has to be told what there is now.

#include "cli/command.h"

#include <string_view>

namespace quivive::cli {

// Whatever was written is out. Otherwise says what was made, without the secret, and how to go on: kFailed.
[[nodiscard]] inline int shown_or_lost(const Command& self, std::string_view what_and_how, Io& io) {
  if (io.out.flush()) return kDone;
  return fail(self, {kFailed, std::string(what_and_how)}, io);
}

}  // namespace quivive::cli
