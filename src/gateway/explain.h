#pragma once
// What `explain` answers about one remembered rejection, as JSON.

#include "gateway/deployment.h"
#include "gateway/trace_book.h"

#include <string>

namespace quivive::gateway {

// Members: id, time, status, reason, operator (what the reason means), method, path, host, remote, route, passed_over
// [{route, because}], scheme, principal, detail, checks [{name, outcome, note}], sent [challenge]. `deployment` is the one
// in force now: where it was reloaded since, passed_over speaks of the new one.
[[nodiscard]] std::string explain_json(const TraceEntry& entry, const Deployment& deployment);

}  // namespace quivive::gateway
