#pragma once
// Signing in on another device (RFC 8628): a code that somebody enters there, and asking until they have. The driver sends and waits.

#include "client/token_request.h"

namespace quivive::client {

struct DeviceAuthorization {
  Secret device_code;
  std::string user_code;                  // fit for a line
  std::string verification_uri;           // http or https, ASCII: to be shown, or opened
  std::string verification_uri_complete;  // with the code in it; "" where there is none
  Instant expires{};
  Duration interval{};  // to wait before the next question; grows
};

// To the device authorization endpoint (section 3.1).
[[nodiscard]] Result<TokenRequest> device_authorization_request(std::string_view endpoint, const TokenClient& client);
// Section 3.2. An error also where the code or the address could not be shown as they are.
[[nodiscard]] Result<DeviceAuthorization> read_device_authorization(const TokenAnswer& answer, const Secret& client_secret = {});

// The question (section 3.4).
[[nodiscard]] Result<TokenRequest> device_token_request(const TokenClient& client, const DeviceAuthorization& device);

struct DeviceAnswer {
  enum class Kind : std::uint8_t {
    Granted,  // `token`
    Pending,  // ask again after DeviceAuthorization::interval
    Denied,   // somebody said no
    Expired,  // nobody said anything: begin anew
    Failed,   // the client or the request is refused
  };
  Kind kind{};
  Token token{};
  std::string detail;  // one line, without a secret
};
// Section 3.5. slow_down makes the interval five seconds longer; an endpoint that is out of reach (status 0), overloaded or failing doubles it.
[[nodiscard]] DeviceAnswer read_device_answer(const TokenAnswer& answer, DeviceAuthorization& device, const Secret& client_secret = {});

}  // namespace quivive::client
