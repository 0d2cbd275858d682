#pragma once
// The pipeline: from a request's head to a verdict. What needs no I/O is decided at once; the rest waits for the pools.

#include "auth/find_credentials.h"
#include "auth/need.h"
#include "auth/verdict.h"
#include "gateway/access_record.h"
#include "gateway/worker.h"
#include "http/head.h"
#include "http/target.h"

#include <memory>
#include <optional>
#include <string>

namespace quivive::gateway {

// A request's body that was read before the verdict.
struct BodyInMemory {
  std::string_view bytes;
  bool whole = false;  // false: longer than may be held
};

struct PipelineInput {
  const http::RequestHead& head;
  const http::Target& target;
  Instant now;
  std::string_view client;  // its address, as client_address() has it: what wrong passwords are counted by
  const BodyInMemory* body = nullptr;  // null: not read
};

struct Admission {
  bool admitted = false;                // to be forwarded
  const Route* route = nullptr;         // null: none matched
  bool routed = false;                  // the routes were compared with the request
  auth::Verdict verdict;
  bool observed = false;                // admitted although the verdict is a rejection
  bool authorization_consumed = false;  // the accepted credential came in Authorization
  std::string identity;                 // header lines for the upstream
  OutcomeCache::Key key{};              // of the credential that has to be verified
  std::string authentication_info;      // value of that field, for the response; "" for none
  std::string cors_origin;              // for Access-Control-Allow-Origin, where the route allows the page's origin
  bool wants_body = false;              // nothing is decided: ask again, with the body
  std::optional<auth::Answer> body_hash;  // for the credential that has to be verified, where it covers the body
  std::shared_ptr<const auth::DigestUser> proved;  // whose Digest response is right, where the count is still the store's to claim
  bool preflight = false;               // a CORS preflight that the route allows: answered here, without credentials
};

// Whether the path without its ";parameters", which servlet containers drop, leads to another route than `match`. Threat: policy and upstream
// that disagree on what was asked for.
[[nodiscard]] bool parameters_decide(const Deployment& deployment, std::string_view method, const PipelineInput& input, const auth::Router::Route* match);

// A verdict that no credential was asked for.
[[nodiscard]] auth::Verdict refusal(Reason reason, std::string_view detail);

// Decides what needs nothing but memory: routes, public ones, missing credentials, remembered outcomes. False if the
// credential has to be verified, or `wants_body`: up to accept.digest.auth_int_body of it.
[[nodiscard]] bool decide_now(Worker& worker, const Deployment& deployment, const PipelineInput& input, auth::FoundCredentials& found,
                              Admission& out);

// The rest, for the credential that decide_now left: verifies it, and remembers the outcome. What `input` refers to outlives the call.
[[nodiscard]] net::Awaitable<> verify_credential(Worker& worker, std::shared_ptr<const Deployment> deployment, PipelineInput input,
                                                 const auth::FoundCredentials& found, Admission& out);

// What the log says of it.
void note(const Admission& admission, AccessRecord& record);

}  // namespace quivive::gateway
