#include "net/mailbox.h"

#include "net/event_loop.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <thread>
#include <vector>

namespace quivive::net {
namespace {

TEST(Mailbox, PostsFromThreads_AllRunOnTheLoopInOrder) {
  constexpr int kThreads = 4, kEach = 2000;
  EventLoop loop;
  std::vector<std::vector<int>> seen(kThreads);
  int left = kThreads * kEach;
  bool at_home = true;
  const auto home = std::this_thread::get_id();
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < kEach; ++i) {
        loop.mailbox().post([&, t, i] {
          at_home = at_home && std::this_thread::get_id() == home;
          seen[static_cast<std::size_t>(t)].push_back(i);
          if (--left == 0) loop.finish();
        });
      }
    });
  }
  loop.run();
  for (auto& thread : threads) thread.join();
  EXPECT_TRUE(at_home);
  for (const auto& numbers : seen) {
    ASSERT_EQ(numbers.size(), static_cast<std::size_t>(kEach));
    EXPECT_TRUE(std::is_sorted(numbers.begin(), numbers.end()));
  }
}

TEST(Mailbox, PostedBeforeTheLoopRuns_IsNotLost) {
  EventLoop loop;
  bool ran = false;
  loop.mailbox().post([&] {
    ran = true;
    loop.finish();
  });
  loop.run();
  EXPECT_TRUE(ran);
}

TEST(Mailbox, ClosedWithinATask_EndsTheLoopAfterTheBatch) {
  EventLoop loop;
  int ran = 0;
  loop.mailbox().post([&] { loop.finish(); });
  loop.mailbox().post([&] { ++ran; });
  loop.run();
  EXPECT_EQ(ran, 1);
}

TEST(Mailbox, ClosedWhileItWaits_EndsTheLoop) {
  EventLoop loop;
  loop.mailbox().post([&] { asio::post(loop.executor(), [&] { asio::post(loop.executor(), [&] { loop.finish(); }); }); });
  loop.run();
  SUCCEED();
}

TEST(Mailbox, PostedByATask_RunsLater) {
  EventLoop loop;
  std::string order;
  loop.mailbox().post([&] {
    loop.mailbox().post([&] {
      order += "c";
      loop.finish();
    });
    order += "a";
  });
  loop.mailbox().post([&] { order += "b"; });
  loop.run();
  EXPECT_EQ(order, "abc");
}

TEST(Mailbox, TasksLeftAtTheEnd_AreDestroyedNotRun) {
  const auto witness = std::make_shared<int>(0);
  {
    EventLoop loop;
    loop.mailbox().post([&] { loop.finish(); });
    loop.run();
    loop.mailbox().post([witness] { ++*witness; });
    EXPECT_EQ(witness.use_count(), 2);
  }
  EXPECT_EQ(witness.use_count(), 1);
  EXPECT_EQ(*witness, 0);
}

}  // namespace
}  // namespace quivive::net
