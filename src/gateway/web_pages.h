#pragma once
// The files of web/, part of the program. In the html ones {name} is a placeholder; gateway/login_page.h fills them.

#include <string_view>

namespace quivive::gateway {

extern const std::string_view kFrameHtml;      // what every page has around its content
extern const std::string_view kLoginHtml;
extern const std::string_view kLogoutHtml;
extern const std::string_view kSignedOutHtml;
extern const std::string_view kDeviceHtml;
extern const std::string_view kMessageHtml;
extern const std::string_view kPageCss;

}  // namespace quivive::gateway
