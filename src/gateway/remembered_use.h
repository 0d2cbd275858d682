#pragma once
// What a credential that was verified before gives a request, and for how long it is believed. On the worker's thread.

#include "auth/principal.h"
#include "gateway/deployment.h"
#include "gateway/outcome_cache.h"

#include <string_view>

namespace quivive::gateway {

[[nodiscard]] Instant believed_until(const Deployment& deployment, const auth::Principal& principal, Instant now);

// Writes remembered.identity: header lines for the route's upstream, with an assertion where the setting says so.
void write_identity(const Deployment& deployment, const Route& route, Instant now, Remembered& remembered);

// Notes a use, from time to time. A lost note is no error.
void touch(const Deployment& deployment, const Route& route, const auth::Credential& credential, Remembered& remembered, Instant now);

// Of a request that was allowed by it: notes that, and gives the identity, written anew where that is due. A view into `remembered`.
[[nodiscard]] std::string_view use(const Deployment& deployment, const Route& route, const auth::Credential& credential, Remembered& remembered, Instant now);

}  // namespace quivive::gateway
