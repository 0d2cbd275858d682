#include "issuer/oauth_error.h"

#include <stdexcept>

namespace quivive::issuer {

const OAuthErrorInfo& info(OAuthError error) {
  static constexpr OAuthErrorInfo kErrors[] = {
#define QUIVIVE_OAUTH_ERROR(name, code, status, source) {code, status},
#include "issuer/oauth_errors.def"
#undef QUIVIVE_OAUTH_ERROR
  };
  return kErrors[static_cast<std::size_t>(error)];
}

void throw_exception_from_error(const Refusal& refusal, const boost::source_location&) {
  throw std::logic_error("value() of a refused request: " + refusal.description);
}

Refusal broken(std::string_view why) { return {OAuthError::ServerError, std::string(why)}; }
Refusal store_failed() { return broken("the store cannot be used"); }

}  // namespace quivive::issuer
