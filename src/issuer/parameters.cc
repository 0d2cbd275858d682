#include "issuer/parameters.h"

#include "base/control_characters.h"

#include <fmt/format.h>

namespace quivive::issuer {

Result<Parameters, Refusal> Parameters::checked(std::string_view text, std::span<const std::string_view> names) {
  auto form = http::Form::parse(text);
  if (!form) return Refusal{OAuthError::InvalidRequest, fmt::format("the parameters cannot be read: {}", form.error().detail)};
  for (const std::string_view name : names) {
    const auto match = form->find(name);
    // Threat: two readers of a request that see two different clients, scopes or redirect URIs in it.
    if (match.count > 1) return Refusal{OAuthError::InvalidRequest, fmt::format("{} is there more than once", name)};
    if (has_control(match.value)) return Refusal{OAuthError::InvalidRequest, fmt::format("{} holds a control character", name)};
  }
  return Parameters(std::move(*form));
}

Result<Parameters, Refusal> Parameters::of_body(std::string_view content_type, std::string_view body, std::span<const std::string_view> names) {
  if (!http::is_form_content_type(content_type)) {
    return Refusal{OAuthError::InvalidRequest, "the body has to be application/x-www-form-urlencoded"};
  }
  return checked(body, names);
}

Result<Parameters, Refusal> Parameters::of_query(std::string_view query, std::span<const std::string_view> names) { return checked(query, names); }

}  // namespace quivive::issuer
