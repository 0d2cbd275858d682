#pragma once
// What goes to a token endpoint, and what its answer means (RFC 6749 sections 3.2, 5 and 6). The driver sends it, follows no redirect, and bounds
// the body.

#include "base/json.h"
#include "base/result.h"
#include "client/call.h"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace quivive::client {

inline constexpr std::size_t kMaxTokenResponseBytes = 64 * 1024;

// A POST.
struct TokenRequest {
  std::string url;
  std::vector<FieldLine> fields;
  Secret body;
};

struct TokenAnswer {
  std::uint16_t status = 0;
  std::string_view body;
  Instant now{};  // when it came
};

using FormPairs = std::vector<std::pair<std::string_view, std::string_view>>;

// The pairs as a form, with the client's authentication: Basic with both parts form-encoded first (section 2.3.1), in the body, or client_id alone.
// An error where `url` is no https URL (or one of the machine itself): a token endpoint without TLS is none (section 3.2).
[[nodiscard]] Result<TokenRequest> form_request(std::string_view url, const TokenClient& client, const FormPairs& pairs);

// grant_type=refresh_token. An error also where there is no refresh token.
[[nodiscard]] Result<TokenRequest> refresh_request(const TokenClient& client, const Token& token);

// Whether the endpoint itself is out of order or overloaded, so that its answer says nothing about what was asked.
[[nodiscard]] bool is_out_of_order(int status);

// The token, or why there is none: invalid_grant means to sign in again; 5xx, 429, and what is no JSON to try later with the same refresh token;
// all else, redirects included, that something is set up wrongly. `sent` is what the request had of secrets: a description that quotes one is
// left out.
using SentSecrets = std::initializer_list<Secret>;
[[nodiscard]] RefreshOutcome read_token_answer(const TokenAnswer& answer, SentSecrets sent);

// What an answer says went wrong: `error` and `error_description` of section 5.2; nothing for none. Both fit for a line.
struct TokenError {
  std::string code;
  std::string description;
};
[[nodiscard]] std::optional<TokenError> read_token_error(std::string_view body, SentSecrets sent);

// A number of seconds, which some servers write as a string. Nothing for what is none, or no sensible life: 0 is some servers' word for never.
[[nodiscard]] std::optional<Duration> seconds_member(const JsonObject& object, std::string_view name);

}  // namespace quivive::client
