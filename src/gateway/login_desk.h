#pragma once
// The gateway's own pages of a login session: sign in (by form or JSON), sign out, and who is signed in.
//
//   GET  /.quivive/login?return_to=/path   the form
//   POST /.quivive/login                   username, password, return_to: as a form, or as JSON without return_to
//   GET  /.quivive/logout                  a button
//   POST /.quivive/logout                  ends the session
//   GET  /.quivive/session                 {"user","roles","since","ends"}

#include "auth/verdict.h"
#include "gateway/deployment.h"
#include "gateway/worker.h"
#include "http/head.h"
#include "http/target.h"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace quivive::gateway {

// What a request to one of them comes to: `verdict` rejects it, unless it is Allowed. Then `status` and the rest are the answer.
struct OwnAnswer {
  auth::Verdict verdict;
  std::string html;          // one of the login pages, instead of the usual body of a rejection for who wants HTML
  std::string principal;     // for the log: who signed in or out
  std::uint16_t status = 200;
  std::string_view content_type{};  // static text; "" for no body
  std::string fields;        // whole lines: Set-Cookie, Location
  std::string body;
};

inline constexpr std::size_t kLoginBodyBytes = 16 * 1024;

// Whether the path is one of them, where sessions are accepted at all.
[[nodiscard]] bool is_login_path(const Deployment& deployment, std::string_view policy_path);

struct OwnRequest {
  const http::RequestHead& head;
  const http::Target& target;
  Instant now;
  std::string_view client;  // its address
  std::string_view body;    // whole
};
// What `request` refers to outlives the call.
[[nodiscard]] net::Awaitable<OwnAnswer> answer_login_path(Worker& worker, std::shared_ptr<const Deployment> deployment, OwnRequest request);

}  // namespace quivive::gateway
