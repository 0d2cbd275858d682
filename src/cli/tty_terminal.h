#pragma once
// The controlling terminal, /dev/tty: there even when standard input is a pipe.

#include "cli/command.h"

namespace quivive::cli {

class TtyTerminal final : public Terminal {
 public:
  [[nodiscard]] bool present() const override;  // also: standard input is the terminal
  [[nodiscard]] Result<Secret> ask_secret(std::string_view prompt) override;
};

}  // namespace quivive::cli
