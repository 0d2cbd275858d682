#include "base/text.h"
#include "diagnose/readers/curl_log.h"
#include "diagnose/readers/lines.h"
#include "diagnose/readers/marks.h"
#include "diagnose/readers/pairing.h"
#include "diagnose/text.h"
#include "http/grammar.h"

#include <algorithm>
#include <array>

namespace quivive::diagnose {
namespace readers {
namespace {

// curl's lines that come right behind a body without an end of line.
constexpr auto kGlued =
    std::to_array<std::string_view>({"* Connection #", "* Closing connection", "* Issue another request", "* Ignoring the response-body",
                                     "* Curl_http_done", "* Excess found", "* shutting down connection", "* abort upload"});

// `{ [24 bytes data]`; the length of it, or 0.
std::size_t data_note(std::string_view line) {
  if (!line.starts_with("{ [") && !line.starts_with("} [")) return 0;
  const std::size_t end = line.substr(0, 40).find(" bytes data]");
  return end == kNone ? 0 : end + 12;
}

// A row of the progress meter: twelve columns, the last of them glued to what was written next. What follows, or nothing where
// it is no such row.
std::optional<std::string_view> behind_progress(std::string_view line) {
  const std::string_view begin = trim_ows(line);
  if (begin.starts_with("% Total") || begin.starts_with("Dload  Upload")) return std::string_view();
  std::string_view rest = line;
  for (int column = 0; column < 12; ++column) {
    http::skip_ows(rest);
    std::size_t length = 0;
    const bool time = column >= 8 && column <= 10;
    while (length < rest.size() && (http::is_digit(rest[length]) || rest[length] == '.' ||
                                    (time && (rest[length] == ':' || rest[length] == '-' || rest[length] == 'd'))))
      ++length;
    if (!time && length < rest.size() && length > 0 && std::string_view("kMGTP").find(rest[length]) != kNone) ++length;
    if (length == 0) return std::nullopt;
    if (time && rest.substr(0, length).find_first_of(":d") == kNone) return std::nullopt;
    rest.remove_prefix(length);
  }
  return rest;
}

// Without the notes of data and rows of the progress meter in front, which have what comes next glued to them; nothing where
// that is all.
std::optional<std::string_view> unglued(std::string_view line) {
  while (true) {
    const std::string_view marked = from_verbose_mark(line);
    const std::size_t note = data_note(marked);
    const auto rest = note > 0 ? std::optional(marked.substr(note)) : behind_progress(line);
    if (!rest) return line;
    if (rest->empty()) return std::nullopt;
    line = *rest;
  }
}

class VerboseReader {
 public:
  VerboseReader() : log_(Format::CurlVerbose) {}

  void line(std::string_view raw) {
    const auto rest = unglued(raw);
    if (!rest) return;
    raw = *rest;
    const std::string_view line = from_verbose_mark(raw);
    if (is_mark(line, '*')) {
      log_.info(trim_end(behind_mark(line)));
    } else if (is_mark(line, '>') && request(line)) {
      return;
    } else if (is_mark(line, '<') && log_.response_line(behind_mark(line))) {
      return;
    } else if (line.starts_with("curl: (")) {
      log_.info(line);
    } else if (!log_.wrapped(line)) {
      body(raw);
    }
  }

  Capture finish() {
    Capture capture = log_.finish();
    for (Exchange& exchange : capture.exchanges) {
      if (exchange.response) tidy(*exchange.response);
    }
    return capture;
  }

 private:
  static std::string_view trim_end(std::string_view text) {
    while (!text.empty() && http::is_ows(text.back())) text.remove_suffix(1);
    return text;
  }

  bool request(std::string_view line) { return log_.request_line(behind_mark(line)); }

  void body(std::string_view line) {
    for (const std::string_view mark : kGlued) {
      const std::size_t at = line.find(mark);
      if (at == kNone || at == 0) continue;
      log_.response_body(line.substr(0, at));
      log_.info(line.substr(at + 2));
      return;
    }
    // A blank line is no part of a head that has not ended: `< ` of its end may have lost its mark.
    if (log_.at() == CurlLog::At::RequestHead || log_.at() == CurlLog::At::ResponseHead) {
      if (trim_ows(line).empty()) {
        log_.at() == CurlLog::At::RequestHead ? log_.request_line("") : log_.response_line("");
        return;
      }
      if (log_.at() == CurlLog::At::RequestHead) return;
    }
    log_.response_body(line);
    log_.response_body("\n");
  }

  // Without the head that -i repeats there, and the blank lines around.
  static void tidy(Response& response) {
    std::string_view body = response.body;
    if (const auto start = parse_status_line(body.substr(0, body.find('\n'))); start && start->status == response.status) {
      const std::size_t end = body.find("\n\n");
      body = end == kNone ? std::string_view() : body.substr(end + 2);
    }
    response.body = trim_all(body);
  }

  CurlLog log_;
};

// In a mail or an issue, quoted once more: `> > GET / HTTP/1.1`, `> < HTTP/1.1 401`.
std::string unquoted(std::string text) {
  if (text.find("\n> < HTTP/") == std::string::npos) return text;
  std::string out;
  LineReader lines(text);
  for (Line line; lines.next(line);) {
    if (line.text.starts_with('>')) line.text.remove_prefix(line.text.starts_with("> ") ? 2 : 1);
    out.append(line.text) += '\n';
  }
  return out;
}

}  // namespace
}  // namespace readers

Read read_curl_verbose(std::string_view input) {
  using namespace readers;
  if (auto refused = refused_size(Format::CurlVerbose, input)) return *std::move(refused);
  const std::string text = unquoted(undressed(input));

  std::size_t begin = text.size();
  LineReader search(text, true);
  for (Line line; search.next(line);) {
    const std::string_view marked = from_verbose_mark(unglued(line.text).value_or(""));
    const bool mark = is_mark(marked, '*') || begins_verbose(marked);
    if (!mark) continue;
    begin = line.offset;
    break;
  }
  VerboseReader reader;
  LineReader lines(text, true);
  lines.seek(begin);
  for (Line line; lines.next(line);) reader.line(line.text);
  Capture capture = reader.finish();
  if (capture.exchanges.empty()) {
    return read_error(Format::CurlVerbose, input, 0,
                      "no request and no response in it: curl had not come so far, or the lines with > and < are missing");
  }
  if (begin > 0) add_typed_command(capture, std::string_view(text).substr(0, begin));
  return capture;
}

}  // namespace quivive::diagnose
