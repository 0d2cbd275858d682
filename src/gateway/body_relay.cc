#include "gateway/body_relay.h"

#include <algorithm>

namespace quivive::gateway {

void BodyRelay::append(std::string_view data, std::string& out) {
  bytes_ += data.size();
  write(data, out);
}

void BodyRelay::write(std::string_view data, std::string& out) const {
  if (out_ == BodyOut::Plain) {
    out += data;
    return;
  }
  std::array<char, 18> buffer;
  out += http::chunk_header(data.size(), buffer);
  out += data;
  out += http::kChunkEnd;
}

void BodyRelay::finish(std::string& out) {
  done_ = true;
  if (out_ == BodyOut::Chunked) out += http::kLastChunk;
}

void BodyRelay::reframe(BodyOut out_framing, std::string_view held, std::string& out) {
  out_ = out_framing;
  if (!held.empty()) write(held, out);  // a chunk of no size would be the last
  if (done_ && in_ != http::Body::None) finish(out);
}

std::size_t BodyRelay::take(std::string_view input, std::string& out) {
  if (done_ || failed() || input.empty()) return 0;
  if (in_ == http::Body::UntilClose) {
    append(input, out);
    return input.size();
  }
  if (in_ == http::Body::Length) {
    const auto n = static_cast<std::size_t>(std::min<std::uint64_t>(remaining_, input.size()));
    append(input.substr(0, n), out);
    remaining_ -= n;
    if (remaining_ == 0) finish(out);
    return n;
  }
  std::size_t taken = 0;
  while (taken < input.size()) {
    const auto step = decoder_.next(input.substr(taken));
    taken += step.consumed;
    if (step.status == http::ChunkedDecoder::Status::Data) {
      append(step.data, out);
    } else if (step.status == http::ChunkedDecoder::Status::Done) {
      finish(out);
      break;
    } else if (step.status == http::ChunkedDecoder::Status::Failed) {
      failure_ = step.detail;
      break;
    } else {
      break;
    }
  }
  return taken;
}

void BodyRelay::end_of_input(std::string& out) {
  if (done_ || failed()) return;
  if (in_ == http::Body::UntilClose) return finish(out);
  failure_ = "the connection ended before the body did";
}

}  // namespace quivive::gateway
