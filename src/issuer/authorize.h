#pragma once
// The authorization endpoint (RFC 6749 section 4.1.1, OAuth 2.1): response_type=code with PKCE, for a user who has signed in here.
// Clients are made by the operator, so there is no page that asks the user for consent.

#include "issuer/exchange.h"
#include "issuer/service.h"

#include <optional>
#include <string>
#include <variant>

namespace quivive::issuer {

// Who is at the browser.
struct SignedIn {
  std::string user;
  std::string password_tag;
  Instant at;  // when they signed in
};

struct SendToLogin { std::string marker; };  // and back to this same request afterwards, with the marker as kAskedParameter; "" for none
struct SendBack { std::string to; };  // to the client, with a code or an error
struct ShowRefusal { Refusal refusal; };  // the redirect URI cannot be trusted: to the user, never to it
using Authorization = std::variant<SendToLogin, SendBack, ShowRefusal>;

// GET. `user` is nothing where nobody has signed in.
[[nodiscard]] Authorization authorize(const Service& service, const Request& request, const std::optional<SignedIn>& user);

}  // namespace quivive::issuer
