#pragma once
// FairQueue: jobs in one queue per origin, served in turn, so that whoever sends a flood waits behind their own. Not thread-safe.

#include <cstddef>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace quivive::net {

class FairQueue {
 public:
  using Job = std::function<void()>;
  struct Limits {
    std::size_t jobs = 0;         // that wait, of all origins together
    std::size_t per_origin = 0;   // that wait, of one; 0 for as many as `jobs`
    std::size_t at_once = 0;      // that run, of one; 0 for no limit
  };
  explicit FairQueue(const Limits& limits) : limits_(limits) {}

  // Jobs of the origin "" are bound by `jobs` alone. False, and nothing is kept, beyond a limit.
  [[nodiscard]] bool push(std::string_view origin, Job job) {
    if (size_ >= limits_.jobs) return false;
    auto [at, added] = origins_.try_emplace(std::string(origin));
    Origin& its = at->second;
    if (!origin.empty() && limits_.per_origin != 0 && its.jobs.size() >= limits_.per_origin) return false;
    its.jobs.push_back(std::move(job));
    ++size_;
    if (its.jobs.size() == 1 && may_run(at->first, its)) turns_.push_back(&*at);
    return true;
  }

  struct Taken {
    Job job;
    std::string origin;  // for done()
  };
  // The next job whose origin may run one more; nothing if there is none.
  [[nodiscard]] std::optional<Taken> pop() {
    if (turns_.empty()) return std::nullopt;
    auto* const at = turns_.front();
    auto& [origin, its] = *at;
    turns_.pop_front();
    Taken taken{std::move(its.jobs.front()), origin};
    its.jobs.pop_front();
    --size_;
    ++its.running;
    if (!its.jobs.empty() && may_run(origin, its)) turns_.push_back(at);
    return taken;
  }
  // After the job has run. True if another of that origin may run now that could not before.
  bool done(const std::string& origin) {
    const auto at = origins_.find(origin);
    Origin& its = at->second;
    const bool could = may_run(origin, its);
    --its.running;
    if (!its.jobs.empty()) {
      if (!could) turns_.push_back(&*at);
      return !could;
    }
    if (its.running == 0) origins_.erase(at);
    return false;
  }

  [[nodiscard]] bool ready() const { return !turns_.empty(); }
  [[nodiscard]] std::size_t size() const { return size_; }
  void clear() {
    for (auto& [origin, its] : origins_) its.jobs.clear();
    turns_.clear();
    size_ = 0;
  }

 private:
  struct Origin {
    std::deque<Job> jobs;
    std::size_t running = 0;
  };
  [[nodiscard]] bool may_run(const std::string& origin, const Origin& its) const {
    return origin.empty() || limits_.at_once == 0 || its.running < limits_.at_once;
  }

  Limits limits_;
  std::unordered_map<std::string, Origin> origins_;           // those with a job that waits or runs
  std::deque<std::pair<const std::string, Origin>*> turns_;   // those with a job that may run, each once; nodes of a map stay where they are
  std::size_t size_ = 0;
};

}  // namespace quivive::net
