#include "gateway/remembered_use.h"

#include "auth/session_token.h"
#include "gateway/identity.h"
#include "gateway/store_watch.h"

#include <algorithm>
#include <memory_resource>
#include <string>

namespace quivive::gateway {
namespace {

bool identity_is_stale(const Deployment& deployment, const Route& route, Instant now, const Remembered& remembered) {
  if (!deployment.assertion) return false;
  return now >= remembered.identity_until || remembered.identity_upstream != deployment.config.routes[route.index].upstream;
}

}  // namespace

// Of what the store says, revocation shows at once through its version: kStoreMemory bounds only what an unreachable store leaves in force.
Instant believed_until(const Deployment& deployment, const auth::Principal& principal, Instant now) {
  Instant end = principal.not_after();
  if (principal.scheme() == auth::Scheme::Basic) end = std::min(end, now + deployment.config.accept.basic->remember);
  if (principal.scheme() == auth::Scheme::ApiKey || principal.scheme() == auth::Scheme::Digest) end = std::min(end, now + kStoreMemory);
  if (principal.scheme() == auth::Scheme::Session) end = std::min({end, now + kStoreMemory, now + deployment.config.accept.session->idle});
  return end;
}

void write_identity(const Deployment& deployment, const Route& route, Instant now, Remembered& remembered) {
  const config::Identity& settings = deployment.config.identity;
  // Written elsewhere first: what is kept is as long as it has to be, and allocated once.
  char room[1024];
  std::pmr::monotonic_buffer_resource scratch(room, sizeof room);
  std::pmr::string lines(&scratch);
  lines.reserve(sizeof room / 2);
  append_identity_lines(lines, settings.headers, *remembered.principal);
  remembered.identity.assign(lines);
  if (!deployment.assertion || settings.headers.assertion.empty()) return;
  const std::size_t upstream = deployment.config.routes[route.index].upstream;
  const std::string audience = origin(deployment.config.upstreams[upstream].url);
  const auto jwt = deployment.assertion->sign(*remembered.principal, audience, now, settings.assertion_lifetime);
  if (jwt) remembered.identity.append(settings.headers.assertion).append(": ").append(*jwt).append("\r\n");
  remembered.identity_until = now + settings.assertion_lifetime / 2;
  remembered.identity_upstream = upstream;
}

void touch(const Deployment& deployment, const Route& route, const auth::Credential& credential, Remembered& remembered, Instant now) {
  const auth::Principal& principal = *remembered.principal;
  const bool session = principal.scheme() == auth::Scheme::Session;
  if (principal.scheme() != auth::Scheme::ApiKey && !session) return;
  const Duration note_age = session ? auth::session_note_age(route.policy->settings().session) : std::chrono::minutes(1);
  if (now - remembered.touched < note_age) return;
  remembered.touched = now;
  if (!session) return (void)deployment.stores.database->touch_key(principal.key_id(), now);
  // Not believed for longer for it. Threat: a session that was ended, and whose end cannot be seen, would live as long as it is used.
  (void)deployment.stores.database->touch_session(auth::session_digest(credential.value), now);
}

std::string_view use(const Deployment& deployment, const Route& route, const auth::Credential& credential, Remembered& remembered, Instant now) {
  if (identity_is_stale(deployment, route, now, remembered)) write_identity(deployment, route, now, remembered);
  touch(deployment, route, credential, remembered, now);
  return remembered.identity;
}

}  // namespace quivive::gateway
