// Configurations: whatever the text, an answer that is whole. What is accepted keeps the promises of config/config.h that
// make the gateway safe, and what is said about it stays within its lines.

#include "base/text.h"
#include "config/load.h"

#include "check.h"

#include <algorithm>
#include <cstdint>
#include <string_view>

namespace {

using namespace quivive;
using namespace quivive::config;

void check_route(const Config& config, const Route& route) {
  FUZZ_CHECK(route.path.starts_with('/'));
  FUZZ_CHECK(route.is_public == route.accept.empty());
  FUZZ_CHECK(std::is_sorted(route.accept.begin(), route.accept.end()));
  FUZZ_CHECK(route.upstream < config.upstreams.size());
  for (const ClaimWanted& claim : route.require.claims) FUZZ_CHECK(!claim.values.empty());
  for (const Scheme scheme : route.accept) {
    FUZZ_CHECK(scheme != Scheme::Bearer || config.accept.bearer);
    FUZZ_CHECK(scheme != Scheme::ApiKey || config.accept.api_key);
    FUZZ_CHECK(scheme != Scheme::Basic || config.accept.basic);
  }
}

void check_issuer(const Issuer& issuer) {
  FUZZ_CHECK(!issuer.issuer.empty());
  FUZZ_CHECK(issuer.any_audience == issuer.audiences.empty());
  FUZZ_CHECK(!issuer.algorithms.empty());
  const bool secret = issuer.keys.kind == KeySource::Kind::SecretFile;
  for (const auto algorithm : issuer.algorithms) FUZZ_CHECK(jose::is_symmetric(algorithm) == secret);
}

void check_config(const Config& config) {
  FUZZ_CHECK(config.accept.bearer || config.accept.api_key || config.accept.basic);
  FUZZ_CHECK(!config.routes.empty());
  for (const Route& route : config.routes) check_route(config, route);
  for (const Upstream& upstream : config.upstreams) FUZZ_CHECK(upstream.url.target == "/" && !upstream.url.host.empty());
  if (config.accept.bearer) {
    FUZZ_CHECK(!config.accept.bearer->issuers.empty());
    for (const Issuer& issuer : config.accept.bearer->issuers) check_issuer(issuer);
  }
  FUZZ_CHECK(config.verifier_failure_status == 500 || config.verifier_failure_status == 503);
  FUZZ_CHECK(config.limits.token_bytes <= config.limits.header_bytes && config.limits.header_bytes >= 1024);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const LoadResult result = load(text, "fuzz.yaml");
  bool failed = false;
  for (const Diagnostic& diagnostic : result.diagnostics) {
    failed = failed || diagnostic.severity == Severity::Error;
    FUZZ_CHECK(format(diagnostic, "fuzz.yaml").find('\n') == std::string::npos);
    FUZZ_CHECK(is_valid_utf8(format(diagnostic, "fuzz.yaml")));
    FUZZ_CHECK(diagnostic.line <= static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n')) + 1);
  }
  FUZZ_CHECK(failed != result.config.has_value());
  if (result.config) check_config(*result.config);
  return 0;
}
