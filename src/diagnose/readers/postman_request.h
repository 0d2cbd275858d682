#pragma once
// Requests and saved responses of a Postman collection, as they would be sent and were received.

#include "base/json.h"
#include "diagnose/exchange.h"
#include "diagnose/readers/postman_variables.h"

#include <cstddef>

namespace quivive::diagnose::postman {

// A `request` member: a URL, or an object with method, url, header and body. Auth helpers are not applied.
[[nodiscard]] Request read_request(const Json& json, std::size_t exchange, Variables& variables);

// A saved response, or the one of a run report, whose body is a buffer of bytes.
[[nodiscard]] Response read_response(const JsonObject& json);

}  // namespace quivive::diagnose::postman
