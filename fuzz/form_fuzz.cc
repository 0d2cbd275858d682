// Bodies of forms: whatever is accepted says the same to the lenient reader of queries, and whatever is encoded comes back.

#include "check.h"
#include "base/text.h"
#include "http/form.h"
#include "http/query.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace {

using namespace quivive::http;

void check_body(std::string_view body) {
  const auto form = Form::parse(body);
  if (!form) {
    FUZZ_CHECK(!form.error().detail.empty());
    return;
  }
  FUZZ_CHECK(form->size() <= kMaxFormPairs && body.size() <= kMaxFormBytes);
  std::size_t pairs = 0;
  QueryReader reader(body);
  for (QueryPair pair; reader.next(pair); ++pairs) {
    const std::string name = form_decode(pair.name);
    const FormMatch match = form->find(name);
    FUZZ_CHECK(match.count >= 1 && match.count == find_parameter(body, name).count);
    FUZZ_CHECK(match.value == (match.count == 1 ? form_decode(pair.value) : std::string()));
    FUZZ_CHECK(quivive::is_valid_utf8(match.value));
  }
  FUZZ_CHECK(pairs == form->size());
}

void check_encoder(std::string_view text) {
  const std::string_view name = text.substr(0, text.size() / 3), value = text.substr(name.size());
  std::string body;
  append_form_pair(body, name, value);
  for (const char c : body) FUZZ_CHECK(c > 0x20 && c < 0x7f);
  if (body.size() > kMaxFormBytes) return;
  const auto form = Form::parse(body);
  FUZZ_CHECK(form.has_value() == (quivive::is_valid_utf8(name) && quivive::is_valid_utf8(value)));
  if (form) FUZZ_CHECK(form->size() == 1 && form->find(name).count == 1 && form->find(name).value == value);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  check_body(text);
  check_encoder(text);
  return 0;
}
