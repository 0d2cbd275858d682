#pragma once
// Device authorization (RFC 8628): a device without a browser shows a short code, and its user types it here.

#include "issuer/authorize.h"
#include "issuer/exchange.h"
#include "issuer/service.h"

#include <optional>
#include <string>
#include <string_view>

namespace quivive::issuer {

// POST of the device authorization endpoint (section 3.1).
[[nodiscard]] Answer answer_device_authorization(const Service& service, const Request& request);

// A user code as people type it: any case, with dashes and spaces anywhere; "" if it is none.
[[nodiscard]] std::string read_user_code(std::string_view typed);
[[nodiscard]] std::string show_user_code(std::string_view code);  // "WDJB-MJHT"

// What waits under that code; nothing if there is no such request, or it has expired or was answered.
struct DeviceRequest {
  std::string client_name;
  std::vector<std::string> scopes;
};
[[nodiscard]] Result<std::optional<DeviceRequest>> find_device_request(const Service& service, std::string_view user_code, Instant now);
// The user's answer; false if nothing waited any more.
[[nodiscard]] Result<bool> answer_device_request(const Service& service, std::string_view user_code, bool approve, const SignedIn& user, Instant now);

}  // namespace quivive::issuer
