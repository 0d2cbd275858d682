#pragma once
// run_blocking: a blocking call from a coroutine. The job runs on a pool thread, the coroutine goes on on its own worker.

#include "net/event_loop.h"
#include "net/worker_pool.h"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace quivive::net {

// The job's result, or nothing when the pool's queue is full, or its part for this origin. `pool` and `home` must outlive the call; the pool is
// stopped only after every worker has ended, so that a coroutine is never destroyed on a pool thread.
template <class T>
[[nodiscard]] Awaitable<std::optional<T>> run_blocking(WorkerPool& pool, Mailbox& home, std::function<T()> job, std::string origin = {}) {
  return asio::async_initiate<const asio::use_awaitable_t<Executor>, void(std::optional<T>)>(
      [](auto handler, WorkerPool* on, Mailbox* back, std::function<T()> call, const std::string& from) {
        auto waiting = std::make_shared<decltype(handler)>(std::move(handler));
        const bool accepted = on->submit([waiting, back, call = std::move(call)] {
          auto result = std::make_shared<std::optional<T>>(call());
          back->post([waiting, result] { (*waiting)(std::move(*result)); });
        }, from);
        if (!accepted) {
          back->post([waiting] { (*waiting)(std::optional<T>{}); });
        }
      },
      asio::use_awaitable_t<Executor>{}, &pool, &home, std::move(job), std::move(origin));
}

// A caller that waits no longer than a while. On its worker's thread, but for the shell of it that a pool thread may hold.
template <class T>
class PatientCall {
 public:
  using Handler = std::function<void(std::optional<T>)>;
  void begin(Handler handler) { handler_ = std::move(handler); }
  // The first result counts; a later one finds nobody.
  void end(std::optional<T> result) {
    if (const Handler waiting = std::exchange(handler_, nullptr)) waiting(std::move(result));
  }

 private:
  Handler handler_;
};

// Ends a PatientCall when its time is up. By mail: whoever waits goes on, and its frame must not go away under the sweep.
template <class T>
class Patience final : public Timed {
 public:
  Patience(DeadlineList& list, Mailbox& home, const std::shared_ptr<PatientCall<T>>& call) : Timed(list), home_(home), call_(call) {}

 private:
  void on_expiry() override {
    if (auto call = call_.lock()) home_.post([call] { call->end(std::nullopt); });
  }
  Mailbox& home_;
  std::weak_ptr<PatientCall<T>> call_;  // the call holds the frame that this lies in
};

// The same, and nothing also when the result is not there in time. The job then runs on, and its result is dropped.
template <class T>
[[nodiscard]] Awaitable<std::optional<T>> run_blocking_within(std::chrono::milliseconds time, WorkerPool& pool, EventLoop& home,
                                                              std::function<T()> job) {
  auto call = std::make_shared<PatientCall<T>>();
  Patience<T> patience(home.deadlines(), home.mailbox(), call);
  patience.expires_after(time);
  auto outcome = co_await asio::async_initiate<const asio::use_awaitable_t<Executor>, void(std::optional<T>)>(
      [](auto handler, WorkerPool* on, Mailbox* back, std::shared_ptr<PatientCall<T>> to, std::function<T()> work) {
        auto waiting = std::make_shared<decltype(handler)>(std::move(handler));
        to->begin([waiting](std::optional<T> result) { (*waiting)(std::move(result)); });
        const bool accepted = on->submit([to, back, work = std::move(work)] {
          auto result = std::make_shared<std::optional<T>>(work());
          back->post([to, result] { to->end(std::move(*result)); });
        });
        if (!accepted) {
          back->post([to] { to->end(std::nullopt); });
        }
      },
      asio::use_awaitable_t<Executor>{}, &pool, &home.mailbox(), std::move(call), std::move(job));
  co_return outcome;
}

}  // namespace quivive::net
