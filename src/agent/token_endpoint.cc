#include "agent/token_endpoint.h"

#include "base/text.h"
#include "client/origin.h"

namespace quivive::agent {
namespace {

using client::RefreshFailure;

static_assert(kMaxKeptBody <= client::kMaxTokenResponseBytes);

Result<EndpointAnswer> ask(Exchanger& exchanger, const ExchangeRequest& request) {
  auto done = exchanger.perform(request, [](const ResponseHead&) { return BodyFate::Keep; }, {});
  if (!done) return error("{}: {}", printable(request.url), done.error().message);
  if (done->cut) return error("{}: the answer is larger than {} KiB", printable(request.url), kMaxKeptBody >> 10);
  return EndpointAnswer{static_cast<std::uint16_t>(done->head.status), std::move(done->kept)};
}

}  // namespace

Result<EndpointAnswer> post(Exchanger& exchanger, const client::TokenRequest& request, std::chrono::milliseconds patience) {
  MemoryBody body(std::string(request.body.reveal(RevealSecret{})));
  return ask(exchanger, {"POST", request.url, request.fields, &body, patience});
}

Result<std::string> get_document(Exchanger& exchanger, const std::string& url, std::chrono::milliseconds patience) {
  const auto target = client::parse_target_url(url);
  // Threat: metadata that was changed on the way names another's endpoints.
  if (!target || !(target->origin.secure() || target->origin.loopback())) return error("{}: no https URL", printable(url));
  auto answer = ask(exchanger, {"GET", url, {{"Accept", Secret("application/json")}}, nullptr, patience});
  if (!answer) return answer.error();
  if (answer->status != 200) return error("{}: answers {}", printable(url), answer->status);
  return std::move(answer->body);
}

client::RefreshOutcome refresh(Exchanger& exchanger, const client::TokenClient& client, const client::Token& token, const Clock& clock,
                               std::chrono::milliseconds patience) {
  const auto request = client::refresh_request(client, token);
  if (!request) return RefreshFailure{RefreshFailure::Kind::Misconfigured, request.error().message};
  const auto answer = post(exchanger, *request, patience);
  if (!answer) return RefreshFailure{RefreshFailure::Kind::TryLater, answer.error().message};
  return client::read_token_answer({answer->status, answer->body, clock.now()}, {token.refresh, client.client_secret});
}

}  // namespace quivive::agent
