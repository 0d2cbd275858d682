#include "diagnose/readers/marks.h"

#include "diagnose/readers/message.h"
#include "diagnose/text.h"
#include "http/grammar.h"

#include <algorithm>
#include <array>

namespace quivive::diagnose::readers {
namespace {

constexpr std::size_t kLongestPrefix = 48;

constexpr auto kOwnLines = std::to_array<std::string_view>({"  Trying ",
                                                            "Trying ",
                                                            "Connected to ",
                                                            "Established connection to ",
                                                            "Uses proxy env",
                                                            "Could not resolve host",
                                                            "Rebuilt URL to",
                                                            "Connection #",
                                                            "Issue another request",
                                                            "ALPN",
                                                            "TLSv1.",
                                                            "SSL connection using",
                                                            "Server auth using",
                                                            "Closing connection",
                                                            "Failed to connect",
                                                            "connect to ",
                                                            "Hostname ",
                                                            "Re-using existing",
                                                            "Mark bundle",
                                                            "[HTTP/",
                                                            "h2h3 [",
                                                            "h2 ["});

}  // namespace

bool is_mark(std::string_view line, char mark) { return line.starts_with(mark) && (line.size() == 1 || line[1] == ' '); }

std::string_view behind_mark(std::string_view line) { return line.substr(std::min<std::size_t>(2, line.size())); }

std::string_view from_verbose_mark(std::string_view line) {
  std::size_t i = 0;
  bool colon = false, bracket = false;
  while (i < line.size() && i < kLongestPrefix) {
    const char c = line[i];
    if (!http::is_digit(c) && std::string_view(" \t:-.,TZ+[]x").find(c) == kNone) break;
    colon = colon || c == ':';
    bracket = bracket || c == '[';
    ++i;
  }
  if (i == 0 || i >= line.size() || std::string_view("*<>{}").find(line[i]) == kNone) return line;
  const bool blank = line.find_first_not_of(" \t") == i;
  const bool separate = http::is_ows(line[i - 1]) && (i + 1 == line.size() || line[i + 1] == ' ');
  return separate && (blank || colon || bracket) ? line.substr(i) : line;
}

std::string_view from_trace_mark(std::string_view line) {
  for (const std::string_view mark : {"== Info: ", "=> Send ", "<= Recv "}) {
    const std::size_t at = line.substr(0, kLongestPrefix + mark.size()).find(mark);
    if (at != kNone && line.substr(0, at).find_first_not_of("0123456789:.-+TZ[]x ") == kNone) return line.substr(at);
  }
  return {};
}

bool begins_verbose(std::string_view line) {
  line = from_verbose_mark(line);
  const std::string_view rest = behind_mark(line);
  if (is_mark(line, '<')) return parse_status_line(rest).has_value();
  if (is_mark(line, '>')) return parse_request_line(rest).has_value();
  return is_mark(line, '*') && std::any_of(kOwnLines.begin(), kOwnLines.end(), [&](std::string_view own) { return rest.starts_with(own); });
}

}  // namespace quivive::diagnose::readers
