#pragma once
// The part of a deployment that is about tokens: whose are accepted, by which keys, and the token service of our own.

#include "config/report.h"
#include "gateway/deployment.h"

#include <string>

namespace quivive::gateway {

// Fills in issuer, issuer_slot, issuers, fixed_keys and fetched_keys; `out` has its configuration and, unless `faults` says otherwise, its stores.
// What is wrong is added to `faults`.
void deploy_issuers(Deployment& out, const DeployContext& context, config::Report& faults);

// The last step, once there is no other fault: may write a signing key into the store.
void begin_token_service(Deployment& out, const DeployContext& context, config::Report& faults);

// "quivive.yaml:7"; "" where no file says it.
[[nodiscard]] inline std::string config_place(const config::Config& config, std::uint32_t line) {
  return line == 0 ? std::string() : fmt::format("{}:{}", config.file, line);
}

}  // namespace quivive::gateway
