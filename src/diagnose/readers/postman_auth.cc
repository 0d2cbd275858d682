#include "diagnose/readers/postman_auth.h"

#include "base/base64.h"
#include "base/text.h"
#include "diagnose/readers/body_text.h"
#include "diagnose/readers/postman_json.h"

#include <algorithm>
#include <utility>

namespace quivive::diagnose::postman {
namespace {

constexpr std::size_t kMaxParams = 64;

// Postman takes a field of that name out before it adds its own.
void set_header(Exchange& exchange, std::string name, std::string value) {
  Headers kept;
  bool replaced = false;
  for (const HeaderField& field : exchange.request->headers.all()) {
    if (iequals(trim_ows(field.name), name)) {
      replaced = true;
    } else {
      kept.add(field.name, field.value);
    }
  }
  if (replaced) exchange.remarks.push_back(fmt::format("the auth helper replaces the {} header of the request", printable(name, 60)));
  kept.add(std::move(name), std::move(value));
  exchange.request->headers = std::move(kept);
}

void add_to_query(Url& url, std::string_view name, std::string_view value) {
  if (url.has_query && !url.query.empty()) url.query += '&';
  append_form_encoded(url.query, name);
  url.query += '=';
  append_form_encoded(url.query, value);
  url.has_query = true;
}

// Where the helper's credential will stand, for remarks about its parameters.
Place place_of(const Auth& auth, std::size_t exchange) {
  if (auth.type == "apikey") {
    const bool query = auth.param("in") == "query";
    return {exchange, query ? "request.url" : "request.header", std::string(auth.param("key"))};
  }
  if (auth.type == "oauth2" && auth.param("addTokenTo") == "queryParams") return {exchange, "request.url", "access_token"};
  return {exchange, "request.header", "Authorization"};
}

// Of OAuth 2.0 only what is sent is of interest; the rest says how Postman would get a token.
bool is_sent(const Auth& auth, std::string_view param) {
  return auth.type != "oauth2" || param == "accessToken" || param == "headerPrefix" || param == "addTokenTo";
}

}  // namespace

std::string_view Auth::param(std::string_view name) const {
  const auto found = std::find_if(params.begin(), params.end(), [&](const HeaderField& param) { return param.name == name; });
  return found == params.end() ? std::string_view() : std::string_view(found->value);
}

std::optional<Auth> read_auth(const JsonObject& owner) {
  const JsonObject* object = object_member(owner, "auth");
  if (object == nullptr) return std::nullopt;
  Auth auth{.type = text_member(*object, "type"), .params = {}};
  const auto add = [&](std::string name, const Json* value) {
    if (auth.params.size() < kMaxParams) auth.params.push_back({std::move(name), text_of(value)});
  };
  if (const JsonArray* rows = array_member(*object, auth.type)) {
    for (const Json& row : *rows) {
      if (const JsonObject* pair = row.if_object()) add(text_member(*pair, "key"), member(*pair, "value"));
    }
  } else if (const JsonObject* members = object_member(*object, auth.type)) {
    for (const auto& [name, value] : *members) add(std::string(name), &value);
  }
  return auth;
}

DeclaredAuth apply_auth(const Auth& written, std::size_t exchange, Variables& variables, Exchange& out) {
  Auth auth = written;
  const Place place = place_of(auth, exchange);
  for (HeaderField& param : auth.params) {
    if (is_sent(auth, param.name)) param.value = variables.resolve(param.value, place);
  }
  Request& request = *out.request;
  if (auth.type == "bearer") {
    set_header(out, "Authorization", "Bearer " + std::string(auth.param("token")));
  } else if (auth.type == "basic") {
    set_header(out, "Authorization", "Basic " + base64_encode(fmt::format("{}:{}", auth.param("username"), auth.param("password"))));
  } else if (auth.type == "apikey") {
    const std::string key(auth.param("key"));
    if (auth.param("in") == "query") {
      if (!key.empty()) add_to_query(request.url, key, auth.param("value"));
    } else if (!key.empty()) {
      set_header(out, key, std::string(auth.param("value")));
    }
  } else if (auth.type == "oauth2") {
    // The token that Postman got is not exported; without one it adds nothing.
    const std::string_view token = auth.param("accessToken");
    const bool prefixed =
        std::any_of(auth.params.begin(), auth.params.end(), [](const HeaderField& param) { return param.name == "headerPrefix"; });
    const std::string_view prefix = prefixed ? trim_ows(auth.param("headerPrefix")) : "Bearer";
    if (!token.empty() && auth.param("addTokenTo") == "queryParams") {
      add_to_query(request.url, "access_token", token);
    } else if (!token.empty()) {
      set_header(out, "Authorization", (prefix.empty() ? std::string() : std::string(prefix) + ' ') + std::string(token));
    }
  }
  return {exchange, auth.type, std::move(auth.params)};
}

}  // namespace quivive::diagnose::postman
