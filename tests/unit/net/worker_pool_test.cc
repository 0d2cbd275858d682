#include "net/worker_pool.h"

#include "net/event_loop.h"
#include "net/run_blocking.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>

namespace quivive::net {
namespace {

// Keeps a pool's only thread busy until it is let go.
class Plug {
 public:
  explicit Plug(WorkerPool& pool) {
    EXPECT_TRUE(pool.submit([this] {
      busy_.set_value();
      gate_.get_future().wait();
    }));
    busy_.get_future().wait();
  }
  void let_go() { gate_.set_value(); }

 private:
  std::promise<void> busy_, gate_;
};

TEST(WorkerPool, Jobs_RunInOrderOnOneThread) {
  WorkerPool pool(1, 10);
  std::string order;
  std::promise<void> done;
  for (const char c : std::string("abc")) EXPECT_TRUE(pool.submit([&order, c] { order += c; }));
  EXPECT_TRUE(pool.submit([&] { done.set_value(); }));
  done.get_future().wait();
  EXPECT_EQ(order, "abc");
}

TEST(WorkerPool, WhenIdle_RunsOnceAfterWork) {
  std::atomic<int> idle = 0;
  std::promise<void> first;
  WorkerPool pool(1, 10, [&] {
    if (++idle == 1) first.set_value();
  });
  EXPECT_TRUE(pool.submit([] {}));
  first.get_future().wait();
  EXPECT_EQ(idle, 1);
  std::promise<void> done;
  EXPECT_TRUE(pool.submit([&] { done.set_value(); }));  // and the thread still works
  done.get_future().wait();
  EXPECT_EQ(idle, 1);
}

TEST(WorkerPool, FullQueue_Refuses) {
  std::atomic<int> ran = 0;
  WorkerPool pool(1, 2);
  Plug plug(pool);
  EXPECT_TRUE(pool.submit([&] { ++ran; }));
  EXPECT_TRUE(pool.submit([&] { ++ran; }));
  EXPECT_EQ(pool.queued(), 2u);
  const auto witness = std::make_shared<int>(0);
  EXPECT_FALSE(pool.submit([&, witness] { ++ran; }));
  EXPECT_EQ(witness.use_count(), 1);  // what is refused is not kept
  EXPECT_EQ(pool.queued(), 2u);
  plug.let_go();
  std::promise<void> done;
  while (!pool.submit([&] { done.set_value(); })) std::this_thread::yield();
  done.get_future().wait();
  EXPECT_EQ(ran, 2);
}

TEST(WorkerPool, Stop_FinishesTheRunningJobAndDropsTheRest) {
  std::atomic<int> finished = 0, dropped_ran = 0;
  const auto witness = std::make_shared<int>(0);
  WorkerPool pool(1, 10);
  std::promise<void> busy, gate;
  EXPECT_TRUE(pool.submit([&] {
    busy.set_value();
    gate.get_future().wait();
    ++finished;
  }));
  busy.get_future().wait();
  EXPECT_TRUE(pool.submit([&, witness] { ++dropped_ran; }));
  std::thread stopper([&] { pool.stop(); });
  while (pool.queued() > 0) std::this_thread::yield();
  gate.set_value();
  stopper.join();
  EXPECT_EQ(finished, 1);
  EXPECT_EQ(dropped_ran, 0);
  EXPECT_EQ(witness.use_count(), 1);
  EXPECT_FALSE(pool.submit([] {}));
  pool.stop();  // twice is once
}

TEST(WorkerPool, WithoutThreads_OnlyQueues) {
  WorkerPool pool(0, 1);
  EXPECT_TRUE(pool.submit([] {}));
  EXPECT_FALSE(pool.submit([] {}));
}

struct Asked {
  std::optional<std::string> answer;
  std::thread::id job, after;
};

Awaitable<> ask(EventLoop& loop, WorkerPool& pool, Asked& out) {
  std::function<std::string()> job = [&out] {
    out.job = std::this_thread::get_id();
    return std::string("result");
  };
  auto answer = co_await run_blocking<std::string>(pool, loop.mailbox(), std::move(job));
  out.answer = std::move(answer);
  out.after = std::this_thread::get_id();
  loop.finish();
}

TEST(RunBlocking, Result_ComesBackToTheLoop) {
  WorkerPool pool(1, 1);
  EventLoop loop;
  Asked asked;
  loop.spawn(ask(loop, pool, asked));
  loop.run();
  EXPECT_EQ(asked.answer, "result");
  EXPECT_NE(asked.job, std::this_thread::get_id());
  EXPECT_EQ(asked.after, std::this_thread::get_id());
}

TEST(RunBlocking, FullQueue_NothingComesBack) {
  WorkerPool pool(1, 0);
  EventLoop loop;
  Asked asked;
  asked.answer = "before";
  loop.spawn(ask(loop, pool, asked));
  loop.run();
  EXPECT_EQ(asked.answer, std::nullopt);
  EXPECT_EQ(asked.job, std::thread::id());
  EXPECT_EQ(asked.after, std::this_thread::get_id());
}

TEST(RunBlocking, StoppedPool_NothingComesBack) {
  WorkerPool pool(1, 5);
  pool.stop();
  EventLoop loop;
  Asked asked;
  loop.spawn(ask(loop, pool, asked));
  loop.run();
  EXPECT_EQ(asked.answer, std::nullopt);
}

}  // namespace
}  // namespace quivive::net
