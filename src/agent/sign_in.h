#pragma once
// What both ways of signing in share: who signs in where, and what comes of it.

#include "agent/deadline.h"
#include "agent/issuer_metadata.h"
#include "base/clock.h"
#include "base/random.h"
#include "client/credentials.h"

#include <functional>
#include <string>
#include <string_view>

namespace quivive::agent {

struct SignInPlan {
  IssuerMetadata issuer;
  client::TokenClient client;  // scope: what is asked for
};

struct SignedIn {
  client::Token token;
  std::string scope;  // granted
};

enum class SignInFault : std::uint8_t {
  Refused,  // by the person or the issuer
  Late,     // nobody came in time
  Failed,   // connection, socket, an issuer that is out of order, the caller's own time
};
struct SignInError {
  SignInFault fault = SignInFault::Failed;
  std::string message;  // one line, without a secret
};
[[noreturn]] void throw_exception_from_error(const SignInError& error, const boost::source_location&);

// Tells the person where to go; `code` is what to type there, "" for nothing.
using ShowUrl = std::function<void(std::string_view url, std::string_view code)>;

struct SignInTools {
  Exchanger& exchanger;
  const Clock& clock;
  RandomSource& random;
  ShowUrl show;
  Deadline until{};  // nobody is waited for past it, but for an answer that may bring tokens ten seconds in any case
};

// The device flow (RFC 8628): the person types a code on another screen; this asks again and again whether they have. Blocks until they have, or the
// code ends.
[[nodiscard]] Result<SignedIn, SignInError> sign_in_by_device(const SignInPlan& plan, const SignInTools& tools);

// Authorization code with PKCE (RFC 7636), the browser coming back to 127.0.0.1 (RFC 8252 section 7.3). Blocks until it does, five minutes at most.
[[nodiscard]] Result<SignedIn, SignInError> sign_in_by_browser(const SignInPlan& plan, const SignInTools& tools);

}  // namespace quivive::agent
