#pragma once
// What serve and demo share: starting a gateway, and saying that it is ready.

#include "cli/command.h"
#include "gateway/gateway.h"

#include <string>

namespace quivive::cli {

// "127.0.0.1:8080", "[::1]:8080".
[[nodiscard]] std::string endpoint_text(const net::tcp::endpoint& endpoint);

[[nodiscard]] gateway::LogFormat log_format(const config::Config& config, bool json_log);

// {"listen":…,"admin":…,"pid":…}, written in one step, for whoever waits for the gateway.
[[nodiscard]] Result<void> write_ready_file(const std::string& path, const gateway::Gateway& gateway);

// Prints each fault as a line, and how many there are. Returns kWrong, or kFailed where the configuration is right.
int refuse_start(const gateway::DeployFaults& faults, Io& io);

}  // namespace quivive::cli
