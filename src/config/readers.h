#pragma once
// The parts of a configuration, read one by one into a Config. Each reports what is wrong and goes on.

#include "config/config.h"
#include "config/section.h"

namespace quivive::config {

void read_server(const Section& root, Config& out);  // listen, admin, realm, store, limits, log and the like
void read_token_service(const Section& root, Config& out);  // issuer
// After read_token_service(), whose tokens it accepts.
void read_accept(const Section& root, Config& out);
// After read_accept(), whose header must not be one of ours.
void read_identity(const Section& root, Config& out);
// `upstream` and `upstreams`; the first, if given, gets index 0.
void read_upstreams(const Section& root, Config& out);
// One upstream, from a section like `upstream`.
[[nodiscard]] Upstream read_upstream(const Section& section, std::string name);
// After read_accept() and read_upstreams(), which its routes refer to.
void read_routes(const Section& root, Config& out);

// After all of these and only without errors: what is allowed and probably not meant.
void warn_about(const Section& root, const Config& config);

}  // namespace quivive::config
