#include "client/request_check.h"

#include "base/text.h"
#include "http/grammar.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace quivive::client {
namespace {

bool is_transports(std::string_view field) {
  static constexpr auto kNames = std::to_array<std::string_view>({"Host", "Content-Length", "Transfer-Encoding", "Connection", "Upgrade"});
  return std::any_of(kNames.begin(), kNames.end(), [&](std::string_view name) { return iequals(name, field); });
}

RequestFault unusable(std::string summary) { return {CallCause::CredentialUnusable, std::move(summary)}; }

std::optional<RequestFault> check(const Password& password) {
  if (password.use == PasswordUse::Basic && password.user.find(':') != std::string::npos) {
    return RequestFault{CallCause::BasicColonInUser, "A user name with a colon cannot be sent as Basic."};
  }
  return std::nullopt;
}

std::optional<RequestFault> check(const Bearer& bearer) {
  if (bearer.token.access.empty()) {
    return bearer.refreshable() ? std::nullopt : std::optional(unusable("The token is empty."));
  }
  if (is_sendable_token(bearer.token.access.reveal(RevealSecret{}))) return std::nullopt;
  return unusable("The token has white space, a line break or a character that is not ASCII in it, and was not sent.");
}

std::optional<RequestFault> check(const ApiKey& key) {
  if (!http::is_token(key.field) || is_transports(key.field))
    return unusable(fmt::format("'{}' is no name of a field for a key.", printable(key.field, 60)));
  if (key.value.empty() || !http::is_field_value(key.value.reveal(RevealSecret{})))
    return unusable("The key is empty or has a line break in it, and was not sent.");
  return std::nullopt;
}

std::optional<RequestFault> check(const CookieJar&) { return std::nullopt; }  // what it holds was checked when it came

}  // namespace

bool is_sendable_token(std::string_view token) {
  return !token.empty() && std::all_of(token.begin(), token.end(), [](char c) { return c > 0x20 && c < 0x7f; });
}

std::optional<RequestFault> check_request(const CallRequest& request) {
  if (!http::is_token(request.method) || request.method == "CONNECT")
    return RequestFault{CallCause::RequestUnusable, "The method cannot be sent."};
  for (const FieldLine& field : request.fields) {
    const std::string name = printable(field.name, 60);
    if (!http::is_token(field.name)) return RequestFault{CallCause::RequestUnusable, fmt::format("'{}' is no name of a field.", name)};
    if (is_transports(field.name)) return RequestFault{CallCause::RequestUnusable, fmt::format("{} is not for the caller to say.", name)};
    if (!http::is_field_value(field.value.reveal(RevealSecret{}))) {
      return RequestFault{CallCause::RequestUnusable, fmt::format("The value of {} has a control character in it.", name)};
    }
  }
  return std::nullopt;
}

std::optional<RequestFault> check_credential(const Credential& credential) {
  return std::visit([](const auto& what) { return check(what); }, credential.what);
}

}  // namespace quivive::client
