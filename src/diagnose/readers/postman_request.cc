#include "diagnose/readers/postman_request.h"

#include "base/text.h"
#include "diagnose/readers/body_text.h"
#include "diagnose/readers/postman_json.h"
#include "diagnose/readers/postman_url.h"

#include <charconv>
#include <functional>
#include <tuple>
#include <utility>

namespace quivive::diagnose::postman {
namespace {

constexpr std::size_t kMaxFields = 1024;
constexpr std::string_view kBoundary = "quivive-form-boundary";

using OnField = std::function<void(std::string name, std::string value, bool disabled)>;

// A `header` member: rows, or lines in one string.
void each_header(const Json* json, const OnField& on_field) {
  if (json == nullptr) return;
  const auto line = [&](std::string_view text) {
    const std::size_t colon = text.find(':');
    if (text.ends_with('\r')) text.remove_suffix(1);
    if (colon == std::string_view::npos || colon == 0) return;
    std::string_view value = text.substr(colon + 1);
    if (value.starts_with(' ')) value.remove_prefix(1);
    on_field(std::string(text.substr(0, colon)), std::string(value), text.starts_with("//"));
  };
  if (const JsonArray* rows = json->if_array()) {
    std::size_t count = 0;
    for (const Json& row : *rows) {
      if (++count > kMaxFields) break;
      if (row.is_string()) line(text_of(&row));
      if (const JsonObject* field = row.if_object())
        on_field(text_member(*field, "key"), text_member(*field, "value"), is_true(*field, "disabled"));
    }
    return;
  }
  const std::string block = text_of(json);
  std::size_t count = 0;
  for (std::string_view rest = block; !rest.empty() && count < kMaxFields; ++count) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    line(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
}

struct Body {
  std::string text, type;
};

std::string_view type_of_language(std::string_view language) {
  if (language == "json") return "application/json";
  if (language == "xml") return "application/xml";
  if (language == "html") return "text/html";
  if (language == "javascript") return "application/javascript";
  return language == "text" ? "text/plain" : "";
}

class BodyReader {
 public:
  BodyReader(std::size_t exchange, Variables& variables) : place_{exchange, "request.body", {}}, variables_(variables) {}

  Body read(const JsonObject& body) {
    const std::string mode = text_member(body, "mode");
    if (is_true(body, "disabled")) return {};
    if (mode == "raw") return raw(body);
    if (mode == "urlencoded") return form(body);
    if (mode == "formdata") return multipart(body);
    if (mode == "graphql") return graphql(body);
    return {};
  }

 private:
  // Long bodies are cut before variables are looked for, which then costs no more than what is kept.
  std::string resolved(std::string_view text, std::string_view name = {}) {
    place_.name = name;
    return variables_.resolve(text.substr(0, kMaxBodyKept + 1), place_);
  }

  Body raw(const JsonObject& body) {
    const JsonObject* options = object_member(body, "options");
    const JsonObject* raw_options = options == nullptr ? nullptr : object_member(*options, "raw");
    const std::string language = raw_options == nullptr ? std::string() : text_member(*raw_options, "language");
    return {resolved(text_member(body, "raw")), std::string(type_of_language(language))};
  }

  // The rows that are sent.
  void each_row(const JsonObject& body, std::string_view mode, const std::function<void(const JsonObject&, const std::string&)>& on_row) {
    const JsonArray* rows = array_member(body, mode);
    if (rows == nullptr) return;
    std::size_t count = 0;
    for (const Json& json : *rows) {
      const JsonObject* row = json.if_object();
      if (row == nullptr || ++count > kMaxFields) continue;
      const std::string name = resolved(text_member(*row, "key"));
      if (is_true(*row, "disabled")) {
        variables_.remark(SourceRemark::Kind::DisabledItem, place_, name);
      } else {
        on_row(*row, name);
      }
    }
  }

  Body form(const JsonObject& body) {
    Body out{{}, "application/x-www-form-urlencoded"};
    if (const Json* text = member(body, "urlencoded"); text != nullptr && text->is_string()) {
      out.text = resolved(text_of(text));
      return out;
    }
    each_row(body, "urlencoded", [&](const JsonObject& row, const std::string& name) {
      if (out.text.size() > kMaxBodyKept) return;
      if (!out.text.empty()) out.text += '&';
      append_form_encoded(out.text, name);
      out.text += '=';
      append_form_encoded(out.text, resolved(text_member(row, "value"), name));
    });
    return out;
  }

  Body multipart(const JsonObject& body) {
    Body out{{}, fmt::format("multipart/form-data; boundary={}", kBoundary)};
    each_row(body, "formdata", [&](const JsonObject& row, const std::string& name) {
      if (out.text.size() > kMaxBodyKept) return;
      out.text += fmt::format("--{}\r\nContent-Disposition: form-data; name=\"{}\"\r\n\r\n", kBoundary, name);
      if (text_member(row, "type") != "file") out.text += resolved(text_member(row, "value"), name);
      out.text += "\r\n";
    });
    out.text += fmt::format("--{}--\r\n", kBoundary);
    return out;
  }

  Body graphql(const JsonObject& body) {
    const JsonObject* graphql = object_member(body, "graphql");
    if (graphql == nullptr) return {};
    const std::string variables = resolved(text_member(*graphql, "variables"));
    return {fmt::format("{{\"query\":{},\"variables\":{}}}", json_quote(resolved(text_member(*graphql, "query"))),
                        variables.empty() ? "{}" : variables),
            "application/json"};
  }

  Place place_;
  Variables& variables_;
};

}  // namespace

Request read_request(const Json& json, std::size_t exchange, Variables& variables) {
  Request request;
  request.method = "GET";
  const JsonObject* object = json.if_object();
  if (object == nullptr) {
    request.url = read_url(&json, exchange, variables);
    return request;
  }
  if (const std::string method = text_member(*object, "method"); !method.empty())
    request.method = variables.resolve(method, {exchange, "request.line", {}});
  request.url = read_url(member(*object, "url"), exchange, variables);
  each_header(member(*object, "header"), [&](std::string name, std::string value, bool disabled) {
    const Place place{exchange, "request.header", name};
    if (disabled) return variables.remark(SourceRemark::Kind::DisabledItem, place, name);
    if (!name.empty()) request.headers.add(variables.resolve(name, place), variables.resolve(value, place));
  });
  if (const JsonObject* body = object_member(*object, "body")) {
    Body read = BodyReader(exchange, variables).read(*body);
    std::tie(request.body, request.body_cut) = kept_body(read.text, false);
    if (!read.text.empty() && !read.type.empty() && !request.headers.has("content-type"))
      request.headers.add("Content-Type", std::move(read.type));
  }
  return request;
}

Response read_response(const JsonObject& json) {
  Response response;
  const std::string code = text_member(json, "code");
  std::from_chars(code.data(), code.data() + code.size(), response.status);
  response.reason = text_member(json, "status");
  each_header(member(json, "header"), [&](std::string name, std::string value, bool) {
    if (!name.empty()) response.headers.add(std::move(name), std::move(value));
  });
  if (const JsonObject* stream = object_member(json, "stream")) {
    std::string bytes;
    if (const JsonArray* data = array_member(*stream, "data")) {
      for (const Json& byte : *data) {
        if (bytes.size() > kMaxBodyKept) break;
        if (byte.is_int64()) bytes.push_back(static_cast<char>(byte.get_int64() & 0xff));
      }
    }
    std::tie(response.body, response.body_cut) = kept_body(bytes, false);
  } else {
    std::tie(response.body, response.body_cut) = kept_body(text_member(json, "body"), false);
  }
  return response;
}

}  // namespace quivive::diagnose::postman
