#pragma once
// The state of a Call. Internal: call_send.cc makes a request, call.cc meets every answer, call_refused.cc a 401 or 403.

#include "client/answer.h"
#include "client/call.h"

#include <optional>
#include <string>
#include <vector>

namespace quivive::client {

struct Call::State {
  // What was tried with a credential in this call: each once.
  struct Tried {
    bool refused = false;
    bool answered = false;
    bool stale_answered = false;
    bool refreshed = false;
  };
  struct Selected {
    std::size_t credential = 0;
    AuthKind kind{};
    std::string realm;  // of Digest
  };
  struct Sent : Selected {
    std::optional<DigestProof> proof;  // of Digest
  };

  State(CallRequest r, CallRules u, Credentials& c, ClientMemory& m, RandomSource& n)
      : request(std::move(r)),
        rules(u),
        credentials(c),
        memory(m),
        random(n),
        method(request.method),
        fields(request.fields),
        body(request.body),
        tried(c.size()) {}

  // call_send.cc
  Action send(Instant now);
  [[nodiscard]] std::optional<Selected> preemptive();
  void attach(Send& out);
  void attach_cookies(Send& out, Instant now);
  // Why another send is not possible; nothing where it is.
  [[nodiscard]] std::optional<NoAnswer> no_more_sends() const;

  // call.cc
  Action start(Instant now);
  Action on_response(const ResponseHead& response, Instant now);
  Action retry_later(const ResponseHead& response, Instant now);
  Action redirect(const ResponseHead& response, Instant now);
  Action finish(Outcome outcome, CallCause cause, std::string summary, bool deliver = true);
  void note(StepKind kind, std::string text) { explanation.steps.push_back({kind, std::move(text)}); }
  void learn(const ResponseHead& response, Instant now);
  [[nodiscard]] bool proof_is_wrong(const ResponseHead& response);

  // call_refused.cc
  Action on_unauthorized(const ResponseHead& response, Instant now);
  Action on_forbidden(const ResponseHead& response);
  Action answer(const http::ParsedChallenges& parsed, std::optional<NoAnswer> because, Instant now);
  Action refresh(std::size_t credential, RefreshReason reason);
  Action on_refreshed(RefreshOutcome outcome, Instant now);
  Action on_refresh_failed(const RefreshFailure& failure, Instant now);
  [[nodiscard]] NoAnswer nothing_held() const;

  // The first credential of this hop's origin that is no jar of cookies.
  [[nodiscard]] bool holds_credential() const;
  [[nodiscard]] bool bound_here(std::size_t index) const { return credentials[index].origin == url.origin; }
  [[nodiscard]] bool has_field(std::string_view name) const;
  // The caller's own Authorization is for the origin that they named: nothing implicit is added there, also where a redirect has lost it.
  [[nodiscard]] bool caller_authorizes() const { return own_authorization && url.origin == first; }
  [[nodiscard]] Duration skew() const;
  [[nodiscard]] DigestSession* session(const std::string& realm, const std::string& user);

  CallRequest request;
  CallRules rules;
  Credentials& credentials;
  ClientMemory& memory;
  RandomSource& random;

  // This hop.
  std::string method;
  TargetUrl url;
  std::vector<FieldLine> fields;  // the caller's own that got this far
  BodyKind body;
  std::optional<Selected> selected;
  std::optional<Sent> sent;  // the last request's
  bool sent_cookies = false;

  Origin first;
  bool own_authorization = false;
  bool body_begun = false;
  bool has_response = false;
  std::size_t sends = 0, redirects = 0;
  Duration waited{0};
  std::vector<Tried> tried;  // by credential
  std::optional<std::size_t> refreshing;
  RefreshReason refresh_reason{};
  Explanation explanation;
};

// Origin and path, without the query, in which a key may stand. For a line.
[[nodiscard]] std::string shown(const TargetUrl& url);
// Values of all fields of that name, in order.
[[nodiscard]] std::vector<std::string_view> values_of(const ResponseHead& response, std::string_view name);

}  // namespace quivive::client
