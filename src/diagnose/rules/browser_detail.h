#pragma once
// A request as a browser made it: from where, to where, and what for. For the rules about CORS, cookies and login pages.

#include "diagnose/facts.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace quivive::diagnose::browser_detail {

[[nodiscard]] bool is_browser(const Facts& facts);
[[nodiscard]] bool is_chromium(const Facts& facts);
// OPTIONS with Access-Control-Request-Method (Fetch standard, CORS-preflight request).
[[nodiscard]] bool is_preflight(const Facts& facts);
// A page load, of a tab or a frame, rather than a script's request or a subresource.
[[nodiscard]] bool is_navigation(const Facts& facts);
// The caller wants data: a script's request, Accept: application/json, or a path of an API.
[[nodiscard]] bool asks_for_data(const Facts& facts);

// The origin that made the request: of Origin, else of Referer; nothing where neither is there.
[[nodiscard]] std::optional<Url> initiator(const Facts& facts);

enum class Relation : std::uint8_t { Unknown, SameOrigin, SameSite, CrossSite };
// Sec-Fetch-Site where it was sent, else the initiator against the URL.
[[nodiscard]] Relation relation(const Facts& facts);

// Browsers trust these without TLS (Secure Contexts section 3.1).
[[nodiscard]] bool is_local_host(std::string_view host);

// The members of a comma-separated field, lower case.
[[nodiscard]] std::vector<std::string> list_members(std::string_view value);
// All lines of a response field, joined with commas.
[[nodiscard]] std::string joined_field(const Facts& facts, std::string_view name);

}  // namespace quivive::diagnose::browser_detail
