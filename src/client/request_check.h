#pragma once
// What can go into a request at all. Threat: a line break in a token or a field, which begins another field or another request.

#include "client/call.h"

#include <optional>
#include <string>

namespace quivive::client {

struct RequestFault {
  CallCause cause{};
  std::string summary;
};

// A caller's request: method and field names are tokens, values have no control characters, and the fields that frame the message or name its host
// are the transport's. With Host another site of the same server would get the credential.
[[nodiscard]] std::optional<RequestFault> check_request(const CallRequest& request);
// A credential, whatever it is to be used for.
[[nodiscard]] std::optional<RequestFault> check_credential(const Credential& credential);
// An access token: visible ASCII. Stricter than a field, looser than token68, since some servers' tokens have other characters.
[[nodiscard]] bool is_sendable_token(std::string_view token);

}  // namespace quivive::client
