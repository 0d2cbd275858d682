#include "gateway/resolver.h"

#include "crypto/password.h"
#include "gateway/key_set_manager.h"

namespace quivive::gateway {
namespace {

using net::Awaitable;

// For how long a place that a user signed in from is theirs.
constexpr Duration kPlaceMemory = std::chrono::hours(24 * 90);

// How often and how long a try waits for those that are under way.
constexpr std::chrono::milliseconds kPause{20};
constexpr int kMostPauses = 100;

}  // namespace

Awaitable<auth::Answer> Resolver::user(std::string name) {
  const auto users = deployment_.stores.users;
  std::function<Result<std::optional<store::UserRecord>>()> job = [users, name] { return users->find_user(name); };
  const bool of_store = !deployment_.stores.users_apart();
  auto found = co_await ask_on(worker_.services.store_pool, std::move(job), of_store);
  if (!found) co_return found.error();
  co_return auth::FoundUser{std::move(*found)};
}

Awaitable<auth::Answer> Resolver::digest_user(auth::NeedDigestUser need) {
  const auto store = deployment_.stores.database;  // a password file has no such secrets
  std::function<Result<std::optional<store::UserRecord>>()> job = [store, need] {
    return need.hashed ? store->find_user_by_hash(need.name) : store->find_user(need.name);
  };
  auto found = co_await ask_store(std::move(job));
  if (!found) co_return found.error();
  co_return auth::FoundDigestUser{std::move(*found), {}};
}

Awaitable<auth::Answer> Resolver::nonce_count(auth::NeedNonceCount need) {
  const auto store = deployment_.stores.database;
  // The instant too: mints of many processes may have the same number one day.
  std::string id(reinterpret_cast<const char*>(need.nonce.id.data()), need.nonce.id.size());
  const std::int64_t issued = need.nonce.issued.time_since_epoch().count();
  id.append(reinterpret_cast<const char*>(&issued), sizeof issued);
  std::function<Result<CountClaim>()> job = [store, id, need] { return store->claim_count(id, need.nonce.issued, need.count); };
  const auto claimed = co_await ask_on(*worker_.services.claim_pool, std::move(job));
  if (!claimed) co_return claimed.error();
  co_return *claimed;
}

Awaitable<auth::Answer> Resolver::key_record(std::string id) {
  const auto store = deployment_.stores.database;
  std::function<Result<std::optional<store::KeyRecord>>()> job = [store, id] { return store->find_key(id); };
  auto found = co_await ask_store(std::move(job));
  if (!found) co_return found.error();
  co_return auth::FoundKey{std::move(*found)};
}

Awaitable<auth::Answer> Resolver::session(auth::NeedSession need) {
  const StoreSet stores = deployment_.stores;
  std::function<Result<auth::FoundSession>()> job = [stores, digest = std::move(need.digest)]() -> Result<auth::FoundSession> {
    auto session = stores.database->find_session(digest);
    if (!session) return session.error();
    if (!*session) return auth::FoundSession{};
    auto user = stores.users->find_user((*session)->user);
    if (!user) return user.error();
    return auth::FoundSession{std::move(*session), std::move(*user)};
  };
  auto found = co_await ask_store(std::move(job));
  if (!found) co_return found.error();
  co_return std::move(*found);
}

Awaitable<bool> Resolver::is_familiar(const SignIn& sign_in) {
  const auto store = deployment_.stores.database;
  const Instant since = worker_.services.clock.now() - kPlaceMemory;
  std::function<Result<bool>()> job = [store, user = sign_in.account(), place = sign_in.guess().place, since] { return store->knows_place(user, place, since); };
  const auto known = co_await ask_store(std::move(job));
  co_return known && *known;  // an outage lets nobody pass
}

// While tries are under way that may turn out right, as when a browser opens several connections at once.
Awaitable<> Resolver::pause() {
  net::Timer timer(worker_.loop.executor());
  timer.expires_after(kPause);
  (void)co_await timer.async_wait(net::kUse);
}

Awaitable<Duration> Resolver::wait(SignIn& sign_in) {
  const auth::Lockouts::Wait wait = sign_in.wait();
  if (wait.busy) co_return Duration{0};  // begin() tells
  if (!wait.unless_familiar) co_return wait.time;
  const bool familiar = co_await is_familiar(sign_in);
  sign_in.familiar(familiar);
  co_return sign_in.wait().time;
}

Awaitable<Duration> Resolver::begin(SignIn& sign_in) {
  auth::Lockouts::Wait wait = sign_in.begin();
  if (wait.unless_familiar) {
    const bool familiar = co_await is_familiar(sign_in);
    sign_in.familiar(familiar);
    wait = sign_in.begin();
  }
  for (int pauses = 0; wait.busy && pauses < kMostPauses; ++pauses) {
    co_await pause();
    wait = sign_in.begin();
  }
  co_return wait.time;
}

void Resolver::settle(SignIn& sign_in, const auth::Verdict& verdict) {
  sign_in.settle(verdict);
  if (!verdict.principal || sign_in.guess().place.empty()) return;
  const Instant now = worker_.services.clock.now();
  const std::string key = sign_in.guess().place + '\n' + std::string(verdict.principal->subject());
  if (!worker_.places.is_due(key, now)) return;
  // Nobody waits for it, and a lost note is no error.
  (void)worker_.services.store_pool.submit([store = deployment_.stores.database, user = std::string(verdict.principal->subject()),
                                            place = sign_in.guess().place, now] { (void)store->note_place(user, place, now); });
}

Awaitable<Resolver::Tried> Resolver::password(auth::NeedPassword need, SignIn& sign_in) {
  // Before it is in the queue. Threat: what waits there uncounted, while what is remembered answers at once.
  const Duration wait = co_await begin(sign_in);
  if (wait > Duration{0}) co_return Tried{wait};
  const auto shared = std::make_shared<const auth::NeedPassword>(std::move(need));
  std::function<crypto::PasswordVerdict()> job = [shared] {
    return crypto::verify_password(shared->hash, shared->password.reveal(RevealSecret{}));
  };
  std::string origin = sign_in.origin();
  const auto verdict =
      co_await net::run_blocking<crypto::PasswordVerdict>(worker_.services.hash_pool, worker_.loop.mailbox(), std::move(job), std::move(origin));
  if (!verdict) co_return Tried{Duration{0}, auth::PasswordOutcome::Overloaded};
  switch (*verdict) {
    case crypto::PasswordVerdict::Match: co_return Tried{Duration{0}, auth::PasswordOutcome::Match};
    case crypto::PasswordVerdict::Mismatch: co_return Tried{Duration{0}, auth::PasswordOutcome::Mismatch};
    case crypto::PasswordVerdict::UnusableHash: break;
  }
  co_return Tried{Duration{0}, auth::PasswordOutcome::Unusable};
}

Awaitable<auth::Answer> Resolver::keys(auth::NeedKeys need) {
  const KeyWish wish = need.why == auth::NeedKeys::Why::UnknownKid     ? KeyWish::UnknownKid
                       : need.why == auth::NeedKeys::Why::BadSignature ? KeyWish::BadSignature
                                                                       : KeyWish::NeverFetched;
  auto set = co_await ask_key_sets(need.issuer->key_slot, wish, need.kid);
  if (!set) co_return auth::Unavailable{"the keys of " + need.issuer->issuer() + " cannot be fetched now", std::chrono::seconds(5)};
  co_return auth::FoundKeySet{std::move(set)};
}

// The manager lives on the control loop: the question goes there by mail, and so does the answer back.
Awaitable<Resolver::KeySetPtr> Resolver::ask_key_sets(std::size_t slot, KeyWish wish, std::string kid) {
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
      net::asio::use_awaitable_t<net::Executor>{}, &worker_, slot, wish, std::move(kid));
}

}  // namespace quivive::gateway
