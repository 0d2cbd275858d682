#include "diagnose/readers/devtools.h"

#include "base/text.h"
#include "diagnose/readers/lines.h"
#include "diagnose/readers/pairing.h"
#include "diagnose/text.h"
#include "http/grammar.h"

#include <algorithm>
#include <array>

namespace quivive::diagnose::readers {
namespace {

// Fields of a response; what a panel without headings lists until then belongs to it.
constexpr auto kRequestOnly =
    std::to_array<std::string_view>({":authority", ":method", ":path", ":scheme", "accept", "accept-encoding", "accept-language",
                                     "authorization", "cookie", "host", "user-agent", "origin", "referer"});
constexpr auto kSkipped =
    std::to_array<std::string_view>({"general", "headers", "view source", "view parsed", "raw", "preview", "response", "payload", "cookies",
                                     "timing", "initiator", "provisional headers are shown", "learn more"});

class PanelReader {
 public:
  explicit PanelReader(std::string_view text) : text_(text) {}

  std::optional<Capture> read() {
    LineReader lines(text_);
    std::string name;  // of a pair that is written over two lines
    for (Line line; lines.next(line);) {
      const std::string_view text = trim_ows(line.text);
      if (text.empty()) continue;
      if (!name.empty()) {
        field(name, text);
        name.clear();
      } else if (!section(text)) {
        const std::size_t colon = text.find(':', 1);
        if (colon != kNone && is_field_line(text)) {
          field(text.substr(0, colon), trim_ows(text.substr(colon + 1)));
        } else {
          name = text;
        }
      }
    }
    if (request_.method.empty() && response_.status == 0) return std::nullopt;
    return finish();
  }

 private:
  bool section(std::string_view text) {
    const std::string_view heading = text.substr(0, std::min(text.find(" ("), text.size()));
    if (iequals(heading, "request headers")) {
      in_request_ = true;
    } else if (iequals(heading, "response headers")) {
      in_request_ = false;
    } else {
      return is_one_of(text, kSkipped) || parse_status_line(text) || parse_request_line(text);
    }
    headings_ = true;
    return true;
  }

  void field(std::string_view name, std::string_view value) {
    if (iequals(name, "request url")) {
      request_.url = parse_url(value);
    } else if (iequals(name, "request method")) {
      request_.method = value;
    } else if (iequals(name, "status code") || iequals(name, "status")) {
      status(value);
    } else if (iequals(name, "remote address")) {
      address_ = value.substr(0, value.rfind(':'));
    } else if (!iequals(name, "referrer policy")) {
      if (!headings_ && is_one_of(name, kRequestOnly)) in_request_ = true;
      if (name.starts_with(':')) return;
      add_field(in_request_ ? request_.headers : response_.headers, std::string(name), std::string(value));
    }
  }

  // `401 Unauthorized`, with a coloured dot before it in some versions
  void status(std::string_view value) {
    const std::size_t digit = value.find_first_of("123456789");
    if (digit == kNone || value.size() < digit + 3) return;
    const std::string_view code = value.substr(digit, 3);
    if (!std::all_of(code.begin(), code.end(), http::is_digit)) return;
    response_.status = (code[0] - '0') * 100 + (code[1] - '0') * 10 + (code[2] - '0');
    response_.reason = trim_ows(value.substr(digit + 3));
  }

  Capture finish() {
    Pairing pairing(Format::Http);
    pairing.add(std::move(request_));
    if (response_.status != 0 || !response_.headers.empty()) pairing.add(std::move(response_));
    Capture capture = pairing.finish();
    capture.exchanges[0].server_address = std::string(address_);
    return capture;
  }

  std::string_view text_;
  std::string_view address_;
  bool in_request_ = false, headings_ = false;
  Request request_;
  Response response_;
};

}  // namespace

bool is_devtools(std::string_view text) {
  constexpr std::size_t kNear = 2000;  // of the beginning
  const std::string_view head = text.substr(0, kNear);
  const std::size_t at = head.find("Request URL");
  if (at == kNone || (at > 0 && head[at - 1] != '\n' && !http::is_ows(head[at - 1]))) return false;
  const char next = at + 11 < head.size() ? head[at + 11] : '\0';
  return next == ':' || next == '\n' || next == '\r';
}

std::optional<Capture> read_devtools(std::string_view text) { return is_devtools(text) ? PanelReader(text).read() : std::nullopt; }

}  // namespace quivive::diagnose::readers
