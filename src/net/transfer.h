#pragma once
// transfer: one request as curl performs it, with everything that curl says about it on the way. For the debugger; what the
// gateway itself needs goes through fetch.h.

#include "base/result.h"
#include "base/secret.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace quivive::net {

// Asked before a redirect is followed: from the URL that answered, to what its Location says.
using MayFollow = std::function<bool(std::string_view from, std::string_view location)>;

// Named after curl's options, and meant like them. http and https only.
struct TransferPlan {
  std::string url;
  std::string method;                // "" for curl's choice
  std::vector<std::string> headers;  // `Name: value`, `Name:` to leave one out, `Name;` for an empty one
  std::optional<std::string> body;
  bool head = false;
  std::optional<std::string> user_agent, referer, cookie, range;
  // Authentication:
  std::optional<Secret> user;    // user:password
  std::optional<Secret> bearer;
  bool basic = false, digest = false, ntlm = false, negotiate = false, any_auth = false;
  std::optional<std::string> aws_sigv4;
  bool netrc = false, netrc_optional = false;
  std::string netrc_file;
  // Proxy:
  std::optional<std::string> proxy, no_proxy;
  std::optional<Secret> proxy_user;
  bool proxy_any_auth = false, proxy_digest = false, proxy_ntlm = false, proxy_tunnel = false;
  std::vector<std::string> proxy_headers;
  // Redirects:
  bool follow = false, trust_location = false;
  long max_redirects = 20;
  MayFollow may_follow;  // none: every redirect
  // TLS:
  bool insecure = false;
  std::string ca_file, ca_path, certificate, key;
  std::optional<Secret> key_password;
  // Connection:
  std::vector<std::string> resolve, connect_to;
  std::string http_version;  // "1.0", "1.1", "2", "2-prior-knowledge"; "" for curl's choice
  std::string unix_socket;
  bool path_as_is = false, compressed = false, ipv4 = false, ipv6 = false;
  std::chrono::milliseconds timeout{30'000};
  std::chrono::milliseconds connect_timeout{10'000};
};

enum class TransferEvent : std::uint8_t { Info, HeaderOut, DataOut, HeaderIn, DataIn };
using TransferLog = std::function<void(TransferEvent event, std::string_view bytes)>;

inline constexpr std::size_t kMaxTransferBody = 1024 * 1024;  // more of a response is not read

// Performs it, handing every event to `log` as it comes. An Error if it could not be done to its end (name, connection, TLS,
// time, a proxy's refusal), in one line; responses may have been logged all the same. A redirect that may not be followed ends
// it well. Blocks. fetch_init() comes first.
[[nodiscard]] Result<void> transfer(const TransferPlan& plan, const TransferLog& log);

}  // namespace quivive::net
