#pragma once
// The heads that the gateway forwards: the client's request to the upstream, the upstream's response to the client.
// Header hygiene happens here and nowhere else, for every path through the gateway.

#include "http/head.h"
#include "http/hygiene.h"
#include "http/target.h"

#include <span>
#include <string>
#include <string_view>

namespace quivive::gateway {

// What may not reach the upstream, and what the gateway asserts.
struct ForwardRequest {
  const http::RequestHead& head;
  const http::Target& target;
  const http::ProtectedNames& protected_names;
  bool drop_authorization = false;       // it was consumed here
  std::string_view drop_header{};          // our key's header field; "" for none
  std::string_view drop_query{};           // our key's query parameter, decoded; "" for none
  std::span<const std::string> own_cookies{};  // names of our session cookies
  std::string_view identity{};             // header lines, each with CRLF
  std::string_view request_id{};
  std::string_view client_address{};       // the peer's, without port
  std::string_view forwarded_for{};        // of a trusted proxy: what comes before client_address; "" for none
  std::string_view forwarded_proto{};      // "http" or "https"
  std::string_view forwarded_host{};       // the Host that the client used; "" for none
  std::string_view upstream_host{};        // the upstream's own, for want of the client's
  bool proxy_is_trusted = false;           // what only a proxy may say goes on: see http::is_said_by_proxies()
  bool methods_decide = false;             // routes do by methods: see http::is_method_override()
  bool websocket = false;                // Upgrade: websocket goes with it
};

// The head with its final CRLF. The body keeps its framing: Content-Length as received, or chunked.
void append_upstream_head(std::string& out, const ForwardRequest& request);

struct ForwardResponse {
  const http::ResponseHead& head;
  std::string_view request_id{};
  std::span<const std::string> own_cookies{};  // names of our session cookies, which are not the upstream's to set
  // What the client got by a credential that a shared cache cannot tell from none, unlike Authorization (RFC 9111 section 3.5): a cookie, a
  // key in a field of its own or in the query.
  bool for_one_client = false;
  std::string_view authentication_info{};  // in place of the upstream's; "" for none of ours
  std::string_view date;      // used where the upstream sent none
  bool has_body = true;       // false for HEAD, 204, 304
  bool chunked_out = false;
  bool close = false;         // the client's connection ends after it
  bool client_is_1_0 = false;
  bool websocket = false;     // a 101
};

void append_client_head(std::string& out, const ForwardResponse& response);

}  // namespace quivive::gateway
