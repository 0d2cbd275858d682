# Writes OUT, a C++ file with every page of the folder PAGES as a string: what src/diagnose/cause_pages.h declares.
file(GLOB pages ${PAGES}/*.md)
list(SORT pages)
set(rows "")
foreach(page ${pages})
  get_filename_component(code ${page} NAME_WE)
  if(NOT code STREQUAL "README")
    file(READ ${page} text)
    string(APPEND rows "    {\"${code}\", R\"page(${text})page\"},\n")
  endif()
endforeach()
file(WRITE ${OUT} "// Made from docs/causes/ by cmake/embed_pages.cmake.
#include \"diagnose/cause_pages.h\"

namespace quivive::diagnose {

std::string_view page_of(std::string_view code) {
  struct Page {
    std::string_view code, text;
  };
  static constexpr Page kPages[] = {
${rows}    {\"\", \"\"}};
  for (const Page& page : kPages) {
    if (page.code == code && !code.empty()) return page.text;
  }
  return {};
}

}  // namespace quivive::diagnose
")
