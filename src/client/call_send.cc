// What goes into the next request.

#include "base/base64.h"
#include "base/text.h"
#include "client/call_state.h"
#include "client/expiry.h"
#include "client/redirect.h"
#include "client/request_check.h"

#include <fmt/format.h>

#include <algorithm>

namespace quivive::client {
namespace {

Secret basic_value(const Password& password) {
  std::string pair = password.user + ':';
  pair += password.password.reveal(RevealSecret{});
  return Secret("Basic " + base64_encode(pair));
}

}  // namespace

std::string shown(const TargetUrl& url) { return url.origin.text() + printable(url.path, 120) + (url.query.empty() ? "" : "?…"); }

std::optional<NoAnswer> Call::State::no_more_sends() const {
  if (body == BodyKind::Once && body_begun) {
    return NoAnswer{CallCause::BodyNotRewindable, "The request has to be sent again, and its body can be read only once."};
  }
  if (sends >= kMaxSends + redirects) return NoAnswer{CallCause::TooManySends, fmt::format("{} sends were enough for one call.", sends)};
  return std::nullopt;
}

// Those that need no challenge: a token, a key, Basic where it was said, Digest with a nonce that is still known (RFC 7616 section 3.3, RFC 7617
// section 2.2).
std::optional<Call::State::Selected> Call::State::preemptive() {
  for (std::size_t i = 0; i < credentials.size(); ++i) {
    const Credential& credential = credentials[i];
    if (!bound_here(i) || tried[i].refused || !may_carry(credential, rules.allow_plain_http)) continue;
    if (std::holds_alternative<Bearer>(credential.what)) return Selected{i, AuthKind::Bearer, {}};
    if (const auto* key = std::get_if<ApiKey>(&credential.what); key != nullptr && !has_field(key->field))
      return Selected{i, AuthKind::Key, {}};
    const auto* password = std::get_if<Password>(&credential.what);
    if (password == nullptr) continue;
    if (password->use == PasswordUse::Basic) return Selected{i, AuthKind::Basic, {}};
    for (const DigestSession& known : memory.at(url.origin).digests) {
      const bool answerable =
          known.challenge().auth || !known.challenge().auth_int || body == BodyKind::None || request.body_bytes != nullptr;
      if (known.user() == password->user && answerable && known.covers(url.origin.text(), url.path)) {
        return Selected{i, AuthKind::Digest, known.challenge().realm};
      }
    }
  }
  return std::nullopt;
}

Action Call::State::send(Instant now) {
  if (const auto stop = no_more_sends()) return finish(has_response ? Outcome::Refused : Outcome::NotSent, stop->cause, stop->summary);
  sent.reset();
  sent_cookies = false;
  Send out{method, url.text(), fields, SendBody::None};
  // Threat: a listener on the way, as for every other credential.
  if (!url.origin.secure() && !url.origin.loopback() && !rules.allow_plain_http && std::ranges::any_of(fields, is_credential_field, &FieldLine::name)) {
    return finish(Outcome::NotSent, CallCause::PlainHttp, fmt::format("The credential for {} does not go over plain http.", url.origin.text()));
  }
  if (!caller_authorizes()) {
    const bool one_may_go = std::any_of(credentials.begin(), credentials.end(), [&](const Credential& c) {
      return c.origin == url.origin && !std::holds_alternative<CookieJar>(c.what) && may_carry(c, rules.allow_plain_http);
    });
    // Threat: a listener on the way. The request would go without a credential and be refused; its body would have been shown.
    if (holds_credential() && !one_may_go) {
      return finish(Outcome::NotSent, CallCause::PlainHttp,
                    fmt::format("The credential for {} does not go over plain http.", url.origin.text()));
    }
    // Threat: a redirect that takes what was chosen for one origin to another.
    if (selected && !bound_here(selected->credential)) selected.reset();
    if (!selected) selected = preemptive();
    if (selected) {
      const std::size_t index = selected->credential;
      const Credential& credential = credentials[index];
      if (const auto fault = check_credential(credential)) return finish(Outcome::NotSent, fault->cause, fault->summary);
      if (const auto* bearer = std::get_if<Bearer>(&credential.what);
          bearer != nullptr && bearer->refreshable() && !tried[index].refreshed) {
        if (bearer->token.access.empty() || refresh_due(bearer->token, skew(), rules.refresh_ahead, now, random)) {
          return refresh(index, RefreshReason::AboutToExpire);
        }
      }
      attach(out);
    }
    attach_cookies(out, now);
  }
  if (body != BodyKind::None) {
    out.body = body_begun ? SendBody::Rewind : SendBody::First;
    body_begun = true;
  }
  ++sends;
  static constexpr std::string_view kWith[] = {" with Basic", " with Digest", " with a Bearer token", " with an API key", ""};
  std::string_view with = caller_authorizes() && has_field("Authorization") ? " with the caller's own Authorization" : "";
  if (sent) with = kWith[static_cast<std::size_t>(sent->kind)];
  note(StepKind::Send,
       fmt::format("{} {}{}{}", method, shown(url), with, sent_cookies ? (with.empty() ? " with cookies" : " and cookies") : ""));
  return out;
}

// What was chosen, which is this origin's.
void Call::State::attach(Send& out) {
  const Credential& credential = credentials[selected->credential];
  sent = Sent{*selected, std::nullopt};
  switch (selected->kind) {
    case AuthKind::Basic: out.fields.push_back({"Authorization", basic_value(std::get<Password>(credential.what))}); return;
    case AuthKind::Bearer:
      out.fields.push_back(
          {"Authorization", Secret("Bearer " + std::string(std::get<Bearer>(credential.what).token.access.reveal(RevealSecret{})))});
      return;
    case AuthKind::Key: {
      const ApiKey& key = std::get<ApiKey>(credential.what);
      out.fields.push_back({key.field, key.value});
      return;
    }
    case AuthKind::Digest: {
      const Password& password = std::get<Password>(credential.what);
      DigestSession* known = session(selected->realm, password.user);
      if (known == nullptr) {  // another call has made room for its own
        sent.reset();
        return;
      }
      DigestRequest digest{password.user, password.password.reveal(RevealSecret{}), method, {}, {}};
      const std::string uri = url.path + url.query;
      digest.uri = uri;
      if (body == BodyKind::None) digest.body = "";
      else if (request.body_bytes != nullptr) digest.body = *request.body_bytes;
      DigestAuthorization authorization = known->authorize(digest, random);
      out.fields.push_back({"Authorization", std::move(authorization.value)});
      sent->proof = std::move(authorization.proof);
      return;
    }
    case AuthKind::Cookies: return;
  }
}

void Call::State::attach_cookies(Send& out, Instant now) {
  if (has_field("Cookie") || !may_carry(url.origin, AuthKind::Cookies, rules.allow_plain_http)) return;
  for (const Credential& credential : credentials) {
    const auto* jar = std::get_if<CookieJar>(&credential.what);
    if (jar == nullptr || !(credential.origin == url.origin)) continue;
    std::string value = jar->header(url.origin, url.path, now);
    if (value.empty()) continue;
    out.fields.push_back({"Cookie", Secret(std::move(value))});
    sent_cookies = true;
    return;
  }
}

}  // namespace quivive::client
