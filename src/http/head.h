#pragma once
// What a head parser fills in: the parts of an HTTP/1 head as slices of the buffer, and how its body is framed.
// Meant to live as long as its connection and be reset between messages: nothing here allocates.

#include "http/request.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace quivive::http {

inline constexpr std::size_t kMaxFields = 100;             // field lines in one head
inline constexpr std::size_t kMaxMethodBytes = 32;
inline constexpr std::size_t kMaxConnectionOptions = 32;   // members of all Connection fields together
inline constexpr std::size_t kDefaultMaxHeadBytes = 32 * 1024;

// How the end of the body is found (RFC 9112 section 6.3).
enum class Body : std::uint8_t {
  None,        // there is no body
  Length,      // `content_length` bytes, which may be 0
  Chunked,     // see http/chunked.h
  UntilClose,  // responses only: the connection's end is the body's end
};

// A fixed table of field lines, in the order received.
class FieldTable {
 public:
  [[nodiscard]] std::span<const Field> view() const { return {items_.data(), size_}; }
  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] bool full() const { return size_ == kMaxFields; }
  void push(const Field& field) { items_[size_++] = field; }  // requires !full()
  void clear() { size_ = 0; }

 private:
  std::array<Field, kMaxFields> items_;
  std::size_t size_ = 0;
};

// What both kinds of head have. Slices borrow from the buffer that was parsed.
struct Head {
  FieldTable fields;
  std::uint8_t minor_version = 1;    // HTTP/1.minor
  Body body = Body::None;
  std::uint64_t content_length = 0;  // bytes; meant only with Body::Length
  bool keep_alive = false;           // the sender lets the connection go on after this message
  bool connection_upgrade = false;   // Connection has the option `upgrade`
  std::size_t head_bytes = 0;        // of the buffer; the body begins here
  std::size_t scanned = 0;           // bytes already looked at by an earlier call; the parser's own

  [[nodiscard]] bool has_body() const { return body != Body::None && !(body == Body::Length && content_length == 0); }
};

struct RequestHead : Head {
  std::string_view method;
  std::string_view target;       // as sent; http/target.h judges it
  std::string_view host;         // value of Host, valid `host[:port]`; "" only on HTTP/1.0 without one
  bool expect_continue = false;  // a 100 (Continue) is awaited: HTTP/1.1, `Expect: 100-continue`, and a body to come

  [[nodiscard]] RequestView view() const { return {method, target, minor_version, fields.view()}; }
  // Ready for another message.
  void reset();
};

struct ResponseHead : Head {
  std::uint16_t status = 0;  // 100-599
  std::string_view reason_phrase;

  void reset();
};

}  // namespace quivive::http
