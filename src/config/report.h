#pragma once
// Report: gathers what is wrong with a configuration while reading goes on, so that one run tells everything.

#include "config/diagnostic.h"

#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace quivive::config {

class Report {
 public:
  void error(Position at, std::string path, std::string message) { add(Severity::Error, at, std::move(path), std::move(message)); }
  void warning(Position at, std::string path, std::string message) { add(Severity::Warning, at, std::move(path), std::move(message)); }

  void add(Diagnostic diagnostic) {
    // A file of nothing but mistakes stays readable.
    if (diagnostics_.size() < kMost) diagnostics_.push_back(std::move(diagnostic));
  }
  // Where the file gives a setting that may have to be found again; see Places.
  void note_place(std::string path, Position at) { places_.emplace(std::move(path), at); }
  [[nodiscard]] std::map<std::string, Position, std::less<>> take_places() { return std::move(places_); }

  // For parse_yaml(), which appends.
  [[nodiscard]] std::vector<Diagnostic>& diagnostics() { return diagnostics_; }
  [[nodiscard]] bool failed() const {
    return std::any_of(diagnostics_.begin(), diagnostics_.end(), [](const Diagnostic& d) { return d.severity == Severity::Error; });
  }
  // Everything, in the order of the file.
  [[nodiscard]] std::vector<Diagnostic> take() {
    std::stable_sort(diagnostics_.begin(), diagnostics_.end(), [](const Diagnostic& a, const Diagnostic& b) {
      return Position{a.line, a.column} < Position{b.line, b.column};
    });
    return std::move(diagnostics_);
  }

 private:
  void add(Severity severity, Position at, std::string path, std::string message) {
    add({severity, at.line, at.column, std::move(path), std::move(message)});
  }
  static constexpr std::size_t kMost = 500;
  std::vector<Diagnostic> diagnostics_;
  std::map<std::string, Position, std::less<>> places_;
};

}  // namespace quivive::config
