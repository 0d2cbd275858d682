#pragma once
// BodyRelay: turns the bytes of a message body as framed by its sender into the framing that goes out. No I/O.

#include "http/chunked.h"
#include "http/head.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace quivive::gateway {

enum class BodyOut : std::uint8_t {
  Plain,    // the bytes themselves: the receiver knows the length, or reads to the end of the connection
  Chunked,  // re-encoded: the sender's chunk extensions and trailers do not pass
};

class BodyRelay {
 public:
  BodyRelay(http::Body in, std::uint64_t content_length, BodyOut out)
      : in_(in), out_(out), remaining_(content_length), done_(in == http::Body::None || (in == http::Body::Length && content_length == 0)) {}

  // Takes the body's bytes from the front of `input` and appends what goes out to `out`. Returns how many were taken;
  // what is left belongs to the next message. At the end of the body the last chunk is appended as well.
  [[nodiscard]] std::size_t take(std::string_view input, std::string& out);
  // The framing that goes out is another after all: `held`, which is all that was taken so far as Plain, goes out in it first.
  void reframe(BodyOut out_framing, std::string_view held, std::string& out);
  // The sender closed: the end of an UntilClose body, a failure of any other that is not done.
  void end_of_input(std::string& out);

  [[nodiscard]] bool done() const { return done_; }
  [[nodiscard]] bool failed() const { return !failure_.empty(); }
  [[nodiscard]] std::string_view failure() const { return failure_; }  // static text
  [[nodiscard]] std::uint64_t length_left() const { return in_ == http::Body::Length ? remaining_ : 0; }  // of a body whose length is known
  [[nodiscard]] std::uint64_t bytes() const { return bytes_; }         // of the body, without framing

 private:
  void append(std::string_view data, std::string& out);
  void write(std::string_view data, std::string& out) const;
  void finish(std::string& out);

  http::Body in_;
  BodyOut out_;
  std::uint64_t remaining_;
  std::uint64_t bytes_ = 0;
  bool done_;
  std::string_view failure_;
  http::ChunkedDecoder decoder_;
};

}  // namespace quivive::gateway
