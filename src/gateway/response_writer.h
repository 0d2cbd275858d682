#pragma once
// The only place where a rejection is written. Whatever refuses a request ends here, so every 401 has its challenges, no
// 403 has one, nothing is cached, and the body says the same in every format.

#include "auth/verdict.h"
#include "gateway/deployment.h"
#include "http/head.h"

#include <string>
#include <string_view>

namespace quivive::gateway {

struct RejectionContext {
  const Deployment& deployment;
  const Route* route;             // null: none matched, or the request was too broken to look
  const auth::Verdict& verdict;
  const http::RequestHead* head;  // null once its bytes are gone; the body is JSON then
  std::string_view method;
  std::string_view id;
  std::string_view date;
  bool close;                     // the connection ends after it
  std::string_view nonce;         // fresh, where auth::needs_nonce()
  std::string_view cors_origin;   // Access-Control-Allow-Origin; "" for none
  std::string_view html{};        // a page of the gateway's own, for who wants HTML; "" for the usual one
  bool to_login = false;          // 303 to the login page instead: a browser goes to a page, and would only show the rejection
};

// What a rejection's status is, unless it is a page that a browser is sent to.
[[nodiscard]] std::uint16_t status_of(const auth::Verdict& verdict, const Deployment& deployment);

// Appends the whole response. Returns its status.
std::uint16_t append_rejection(std::string& out, const RejectionContext& context);

// The answer to a preflight that the route allows: the request that follows brings the credentials.
struct PreflightAnswer {
  std::string_view origin;   // "*" or the page's
  std::string_view method;   // as asked for, a token
  std::string_view headers;  // as asked for; "" for none
  std::string_view id;
  std::string_view date;
  bool close;
};
void append_preflight(std::string& out, const PreflightAnswer& answer);

// What one of the gateway's own paths answers, other than by a rejection.
struct OwnResponse {
  std::uint16_t status;
  std::string_view content_type;  // "" for no body
  std::string_view fields;        // whole lines
  std::string_view body;
  bool head_only;
  std::string_view id;
  std::string_view date;
  bool close;
  std::string_view cache_control = "no-store";
};
void append_own(std::string& out, const OwnResponse& response);

// A 200 with a JSON document of the gateway's own.
void append_own_json(std::string& out, std::string_view body, bool head_only, std::string_view id, std::string_view date, bool close);

}  // namespace quivive::gateway
