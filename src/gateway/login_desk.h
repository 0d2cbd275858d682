#pragma once
// The gateway's own pages of a login session: sign in (by form or JSON), sign out, and who is signed in.
//
//   GET  /.quivive/login?return_to=/path   the form
//   POST /.quivive/login                   username, password, return_to: as a form, or as JSON without return_to
//   GET  /.quivive/logout                  a button
//   POST /.quivive/logout                  ends the session
//   GET  /.quivive/session                 {"user","roles","since","ends","idle_ends"}

#include "gateway/deployment.h"
#include "gateway/own_answer.h"
#include "gateway/worker.h"
#include "http/head.h"

#include <memory>
#include <optional>
#include <string_view>

namespace quivive::gateway {

// Whether the path is one of them, where sessions are accepted at all.
[[nodiscard]] bool is_login_path(const Deployment& deployment, std::string_view policy_path);

// Who brought a session's cookie. Without a session: why, and what it was sent with.
struct SessionSeen {
  auth::Verdict verdict;
  std::optional<store::SessionRecord> session;  // there exactly where the verdict is Allowed
};
// Requires deployment.login.
[[nodiscard]] net::Awaitable<SessionSeen> verify_session(Worker& worker, const Deployment& deployment, const http::RequestHead& head, Instant now);

// What `request` refers to outlives the call.
[[nodiscard]] net::Awaitable<OwnAnswer> answer_login_path(Worker& worker, std::shared_ptr<const Deployment> deployment, OwnRequest request);

}  // namespace quivive::gateway
