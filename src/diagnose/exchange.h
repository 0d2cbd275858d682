#pragma once
// Exchange: one request and its answer, as some tool wrote them down. Owned text, nothing judged; everything may be missing.

#include "base/clock.h"
#include "diagnose/url.h"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace quivive::diagnose {

inline constexpr std::size_t kMaxBodyKept = 64 * 1024;  // of each body; more is dropped and `body_cut` set

// One field line. Nothing is trimmed that could be the fault: `name` keeps a space before the colon, `value` trailing space
// and control characters; only the one separating space after the colon is gone.
struct HeaderField {
  std::string name;
  std::string value;
  bool operator==(const HeaderField&) const = default;
};

class Headers {
 public:
  void add(std::string name, std::string value) { fields_.push_back({std::move(name), std::move(value)}); }
  [[nodiscard]] const std::vector<HeaderField>& all() const { return fields_; }
  [[nodiscard]] bool empty() const { return fields_.empty(); }
  // The first field of that name in any case (white space around names ignored), or nullptr.
  [[nodiscard]] const HeaderField* find(std::string_view name) const;
  [[nodiscard]] bool has(std::string_view name) const { return find(name) != nullptr; }
  // Its value, OWS trimmed; "" where there is none.
  [[nodiscard]] std::string_view value(std::string_view name) const;
  // Every field of that name, in order. Borrows from this object.
  [[nodiscard]] std::vector<const HeaderField*> every(std::string_view name) const;

 private:
  std::vector<HeaderField> fields_;
};

struct Request {
  std::string method;   // "" where unknown
  Url url;              // where it went, absolute as far as known (scheme may be "")
  std::string target;   // request-target as it went over the wire, where that was seen; "" otherwise
  std::string version;  // "HTTP/1.1", "HTTP/2"; "" where unknown
  Headers headers;      // HTTP/2 pseudo-fields are not here
  std::string body;
  bool body_cut = false;
};

struct Response {
  int status = 0;  // 0 where only fields were seen (a bare WWW-Authenticate line)
  std::string reason;
  std::string version;
  Headers headers;
  std::string body;
  bool body_cut = false;
};

struct Exchange {
  std::size_t index = 0;             // its number in the input, from 0; what findings name
  std::optional<Request> request;    // nothing where the input shows responses only (curl -i)
  std::optional<Response> response;  // nothing where the input shows none
  bool to_proxy = false;             // a CONNECT to a proxy, or its answer
  // Where the input says so:
  std::optional<Instant> started;  // by the client's clock
  std::string connection;          // the connection's name; equal for requests on one connection
  std::string resource_type;       // of a browser: "xhr", "fetch", "document", "image", "websocket", "preflight", …
  std::string server_address;
  std::vector<std::string> remarks;  // the tool's own lines about it, without marks: curl's "* …"
};

}  // namespace quivive::diagnose
