#include "client/device_flow.h"

#include "base/json.h"
#include "base/text.h"

#include <fmt/format.h>

#include <algorithm>

namespace quivive::client {
namespace {

constexpr Duration kDefaultInterval = std::chrono::seconds(5);  // section 3.2
constexpr Duration kSlower = std::chrono::seconds(5);           // section 3.5
constexpr Duration kLongestInterval = std::chrono::minutes(5);
constexpr Duration kLongestWait = std::chrono::hours(1);  // for somebody to enter the code, whatever the issuer says
constexpr std::string_view kGrant = "urn:ietf:params:oauth:grant-type:device_code";

// Threat: a terminal's escapes in what is shown, a javascript: or file: URL in what is opened.
std::optional<std::string> web_address(std::string_view text) {
  const auto url = parse_target_url(text);
  return url ? std::optional(url->text()) : std::nullopt;
}

}  // namespace

Result<TokenRequest> device_authorization_request(std::string_view endpoint, const TokenClient& client) {
  return form_request(endpoint, client, {{"scope", client.scope}});
}

Result<DeviceAuthorization> read_device_authorization(const TokenAnswer& answer, const Secret& client_secret) {
  if (const auto said = read_token_error(answer.body, {client_secret})) {
    return error("the device authorization endpoint answers {}{}", said->code, said->description.empty() ? "" : ": " + said->description);
  }
  if (answer.status != 200) return error("the device authorization endpoint answers with status {}", answer.status);
  const auto json = parse_json(answer.body, {.depth = 8, .bytes = kMaxTokenResponseBytes});
  if (!json || !json->is_object()) return error("the device authorization endpoint answers with no JSON object");
  const JsonObject& object = json->as_object();
  const auto device_code = string_member(object, "device_code"), user_code = string_member(object, "user_code");
  auto where = string_member(object, "verification_uri");
  if (!where) where = string_member(object, "verification_url");  // as Google spells it
  const auto address = where ? web_address(*where) : std::nullopt;
  if (!device_code || device_code->empty() || !user_code || user_code->empty() || user_code->size() > 100 ||
      !std::ranges::all_of(*user_code, [](char c) { return c >= ' ' && c < '\x7f'; }) || !address) {
    return error("the answer lacks a device_code, a user_code or a verification_uri that can be shown");
  }
  DeviceAuthorization out{Secret(std::string(*device_code)), std::string(*user_code), *address, {}, {}, {}};
  if (const auto complete = string_member(object, "verification_uri_complete"))
    out.verification_uri_complete = web_address(*complete).value_or("");
  out.expires = answer.now + std::min<Duration>(seconds_member(object, "expires_in").value_or(std::chrono::minutes(5)), kLongestWait);
  out.interval = std::min(seconds_member(object, "interval").value_or(kDefaultInterval), kLongestInterval);
  return out;
}

Result<TokenRequest> device_token_request(const TokenClient& client, const DeviceAuthorization& device) {
  return form_request(client.token_endpoint, client, {{"grant_type", kGrant}, {"device_code", device.device_code.reveal(RevealSecret{})}});
}

DeviceAnswer read_device_answer(const TokenAnswer& answer, DeviceAuthorization& device, const Secret& client_secret) {
  using Kind = DeviceAnswer::Kind;
  const bool failing = answer.status == 0 || is_out_of_order(answer.status);
  const auto said = failing ? std::nullopt : read_token_error(answer.body, {device.device_code, client_secret});
  const bool pending = said && said->code == "authorization_pending", slow = said && said->code == "slow_down";
  if (failing || pending || slow) {
    if (answer.now >= device.expires) return {Kind::Expired, {}, "the code expired before anybody entered it"};
    if (slow) device.interval += kSlower;
    if (failing) device.interval *= 2;
    device.interval = std::min(device.interval, kLongestInterval);
    return {Kind::Pending, {}, {}};
  }
  if (said && said->code == "access_denied") return {Kind::Denied, {}, "the request was denied"};
  if (said && said->code == "expired_token") return {Kind::Expired, {}, "the code expired before anybody entered it"};
  RefreshOutcome outcome = read_token_answer(answer, {device.device_code, client_secret});
  if (auto* token = std::get_if<Token>(&outcome)) return {Kind::Granted, std::move(*token), {}};
  return {Kind::Failed, {}, std::get<RefreshFailure>(outcome).detail};
}

}  // namespace quivive::client
