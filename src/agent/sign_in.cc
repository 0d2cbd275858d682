#include "agent/sign_in.h"

#include "agent/loopback_listener.h"
#include "agent/token_endpoint.h"
#include "base/json.h"
#include "client/code_flow.h"
#include "client/device_flow.h"
#include "crypto/constant_time.h"
#include "http/query.h"

#include <thread>

namespace quivive::agent {
namespace {

constexpr std::string_view kPath = "/callback";
constexpr std::chrono::minutes kPatience{5};
// For an answer that may bring tokens, whatever the caller's time: cut off, they would be good, and nobody's.
constexpr std::chrono::milliseconds kLeastForTokens{10'000};

SignInError failed(const Error& error) { return {SignInFault::Failed, error.message}; }
SignInError refused(std::string text) { return {SignInFault::Refused, std::move(text)}; }
SignInError out_of_time() { return {SignInFault::Failed, "the time was over before anybody had signed in"}; }

std::chrono::milliseconds for_tokens(const Deadline& until) { return std::max(at_most(kEndpointTimeout, until), kLeastForTokens); }

// RFC 6749 section 5.1: no scope in the answer is the one that was asked for.
SignedIn signed_in(client::Token token, std::string_view body, const SignInPlan& plan) {
  SignedIn out{std::move(token), plan.client.scope};
  const auto json = parse_json(body, {.depth = 8, .bytes = client::kMaxTokenResponseBytes});
  if (const JsonObject* object = json ? json->if_object() : nullptr; object != nullptr) {
    if (const auto scope = string_member(*object, "scope")) out.scope = std::string(*scope);
  }
  return out;
}

// Threat: another page or program that comes to our port with a code of its own. Only what knows the state ends the wait.
bool is_ours(std::string_view target, const client::CodeRequest& request) {
  const auto mark = target.find('?');
  if (mark == std::string_view::npos || target.substr(0, mark) != kPath) return false;
  const auto state = http::find_parameter(target.substr(mark + 1), "state");
  return state.count == 1 && crypto::constant_time_equal(http::form_decode(state.value), request.state.reveal(RevealSecret{}));
}

}  // namespace

void throw_exception_from_error(const SignInError& error, const boost::source_location& at) {
  quivive::throw_exception_from_error(quivive::error("{}", error.message), at);
}

Result<SignedIn, SignInError> sign_in_by_device(const SignInPlan& plan, const SignInTools& tools) {
  const auto request = client::device_authorization_request(plan.issuer.device_authorization_endpoint, plan.client);
  if (!request) return failed(request.error());
  const auto begun = post(tools.exchanger, *request, at_most(kEndpointTimeout, tools.until));
  if (!begun) return failed(begun.error());
  auto device = client::read_device_authorization({begun->status, begun->body, tools.clock.now()}, plan.client.client_secret);
  if (!device) return SignInError{client::is_out_of_order(begun->status) ? SignInFault::Failed : SignInFault::Refused, device.error().message};
  tools.show(device->verification_uri, device->user_code);
  const auto question = client::device_token_request(plan.client, *device);
  if (!question) return failed(question.error());
  for (;;) {
    std::this_thread::sleep_for(at_most(device->interval, tools.until));
    if (is_over(tools.until)) return out_of_time();
    const auto answer = post(tools.exchanger, *question, for_tokens(tools.until));
    const std::string_view body = answer ? std::string_view(answer->body) : std::string_view();
    auto said = client::read_device_answer({answer ? answer->status : std::uint16_t{0}, body, tools.clock.now()}, *device, plan.client.client_secret);
    switch (said.kind) {
      case client::DeviceAnswer::Kind::Granted: return signed_in(std::move(said.token), body, plan);
      case client::DeviceAnswer::Kind::Pending: break;
      case client::DeviceAnswer::Kind::Expired: return SignInError{SignInFault::Late, std::move(said.detail)};
      case client::DeviceAnswer::Kind::Denied:
      case client::DeviceAnswer::Kind::Failed: return refused(std::move(said.detail));
    }
  }
}

Result<SignedIn, SignInError> sign_in_by_browser(const SignInPlan& plan, const SignInTools& tools) {
  const auto listener = LoopbackListener::open();
  if (!listener) return failed(listener.error());
  const client::AuthorizationServer server{plan.issuer.authorization_endpoint, plan.issuer.issuer, plan.issuer.issuer_in_response};
  const auto asked = client::code_request(server, plan.client, fmt::format("http://127.0.0.1:{}{}", listener->port(), kPath), tools.random);
  if (!asked) return failed(asked.error());
  tools.show(asked->url, "");
  std::string query;
  const bool back = listener->wait(at_most(kPatience, tools.until), [&](std::string_view target) {
    if (!is_ours(target, *asked)) return false;
    query = target.substr(kPath.size() + 1);
    return true;
  });
  if (!back && is_over(tools.until)) return out_of_time();
  if (!back) return SignInError{SignInFault::Late, "nobody signed in within five minutes"};
  const auto code = client::read_code_answer(query, *asked, server);
  if (!code) return refused(code.error().message);
  const auto request = client::code_token_request(plan.client, *asked, *code);
  if (!request) return failed(request.error());
  const auto answer = post(tools.exchanger, *request, for_tokens(tools.until));
  if (!answer) return failed(answer.error());
  auto outcome = client::read_token_answer({answer->status, answer->body, tools.clock.now()}, {*code, plan.client.client_secret});
  if (auto* token = std::get_if<client::Token>(&outcome)) return signed_in(std::move(*token), answer->body, plan);
  const auto& why = std::get<client::RefreshFailure>(outcome);
  return SignInError{why.kind == client::RefreshFailure::Kind::TryLater ? SignInFault::Failed : SignInFault::Refused,
                     "the token endpoint: " + why.detail};
}

}  // namespace quivive::agent
