#include "cli/serving.h"

#include "base/json.h"
#include "gateway/whole_file.h"

#include <unistd.h>

namespace quivive::cli {

std::string endpoint_text(const net::tcp::endpoint& endpoint) {
  const std::string address = endpoint.address().to_string();
  return endpoint.address().is_v6() ? fmt::format("[{}]:{}", address, endpoint.port()) : fmt::format("{}:{}", address, endpoint.port());
}

gateway::LogFormat log_format(const config::Config& config, bool json_log) {
  if (json_log || config.log.format == config::Log::Format::Json) return gateway::LogFormat::Json;
  if (config.log.format == config::Log::Format::Text) return gateway::LogFormat::Text;
  return ::isatty(STDOUT_FILENO) ? gateway::LogFormat::Text : gateway::LogFormat::Json;
}

Result<void> write_ready_file(const std::string& path, const gateway::Gateway& gateway) {
  JsonObject ready;
  ready["listen"] = endpoint_text(gateway.address());
  const auto admin = gateway.admin_address();
  ready["admin"] = admin ? Json(endpoint_text(*admin)) : Json(nullptr);
  ready["pid"] = ::getpid();
  return gateway::write_whole_file(path, to_json(ready) + "\n");
}

int refuse_start(const gateway::DeployFaults& faults, Io& io) {
  for (const std::string& fault : faults.lines) io.err << fault << '\n';
  io.err << faults.lines.size() << (faults.lines.size() == 1 ? " error" : " errors") << "; nothing was started\n";
  return faults.outside ? kFailed : kWrong;
}

}  // namespace quivive::cli
