# Writes OUT, a C++ file with every page of the folder CAUSES as a string, and of REASONS those that no cause is called like: what
# src/diagnose/cause_pages.h declares.
file(GLOB pages ${CAUSES}/*.md)
file(GLOB reasons ${REASONS}/*.md)
foreach(page ${reasons})
  get_filename_component(file ${page} NAME)
  if(NOT EXISTS ${CAUSES}/${file})
    list(APPEND pages ${page})
  endif()
endforeach()
list(SORT pages)
set(rows "")
foreach(page ${pages})
  get_filename_component(code ${page} NAME_WE)
  if(NOT code STREQUAL "README")
    file(READ ${page} text)
    string(REGEX REPLACE "<!--[^>]*-->\n\n?" "" text "${text}")  # for who edits the file
    string(APPEND rows "    {\"${code}\", R\"page(${text})page\"},\n")
  endif()
endforeach()
file(WRITE ${OUT} "// Made from docs/causes/ and docs/reasons/ by cmake/embed_pages.cmake.
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
