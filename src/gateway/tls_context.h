#pragma once
// TLS contexts from files. Every fault of a file is an error here, at start or reload: an authority file that is missing
// must never mean that any authority will do (CVE-2026-27586).

#include "base/result.h"
#include "config/config.h"
#include "net/asio.h"

#include <memory>

namespace quivive::gateway {

using TlsContext = std::shared_ptr<net::asio::ssl::context>;

inline constexpr std::size_t kMaxPem = 1024 * 1024;  // octets of a file

// For the listener: TLS 1.2 and later, the chain and key of `files` (names already resolved).
[[nodiscard]] Result<TlsContext> make_server_context(const std::string& certificate, const std::string& key);

// For an upstream: verifies the chain against `ca`, or the system's authorities where it is "".
[[nodiscard]] Result<TlsContext> make_client_context(const std::string& ca, bool verify);

}  // namespace quivive::gateway
