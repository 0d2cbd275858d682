#pragma once
// Resolver: finds out what a decision needs to know, on the pools and the control loop, and comes back to the worker's thread.

#include "auth/need.h"
#include "gateway/deployment.h"
#include "gateway/sign_in.h"
#include "gateway/worker.h"
#include "net/run_blocking.h"

#include <memory>
#include <string>

namespace quivive::gateway {

// Borrows both until the call has come back.
class Resolver {
 public:
  Resolver(Worker& worker, const Deployment& deployment) : worker_(worker), deployment_(deployment) {}

  [[nodiscard]] net::Awaitable<auth::Answer> user(std::string name);
  [[nodiscard]] net::Awaitable<auth::Answer> digest_user(auth::NeedDigestUser need);
  [[nodiscard]] net::Awaitable<auth::Answer> nonce_count(auth::NeedNonceCount need);  // of nonces that the store counts
  [[nodiscard]] net::Awaitable<auth::Answer> key_record(std::string id);
  [[nodiscard]] net::Awaitable<auth::Answer> session(auth::NeedSession need);
  [[nodiscard]] net::Awaitable<auth::Answer> keys(auth::NeedKeys need);

  // How long the try has to wait. Whether its place is familiar is asked only where all depends on it.
  [[nodiscard]] net::Awaitable<Duration> wait(SignIn& sign_in);
  // The same, and begins it.
  [[nodiscard]] net::Awaitable<Duration> begin(SignIn& sign_in);
  // What the try came to; remembers where it was a right one.
  void settle(SignIn& sign_in, const auth::Verdict& verdict);

  struct Tried {
    Duration wait{0};  // not zero: the password was not looked at
    auth::Answer answer{};
  };
  // Begins the try, and verifies the password.
  [[nodiscard]] net::Awaitable<Tried> password(auth::NeedPassword need, SignIn& sign_in);

  // A change of the store, or another look at it. Unavailable also when it is down or too much waits.
  template <class T>
  [[nodiscard]] net::Awaitable<Result<T, auth::Unavailable>> ask_store(std::function<Result<T>()> job) {
    return ask_on(worker_.services.store_pool, std::move(job));
  }

 private:
  // `of_store`: it is about the database.
  template <class T>
  [[nodiscard]] net::Awaitable<Result<T, auth::Unavailable>> ask_on(net::WorkerPool& pool, std::function<Result<T>()> job, bool of_store = true);
  using KeySetPtr = std::shared_ptr<const jose::KeySet>;
  [[nodiscard]] net::Awaitable<> pause();
  [[nodiscard]] net::Awaitable<bool> is_familiar(const SignIn& sign_in);
  [[nodiscard]] net::Awaitable<KeySetPtr> ask_key_sets(std::size_t slot, KeyWish wish, std::string kid);

  Worker& worker_;
  const Deployment& deployment_;
};

template <class T>
net::Awaitable<Result<T, auth::Unavailable>> Resolver::ask_on(net::WorkerPool& pool, std::function<Result<T>()> job, bool of_store) {
  constexpr std::chrono::seconds kAgain{5};
  // A database that was removed under us still answers, with what nobody can change any more.
  if (of_store && !worker_.services.board.store_up.load(std::memory_order_relaxed)) co_return auth::Unavailable{"the store cannot be used; the log says why", kAgain};
  auto found = co_await net::run_blocking<Result<T>>(pool, worker_.loop.mailbox(), std::move(job));
  if (!found) co_return auth::Unavailable{"too many store look-ups are waiting", kAgain, true};
  if (!*found) co_return auth::Unavailable{found->error().message, kAgain};
  co_return std::move(**found);
}

}  // namespace quivive::gateway
