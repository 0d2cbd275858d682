#pragma once
// EventLoop: one thread's io_context with its mailbox and its deadlines. Everything of a connection happens on the loop
// that accepted it.

#include "net/deadline.h"
#include "net/mailbox.h"

namespace quivive::net {

class EventLoop {
 public:
  EventLoop() : io_(BOOST_ASIO_CONCURRENCY_HINT_UNSAFE), mailbox_(io_), timer_(io_.get_executor()) {}

  [[nodiscard]] asio::io_context& io() { return io_; }
  [[nodiscard]] Executor executor() { return io_.get_executor(); }
  [[nodiscard]] Mailbox& mailbox() { return mailbox_; }
  [[nodiscard]] DeadlineList& deadlines() { return deadlines_; }

  // Starts a coroutine on this loop; call on its thread (or before run()).
  void spawn(Awaitable<> coroutine) { asio::co_spawn(io_.get_executor(), std::move(coroutine), RethrowBug{}); }

  // Runs until finish() and until nothing is left to do.
  void run() {
    mailbox_.open();
    spawn(sweep());
    io_.run();
  }
  // On the loop's thread: no more mail and no more sweeps; run() returns when the last coroutine has ended.
  void finish() {
    finished_ = true;
    timer_.cancel();
    mailbox_.close();
  }

 private:
  Awaitable<> sweep() {
    while (!finished_) {
      timer_.expires_after(DeadlineList::kSweep);
      const auto [ec] = co_await timer_.async_wait(kUse);
      if (ec) co_return;
      deadlines_.sweep(SteadyClock::now());
    }
  }

  asio::io_context io_;
  Mailbox mailbox_;
  DeadlineList deadlines_;
  Timer timer_;
  bool finished_ = false;
};

}  // namespace quivive::net
