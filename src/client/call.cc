#include "client/call.h"

#include "base/text.h"
#include "client/call_state.h"
#include "client/expiry.h"
#include "client/redirect.h"
#include "client/request_check.h"
#include "client/retry_after.h"

#include <fmt/format.h>

#include <algorithm>

namespace quivive::client {
namespace {

std::string seconds_text(Duration duration) { return fmt::format("{} s", (duration.count() + 999) / 1000); }

}  // namespace

std::string_view name_of(Outcome outcome) {
  switch (outcome) {
    case Outcome::Answered: return "answered";
    case Outcome::Refused: return "refused";
    case Outcome::Later: return "later";
    case Outcome::Untrusted: return "untrusted";
    case Outcome::NotSent: return "not-sent";
  }
  return {};
}

std::vector<std::string_view> values_of(const ResponseHead& response, std::string_view name) {
  std::vector<std::string_view> out;
  for (const http::Field& field : response.fields) {
    if (iequals(field.name, name)) out.push_back(field.value);
  }
  return out;
}

bool Call::State::has_field(std::string_view name) const {
  return std::any_of(fields.begin(), fields.end(), [&](const FieldLine& field) { return iequals(field.name, name); });
}

bool Call::State::holds_credential() const {
  return std::any_of(credentials.begin(), credentials.end(),
                     [&](const Credential& c) { return c.origin == url.origin && !std::holds_alternative<CookieJar>(c.what); });
}

Duration Call::State::skew() const {
  const OriginMemory* known = memory.find(url.origin);
  return known == nullptr ? Duration{0} : known->skew.value_or(Duration{0});
}

DigestSession* Call::State::session(const std::string& realm, const std::string& user) {
  for (DigestSession& known : memory.at(url.origin).digests) {
    if (known.challenge().realm == realm && known.user() == user) return &known;
  }
  return nullptr;
}

Action Call::State::finish(Outcome outcome, CallCause cause, std::string summary, bool deliver) {
  explanation.cause = cause;
  explanation.summary = std::move(summary);
  return Finish{outcome, deliver && has_response, explanation, std::nullopt};
}

Action Call::State::start(Instant now) {
  if (const auto fault = check_request(request)) return finish(Outcome::NotSent, fault->cause, fault->summary);
  const auto target = parse_target_url(request.url);
  if (!target) {
    const bool user_info = request.url.find('@') != std::string::npos;
    return finish(Outcome::NotSent, user_info ? CallCause::UserinfoInUrl : CallCause::UrlUnusable,
                  user_info ? "The URL has user name and password in it: give them as credentials."
                            : "The URL is no http or https URL that all readers split alike.");
  }
  url = *target;
  first = url.origin;
  own_authorization = has_field("Authorization");
  return send(now);
}

// What every answer of an origin that credentials are held for teaches, whatever its status.
void Call::State::learn(const ResponseHead& response, Instant now) {
  bool held = false;
  for (Credential& credential : credentials) {
    if (!(credential.origin == url.origin)) continue;
    held = true;
    auto* jar = std::get_if<CookieJar>(&credential.what);
    if (jar == nullptr || !may_carry(url.origin, AuthKind::Cookies, rules.allow_plain_http)) continue;
    for (const std::string_view line : values_of(response, "Set-Cookie")) (void)jar->store(line, url.origin, url.path, now);
  }
  if (!held) return;
  if (const auto measured = clock_skew(response.fields, now)) memory.at(url.origin).skew = measured;
}

bool Call::State::proof_is_wrong(const ResponseHead& response) {
  if (!sent || !sent->proof || response.status == 401) return false;
  const auto& user = std::get<Password>(credentials[sent->credential].what).user;
  DigestSession* known = session(sent->realm, user);
  for (const std::string_view value : values_of(response, "Authentication-Info")) {
    if (known != nullptr && known->take_authentication_info(value, *sent->proof) == ServerProof::Wrong) return true;
  }
  return false;
}

Action Call::State::on_response(const ResponseHead& response, Instant now) {
  has_response = true;
  // Threat: a transport that follows redirects itself, and takes our fields along.
  if (!response.url.empty() && origin_of(response.url) != std::optional(url.origin)) {
    return finish(Outcome::Untrusted, CallCause::AnsweredElsewhere, "The answer came from another origin than the request was sent to.",
                  false);
  }
  note(StepKind::Receive, std::to_string(response.status));
  learn(response, now);
  if (proof_is_wrong(response)) {
    return finish(Outcome::Untrusted, CallCause::DigestServerUnproved,
                  "rspauth is wrong: who answered does not know the password, or changed the answer.", false);
  }
  switch (response.status) {
    case 401: return on_unauthorized(response, now);
    case 403: return on_forbidden(response);
    case 407:
      return finish(Outcome::Refused, CallCause::Proxy407,
                    "The proxy asks for credentials, which are not those of the server; nothing was tried with them.");
    case 429:
    case 503: return retry_later(response, now);
    default: break;
  }
  if (is_redirect(response.status)) return redirect(response, now);
  return finish(Outcome::Answered, CallCause::None, {});
}

Action Call::State::retry_later(const ResponseHead& response, Instant now) {
  const auto values = values_of(response, "Retry-After");
  const auto delay = values.size() == 1 ? parse_retry_after(values.front(), now, skew()) : std::nullopt;
  if (!delay)
    return finish(Outcome::Answered, CallCause::None,
                  fmt::format("{} without saying when to come back; not tried again.", response.status));
  const bool idempotent = is_idempotent(method);
  if (rules.max_wait > Duration{0} && idempotent && *delay <= rules.max_wait - waited && !no_more_sends()) {
    waited += *delay;
    note(StepKind::Wait, seconds_text(*delay));
    return Wait{*delay};
  }
  Action action = finish(Outcome::Later, CallCause::RetryLater,
                         fmt::format("The server asks to come back in {}{}.", seconds_text(*delay),
                                     idempotent ? "" : fmt::format("; {} is not repeated without being asked", method)));
  std::get<Finish>(action).until = now + *delay;
  return action;
}

Action Call::State::redirect(const ResponseHead& response, Instant now) {
  const auto locations = values_of(response, "Location");
  if (rules.max_redirects == 0 || locations.empty()) return finish(Outcome::Answered, CallCause::None, {});
  const auto stop = [&](CallCause cause, std::string summary) { return finish(Outcome::NotSent, cause, std::move(summary)); };
  const auto target = locations.size() == 1 ? resolve_location(url, locations.front()) : std::nullopt;
  if (!target)
    return stop(CallCause::RedirectUnusable, "The redirect names no http or https URL that all readers split alike; it was not followed.");
  if (redirects >= rules.max_redirects)
    return stop(CallCause::TooManyRedirects, fmt::format("{} redirects were followed, and no more are allowed.", redirects));
  // Threat: what was asked over https, told in the clear; also to this machine, where a stranger's redirect has no business.
  if (url.origin.secure() && !target->origin.secure() && !(target->origin.loopback() && url.origin.loopback()) && !rules.allow_plain_http) {
    return stop(CallCause::HttpsToHttpRedirect,
                fmt::format("The redirect leads from https to {}; it was not followed.", target->origin.text()));
  }
  const std::string next(redirected_method(response.status, method));
  // RFC 9110 section 15.4.4: a 303 is asked without what was sent.
  if ((next != method || response.status == 303) && body != BodyKind::None) {
    body = BodyKind::None;
    std::erase_if(fields, [](const FieldLine& field) { return describes_body(field.name); });
  }
  note(StepKind::Redirect, fmt::format("{} to {}{}", response.status, shown(*target), next == method ? "" : " as " + next));
  method = next;
  if (!(target->origin == url.origin)) {
    // Threat: a redirect that collects credentials. What stays behind is gone for the rest of the call, also if the way leads back.
    std::erase_if(fields, [&](const FieldLine& field) {
      if (travels(field.name)) return false;
      note(StepKind::Withhold, fmt::format("{} stays at {}", printable(field.name, 60), url.origin.text()));
      return true;
    });
    if (sent || sent_cookies) note(StepKind::Withhold, fmt::format("the credential stays at {}", url.origin.text()));
  }
  ++redirects;
  url = *target;
  if (const auto none = no_more_sends()) return stop(none->cause, none->summary);
  return send(now);
}

Call::Call(CallRequest request, CallRules rules, Credentials& credentials, ClientMemory& memory, RandomSource& random)
    : state_(std::make_unique<State>(std::move(request), rules, credentials, memory, random)) {}
Call::Call(Call&&) noexcept = default;
Call& Call::operator=(Call&&) noexcept = default;
Call::~Call() = default;

Action Call::start(Instant now) { return state_->start(now); }
Action Call::on_response(const ResponseHead& response, Instant now) { return state_->on_response(response, now); }
Action Call::on_refreshed(RefreshOutcome outcome, Instant now) { return state_->on_refreshed(std::move(outcome), now); }
Action Call::on_waited(Instant now) { return state_->send(now); }

Action Call::on_failed(std::string_view what, Instant) {
  state_->has_response = false;
  state_->sent.reset();
  return state_->finish(Outcome::NotSent, CallCause::TransportFailed, printable(what));
}

const std::vector<Step>& Call::steps() const { return state_->explanation.steps; }

}  // namespace quivive::client
