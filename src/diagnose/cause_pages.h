#pragma once
// The page of each cause, docs/causes/CODE.md, and of each reason of our gateway that no cause is called like, docs/reasons/CODE.md, as the program
// carries them. Its source is made by cmake/embed_pages.cmake.

#include <string_view>

namespace quivive::diagnose {

// Markdown, readable as it stands; "" where there is no page. Static storage.
[[nodiscard]] std::string_view page_of(std::string_view code);

}  // namespace quivive::diagnose
