#include "net/fair_queue.h"

#include <gtest/gtest.h>

#include <vector>

namespace quivive::net {
namespace {

// Pushes jobs named by their origin and a number.
struct Queue {
  FairQueue queue;
  std::string ran;

  bool push(const std::string& origin, char name) {
    return queue.push(origin, [this, name] { ran += name; });
  }
  // Runs one job to its end.
  void run_one() {
    auto taken = queue.pop();
    ASSERT_TRUE(taken);
    taken->job();
    queue.done(taken->origin);
  }
};

TEST(FairQueue, OneOrigin_IsServedInOrder) {
  Queue q{FairQueue({.jobs = 10}), {}};
  for (const char c : {'a', 'b', 'c'}) EXPECT_TRUE(q.push("x", c));
  while (q.queue.ready()) q.run_one();
  EXPECT_EQ(q.ran, "abc");
  EXPECT_EQ(q.queue.size(), 0U);
}

TEST(FairQueue, AFlood_WaitsBehindItself) {
  Queue q{FairQueue({.jobs = 100}), {}};
  for (int i = 0; i < 20; ++i) EXPECT_TRUE(q.push("flood", 'f'));
  EXPECT_TRUE(q.push("other", 'o'));
  EXPECT_TRUE(q.push("third", 't'));
  for (int i = 0; i < 3; ++i) q.run_one();
  EXPECT_EQ(q.ran, "fot");
}

TEST(FairQueue, OneOrigin_FillsOnlyItsPart) {
  Queue q{FairQueue({.jobs = 4, .per_origin = 2}), {}};
  EXPECT_TRUE(q.push("x", 'x'));
  EXPECT_TRUE(q.push("x", 'x'));
  EXPECT_FALSE(q.push("x", 'x'));
  EXPECT_TRUE(q.push("", 'n'));
  EXPECT_TRUE(q.push("", 'n'));
  EXPECT_FALSE(q.push("y", 'y'));  // all is full
  q.run_one();
  EXPECT_TRUE(q.push("y", 'y'));
}

TEST(FairQueue, AtOnce_LeavesThreadsToOthers) {
  Queue q{FairQueue({.jobs = 100, .at_once = 2}), {}};
  for (int i = 0; i < 5; ++i) EXPECT_TRUE(q.push("flood", 'f'));
  const auto first = q.queue.pop(), second = q.queue.pop();
  ASSERT_TRUE(first && second);
  EXPECT_FALSE(q.queue.ready());  // two run
  EXPECT_TRUE(q.push("other", 'o'));
  const auto third = q.queue.pop();
  ASSERT_TRUE(third);
  EXPECT_EQ(third->origin, "other");
  EXPECT_TRUE(q.queue.done("flood"));
  EXPECT_TRUE(q.queue.ready());
  EXPECT_FALSE(q.queue.done("other"));
  EXPECT_EQ(q.queue.pop()->origin, "flood");
  EXPECT_FALSE(q.queue.ready());
}

TEST(FairQueue, WithoutOrigin_RunsOnAllThreads) {
  Queue q{FairQueue({.jobs = 100, .per_origin = 1, .at_once = 1}), {}};
  for (const char c : {'a', 'b', 'c'}) EXPECT_TRUE(q.push("", c));
  std::vector<FairQueue::Taken> running;
  while (q.queue.ready()) running.push_back(*q.queue.pop());
  EXPECT_EQ(running.size(), 3U);
}

TEST(FairQueue, Cleared_ForgetsWhatWaits_AndTakesWhatRunsBack) {
  Queue q{FairQueue({.jobs = 100, .at_once = 1}), {}};
  EXPECT_TRUE(q.push("x", 'a'));
  EXPECT_TRUE(q.push("x", 'b'));
  const auto running = q.queue.pop();
  q.queue.clear();
  EXPECT_FALSE(q.queue.done("x"));
  EXPECT_FALSE(q.queue.ready());
  EXPECT_TRUE(q.push("x", 'c'));
  q.run_one();
  EXPECT_EQ(q.ran, "c");
}

}  // namespace
}  // namespace quivive::net
