#include "issuer/exchange.h"

#include "http/field_line.h"

#include <fmt/format.h>

namespace quivive::issuer {

Answer json_answer(const JsonObject& body) {
  Answer out;
  out.body = to_json(body);
  return out;
}

Answer refused(const Refusal& refusal, std::string_view realm) {
  Answer out = json_answer({{"error", info(refusal.error).code}, {"error_description", refusal.description}});
  out.status = info(refusal.error).status;
  out.refusal = fmt::format("{}: {}", info(refusal.error).code, refusal.detail.empty() ? refusal.description : refusal.detail);
  out.broken = refusal.error == OAuthError::ServerError;
  // RFC 9110 section 15.5.2: a 401 without a challenge is none.
  if (out.status == 401) http::add_field_line(out.fields, "WWW-Authenticate", fmt::format("Basic realm=\"{}\", charset=\"UTF-8\"", realm));
  return out;
}

}  // namespace quivive::issuer
