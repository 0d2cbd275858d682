#pragma once
// Documents made from the list of settings. The committed copies are docs/reference/configuration.md and
// docs/reference/quivive.schema.json; a unit test fails where they differ.

#include <string>

namespace quivive::config {

// One table a group of settings, in Markdown.
[[nodiscard]] std::string reference_markdown();
// JSON Schema 2020-12, for editors that complete and check YAML by it.
[[nodiscard]] std::string json_schema();

}  // namespace quivive::config
