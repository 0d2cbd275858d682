// What kind of answer a response is: a refusal may come as a redirect to a login page, or with status 200.

#include "base/json.h"
#include "base/text.h"
#include "diagnose/facts.h"
#include "diagnose/text.h"
#include "http/query.h"

#include <algorithm>
#include <array>

namespace quivive::diagnose {
namespace {

// Codes by which APIs say in a 200 that nobody is signed in (Slack, GraphQL, JSON-RPC).
constexpr auto kErrorWords = std::to_array<std::string_view>({"invalid_auth",
                                                              "not_authed",
                                                              "token_expired",
                                                              "token_revoked",
                                                              "account_inactive",
                                                              "missing_scope",
                                                              "not_allowed_token_type",
                                                              "unauthenticated",
                                                              "unauthorized",
                                                              "unauthorised",
                                                              "not_authenticated",
                                                              "not authenticated",
                                                              "not authorized",
                                                              "authentication_error",
                                                              "authenticationerror",
                                                              "invalid_token",
                                                              "auth_not_authenticated",
                                                              "access_denied",
                                                              "invalid api key",
                                                              "invalid_api_key",
                                                              "session expired",
                                                              "invalid-jwt",
                                                              "jwt expired"});

bool says_error(const Json* value) {
  return value != nullptr && value->is_string() && contains_any(to_lower(std::string_view(value->get_string())), kErrorWords);
}

bool is_401(const Json* value) {
  if (value == nullptr) return false;
  if (value->is_string()) return value->get_string() == "401";
  return value->is_number() && value->to_number<double>() == 401;
}

bool is_error_object(const JsonObject& object) {
  for (const std::string_view name : {"code", "message", "type", "status", "error", "errorCode", "reason"}) {
    if (says_error(member(object, name))) return true;
  }
  if (const Json* extensions = member(object, "extensions"); extensions != nullptr && extensions->is_object()) {
    if (says_error(member(extensions->get_object(), "code")) || is_401(member(extensions->get_object(), "status"))) return true;
  }
  return is_401(member(object, "code")) || is_401(member(object, "status")) || is_401(member(object, "statusCode"));
}

bool is_error_body(const Json& body) {
  const JsonObject* object = body.if_object();
  if (object == nullptr) return false;
  const Json* error = member(*object, "error");
  const Json* ok = member(*object, "ok");
  if (ok != nullptr && ok->is_bool() && !ok->get_bool() && says_error(error)) return true;
  if (error != nullptr && error->is_object() && is_error_object(error->get_object())) return true;
  if (says_error(error)) return true;
  if (const Json* errors = member(*object, "errors"); errors != nullptr && errors->is_array()) {
    for (const Json& one : errors->get_array()) {
      if (one.is_object() && is_error_object(one.get_object())) return true;
    }
  }
  const Json* success = member(*object, "success");
  const bool failed = success != nullptr && success->is_bool() && !success->get_bool();
  return is_401(member(*object, "statusCode")) || is_401(member(*object, "status")) || is_401(member(*object, "code")) ||
         (failed && is_error_object(*object));
}

// Where a login page leads back to: rd, redirect_uri, return_to, …
bool is_return_name(std::string_view name) {
  std::string text;
  for (const char c : name) {
    if (c != '_' && c != '-') text += ascii_lower(c);
  }
  static constexpr auto kNames = std::to_array<std::string_view>(
      {"rd",        "redirect",    "redirecturi", "redirecturl", "redirectto", "return",   "returnto",    "returnurl",
       "returnuri", "next",        "goto",        "target",      "targeturl",  "continue", "continueurl", "service",
       "url",       "originalurl", "callbackurl", "ru",          "rurl",       "backurl",  "dest",        "destination"});
  return std::find(kNames.begin(), kNames.end(), text) != kNames.end();
}

// A redirect to another host that is told where to send the browser back to: a login, wherever it may be. Not a consent page.
bool asks_to_come_back(const Url& target, const Url& requested) {
  if (target.host.empty() || requested.host.empty() || target.host == requested.host || target.host.starts_with("consent.")) return false;
  http::QueryReader reader(target.query);
  http::QueryPair pair;
  while (reader.next(pair)) {
    if (!is_return_name(http::form_decode(pair.name))) continue;
    const Url back = parse_url(http::form_decode(pair.value));
    if (back.host == requested.host && back.path == requested.path) return true;
  }
  return false;
}

// What ends a session leads to the login page as a matter of course.
bool is_logout_url(const Url& url) {
  std::string_view path = url.path;
  while (path.ends_with('/')) path.remove_suffix(1);
  std::string last;
  for (const char c : path.substr(path.rfind('/') == std::string_view::npos ? 0 : path.rfind('/') + 1)) {
    if (c != '_' && c != '-') last += ascii_lower(c);
  }
  static constexpr auto kNames = std::to_array<std::string_view>({"logout", "logoff", "signout", "signoff", "endsession"});
  return std::any_of(kNames.begin(), kNames.end(),
                     [&](std::string_view name) { return last == name || last.starts_with(std::string(name) + '.'); });
}

bool asks_for_data(const Exchange& exchange) {
  if (exchange.resource_type == "xhr" || exchange.resource_type == "fetch") return true;
  if (!exchange.request) return false;
  const std::string accept = to_lower(exchange.request->headers.value("accept"));
  if (accept.find("json") != std::string::npos && accept.find("text/html") == std::string::npos) return true;
  const std::string path = to_lower(exchange.request->url.path);
  return accept.find("text/html") == std::string::npos &&
         (path.starts_with("/api") || path.find("/api/") != std::string::npos || path.find("/v1/") != std::string::npos ||
          path.find("/graphql") != std::string::npos);
}

bool is_login_page(const Exchange& exchange, const Response& response) {
  const std::string body = to_lower(response.body);
  if (!asks_for_data(exchange)) return false;
  const bool html = response.headers.value("content-type").find("html") != std::string_view::npos ||
                    body.find("<html") != std::string::npos || body.find("<!doctype") != std::string::npos;
  if (!html) return false;
  static constexpr auto kFields =
      std::to_array<std::string_view>({"type=\"password\"", "type='password'", "type=password", "name=\"samlrequest\"", "kc-form-login"});
  return contains_any(body, kFields);
}

}  // namespace

Answer classify_answer(const Exchange& exchange, const std::optional<Json>& body_json) {
  if (!exchange.response || exchange.response->status == 0) return Answer::None;
  const Response& response = *exchange.response;
  switch (response.status) {
    case 400:
    case 401:
    case 403:
    case 404:
    case 407:
    case 413:
    case 429:
    case 431: return Answer::Refused;
    case 301:
    case 302:
    case 303:
    case 307:
    case 308: {
      const std::string_view location = response.headers.value("location");
      if (location.empty()) return Answer::Accepted;
      const Url base = exchange.request ? exchange.request->url : Url{};
      const Url target = resolve(base, location);
      const bool expected = exchange.request && (looks_like_login_url(base) || is_logout_url(base));
      return !expected && (looks_like_login_url(target) || asks_to_come_back(target, base)) ? Answer::LoginPage : Answer::Accepted;
    }
    default: break;
  }
  if (response.status / 100 != 2) return Answer::Accepted;
  if (response.headers.value("grpc-status") == "16") return Answer::ErrorBody;  // UNAUTHENTICATED
  if (body_json && is_error_body(*body_json)) return Answer::ErrorBody;
  return is_login_page(exchange, response) ? Answer::LoginPage : Answer::Accepted;
}

}  // namespace quivive::diagnose
