#include "config/section.h"

#include "base/text.h"
#include "config/text_rules.h"

#include <fmt/format.h>

#include <cassert>

namespace quivive::config {
namespace {

std::string join(std::string_view path, std::string_view name) {
  return path.empty() ? std::string(name) : fmt::format("{}.{}", path, name);
}

// A default of the list as the file would give it.
YamlNode default_node(std::string_view text) {
  std::vector<Diagnostic> none;
  auto tree = parse_yaml(fmt::format("value: {}", text), none);
  assert(tree && none.empty());
  return std::move(tree->entries.front().value);
}

}  // namespace

Section::Section(Report& report, const YamlNode& root) : Section(report, &root, {}, {}, {}) {}

Section::Section(Report& report, const YamlNode* node, Position at, std::string path, std::string pattern)
    : report_(&report), node_(node), at_(at), path_(std::move(path)), pattern_(std::move(pattern)) {
  if (node_ == nullptr) return;
  const Setting* self = find_setting(pattern_);
  const std::string_view text_means = self == nullptr || self->type != SettingType::Section ? std::string_view{} : self->bounds;
  if (node_->kind == YamlNode::Kind::Scalar && !text_means.empty()) {
    stands_for_ = text_means;
  } else if (node_->kind == YamlNode::Kind::Mapping) {
    check_names();
  } else {
    wrong_ = true;
    const bool empty = node_->kind == YamlNode::Kind::Null;
    report_->error(at_, path_, empty ? "has no value; write {} for a mapping that is empty" : "has to be a mapping: lines of `name: value`");
  }
}

void Section::check_names() const {
  const auto known = settings_below(pattern_);
  for (const YamlEntry& entry : node_->entries) {
    const Setting* row = find_setting(join(pattern_, entry.name));
    if (row == nullptr) report_unknown(entry, known);
  }
}

void Section::report_unknown(const YamlEntry& entry, const std::vector<const Setting*>& known) const {
  std::vector<std::string_view> names;
  for (const Setting* row : known) names.push_back(last_name(row->path));
  std::string message = "no such setting";
  if (const auto near = nearest(entry.name, names); !near.empty()) {
    message += fmt::format("; did you mean '{}'?", near);
  } else if (names.size() <= 12) {
    message += fmt::format("; one of {}", fmt::join(names, ", "));
  }
  report_->error(entry.at, join(path_, printable(entry.name, 60)), std::move(message));
}

const YamlNode* Section::find(std::string_view name) const {
  if (node_ == nullptr) return nullptr;
  if (!stands_for_.empty()) return name == stands_for_ ? node_ : nullptr;
  const YamlEntry* entry = node_->find(name);
  return entry == nullptr ? nullptr : &entry->value;
}

const Setting& Section::row(std::string_view name) const {
  const Setting* found = find_setting(join(pattern_, name));
  assert(found != nullptr && "a setting that is read has to be in settings.def");
  return *found;
}

Position Section::at(std::string_view name) const {
  const YamlNode* node = find(name);
  return node == nullptr ? at_ : node->at;
}

std::string Section::path_of(std::string_view name) const { return stands_for_ == name ? path_ : join(path_, name); }

Section Section::below(std::string_view name) const { return as_section(name, row(name).path); }

Section Section::as_section(std::string_view name, std::string_view pattern) const {
  return {*report_, find(name), at(name), path_of(name), std::string(pattern)};
}

std::vector<Section> Section::list(std::string_view name) const {
  std::vector<Section> out;
  const Setting& setting = row(name);
  const YamlNode* node = find(name);
  if (node == nullptr) {
    if (setting.default_text == kRequired && !wrong_) report_->error(at_, path_of(name), "required, but not given");
    return out;
  }
  // An empty list is more likely a slip than a wish, and would mean the opposite of a missing one.
  if (node->kind != YamlNode::Kind::Sequence || node->items.empty()) {
    report_->error(node->at, path_of(name), "has to be a list: lines of `- name: value`");
    return out;
  }
  for (std::size_t i = 0; i < node->items.size(); ++i) {
    const YamlNode& item = node->items[i];
    out.push_back({*report_, &item, item.at, fmt::format("{}[{}]", path_of(name), i), fmt::format("{}[]", setting.path)});
    report_->note_place(out.back().path(), item.at);
  }
  return out;
}

std::vector<std::pair<std::string, Section>> Section::named(std::string_view name) const {
  std::vector<std::pair<std::string, Section>> out;
  const YamlNode* node = find(name);
  if (node == nullptr) return out;
  if (node->kind != YamlNode::Kind::Mapping || node->entries.empty()) {
    report_->error(node->at, path_of(name), "has to be a mapping: lines of `name: URL`");
    return out;
  }
  for (const YamlEntry& entry : node->entries) {
    out.emplace_back(entry.name, Section(*report_, &entry.value, entry.value.at, join(path_of(name), printable(entry.name, 60)), "upstream"));
  }
  return out;
}

std::optional<Value> Section::value(std::string_view name) const {
  const Setting& setting = row(name);
  if (const YamlNode* node = find(name)) {
    if (names_files(setting.type)) report_->note_place(path_of(name), node->at);
    return Value{&setting, *node, path_of(name), true};
  }
  if (setting.default_text == kRequired) {
    if (!wrong_) report_->error(at_, path_of(name), "required, but not given");
    return {};
  }
  if (setting.default_text.empty()) return {};
  return Value{&setting, default_node(setting.default_text), path_of(name), false};
}

}  // namespace quivive::config
