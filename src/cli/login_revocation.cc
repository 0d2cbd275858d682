#include "cli/login_revocation.h"

#include "agent/exchange.h"
#include "agent/token_endpoint.h"

#include <fmt/format.h>

namespace quivive::cli {

std::string revoke(const agent::Profile& profile, const std::string& ca_file) {
  if (profile.revocation_endpoint.empty()) return "the issuer names no revocation endpoint, so its tokens stay good until they end";
  agent::ExchangeSettings settings;
  settings.ca_file = ca_file;
  agent::Exchanger exchanger(std::move(settings));
  const bool refreshable = !profile.token.refresh.empty();
  const Secret& token = refreshable ? profile.token.refresh : profile.token.access;
  if (token.empty()) return "";
  const auto request =
      client::form_request(profile.revocation_endpoint, profile.client,
                           {{"token", token.reveal(RevealSecret{})}, {"token_type_hint", refreshable ? "refresh_token" : "access_token"}});
  if (!request) return "the issuer was not told, and its tokens stay good until they end: " + request.error().message;
  const auto answer = agent::post(exchanger, *request);
  if (!answer) return "the issuer was not told, and its tokens stay good until they end: " + answer.error().message;
  if (answer->status == 200) return "";
  const auto said = client::read_token_error(answer->body, {token, profile.client.client_secret});
  return fmt::format("the issuer did not revoke the tokens, which stay good until they end: status {}{}", answer->status,
                     said ? ", " + said->code : "");
}

}  // namespace quivive::cli
