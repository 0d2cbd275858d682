#include "config/decode.h"
#include "config/readers.h"

namespace quivive::config {

Upstream read_upstream(const Section& section, std::string name) {
  Upstream out;
  out.name = std::move(name);
  section.read("url", out.url);
  // Threat: a path prefix would make policy and upstream see different paths.
  if (!out.url.target.empty() && out.url.target != "/") {
    section.report().error(section.at("url"), section.path_of("url"), "has a path; policy and upstream have to see the same one");
  }
  section.read("connect_timeout", out.connect_timeout);
  section.read("first_byte_timeout", out.first_byte_timeout);
  section.read("idle_timeout", out.idle_timeout);
  section.read("keepalive_connections", out.keepalive_connections);
  const Section tls = section.below("tls");
  tls.read("ca", out.tls.ca);
  tls.read("verify", out.tls.verify);
  tls.read("server_name", out.tls.server_name);
  if (tls.given() && !out.url.tls && !out.url.host.empty()) {
    section.report().error(tls.at(), tls.path(), "given for an http:// URL; use https://");
  }
  if (!out.tls.verify && !out.tls.ca.empty()) {
    section.report().error(tls.at("ca"), tls.path_of("ca"), "means nothing with `verify: false`");
  }
  if (out.url.tls && !out.tls.verify) {
    section.report().warning(tls.at("verify"), tls.path_of("verify"), "any certificate is accepted: whoever sits in between reads and changes everything");
  }
  return out;
}

void read_upstreams(const Section& root, Config& out) {
  const Section main = root.below("upstream");
  if (main.given()) out.upstreams.push_back(read_upstream(main, "default"));
  for (const auto& [name, section] : root.named("upstreams")) {
    if (name == "default") root.report().error(section.at(), section.path(), "'default' is the name of the upstream under `upstream:`");
    out.upstreams.push_back(read_upstream(section, name));
  }
}

}  // namespace quivive::config
