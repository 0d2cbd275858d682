#include "base/text.h"
#include "diagnose/readers/dechunk.h"
#include "diagnose/readers/devtools.h"
#include "diagnose/readers/http_source.h"
#include "diagnose/readers/lines.h"
#include "diagnose/readers/pairing.h"
#include "diagnose/text.h"
#include "http/grammar.h"

#include <algorithm>
#include <charconv>

namespace quivive::diagnose {
namespace readers {
namespace {

bool is_start_line(std::string_view line) { return parse_status_line(line) || parse_request_line(line); }

// What stands between messages and belongs to none: wget's marks, the separator of .http files.
bool is_separator(std::string_view line) {
  return line.starts_with("###") || line.starts_with("---request ") || line.starts_with("---response ") ||
         line.starts_with("HTTP request sent, awaiting");
}

class HttpReader {
 public:
  explicit HttpReader(std::string_view text) : text_(text), lines_(text) {}

  void read() {
    for (Line line; lines_.next(line);) {
      const bool marked = is_separator(line.text);
      if (marked || begins_message(line)) {
        end_message();
        if (marked) {
          source_.separator(line.text);
        } else {
          begin_message(line);
        }
      } else if (in_head_) {
        head_line(line);
      } else if (in_body_) {
        body_line(line);
      } else {
        source_.line(line.text);
      }
    }
    end_message();
  }

  [[nodiscard]] bool found() const { return !pairing_.empty(); }
  [[nodiscard]] std::size_t first() const { return first_; }

  Capture finish() {
    Capture capture = pairing_.finish();
    source_.finish(capture);
    return capture;
  }

 private:
  bool begins_message(Line& line) {
    // wget -S indents what it received.
    std::string_view text = line.text;
    indent_next_ = 0;
    if (!in_head_ && text.starts_with("  HTTP/")) {
      indent_next_ = 2;
      text.remove_prefix(2);
    }
    if (!is_start_line(text) && (in_head_ || in_body_ || !parse_request_line(text, true))) return false;
    line.text = text;
    return true;
  }

  void begin_message(const Line& line) {
    if (!found() && !request_ && !response_) first_ = line.offset;
    indent_ = indent_next_;
    in_head_ = true;
    if (const auto status = parse_status_line(line.text)) {
      response_ = Response{.status = status->status, .reason = std::string(status->reason), .version = std::string(status->version)};
      fields_ = std::make_unique<FieldLines>(response_->headers);
      return;
    }
    const auto start = *parse_request_line(line.text, true);
    if (start.version.empty() || start.target.find("{{") != kNone) source_.unsent();
    request_ = Request{.method = std::string(start.method), .target = std::string(start.target), .version = std::string(start.version)};
    fields_ = std::make_unique<FieldLines>(request_->headers);
  }

  void head_line(Line line) {
    if (indent_ > 0) {
      if (line.text.find_first_not_of(' ') < indent_) return end_message();
      line.text.remove_prefix(std::min(indent_, line.text.size()));
    }
    const std::string_view text = line.text;
    if (trim_ows(text).empty()) return begin_body(lines_.offset());
    if (request_ && !fields_->any() && request_->headers.empty() && http::is_ows(text.front()) &&
        std::string_view("?&").find(trim_ows(text).front()) != kNone) {
      request_->target += trim_ows(text);  // a query over several lines, in .http files
    } else if (is_field_line(text)) {
      fields_->line(text);
    } else if (continues(text)) {
      fields_->more("\n");
      fields_->more(text);
    } else if (!source_.is_comment(text)) {
      // The blank line is missing.
      begin_body(line.offset);
      if (in_body_) body_line(line);
    }
  }

  // obs-fold (RFC 9112 section 5.2), or a long value that was wrapped.
  bool continues(std::string_view text) const {
    constexpr std::size_t kNarrowest = 50;
    if (!fields_->any()) return false;
    if (http::is_ows(text.front())) return true;
    return fields_->length() >= kNarrowest && text.find(' ') == kNone && text.front() != '{' && text.front() != '<' && text.front() != '[';
  }

  void begin_body(std::size_t offset) {
    fields_.reset();
    in_head_ = false;
    in_body_ = true;
    if (indent_ > 0) return end_message();  // wget writes bodies elsewhere
    const Headers& headers = response_ ? response_->headers : request_->headers;
    const std::string_view digits = headers.value("content-length");
    std::size_t length = 0;
    const auto [stop, fault] = std::from_chars(digits.data(), digits.data() + digits.size(), length);
    if (digits.empty() || fault != std::errc() || stop != digits.data() + digits.size() ||
        length > text_.size() - std::min(offset, text_.size()))
      return;
    // Trusted where a message, or the text, ends there: pretty printers change bodies and keep the number.
    if (!ends_at(offset + length)) return;
    body_ = {text_.substr(offset, length)};
    exact_ = true;
    lines_.seek(offset + length);
    end_message();
  }

  bool ends_at(std::size_t offset) const {
    constexpr std::size_t kBlank = 8;
    std::size_t next = offset;
    while (next < text_.size() && next - offset < kBlank && (text_[next] == '\n' || text_[next] == '\r')) ++next;
    if (next >= text_.size()) return true;
    if (next == offset && offset > 0 && text_[offset - 1] != '\n') return parse_status_line(line_at(next)).has_value();
    return is_start_line(line_at(next)) || is_separator(line_at(next));
  }
  std::string_view line_at(std::size_t offset) const {
    constexpr std::size_t kLongest = 16 * 1024;
    const std::string_view line = text_.substr(offset, kLongest);
    const std::size_t end = line.find('\n');
    return line.substr(0, end != kNone && end > 0 && line[end - 1] == '\r' ? end - 1 : end);
  }

  void body_line(const Line& line) {
    if (const std::size_t at = glued_status(line.text); at != kNone) {
      if (body_begin_ == kNone) body_begin_ = line.offset;
      body_ = whole_body(line.offset + at);
      lines_.seek(line.offset + at);
      return end_message();
    }
    if (body_begin_ == kNone) body_begin_ = line.offset;
    body_end_ = line.offset + line.text.size();
  }
  std::string_view whole_body(std::size_t end) const {
    return body_begin_ == kNone ? std::string_view() : text_.substr(body_begin_, end - body_begin_);
  }

  // A body without an end of line, and the next response right behind it: `{"error":"x"}HTTP/1.1 200 OK`
  static std::size_t glued_status(std::string_view line) {
    const std::size_t at = line.rfind("HTTP/");
    if (at == kNone || at == 0 || std::string_view("}]>").find(line[at - 1]) == kNone || !parse_status_line(line.substr(at))) return kNone;
    return at;
  }

  void end_message() {
    fields_.reset();
    in_head_ = in_body_ = false;
    if (body_.empty() && body_begin_ != kNone && body_end_ > body_begin_) body_ = whole_body(body_end_);
    const std::string_view body = exact_ ? body_ : trim_all(body_);
    if (request_) {
      append_body(request_->body, request_->body_cut, body);
      source_.substitute(*request_);
      request_->url = request_url(*request_);
      if (request_->version.empty() || request_->target.find("://") != kNone)
        request_->target = request_->version.empty() ? "" : request_->target;
      pairing_.add(*std::move(request_));
    } else if (response_) {
      append_body(response_->body, response_->body_cut, body);
      if (iequals(response_->headers.value("transfer-encoding"), "chunked")) {
        if (auto plain = dechunked(response_->body)) response_->body = *std::move(plain);
      }
      pairing_.add(*std::move(response_));
    }
    request_.reset();
    response_.reset();
    body_ = {};
    body_begin_ = kNone;
    body_end_ = 0;
    exact_ = false;
    indent_ = 0;
  }

  std::string_view text_;
  LineReader lines_;
  Pairing pairing_{Format::Http};
  HttpSource source_;
  std::size_t first_ = 0;
  bool in_head_ = false, in_body_ = false, exact_ = false;
  std::size_t indent_ = 0, indent_next_ = 0;
  std::optional<Request> request_;
  std::optional<Response> response_;
  std::unique_ptr<FieldLines> fields_;
  std::string_view body_;
  std::size_t body_begin_ = kNone, body_end_ = 0;
};

}  // namespace
}  // namespace readers

Read read_http(std::string_view input) {
  using namespace readers;
  if (auto refused = refused_size(Format::Http, input)) return *std::move(refused);
  const std::string text = undressed(input);
  if (auto panel = read_devtools(text)) return *std::move(panel);
  HttpReader reader(text);
  reader.read();
  if (!reader.found()) {
    const std::size_t begin = std::min(input.find_first_not_of(" \t\r\n"), input.size());
    return read_error(Format::Http, input, begin, "no request line (GET /path HTTP/1.1) and no status line (HTTP/1.1 401) in it");
  }
  const std::string_view before = std::string_view(text).substr(0, reader.first());
  Capture capture = reader.finish();
  if (!before.empty()) add_typed_command(capture, before);
  return capture;
}

}  // namespace quivive::diagnose
