#pragma once
// The token service's endpoints (issuer/settings.h lists them) at the gateway: requests go to issuer/ on the pool for look-ups, and the
// pages that a user sees on the way are made here.

#include "gateway/deployment.h"
#include "gateway/own_answer.h"
#include "gateway/worker.h"

#include <memory>
#include <string_view>

namespace quivive::gateway {

// Whether the path is one of them, where there is a token service at all.
[[nodiscard]] bool is_issuer_path(const Deployment& deployment, std::string_view policy_path);

// What `request` refers to outlives the call.
[[nodiscard]] net::Awaitable<OwnAnswer> answer_issuer_path(Worker& worker, std::shared_ptr<const Deployment> deployment, OwnRequest request);

}  // namespace quivive::gateway
