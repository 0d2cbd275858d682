#include "gateway/pipeline.h"

#include "auth/attempt.h"
#include "auth/no_credential.h"
#include "auth/outcome_key.h"
#include "auth/schemes/outcome.h"
#include "crypto/constant_time.h"
#include "gateway/cross_origin.h"
#include "gateway/remembered_use.h"
#include "gateway/resolver.h"
#include "gateway/sign_in.h"

namespace quivive::gateway {
namespace {

using net::Awaitable;

// An observed route forwards what it would have refused, without an identity.
void settle(Admission& out) {
  out.observed = !out.verdict.allowed() && out.route->policy->observe();
  out.admitted = out.verdict.allowed() || out.observed;
}

OutcomeCache& cache_of(Worker& worker, auth::Scheme scheme) { return worker.outcomes[static_cast<std::size_t>(scheme)]; }

OutcomeCache::Key key_of(OutcomeCache& cache, const auth::Credential& credential) {
  const auth::OutcomeKey key = auth::outcome_key(credential);
  return cache.key_of({&key.scheme, 1}, key.bytes);
}

// Under which the user of a Digest response is remembered: what the secret depends on.
OutcomeCache::Key key_of(OutcomeCache& cache, const auth::NeedDigestUser& need, std::string_view realm) {
  std::string text;
  text.reserve(realm.size() + need.name.size() + 8);
  text += static_cast<char>('0' + static_cast<int>(need.hash));
  text += need.hashed ? 'h' : 'n';
  text.append(realm).append(1, '\n').append(need.name);  // a realm holds no control character
  return cache.key_of("d", text);
}

auth::Answer claim(Worker& worker, const auth::NeedNonceCount& need, Instant now) {
  return worker.services.nonce_counts.claim(need.nonce, need.count, now);
}

auth::Answer body_hash(Worker& worker, const auth::NeedBodyHash& need, const BodyInMemory& body) {
  if (!body.whole) return auth::BodyTooLarge{};
  return auth::BodyHash{worker.tools.digests.body_hash(need.hash, body.bytes)};
}

// Threat: what is remembered would tell a guesser who is locked out which guess is right.
// `name` is the one that tries are counted under: as sent.
bool must_wait(Worker& worker, const PipelineInput& input, std::string_view name, const Remembered& remembered) {
  if (!worker.services.lockouts.any(input.now)) return false;
  SignIn sign_in(worker.services, input.client);
  sign_in.name(name);
  sign_in.familiar(remembered.place == sign_in.place());
  return sign_in.wait().time > Duration{0};
}

// A Digest response of a user who is remembered. Anything but a right one is left to the store: a user who is not there must not
// be told from one who is by the time that the answer takes, and a password may have changed.
bool decide_digest(Worker& worker, const Deployment& deployment, const Route& route, const PipelineInput& input,
                   const auth::FoundCredentials& found, Admission& out) {
  auth::Attempt attempt(*route.policy, found, worker.facts.get(), worker.tools, input.now, false, &worker.memory);
  auth::Step step = attempt.advance();
  const auto* wanted = std::get_if<auth::Need>(&step);
  if (const auto* body = wanted == nullptr ? nullptr : std::get_if<auth::NeedBodyHash>(wanted)) {
    constexpr BodyInMemory kNone{{}, true};
    out.wants_body = input.body == nullptr && input.head.has_body();
    if (out.wants_body) return false;
    out.body_hash = body_hash(worker, *body, input.body == nullptr ? kNone : *input.body);
    step = attempt.advance(*out.body_hash);
    wanted = std::get_if<auth::Need>(&step);
  }
  if (wanted != nullptr) {
    OutcomeCache& cache = cache_of(worker, auth::Scheme::Digest);
    const std::string name = std::get<auth::NeedDigestUser>(*wanted).name;
    out.key = key_of(cache, std::get<auth::NeedDigestUser>(*wanted), route.policy->realm());
    Remembered* remembered = cache.find(out.key, input.now);
    if (remembered == nullptr || remembered->principal->basis().store_epoch != worker.facts.get()->store_epoch) {
      (void)attempt.advance(auth::FoundDigestUser{});  // the work that a wrong response costs a remembered user here
      return false;
    }
    if (must_wait(worker, input, name, *remembered)) return false;
    step = attempt.advance(auth::FoundDigestUser{std::nullopt, remembered->digest_user});
    if (worker.services.claim_pool != nullptr && std::holds_alternative<auth::Need>(step)) {
      out.proved = remembered->digest_user;
      return false;
    }
    if (const auto* count = std::get_if<auth::Need>(&step)) step = attempt.advance(claim(worker, std::get<auth::NeedNonceCount>(*count), input.now));
    if (std::get<auth::Verdict>(step).reason == Reason::DigestWrongResponse) return false;
    worker.metrics.outcome_cache_hits.add();
    out.verdict = std::move(std::get<auth::Verdict>(step));
    settle(out);
    if (out.verdict.allowed()) out.identity = use(deployment, route, *found.credential, *remembered, input.now);
  } else {
    out.verdict = std::move(std::get<auth::Verdict>(step));
    settle(out);
  }
  out.authorization_consumed = out.verdict.allowed();
  out.authentication_info = std::move(out.verdict.authentication_info);
  return true;
}

}  // namespace

bool parameters_decide(const Deployment& deployment, std::string_view method, const PipelineInput& input, const auth::Router::Route* match) {
  if (!input.target.has_parameters) return false;
  std::string scratch;
  const std::string_view bare = http::path_without_parameters(input.target.policy_path, scratch);
  return deployment.router->match(method, input.head.host, bare) != match;
}

auth::Verdict refusal(Reason reason, std::string_view detail) {
  auth::Verdict verdict;
  verdict.reason = reason;
  verdict.detail = detail;
  return verdict;
}

bool decide_now(Worker& worker, const Deployment& deployment, const PipelineInput& input, auth::FoundCredentials& found, Admission& out) {
  // Threat: a request that no route with a `host` takes for its own, while the upstream takes it for that host's. Without such routes it may be
  // a health check, which HAProxy sends so.
  if (input.head.host.empty() && deployment.router->compares_hosts()) {
    out.verdict = refusal(Reason::RequestMalformed, "HTTP/1.0 without Host, where a route asks for a host");
    return true;
  }
  if (const Route* asked = route_of_preflight(deployment, input)) {
    out.route = asked;
    out.cors_origin = allowed_origin(*asked, input.head.view());
    out.preflight = true;
    out.verdict.reason = Reason::Allowed;
    return true;
  }
  const auth::Router::Route* match = deployment.router->match(input.head.method, input.head.host, input.target.policy_path);
  const bool passes = match != nullptr && deployment.routes[match->index].pass_encoded_slash;
  if (input.target.has_encoded_slash && !passes) {
    out.verdict = refusal(Reason::RequestTargetAmbiguous, "an encoded slash, which no route here passes");
    return true;
  }
  out.routed = true;
  if (match == nullptr) {
    out.verdict = refusal(Reason::PolicyDenied, "no route matches");
    return true;
  }
  const Route& route = deployment.routes[match->index];
  out.route = &route;
  if (parameters_decide(deployment, input.head.method, input, match)) {
    out.verdict = refusal(Reason::RequestTargetAmbiguous, "without its ;parameters the path belongs to another route");
    return true;
  }
  out.cors_origin = allowed_origin(route, input.head.view());
  if (route.policy->is_public()) {
    out.verdict.reason = Reason::Allowed;
    out.admitted = true;
    return true;
  }
  found = auth::find_credentials(input.head.view(), *route.policy);
  if (!found.credential) {
    out.verdict = auth::without_credential(found, *route.policy);
    settle(out);
    return true;
  }
  if (found.credential->scheme == auth::Scheme::Bearer && found.credential->value.size() > deployment.config.limits.token_bytes) {
    out.verdict = refusal(Reason::TokenMalformed, "longer than limits.token_bytes");
    out.verdict.scheme = auth::Scheme::Bearer;
    settle(out);
    return true;
  }
  if (found.credential->scheme == auth::Scheme::Digest) return decide_digest(worker, deployment, route, input, found, out);
  if (found.credential->scheme == auth::Scheme::Session && is_cross_site(route, input.head)) {
    out.verdict = refusal(Reason::CsrfRejected, "an unsafe method with a session cookie, from a page of another site");
    out.verdict.scheme = auth::Scheme::Session;
    settle(out);
    return true;
  }
  OutcomeCache& cache = cache_of(worker, found.credential->scheme);
  out.key = key_of(cache, *found.credential);
  Remembered* remembered = cache.find(out.key, input.now);
  if (remembered == nullptr) return false;
  auto verdict = auth::accept_remembered(*route.policy, remembered->principal, *worker.facts.get(), input.now);
  if (!verdict) return false;
  if (found.credential->scheme == auth::Scheme::Basic && must_wait(worker, input, remembered->principal->subject(), *remembered)) return false;
  worker.metrics.outcome_cache_hits.add();
  out.verdict = std::move(*verdict);
  settle(out);
  if (!out.verdict.allowed()) return true;
  out.authorization_consumed = found.credential->place == auth::Place::Authorization;
  out.identity = use(deployment, route, *found.credential, *remembered, input.now);
  return true;
}

namespace {

// One password is verified once at a time by a worker: who comes with the same one waits, and then finds it remembered. A client with many
// connections would otherwise fill the queue by itself.
class Flight {
 public:
  Flight(Worker& worker, const OutcomeCache::Key& key) : worker_(worker), key_(key) {
    auto verification = std::make_shared<Worker::Verification>(Worker::Verification{net::Timer(worker.loop.executor())});
    verification->done.expires_at(net::SteadyClock::time_point::max());
    worker_.verifying.emplace(key_, std::move(verification));
  }
  ~Flight() {
    const auto own = worker_.verifying.find(key_);
    const std::shared_ptr<Worker::Verification> verification = own->second;
    worker_.verifying.erase(own);
    verification->done.cancel();
  }
  void was_right() { worker_.verifying.find(key_)->second->right = true; }
  Flight(const Flight&) = delete;
  Flight& operator=(const Flight&) = delete;

 private:
  Worker& worker_;
  const OutcomeCache::Key key_;
};

// How often a credential is looked at, where what it rests on changes meanwhile.
constexpr int kMostLooks = 3;

// What a request has shown and need not show again when it is looked at once more.
struct Proven {
  std::shared_ptr<const auth::DigestUser> digest_user;
  std::optional<Secret> hash;  // that its password fits
  std::optional<digest::NonceClaim> count;

  [[nodiscard]] bool fits(const Secret& other) const {
    return hash && crypto::constant_time_equal(hash->reveal(RevealSecret{}), other.reveal(RevealSecret{}));
  }
};

bool is_remembered_kind(const Deployment& deployment, const auth::Credential& credential) {
  const auto& basic = deployment.config.accept.basic;
  return credential.scheme == auth::Scheme::Basic && basic && basic->remember > Duration{0} && deployment.config.cache.passwords > 0;
}

}  // namespace

Awaitable<> verify_credential(Worker& worker, std::shared_ptr<const Deployment> deployment, PipelineInput input,
                              const auth::FoundCredentials& found, Admission& out) {
  std::optional<Flight> flight;
  if (is_remembered_kind(*deployment, *found.credential)) {
    for (auto under_way = worker.verifying.find(out.key); under_way != worker.verifying.end(); under_way = worker.verifying.find(out.key)) {
      const std::shared_ptr<Worker::Verification> other = under_way->second;
      (void)co_await other->done.async_wait(net::kUse);
      Admission again;
      auth::FoundCredentials same;
      if (decide_now(worker, *deployment, input, same, again)) {
        out = std::move(again);
        co_return;
      }
      // One that was right is not remembered when the store changed meanwhile. One that was wrong is not waited for again: the queue is
      // what bounds those.
      if (!other->right) break;
    }
    if (!worker.verifying.contains(out.key)) flight.emplace(worker, out.key);
  }
  (out.proved ? worker.metrics.outcome_cache_hits : worker.metrics.outcome_cache_misses).add();
  const Instant now = input.now;
  const Route& route = *out.route;
  OutcomeCache& cache = cache_of(worker, found.credential->scheme);
  Resolver resolver(worker, *deployment);
  SignIn sign_in(worker.services, input.client);
  std::optional<auth::Attempt> attempt;
  Proven proven{out.proved, {}, {}};
  for (int looks = 1;; ++looks) {
    attempt.emplace(*route.policy, found, worker.facts.get(), worker.tools, now, false, &worker.memory);
    auth::Step step = attempt->advance();
    while (auth::Need* need = std::get_if<auth::Need>(&step)) {
      auth::Answer answer;
      Duration wait{0};
      if (auto* user = std::get_if<auth::NeedUser>(need)) {
        sign_in.name(user->name);
        wait = co_await resolver.wait(sign_in);
        if (wait == Duration{0}) answer = co_await resolver.user(std::move(user->name));
      } else if (auto* password = std::get_if<auth::NeedPassword>(need)) {
        if (proven.fits(password->hash)) {
          answer = auth::PasswordOutcome::Match;
        } else {
          Secret hash = password->hash;
          auto tried = co_await resolver.password(std::move(*password), sign_in);
          wait = tried.wait;
          answer = std::move(tried.answer);
          const auto* outcome = std::get_if<auth::PasswordOutcome>(&answer);
          if (outcome != nullptr && *outcome == auth::PasswordOutcome::Match) proven.hash = std::move(hash);
        }
      } else if (auto* record = std::get_if<auth::NeedKeyRecord>(need)) {
        answer = co_await resolver.key_record(std::move(record->id));
      } else if (auto* session = std::get_if<auth::NeedSession>(need)) {
        answer = co_await resolver.session(std::move(*session));
      } else if (std::holds_alternative<auth::NeedDigestUser>(*need) && proven.digest_user) {
        answer = auth::FoundDigestUser{std::nullopt, proven.digest_user};  // decide_digest() saw to lock-outs
      } else if (auto* digest = std::get_if<auth::NeedDigestUser>(need)) {
        sign_in.name(digest->name);
        answer = co_await resolver.digest_user(std::move(*digest));
        // Under the name as sent. Threat: a hash that counted as its user's would tell which users there are.
        const auto* found_user = std::get_if<auth::FoundDigestUser>(&answer);
        if (found_user != nullptr && found_user->user) sign_in.account(found_user->user->name);
        if (found_user != nullptr) wait = co_await resolver.begin(sign_in);
      } else if (std::holds_alternative<auth::NeedBodyHash>(*need)) {
        answer = out.body_hash.value_or(auth::BodyTooLarge{});
      } else if (const auto* count = std::get_if<auth::NeedNonceCount>(need)) {
        if (proven.count) {
          answer = *proven.count;  // which is claimed once
        } else if (worker.services.claim_pool != nullptr) {
          answer = co_await resolver.nonce_count(*count);
        } else {
          answer = claim(worker, *count, now);
        }
        if (std::holds_alternative<digest::NonceClaim>(answer)) proven.count = std::get<digest::NonceClaim>(answer);
      } else {
        answer = co_await resolver.keys(std::move(std::get<auth::NeedKeys>(*need)));
      }
      if (wait > Duration{0}) {
        out.verdict = sign_in.refusal(found.credential->scheme, wait);
        settle(out);
        co_return;
      }
      step = attempt->advance(std::move(answer));
    }
    out.verdict = std::move(std::get<auth::Verdict>(step));
    if (!proven.digest_user) resolver.settle(sign_in, out.verdict);
    // Threat: what was revoked or changed while this waited, for keys or for a hash, would pass once more.
    if (!out.verdict.principal || auth::accept_remembered(*route.policy, out.verdict.principal, *worker.facts.get(), now)) break;
    if (looks == kMostLooks) {
      out.verdict = auth::unavailable(found.credential->scheme, {"what it rests on changes without end", std::chrono::seconds(1)});
      break;
    }
    proven.digest_user = nullptr;
  }
  settle(out);
  const auto& principal = out.verdict.principal;
  if (!principal) co_return;
  Remembered* before = proven.digest_user && worker.deployment == deployment ? cache.find(out.key, now) : nullptr;
  if (before != nullptr && before->digest_user == proven.digest_user) {
    out.authentication_info = std::move(out.verdict.authentication_info);
    out.authorization_consumed = out.verdict.allowed();
    if (out.verdict.allowed()) out.identity = use(*deployment, route, *found.credential, *before, now);
    co_return;
  }
  if (flight) flight->was_right();
  Remembered remembered{
      .principal = principal, .identity = std::pmr::string(cache.memory()), .digest_user = attempt->digest_user(), .place = sign_in.place()};
  out.authentication_info = std::move(out.verdict.authentication_info);
  remembered.until = believed_until(*deployment, *principal, now);
  write_identity(*deployment, route, now, remembered);
  if (out.verdict.allowed()) {
    out.authorization_consumed = found.credential->place == auth::Place::Authorization;
    out.identity = remembered.identity;
    touch(*deployment, route, *found.credential, remembered, now);
  }
  // A proof by an older configuration must not outlive it in the cache that the newer one uses.
  if (worker.deployment == deployment) cache.put(out.key, std::move(remembered));
}

void note(const Admission& admission, AccessRecord& record) {
  record.reason = admission.verdict.reason;
  record.observed = admission.observed;
  record.scheme = admission.verdict.scheme;
  if (admission.route != nullptr) record.route = admission.route->policy->name();
  if (const auto& principal = admission.verdict.principal) {
    record.scheme = principal->scheme();
    record.principal = principal->subject();
    if (principal->scheme() == auth::Scheme::ApiKey) record.key_id = principal->key_id();
  }
}

}  // namespace quivive::gateway
