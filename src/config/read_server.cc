#include "base/text.h"
#include "config/decode.h"
#include "config/readers.h"

#include <fmt/format.h>

#include <array>

namespace quivive::config {
namespace {

void read_listen(const Section& section, Config& out) {
  section.read("address", out.listen.address);
  const Section tls = section.below("tls");
  if (!tls.given()) return;
  out.listen.tls.emplace();
  tls.read("certificate", out.listen.tls->certificate);
  tls.read("key", out.listen.tls->key);
}

void read_admin(const Section& root, Config& out) {
  root.read("admin", out.admin);
  if (!out.admin || !overlap(*out.admin, out.listen.address)) return;
  // Threat: sockets share a port (SO_REUSEPORT), so that clients would be answered by the admin listener, which asks nobody who they are.
  const bool same = *out.admin == out.listen.address;
  root.report().error(root.at("admin"), "admin",
                      same ? fmt::format("{} is the address of listen too", to_string(*out.admin))
                           : fmt::format("{} overlaps with the address of listen, {}", to_string(*out.admin), to_string(out.listen.address)));
}

void read_limits(const Section& section, Config& out) {
  Limits& limits = out.limits;
  section.read("header_bytes", limits.header_bytes);
  section.read("header_timeout", limits.header_timeout);
  section.read("idle_timeout", limits.idle_timeout);
  section.read("body_timeout", limits.body_timeout);
  section.read("connections", limits.connections);
  section.read("token_bytes", limits.token_bytes);
  section.read("hash_queue", limits.hash_queue);
  section.read("hash_threads", limits.hash_threads);
  section.read("drain_timeout", limits.drain_timeout);
  // A smaller header limit lowers the default of token_bytes silently; a contradiction that is written out is told.
  if (limits.token_bytes > limits.header_bytes) {
    if (section.has("token_bytes")) {
      section.report().error(section.at("token_bytes"), section.path_of("token_bytes"), "is more than header_bytes, which a token is part of");
    }
    limits.token_bytes = limits.header_bytes;
  }
}

void read_log(const Section& section, Config& out) {
  section.read("format", out.log.format);
  section.read("level", out.log.level);
  section.read("requests", out.log.requests);
}

}  // namespace

void read_server(const Section& root, Config& out) {
  read_listen(root.below("listen"), out);
  read_admin(root, out);
  root.read("realm", out.realm);
  root.read("store", out.store);
  root.read("shared", out.shared);
  root.read("trusted_proxies", out.trusted_proxies);
  if (const auto status = root.value("verifier_failure_status")) {
    static constexpr std::array<std::uint16_t, 2> kStatuses = {500, 503};
    if (const auto index = decode_choice(root.report(), *status, status->node)) out.verifier_failure_status = kStatuses[*index];
  }
  root.below("errors").read("body", out.error_body);
  root.read("workers", out.workers);
  read_limits(root.below("limits"), out);
  const Section lockout = root.below("lockout");
  lockout.read("failures", out.lockout.failures);
  lockout.read("network_failures", out.lockout.network_failures);
  lockout.read("user_failures", out.lockout.user_failures);
  lockout.read("window", out.lockout.window);
  const Section cache = root.below("cache");
  cache.read("tokens", out.cache.tokens);
  cache.read("keys", out.cache.keys);
  cache.read("sessions", out.cache.sessions);
  cache.read("passwords", out.cache.passwords);
  read_log(root.below("log"), out);
}

}  // namespace quivive::config
