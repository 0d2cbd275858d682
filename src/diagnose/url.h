#pragma once
// URLs, and what browsers call a site.

#include "http/url.h"

#include <string_view>

namespace quivive::diagnose {

using http::parse_url;
using http::resolve;
using http::same_origin;
using http::Url;

// The last two labels, or three where the last two are a well-known public suffix like co.uk: what browsers call a site,
// near enough for advice.
[[nodiscard]] std::string_view registrable_domain(std::string_view host);

}  // namespace quivive::diagnose
