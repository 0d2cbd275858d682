#include "auth/client_text.h"

namespace quivive::auth {

ClientText client_text(const RoutePolicy* policy, Reason reason) {
  const ReasonInfo& row = info(reason);
  if (reason != Reason::CredentialsMissing || policy == nullptr || policy->accepts(Scheme::Bearer))
    return {row.error, row.description};
  if (policy->accepts_only(Scheme::ApiKey))
    return {"Missing API key", "This resource needs an API key and the request has none"};
  if (policy->accepts_only(Scheme::Basic)) {
    return {"Missing user name and password",
            "This resource needs a user name and a password and the request has none"};
  }
  return {"Missing credentials", row.description};
}

}  // namespace quivive::auth
