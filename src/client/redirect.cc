#include "client/redirect.h"

#include "base/text.h"

#include <algorithm>
#include <span>

namespace quivive::client {
namespace {

bool contains(std::span<const std::string_view> names, std::string_view field) {
  return std::any_of(names.begin(), names.end(), [&](std::string_view name) { return iequals(name, field); });
}

}  // namespace

bool is_redirect(std::uint16_t status) { return (status >= 301 && status <= 303) || status == 307 || status == 308; }

std::string_view redirected_method(std::uint16_t status, std::string_view method) {
  if (status == 303) return method == "HEAD" ? method : "GET";
  if ((status == 301 || status == 302) && method == "POST") return "GET";
  return method;
}

bool describes_body(std::string_view field) {
  static constexpr std::string_view kNames[] = {
      "Content-Type", "Content-Length", "Content-Encoding", "Content-Language", "Content-Location",
      "Content-MD5",  "Content-Digest", "Repr-Digest",      "Digest",           "Last-Modified",
      "Expect"};
  return contains(kNames, field);
}

bool is_credential_field(std::string_view field) {
  static constexpr std::string_view kNames[] = {"Authorization", "Proxy-Authorization", "Cookie", "X-API-Key"};
  return contains(kNames, field);
}

bool travels(std::string_view field) {
  // clang-format off
  static constexpr std::string_view kNames[] = {
      "Accept", "Accept-Charset", "Accept-Encoding", "Accept-Language", "Cache-Control", "Content-Digest", "Content-Encoding",
      "Content-Language", "Content-Type", "DNT", "Expect", "If-Match", "If-Modified-Since", "If-None-Match", "If-Range",
      "If-Unmodified-Since", "Pragma", "Prefer", "Priority", "Range", "Repr-Digest", "TE", "User-Agent", "traceparent"};
  // clang-format on
  return contains(kNames, field);
}

}  // namespace quivive::client
