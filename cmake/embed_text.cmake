# Writes OUT, a C++ file with the text of each file of the list FILES (separated by '|'), as HEADER declares them in
# NAMESPACE: login.html becomes the constant kLoginHtml.
string(REPLACE "|" ";" files "${FILES}")
set(rows "")
foreach(file ${files})
  get_filename_component(name ${file} NAME)
  string(REGEX REPLACE "[^a-z0-9]" ";" words ${name})
  set(constant "k")
  foreach(word ${words})
    string(SUBSTRING ${word} 0 1 first)
    string(SUBSTRING ${word} 1 -1 rest)
    string(TOUPPER ${first} first)
    string(APPEND constant ${first}${rest})
  endforeach()
  file(READ ${file} text)
  string(APPEND rows "const std::string_view ${constant} = R\"text(${text})text\";\n")
endforeach()
file(WRITE ${OUT} "// Made by cmake/embed_text.cmake.
#include \"${HEADER}\"

namespace ${NAMESPACE} {

${rows}
}  // namespace ${NAMESPACE}
")
