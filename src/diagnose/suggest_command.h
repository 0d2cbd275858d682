#pragma once
// A curl command to paste: the refused request as it should have been sent. In place of the credential there is a shell
// variable to set first, or curl asks; what else of the request is secret is for a Redactor to take out.

#include "diagnose/facts.h"
#include "diagnose/finding.h"

#include <cstddef>
#include <optional>
#include <span>
#include <string>

namespace quivive::diagnose {

// `place` is the refused exchange's, in `all`. Nothing where the fault is not mended by another command of the client, or
// where the request is not known.
[[nodiscard]] std::optional<std::string> suggest_command(std::span<const Facts> all, std::size_t place, const Finding& verdict);

}  // namespace quivive::diagnose
