#include "http/head_reader.h"

#include "base/text.h"
#include "http/byte_scan.h"
#include "http/grammar.h"

#include <algorithm>
#include <cstring>

namespace quivive::http::detail {

HeadResult find_head_end(std::string_view buffer, std::size_t begin, Head& head, std::size_t max_bytes,
                         const HeadReasons& reasons) {
  const std::string_view window = buffer.substr(0, max_bytes);
  std::size_t from = std::max(head.scanned, begin);
  while (from < window.size()) {
    const auto* lf = static_cast<const char*>(std::memchr(window.data() + from, '\n', window.size() - from));
    if (lf == nullptr) break;
    const auto at = static_cast<std::size_t>(lf - window.data());
    if (at == begin || lf[-1] != '\r') return {HeadStatus::Failed, reasons.malformed, "a line ends in LF without CR", at};
    if (at >= begin + 3 && lf[-2] == '\n') {
      head.scanned = head.head_bytes = at + 1;
      return {.status = HeadStatus::Complete};
    }
    from = at + 1;
  }
  head.scanned = window.size();
  if (buffer.size() >= max_bytes) return {HeadStatus::Failed, reasons.too_large, "the head is longer than the limit", max_bytes};
  return {};
}

bool HeadReader::fail_at(std::string_view detail, const char* where, Reason reason) {
  failure_ = {HeadStatus::Failed, reason, detail, static_cast<std::size_t>(where - base_)};
  return false;
}

bool HeadReader::take(std::string_view text) {
  if (static_cast<std::size_t>(end_ - at_) < text.size() || std::memcmp(at_, text.data(), text.size()) != 0) return false;
  at_ += text.size();
  return true;
}

// The runs below need no bound of their own: the CRLF at the end of the head stops them.

std::string_view HeadReader::take_token_run() {
  const char* const start = at_;
  while (is_tchar(*at_)) ++at_;
  return {start, static_cast<std::size_t>(at_ - start)};
}

std::string_view HeadReader::take_visible_run() {
  const char* const start = at_;
  at_ = find_marked(at_, end_, 0x21);
  return {start, static_cast<std::size_t>(at_ - start)};
}

std::string_view HeadReader::take_text_run() {
  const char* const start = at_;
  at_ = find_marked(at_, end_, 0x20);
  while (*at_ == '\t') at_ = find_marked(at_ + 1, end_, 0x20);
  return {start, static_cast<std::size_t>(at_ - start)};
}

bool HeadReader::read_field(Field& field) {
  // obs-fold: one reader joins the line to the one before, another takes it for a field (RFC 9112 section 5.2).
  if (is_ows(*at_)) return fail("a field line begins with white space");
  field.name = take_token_run();
  if (*at_ != ':') {
    if (is_ows(*at_)) return fail("white space between a field name and the colon");
    return fail(*at_ == '\r' ? "a field line without a colon" : "a character that is not allowed in a field name");
  }
  if (field.name.empty()) return fail("a field line without a name");
  ++at_;
  while (is_ows(*at_)) ++at_;
  field.value = take_text_run();
  if (!take("\r\n")) return fail(*at_ == '\r' ? "CR without LF" : "a control character in a field value");
  while (!field.value.empty() && is_ows(field.value.back())) field.value.remove_suffix(1);
  field.id = field_id(field.name);
  return true;
}

std::optional<std::uint64_t> parse_content_length(std::string_view value) {
  if (value.empty() || value.size() > 18) return std::nullopt;          // 18 digits fit without overflow
  if (value.size() > 1 && value.front() == '0') return std::nullopt;    // an octal number to some
  std::uint64_t length = 0;
  for (const char c : value) {
    if (!is_digit(c)) return std::nullopt;
    length = length * 10 + static_cast<std::uint64_t>(c - '0');
  }
  return length;
}

bool FramingFields::note(const Field& field, HeadReader& reader, bool exact_coding) {
  const char* const at = field.name.data();
  switch (field.id) {
    case FieldId::ContentLength: {
      // Equal values too: who sends two has been told two things, and one of them may be changed on the way.
      if (content_length_at != nullptr) return reader.fail_at("more than one Content-Length", at);
      const auto length = parse_content_length(field.value);
      if (!length) return reader.fail_at("Content-Length is not a plain number within bounds", field.value.data());
      content_length_at = at;
      content_length = *length;
      return true;
    }
    case FieldId::TransferEncoding:
      if (transfer_encoding_at != nullptr) return reader.fail_at("more than one Transfer-Encoding", at);
      if (exact_coding ? field.value != "chunked" : !iequals(field.value, "chunked")) {
        return reader.fail_at("Transfer-Encoding is not exactly `chunked`", field.value.data());
      }
      transfer_encoding_at = at;
      return true;
    case FieldId::Connection: {
      std::string_view rest = field.value;
      while (const auto option = take_list_element(rest)) {
        if (!is_token(*option)) return reader.fail_at("Connection is not a list of tokens", option->data());
        if (++connection_options > kMaxConnectionOptions) return reader.fail_at("Connection has too many options", at);
        close |= iequals(*option, "close");
        keep_alive |= iequals(*option, "keep-alive");
        upgrade |= iequals(*option, "upgrade");
      }
      return true;
    }
    default:
      return true;
  }
}

bool FramingFields::finish(std::uint8_t minor_version, HeadReader& reader) const {
  if (transfer_encoding_at == nullptr) return true;
  // Request smuggling: whoever is in front or behind may believe the other of the two.
  if (content_length_at != nullptr) return reader.fail_at("both Content-Length and Transfer-Encoding", transfer_encoding_at);
  if (minor_version == 0) return reader.fail_at("Transfer-Encoding in HTTP/1.0", transfer_encoding_at);
  return true;
}

}  // namespace quivive::http::detail
