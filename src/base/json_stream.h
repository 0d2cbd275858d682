#pragma once
// JSON (RFC 8259) as a stream of events, for texts that are too large to hold: fed in pieces of any size, in memory that does
// not grow with them. For documents written by strangers' tools, so more forgiving than parse_json: members may repeat,
// strings may hold bytes that are not UTF-8 and halves of surrogate pairs (delivered as U+FFFD), numbers may be of any size.
// Never for anything that is trusted afterwards.

#include "base/result.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace quivive {

// Receives the events in the order of the text. Each function returns whether to go on; views live until it returns.
class JsonEvents {
 public:
  virtual ~JsonEvents() = default;
  virtual bool on_object_begin() = 0;
  virtual bool on_object_end() = 0;
  virtual bool on_array_begin() = 0;
  virtual bool on_array_end() = 0;
  // A member's name; cut at kMaxJsonKey bytes.
  virtual bool on_key(std::string_view name) = 0;
  // A string is any number of parts, none where it is empty, and its end. Where a part ends means nothing.
  virtual bool on_string_part(std::string_view part) = 0;
  virtual bool on_string_end() = 0;
  virtual bool on_number(double value) = 0;
  virtual bool on_bool(bool value) = 0;
  virtual bool on_null() = 0;
};

inline constexpr std::size_t kMaxJsonKey = 1024;

// Why a stream ended before the text did.
struct JsonStop {
  enum class Kind : std::uint8_t {
    Syntax,      // not JSON
    TooDeep,     // nested deeper than was allowed
    Incomplete,  // the text ends within its value
    Trailing,    // more text after the value
    Refused,     // an event returned false
  };
  Kind kind{};
  std::size_t offset = 0;  // bytes from the beginning of the text
  std::string message;     // what is wrong there, never quoting the text; "" for Refused
};
[[noreturn]] void throw_exception_from_error(const JsonStop& stop, const boost::source_location&);

class JsonStream {
 public:
  // `events` must outlive the stream. `depth` bounds the nesting of arrays and objects, and with it the stack.
  explicit JsonStream(JsonEvents& events, std::size_t depth = 64);
  ~JsonStream();
  JsonStream(const JsonStream&) = delete;
  JsonStream& operator=(const JsonStream&) = delete;

  // The next piece of the text. A byte order mark before the first is skipped (RFC 8259 section 8.1). Once stopped, a stream
  // gives the same answer to every call.
  [[nodiscard]] Result<void, JsonStop> write(std::string_view piece);
  // There are no more pieces.
  [[nodiscard]] Result<void, JsonStop> finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace quivive
