#pragma once
// The options of one command: parsed by CLI11, explained in our own words. A value is never repeated in an error, since a
// password might have been typed there.

#include "cli/command.h"

#include <CLI/CLI.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace quivive::cli {

// The options that say which store to use; see cli/open_store.h.
struct StoreChoice {
  std::string store;   // --store URL
  std::string config;  // --config FILE
};

class Options {
 public:
  explicit Options(const Command& command);

  // Where options are added (CLI11), their targets outliving this object. What add_option() returns can be refined.
  [[nodiscard]] CLI::App& app() { return app_; }
  void add_store(StoreChoice& choice);
  void add_json(bool& json);
  // A positional argument that must be there, like ID. `name` is shown in capitals.
  void add_positional(std::string_view name, std::string& value, std::string_view description);

  // Nothing if the command may go on; otherwise its exit status: help was asked for and printed, or a line says what is
  // wrong.
  [[nodiscard]] std::optional<int> parse(Arguments arguments, Io& io);

 private:
  [[nodiscard]] std::string usage() const;
  [[nodiscard]] std::string help() const;
  [[nodiscard]] std::string unexpected() const;
  [[nodiscard]] const CLI::Option* first_named(std::string_view text) const;

  const Command& command_;
  CLI::App app_;
  bool help_ = false;
};

}  // namespace quivive::cli
