#pragma once
// One HTTP exchange over libcurl, and nothing that libcurl would decide by itself: no redirects, no authentication, no cookies, no
// .netrc. http and https only, TLS verified. The head of the response comes first, so that whoever drives the exchange can say
// what its body is for before any of it is read.

#include "agent/body_source.h"
#include "base/result.h"
#include "client/call.h"
#include "net/transfer.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace quivive::agent {

// One field line of a response, owned.
struct Field {
  std::string name;
  std::string value;
};

inline constexpr std::size_t kMaxKeptBody = 64 * 1024;       // of a response that is explained and not delivered
inline constexpr std::size_t kMaxResponseHead = 256 * 1024;  // bytes of one head; more is an error

struct ExchangeRequest {
  std::string method = "GET";
  std::string url;                        // absolute, without user info; sent as it stands
  std::vector<client::FieldLine> fields;  // as given; those that frame the body are refused
  BodySource* body = nullptr;             // none: no body
  std::chrono::milliseconds timeout{0};   // for the whole exchange; 0: none
};

struct ResponseHead {
  int status = 0;
  std::string version;  // "HTTP/1.1", "HTTP/2"
  std::string reason;
  std::vector<Field> fields;
  // The value of the first field of that name in any case; "" where there is none.
  [[nodiscard]] std::string_view value(std::string_view name) const;
};

enum class BodyFate : std::uint8_t {
  Deliver,  // to the sink, whatever its size
  Keep,     // the first kMaxKeptBody bytes; more is not read
};

struct Exchanged {
  ResponseHead head;
  std::string kept;  // of the body, with BodyFate::Keep
  bool cut = false;  // there was more than was kept
};

using OnHead = std::function<BodyFate(const ResponseHead& head)>;
// False where the bytes cannot be taken: the exchange ends with an Error.
using Sink = std::function<bool(std::string_view piece)>;

struct ExchangeSettings {
  std::string ca_file;  // certificates to trust instead of the system's; "" for those
  std::chrono::milliseconds connect_timeout{30'000};
};

// Safe to use from several threads. Connections are kept between exchanges.
class Exchanger {
 public:
  // Loads libcurl: the first comes before threads start. What fails there is what perform() says.
  explicit Exchanger(ExchangeSettings settings = {});
  ~Exchanger();
  Exchanger(const Exchanger&) = delete;
  Exchanger& operator=(const Exchanger&) = delete;

  // Blocks. Any status is a response; an Error, one line, means that there was none or that it broke off. `log`, if any, sees
  // what goes over the wire, secrets included, bodies up to kMaxKeptBody. A 100 (Continue) is awaited before a body that cannot
  // be sent twice (RFC 9110 section 10.1.1), so that a 401 does not cost it.
  [[nodiscard]] Result<Exchanged> perform(const ExchangeRequest& request, const OnHead& on_head, const Sink& sink,
                                          const net::TransferLog* log = nullptr);

 private:
  struct Handles;
  ExchangeSettings settings_;
  std::unique_ptr<Handles> handles_;
};

}  // namespace quivive::agent
