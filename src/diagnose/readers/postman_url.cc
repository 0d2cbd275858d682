#include "diagnose/readers/postman_url.h"

#include "diagnose/readers/postman_json.h"
#include "http/grammar.h"

#include <algorithm>
#include <optional>
#include <string>

namespace quivive::diagnose::postman {
namespace {

// "a.b.c" from ["a", "b", "c"], or the string that it is already. Segments may be {"value": …}.
std::string joined(const Json* json, char separator) {
  if (json == nullptr) return {};
  const JsonArray* parts = json->if_array();
  if (parts == nullptr) return text_of(json);
  std::string out;
  for (const Json& part : *parts) {
    if (&part != &parts->front()) out += separator;
    const JsonObject* object = part.if_object();
    out += object == nullptr ? text_of(&part) : text_member(*object, "value");
  }
  return out;
}

std::optional<std::string> path_variable(const JsonObject* url, std::string_view name) {
  const JsonArray* rows = url == nullptr ? nullptr : array_member(*url, "variable");
  if (rows == nullptr) return std::nullopt;
  for (const Json& json : *rows) {
    const JsonObject* row = json.if_object();
    if (row != nullptr && !is_true(*row, "disabled") && (text_member(*row, "key") == name || text_member(*row, "id") == name))
      return text_member(*row, "value");
  }
  return std::nullopt;
}

bool is_name(std::string_view text) {
  return !text.empty() && !http::is_digit(text.front()) && std::all_of(text.begin(), text.end(), [](char c) { return http::is_tchar(c); });
}

// Segments `:name` of the path replaced; those that nothing defines are sent as they stand.
std::string with_path_variables(std::string_view path, const JsonObject* url, const Place& place, Variables& variables) {
  std::string out;
  while (true) {
    const std::size_t end = std::min(path.find('/'), path.size());
    const std::string_view segment = path.substr(0, end);
    if (segment.starts_with(':') && is_name(segment.substr(1))) {
      const auto value = path_variable(url, segment.substr(1));
      if (!value) variables.remark(SourceRemark::Kind::Placeholder, place, std::string(segment));
      out += value ? *value : segment;
    } else {
      out += segment;
    }
    if (end == path.size()) return out;
    out += '/';
    path.remove_prefix(end + 1);
  }
}

std::string query_of(const JsonArray& rows, std::size_t exchange, Variables& variables) {
  std::string out;
  for (const Json& json : rows) {
    const JsonObject* row = json.if_object();
    if (row == nullptr || out.size() > kMaxResolved) continue;
    const std::string name = text_member(*row, "key");
    const Place place{exchange, "request.url", name};
    if (is_true(*row, "disabled")) {
      variables.remark(SourceRemark::Kind::DisabledItem, place, name);
      continue;
    }
    if (!out.empty()) out += '&';
    out += variables.resolve(name, place);
    if (const Json* value = member(*row, "value"); value != nullptr && !value->is_null())
      out += '=' + variables.resolve(text_of(value), place);
  }
  return out;
}

}  // namespace

Url read_url(const Json* json, std::size_t exchange, Variables& variables) {
  if (json == nullptr) return {};
  const Place place{exchange, "request.url", {}};
  const JsonObject* object = json->if_object();
  std::string head, path, query;
  bool has_query = false;
  const std::string host = object == nullptr ? std::string() : joined(member(*object, "host"), '.');
  if (!host.empty()) {
    if (const std::string protocol = text_member(*object, "protocol"); !protocol.empty()) head = protocol + "://";
    head += host;
    if (const std::string port = text_member(*object, "port"); !port.empty()) head += ':' + port;
    path = joined(member(*object, "path"), '/');
    if (!path.empty() && !path.starts_with('/')) path.insert(0, 1, '/');
  } else {
    std::string raw = object == nullptr ? text_of(json) : text_member(*object, "raw");
    raw.resize(std::min(raw.find('#'), raw.size()));
    const std::size_t mark = raw.find('?');
    has_query = mark != std::string::npos;
    if (has_query) query = variables.resolve(std::string_view(raw).substr(mark + 1), place);
    raw.resize(std::min(mark, raw.size()));
    const std::size_t authority = raw.find("://");
    const std::size_t slash = raw.find('/', authority == std::string::npos ? 0 : authority + 3);
    head = raw.substr(0, slash);
    if (slash != std::string::npos) path = raw.substr(slash);
  }
  const JsonArray* rows = object == nullptr ? nullptr : array_member(*object, "query");
  if (rows != nullptr) {
    query = query_of(*rows, exchange, variables);
    has_query = !query.empty();
  }
  path = with_path_variables(path, object, place, variables);
  const std::string text = variables.resolve(head, place) + variables.resolve(path, place);
  if (text.empty()) return {};
  Url url = parse_url(text, true);
  if (url.scheme.empty() && !text.starts_with("{{")) url.scheme = "http";
  if (has_query) {
    if (url.has_query && !url.query.empty()) query = url.query + '&' + query;
    url.query = query;
    url.has_query = true;
  }
  return url;
}

}  // namespace quivive::diagnose::postman
