#include "gateway/login_desk.h"

#include "auth/attempt.h"
#include "auth/return_to.h"
#include "auth/schemes/outcome.h"
#include "auth/schemes/password.h"
#include "auth/schemes/session.h"
#include "auth/session_token.h"
#include "base/control_characters.h"
#include "base/json.h"
#include "base/rfc3339.h"
#include "base/text.h"
#include "crypto/system_random.h"
#include "gateway/login_page.h"
#include "gateway/pipeline.h"
#include "gateway/resolver.h"
#include "http/cookie.h"
#include "http/fetch_metadata.h"
#include "http/form.h"
#include "http/negotiate.h"
#include "http/query.h"

#include <fmt/format.h>

#include <string>
#include <vector>

namespace quivive::gateway {
namespace {

using net::Awaitable;

// Cookies of the session's name that a login ends the sessions of.
constexpr std::size_t kMostBrought = 8;

constexpr std::string_view kLogin = "/.quivive/login", kLogout = "/.quivive/logout", kSession = "/.quivive/session";

OwnAnswer see_other(std::string_view where) {
  OwnAnswer out = answered(303);
  out.fields = fmt::format("Location: {}\r\n", where);
  return out;
}

// What the form says above itself.
std::string message_of(const auth::Verdict& verdict) {
  if (verdict.reason != Reason::LockedOut) return fmt::format("{}.", info(verdict.reason).description);
  return fmt::format("Too many wrong passwords were sent; try again {}.", in_minutes(verdict.retry_after));
}

// One visit to one of the pages.
class LoginVisit {
 public:
  LoginVisit(Worker& worker, std::shared_ptr<const Deployment> deployment, const OwnRequest& request)
      : worker_(worker), deployment_(std::move(deployment)), desk_(*deployment_->login), request_(request), resolver_(worker_, *deployment_) {}

  Awaitable<OwnAnswer> answer();

 private:
  struct Credentials {
    std::string user;
    Secret password;
    std::string return_to = "/";
    bool json = false;
  };

  [[nodiscard]] Result<Credentials> read_credentials() const;
  [[nodiscard]] Result<Credentials> read_form() const;
  [[nodiscard]] Result<Credentials> read_json() const;
  [[nodiscard]] OwnAnswer login_page() const;
  [[nodiscard]] PageSite site() const { return {desk_.title, deployment_->config.realm, desk_.logo}; }
  Awaitable<OwnAnswer> sign_in();
  Awaitable<auth::Verdict> verify(Credentials& credentials, SignIn& sign_in, std::optional<store::UserRecord>& user);
  Awaitable<OwnAnswer> begin_session(const Credentials& credentials, const store::UserRecord& user);
  Awaitable<OwnAnswer> sign_out();
  Awaitable<OwnAnswer> who();

  [[nodiscard]] bool wants_page() const { return deployment_->config.accept.session->login == config::LoginKind::Form; }
  [[nodiscard]] std::string set_cookie(std::string_view value, std::string_view more) const {
    return fmt::format("Set-Cookie: {}={}; Path=/; HttpOnly; SameSite=Lax{}{}\r\n", desk_.cookie.name, value, desk_.cookie.secure ? "; Secure" : "", more);
  }
  [[nodiscard]] std::size_t cookies_at_hand() const { return http::find_cookie(request_.head.view().fields, desk_.cookie.name).count; }
  // The digests of the sessions that the browser may have brought.
  [[nodiscard]] std::vector<std::string> sessions_at_hand() const {
    std::vector<std::string> out;
    http::CookieReader reader(request_.head.view().fields);
    for (http::Cookie cookie; reader.next(cookie);) {
      if (cookie.name == desk_.cookie.name && auth::looks_like_session_token(cookie.value)) out.push_back(auth::session_digest(cookie.value));
    }
    return out;
  }
  [[nodiscard]] Instant idle_end(const store::SessionRecord& session) const {
    return auth::session_end(session, desk_.route.policy->settings().session);
  }

  Worker& worker_;
  std::shared_ptr<const Deployment> deployment_;
  const LoginDesk& desk_;
  const OwnRequest& request_;
  Resolver resolver_;
};

Awaitable<OwnAnswer> LoginVisit::answer() {
  const std::string_view path = request_.target.policy_path, method = request_.head.method;
  const bool reads = method == "GET" || method == "HEAD";
  if (reads && path == kSession) co_return co_await who();
  if (reads && path == kLogin && wants_page()) co_return login_page();
  if (reads && path == kLogout && wants_page()) co_return page(render(LogoutPage{.site = site(), .username = {}}));
  if (method != "POST" || path == kSession) co_return rejected(refusal(Reason::PathUnknown, "no such path or method of the gateway's own"));
  // Threat: a page elsewhere that signs its visitor in as somebody else, or out.
  if (http::request_site(request_.head.view(), request_.head.host) == http::Site::Cross) {
    co_return rejected(refusal(Reason::CsrfRejected, "a login or logout from a page of another site"));
  }
  if (path == kLogin) co_return co_await sign_in();
  co_return co_await sign_out();
}

OwnAnswer LoginVisit::login_page() const {
  const std::string wanted = http::form_decode(http::find_parameter(request_.target.query, "return_to").value);
  return page(render(LoginPage{.site = site(), .return_to = auth::checked_return_to(wanted), .username = {}, .message = {}}));
}

Result<LoginVisit::Credentials> LoginVisit::read_credentials() const {
  const std::string_view type = request_.head.view().value(http::FieldId::ContentType);
  if (http::is_form_content_type(type)) return read_form();
  if (iequals(trim_ows(type.substr(0, type.find(';'))), "application/json")) return read_json();
  return error("neither application/x-www-form-urlencoded nor application/json");
}

Result<LoginVisit::Credentials> LoginVisit::read_form() const {
  auto form = http::Form::parse(request_.body);
  if (!form) return error("{}", form.error().detail);
  const auto user = form->find("username"), password = form->find("password"), return_to = form->find("return_to");
  if (user.count != 1 || password.count != 1) return error("the form needs username and password, each once");
  if (return_to.count > 1) return error("return_to twice");
  return Credentials{std::string(user.value), Secret(std::string(password.value)), std::string(auth::checked_return_to(return_to.value)), false};
}

Result<LoginVisit::Credentials> LoginVisit::read_json() const {
  const auto parsed = parse_json(request_.body);
  if (!parsed || !parsed->is_object()) return error("the body is no JSON object");
  const auto user = string_member(parsed->get_object(), "username"), password = string_member(parsed->get_object(), "password");
  if (!user || !password) return error("the object needs username and password, both text");
  return Credentials{std::string(*user), Secret(std::string(*password)), "/", true};
}

Awaitable<OwnAnswer> LoginVisit::sign_in() {
  auto credentials = read_credentials();
  if (credentials && (has_control(credentials->user) || has_control(credentials->password.reveal(RevealSecret{})))) {
    credentials = error("a control character in the user name or the password");  // as Basic has it (RFC 7617 section 2)
  }
  if (!credentials) co_return rejected(refusal(Reason::RequestMalformed, credentials.error().message));
  // Threat: as many writes as cookies fit into one request.
  if (cookies_at_hand() > kMostBrought) co_return rejected(refusal(Reason::CredentialsDuplicateHeader, "more session cookies than a login ends the sessions of"));
  SignIn attempt(worker_.services, request_.client);
  attempt.name(credentials->user);
  std::optional<store::UserRecord> user;
  auth::Verdict verdict = co_await verify(*credentials, attempt, user);
  resolver_.settle(attempt, verdict);
  if (verdict.principal) {
    OwnAnswer begun = co_await begin_session(*credentials, *user);
    co_return begun;
  }
  OwnAnswer out = rejected(std::move(verdict));
  if (credentials->json || !wants_page()) co_return out;
  const std::string message = message_of(out.verdict);
  out.html = render(LoginPage{.site = site(), .return_to = credentials->return_to, .username = credentials->user, .message = message});
  co_return out;
}

Awaitable<auth::Verdict> LoginVisit::verify(Credentials& credentials, SignIn& sign_in, std::optional<store::UserRecord>& user) {
  const auth::CheckContext context{*desk_.route.policy, worker_.facts.get(), worker_.tools, request_.now};
  auth::PasswordCheck check(auth::Scheme::Session, credentials.user, std::move(credentials.password));
  auth::Finding finding = check.start(context);
  const Duration wait = co_await resolver_.wait(sign_in);
  while (auto* need = std::get_if<auth::Need>(&finding)) {
    auth::Answer answer;
    if (wait > Duration{0}) co_return sign_in.refusal(auth::Scheme::Session, wait);
    if (auto* password = std::get_if<auth::NeedPassword>(need)) {
      auth::NeedPassword wanted = std::move(*password);
      auto tried = co_await resolver_.password(std::move(wanted), sign_in);
      if (tried.wait > Duration{0}) co_return sign_in.refusal(auth::Scheme::Session, tried.wait);
      answer = std::move(tried.answer);
    } else {
      std::string name = credentials.user;
      answer = co_await resolver_.user(std::move(name));
    }
    finding = check.resume(context, std::move(answer));
  }
  if (auto* refused = std::get_if<auth::Verdict>(&finding)) co_return std::move(*refused);
  user = check.record();
  auth::Verdict verdict;
  verdict.reason = Reason::Allowed;
  verdict.scheme = auth::Scheme::Session;
  verdict.principal = std::get<std::shared_ptr<const auth::Principal>>(std::move(finding));
  co_return verdict;
}

Awaitable<OwnAnswer> LoginVisit::begin_session(const Credentials& credentials, const store::UserRecord& user) {
  const config::SessionSettings& settings = *deployment_->config.accept.session;
  crypto::SystemRandom random;
  // A new one at each login, whatever the browser brought. Threat: session fixation.
  const Secret token = auth::make_session_token(random);
  store::SessionRecord session;
  session.digest = auth::session_digest(token.reveal(RevealSecret{}));
  session.user = user.name;
  session.password_tag = auth::password_tag(user.password_hash);
  session.client = request_.client;
  session.created = session.seen = request_.now;
  session.expires = request_.now + settings.absolute;
  const auto store = deployment_->stores.database;
  std::function<Result<store::Change>()> job = [store, session, brought = sessions_at_hand(), most = settings.per_user,
                                                &watch = worker_.services.store_watch]() -> Result<store::Change> {
    for (std::size_t i = 1; i < brought.size(); ++i) {
      if (const auto ended = store->end_session(brought[i], session.created); !ended) return ended.error();
    }
    const auto begun = store->begin_session(session, brought.empty() ? std::string_view() : brought.front(), most);
    watch.sessions_changed(*store);
    return begun;
  };
  const auto begun = co_await resolver_.ask_store(std::move(job));
  if (!begun || *begun != store::Change::Done) {
    auth::Unavailable why = begun ? auth::Unavailable{"two sessions of one digest", std::chrono::seconds(5)} : begun.error();
    co_return rejected(auth::unavailable(auth::Scheme::Session, std::move(why)));
  }
  OwnAnswer out = see_other(credentials.return_to);
  if (credentials.json) {
    out = answered(200);
    out.content_type = "application/json";
    out.body = to_json(JsonObject{{"user", user.name}, {"ends", rfc3339(session.expires)}, {"idle_ends", rfc3339(idle_end(session))}});
  }
  out.principal = user.name;
  out.fields += set_cookie(token.reveal(RevealSecret{}), "");
  co_return out;
}

Awaitable<OwnAnswer> LoginVisit::sign_out() {
  if (cookies_at_hand() > 1) {
    co_return rejected(refusal(Reason::CredentialsDuplicateHeader, "the session cookie twice: which one is to end?"));
  }
  if (const std::vector<std::string> brought = sessions_at_hand(); !brought.empty()) {
    const auto store = deployment_->stores.database;
    std::function<Result<store::Change>()> job = [store, digest = brought.front(), now = request_.now, &watch = worker_.services.store_watch] {
      auto ended = store->end_session(digest, now);
      watch.sessions_changed(*store);
      return ended;
    };
    const auto ended = co_await resolver_.ask_store(std::move(job));
    // Said, and the cookie left where it is: who signs out has to know that the session lives on.
    if (!ended) co_return rejected(auth::unavailable(auth::Scheme::Session, ended.error()));
  }
  const http::RequestView view = request_.head.view();
  const bool to_page = wants_page() && (http::is_navigation(view) || http::names_media_type("text/html", view.fields));
  OwnAnswer out = to_page ? page(render(SignedOutPage{.site = site()})) : answered(204);
  out.fields += set_cookie("", "; Max-Age=0");
  // What was seen while signed in is not to be had by the Back button (https and loopback; W3C Clear-Site-Data).
  out.fields += "Clear-Site-Data: \"cache\"\r\n";
  co_return out;
}

Awaitable<OwnAnswer> LoginVisit::who() {
  SessionSeen seen = co_await verify_session(worker_, *deployment_, request_.head, request_.now);
  if (!seen.session) co_return rejected(std::move(seen.verdict));
  JsonArray roles;
  for (const std::string_view role : seen.verdict.principal->roles()) roles.emplace_back(role);
  OwnAnswer out = answered(200);
  out.principal = seen.verdict.principal->subject();
  out.content_type = "application/json";
  out.body = to_json(JsonObject{{"user", seen.verdict.principal->subject()},
                                {"roles", std::move(roles)},
                                {"since", rfc3339(seen.session->created)},
                                {"ends", rfc3339(seen.verdict.principal->not_after())},
                                {"idle_ends", rfc3339(idle_end(*seen.session))}});
  co_return out;
}

}  // namespace

bool is_login_path(const Deployment& deployment, std::string_view policy_path) {
  return deployment.login != nullptr && (policy_path == kLogin || policy_path == kLogout || policy_path == kSession);
}

Awaitable<SessionSeen> verify_session(Worker& worker, const Deployment& deployment, const http::RequestHead& head, Instant now) {
  Resolver resolver(worker, deployment);
  const auth::RoutePolicy& policy = *deployment.login->route.policy;
  auth::FoundCredentials found = auth::find_credentials(head.view(), policy);
  auth::Attempt attempt(policy, found, worker.facts.get(), worker.tools, now, false, &worker.memory);
  SessionSeen out;
  auth::Step step = attempt.advance();
  while (auto* need = std::get_if<auth::Need>(&step)) {
    auth::NeedSession wanted = std::get<auth::NeedSession>(*need);
    auto answer = co_await resolver.session(std::move(wanted));
    if (const auto* there = std::get_if<auth::FoundSession>(&answer)) out.session = there->session;
    step = attempt.advance(std::move(answer));
  }
  out.verdict = std::get<auth::Verdict>(std::move(step));
  if (!out.verdict.allowed()) out.session.reset();
  co_return out;
}

Awaitable<OwnAnswer> answer_login_path(Worker& worker, std::shared_ptr<const Deployment> deployment, OwnRequest request) {
  LoginVisit visit(worker, std::move(deployment), request);
  OwnAnswer answer = co_await visit.answer();
  co_return answer;
}

}  // namespace quivive::gateway
