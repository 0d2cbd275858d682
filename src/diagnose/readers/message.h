#pragma once
// The lines of HTTP messages, read leniently: what may be a start line or a field line, and messages put together of them.

#include "diagnose/exchange.h"

#include <optional>
#include <string>
#include <string_view>

namespace quivive::diagnose::readers {

inline constexpr std::size_t kMaxExchanges = 2000;
inline constexpr std::size_t kMaxFields = 500;  // of one message

// HTTP-version = "HTTP/" DIGIT [ "." DIGIT ]: HTTP/2 and HTTP/3 are written without a minor number.
struct RequestLine {
  std::string_view method, target, version;  // version "" where the line has none
};
// `GET /path HTTP/1.1`. With `lenient`, also without a version where the method is a known one and the target begins with a
// slash, a scheme or a placeholder.
[[nodiscard]] std::optional<RequestLine> parse_request_line(std::string_view line, bool lenient = false);

struct StatusLine {
  std::string_view version, reason;
  int status = 0;
};
[[nodiscard]] std::optional<StatusLine> parse_status_line(std::string_view line);

// Whether `line` may be a field line: a name without the marks of JSON or markup, a colon. Spaces in and behind the name are let
// pass: they are what rules look for.
[[nodiscard]] bool is_field_line(std::string_view line);

// Fields as their lines come in. Continuation lines stay joined by LF with all their white space.
class FieldLines {
 public:
  explicit FieldLines(Headers& headers) : headers_(&headers) {}
  FieldLines(const FieldLines&) = delete;
  FieldLines& operator=(const FieldLines&) = delete;
  ~FieldLines() { flush(); }

  void line(std::string_view line);  // is_field_line
  void more(std::string_view text);  // appended to the last value as it stands
  void flush();
  [[nodiscard]] bool any() const { return pending_.has_value(); }
  // Length of the last field, name included: a long one may have been wrapped.
  [[nodiscard]] std::size_t length() const { return pending_ ? pending_->name.size() + pending_->value.size() + 2 : 0; }

 private:
  Headers* headers_;
  std::optional<HeaderField> pending_;
};

// Unless there are kMaxFields already.
void add_field(Headers& headers, std::string name, std::string value);
// Up to kMaxBodyKept, then `cut`.
void append_body(std::string& body, bool& cut, std::string_view piece);

// Where a request with that target and Host went. `scheme` where it is known otherwise; by itself only HTTP/2 and the ports 80
// and 443 tell.
[[nodiscard]] Url request_url(const Request& request, std::string_view scheme = {});

}  // namespace quivive::diagnose::readers
