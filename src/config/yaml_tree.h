#pragma once
// A YAML document as a plain tree with places. Only what a configuration needs: no anchors, aliases, tags, merge keys or
// further documents, and no name twice in a mapping, which two readers could read differently.

#include "config/diagnostic.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace quivive::config {

struct YamlEntry;

struct YamlNode {
  enum class Kind : std::uint8_t { Null, Scalar, Sequence, Mapping };

  Kind kind = Kind::Null;
  Position at;
  std::string text;                // of a Scalar
  bool quoted = false;             // the Scalar was written in quotes or as a block, so it is text whatever it looks like
  std::vector<YamlNode> items;     // of a Sequence
  std::vector<YamlEntry> entries;  // of a Mapping, in the order of the text; names are unique

  // The entry of a Mapping with that name, or nullptr.
  [[nodiscard]] const YamlEntry* find(std::string_view name) const;
};

struct YamlEntry {
  std::string name;
  Position at;  // of the name
  YamlNode value;
};

struct YamlLimits {
  std::size_t bytes = 1024 * 1024;
  std::size_t nodes = 50'000;
  std::size_t depth = 32;
};

// The one document of `text`; nothing where it cannot be read at all. Appends what is wrong: of syntax the first error,
// of refused features and names given twice every one. An empty text is an empty mapping. Never throws on any text.
[[nodiscard]] std::optional<YamlNode> parse_yaml(std::string_view text, std::vector<Diagnostic>& diagnostics, YamlLimits limits = {});

}  // namespace quivive::config
