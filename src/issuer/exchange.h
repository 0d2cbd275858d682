#pragma once
// A request to one of the token service's endpoints, and the answer, free of I/O.

#include "base/clock.h"
#include "base/json.h"
#include "http/request.h"
#include "issuer/oauth_error.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace quivive::issuer {

// Borrows: everything outlives the call.
struct Request {
  http::RequestView head;
  std::string_view query;  // of the target, as sent
  std::string_view body;   // whole
  Instant now;
};

struct Answer {
  std::uint16_t status = 200;
  std::string_view content_type = "application/json";  // static text; "" for no body
  std::string_view cache_control = "no-store";  // static text. RFC 6749 section 5.1: what holds a token is kept by no cache
  std::string fields;  // whole lines besides: WWW-Authenticate
  std::string body;
  // For the log:
  std::string client;   // the client_id, once it is known to be one
  std::string subject;  // whom a token was issued for
  std::string refusal;  // "invalid_grant: the code was used before"; "" where nothing was refused
  bool broken = false;  // it was us: the store cannot be used
};

[[nodiscard]] Answer json_answer(const JsonObject& body);
// RFC 6749 section 5.2. `realm` goes into the challenge that every 401 carries; the issuer's URL.
[[nodiscard]] Answer refused(const Refusal& refusal, std::string_view realm);

}  // namespace quivive::issuer
