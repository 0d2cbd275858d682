#include "diagnose/readers/json_kind.h"

#include <string>
#include <vector>

namespace quivive::diagnose::readers {
namespace {

// Members of the outermost object ("log") and of the objects in it ("log/entries"), without a parser: the text ends anywhere.
std::vector<std::string> outer_members(std::string_view head) {
  constexpr std::size_t kMost = 200;
  std::vector<std::string> found;
  std::string parent, last;
  int depth = 0;
  for (std::size_t i = 0; i < head.size() && found.size() < kMost; ++i) {
    const char c = head[i];
    if (c == '{' || c == '[') {
      ++depth;
    } else if (c == '}' || c == ']') {
      --depth;
    } else if (c == '"') {
      const std::size_t begin = ++i;
      while (i < head.size() && head[i] != '"') i += head[i] == '\\' ? 2 : 1;
      if (depth <= 2 && i < head.size()) last = head.substr(begin, i - begin);
    } else if (c == ':' && depth == 1) {
      parent = last;
      found.push_back(last);
    } else if (c == ':' && depth == 2) {
      found.push_back(parent + '/' + last);
    }
  }
  return found;
}

}  // namespace

JsonKind json_kind(std::string_view head) {
  const std::vector<std::string> members = outer_members(head);
  const auto has = [&](std::string_view name) {
    for (const std::string& member : members) {
      if (member == name) return true;
    }
    return false;
  };
  if (has("log/version") || has("log/creator") || has("log/entries") || has("log/pages") || has("log/browser")) return {Format::Har, {}};
  if (has("info/_postman_id") || has("info/schema") || (has("info") && has("item")) || has("collection/info") || has("collection/item"))
    return {Format::Postman, {}};
  if (has("access_token") || has("id_token"))
    return {std::nullopt, "JSON with tokens, as an authorization server answers; give the one token in question"};
  if (has("keys")) return {std::nullopt, "a JSON Web Key set; give it with --jwks beside the request or token in question"};
  if (has("openapi") || has("swagger")) return {std::nullopt, "an OpenAPI description, which holds no request"};
  if (has("values") && (has("_postman_variable_scope") || has("name")))
    return {std::nullopt, "a Postman environment; give the collection, and this with --postman-environment"};
  if (has("error") || has("message") || has("errors") || has("detail"))
    return {std::nullopt, "the body of a response; its head is needed too: curl -i or -v shows both"};
  return {};
}

}  // namespace quivive::diagnose::readers
