#include "client/token_request.h"

#include "base/base64.h"
#include "base/json.h"
#include "base/text.h"
#include "client/request_check.h"
#include "http/form.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

namespace quivive::client {
namespace {

using Kind = RefreshFailure::Kind;

std::string form_encoded(std::string_view text) {
  std::string out;
  http::append_form_encoded(out, text);
  return out;
}

std::optional<JsonObject> read_object(std::string_view body) {
  auto json = parse_json(body, {.depth = 8, .bytes = kMaxTokenResponseBytes});
  if (!json || !json->is_object()) return std::nullopt;
  return json->as_object();
}

RefreshOutcome failure(Kind kind, std::string detail) { return RefreshFailure{kind, std::move(detail)}; }

RefreshOutcome of_error(const TokenError& error) {
  static constexpr auto kTransient = std::to_array<std::string_view>({"temporarily_unavailable", "server_error", "slow_down"});
  std::string text = error.description.empty() ? error.code : error.code + " (" + error.description + ")";
  if (error.code == "invalid_grant") return failure(Kind::SignInAgain, std::move(text));
  const bool transient = std::find(kTransient.begin(), kTransient.end(), error.code) != kTransient.end();
  return failure(transient ? Kind::TryLater : Kind::Misconfigured, std::move(text));
}

RefreshOutcome of_token(const JsonObject& object, Instant now) {
  const auto access = string_member(object, "access_token");
  if (!access || !is_sendable_token(*access)) return failure(Kind::Misconfigured, "the answer has no access_token that can be sent");
  const auto type = string_member(object, "token_type");
  // Section 7.1: a token of a type that is not understood is not used. Some servers leave it out.
  if (type && !iequals(*type, "Bearer"))
    return failure(Kind::Misconfigured, "tokens of the type " + printable(*type, 40) + " are not understood");
  Token token{Secret(std::string(*access)), Secret(std::string(string_member(object, "refresh_token").value_or("")))};
  token.issued = now;
  if (const auto life = seconds_member(object, "expires_in")) token.expires = now + *life;
  return token;
}

}  // namespace

std::optional<Duration> seconds_member(const JsonObject& object, std::string_view name) {
  const Json* value = member(object, name);
  if (value == nullptr) return std::nullopt;
  double seconds = -1;
  if (value->is_number()) {
    seconds = value->to_number<double>();
  } else if (value->is_string()) {
    const std::string_view text(value->get_string());
    std::int64_t whole = -1;
    const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), whole);
    if (fault == std::errc() && end == text.data() + text.size()) seconds = static_cast<double>(whole);
  }
  if (!(seconds > 0 && seconds < 1e9)) return std::nullopt;
  return std::chrono::seconds(static_cast<std::int64_t>(std::ceil(seconds)));
}

Result<TokenRequest> form_request(std::string_view url, const TokenClient& client, const FormPairs& pairs) {
  const auto target = parse_target_url(url);
  // Threat: the refresh token and the client's secret, read on the way.
  if (!target || !(target->origin.secure() || target->origin.loopback())) return error("the endpoint is no https URL");
  TokenRequest out;
  out.url = target->text();
  out.fields.push_back({"Content-Type", Secret("application/x-www-form-urlencoded")});
  out.fields.push_back({"Accept", Secret("application/json")});
  std::string body;
  for (const auto& [name, value] : pairs) {
    if (!value.empty()) http::append_form_pair(body, name, value);
  }
  const auto secret = client.client_secret.reveal(RevealSecret{});
  switch (client.authentication) {
    case ClientAuthentication::Basic:
      out.fields.push_back(
          {"Authorization", Secret("Basic " + base64_encode(form_encoded(client.client_id) + ':' + form_encoded(secret)))});
      break;
    case ClientAuthentication::Post:
      http::append_form_pair(body, "client_id", client.client_id);
      http::append_form_pair(body, "client_secret", secret);
      break;
    case ClientAuthentication::None: http::append_form_pair(body, "client_id", client.client_id); break;
  }
  out.body = Secret(std::move(body));
  return out;
}

Result<TokenRequest> refresh_request(const TokenClient& client, const Token& token) {
  if (token.refresh.empty()) return error("there is no refresh token");
  return form_request(client.token_endpoint, client,
                      {{"grant_type", "refresh_token"}, {"refresh_token", token.refresh.reveal(RevealSecret{})}, {"scope", client.scope}});
}

namespace {

// As it is, or as the form had it.
bool quotes_secret(std::string_view text, const Secret& secret) {
  if (secret.empty()) return false;
  const Secret encoded(form_encoded(secret.reveal(RevealSecret{})));
  return text.find(secret.reveal(RevealSecret{})) != std::string_view::npos || text.find(encoded.reveal(RevealSecret{})) != std::string_view::npos;
}

}  // namespace

std::optional<TokenError> read_token_error(std::string_view body, SentSecrets sent) {
  const auto object = read_object(body);
  const auto code = object ? string_member(*object, "error") : std::nullopt;
  if (!code || code->empty()) return std::nullopt;
  TokenError out{printable(*code, 60), {}};
  const std::string_view description = string_member(*object, "error_description").value_or("");
  // Threat: a server that quotes what it refuses, the token or the client's secret, into our logs.
  const auto quotes = [&](std::string_view text) { return std::ranges::any_of(sent, [&](const Secret& secret) { return quotes_secret(text, secret); }); };
  if (quotes(*code)) return TokenError{"an error that quotes the secret", {}};
  if (!quotes(description)) out.description = printable(description, 200);
  return out;
}

bool is_out_of_order(int status) { return status == 408 || status == 429 || status >= 500; }

RefreshOutcome read_token_answer(const TokenAnswer& answer, SentSecrets sent) {
  if (is_out_of_order(answer.status)) return failure(Kind::TryLater, fmt::format("status {}", answer.status));
  // Threat: a redirect that takes the refresh token to another host (RFC 9700 section 4.12).
  if (answer.status >= 300 && answer.status < 400)
    return failure(Kind::Misconfigured, "the token endpoint redirects, which is not followed");
  if (const auto error = read_token_error(answer.body, sent)) return of_error(*error);  // with status 200 too, as some send it
  if (answer.status != 200) return failure(Kind::Misconfigured, fmt::format("status {}", answer.status));
  const auto object = read_object(answer.body);
  // A page of a network's login, say. The endpoint has not spoken: the refresh token is kept.
  if (!object) return failure(Kind::TryLater, "the answer is no JSON object");
  return of_token(*object, answer.now);
}

}  // namespace quivive::client
