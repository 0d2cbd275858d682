#pragma once
// One entry of a HAR as it is written there, and the Exchange that it means: what one recorder leaves out, another writes
// twice, and a third spells differently is made one here.

#include "diagnose/exchange.h"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace quivive::diagnose::har {

struct Cookie {
  std::string name, value, path, domain, expires, same_site;
  bool http_only = false, secure = false;
};

// As much of a text as is read, and whether that is all.
struct Text {
  std::string text;
  bool cut = false;
};

struct Entry {
  std::string started, connection, server_address, resource_type;

  bool has_request = false;
  std::string method, url, request_version, post_mime_type;
  std::vector<HeaderField> request_headers, query, params;
  std::vector<Cookie> request_cookies;
  Text post;

  bool has_response = false;
  int status = 0;
  std::string status_text, response_version, redirect_url, failure, mime_type, encoding;
  std::vector<HeaderField> response_headers;
  std::vector<Cookie> response_cookies;
  Text content;
};

// Of post.text and content.text: the base64 of kMaxBodyKept bytes, in whole groups.
inline constexpr std::size_t kMaxBodyRead = (kMaxBodyKept / 3 + 1) * 4;

[[nodiscard]] Exchange to_exchange(Entry&& entry, std::size_t index);

// There is an Authorization, Cookie or Set-Cookie, or what would be one.
[[nodiscard]] bool shows_credentials(const Entry& entry);

// startedDateTime: ISO 8601 with an offset and any number of digits of a second's fraction. Nothing without an offset, since
// the clock of whose place it is is not known.
[[nodiscard]] std::optional<Instant> parse_started(std::string_view text);

}  // namespace quivive::diagnose::har
