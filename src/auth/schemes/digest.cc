#include "auth/schemes/digest.h"

#include "auth/credential_mask.h"
#include "auth/tools.h"
#include "base/text.h"
#include "crypto/constant_time.h"
#include "http/grammar.h"

#include <algorithm>

namespace quivive::auth {
namespace {

// Whether `uri` is what was asked for: the request-target itself, or what an absolute-form target has behind the host
// (RFC 7616 section 3.4.6).
bool is_same_target(std::string_view uri, std::string_view target) {
  if (uri == target) return true;
  const std::size_t scheme = target.find("://");
  if (target.starts_with('/') || scheme == std::string_view::npos) return false;
  // The host ends at a slash or at a query: a slash within the query begins no path.
  const std::size_t end = target.find_first_of("/?", scheme + 3);
  if (end == std::string_view::npos) return uri == "/";
  return target[end] == '/' ? uri == target.substr(end) : uri.starts_with('/') && uri.substr(1) == target.substr(end);
}

// What is computed with for a user who is not there: as much work as for one who is.
constexpr std::string_view kDecoy = "0000000000000000000000000000000000000000000000000000000000000000";

struct Secrets {
  const store::DigestSecret* fitting = nullptr;
  std::string_view why;  // there is none
};

Secrets secret_of(const std::optional<store::UserRecord>& user, std::string_view realm, crypto::HashKind hash) {
  if (!user) return {nullptr, {}};
  if (user->digests.empty()) return {nullptr, "the user has no Digest secret; quivive user passwd NAME --digest makes one"};
  Secrets out{nullptr, "the user's Digest secrets were made for another realm; quivive user passwd NAME --digest makes new ones"};
  for (const store::DigestSecret& secret : user->digests) {
    if (secret.realm != realm) continue;
    if (secret.hash == hash) return {&secret, {}};
    out.why = "the user has no Digest secret for this algorithm; quivive user passwd NAME --digest makes one";
  }
  return out;
}

}  // namespace

std::string DigestCheck::who() const {
  if (!is_user_) return sent_->userhash ? "no user with that hash" : no_user_of(sent_->username);
  return fmt::format("user {}{}", sent_->userhash ? "with the hash " : "", printable(sent_->username, 64));
}

digest::ResponseInput DigestCheck::input() const {
  return {.algorithm = sent_->algorithm,
          .method = method_,
          .uri = sent_->uri,
          .nonce = sent_->nonce,
          .nc = sent_->nc,
          .cnonce = sent_->cnonce,
          .qop = sent_->qop_text,
          .body_hash = body_hash_.view()};
}

Finding DigestCheck::start(const CheckContext& context) {
  const DigestSettings& settings = context.policy.settings().digest;
  sent_ = std::make_unique<digest::DigestCredentials>();
  if (const auto problem = digest::parse(value_, *sent_)) {
    const bool unknown = problem->kind == digest::DigestProblem::Kind::UnknownAlgorithm;
    return refuse(Scheme::Digest, unknown ? Reason::DigestAlgorithmNotAllowed : Reason::DigestMalformed, problem->detail);
  }
  if (std::ranges::find(settings.algorithms, sent_->algorithm) == settings.algorithms.end()) {
    return refuse(Scheme::Digest, Reason::DigestAlgorithmNotAllowed,
                  fmt::format("algorithm {}, which was not offered", digest::name_of(sent_->algorithm)));
  }
  if (std::ranges::find(settings.qop, sent_->qop) == settings.qop.end()) {
    return refuse(Scheme::Digest, Reason::DigestMalformed, fmt::format("qop {}, which was not offered", digest::name_of(sent_->qop)));
  }
  if (sent_->userhash && !settings.userhash) {
    return refuse(Scheme::Digest, Reason::DigestMalformed, "userhash, which was not asked for");
  }
  if (!is_same_target(sent_->uri, target_)) {
    // Threat: credentials lifted from one request and put on another.
    return refuse(Scheme::Digest, Reason::DigestUriMismatch,
                  fmt::format("uri {}; the request's target is {}", printable(mask_credentials(sent_->uri), 100), printable(mask_credentials(target_), 100)));
  }
  if (sent_->qop == digest::Qop::Auth) return look_up();
  // Threat: strangers who make us hold bodies. A nonce costs them a request, and counts for its lifetime only; it is stale here before
  // the response is known to be right, which RFC 7616 section 3.3 allows.
  if (const auto nonce = valid_nonce(context); !nonce) {
    Verdict verdict = stale(nonce.error());
    for (Check& check : verdict.checks) {
      if (check.name == "body length" || check.name == "response") check.outcome = Outcome::Skipped;
    }
    return verdict;
  }
  asked_ = Asked::Body;
  return Need{NeedBodyHash{digest::info(sent_->algorithm).hash}};
}

Finding DigestCheck::look_up() {
  asked_ = Asked::User;
  return Need{NeedDigestUser{std::string(sent_->username), sent_->userhash, digest::info(sent_->algorithm).hash}};
}

Result<digest::Nonce, std::string_view> DigestCheck::valid_nonce(const CheckContext& context) const {
  const auto nonce = context.tools.nonces.read(sent_->nonce, context.policy.realm(), context.now);
  if (!nonce) return std::string_view("not a nonce of this gateway");
  if (context.now >= nonce->issued + context.policy.settings().digest.nonce_lifetime) return std::string_view("the nonce is too old");
  return *nonce;
}

Verdict DigestCheck::stale(std::string_view why) const {
  return refuse(Scheme::Digest, Reason::DigestNonceStale, is_user_ ? fmt::format("{}: {}", who(), why) : std::string(why));
}

Finding DigestCheck::resume(const CheckContext& context, Answer answer) {
  if (auto* outage = std::get_if<Unavailable>(&answer)) return unavailable(Scheme::Digest, std::move(*outage));
  if (asked_ == Asked::Body) {
    if (std::holds_alternative<BodyTooLarge>(answer)) return refuse(Scheme::Digest, Reason::DigestBodyTooLarge, "longer than accept.digest.auth_int_body");
    if (const auto* body = std::get_if<BodyHash>(&answer)) {
      body_hash_ = body->hash;
      return look_up();
    }
  }
  if (auto* user = std::get_if<FoundDigestUser>(&answer); user != nullptr && asked_ == Asked::User) return judge(context, std::move(*user));
  if (const auto* claim = std::get_if<digest::NonceClaim>(&answer); claim != nullptr && asked_ == Asked::Count) return conclude(*claim);
  return wrong_answer(Scheme::Digest);
}

// The answer's own qop is auth, whatever the request's was: rspauth of auth-int hashes a body that is still on its way when this is
// sent. RFC 7616 section 3.5 has that as a SHOULD, and the client reads there which it is.
digest::Proofs DigestCheck::proofs(const CheckContext& context, std::string_view secret) const {
  digest::DigestHasher& hasher = context.tools.digests;
  const digest::ResponseInput asked = input();
  if (sent_->qop == digest::Qop::Auth) return hasher.proofs(asked, secret);
  digest::ResponseInput answered = asked;
  answered.qop = digest::name_of(digest::Qop::Auth);
  return {hasher.response(asked, secret), hasher.rspauth(answered, secret)};
}

Finding DigestCheck::judge(const CheckContext& context, FoundDigestUser answer) {
  const auto wrong = [&](std::string_view why) {
    return refuse(Scheme::Digest, Reason::DigestWrongResponse, is_user_ ? fmt::format("{}: {}", who(), why) : who());
  };
  // Byte for byte: a store that folds case must not make two names one.
  if (answer.user && !sent_->userhash && answer.user->name != sent_->username) answer.user.reset();
  const crypto::HashKind hash = digest::info(sent_->algorithm).hash;
  Secrets stored;
  if (!answer.proved) stored = secret_of(answer.user, context.policy.realm(), hash);
  if (stored.fitting != nullptr && sent_->userhash && stored.fitting->user_hash != sent_->username) {
    answer.user.reset();
    stored = {};
  }
  is_user_ = answer.proved || answer.user;
  std::string_view secret = kDecoy.substr(0, 2 * crypto::digest_size(hash));
  if (answer.proved) secret = answer.proved->secret_.reveal(RevealSecret{});
  else if (stored.fitting != nullptr) secret = stored.fitting->secret.reveal(RevealSecret{});
  const digest::Proofs right = proofs(context, secret);
  const bool match = crypto::constant_time_equal(right.response.view(), sent_->response);
  if (!answer.proved && stored.fitting == nullptr) return wrong(stored.why);  // even if the decoy's response says otherwise
  if (!answer.proved && answer.user->disabled) return wrong(match ? "disabled; the password is right" : "disabled");
  if (!match) return wrong("wrong password, or a response computed from something else");
  if (sent_->realm != context.policy.realm()) {
    return wrong(fmt::format("for the realm '{}', and this route's is '{}'", printable(sent_->realm, 64), printable(context.policy.realm(), 64)));
  }

  // The response is right: from here on the client may know that it was.
  const auto nonce = valid_nonce(context);
  if (!nonce) return stale(nonce.error());
  issued_ = nonce->issued;
  rspauth_ = right.rspauth;
  user_ = std::move(answer.proved);
  if (user_ == nullptr) {
    const std::vector<std::string_view> roles(answer.user->roles.begin(), answer.user->roles.end());
    const IdentityView identity{.scheme = Scheme::Digest, .subject = answer.user->name, .roles = roles};
    Basis basis;
    basis.store_epoch = context.snapshot->store_epoch;
    user_ = std::make_shared<const DigestUser>(DigestUser::Voucher{}, stored.fitting->secret,
                                               std::make_shared<const Principal>(Principal::Voucher{}, identity, std::move(basis)));
  }
  asked_ = Asked::Count;
  return Need{NeedNonceCount{*nonce, sent_->count}};
}

Finding DigestCheck::conclude(digest::NonceClaim claim) const {
  switch (claim) {
    case digest::NonceClaim::Fresh: return user_->principal();
    case digest::NonceClaim::Replayed:
      return refuse(Scheme::Digest, Reason::DigestNonceReplayed, fmt::format("{}: count {} of this nonce was used", who(), printable(sent_->nc)));
    case digest::NonceClaim::Forgotten: break;
  }
  return stale("the nonce is forgotten");
}

std::string DigestCheck::authentication_info(const CheckContext& context) const {
  std::string out;
  out.reserve(256);
  out += "rspauth=\"";
  out += rspauth_.view();
  out += "\", qop=auth, nc=";
  out += sent_->nc;
  out += ", cnonce=";
  http::append_quoted_string(out, sent_->cnonce);
  if (context.now - issued_ >= context.policy.settings().digest.nonce_lifetime / 2) {
    out += ", nextnonce=\"";
    out += context.tools.nonces.make(context.now, context.policy.realm());
    out += '"';
  }
  return out;
}

}  // namespace quivive::auth
