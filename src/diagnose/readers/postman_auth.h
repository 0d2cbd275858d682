#pragma once
// Postman's auth helpers: what they add to a request when it is sent.

#include "base/json.h"
#include "diagnose/capture.h"
#include "diagnose/readers/postman_variables.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace quivive::diagnose::postman {

struct Auth {
  std::string type;                 // "" where none was named
  std::vector<HeaderField> params;  // as written

  // "" where it is absent.
  [[nodiscard]] std::string_view param(std::string_view name) const;
};

// An `auth` member: v2.1 lists {key, value}, v2.0 has an object. Nothing for null or where there is none: inherited.
[[nodiscard]] std::optional<Auth> read_auth(const JsonObject& owner);

// Puts into `request` what the helper sends: bearer, basic, apikey, oauth2. The others answer a challenge or sign what is not
// here, and are declared only.
[[nodiscard]] DeclaredAuth apply_auth(const Auth& auth, std::size_t exchange, Variables& variables, Exchange& out);

}  // namespace quivive::diagnose::postman
