#include "gateway/issuer_desk.h"

#include "auth/return_to.h"
#include "base/text.h"
#include "base/words.h"
#include "gateway/login_desk.h"
#include "gateway/login_page.h"
#include "gateway/pipeline.h"
#include "gateway/resolver.h"
#include "http/fetch_metadata.h"
#include "http/form.h"
#include "http/query.h"
#include "issuer/asked_marker.h"
#include "issuer/authorize.h"
#include "issuer/device.h"
#include "issuer/metadata.h"
#include "issuer/token_endpoint.h"
#include "issuer/token_state.h"

#include <fmt/format.h>

#include <algorithm>

namespace quivive::gateway {
namespace {

using net::Awaitable;

OwnAnswer see(std::uint16_t status, std::string_view where) {
  OwnAnswer out = answered(status);
  out.fields = fmt::format("Location: {}\r\n", where);
  return out;
}

OwnAnswer unavailable(const auth::Unavailable& what) {
  auth::Verdict verdict = refusal(what.overloaded ? Reason::VerifierOverloaded : Reason::VerifierUnavailable, what.detail);
  verdict.retry_after = what.retry_after;
  return rejected(std::move(verdict));
}

OwnAnswer unavailable(std::string_view why) { return unavailable(auth::Unavailable{std::string(why), std::chrono::seconds(5)}); }

OwnAnswer wait_first(Duration wait, std::string detail) {
  auth::Verdict verdict = refusal(Reason::LockedOut, detail);
  verdict.retry_after = wait;
  return rejected(std::move(verdict));
}

auth::Verdict refusal_of(std::uint16_t status, std::string detail) {
  return refusal(status == 401 ? Reason::ClientUnauthenticated : Reason::GrantRefused, std::move(detail));
}

// What a client in a page calls from there, without cookies: any origin may, since only what the request itself brings counts.
bool is_for_scripts(std::string_view path) {
  return path == issuer::kTokenPath || path == issuer::kRevocationPath || path == issuer::kJwksPath || path == issuer::kMetadataPath || path == issuer::kDiscoveryPath;
}

OwnAnswer preflight() {
  OwnAnswer out = answered(204);
  out.fields = "Access-Control-Allow-Methods: GET, POST\r\nAccess-Control-Allow-Headers: Authorization, Content-Type\r\nAccess-Control-Max-Age: 600\r\n";
  return out;
}

OwnAnswer own_answer(issuer::Answer answer) {
  // An outage is nobody's fault but ours, and told as everywhere else.
  if (answer.broken) return unavailable(answer.refusal);
  OwnAnswer out = answered(answer.status);
  out.content_type = answer.content_type;
  out.cache_control = answer.cache_control;
  out.fields = std::move(answer.fields);
  out.body = std::move(answer.body);
  if (!answer.subject.empty()) out.principal = std::move(answer.subject);
  else if (!answer.client.empty()) out.principal = store::client_subject(answer.client);
  if (!answer.refusal.empty()) out.refusal = refusal_of(answer.status, std::move(answer.refusal));
  return out;
}

// One request to one of the endpoints.
class IssuerVisit {
 public:
  IssuerVisit(Worker& worker, std::shared_ptr<const Deployment> deployment, const OwnRequest& request)
      : worker_(worker), deployment_(std::move(deployment)), service_(deployment_->issuer), request_(request), resolver_(worker_, *deployment_) {}

  Awaitable<OwnAnswer> answer();

 private:
  using Endpoint = issuer::Answer (*)(const issuer::Service&, const issuer::Request&);
  Awaitable<OwnAnswer> ask(Endpoint endpoint);
  Awaitable<OwnAnswer> authorize();
  Awaitable<OwnAnswer> ask_for_device();
  Awaitable<OwnAnswer> device();
  Awaitable<OwnAnswer> answer_device(const issuer::SignedIn& user);
  Awaitable<OwnAnswer> device_page(std::string user_code, const issuer::SignedIn& user, bool looks_up);
  // Nothing where nobody has signed in.
  Awaitable<std::optional<issuer::SignedIn>> signed_in();

  [[nodiscard]] issuer::Request request() const { return {request_.head.view(), request_.target.query, request_.body, request_.now}; }
  [[nodiscard]] PageSite site() const { return {deployment_->login->title, deployment_->config.realm, deployment_->login->logo}; }
  [[nodiscard]] OwnAnswer to_login(std::string_view marker = {}) const {
    std::string target(request_.target.path), query, where;
    (void)http::append_query_without(query, request_.target.query, issuer::kAskedParameter);
    if (!marker.empty()) http::append_form_pair(query, issuer::kAskedParameter, marker);
    if (!query.empty()) target += '?' + query;
    auth::append_login_location(where, target);
    return see(303, where);
  }
  // One try at a user code: how long it has to wait, and whether it was wrong, which an outage is not.
  [[nodiscard]] Duration begin_code(const issuer::SignedIn& user) { return worker_.services.device_limits.begin_code(user.user, request_.client, request_.now); }
  void end_code(const issuer::SignedIn& user, bool wrong) { worker_.services.device_limits.end_code(user.user, request_.client, wrong); }
  [[nodiscard]] OwnAnswer too_many_codes(const issuer::SignedIn& user, Duration wait) const {
    OwnAnswer out = wait_first(wait, fmt::format("user {}: too many wrong device codes", printable(user.user, 64)));
    const std::string said = fmt::format("Too many wrong codes were typed; try again {}.", in_minutes(wait));
    out.html = render(DevicePage{site(), user.user, {}, {}, {}, said});
    return out;
  }
  // Clients that cannot go to a URL that long post the same parameters (OpenID Connect Core section 3.1.2.1).
  [[nodiscard]] OwnAnswer authorize_by_get() const {
    const auto form = http::Form::parse(request_.body);
    if (!form || !http::is_form_content_type(request_.head.view().value(http::FieldId::ContentType)) || request_.body.size() > auth::kMaxReturnToBytes) {
      return rejected(refusal(Reason::RequestMalformed, "an authorization request that cannot be read, or is too long"));
    }
    std::string query;
    http::QueryReader reader(request_.body);
    for (http::QueryPair pair; reader.next(pair);) http::append_form_pair(query, http::form_decode(pair.name), http::form_decode(pair.value));
    return see(303, fmt::format("{}?{}", issuer::kAuthorizePath, query));
  }

  Worker& worker_;
  std::shared_ptr<const Deployment> deployment_;
  std::shared_ptr<const issuer::Service> service_;
  const OwnRequest& request_;
  Resolver resolver_;
};

Awaitable<OwnAnswer> IssuerVisit::answer() {
  const std::string_view path = request_.target.policy_path, method = request_.head.method;
  const bool reads = method == "GET" || method == "HEAD", posts = method == "POST", users = service_->settings().users_sign_in;
  if (reads && (path == issuer::kMetadataPath || (users && path == issuer::kDiscoveryPath))) co_return own_answer(issuer::answer_metadata(*service_));
  if (reads && path == issuer::kJwksPath) co_return own_answer(issuer::answer_jwks(*service_));
  if (posts && path == issuer::kTokenPath) co_return co_await ask(issuer::answer_token);
  if (posts && path == issuer::kRevocationPath) co_return co_await ask(issuer::answer_revocation);
  if (posts && path == issuer::kIntrospectionPath) co_return co_await ask(issuer::answer_introspection);
  if (posts && users && path == issuer::kDeviceAuthorizationPath) co_return co_await ask_for_device();
  if (method == "GET" && users && path == issuer::kAuthorizePath) co_return co_await authorize();
  if (posts && users && path == issuer::kAuthorizePath) co_return authorize_by_get();
  if (method == "OPTIONS" && is_for_scripts(path)) co_return preflight();
  if ((reads || posts) && users && path == issuer::kDevicePath) co_return co_await device();
  co_return rejected(refusal(Reason::PathUnknown, "no such path or method of the token service"));
}

Awaitable<OwnAnswer> IssuerVisit::ask(Endpoint endpoint) {
  std::function<Result<issuer::Answer>()> job = [service = service_, endpoint, wanted = request()]() -> Result<issuer::Answer> { return endpoint(*service, wanted); };
  auto answer = co_await resolver_.ask_store(std::move(job));
  if (!answer) co_return unavailable(answer.error());
  co_return own_answer(std::move(*answer));
}

Awaitable<std::optional<issuer::SignedIn>> IssuerVisit::signed_in() {
  const SessionSeen seen = co_await verify_session(worker_, *deployment_, request_.head, request_.now);
  if (!seen.session) co_return std::nullopt;
  co_return issuer::SignedIn{seen.session->user, seen.session->password_tag, seen.session->created};
}

Awaitable<OwnAnswer> IssuerVisit::authorize() {
  const std::optional<issuer::SignedIn> user = co_await signed_in();
  std::function<Result<issuer::Authorization>()> job = [service = service_, wanted = request(), user]() -> Result<issuer::Authorization> {
    return issuer::authorize(*service, wanted, user);
  };
  auto outcome = co_await resolver_.ask_store(std::move(job));
  if (!outcome) co_return unavailable(outcome.error());
  if (const auto* login = std::get_if<issuer::SendToLogin>(&*outcome)) co_return to_login(login->marker);
  if (auto* back = std::get_if<issuer::SendBack>(&*outcome)) {
    OwnAnswer out = see(302, back->to);
    if (user) out.principal = user->user;
    co_return out;
  }
  const issuer::Refusal& refused = std::get<issuer::ShowRefusal>(*outcome).refusal;
  if (refused.error == issuer::OAuthError::ServerError) co_return unavailable(refused.description);
  const std::string said = fmt::format("The application that sent you here has to mend this: {}.", refused.description);
  OwnAnswer out = page(render(MessagePage{site(), "This link does not work", said}));
  out.status = 400;
  out.refusal = refusal_of(400, refused.description);
  co_return out;
}

Awaitable<OwnAnswer> IssuerVisit::ask_for_device() {
  DeviceLimits& limits = worker_.services.device_limits;
  const Duration wait = limits.begin_request(request_.client, request_.now);
  if (wait > Duration{0}) co_return wait_first(wait, "too many requests for device codes from this network");
  OwnAnswer out = co_await ask(issuer::answer_device_authorization);
  limits.end_request(request_.client, out.status == 200 && out.verdict.reason == Reason::Allowed);
  co_return out;
}

Awaitable<OwnAnswer> IssuerVisit::device() {
  const bool posts = request_.head.method == "POST";
  // By a page of this site, or by the user alone.
  const bool from_here = http::request_site(request_.head.view(), request_.head.host) == http::Site::Same;
  // Threat: a page elsewhere that approves its own device with the visitor's session.
  if (posts && !from_here) {
    co_return rejected(refusal(Reason::CsrfRejected, "an answer for a device that did not come from this site's own page"));
  }
  const std::optional<issuer::SignedIn> user = co_await signed_in();
  if (!user) co_return to_login();
  if (posts) co_return co_await answer_device(*user);
  std::string code = http::form_decode(http::find_parameter(request_.target.query, "user_code").value);
  // Threat: pages elsewhere that send the browser here with wrong codes until its user may try none any more.
  co_return co_await device_page(std::move(code), *user, from_here);
}

// Without a look-up the code stands in the form, for the user to send.
Awaitable<OwnAnswer> IssuerVisit::device_page(std::string user_code, const issuer::SignedIn& user, bool looks_up) {
  const std::string code = issuer::read_user_code(user_code);
  if (code.empty()) {
    co_return page(render(DevicePage{site(), user.user, {}, {}, {}, user_code.empty() ? "" : "That is not a code: it has eight letters."}));
  }
  const std::string shown = issuer::show_user_code(code);
  if (!looks_up) co_return page(render(DevicePage{site(), user.user, shown, {}, {}, {}}));
  const Duration wait = begin_code(user);
  if (wait > Duration{0}) co_return too_many_codes(user, wait);
  using Found = std::optional<issuer::DeviceRequest>;
  std::function<Result<Found>()> job = [service = service_, code, now = request_.now] { return issuer::find_device_request(*service, code, now); };
  auto found = co_await resolver_.ask_store(std::move(job));
  end_code(user, found && !found->has_value());
  if (!found) co_return unavailable(found.error());
  if (!*found) co_return page(render(DevicePage{site(), user.user, {}, {}, {}, "No device waits with that code: it was mistyped, answered before, or has expired."}));
  const std::string scopes = join((*found)->scopes);
  co_return page(render(DevicePage{site(), user.user, shown, (*found)->client_name, scopes, {}}));
}

Awaitable<OwnAnswer> IssuerVisit::answer_device(const issuer::SignedIn& user) {
  auto form = http::Form::parse(request_.body);
  if (!form || !http::is_form_content_type(request_.head.view().value(http::FieldId::ContentType))) {
    co_return rejected(refusal(Reason::RequestMalformed, "the form cannot be read"));
  }
  const std::string typed(form->find("user_code").value), code = issuer::read_user_code(typed);
  const std::string_view decision = form->find("decision").value;
  if (code.empty() || (decision != "approve" && decision != "deny")) co_return co_await device_page(typed, user, true);
  const Duration wait = begin_code(user);
  if (wait > Duration{0}) co_return too_many_codes(user, wait);
  const bool approve = decision == "approve";
  std::function<Result<bool>()> job = [service = service_, code, approve, user, now = request_.now] {
    return issuer::answer_device_request(*service, code, approve, user, now);
  };
  const auto done = co_await resolver_.ask_store(std::move(job));
  end_code(user, done && !*done);
  if (!done) co_return unavailable(done.error());
  if (!*done) co_return page(render(MessagePage{site(), "Nothing to do", "No device waits with that code any more: it was answered before, or has expired."}));
  OwnAnswer out = page(render(approve ? MessagePage{site(), "Device signed in", "You can close this page and go back to your device."}
                                      : MessagePage{site(), "Device refused", "It was told so. You can close this page."}));
  out.principal = user.user;
  co_return out;
}

}  // namespace

bool is_issuer_path(const Deployment& deployment, std::string_view policy_path) {
  if (deployment.issuer == nullptr) return false;
  return policy_path.starts_with("/.quivive/oauth/") || policy_path == issuer::kMetadataPath || policy_path == issuer::kDiscoveryPath;
}

Awaitable<OwnAnswer> answer_issuer_path(Worker& worker, std::shared_ptr<const Deployment> deployment, OwnRequest request) {
  IssuerVisit visit(worker, std::move(deployment), request);
  OwnAnswer answer = co_await visit.answer();
  if (is_for_scripts(request.target.policy_path)) answer.fields += "Access-Control-Allow-Origin: *\r\n";
  co_return answer;
}

}  // namespace quivive::gateway
