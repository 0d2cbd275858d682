#include "net/deadline.h"

namespace quivive::net {

Timed::Timed(DeadlineList& list) : list_(list), next_(list.head_) {
  if (next_ != nullptr) next_->previous_ = this;
  list_.head_ = this;
}

Timed::~Timed() {
  if (list_.cursor_ == this) list_.cursor_ = next_;
  if (previous_ != nullptr) {
    previous_->next_ = next_;
  } else {
    list_.head_ = next_;
  }
  if (next_ != nullptr) next_->previous_ = previous_;
}

// One sweep is added: the list's time may lag by that much, and a deadline must never be early.
void Timed::expires_after(std::chrono::milliseconds d) { at_ = list_.now_ + d + DeadlineList::kSweep; }

void DeadlineList::sweep(SteadyClock::time_point now) {
  now_ = now;
  cursor_ = head_;
  while (cursor_ != nullptr) {
    Timed* timed = cursor_;
    cursor_ = timed->next_;
    if (timed->at_ <= now) {
      timed->expires_never();
      timed->on_expiry();
    }
  }
}

}  // namespace quivive::net
