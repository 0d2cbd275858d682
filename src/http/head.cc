#include "http/head.h"

namespace quivive::http {
namespace {

// Leaves the table's old slots as they are: clearing them would cost more than parsing.
void reset_head(Head& head) {
  head.fields.clear();
  head.minor_version = 1;
  head.body = Body::None;
  head.content_length = 0;
  head.keep_alive = false;
  head.connection_upgrade = false;
  head.head_bytes = 0;
  head.scanned = 0;
}

}  // namespace

void RequestHead::reset() {
  reset_head(*this);
  method = target = host = {};
  expect_continue = false;
}

void ResponseHead::reset() {
  reset_head(*this);
  status = 0;
  reason_phrase = {};
}

}  // namespace quivive::http
