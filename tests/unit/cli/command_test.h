#pragma once
// Runs command lines as main() does, with streams, clock, randomness and terminal of the test's.

#include "cli/command.h"
#include "support/temp_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>
#include <sstream>
#include <string>
#include <vector>

namespace quivive::cli {

// Answers prompts in order; gives up when there is no answer left.
class ScriptedTerminal final : public Terminal {
 public:
  std::deque<std::string> answers;
  bool is_present = true;
  [[nodiscard]] bool present() const override { return is_present; }
  [[nodiscard]] Result<Secret> ask_secret(std::string_view) override {
    if (answers.empty()) return error("given up");
    Secret secret{answers.front()};
    answers.pop_front();
    return secret;
  }
};

class CommandTest : public testing::Test {
 protected:
  struct Outcome {
    int status;
    std::string out, err;
  };

  // Exactly these words.
  Outcome run_raw(const std::vector<std::string>& words, const std::string& input = "") {
    std::ostringstream out;
    Outcome outcome = run_to(out, words, input);
    outcome.out = out.str();
    return outcome;
  }
  Outcome run_to(std::ostream& out, const std::vector<std::string>& words, const std::string& input = "") {
    std::istringstream in(input);
    std::ostringstream err;
    Io io{in, out, err, clock_, random_, terminal_};
    const int status = run_command_line(words, io);
    return {status, "", err.str()};
  }
  // With --store added, and nowhere to write to.
  Outcome run_without_output(std::vector<std::string> words) {
    words.insert(words.end(), {"--store", "sqlite:" + folder_.path("store.db")});
    std::ostream nowhere(nullptr);
    return run_to(nowhere, words);
  }
  // With --store added.
  Outcome run(std::vector<std::string> words, const std::string& input = "") {
    words.insert(words.end(), {"--store", "sqlite:" + folder_.path("store.db")});
    return run_raw(words, input);
  }

  support::TempFolder folder_;
  FixedClock clock_{from_unix_seconds(1'795'514'611)};  // 2026-11-24 10:03:31 UTC
  FixedRandom random_{11};
  ScriptedTerminal terminal_;
};

// One line, so that it reads well and greps well.
inline void expect_one_line(const std::string& text) { EXPECT_EQ(text.find('\n'), text.size() - 1) << text; }

}  // namespace quivive::cli
