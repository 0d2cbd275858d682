#pragma once
// Parameters of a request to an OAuth endpoint (RFC 6749 sections 3.1 and 3.2): none twice, an empty one is none.

#include "http/form.h"
#include "issuer/oauth_error.h"

#include <optional>
#include <span>
#include <string_view>

namespace quivive::issuer {

// Owns the decoded text; what find() gives lives as long.
class Parameters {
 public:
  // Of a POST's body. Refused: another content type, what http::Form refuses, and any of `names` twice.
  [[nodiscard]] static Result<Parameters, Refusal> of_body(std::string_view content_type, std::string_view body, std::span<const std::string_view> names);
  [[nodiscard]] static Result<Parameters, Refusal> of_query(std::string_view query, std::span<const std::string_view> names);

  // "" where it is absent. Requires one of the names that were checked.
  [[nodiscard]] std::string_view find(std::string_view name) const { return form_.find(name).value; }

 private:
  explicit Parameters(http::Form form) : form_(std::move(form)) {}
  [[nodiscard]] static Result<Parameters, Refusal> checked(std::string_view text, std::span<const std::string_view> names);
  http::Form form_;
};

}  // namespace quivive::issuer
