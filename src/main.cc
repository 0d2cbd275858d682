#include "cli/command.h"
#include "cli/tty_terminal.h"
#include "crypto/system_random.h"

#include <csignal>
#include <iostream>
#include <string>
#include <vector>

int main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);  // a reader that went away is an error of that write, not our end
  const std::vector<std::string> arguments(argv + (argc > 0 ? 1 : 0), argv + argc);
  quivive::SystemClock clock;
  quivive::crypto::SystemRandom random;
  quivive::cli::TtyTerminal terminal;
  quivive::cli::Io io{std::cin, std::cout, std::cerr, clock, random, terminal};
  const int status = quivive::cli::run_command_line(arguments, io);
  if (std::cout.flush()) return status;
  // A key that was made and could not be shown is not done.
  std::cerr << "quivive: the output could not be written\n";
  return status == quivive::cli::kDone ? quivive::cli::kFailed : status;
}
