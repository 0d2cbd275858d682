#pragma once
// What went wrong with a connection, in words for the operator. Made when it has: what goes well costs nothing.

#include "net/asio.h"

#include <chrono>
#include <string>
#include <string_view>

namespace quivive::net {

// "connection refused", "wrong version number": the system's words, or OpenSSL's.
[[nodiscard]] std::string in_words(const error_code& ec);
// Of a name look-up. `code` is getaddrinfo's; 0 where it found no address that can be used.
[[nodiscard]] std::string look_up_failure(int code);
// Of a TLS handshake as the client, with a server that was to be `name`. `certificate` is what Stream::certificate_verdict() says.
[[nodiscard]] std::string handshake_failure(const error_code& ec, long certificate, std::string_view name);
// "5 s", "0.2 s".
[[nodiscard]] std::string in_seconds(std::chrono::milliseconds time);

}  // namespace quivive::net
