#include "http/target.h"

#include "base/text.h"
#include "http/grammar.h"

#include <fmt/format.h>

#include <array>
#include <optional>
#include <stdexcept>

namespace quivive::http {
namespace {

bool is_visible(char c) { return c > 0x20 && c < 0x7f; }

// The policy path as it grows: the input itself until something differs, from then on a copy.
class PolicyPath {
 public:
  PolicyPath(std::string_view path, std::string& scratch) : path_(path), scratch_(scratch) { scratch_.clear(); }

  // `c` stands for path[from, from + length).
  void literal(char c, std::size_t from, std::size_t length) {
    if (length != 1) begin_copy(from);
    if (copying_) scratch_ += c;
  }
  void escape(std::uint8_t octet, std::size_t from, std::size_t length) {
    const std::array<char, 3> text = percent_encoded(octet);
    const std::string_view canonical{text.data(), text.size()};
    if (path_.substr(from, length) != canonical) begin_copy(from);
    if (copying_) scratch_ += canonical;
  }
  [[nodiscard]] std::string_view view() const { return copying_ ? std::string_view(scratch_) : path_; }

 private:
  void begin_copy(std::size_t from) {
    if (copying_) return;
    scratch_.assign(path_.substr(0, from));
    copying_ = true;
  }

  std::string_view path_;
  std::string& scratch_;
  bool copying_ = false;
};

// Watches the decoded characters of each segment for what path normalisation would remove. Each function returns the
// rule broken, or "".
class SegmentWatch {
 public:
  [[nodiscard]] std::string_view character(char c) {
    if (c == ';') return parameter();
    two_dots_ = c == '.' && last_ == '.';
    last_ = c;
    if (in_parameters_) return {};
    ++length_;
    only_dots_ = only_dots_ && c == '.';
    return {};
  }

  // A slash, or an encoded slash that is let pass: some upstream will decode it.
  [[nodiscard]] std::string_view boundary(bool encoded) {
    if (!in_parameters_ && is_dot_segment()) return "a dot segment";
    if (!in_parameters_ && length_ == 0 && !(encoded && after_encoded_slash_)) return "an empty segment";
    *this = SegmentWatch{};
    after_encoded_slash_ = encoded;
    return {};
  }

  [[nodiscard]] std::string_view end() const {
    return !in_parameters_ && is_dot_segment() ? "a dot segment" : std::string_view{};
  }

 private:
  [[nodiscard]] bool is_dot_segment() const { return only_dots_ && (length_ == 1 || length_ == 2); }

  // Servlet containers drop ";x" before they resolve dots: `/..;/admin` is `/../admin` to them, `/;/admin` is `//admin`.
  std::string_view parameter() {
    if (two_dots_) return "`..;`";
    if (!in_parameters_ && is_dot_segment()) return "a dot segment with a parameter";
    if (!in_parameters_ && length_ == 0) return "a segment of parameters only";
    in_parameters_ = true;
    last_ = ';';
    two_dots_ = false;
    return {};
  }

  std::size_t length_ = 0;  // before any parameter
  bool only_dots_ = true;
  bool in_parameters_ = false;
  bool two_dots_ = false;   // the last two characters are ".."
  bool after_encoded_slash_ = false;
  char last_ = 0;
};

class PathReader {
 public:
  PathReader(std::string_view path, EncodedSlash slashes, std::string& scratch, Target& out)
      : path_(path), slashes_(slashes), policy_(path, scratch), out_(out) {}

  // "" or the rule broken, at offset().
  [[nodiscard]] std::string_view read() {
    at_ = 1;  // the caller has seen the slash
    while (at_ < path_.size()) {
      const std::string_view broken = path_[at_] == '%' ? escaped() : raw();
      if (!broken.empty()) return broken;
    }
    out_.policy_path = policy_.view();
    return segment_.end();
  }
  [[nodiscard]] std::size_t offset() const { return at_; }

 private:
  std::string_view raw() {
    const char c = path_[at_];
    if (c == '/') return slash(false, 1);
    if (is_pchar(c)) return character(c, 1);
    if (c == '\\') return "a backslash";  // a slash to some
    if (c == '#') return "a fragment";
    constexpr std::string_view kDelimiters = "\"<>`{}";  // browsers encode these; who sends them raw is no browser
    if (!is_visible(c) || kDelimiters.find(c) != std::string_view::npos) return "a character that must be percent-encoded";
    // `|`, `[` and their like, which browsers send as they are: one spelling with their escapes.
    return escape(static_cast<std::uint8_t>(c), 1);
  }

  std::string_view escaped() {
    const auto octet = percent_octet(path_, at_);
    if (!octet) return "an invalid percent-encoding";
    const char c = static_cast<char>(*octet);
    if (*octet >= 0x80) return utf8_sequence();
    if (*octet < 0x20 || *octet == 0x7f) return "an encoded control character";
    if (c == '\\') return "an encoded backslash";
    if (c == '#' || c == '?') return "an encoded `#` or `?`";  // who decodes before splitting ends the path here
    if (c == '/') return slashes_ == EncodedSlash::Refuse ? "an encoded slash" : slash(true, 3);
    return is_pchar(c) ? character(c, 3) : escape(*octet, 3);
  }

  std::string_view character(char c, std::size_t length) {
    if (const std::string_view broken = segment_.character(c); !broken.empty()) return broken;
    if (c == ';') out_.has_parameters = true;
    policy_.literal(c, at_, length);
    at_ += length;
    return {};
  }

  std::string_view escape(std::uint8_t octet, std::size_t length) {
    if (const std::string_view broken = segment_.character('x'); !broken.empty()) return broken;
    policy_.escape(octet, at_, length);
    at_ += length;
    return {};
  }

  std::string_view slash(bool encoded, std::size_t length) {
    if (const std::string_view broken = segment_.boundary(encoded); !broken.empty()) return broken;
    if (encoded) {
      out_.has_encoded_slash = true;
      policy_.escape('/', at_, length);
    } else {
      policy_.literal('/', at_, length);
    }
    at_ += length;
    return {};
  }

  // A whole sequence at once. Overlong forms are other spellings of ASCII, the slash among them (RFC 3629 section 10).
  std::string_view utf8_sequence() {
    const std::uint8_t lead = *percent_octet(path_, at_);
    const std::size_t count = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
    std::array<char, 4> octets{};
    for (std::size_t i = 0; i < count; ++i) {
      const auto octet = percent_octet(path_, at_ + 3 * i);
      if (!octet) return "an escape sequence that is not UTF-8";
      octets[i] = static_cast<char>(*octet);
    }
    if (!is_valid_utf8({octets.data(), count})) return "an escape sequence that is not UTF-8";
    for (std::size_t i = 0; i < count; ++i) {
      if (const std::string_view broken = escape(static_cast<std::uint8_t>(octets[i]), 3); !broken.empty()) return broken;
    }
    return {};
  }

  std::string_view path_;
  EncodedSlash slashes_;
  PolicyPath policy_;
  Target& out_;
  SegmentWatch segment_;
  std::size_t at_ = 0;
};

// More is let pass than in the path, for browsers send it and no policy reads it; but not what ends the query elsewhere.
std::optional<TargetError> check_query(std::string_view query, std::size_t offset) {
  for (std::size_t i = 0; i < query.size(); ++i) {
    const char c = query[i];
    if (c == '#') return TargetError{"a fragment", offset + i};
    if (!is_visible(c)) return TargetError{"a character that must be percent-encoded", offset + i};
    if (c == '%' && !percent_octet(query, i)) return TargetError{"an invalid percent-encoding", offset + i};
  }
  return std::nullopt;
}

// Length of `http://authority` at the front of the target, 0 where there is none.
std::size_t absolute_prefix(std::string_view target, std::string_view& authority) {
  for (const std::string_view scheme : {std::string_view("http://"), std::string_view("https://")}) {
    if (!iequals(target.substr(0, scheme.size()), scheme)) continue;
    const std::size_t end = std::min(target.find_first_of("/?#\\", scheme.size()), target.size());
    authority = target.substr(scheme.size(), end - scheme.size());
    return end;
  }
  return 0;
}

}  // namespace

void throw_exception_from_error(const TargetError& error, const boost::source_location&) {
  throw std::logic_error(fmt::format("value() of a refused target: {}", error.detail));
}

Result<Target, TargetError> parse_target(std::string_view target, std::string_view host, EncodedSlash slashes, std::string& scratch) {
  std::size_t begin = 0;
  if (!target.starts_with('/')) {
    std::string_view authority;
    begin = absolute_prefix(target, authority);
    if (begin == 0) return TargetError{"neither a path nor an http URL", 0};
    // RFC 9112 section 3.2.2 would have the target win over Host; then every reader behind us must do so too.
    if (host.empty() || !iequals(authority, host)) return TargetError{"the URL's authority is not that of Host", 0};
  }
  const std::size_t question = std::min(target.find('?', begin), target.size());
  Target out;
  out.path = target.substr(begin, question - begin);
  if (out.path.empty()) out.path = "/";  // `http://host` and `http://host?query`
  if (!out.path.starts_with('/')) return TargetError{"the URL's authority is not followed by a path", begin};
  out.has_query = question < target.size();
  if (out.has_query) out.query = target.substr(question + 1);

  PathReader reader(out.path, slashes, scratch, out);
  if (const std::string_view broken = reader.read(); !broken.empty()) return TargetError{broken, begin + reader.offset()};
  if (const auto broken = check_query(out.query, question + 1)) return *broken;
  return out;
}

void append_origin_form(std::string& out, const Target& target) {
  out += target.path;
  if (!target.has_query) return;
  out += '?';
  out += target.query;
}

std::string_view path_without_parameters(std::string_view policy_path, std::string& scratch) {
  if (policy_path.find(';') == std::string_view::npos) return policy_path;
  scratch.clear();
  bool in_parameters = false;
  for (const char c : policy_path) {
    in_parameters = c != '/' && (in_parameters || c == ';');
    if (!in_parameters) scratch += c;
  }
  return scratch;
}

}  // namespace quivive::http
