#include "net/mailbox.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include <system_error>

namespace quivive::net {

Mailbox::Mailbox(asio::io_context& io) : io_(io), event_(io.get_executor()) {
  const int fd = ::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
  if (fd < 0) throw std::system_error(errno, std::generic_category(), "eventfd");
  event_.assign(fd);
}

void Mailbox::post(std::function<void()> task) {
  const std::lock_guard lock(mutex_);
  tasks_.push_back(std::move(task));
  if (tasks_.size() > 1) return;  // the worker has been woken and has not looked yet
  const std::uint64_t one = 1;
  (void)!::write(event_.native_handle(), &one, sizeof one);
}

void Mailbox::open() { asio::co_spawn(io_.get_executor(), listen(), RethrowBug{}); }

void Mailbox::close() {
  closed_ = true;  // for a call from one of the tasks, when no read is pending that could be cancelled
  error_code ignored;
  event_.cancel(ignored);
}

Awaitable<> Mailbox::listen() {
  std::uint64_t count = 0;
  while (!closed_) {
    const auto [ec, n] = co_await event_.async_read_some(asio::buffer(&count, sizeof count), kUse);
    if (ec) co_return;
    (void)n;
    std::vector<std::function<void()>> tasks;
    {
      const std::lock_guard lock(mutex_);
      tasks.swap(tasks_);
    }
    for (auto& task : tasks) task();
  }
}

}  // namespace quivive::net
