#include "net/deadline.h"

#include <gtest/gtest.h>

#include <functional>
#include <optional>
#include <vector>

namespace quivive::net {
namespace {

using std::chrono::milliseconds;

class Probe final : public Timed {
 public:
  explicit Probe(DeadlineList& list, std::function<void()> on_end = {}) : Timed(list), on_end_(std::move(on_end)) {}
  int ended = 0;

 private:
  void on_expiry() override {
    ++ended;
    if (on_end_) on_end_();
  }
  std::function<void()> on_end_;
};

class Deadlines : public testing::Test {
 protected:
  void sweep_at(milliseconds since_start) { list_.sweep(start_ + since_start); }
  DeadlineList list_;
  const SteadyClock::time_point start_ = list_.now();
};

TEST_F(Deadlines, Expiry_NeverEarlyAndWithinTwoSweeps) {
  Probe probe(list_);
  probe.expires_after(milliseconds(1000));
  sweep_at(milliseconds(1000));
  EXPECT_EQ(probe.ended, 0);  // up to a sweep may have passed before it was set
  sweep_at(milliseconds(999) + DeadlineList::kSweep);
  EXPECT_EQ(probe.ended, 0);
  sweep_at(milliseconds(1000) + DeadlineList::kSweep);
  EXPECT_EQ(probe.ended, 1);
}

TEST_F(Deadlines, SetJustBeforeASweep_StillNotEarly) {
  Probe probe(list_);
  // Real time is almost a sweep ahead of the list's when this is set: at 199 ms, for 50 ms, due at 249 ms.
  probe.expires_after(milliseconds(50));
  sweep_at(milliseconds(248));
  EXPECT_EQ(probe.ended, 0);
  sweep_at(milliseconds(250));
  EXPECT_EQ(probe.ended, 1);
}

TEST_F(Deadlines, Expiry_HappensOnce) {
  Probe probe(list_);
  probe.expires_after(milliseconds(0));
  for (int i = 1; i < 10; ++i) sweep_at(i * DeadlineList::kSweep);
  EXPECT_EQ(probe.ended, 1);
}

TEST_F(Deadlines, WithoutOne_NeverEnds) {
  Probe fresh(list_), called_off(list_);
  called_off.expires_after(milliseconds(10));
  called_off.expires_never();
  sweep_at(std::chrono::hours(10'000));
  EXPECT_EQ(fresh.ended + called_off.ended, 0);
}

TEST_F(Deadlines, SetAgain_ReplacesTheEarlierOne) {
  Probe probe(list_);
  probe.expires_after(milliseconds(100));
  sweep_at(milliseconds(200));
  probe.expires_after(milliseconds(100));
  sweep_at(milliseconds(400));
  EXPECT_EQ(probe.ended, 0);
  sweep_at(milliseconds(500));
  EXPECT_EQ(probe.ended, 1);
}

TEST_F(Deadlines, SetAgainWhenItEnds_EndsAgain) {
  Probe* self = nullptr;
  Probe probe(list_, [&] { self->expires_after(milliseconds(1000)); });
  self = &probe;
  probe.expires_after(milliseconds(0));
  sweep_at(milliseconds(200));
  EXPECT_EQ(probe.ended, 1);
  sweep_at(milliseconds(1399));
  EXPECT_EQ(probe.ended, 1);
  sweep_at(milliseconds(1400));
  EXPECT_EQ(probe.ended, 2);
}

TEST_F(Deadlines, Destroyed_LeavesTheList) {
  Probe first(list_);
  std::optional<Probe> middle(std::in_place, list_);
  std::optional<Probe> last(std::in_place, list_);
  for (Timed* t : {static_cast<Timed*>(&first), static_cast<Timed*>(&*middle), static_cast<Timed*>(&*last)}) t->expires_after(milliseconds(0));
  middle.reset();
  last.reset();
  Probe later(list_);
  later.expires_after(milliseconds(0));
  sweep_at(milliseconds(200));
  EXPECT_EQ(first.ended, 1);
  EXPECT_EQ(later.ended, 1);
}

// Ending one connection may end others: those before and after it in the list, and the next to be visited.
TEST_F(Deadlines, OthersDestroyedDuringTheSweep_SweepSurvives) {
  for (int killer = 0; killer < 4; ++killer) {
    for (int victims = 0; victims < 16; ++victims) {
      if ((victims >> killer) & 1) continue;  // on_expiry must not destroy its own object
      DeadlineList list;
      std::vector<std::optional<Probe>> probes(4);
      for (int i = 0; i < 4; ++i) {
        probes[static_cast<std::size_t>(i)].emplace(list, [&, i] {
          if (i != killer) return;
          for (int v = 0; v < 4; ++v) {
            if ((victims >> v) & 1) probes[static_cast<std::size_t>(v)].reset();
          }
        });
        probes[static_cast<std::size_t>(i)]->expires_after(milliseconds(0));
      }
      list.sweep(list.now() + DeadlineList::kSweep);
      for (int i = 0; i < 4; ++i) {
        const auto& probe = probes[static_cast<std::size_t>(i)];
        EXPECT_EQ(probe.has_value(), ((victims >> i) & 1) == 0) << killer << " " << victims << " " << i;
        EXPECT_EQ(probe ? probe->ended : 1, 1) << killer << " " << victims << " " << i;
      }
    }
  }
}

TEST_F(Deadlines, BornDuringTheSweep_WaitsForTheNext) {
  std::optional<Probe> child;
  Probe parent(list_, [&] {
    child.emplace(list_);
    child->expires_after(milliseconds(0));
  });
  parent.expires_after(milliseconds(0));
  sweep_at(milliseconds(200));
  ASSERT_TRUE(child);
  EXPECT_EQ(child->ended, 0);
  sweep_at(milliseconds(400));
  EXPECT_EQ(child->ended, 1);
}

}  // namespace
}  // namespace quivive::net
