#include "http/credentials.h"

#include "base/text.h"
#include "http/auth_reader.h"
#include "http/grammar.h"

#include <algorithm>

namespace quivive::http {
namespace {

// Whether a list element is `token BWS "=" …`, the form of a parameter.
bool is_param(std::string_view element) {
  if (take_token(element).empty()) return false;
  skip_ows(element);
  return element.starts_with('=');
}

}  // namespace

SplitCredentials split_credentials(std::string_view value) {
  std::string_view rest = value;
  const std::string_view scheme = take_token(rest);
  if (scheme.empty() || (!rest.empty() && rest.front() != ' ')) return {{}, value};
  while (!rest.empty() && rest.front() == ' ') rest.remove_prefix(1);
  while (!rest.empty() && rest.back() == ' ') rest.remove_suffix(1);
  return {scheme, rest};
}

bool holds_several_credentials(std::string_view value) {
  if (value.find(',') == std::string_view::npos) return false;
  std::string_view rest = split_credentials(value).rest;
  bool first = true;
  bool first_is_param = false;
  while (const auto element = take_list_element(rest)) {
    const bool param = is_param(*element);
    // Whatever is no parameter is a credential, and so is a "parameter" behind a token68 (`Basic YQ==, x=1`).
    if (!first && (!param || !first_is_param)) return true;
    if (first) first_is_param = param && !is_token68(*element);
    first = false;
  }
  return false;
}

const std::string* ParsedCredentials::param(std::string_view name) const {
  const auto found = std::find_if(params.begin(), params.end(), [&](const AuthParam& p) { return iequals(p.name, name); });
  return found == params.end() ? nullptr : &found->value;
}

ParsedCredentials parse_credentials(std::string_view value) {
  detail::AuthReader reader(detail::AuthReader::Kind::Credentials);
  reader.read_line(value);
  ParsedCredentials out;
  out.problems = std::move(reader.problems);
  if (reader.challenges.empty()) {
    if (out.problems.empty()) out.problems.push_back({SyntaxFault::MissingScheme, 0, 0, "the field is empty"});
    return out;
  }
  if (reader.challenges.size() > 1) {
    out.problems.push_back({SyntaxFault::SecondCredential, 0, reader.challenges[1].offset, "a second credential in the same field"});
  }
  Challenge& first = reader.challenges.front();
  out.scheme = std::move(first.scheme);
  out.token68 = std::move(first.token68);
  out.params = std::move(first.params);
  return out;
}

}  // namespace quivive::http
