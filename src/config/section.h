#pragma once
// Section: one mapping of a configuration together with the rows of the list that describe it. Reading a setting through
// it checks type and range, fills in the default, and reports; names that are not in the list are reported at once.

#include "config/report.h"
#include "config/settings.h"
#include "config/yaml_tree.h"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace quivive::config {

// A setting's row with the node that gives its value.
struct Value {
  const Setting* row;
  YamlNode node;
  std::string path;
  bool given;  // by the file; otherwise the default
};

class Section {
 public:
  // The whole document. `report` and `root` outlive this and every section made from it.
  Section(Report& report, const YamlNode& root);

  [[nodiscard]] bool given() const { return node_ != nullptr; }
  // It is something else than a mapping, which has been reported: what it lacks is no news.
  [[nodiscard]] bool wrong() const { return wrong_; }
  [[nodiscard]] Position at() const { return at_; }
  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] Report& report() const { return *report_; }

  // Whether the file gives that setting.
  [[nodiscard]] bool has(std::string_view name) const { return find(name) != nullptr; }
  // Where its value stands; the section's own place if it is not given.
  [[nodiscard]] Position at(std::string_view name) const;
  [[nodiscard]] std::string path_of(std::string_view name) const;

  // The mapping under that name; one that gives nothing where there is none.
  [[nodiscard]] Section below(std::string_view name) const;
  // The mappings of a SectionList; empty where there is none.
  [[nodiscard]] std::vector<Section> list(std::string_view name) const;
  // The mappings of an UpstreamMap with their names.
  [[nodiscard]] std::vector<std::pair<std::string, Section>> named(std::string_view name) const;
  // The setting that is text or a mapping like `pattern`, read as such a mapping.
  [[nodiscard]] Section as_section(std::string_view name, std::string_view pattern) const;

  // What gives a setting its value: the file or the default. Nothing, if neither does; reports a required one.
  [[nodiscard]] std::optional<Value> value(std::string_view name) const;

  // Reads a setting into `out`, which stays as it is where there is no value or a wrong one.
  template <class T>
  void read(std::string_view name, T& out) const {
    if (const auto v = value(name)) decode(*report_, *v, out);
  }

 private:
  Section(Report& report, const YamlNode* node, Position at, std::string path, std::string pattern);
  [[nodiscard]] const YamlNode* find(std::string_view name) const;
  [[nodiscard]] const Setting& row(std::string_view name) const;
  void check_names() const;
  void report_unknown(const YamlEntry& entry, const std::vector<const Setting*>& known) const;

  Report* report_;
  const YamlNode* node_;      // nullptr: not given
  Position at_;
  std::string path_;          // with indices, for people
  std::string pattern_;       // as the list writes it
  bool wrong_ = false;
  std::string_view stands_for_;  // the setting that node_, plain text, is the value of
};

}  // namespace quivive::config
