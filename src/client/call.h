#pragma once
// Call: what a client does next in one call, and why. It does no I/O: a driver carries each Action out and reports back what came of it.
//
// Bounds, whatever servers do: at most kMaxSends sends, and one more for each redirect that was followed; one challenge answered, one stale nonce
// and one refresh for each credential; waits of no more than CallRules::max_wait in all. A credential that was refused is not sent again.

#include "base/clock.h"
#include "base/random.h"
#include "client/credentials.h"
#include "client/explanation.h"
#include "client/memory.h"
#include "http/request.h"

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

namespace quivive::client {

inline constexpr std::size_t kMaxSends = 3;

// A field to send. All values count as secrets: a caller's own may be a key.
struct FieldLine {
  std::string name;
  Secret value;
};

enum class BodyKind : std::uint8_t { None, Rewindable, Once };

struct CallRequest {
  std::string method = "GET";
  std::string url;
  std::vector<FieldLine> fields;  // the caller's own
  BodyKind body = BodyKind::None;
  // The bytes, where they are known: Digest's auth-int is over them. Borrowed for the Call's life; nullptr where they are not known.
  const std::string* body_bytes = nullptr;
};

struct CallRules {
  std::size_t max_redirects = 0;  // 0: redirects are delivered
  // Lets tokens, keys, cookies and Digest go over plain http to other machines. Never Basic.
  bool allow_plain_http = false;
  Duration max_wait{0};  // for Retry-After, over the whole call
  // A token with less left, and up to a quarter more at random, is refreshed before it is used.
  Duration refresh_ahead = std::chrono::seconds(60);
};

enum class SendBody : std::uint8_t {
  None,
  First,   // the body, from its beginning; nothing of it was read before
  Rewind,  // the body once more: rewind it
};
struct Send {
  std::string method;
  // Absolute, without user info and fragment; ASCII. To be sent as it stands, since Digest's uri is path and query of it.
  std::string url;
  // All there are to send: those of the caller's that may go there, then ours. The transport adds Host and framing only, and follows no redirect.
  std::vector<FieldLine> fields;
  SendBody body = SendBody::None;
};

enum class RefreshReason : std::uint8_t { AboutToExpire, Refused };
// Get a newer token than `token`, once for all who ask at the same time: if whoever keeps tokens already has one, that; else the refresh token
// grant of `client` (token_request.h). What the endpoint gives is saved before on_refreshed() is called.
struct Refresh {
  std::size_t credential = 0;  // its index in Credentials
  RefreshReason reason{};
  Token token;
  TokenClient client;
};

struct Wait {
  Duration duration{};
};

enum class Outcome : std::uint8_t {
  Answered,   // the response is the server's answer
  Refused,    // the response refuses the credentials, or asks for some that there are not; the explanation says why nothing more was tried
  Later,      // the response asks to come back at Finish::until
  Untrusted,  // the response must not be used
  NotSent,    // nothing was sent, or not what had to follow
};
[[nodiscard]] std::string_view name_of(Outcome outcome);

struct Finish {
  Outcome outcome{};
  bool deliver = true;  // the last response is to be handed to the caller
  Explanation explanation;
  std::optional<Instant> until;  // with Later
};

using Action = std::variant<Send, Refresh, Wait, Finish>;

// The head of a final (not 1xx) response. Borrowed for the one call.
struct ResponseHead {
  std::uint16_t status = 0;
  std::span<const http::Field> fields;  // `id` may be left Other; names in any case
  std::string_view url;                 // that answered, as the transport says; "" for the one that was sent to
};

struct RefreshFailure {
  enum class Kind : std::uint8_t {
    SignInAgain,   // the refresh token is no good any more: invalid_grant
    OtherSignIn,   // what is kept is of another sign-in by now
    TryLater,      // the endpoint was out of reach, overloaded or failing: the refresh token is to be kept
    Misconfigured  // the endpoint refuses this client or this request
  };
  Kind kind{};
  std::string detail;  // one line, without a secret
};
using RefreshOutcome = std::variant<Token, RefreshFailure>;

// Not thread-safe. `credentials`, `memory` and `random` outlive it; who shares them among threads locks around each of these functions.
class Call {
 public:
  Call(CallRequest request, CallRules rules, Credentials& credentials, ClientMemory& memory, RandomSource& random);
  Call(Call&&) noexcept;
  Call& operator=(Call&&) noexcept;
  ~Call();

  // First of all, once. Afterwards exactly one of the others in answer to each Action, until Finish.
  [[nodiscard]] Action start(Instant now);
  [[nodiscard]] Action on_response(const ResponseHead& response, Instant now);  // after Send
  [[nodiscard]] Action on_refreshed(RefreshOutcome outcome, Instant now);       // after Refresh
  [[nodiscard]] Action on_waited(Instant now);                                  // after Wait
  // The transport failed: there is no response. Never sent again, since the request may have arrived. The text is for the explanation, without a
  // secret.
  [[nodiscard]] Action on_failed(std::string_view what, Instant now);  // after Send

  // What was done so far, for who gives up between two actions.
  [[nodiscard]] const std::vector<Step>& steps() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace quivive::client
