#include "gateway/cross_origin.h"

#include "http/fetch_metadata.h"

#include <algorithm>

namespace quivive::gateway {

std::string_view allowed_origin(const Route& route, const http::RequestView& view) {
  if (route.cors_origins.empty()) return {};
  const std::string_view origin = view.value(http::FieldId::Origin);
  if (origin.empty()) return {};
  for (const std::string& allowed : route.cors_origins) {
    if (allowed == "*" || allowed == origin) return allowed;
  }
  return {};
}

// A preflight is answered by the route that the request it asks about would take, and by no other. Threat: a route whose CORS says nothing,
// and to which scripts of an origin could send what browsers would have refused them, since the route of OPTIONS knows that origin.
const Route* route_of_preflight(const Deployment& deployment, const PipelineInput& input) {
  if (input.head.method != "OPTIONS") return nullptr;
  const http::RequestView view = input.head.view();
  const std::string_view method = view.value(http::FieldId::AccessControlRequestMethod);
  if (method.empty()) return nullptr;
  const auth::Router::Route* match = deployment.router->match(method, input.head.host, input.target.policy_path);
  if (match == nullptr) return nullptr;
  const Route& route = deployment.routes[match->index];
  const bool ambiguous = (input.target.has_encoded_slash && !route.pass_encoded_slash) || parameters_decide(deployment, method, input, match);
  return ambiguous || allowed_origin(route, view).empty() ? nullptr : &route;
}

// Threat: a page of another site that makes the browser send a request with the session's cookie (CSRF, and for a WebSocket what the
// same-origin policy does not stop). Pages that the route's CORS names may, all of the world (`*`) may not.
bool is_cross_site(const Route& route, const http::RequestHead& head) {
  const http::RequestView view = head.view();
  if (http::is_safe_method(view.method) && view.find(http::FieldId::Upgrade) == nullptr) return false;
  if (http::request_site(view, head.host) != http::Site::Cross) return false;
  const auto& origins = route.cors_origins;
  const std::string_view origin = view.value(http::FieldId::Origin);
  return origin.empty() || origin == "*" || std::ranges::find(origins, origin) == origins.end();
}

}  // namespace quivive::gateway
