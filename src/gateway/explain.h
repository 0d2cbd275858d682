#pragma once
// What `explain` answers about one remembered rejection, as JSON.

#include "gateway/deployment.h"
#include "gateway/trace_book.h"

#include <string>

namespace quivive::gateway {

// Members: id, time, status, reason, operator (what the reason means), observed (forwarded all the same: status is what it would have been
// refused with), method, path, host, remote, route, passed_over [{route, because}], reloaded, scheme, principal, detail,
// checks [{name, outcome, note}], sent [challenge]. `deployment` is the one in force now. Where that is not the one whose routes were compared,
// `reloaded` is true and passed_over empty.
[[nodiscard]] std::string explain_json(const TraceEntry& entry, const Deployment& deployment);

}  // namespace quivive::gateway
