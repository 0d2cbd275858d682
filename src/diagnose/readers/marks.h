#pragma once
// The marks in front of curl's lines.

#include <string_view>

namespace quivive::diagnose::readers {

// `* text`, `> text`, `< text`, or the mark alone.
[[nodiscard]] bool is_mark(std::string_view line, char mark);
// What stands behind such a mark.
[[nodiscard]] std::string_view behind_mark(std::string_view line);

// Without `12:00:01.123456 `, `2025-03-01T10:00:00.0000000Z `, `[0-0] ` or indentation, where a mark follows: --trace-time,
// --trace-ids and CI logs put them there.
[[nodiscard]] std::string_view from_verbose_mark(std::string_view line);
// From the `== Info: `, `=> Send ` or `<= Recv ` of --trace-ascii on; "" where the line has none.
[[nodiscard]] std::string_view from_trace_mark(std::string_view line);

// A line that only `curl -v` writes: a marked start line, or one of its own about connecting.
[[nodiscard]] bool begins_verbose(std::string_view line);

}  // namespace quivive::diagnose::readers
