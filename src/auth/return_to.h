#pragma once
// Where the login page sends the user back to. Threat: an open redirect, by which a link to our login page, typed with
// trust, ends on somebody else's.

#include <cstddef>
#include <string>
#include <string_view>

namespace quivive::auth {

inline constexpr std::size_t kMaxReturnToBytes = 4096;

// `path[?query]` itself if it is a place on this site and nowhere else however a browser reads it, otherwise "/". It must be
// what the gateway would forward (http/target.h): no empty or dot segments, no backslash, no encoded slash or backslash, no control
// characters, nothing but visible ASCII, no fragment. Also "/": more than kMaxReturnToBytes, a backslash in the query, and paths
// under /.quivive/ but /.quivive/oauth/authorize and /.quivive/oauth/device, or signing in could end in signing out. Safe in a Location field as it is; in HTML it needs escaping.
// Borrows from `text`, or is static.
[[nodiscard]] std::string_view checked_return_to(std::string_view text);

// Appends `/.quivive/login?return_to=` and the checked target, encoded as a form does (http/form.h). `target` is the request's
// target in origin-form.
void append_login_location(std::string& out, std::string_view target);

}  // namespace quivive::auth
