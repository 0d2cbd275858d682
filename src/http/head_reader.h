#pragma once
// What the two head parsers share: finding the end of a head, reading field lines, and the fields that frame a message.
// Internal to the layer.

#include "http/head_parser.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace quivive::http::detail {

// Which reasons a side reports.
struct HeadReasons {
  Reason malformed;
  Reason too_large;
};

// Looks for the empty line that ends the head, from `head.scanned` on, never before `begin`, where the start line is.
// Complete sets head.head_bytes. A line that ends in LF alone fails as soon as it is seen.
[[nodiscard]] HeadResult find_head_end(std::string_view buffer, std::size_t begin, Head& head, std::size_t max_bytes,
                                       const HeadReasons& reasons);

// A cursor over one whole head, which ends in CRLF CRLF. Every read_ function returns false after fail().
class HeadReader {
 public:
  HeadReader(std::string_view head, std::size_t begin, const HeadReasons& reasons)
      : base_(head.data()), at_(head.data() + begin), end_(head.data() + head.size()), reasons_(reasons) {}

  // Consumes `text` if it is next.
  [[nodiscard]] bool take(std::string_view text);
  // The longest run of token characters; may be empty.
  [[nodiscard]] std::string_view take_token_run();
  // The longest run without control characters and SP; may be empty.
  [[nodiscard]] std::string_view take_visible_run();
  // The longest run of field characters (HTAB, SP, visible, obs-text); may be empty.
  [[nodiscard]] std::string_view take_text_run();

  [[nodiscard]] bool at_end_of_fields() const { return end_ - at_ == 2; }
  // One field line: field-name ":" OWS field-value OWS CRLF (RFC 9112 section 5).
  [[nodiscard]] bool read_field(Field& field);

  bool fail(std::string_view detail) { return fail_at(detail, at_); }
  bool fail_at(std::string_view detail, const char* where) { return fail_at(detail, where, reasons_.malformed); }
  bool fail_at(std::string_view detail, const char* where, Reason reason);
  bool fail_too_large(std::string_view detail) { return fail_at(detail, at_, reasons_.too_large); }
  [[nodiscard]] const HeadResult& failure() const { return failure_; }

 private:
  const char* base_;
  const char* at_;
  const char* end_;
  HeadReasons reasons_;
  HeadResult failure_;
};

// The fields that say where a message ends and whether the connection goes on.
struct FramingFields {
  const char* content_length_at = nullptr;     // in the buffer; nullptr where there is no such field
  const char* transfer_encoding_at = nullptr;
  std::uint64_t content_length = 0;
  std::size_t connection_options = 0;
  bool close = false;
  bool keep_alive = false;
  bool upgrade = false;

  // Takes note of Content-Length, Transfer-Encoding and Connection, and refuses what could be framed in two ways
  // (RFC 9112 sections 6.1-6.3); other fields pass. `exact_coding`: "chunked" must be spelt in lower case.
  [[nodiscard]] bool note(const Field& field, HeadReader& reader, bool exact_coding);
  // After the last field: the rules that need all of them.
  [[nodiscard]] bool finish(std::uint8_t minor_version, HeadReader& reader) const;
  // Whether the connection goes on, as far as Connection and the version tell (RFC 9112 section 9.3).
  [[nodiscard]] bool persists(std::uint8_t minor_version) const { return !close && (minor_version == 1 || keep_alive); }
};

// Content-Length = 1*DIGIT (RFC 9110 section 8.6), below 2^63 and without leading zeros; no list, no sign.
[[nodiscard]] std::optional<std::uint64_t> parse_content_length(std::string_view value);

}  // namespace quivive::http::detail
