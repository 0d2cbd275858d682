#pragma once
// Where `quivive fetch` writes what comes: the head if it was asked for, and the body, to a file or standard output.

#include "agent/exchange.h"

#include <fstream>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>

namespace quivive::cli {

struct OutputOptions {
  bool include = false;  // the head too
  bool fail = false;     // nothing where the status is 400 or more
  std::string file;      // "": `out`
};

class FetchOutput {
 public:
  static constexpr std::size_t kMaxHeld = 64 * 1024;

  FetchOutput(OutputOptions options, std::ostream& out) : options_(std::move(options)), out_(out) {}

  // From here on a 401 is held back, as long as it is not larger than kMaxHeld, until finish() or drop().
  void hold_refusals() { holding_ = true; }
  void head(const agent::ResponseHead& head);
  // False where it cannot be written.
  bool body(std::string_view piece);
  // Whether anything has left, which cannot be taken back.
  [[nodiscard]] bool begun() const { return begun_; }
  // Forgets what is held back: another response takes its place, and is not held.
  void drop();
  // Whether `out` has the response's last line, and not its end.
  [[nodiscard]] bool ends_within_a_line() const { return last_ != '\n'; }
  // Why the response could not be written; "" if it was.
  [[nodiscard]] std::string finish();

 private:
  struct Held {
    agent::ResponseHead head;
    std::string body;
  };
  void begin(const agent::ResponseHead& head);
  bool write(std::string_view piece);
  bool let_go();

  const OutputOptions options_;
  std::ostream& out_;
  std::ofstream file_;
  bool holding_ = false, quiet_ = false, begun_ = false;
  std::optional<Held> held_;
  std::string fault_;
  char last_ = '\n';  // that went to `out`
};

}  // namespace quivive::cli
