#include "agent/issuer_metadata.h"

#include "agent/token_endpoint.h"
#include "base/json.h"
#include "base/text.h"
#include "client/origin.h"

#include <algorithm>
#include <utility>

namespace quivive::agent {
namespace {

// Whether the array of that name holds `value`; true where there is no such array.
bool allows(const JsonObject& object, std::string_view name, std::string_view value) {
  const Json* list = member(object, name);
  if (list == nullptr || !list->is_array()) return true;
  const auto& items = list->get_array();
  return std::any_of(items.begin(), items.end(),
                     [&](const Json& item) { return item.is_string() && std::string_view(item.get_string()) == value; });
}

}  // namespace

std::vector<std::string> metadata_urls(std::string_view issuer) {
  const auto target = client::parse_target_url(issuer);
  if (!target || !target->query.empty() || issuer.find('#') != std::string_view::npos) return {};
  const std::string path = target->path == "/" ? "" : target->path;
  const std::string origin = target->origin.text();
  return {origin + "/.well-known/oauth-authorization-server" + path,
          origin + (path.ends_with('/') ? path.substr(0, path.size() - 1) : path) + "/.well-known/openid-configuration"};
}

Result<IssuerMetadata> read_metadata(std::string_view json, std::string_view issuer) {
  const auto parsed = parse_json(json, {.depth = 8, .bytes = kMaxKeptBody});
  const JsonObject* object = parsed ? parsed->if_object() : nullptr;
  if (object == nullptr) return error("no JSON object");
  IssuerMetadata out;
  out.issuer = std::string(string_member(*object, "issuer").value_or(""));
  // Threat: one issuer's metadata in another's name sends codes and secrets to the wrong endpoints (RFC 8414 section 6.2).
  if (out.issuer != issuer) return error("it is the metadata of '{}', not of '{}'", printable(out.issuer), printable(issuer));
  const std::pair<std::string_view, std::string*> endpoints[] = {{"token_endpoint", &out.token_endpoint},
                                                                 {"authorization_endpoint", &out.authorization_endpoint},
                                                                 {"device_authorization_endpoint", &out.device_authorization_endpoint},
                                                                 {"revocation_endpoint", &out.revocation_endpoint}};
  for (const auto& [name, to] : endpoints) {
    const auto url = string_member(*object, name);
    if (!url) continue;
    const auto target = client::parse_target_url(*url);
    if (!target || !(target->origin.secure() || target->origin.loopback())) return error("its {} is no https URL", name);
    *to = std::string(*url);
  }
  if (out.token_endpoint.empty()) return error("it names no token_endpoint");
  out.s256 = allows(*object, "code_challenge_methods_supported", "S256");
  out.client_basic = allows(*object, "token_endpoint_auth_methods_supported", "client_secret_basic");
  const Json* iss = member(*object, "authorization_response_iss_parameter_supported");
  out.issuer_in_response = iss != nullptr && iss->is_bool() && iss->get_bool();
  return out;
}

Result<IssuerMetadata> discover(Exchanger& exchanger, const std::string& issuer, const Deadline& until) {
  const auto urls = metadata_urls(issuer);
  if (urls.empty()) return error("{}: no URL of an issuer: https, without query and fragment", printable(issuer));
  std::string faults;
  for (const std::string& url : urls) {
    auto text = get_document(exchanger, url, at_most(kEndpointTimeout, until));
    auto metadata = text ? read_metadata(*text, issuer) : Result<IssuerMetadata>(text.error());
    if (metadata) return metadata;
    faults += (faults.empty() ? "" : "; ") + (text ? printable(url) + ": " + metadata.error().message : metadata.error().message);
  }
  return error("the issuer does not say where its endpoints are: {}", faults);
}

}  // namespace quivive::agent
