#pragma once
// A whole call against a server that follows a script, as one line: "GET https://a.test/ Bearer old > refresh old > GET https://a.test/ Bearer new > answered".

#include "client/call.h"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace quivive::client {

inline constexpr Instant kNow = from_unix_seconds(1'800'000'000);

inline Origin at(std::string_view url) { return origin_of(url).value(); }
inline Credential bearer(std::string_view url, std::string access, std::string refresh = "") {
  Bearer out{{Secret(std::move(access)), Secret(refresh)}, std::nullopt};
  if (!refresh.empty()) out.client = TokenClient{.token_endpoint = "https://login.test/token", .client_id = "app"};
  return {at(url), std::move(out)};
}
inline Credential password(std::string_view url, PasswordUse use, std::string user = "ann") { return {at(url), Password{std::move(user), Secret("pass"), use}}; }
inline Credential key(std::string_view url, std::string field = "X-API-Key") { return {at(url), ApiKey{std::move(field), Secret("k1")}}; }
inline Credential jar(std::string_view url) { return {at(url), CookieJar{}}; }

// What a server says, one a request; the last again and again: "STATUS[ VALUE][ ;; Name: value]…". VALUE is of WWW-Authenticate with 401 and 403, of Location with
// 3xx, of Retry-After with 429 and 503. "!" is a failure of the transport.
using Script = std::vector<std::string>;
// What a token endpoint says: an access token, or "!sign-in", "!later", "!refused".
using Endpoint = std::vector<std::string>;

class Conversation {
 public:
  CallRequest request;
  CallRules rules;
  Credentials credentials;
  ClientMemory memory;
  FixedRandom random;
  Instant now = kNow;
  // Of the last run.
  Finish finish;
  std::vector<Send> sends;

  Conversation(std::string url, Credentials held) : credentials(std::move(held)) { request.url = std::move(url); }
  std::string run(const Script& script, const Endpoint& endpoint = {});
};

}  // namespace quivive::client
