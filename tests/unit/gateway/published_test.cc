#include "gateway/published.h"

#include <gtest/gtest.h>

#include <thread>

namespace quivive::gateway {
namespace {

TEST(Published, Publish_RaisesTheVersion) {
  Published<int> source;
  EXPECT_EQ(source.get(), nullptr);
  const auto before = source.version();
  source.publish(std::make_shared<const int>(5));
  EXPECT_EQ(source.version(), before + 1);
  EXPECT_EQ(*source.get(), 5);
}

TEST(Subscription, Get_IsTheNewest) {
  Published<int> source(std::make_shared<const int>(1));
  Subscription<int> subscription(source);
  EXPECT_EQ(*subscription.get(), 1);
  const int* same = subscription.get().get();
  EXPECT_EQ(subscription.get().get(), same);
  source.publish(std::make_shared<const int>(2));
  source.publish(std::make_shared<const int>(3));
  EXPECT_EQ(*subscription.get(), 3);
  source.publish(nullptr);
  EXPECT_EQ(subscription.get(), nullptr);
}

TEST(Subscription, KeepsItsValueAlive_UntilItLooks) {
  Published<int> source(std::make_shared<const int>(1));
  const std::weak_ptr<const int> first = source.get();
  Subscription<int> subscription(source);
  (void)subscription.get();
  source.publish(std::make_shared<const int>(2));
  EXPECT_FALSE(first.expired());
  (void)subscription.get();
  EXPECT_TRUE(first.expired());
}

TEST(Subscription, WhileAnotherThreadPublishes_NeverGoesBack) {
  constexpr int kLast = 20'000;
  Published<int> source(std::make_shared<const int>(0));
  std::thread writer([&] {
    for (int i = 1; i <= kLast; ++i) source.publish(std::make_shared<const int>(i));
  });
  Subscription<int> subscription(source);
  bool forward = true;
  for (int seen = 0; seen < kLast;) {
    const int now = *subscription.get();
    forward = forward && now >= seen;
    seen = now;
  }
  writer.join();
  EXPECT_TRUE(forward);
}

}  // namespace
}  // namespace quivive::gateway
