#pragma once
// A curl command to paste: the refused request as it should have been sent. In place of every credential there is a shell
// variable to set first, or curl asks.

#include "diagnose/facts.h"
#include "diagnose/finding.h"

#include <cstddef>
#include <optional>
#include <span>
#include <string>

namespace quivive::diagnose {

class Redactor;

// `place` is the refused exchange's, in `all`; `redactor` tells which header fields are secret besides (nullptr: show them).
// Nothing where the fault is not mended by another command of the client, where the request is not known, or where it is not
// known in which place the server wants the credential: no command is better than a wrong one.
[[nodiscard]] std::optional<std::string> suggest_command(std::span<const Facts> all, std::size_t place, const Finding& verdict,
                                                         const Redactor* redactor = nullptr);

}  // namespace quivive::diagnose
