#pragma once
// What curl tells about its requests, whichever way it writes that down (-v, --trace-ascii): heads, bodies, and its own lines
// about connections, put together into exchanges.

#include "diagnose/capture.h"
#include "diagnose/readers/message.h"

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace quivive::diagnose::readers {

class CurlLog {
 public:
  enum class At : std::uint8_t { Nothing, RequestHead, RequestDone, ResponseHead, ResponseBody };

  explicit CurlLog(Format format) { capture_.format = format; }
  CurlLog(const CurlLog&) = delete;  // its parts point into each other
  CurlLog& operator=(const CurlLog&) = delete;

  // One of curl's own lines, without its mark.
  void info(std::string_view text);
  // A line of a request head; a request line begins an exchange. False where it is neither start line, field nor the end.
  bool request_line(std::string_view line);
  // A line of a response head, an empty one ends it.
  bool response_line(std::string_view line);
  void request_body(std::string_view piece);
  void response_body(std::string_view piece);
  // A line within a head that carried no mark: a long one was wrapped by what it was pasted through.
  bool wrapped(std::string_view text);

  [[nodiscard]] At at() const { return at_; }
  // curl has turned to the next request: what comes is not about the last one.
  [[nodiscard]] bool between() const { return between_; }
  [[nodiscard]] bool empty() const { return capture_.exchanges.empty(); }
  [[nodiscard]] const Exchange* current() const { return capture_.exchanges.empty() ? nullptr : &capture_.exchanges.back(); }

  // The capture; this object is used up.
  [[nodiscard]] Capture finish();

 private:
  struct Connection {
    std::string name, host, address;
    std::uint16_t port = 0;
    bool tls = false;
  };
  // What HTTP/2 lines said about the request to come.
  struct Announced {
    std::string scheme;
    Request request;
    Headers headers;
    bool any = false;
  };

  void connected(std::string_view text);
  void reused(std::string_view text);
  void read_stream(std::string_view text);
  void remark(std::string_view text);
  void begin_exchange(const RequestLine& line);
  void use_announced();
  bool head_line(std::string_view line);
  void end_head();
  [[nodiscard]] std::string_view scheme() const;
  Exchange& exchange() { return capture_.exchanges.back(); }
  [[nodiscard]] bool full() const { return capture_.exchanges.size() >= kMaxExchanges; }

  Capture capture_;
  At at_ = At::Nothing;
  bool between_ = true;
  bool dropped_ = false;             // the current exchange is beyond kMaxExchanges
  std::vector<std::string> coming_;  // remarks about the request to come
  std::optional<Url> next_url_;
  std::map<std::string, Connection, std::less<>> connections_;
  Connection connection_;
  std::size_t connections_seen_ = 0;
  Announced announced_;
  std::unique_ptr<FieldLines> fields_;
};

}  // namespace quivive::diagnose::readers
