#pragma once
// A curl command to paste: the refused request as it should have been sent. It holds no secret: where one belongs there is
// a shell variable to set first, or curl asks.

#include "diagnose/capture.h"
#include "diagnose/diagnosis.h"

#include <optional>
#include <string>

namespace quivive::diagnose {

// Nothing where the fault is not mended by another command of the client, or where the request is not known.
[[nodiscard]] std::optional<std::string> suggest_command(const Capture& capture, const Diagnosis& diagnosis, const Finding& verdict);

}  // namespace quivive::diagnose
