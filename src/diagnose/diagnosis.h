#pragma once
// Diagnosis: a Capture, judged.

#include "diagnose/answerer.h"
#include "diagnose/capture.h"
#include "diagnose/expectations.h"
#include "diagnose/finding.h"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace quivive::diagnose {

struct Diagnosis {
  std::vector<Finding> findings;       // most useful first
  std::optional<std::size_t> verdict;  // index into findings: an Error; nothing where there is no fault
  Answerer answered_by;
  // What the text output needs of the exchange in question:
  std::optional<std::size_t> place;  // in Capture::exchanges; nothing where the capture has none
  std::size_t refused = 0;           // exchanges that were refused for their credentials, or where something was found to be at fault
  // The refused request as it should have been sent, for a shell: diagnose/suggest_command.h.
  std::optional<std::string> command;
  [[nodiscard]] const Finding* verdict_finding() const { return verdict ? &findings[*verdict] : nullptr; }
};

// Pure. Findings hold no secret, unless `show_secrets`: whatever was a credential in the capture is replaced by its short form.
[[nodiscard]] Diagnosis diagnose(const Capture& capture, const Expectations& expected, bool show_secrets = false);

}  // namespace quivive::diagnose
