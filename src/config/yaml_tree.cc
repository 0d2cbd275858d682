#include "config/yaml_tree.h"

#include "base/text.h"

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <sstream>
#include <utility>

namespace quivive::config {
namespace {

Position position(const YAML::Mark& mark) {
  if (mark.is_null()) return {};
  return {static_cast<std::uint32_t>(mark.line) + 1, static_cast<std::uint32_t>(mark.column) + 1};
}

Diagnostic problem(Position at, std::string message, std::string path = {}) {
  return {Severity::Error, at.line, at.column, std::move(path), std::move(message)};
}

YamlNode made(YamlNode::Kind kind, const YAML::Mark& mark) {
  YamlNode node;
  node.kind = kind;
  node.at = position(mark);
  return node;
}

// A comment put after the text, which no text can hold: control characters are refused. yaml-cpp takes the end of the
// text for a missing closing quote, and with it every setting in between. Then this is part of a value.
constexpr std::string_view kEnd = "\n#\x01\n";

// Thrown through yaml-cpp to stop it at a bound; caught in parse_yaml().
struct Stop {
  Diagnostic why;
};

// Builds the tree while the parser runs, so that a bound is met before memory is.
class Builder final : public YAML::EventHandler {
 public:
  // `end` is the place after the text's last character.
  Builder(std::vector<Diagnostic>& diagnostics, const YamlLimits& limits, Position end)
      : diagnostics_(diagnostics), limits_(limits), end_(end) {}

  [[nodiscard]] YamlNode take() { return std::move(root_); }

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (documents_++ > 0) throw Stop{problem(position(mark), "a second document; a configuration is one")};
  }
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    refuse_anchor(mark, anchor);
    YamlNode node = made(YamlNode::Kind::Null, mark);
    node.at = std::min(node.at, end_);  // an item that is not there ends the text: yaml-cpp says behind kEnd
    add(std::move(node));
  }
  // Threat: a few lines of aliases to aliases that expand to gigabytes. None is expanded.
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
    diagnostics_.push_back(problem(position(mark), "aliases (*name) are not supported; repeat the value"));
    add(made(YamlNode::Kind::Null, mark));
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, const std::string& value) override {
    if (value.find(kEnd[2]) != std::string::npos) throw Stop{problem(position(mark), "a closing quote is missing, or the character U+0001 is in the text")};
    refuse_anchor(mark, anchor);
    const bool quoted = tag == "!";
    if (!quoted && tag != "?") refuse_tag(mark, tag);
    YamlNode node = made(YamlNode::Kind::Scalar, mark);
    node.text = value;
    node.quoted = quoted;
    add(std::move(node));
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, YAML::EmitterStyle::value) override {
    refuse_anchor(mark, anchor);
    refuse_tag(mark, tag);
    open(made(YamlNode::Kind::Sequence, mark));
  }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, YAML::EmitterStyle::value) override {
    refuse_anchor(mark, anchor);
    refuse_tag(mark, tag);
    open(made(YamlNode::Kind::Mapping, mark));
  }
  void OnSequenceEnd() override { close(); }
  void OnMapEnd() override { close(); }

 private:
  // A collection that is not complete, and the name that waits for its value.
  struct Open {
    YamlNode node;
    std::optional<YamlEntry> entry;
  };

  void refuse_anchor(const YAML::Mark& mark, YAML::anchor_t anchor) {
    if (anchor != 0) diagnostics_.push_back(problem(position(mark), "anchors (&name) are not supported; repeat the value"));
  }
  void refuse_tag(const YAML::Mark& mark, const std::string& tag) {
    if (!tag.empty() && tag != "?") {
      diagnostics_.push_back(problem(position(mark), fmt::format("tags are not supported: '{}'", printable(tag, 60))));
    }
  }

  void open(YamlNode node) {
    if (stack_.size() >= limits_.depth) {
      throw Stop{problem(node.at, fmt::format("nested more than {} levels deep", limits_.depth))};
    }
    stack_.push_back({.node = std::move(node), .entry = {}});
  }
  void close() {
    YamlNode done = std::move(stack_.back().node);
    stack_.pop_back();
    add(std::move(done));
  }

  void add(YamlNode node) {
    if (++nodes_ > limits_.nodes) throw Stop{problem(node.at, fmt::format("more than {} values", limits_.nodes))};
    if (stack_.empty()) {
      root_ = std::move(node);
      return;
    }
    Open& parent = stack_.back();
    if (parent.node.kind == YamlNode::Kind::Sequence) {
      parent.node.items.push_back(std::move(node));
    } else if (!parent.entry) {
      parent.entry = named(std::move(node));
    } else {
      if (node.kind == YamlNode::Kind::Null) node.at = parent.entry->at;  // yaml-cpp says where the next thing is
      parent.entry->value = std::move(node);
      add_entry(parent.node, *std::exchange(parent.entry, std::nullopt));
    }
  }

  YamlEntry named(YamlNode node) {
    if (node.kind != YamlNode::Kind::Scalar || node.text.empty()) {
      diagnostics_.push_back(problem(node.at, "the name of a setting is plain text"));
      return {.name = {}, .at = node.at, .value = {}};
    }
    if (node.text == "<<" && !node.quoted) diagnostics_.push_back(problem(node.at, "merge keys (<<) are not supported; repeat the settings"));
    return {.name = std::move(node.text), .at = node.at, .value = {}};
  }

  // Threat: yaml-cpp keeps both of two equal names and others keep the last, so that a reviewer sees `public: false` and
  // the program `public: true`.
  void add_entry(YamlNode& mapping, YamlEntry entry) {
    if (entry.name.empty()) return;  // reported by named()
    if (entry.name == "<<") return;
    if (mapping.entries.size() >= kMostEntries) throw Stop{problem(entry.at, fmt::format("more than {} names in one mapping", kMostEntries))};
    if (const YamlEntry* first = mapping.find(entry.name)) {
      diagnostics_.push_back(problem(entry.at, fmt::format("given twice; the first is on line {}", first->at.line), path_to(entry.name)));
      return;
    }
    mapping.entries.push_back(std::move(entry));
  }

  // The path of a name in the innermost collection.
  [[nodiscard]] std::string path_to(const std::string& name) const {
    std::string path;
    for (std::size_t i = 0; i + 1 < stack_.size(); ++i) {
      const Open& open = stack_[i];
      if (open.node.kind == YamlNode::Kind::Sequence) {
        path += fmt::format("[{}]", open.node.items.size());
      } else if (open.entry) {
        path += (path.empty() ? "" : ".") + open.entry->name;
      }
    }
    return (path.empty() ? "" : path + ".") + name;
  }

  // Names are compared with each other, so a mapping stays small.
  static constexpr std::size_t kMostEntries = 1000;

  std::vector<Diagnostic>& diagnostics_;
  const YamlLimits& limits_;
  const Position end_;
  std::vector<Open> stack_;
  YamlNode root_;
  std::size_t nodes_ = 0;
  std::size_t documents_ = 0;
};

// What YAML calls an error in words of its own gets ours where it happens to people.
std::string plain_words(const std::string& message) {
  struct Row {
    std::string_view yaml, ours;
  };
  const Row kRows[] = {
      {YAML::ErrorMsg::MAP_VALUE, "a ':' where no value can start; text with ': ' in it needs quotes"},
      {YAML::ErrorMsg::END_OF_MAP, "the indentation fits no mapping above, or a ':' is missing"},
      {YAML::ErrorMsg::END_OF_MAP_FLOW, "a '}' is missing, or a ','"},
      {YAML::ErrorMsg::END_OF_SEQ, "the indentation fits no list above, or a '-' is missing"},
      {YAML::ErrorMsg::END_OF_SEQ_FLOW, "a ']' is missing, or a ','"},
      {YAML::ErrorMsg::EOF_IN_SCALAR, "a closing quote is missing"},
      {YAML::ErrorMsg::BLOCK_ENTRY, "a list item ('- ') where none can start; check the indentation"},
      {YAML::ErrorMsg::MAP_KEY, "a '?' where no name can start"},
      {YAML::ErrorMsg::UNKNOWN_TOKEN, "a character that YAML reserves; text that begins with @ or ` needs quotes"},
      {YAML::ErrorMsg::FLOW_END, "a '}' or ']' that closes nothing"},
  };
  for (const Row& row : kRows) {
    if (message == row.yaml) return std::string(row.ours);
  }
  return "not YAML: " + printable(message);
}

// What can be told from the characters alone, before any parser sees them.
std::optional<Diagnostic> check_characters(std::string_view text, const YamlLimits& limits) {
  if (text.size() > limits.bytes) return problem({}, fmt::format("longer than {} bytes", limits.bytes));
  Position at{1, 1};
  bool indentation = true;  // nothing but white space on this line so far
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<std::uint8_t>(text[i]);
    if (byte == '\n') {
      at = {at.line + 1, 1};
      indentation = true;
      continue;
    }
    if (byte == '\t' && indentation) {
      const auto next = text.find_first_not_of(" \t\r", i);
      if (next != std::string_view::npos && text[next] != '\n' && text[next] != '#') {
        return problem(at, "a tab in the indentation; YAML wants spaces");
      }
    }
    // A carriage return alone is a line break to YAML and to few editors: what looks like a comment could be a setting.
    const bool line_end = byte == '\r' && i + 1 < text.size() && text[i + 1] == '\n';
    if ((byte < 0x20 && byte != '\t' && !line_end) || byte == 0x7f) {
      return problem(at, fmt::format("a control character (octet {:02x})", byte));
    }
    if (byte != ' ' && byte != '\t') indentation = false;
    if ((byte & 0xc0) != 0x80) ++at.column;  // columns count characters, not bytes
  }
  std::uint32_t line = 1;
  for (std::string_view rest = text; !rest.empty(); ++line) {
    const auto end = std::min(rest.find('\n'), rest.size());
    if (!is_valid_utf8(rest.substr(0, end))) return problem({line, 1}, "not UTF-8");
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return {};
}

bool is_letter(char c) { return ascii_lower(c) >= 'a' && ascii_lower(c) <= 'z'; }

// The line of that number, from 1.
std::string_view line_of(std::string_view text, std::uint32_t number) {
  for (; number > 1; --number) text.remove_prefix(std::min(text.find('\n'), text.size() - 1) + 1);
  return text.substr(0, text.find('\n'));
}

// `upstream http://…`, without its colon, goes on in the next line, as YAML has it, and that one's colon is then what it complains
// about. Where the hand slipped is the line before.
std::optional<Diagnostic> missing_colon(std::string_view text, Position complaint) {
  if (complaint.line < 2) return {};
  const std::string_view line = line_of(text, complaint.line), before = line_of(text, complaint.line - 1);
  const auto indentation = before.find_first_not_of(' ');
  const bool same = indentation != std::string_view::npos && indentation == line.find_first_not_of(' ');
  const bool first_colon = line.find(':') + 1 == complaint.column;
  const bool name_and_value = same && is_letter(before[indentation]) && before.find(": ") == std::string_view::npos && !before.ends_with(':');
  if (!first_colon || !name_and_value) return {};
  return problem({complaint.line - 1, static_cast<std::uint32_t>(indentation) + 1}, "a ':' is missing; a setting is `name: value`");
}

// The place after the last character.
Position end_of(std::string_view text) {
  const auto last_line = text.substr(text.rfind('\n') + 1);  // npos + 1 is 0
  const auto lines = std::count(text.begin(), text.end(), '\n');
  const auto columns = std::count_if(last_line.begin(), last_line.end(), [](char c) { return (static_cast<std::uint8_t>(c) & 0xc0) != 0x80; });
  return {static_cast<std::uint32_t>(lines) + 1, static_cast<std::uint32_t>(columns) + 1};
}

}  // namespace

const YamlEntry* YamlNode::find(std::string_view name) const {
  const auto found = std::find_if(entries.begin(), entries.end(), [&](const YamlEntry& entry) { return entry.name == name; });
  return found == entries.end() ? nullptr : &*found;
}

std::optional<YamlNode> parse_yaml(std::string_view text, std::vector<Diagnostic>& diagnostics, YamlLimits limits) {
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);  // a byte order mark, as some editors write
  if (auto found = check_characters(text, limits)) {
    diagnostics.push_back(std::move(*found));
    return {};
  }
  const Position end = end_of(text);
  Builder builder(diagnostics, limits, end);
  try {
    std::istringstream stream{std::string(text).append(kEnd)};
    YAML::Parser parser(stream);
    while (parser.HandleNextDocument(builder)) {
    }
  } catch (const Stop& stop) {
    diagnostics.push_back(stop.why);
    return {};
  } catch (const YAML::Exception& exception) {
    if (exception.msg == YAML::ErrorMsg::MAP_VALUE) {
      if (auto slip = missing_colon(text, position(exception.mark))) {
        diagnostics.push_back(std::move(*slip));
        return {};
      }
    }
    // What is missing at the end is missing before kEnd.
    diagnostics.push_back(problem(std::min(position(exception.mark), end), plain_words(exception.msg)));
    return {};
  }
  YamlNode root = builder.take();
  if (root.kind == YamlNode::Kind::Null) root.kind = YamlNode::Kind::Mapping;
  if (root.kind != YamlNode::Kind::Mapping) {
    diagnostics.push_back(problem(root.at, "a configuration is a mapping: lines of `name: value`"));
    return {};
  }
  return root;
}

}  // namespace quivive::config
