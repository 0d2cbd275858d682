#include "diagnose/readers/lines.h"

#include "base/text.h"

#include <algorithm>
#include <array>
#include <utility>

namespace quivive::diagnose {

void throw_exception_from_error(const ReadError& error, const boost::source_location&) {
  throw std::logic_error("value() of a failed Read: " + error.message);
}

namespace readers {
namespace {

constexpr char kEscape = '\x1b';

// The length of the terminal escape at the front: CSI up to its final byte, or OSC up to BEL or ST; at least 1. Neither
// crosses the end of the line.
std::size_t escape_length(std::string_view in) {
  if (in.size() < 2) return 1;
  if (in[1] == '[') {
    std::size_t i = 2;
    while (i < in.size() && in[i] >= 0x20 && in[i] < 0x40) ++i;
    return i < in.size() && in[i] >= 0x40 && in[i] < 0x7f ? i + 1 : 1;
  }
  if (in[1] == ']') {
    // Up to the next escape at most, so that many broken ones are read once.
    const std::size_t end = in.find_first_of("\a\x1b\n", 2);
    if (end == std::string_view::npos || in[end] == '\n') return 1;
    if (in[end] == '\a') return end + 1;
    return end + 1 < in.size() && in[end + 1] == '\\' ? end + 2 : 1;
  }
  return in[1] == '(' && in.size() > 2 ? 3 : 2;  // a character set, as `tput sgr0` writes it; else a single letter
}

std::string without_escapes(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const std::size_t at = std::min(text.find(kEscape), text.size());
    out.append(text.substr(0, at));
    text.remove_prefix(at);
    if (!text.empty()) text.remove_prefix(escape_length(text));
  }
  return out;
}

bool marks_are_escaped(std::string_view text) {
  for (const std::string_view mark :
       {"&lt; HTTP/", "&gt; GET ", "&gt; POST ", "&gt; Host:", "&gt; PUT ", "&gt; DELETE ", "&gt; PATCH ", "&gt; HEAD "}) {
    if (text.find(mark) != std::string_view::npos) return true;
  }
  return false;
}

std::string without_entities(std::string_view text) {
  static constexpr auto kEntities = std::to_array<std::pair<std::string_view, char>>(
      {{"&lt;", '<'}, {"&gt;", '>'}, {"&amp;", '&'}, {"&quot;", '"'}, {"&#39;", '\''}, {"&#x27;", '\''}});
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const std::size_t at = std::min(text.find('&'), text.size());
    out.append(text.substr(0, at));
    text.remove_prefix(at);
    if (text.empty()) break;
    const auto found = std::find_if(kEntities.begin(), kEntities.end(), [&](const auto& entity) { return text.starts_with(entity.first); });
    out += found == kEntities.end() ? '&' : found->second;
    text.remove_prefix(found == kEntities.end() ? 1 : found->first.size());
  }
  return out;
}

}  // namespace

bool LineReader::next(Line& line) {
  if (at_ >= text_.size()) return false;
  std::size_t end = at_;
  while (end < text_.size() && text_[end] != '\n' && !(lone_cr_ && text_[end] == '\r')) ++end;
  line = {text_.substr(at_, end - at_), at_};
  if (lone_cr_ && end + 1 < text_.size() && text_[end] == '\r' && text_[end + 1] == '\n') ++end;
  at_ = end + 1;
  if (!lone_cr_ && line.text.ends_with('\r')) line.text.remove_suffix(1);
  return true;
}

std::string undressed(std::string_view text) {
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  std::string out = text.find(kEscape) == std::string_view::npos ? std::string(text) : without_escapes(text);
  return marks_are_escaped(out) ? without_entities(out) : out;
}

std::string_view trim_all(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\n\v\f";
  const std::size_t begin = text.find_first_not_of(kSpace);
  return begin == std::string_view::npos ? std::string_view() : text.substr(begin, text.find_last_not_of(kSpace) - begin + 1);
}

ReadError read_error(Format format, std::string_view text, std::size_t offset, std::string message) {
  offset = std::min(offset, text.size());
  const auto lines = static_cast<std::size_t>(std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(offset), '\n'));
  return {format, lines + 1, offset, std::move(message)};
}

std::optional<ReadError> refused_size(Format format, std::string_view text) {
  if (text.size() <= kMaxText) return std::nullopt;
  return ReadError{format, 0, kMaxText,
                   fmt::format("{} MiB are the most that is read of this format; cut it to the exchange in question", kMaxText >> 20)};
}

}  // namespace readers
}  // namespace quivive::diagnose
