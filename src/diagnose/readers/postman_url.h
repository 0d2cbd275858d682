#pragma once
// URLs of a Postman collection: a string, or an object of parts.

#include "base/json.h"
#include "diagnose/readers/postman_variables.h"
#include "diagnose/url.h"

#include <cstddef>

namespace quivive::diagnose::postman {

// As it is requested: enabled parameters only, path variables (`:id`) and variables replaced, http where no scheme was given.
[[nodiscard]] Url read_url(const Json* json, std::size_t exchange, Variables& variables);

}  // namespace quivive::diagnose::postman
