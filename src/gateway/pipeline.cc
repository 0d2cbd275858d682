#include "gateway/pipeline.h"

#include "auth/attempt.h"
#include "auth/outcome_key.h"
#include "crypto/password.h"
#include "gateway/key_set_manager.h"
#include "net/run_blocking.h"

namespace quivive::gateway {
namespace {

using net::Awaitable;

// How long an API key, or the secret of a Digest user, is believed without asking the store: revocation shows at once through the store's version, so this
// bounds only what an unreachable store leaves in force.
constexpr Duration kKeyMemory = std::chrono::minutes(5);

// An observed route forwards what it would have refused, without an identity.
void settle(Admission& out) {
  out.observed = !out.verdict.allowed() && out.route->policy->observe();
  out.admitted = out.verdict.allowed() || out.observed;
}

Instant until(const Deployment& deployment, const auth::Principal& principal, Instant now) {
  Instant end = principal.not_after();
  if (principal.scheme() == auth::Scheme::Basic) end = std::min(end, now + deployment.config.accept.basic->remember);
  if (principal.scheme() == auth::Scheme::ApiKey || principal.scheme() == auth::Scheme::Digest) end = std::min(end, now + kKeyMemory);
  return end;
}

// Writes remembered.identity: header lines for the route's upstream, with an assertion where the setting says so.
void write_identity(const Deployment& deployment, const Route& route, Instant now, Remembered& remembered) {
  const config::Identity& settings = deployment.config.identity;
  // Written elsewhere first: what is kept is as long as it has to be, and allocated once.
  char room[1024];
  std::pmr::monotonic_buffer_resource scratch(room, sizeof room);
  std::pmr::string lines(&scratch);
  lines.reserve(sizeof room / 2);
  append_identity_lines(lines, settings.headers, *remembered.principal);
  remembered.identity.assign(lines);
  if (!deployment.assertion || settings.headers.assertion.empty()) return;
  const std::size_t upstream = deployment.config.routes[route.index].upstream;
  const std::string audience = origin(deployment.config.upstreams[upstream].url);
  const auto jwt = deployment.assertion->sign(*remembered.principal, audience, now, settings.assertion_lifetime);
  if (jwt) remembered.identity.append(settings.headers.assertion).append(": ").append(*jwt).append("\r\n");
  remembered.identity_until = now + settings.assertion_lifetime / 2;
  remembered.identity_upstream = upstream;
}

bool identity_is_stale(const Deployment& deployment, const Route& route, Instant now, const Remembered& remembered) {
  if (!deployment.assertion) return false;
  return now >= remembered.identity_until || remembered.identity_upstream != deployment.config.routes[route.index].upstream;
}

void touch(const Deployment& deployment, Remembered& remembered, Instant now) {
  if (remembered.principal->scheme() != auth::Scheme::ApiKey || now - remembered.touched < std::chrono::minutes(1)) return;
  remembered.touched = now;
  (void)deployment.stores.database->touch_key(remembered.principal->key_id(), now);  // a lost note is no error
}

// Servlet containers drop ";parameters" from a path. If that leads to another route, policy and upstream would disagree.
bool routes_otherwise(const Deployment& deployment, const PipelineInput& input, const auth::Router::Route* match) {
  std::string scratch;
  const std::string_view bare = http::path_without_parameters(input.target.policy_path, scratch);
  return deployment.router->match(input.head.method, input.head.host, bare) != match;
}

// Cross-origin requests (Fetch standard, section 3.2). True for a preflight that the route allows.
bool look_at_origin(const Deployment& deployment, const Route& route, const http::RequestView& view, Admission& out) {
  const auto& origins = deployment.config.routes[route.index].cors_origins;
  if (origins.empty()) return false;
  const std::string_view origin = view.value(http::FieldId::Origin);
  if (origin.empty()) return false;
  for (const std::string& allowed : origins) {
    if (allowed == "*" || allowed == origin) out.cors_origin = allowed;
  }
  if (out.cors_origin.empty() || view.method != "OPTIONS") return false;
  out.preflight = !view.value(http::FieldId::AccessControlRequestMethod).empty();
  if (out.preflight) out.verdict.reason = Reason::Allowed;
  return out.preflight;
}

OutcomeCache& cache_of(Worker& worker, auth::Scheme scheme) { return worker.outcomes[static_cast<std::size_t>(scheme)]; }

OutcomeCache::Key key_of(OutcomeCache& cache, const auth::Credential& credential) {
  const auth::OutcomeKey key = auth::outcome_key(credential);
  return cache.key_of({&key.scheme, 1}, key.bytes);
}

template <class T>
auth::Answer unavailable(const std::optional<T>& result, std::string_view what) {
  return auth::Unavailable{result ? result->error().message : std::string(what), std::chrono::seconds(5)};
}

// A database that was removed under us still answers look-ups, with what nobody can change any more.
auth::Answer store_down() { return auth::Unavailable{"the store cannot be used; the log says why", std::chrono::seconds(5)}; }

struct Resolver {
  Worker& worker;
  const Deployment& deployment;

  Awaitable<auth::Answer> user(std::string name) {
    if (!worker.services.board.store_up.load(std::memory_order_relaxed)) co_return store_down();
    const auto users = deployment.stores.users;
    using Found = Result<std::optional<store::UserRecord>>;
    std::function<Found()> job = [users, name] { return users->find_user(name); };
    const auto found = co_await net::run_blocking<Found>(worker.services.store_pool, worker.loop.mailbox(), std::move(job));
    if (!found || !*found) co_return unavailable(found, "too many store look-ups are waiting");
    co_return auth::FoundUser{**found};
  }

  Awaitable<auth::Answer> digest_user(auth::NeedDigestUser need) {
    if (!worker.services.board.store_up.load(std::memory_order_relaxed)) co_return store_down();
    const auto store = deployment.stores.database;  // a password file has no such secrets
    using Found = Result<std::optional<store::UserRecord>>;
    std::function<Found()> job = [store, need] { return need.hashed ? store->find_user_by_hash(need.name) : store->find_user(need.name); };
    const auto found = co_await net::run_blocking<Found>(worker.services.store_pool, worker.loop.mailbox(), std::move(job));
    if (!found || !*found) co_return unavailable(found, "too many store look-ups are waiting");
    co_return auth::FoundDigestUser{**found, {}};
  }

  Awaitable<auth::Answer> key_record(std::string id) {
    if (!worker.services.board.store_up.load(std::memory_order_relaxed)) co_return store_down();
    const auto store = deployment.stores.database;
    using Found = Result<std::optional<store::KeyRecord>>;
    std::function<Found()> job = [store, id] { return store->find_key(id); };
    const auto found = co_await net::run_blocking<Found>(worker.services.store_pool, worker.loop.mailbox(), std::move(job));
    if (!found || !*found) co_return unavailable(found, "too many store look-ups are waiting");
    co_return auth::FoundKey{**found};
  }

  Awaitable<auth::Answer> password(auth::NeedPassword need) {
    const auto shared = std::make_shared<const auth::NeedPassword>(std::move(need));
    std::function<crypto::PasswordVerdict()> job = [shared] {
      return crypto::verify_password(shared->hash, shared->password.reveal(RevealSecret{}));
    };
    const auto verdict = co_await net::run_blocking<crypto::PasswordVerdict>(worker.services.hash_pool, worker.loop.mailbox(), std::move(job));
    if (!verdict) co_return auth::PasswordOutcome::Overloaded;
    switch (*verdict) {
      case crypto::PasswordVerdict::Match: co_return auth::PasswordOutcome::Match;
      case crypto::PasswordVerdict::Mismatch: co_return auth::PasswordOutcome::Mismatch;
      case crypto::PasswordVerdict::UnusableHash: break;
    }
    co_return auth::PasswordOutcome::Unusable;
  }

  Awaitable<auth::Answer> keys(auth::NeedKeys need) {
    const KeyWish wish = need.why == auth::NeedKeys::Why::UnknownKid     ? KeyWish::UnknownKid
                         : need.why == auth::NeedKeys::Why::BadSignature ? KeyWish::BadSignature
                                                                         : KeyWish::NeverFetched;
    auto set = co_await ask(need.issuer->key_slot, wish, need.kid);
    if (!set) co_return auth::Unavailable{"the keys of " + need.issuer->issuer() + " cannot be fetched", std::chrono::seconds(5)};
    co_return auth::FoundKeySet{std::move(set)};
  }

 private:
  using KeySetPtr = std::shared_ptr<const jose::KeySet>;
  // The manager lives on the control loop: the question goes there by mail, and so does the answer back.
  Awaitable<KeySetPtr> ask(std::size_t slot, KeyWish wish, std::string kid) {
    return net::asio::async_initiate<const net::asio::use_awaitable_t<net::Executor>, void(KeySetPtr)>(
        [](auto handler, Worker* home, std::size_t at, KeyWish why, std::string name) {
          auto waiting = std::make_shared<decltype(handler)>(std::move(handler));
          KeySetManager* manager = &home->services.key_sets;
          home->services.control.mailbox().post([manager, home, waiting, at, why, name = std::move(name)] {
            manager->request(at, why, name, [home, waiting](KeySetPtr set) {
              home->loop.mailbox().post([waiting, set = std::move(set)] { (*waiting)(set); });
            });
          });
        },
        net::asio::use_awaitable_t<net::Executor>{}, &worker, slot, wish, std::move(kid));
  }
};

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

void accept(const Deployment& deployment, const Route& route, const PipelineInput& input, Remembered& remembered, Admission& out) {
  if (identity_is_stale(deployment, route, input.now, remembered)) write_identity(deployment, route, input.now, remembered);
  out.identity = remembered.identity;
  touch(deployment, remembered, input.now);
}

// A Digest response of a user who is remembered. Anything but a right one is left to the store: a user who is not there must not
// be told from one who is by the time that the answer takes, and a password may have changed.
bool decide_digest(Worker& worker, const Deployment& deployment, const Route& route, const PipelineInput& input,
                   const auth::FoundCredentials& found, Admission& out) {
  auth::Attempt attempt(*route.policy, found, worker.facts.get(), worker.tools, input.now, false, &worker.memory);
  auth::Step step = attempt.advance();
  const auto* wanted = std::get_if<auth::Need>(&step);
  if (wanted != nullptr) {
    OutcomeCache& cache = cache_of(worker, auth::Scheme::Digest);
    out.key = key_of(cache, std::get<auth::NeedDigestUser>(*wanted), route.policy->realm());
    Remembered* remembered = cache.find(out.key, input.now);
    if (remembered == nullptr || remembered->principal->basis().store_epoch != worker.facts.get()->store_epoch) {
      (void)attempt.advance(auth::FoundDigestUser{});  // the work that a wrong response costs a remembered user here
      return false;
    }
    step = attempt.advance(auth::FoundDigestUser{std::nullopt, remembered->digest_user});
    if (const auto* count = std::get_if<auth::Need>(&step)) step = attempt.advance(claim(worker, std::get<auth::NeedNonceCount>(*count), input.now));
    if (std::get<auth::Verdict>(step).reason == Reason::DigestWrongResponse) return false;
    worker.metrics.outcome_cache_hits.add();
    out.verdict = std::move(std::get<auth::Verdict>(step));
    settle(out);
    if (out.verdict.allowed()) accept(deployment, route, input, *remembered, out);
  } else {
    out.verdict = std::move(std::get<auth::Verdict>(step));
    settle(out);
  }
  out.authorization_consumed = out.verdict.allowed();
  out.authentication_info = std::move(out.verdict.authentication_info);
  return true;
}

}  // namespace

auth::Verdict refusal(Reason reason, std::string_view detail) {
  auth::Verdict verdict;
  verdict.reason = reason;
  verdict.detail = detail;
  return verdict;
}

bool decide_now(Worker& worker, const Deployment& deployment, const PipelineInput& input, auth::FoundCredentials& found, Admission& out) {
  const auth::Router::Route* match = deployment.router->match(input.head.method, input.head.host, input.target.policy_path);
  const bool passes = match != nullptr && deployment.routes[match->index].pass_encoded_slash;
  if (input.target.has_encoded_slash && !passes) {
    out.verdict = refusal(Reason::RequestTargetAmbiguous, "an encoded slash, which no route here passes");
    return true;
  }
  if (match == nullptr) {
    out.verdict = refusal(Reason::PolicyDenied, "no route matches");
    return true;
  }
  const Route& route = deployment.routes[match->index];
  out.route = &route;
  if (input.target.has_parameters && routes_otherwise(deployment, input, match)) {
    out.verdict = refusal(Reason::RequestTargetAmbiguous, "without its ;parameters the path belongs to another route");
    return true;
  }
  if (look_at_origin(deployment, route, input.head.view(), out)) return true;
  if (route.policy->is_public()) {
    out.verdict.reason = Reason::Allowed;
    out.admitted = true;
    return true;
  }
  found = auth::find_credentials(input.head.view(), *route.policy);
  if (!found.credential) {
    out.verdict = refusal(found.reason, found.detail);
    out.verdict.scheme = found.scheme;
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
  OutcomeCache& cache = cache_of(worker, found.credential->scheme);
  out.key = key_of(cache, *found.credential);
  Remembered* remembered = cache.find(out.key, input.now);
  if (remembered == nullptr) return false;
  auto verdict = auth::accept_remembered(*route.policy, remembered->principal, *worker.facts.get(), input.now);
  if (!verdict) return false;
  worker.metrics.outcome_cache_hits.add();
  out.verdict = std::move(*verdict);
  settle(out);
  if (!out.verdict.allowed()) return true;
  out.authorization_consumed = found.credential->place == auth::Place::Authorization;
  accept(deployment, route, input, *remembered, out);
  return true;
}

Awaitable<> verify_credential(Worker& worker, std::shared_ptr<const Deployment> deployment, Instant now, const auth::FoundCredentials& found,
                              Admission& out) {
  worker.metrics.outcome_cache_misses.add();
  const Route& route = *out.route;
  OutcomeCache& cache = cache_of(worker, found.credential->scheme);
  Resolver resolver{worker, *deployment};
  auth::Attempt attempt(*route.policy, found, worker.facts.get(), worker.tools, now, false, &worker.memory);
  auth::Step step = attempt.advance();
  while (auth::Need* need = std::get_if<auth::Need>(&step)) {
    auth::Answer answer;
    if (auto* user = std::get_if<auth::NeedUser>(need)) {
      answer = co_await resolver.user(std::move(user->name));
    } else if (auto* password = std::get_if<auth::NeedPassword>(need)) {
      answer = co_await resolver.password(std::move(*password));
    } else if (auto* record = std::get_if<auth::NeedKeyRecord>(need)) {
      answer = co_await resolver.key_record(std::move(record->id));
    } else if (auto* digest = std::get_if<auth::NeedDigestUser>(need)) {
      answer = co_await resolver.digest_user(std::move(*digest));
    } else if (const auto* count = std::get_if<auth::NeedNonceCount>(need)) {
      answer = claim(worker, *count, now);
    } else {
      answer = co_await resolver.keys(std::move(std::get<auth::NeedKeys>(*need)));
    }
    step = attempt.advance(std::move(answer));
  }
  out.verdict = std::move(std::get<auth::Verdict>(step));
  settle(out);
  const auto& principal = out.verdict.principal;
  if (!principal) co_return;
  Remembered remembered{.principal = principal, .identity = std::pmr::string(cache.memory()), .digest_user = attempt.digest_user()};
  out.authentication_info = std::move(out.verdict.authentication_info);
  remembered.until = until(*deployment, *principal, now);
  write_identity(*deployment, route, now, remembered);
  if (out.verdict.allowed()) {
    out.authorization_consumed = found.credential->place == auth::Place::Authorization;
    out.identity = remembered.identity;
    touch(*deployment, remembered, now);
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
