#include "client/code_flow.h"

#include "base/base64.h"
#include "base/text.h"
#include "crypto/constant_time.h"
#include "crypto/digest.h"
#include "http/form.h"

#include <array>

namespace quivive::client {

std::string code_challenge(std::string_view verifier) { return base64url_encode(crypto::sha256(verifier).view()); }

Result<CodeRequest> code_request(const AuthorizationServer& server, const TokenClient& client, std::string_view redirect_uri,
                                 RandomSource& random) {
  const auto endpoint = parse_target_url(server.authorization_endpoint);
  if (!endpoint || !(endpoint->origin.secure() || endpoint->origin.loopback())) return error("the authorization endpoint is no https URL");
  CodeRequest out;
  out.redirect_uri = redirect_uri;
  const std::string verifier = base64url_encode(random.bytes(32));
  const std::string state = base64url_encode(random.bytes(32));
  std::string query;
  http::append_form_pair(query, "response_type", "code");
  http::append_form_pair(query, "client_id", client.client_id);
  http::append_form_pair(query, "redirect_uri", redirect_uri);
  if (!client.scope.empty()) http::append_form_pair(query, "scope", client.scope);
  http::append_form_pair(query, "state", state);
  http::append_form_pair(query, "code_challenge", code_challenge(verifier));
  http::append_form_pair(query, "code_challenge_method", "S256");
  // A query of the endpoint's own is kept (RFC 6749 section 3.1).
  out.url = endpoint->text() + (endpoint->query.empty() ? '?' : '&') + query;
  out.state = Secret(state);
  out.verifier = Secret(verifier);
  return out;
}

Result<Secret> read_code_answer(std::string_view query, const CodeRequest& request, const AuthorizationServer& server) {
  const auto form = http::Form::parse(query);
  if (!form) return error("the answer cannot be read: {}", form.error().detail);
  for (const std::string_view name : std::array<std::string_view, 5>{"code", "state", "iss", "error", "error_description"}) {
    if (form->find(name).count > 1) return error("the answer has {} twice", name);
  }
  // Threat: another site that sends the browser here with a code of its own (RFC 6749 section 10.12).
  if (!crypto::constant_time_equal(form->find("state").value, request.state.reveal(RevealSecret{})))
    return error("the answer is not to this request: state differs");
  // Threat: mix-up, where the code of one server is taken to another (RFC 9207 section 2.4). Compared character by character.
  const http::FormMatch issuer = form->find("iss");
  if (issuer.count == 0 && server.sends_issuer) return error("the answer does not say its issuer, which this server always does");
  if (issuer.count == 1 && !server.issuer.empty() && issuer.value != server.issuer)
    return error("the answer is another issuer's: {}", printable(issuer.value, 100));
  if (const http::FormMatch said = form->find("error"); said.count == 1) {
    const std::string_view description = form->find("error_description").value;
    return error("the server answers {}{}", printable(said.value, 60), description.empty() ? "" : ": " + printable(description));
  }
  const http::FormMatch code = form->find("code");
  if (code.value.empty()) return error("the answer has no code");
  return Secret(std::string(code.value));
}

Result<TokenRequest> code_token_request(const TokenClient& client, const CodeRequest& request, const Secret& code) {
  return form_request(client.token_endpoint, client,
                      {{"grant_type", "authorization_code"},
                       {"code", code.reveal(RevealSecret{})},
                       {"redirect_uri", request.redirect_uri},
                       {"code_verifier", request.verifier.reveal(RevealSecret{})}});
}

}  // namespace quivive::client
