#include "diagnose/readers/postman_variables.h"

#include "base/text.h"
#include "diagnose/readers/postman_json.h"

#include <algorithm>

namespace quivive::diagnose::postman {
namespace {

struct Reference {
  std::size_t begin = 0, end = 0;  // with its braces
  std::string_view name;
};

// The next `{{name}}` from `from` on whose name is not empty and has no braces; false where there is none.
bool next_reference(std::string_view text, std::size_t from, Reference& reference) {
  while (true) {
    const std::size_t close = text.find("}}", from);
    if (close == std::string_view::npos) return false;
    const std::size_t open = text.substr(from, close - from).rfind("{{");
    if (open != std::string_view::npos) {
      const std::string_view name = text.substr(from + open + 2, close - from - open - 2);
      if (name.find_first_not_of(" \t") != std::string_view::npos && name.find_first_of("{}") == std::string_view::npos) {
        reference = {from + open, close + 2, name};
        return true;
      }
    }
    from = close + 1;
  }
}

// What Postman makes up when it sends: no placeholder, and any value of the right form will do.
std::string dynamic_value(std::string_view name) {
  if (name == "$guid" || name == "$randomUUID") return "00000000-0000-4000-8000-000000000000";
  if (name == "$timestamp") return "1700000000";
  if (name == "$isoTimestamp") return "2023-11-14T22:13:20.000Z";
  return "42";
}

}  // namespace

void Variables::set_environment(const JsonArray& values) {
  has_environment_ = true;
  for (const Json& value : values) {
    const JsonObject* row = value.if_object();
    if (row == nullptr) continue;
    const Json* enabled = member(*row, "enabled");
    if ((enabled != nullptr && enabled->is_bool() && !enabled->get_bool()) || is_true(*row, "disabled")) continue;
    environment_.insert_or_assign(text_member(*row, "key"), text_member(*row, "value"));
  }
}

std::size_t Variables::enter(const JsonArray* variables) {
  const std::size_t mark = scopes_.size();
  if (variables == nullptr) return mark;
  for (const Json& value : *variables) {
    const JsonObject* row = value.if_object();
    if (row == nullptr || is_true(*row, "disabled")) continue;
    std::string name = text_member(*row, "key");
    if (name.empty()) name = text_member(*row, "id");
    if (name.empty()) continue;
    defined_[name].push_back(text_member(*row, "value"));
    scopes_.push_back(std::move(name));
  }
  return mark;
}

void Variables::leave(std::size_t mark) {
  for (; scopes_.size() > mark; scopes_.pop_back()) {
    const auto found = defined_.find(scopes_.back());
    found->second.pop_back();
    if (found->second.empty()) defined_.erase(found);
  }
}

void Variables::note_scripts(const JsonObject& item) {
  const auto note = [&](std::string_view line) {
    static constexpr std::string_view kSet = ".set(";
    for (std::size_t at = line.find(kSet); at != std::string_view::npos; at = line.find(kSet, at + 1)) {
      const std::string_view rest = trim_ows(line.substr(at + kSet.size()));
      if (rest.empty() || (rest.front() != '"' && rest.front() != '\'' && rest.front() != '`')) continue;
      const std::size_t end = rest.find(rest.front(), 1);
      if (end != std::string_view::npos && end < 200 && set_by_scripts_.size() < kMaxRemarks)
        set_by_scripts_.emplace(rest.substr(1, end - 1));
    }
  };
  const JsonArray* events = array_member(item, "event");
  if (events == nullptr) return;
  for (const Json& event : *events) {
    const JsonObject* script = event.is_object() ? object_member(event.get_object(), "script") : nullptr;
    if (script == nullptr) continue;
    note(text_member(*script, "exec"));
    if (const JsonArray* lines = array_member(*script, "exec")) {
      for (const Json& line : *lines) note(text_of(&line));
    }
  }
}

const std::string* Variables::find(std::string_view name) const {
  if (const auto found = environment_.find(name); found != environment_.end()) return &found->second;
  const auto found = defined_.find(name);
  return found == defined_.end() ? nullptr : &found->second.back();
}

std::string Variables::pass(std::string_view text, bool& changed) const {
  std::string out;
  std::size_t from = 0;
  for (Reference reference; next_reference(text, from, reference); from = reference.end) {
    out += text.substr(from, reference.begin - from);
    if (const std::string* value = find(reference.name)) {
      out += *value;
      changed = true;
    } else if (reference.name.starts_with('$')) {
      out += dynamic_value(reference.name);
      changed = true;
    } else {
      out += text.substr(reference.begin, reference.end - reference.begin);
    }
    if (out.size() > kMaxResolved) break;
  }
  if (out.size() > kMaxResolved) return out.substr(0, kMaxResolved);
  return out.append(text.substr(from));
}

std::string Variables::resolve(std::string_view text, const Place& place) {
  std::string out(text.substr(0, kMaxResolved));
  bool changed = out.find("{{") != std::string::npos;
  if (!changed) return out;
  for (int i = 0; i < kPasses && changed && resolved_ < kMaxResolvedInAll; ++i) {
    changed = false;
    out = pass(out, changed);
    resolved_ += out.size();
    if (out.size() >= kMaxResolved) break;
  }
  if (resolved_ < kMaxResolvedInAll) remark_unresolved(out, place);
  return out;
}

void Variables::remark_unresolved(std::string_view text, const Place& place) {
  std::size_t from = 0;
  for (Reference reference; next_reference(text, from, reference) && remarks_.size() < kMaxRemarks; from = reference.end) {
    std::string shown(text.substr(reference.begin, std::min<std::size_t>(reference.end - reference.begin, 200)));
    const std::string_view name = trim_ows(reference.name);
    // With spaces inside the braces, or round in a circle, it is sent as it stands whatever else is defined.
    bool certain = has_environment_ || name != reference.name || find(name) != nullptr;
    std::string near = name != reference.name && find(name) != nullptr ? std::string(name) : near_name(name);
    if (near == reference.name) near.clear();
    if (!near.empty()) {
      certain = true;
      shown += " (defined: " + near + ')';
    }
    if (set_by_scripts_.contains(reference.name)) certain = false;
    remark(certain ? SourceRemark::Kind::Placeholder : SourceRemark::Kind::MaybePlaceholder, place, std::move(shown));
  }
}

std::string Variables::near_name(std::string_view name) const {
  std::vector<std::string_view> names;
  for (const auto& [defined, value] : environment_) names.push_back(defined);
  for (const auto& [defined, values] : defined_) names.push_back(defined);
  if (name.size() > 64 || names.size() > 300) return {};  // bounds the work that strangers' names make
  return std::string(closest(name, names));
}

void Variables::remark(SourceRemark::Kind kind, const Place& place, std::string text) {
  if (remarks_.size() < kMaxRemarks) remarks_.push_back({kind, place.exchange, place.part, place.name, std::move(text)});
}

}  // namespace quivive::diagnose::postman
