#pragma once
// run_blocking: a blocking call from a coroutine. The job runs on a pool thread, the coroutine goes on on its own worker.

#include "net/mailbox.h"
#include "net/worker_pool.h"

#include <functional>
#include <memory>
#include <optional>

namespace quivive::net {

// The job's result, or nothing when the pool's queue is full. `pool` and `home` must outlive the call; the pool is
// stopped only after every worker has ended, so that a coroutine is never destroyed on a pool thread.
template <class T>
[[nodiscard]] Awaitable<std::optional<T>> run_blocking(WorkerPool& pool, Mailbox& home, std::function<T()> job) {
  return asio::async_initiate<const asio::use_awaitable_t<Executor>, void(std::optional<T>)>(
      [](auto handler, WorkerPool* on, Mailbox* back, std::function<T()> call) {
        auto waiting = std::make_shared<decltype(handler)>(std::move(handler));
        const bool accepted = on->submit([waiting, back, call = std::move(call)] {
          auto result = std::make_shared<std::optional<T>>(call());
          back->post([waiting, result] { (*waiting)(std::move(*result)); });
        });
        if (!accepted) {
          back->post([waiting] { (*waiting)(std::optional<T>{}); });
        }
      },
      asio::use_awaitable_t<Executor>{}, &pool, &home, std::move(job));
}

}  // namespace quivive::net
