#pragma once
// `quivive why` for whoever runs the gateway as well: what the gateway remembers of the rejections in the input joins in.

#include "cli/command.h"
#include "diagnose/capture.h"
#include "diagnose/expectations.h"

#include <string>

namespace quivive::cli {

// Asks the admin listener at `admin` (host:port) about every refused exchange that carries a request id, the last
// kMaxExplained of them, and puts what it says into capture.records. The notice, one line, is "" if all went well: what is
// not remembered, or cannot be asked, is judged without.
inline constexpr std::size_t kMaxExplained = 16;
[[nodiscard]] std::string join_explanations(diagnose::Capture& capture, const diagnose::Expectations& expected, const std::string& admin);

}  // namespace quivive::cli
