#pragma once
// Mailbox: the one way for another thread to reach a worker. The worker's io_context runs without locks (it has one
// thread), so nothing may be posted to it from outside; closures are queued here and an eventfd wakes the worker.

#include "net/asio.h"

#include <functional>
#include <mutex>
#include <vector>

namespace quivive::net {

class Mailbox {
 public:
  explicit Mailbox(asio::io_context& io);

  // From any thread: `task` runs on the worker's thread, in order. Tasks left when the worker ends are dropped.
  void post(std::function<void()> task);

  // On the worker's thread: begins to listen. close() ends it, so that the io_context can run out of work.
  void open();
  void close();

 private:
  Awaitable<> listen();

  asio::io_context& io_;
  Descriptor event_;
  bool closed_ = false;  // on the worker's thread only
  std::mutex mutex_;
  std::vector<std::function<void()>> tasks_;
};

// co_spawn's completion handler: an exception here is a bug, and a worker that goes on after one guards nothing.
struct RethrowBug {
  void operator()(std::exception_ptr e) const {
    if (e) std::rethrow_exception(e);
  }
};

}  // namespace quivive::net
