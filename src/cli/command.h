#pragma once
// What every command is given and gives back. A command is one row of the table in cli/commands.cc and one function; it
// reads and writes through Io only, so that tests run it as the shell does.

#include "base/clock.h"
#include "base/random.h"
#include "base/result.h"
#include "base/secret.h"

#include <istream>
#include <ostream>
#include <span>
#include <string>
#include <string_view>

namespace quivive::cli {

// Exit statuses; scripts rely on them.
inline constexpr int kDone = 0;    // done, or yes
inline constexpr int kNo = 1;      // the answer is no: rejected, found at fault, not there, there already
inline constexpr int kWrong = 2;   // the command, the configuration or the input is wrong
inline constexpr int kFailed = 3;  // something outside failed: store, network

// Why a command cannot go on.
struct Failure {
  int status = kFailed;
  std::string message;  // one line: what is wrong and what to do
};
[[noreturn]] inline void throw_exception_from_error(const Failure& failure, const boost::source_location& at) {
  quivive::throw_exception_from_error(error("{}", failure.message), at);
}

// The person at the keyboard, if there is one.
class Terminal {
 public:
  virtual ~Terminal() = default;
  [[nodiscard]] virtual bool present() const = 0;
  // One line, not shown while it is typed. Error if the person gave up.
  [[nodiscard]] virtual Result<Secret> ask_secret(std::string_view prompt) = 0;
};

// References outlive the command.
struct Io {
  std::istream& in;
  std::ostream& out;  // what was asked for
  std::ostream& err;  // what is wrong, one line
  const Clock& clock;
  RandomSource& random;
  Terminal& terminal;
};

using Arguments = std::span<const std::string>;  // what follows the command's name

struct Command {
  std::string_view name;     // "serve"; "key create"
  std::string_view summary;  // one sentence, for the list of commands and the top of its help
  std::string_view example;  // a whole command line that works as it stands
  int (*run)(const Command& self, Arguments arguments, Io& io);
};

// Every command, in the order of the help.
[[nodiscard]] std::span<const Command> all_commands();

// The whole program: finds the command and runs it; --help, --version and mistakes otherwise. Returns the exit status.
[[nodiscard]] int run_command_line(Arguments arguments, Io& io);

// Prints "quivive <name>: <message>" as one line and returns the status.
int fail(const Command& self, const Failure& failure, Io& io);

}  // namespace quivive::cli
