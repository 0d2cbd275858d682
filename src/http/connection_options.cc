#include "http/connection_options.h"

#include "base/text.h"
#include "http/grammar.h"

#include <algorithm>

namespace quivive::http {

ConnectionOptions::ConnectionOptions(std::span<const Field> fields) {
  for (const Field& field : fields) {
    if (field.id != FieldId::Connection) continue;
    std::string_view rest = field.value;
    while (const auto option = take_list_element(rest)) {
      if (size_ == options_.size()) return;
      options_[size_++] = *option;
      may_name_fields_ |= !iequals(*option, "close") && !iequals(*option, "keep-alive") && !iequals(*option, "upgrade");
    }
  }
}

bool ConnectionOptions::contains(std::string_view option) const {
  const auto listed = names();
  return std::any_of(listed.begin(), listed.end(), [&](std::string_view name) { return iequals(name, option); });
}

}  // namespace quivive::http
