#pragma once
// A request's body in memory, up to a bound: for what is decided over a body before any of it may go on. The head stays where it
// lies, so that its slices are good while the body is read and after.

#include "gateway/body_relay.h"
#include "net/stream.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>

namespace quivive::gateway {

enum class BodyRead : std::uint8_t {
  Whole,      // relay.done()
  TooLarge,   // longer than the limit; what was read is in `body`, and the rest still to come
  Malformed,  // relay.failure() says how
  TimedOut,
  Gone,       // the client closed before the end
};

// The buffer that a connection reads into. Borrowed.
struct ReceiveBuffer {
  char* data;
  std::size_t capacity;
  std::size_t body;  // where the head ends, and what came behind it begins
  std::size_t end;   // of what has arrived
};

// Reads a body into `body`, which is empty: decoded, without framing. `relay` is new and Plain; it goes on from there where more of
// the body is to be taken. What follows the body in `in` afterwards begins at in.body and ends at in.end: the next request's, or after
// TooLarge the rest's. The buffer before in.body is not touched.
// Threat: a client that sends an octet now and then; `patience` is for the whole body. Threat: memory; `body` never holds more than
// `limit` and one read (in.capacity or 4 KiB).
[[nodiscard]] net::Awaitable<BodyRead> read_body(net::Stream& client, ReceiveBuffer& in, BodyRelay& relay, std::size_t limit,
                                                 std::chrono::milliseconds patience, std::string& body);

}  // namespace quivive::gateway
