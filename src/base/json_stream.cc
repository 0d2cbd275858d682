#include "base/json_stream.h"

#include "base/lone_surrogates.h"

#include <boost/json/basic_parser_impl.hpp>

#include <algorithm>
#include <optional>
#include <stdexcept>

namespace quivive {
namespace {

constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

}  // namespace

namespace json_stream_detail {

// Hands the parser's events on. Lengths are for the receiver to bound, who need not keep what is too long.
struct Forwarder {
  static constexpr std::size_t max_object_size = static_cast<std::size_t>(-1);
  static constexpr std::size_t max_array_size = static_cast<std::size_t>(-1);
  static constexpr std::size_t max_key_size = static_cast<std::size_t>(-1);
  static constexpr std::size_t max_string_size = static_cast<std::size_t>(-1);

  JsonEvents& events;
  std::string key;
  bool refused = false;

  explicit Forwarder(JsonEvents& receiver) : events(receiver) {}

  using error_code = boost::json::error_code;

  bool pass(bool go_on, error_code& ec) {
    if (go_on) return true;
    refused = true;
    ec = boost::json::error::syntax;
    return false;
  }
  void add_to_key(std::string_view part) { key.append(part.substr(0, kMaxJsonKey - std::min(kMaxJsonKey, key.size()))); }

  bool on_document_begin(error_code&) { return true; }
  bool on_document_end(error_code&) { return true; }
  bool on_object_begin(error_code& ec) { return pass(events.on_object_begin(), ec); }
  bool on_object_end(std::size_t, error_code& ec) { return pass(events.on_object_end(), ec); }
  bool on_array_begin(error_code& ec) { return pass(events.on_array_begin(), ec); }
  bool on_array_end(std::size_t, error_code& ec) { return pass(events.on_array_end(), ec); }
  bool on_key_part(std::string_view s, std::size_t, error_code&) { return add_to_key(s), true; }
  bool on_key(std::string_view s, std::size_t, error_code& ec) {
    if (key.empty()) return pass(events.on_key(s.substr(0, kMaxJsonKey)), ec);
    add_to_key(s);
    const bool go_on = pass(events.on_key(key), ec);
    key.clear();
    return go_on;
  }
  bool on_string_part(std::string_view s, std::size_t, error_code& ec) { return s.empty() || pass(events.on_string_part(s), ec); }
  bool on_string(std::string_view s, std::size_t, error_code& ec) {
    return pass((s.empty() || events.on_string_part(s)) && events.on_string_end(), ec);
  }
  bool on_number_part(std::string_view, error_code&) { return true; }
  bool on_int64(std::int64_t v, std::string_view, error_code& ec) { return pass(events.on_number(static_cast<double>(v)), ec); }
  bool on_uint64(std::uint64_t v, std::string_view, error_code& ec) { return pass(events.on_number(static_cast<double>(v)), ec); }
  bool on_double(double v, std::string_view, error_code& ec) { return pass(events.on_number(v), ec); }
  bool on_bool(bool v, error_code& ec) { return pass(events.on_bool(v), ec); }
  bool on_null(error_code& ec) { return pass(events.on_null(), ec); }
  bool on_comment_part(std::string_view, error_code&) { return true; }
  bool on_comment(std::string_view, error_code&) { return true; }
};

}  // namespace json_stream_detail

namespace {

boost::json::parse_options options_for(std::size_t depth) {
  boost::json::parse_options options;
  options.max_depth = depth;
  options.allow_invalid_utf8 = true;
  return options;
}

}  // namespace

void throw_exception_from_error(const JsonStop& stop, const boost::source_location&) {
  throw std::logic_error("value() of a stopped JSON stream: " + stop.message);
}

struct JsonStream::State {
  State(JsonEvents& events, std::size_t depth) : parser(options_for(depth), events) {}

  boost::json::basic_parser<json_stream_detail::Forwarder> parser;
  LoneSurrogates surrogates;
  std::size_t offset = 0;
  std::size_t mark_bytes = 0;  // of the byte order mark, seen so far
  bool begun = false;
  bool finished = false;
  std::optional<JsonStop> stop;

  bool stop_at(JsonStop::Kind kind, std::size_t at, std::string message) {
    stop = JsonStop{kind, at, std::move(message)};
    return false;
  }

  bool parse(std::string_view text, bool more) {
    boost::json::error_code ec;
    const std::size_t used = parser.write_some(more, text.data(), text.size(), ec);
    const std::size_t at = offset + used;
    offset += text.size();
    if (parser.handler().refused) return stop_at(JsonStop::Kind::Refused, at, {});
    if (ec == boost::json::error::too_deep) return stop_at(JsonStop::Kind::TooDeep, at, "nested too deep");
    if (ec == boost::json::error::incomplete) return stop_at(JsonStop::Kind::Incomplete, at, "the text ends within its value");
    if (ec) return stop_at(JsonStop::Kind::Syntax, at, "not JSON: " + ec.message());
    if (used < text.size()) return stop_at(JsonStop::Kind::Trailing, at, "more text after the value");
    return true;
  }

  // Without the byte order mark, or what of it is in this piece.
  std::string_view after_mark(std::string_view piece) {
    while (!begun && !piece.empty() && mark_bytes < kByteOrderMark.size() && piece.front() == kByteOrderMark[mark_bytes]) {
      piece.remove_prefix(1);
      ++mark_bytes;
      ++offset;
    }
    if (!begun && !piece.empty()) begun = true;
    return piece;
  }
};

JsonStream::JsonStream(JsonEvents& events, std::size_t depth) : state_(std::make_unique<State>(events, depth)) {}
JsonStream::~JsonStream() = default;

Result<void, JsonStop> JsonStream::write(std::string_view piece) {
  State& s = *state_;
  if (s.stop) return *s.stop;
  piece = s.after_mark(piece);
  if (piece.empty()) return {};
  if (s.surrogates.write(piece, [&](std::string_view text) { return s.parse(text, true); })) return {};
  return *s.stop;
}

Result<void, JsonStop> JsonStream::finish() {
  State& s = *state_;
  if (s.stop) return *s.stop;
  if (s.finished) return {};
  s.finished = true;
  if (s.surrogates.finish([&](std::string_view text) { return s.parse(text, true); }) && s.parse({}, false)) return {};
  return *s.stop;
}

}  // namespace quivive
