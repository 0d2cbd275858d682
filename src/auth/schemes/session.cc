#include "auth/schemes/session.h"

#include "auth/session_token.h"
#include "base/text.h"
#include "crypto/constant_time.h"

#include <fmt/format.h>

#include <algorithm>

namespace quivive::auth {

Instant session_end(const store::SessionRecord& session, const SessionSettings& settings) {
  // By the settings of now: who shortens them means the sessions that there are, too.
  return std::min({session.expires, session.created + settings.absolute, session.seen + settings.idle});
}

Duration session_note_age(const SessionSettings& settings) { return std::min<Duration>(std::chrono::minutes(1), settings.idle / 8); }

Finding SessionCheck::start(const CheckContext&) {
  if (!looks_like_session_token(token_)) return refuse(Scheme::Session, Reason::SessionUnknown, "not a value that this gateway puts into its cookie");
  digest_ = session_digest(token_);
  return Need{NeedSession{digest_}};
}

Finding SessionCheck::resume(const CheckContext& context, Answer answer) {
  if (auto* outage = std::get_if<Unavailable>(&answer)) return unavailable(Scheme::Session, std::move(*outage));
  auto* found = std::get_if<FoundSession>(&answer);
  if (found == nullptr) return wrong_answer(Scheme::Session);
  if (!found->session || found->session->digest != digest_) return refuse(Scheme::Session, Reason::SessionUnknown, "no such session");
  const store::SessionRecord& session = *found->session;
  const SessionSettings& settings = context.policy.settings().session;
  const std::string id = store::session_id(session);
  const auto refused = [&](Reason reason, std::string_view why) {
    return refuse(Scheme::Session, reason, fmt::format("session {} of {}: {}", id, printable(session.user, 64), why));
  };
  if (session.revoked && context.now >= *session.revoked) return refused(Reason::SessionRevoked, "signed out, revoked, replaced, or one of more than accept.session.per_user");
  // Byte for byte: a store that folds case must not make two names one.
  if (!found->user || found->user->name != session.user) return refused(Reason::SessionRevoked, "the user is not there any more");
  if (found->user->disabled) return refused(Reason::SessionRevoked, "the user is disabled");
  if (!crypto::constant_time_equal(password_tag(found->user->password_hash), session.password_tag)) {
    return refused(Reason::SessionRevoked, "the password was changed since");
  }
  if (context.now >= session_end(session, settings)) {
    const bool idle = context.now >= session.seen + settings.idle;
    return refused(Reason::SessionExpired, idle ? "not used for as long as accept.session.idle" : "older than accept.session.absolute");
  }
  const std::vector<std::string_view> roles(found->user->roles.begin(), found->user->roles.end());
  const IdentityView identity{.scheme = Scheme::Session, .subject = session.user, .token_id = id, .issued_at = session.created, .roles = roles};
  Basis basis;
  basis.not_after = std::min(session.expires, session.created + settings.absolute);
  basis.store_epoch = context.snapshot->store_epoch;
  basis.session_epoch = context.snapshot->session_epoch;
  return std::make_shared<const Principal>(Principal::Voucher{}, identity, std::move(basis));
}

}  // namespace quivive::auth
