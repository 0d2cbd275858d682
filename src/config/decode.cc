#include "config/decode.h"

#include "base/json.h"
#include "base/text.h"
#include "config/text_rules.h"
#include "config/types.h"
#include "config/units.h"

#include <fmt/format.h>

#include <algorithm>

namespace quivive::config {
namespace {

// The text of a node that has to be plain text; nothing after a report.
const std::string* plain_text(Report& report, const Value& value, const YamlNode& node) {
  if (node.kind == YamlNode::Kind::Scalar) return &node.text;
  const auto type = type_name(value.row->type);
  if (node.kind == YamlNode::Kind::Null) {
    report.error(node.at, value.path, fmt::format("has no value; it takes {}", type));
  } else {
    report.error(node.at, value.path, fmt::format("takes {}, not a {}", type, node.kind == YamlNode::Kind::Sequence ? "list" : "mapping"));
  }
  return nullptr;
}

// Hands the text of the node to `parse` and its result to `out`.
template <class T, class Parse>
bool read_plain(Report& report, const Value& value, const YamlNode& node, Parse parse, T& out) {
  const std::string* text = plain_text(report, value, node);
  if (text == nullptr) return false;
  auto read = parse(*text);
  if (!read) {
    report.error(node.at, value.path, read.error().message);
    return false;
  }
  out = static_cast<T>(*std::move(read));
  return true;
}

// A number within the row's bounds, which are written as the file would write it.
template <class T, class Parse>
void read_bounded(Report& report, const Value& value, Parse parse, T& out) {
  T read{};
  if (!read_plain(report, value, value.node, parse, read)) return;
  const Bounds range = bounds(*value.row);
  if (read < static_cast<T>(*parse(range.least)) || read > static_cast<T>(*parse(range.most))) {
    report.error(value.node.at, value.path, fmt::format("{} is not between {} and {}", printable(value.node.text, 40), range.least, range.most));
    return;
  }
  out = read;
}

// The items of a list; text alone is a list of one.
std::vector<const YamlNode*> items_of(Report& report, const Value& value, const YamlNode& node) {
  std::vector<const YamlNode*> out;
  if (node.kind == YamlNode::Kind::Sequence) {
    for (const YamlNode& item : node.items) out.push_back(&item);
    // An empty list of scopes or methods reads like "none" and would mean "any".
    const bool may_be_empty = !value.given || value.row->type == SettingType::NetworkList;
    if (out.empty() && !may_be_empty) report.error(node.at, value.path, "is an empty list; leave the setting out instead");
  } else {
    out.push_back(&node);
  }
  return out;
}

std::vector<std::string> texts_of(Report& report, const Value& value, const YamlNode& node) {
  std::vector<std::string> out;
  for (const YamlNode* item : items_of(report, value, node)) {
    std::string text;
    if (!read_plain(report, value, *item, [&](const std::string& t) { return accept_text(value.row->type, t); }, text)) continue;
    if (std::find(out.begin(), out.end(), text) != out.end()) {
      report.error(item->at, value.path, fmt::format("'{}' is listed twice", printable(text, 60)));
    } else {
      out.push_back(std::move(text));
    }
  }
  return out;
}

Result<bool> parse_bool(const YamlNode& node) {
  if (node.text == "true" && !node.quoted) return true;
  if (node.text == "false" && !node.quoted) return false;
  return error("'{}' is not true or false{}", printable(node.text, 40), node.quoted ? "; leave out the quotes" : "");
}

Result<StoreLocation> parse_store(std::string_view text) {
  if (text == "memory") return StoreLocation{};
  if (text.starts_with("sqlite:")) {
    auto file = accept_text(SettingType::File, text.substr(7));
    if (!file) return error("names no file; write for example sqlite:quivive.db");
    return StoreLocation{StoreLocation::Kind::Sqlite, *std::move(file)};
  }
  // The rest of a database URL is not quoted: it may hold a password.
  if (text.starts_with("postgres://") || text.starts_with("postgresql://")) {
    return error("PostgreSQL is not supported by this version of Quivive; use sqlite:FILE");
  }
  if (text.starts_with("redis://") || text.starts_with("rediss://")) return error("Redis is not supported by this version of Quivive; use sqlite:FILE");
  return error("is neither 'memory' nor 'sqlite:FILE'");
}

Result<KeySource> parse_keys(std::string_view text) {
  if (text == "discover") return KeySource{};
  if (text.starts_with("file:")) {
    auto file = accept_text(SettingType::File, text.substr(5));
    if (!file) return error("names no file; write for example file:keys.json");
    return KeySource{KeySource::Kind::File, *std::move(file)};
  }
  auto url = parse_url(text);
  if (!url) return error("{}; keys are 'discover', a URL, file:FILE or a JWK set", url.error().message);
  return KeySource{KeySource::Kind::Url, to_string(*url)};
}

// A JWK set written out. Members of a JWK are text or lists of text (RFC 7517), whatever they look like in YAML.
void append_json(std::string& out, const YamlNode& node) {
  switch (node.kind) {
    case YamlNode::Kind::Null: out += "null"; break;
    case YamlNode::Kind::Scalar: append_json_quoted(out, node.text); break;
    case YamlNode::Kind::Sequence:
      out += '[';
      for (const YamlNode& item : node.items) {
        if (&item != &node.items.front()) out += ',';
        append_json(out, item);
      }
      out += ']';
      break;
    case YamlNode::Kind::Mapping:
      out += '{';
      for (const YamlEntry& entry : node.entries) {
        if (&entry != &node.entries.front()) out += ',';
        append_json_quoted(out, entry.name);
        out += ':';
        append_json(out, entry.value);
      }
      out += '}';
      break;
  }
}

// Private members of JWKs (RFC 7518 sections 6.2.2, 6.3.2, 6.4).
void refuse_private_keys(Report& report, const Value& value, const YamlNode& keys) {
  for (const YamlNode& key : keys.items) {
    for (const YamlEntry& member : key.entries) {
      static constexpr std::string_view kPrivate[] = {"d", "p", "q", "dp", "dq", "qi", "oth", "k"};
      if (std::find(std::begin(kPrivate), std::end(kPrivate), member.name) == std::end(kPrivate)) continue;
      report.error(member.at, value.path, fmt::format("'{}' is secret; a configuration holds public keys only (see secret_file)", member.name));
    }
  }
}

}  // namespace

void decode(Report& report, const Value& value, bool& out) {
  read_plain(report, value, value.node, [&](const std::string&) { return parse_bool(value.node); }, out);
}

void decode(Report& report, const Value& value, std::uint32_t& out) {
  std::uint64_t read = out;
  read_bounded(report, value, [](std::string_view text) { return parse_count(text); }, read);
  out = static_cast<std::uint32_t>(read);
}

void decode(Report& report, const Value& value, std::size_t& out) {
  read_bounded(report, value, [](std::string_view text) { return parse_size(text); }, out);
}

void decode(Report& report, const Value& value, Duration& out) {
  read_bounded(report, value, [](std::string_view text) { return parse_duration(text); }, out);
}

void decode(Report& report, const Value& value, std::string& out) {
  read_plain(report, value, value.node, [&](const std::string& text) { return accept_text(value.row->type, text); }, out);
}

void decode(Report& report, const Value& value, std::vector<std::string>& out) { out = texts_of(report, value, value.node); }

void decode(Report& report, const Value& value, Url& out) {
  read_plain(report, value, value.node, [](const std::string& text) { return parse_url(text); }, out);
}

void decode(Report& report, const Value& value, ListenAddress& out) {
  read_plain(report, value, value.node, [](const std::string& text) { return parse_listen_address(text); }, out);
}

void decode(Report& report, const Value& value, std::vector<Cidr>& out) {
  out.clear();
  for (const YamlNode* item : items_of(report, value, value.node)) {
    Cidr network;
    if (read_plain(report, value, *item, [](const std::string& text) { return Cidr::parse(text); }, network)) out.push_back(network);
  }
}

void decode(Report& report, const Value& value, StoreLocation& out) {
  read_plain(report, value, value.node, [](const std::string& text) { return parse_store(text); }, out);
}

void decode(Report& report, const Value& value, KeySource& out) {
  if (value.node.kind != YamlNode::Kind::Mapping) {
    read_plain(report, value, value.node, [](const std::string& text) { return parse_keys(text); }, out);
    return;
  }
  const YamlEntry* keys = value.node.find("keys");
  if (keys == nullptr || keys->value.kind != YamlNode::Kind::Sequence || keys->value.items.empty()) {
    report.error(value.node.at, value.path, "a JWK set needs a list `keys` with at least one key");
    return;
  }
  refuse_private_keys(report, value, keys->value);
  out = {KeySource::Kind::Inline, {}};
  append_json(out.value, value.node);
}

void decode(Report& report, const Value& value, Wanted& out) {
  if (value.node.kind != YamlNode::Kind::Mapping) {
    out = {Wanted::Match::All, texts_of(report, value, value.node)};
    return;
  }
  if (value.node.entries.size() != 1 || (value.node.entries[0].name != "any" && value.node.entries[0].name != "all")) {
    report.error(value.node.at, value.path, "takes a text, a list, {all: [...]} or {any: [...]}");
    return;
  }
  const YamlEntry& entry = value.node.entries[0];
  out = {entry.name == "any" ? Wanted::Match::Any : Wanted::Match::All, texts_of(report, value, entry.value)};
}

void decode(Report& report, const Value& value, std::vector<ClaimWanted>& out) {
  out.clear();
  if (value.node.kind != YamlNode::Kind::Mapping || value.node.entries.empty()) {
    report.error(value.node.at, value.path, "takes a mapping from the name of a claim to its value, or to a list of values");
    return;
  }
  for (const YamlEntry& entry : value.node.entries) {
    const Value claim{value.row, {}, fmt::format("{}.{}", value.path, printable(entry.name, 60)), true};
    out.push_back({entry.name, texts_of(report, claim, entry.value)});
  }
}

std::optional<std::size_t> decode_choice(Report& report, const Value& value, const YamlNode& node) {
  const std::string* text = plain_text(report, value, node);
  if (text == nullptr) return {};
  const auto names = choices(*value.row);
  const auto found = std::find(names.begin(), names.end(), *text);
  if (found != names.end()) return static_cast<std::size_t>(found - names.begin());
  const bool scheme = value.row->path == "routes[].accept";
  if (scheme && *text == "dpop") {
    report.error(node.at, value.path, fmt::format("'{}' is not supported by this version of Quivive; one of {}", *text, fmt::join(names, ", ")));
    return {};
  }
  const auto near = nearest(*text, names);
  const std::string hint = near.empty() ? fmt::format("one of {}", fmt::join(names, ", ")) : fmt::format("did you mean '{}'?", near);
  report.error(node.at, value.path, fmt::format("'{}' is not {}; {}", printable(*text, 60), scheme ? "a scheme" : "known here", hint));
  return {};
}

std::vector<std::size_t> decode_choices(Report& report, const Value& value) {
  std::vector<std::size_t> out;
  for (const YamlNode* item : items_of(report, value, value.node)) {
    const auto index = decode_choice(report, value, *item);
    if (!index) continue;
    if (std::find(out.begin(), out.end(), *index) != out.end()) {
      report.error(item->at, value.path, fmt::format("'{}' is listed twice", item->text));
    } else {
      out.push_back(*index);
    }
  }
  return out;
}

}  // namespace quivive::config
