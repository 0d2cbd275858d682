#pragma once
// What pages of other origins may have browsers do (Fetch standard, section 3.3).

#include "gateway/pipeline.h"

#include <string_view>

namespace quivive::gateway {

// What the route says to the page's origin: that origin, or "*"; "" where it does not name it. The route's own text.
[[nodiscard]] std::string_view allowed_origin(const Route& route, const http::RequestView& view);

// The route of the request that a preflight asks about; nullptr where this is none, or none that is granted.
[[nodiscard]] const Route* route_of_preflight(const Deployment& deployment, const PipelineInput& input);

// Whether a page of another site, which the route's CORS does not name, has the browser send this unsafe request.
[[nodiscard]] bool is_cross_site(const Route& route, const http::RequestHead& head);

}  // namespace quivive::gateway
