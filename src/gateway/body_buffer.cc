#include "gateway/body_buffer.h"

#include <algorithm>
#include <array>
#include <cstring>

namespace quivive::gateway {
namespace {

using Piece = std::array<char, 4096>;

// How much may be read without running into more of the next request than the buffer has room for.
std::size_t most(const ReceiveBuffer& in, const BodyRelay& relay) {
  if (relay.length_left() > 0) return static_cast<std::size_t>(std::min<std::uint64_t>(relay.length_left(), sizeof(Piece)));
  // Chunked: the end is known when it is there. A head that fills the buffer leaves one octet at a time, which cannot run over.
  return std::clamp<std::size_t>(in.capacity - in.body, 1, sizeof(Piece));
}

}  // namespace

net::Awaitable<BodyRead> read_body(net::Stream& client, ReceiveBuffer& in, BodyRelay& relay, std::size_t limit, std::chrono::milliseconds patience,
                                   std::string& body) {
  const std::size_t here = relay.take({in.data + in.body, in.end - in.body}, body);
  std::memmove(in.data + in.body, in.data + in.body + here, in.end - in.body - here);
  in.end -= here;
  client.expires_after(patience);
  BodyRead result = BodyRead::Whole;
  while (true) {
    if (relay.failed()) result = BodyRead::Malformed;
    else if (body.size() > limit || relay.length_left() > limit - body.size()) result = BodyRead::TooLarge;
    if (result != BodyRead::Whole || relay.done()) break;
    // Here in.end == in.body: a relay that is not done has taken everything.
    Piece piece;
    const std::size_t size = most(in, relay);
    const auto [ec, n] = co_await client.async_read_some(net::asio::buffer(piece.data(), size));
    if (ec) {
      result = client.timed_out() ? BodyRead::TimedOut : BodyRead::Gone;
      break;
    }
    const std::size_t taken = relay.take({piece.data(), n}, body);
    if (relay.failed()) continue;  // what is left has no place in the buffer, and no meaning
    std::memcpy(in.data + in.end, piece.data() + taken, n - taken);
    in.end += n - taken;
  }
  client.expires_never();
  co_return result;
}

}  // namespace quivive::gateway
