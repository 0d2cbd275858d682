#pragma once
// `quivive why --probe`: at most three more safe requests to the same origin, whose answers tell causes apart.

#include "diagnose/capture.h"
#include "net/transfer.h"

#include <vector>

namespace quivive::cli {

// For the last refused exchange of `capture`, which `plan` has brought about: without credentials, with wrong ones, and under
// another scheme that the server offers and the plan can answer. GET, HEAD or OPTIONS, no body, no redirect followed. Empty
// where nothing was refused, no credentials were sent, or the refusal came from another origin than the plan's.
[[nodiscard]] std::vector<diagnose::Probe> probe(const net::TransferPlan& plan, const diagnose::Capture& capture);

}  // namespace quivive::cli
