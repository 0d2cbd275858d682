#include "diagnose/exchange.h"

#include "base/text.h"

namespace quivive::diagnose {

const HeaderField* Headers::find(std::string_view name) const {
  for (const HeaderField& field : fields_) {
    if (iequals(trim_ows(field.name), name)) return &field;
  }
  return nullptr;
}

std::string_view Headers::value(std::string_view name) const {
  const HeaderField* field = find(name);
  return field == nullptr ? std::string_view() : trim_ows(field->value);
}

std::vector<const HeaderField*> Headers::every(std::string_view name) const {
  std::vector<const HeaderField*> out;
  for (const HeaderField& field : fields_) {
    if (iequals(trim_ows(field.name), name)) out.push_back(&field);
  }
  return out;
}

}  // namespace quivive::diagnose
