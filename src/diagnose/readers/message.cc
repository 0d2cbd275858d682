#include "diagnose/readers/message.h"

#include "base/text.h"
#include "diagnose/text.h"
#include "http/grammar.h"

#include <algorithm>
#include <array>

namespace quivive::diagnose::readers {
namespace {

constexpr auto kMethods = std::to_array<std::string_view>({"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "CONNECT", "TRACE"});

bool is_version(std::string_view text) {
  if (!text.starts_with("HTTP/") || text.size() < 6 || !http::is_digit(text[5])) return false;
  return text.size() == 6 || (text.size() == 8 && text[6] == '.' && http::is_digit(text[7]));
}

// Upper case: `Host: x HTTP/1.1` is no request line.
bool is_method(std::string_view text) {
  return !text.empty() && text.size() <= 20 &&
         std::all_of(text.begin(), text.end(), [](char c) { return (c >= 'A' && c <= 'Z') || c == '-' || c == '_'; });
}

}  // namespace

std::optional<RequestLine> parse_request_line(std::string_view line, bool lenient) {
  const std::size_t space = line.find(' ');
  if (space == kNone || !is_method(line.substr(0, space))) return std::nullopt;
  RequestLine out{.method = line.substr(0, space)};
  std::string_view rest = trim_ows(line.substr(space + 1));
  const std::size_t last = rest.rfind(' ');
  if (last != kNone && is_version(rest.substr(last + 1))) {
    out.version = rest.substr(last + 1);
    out.target = trim_ows(rest.substr(0, last));
    return out;
  }
  if (!lenient || std::find(kMethods.begin(), kMethods.end(), out.method) == kMethods.end()) return std::nullopt;
  const bool target = rest.starts_with('/') || rest.starts_with("{{") || rest.starts_with("http://") || rest.starts_with("https://");
  if (!target || (rest.find(' ') != kNone && !rest.starts_with("{{"))) return std::nullopt;
  out.target = rest;
  return out;
}

std::optional<StatusLine> parse_status_line(std::string_view line) {
  const std::size_t space = std::min(line.find(' '), line.size());
  if (!is_version(line.substr(0, space))) return std::nullopt;
  StatusLine out{.version = line.substr(0, space)};
  const std::string_view rest = trim_ows(line.substr(space));
  if (rest.size() < 3 || rest[0] < '1' || rest[0] > '9' || !http::is_digit(rest[1]) || !http::is_digit(rest[2])) return std::nullopt;
  if (rest.size() > 3 && rest[3] != ' ') return std::nullopt;
  out.status = (rest[0] - '0') * 100 + (rest[1] - '0') * 10 + (rest[2] - '0');
  out.reason = trim_ows(rest.substr(3));
  return out;
}

bool is_field_line(std::string_view line) {
  constexpr std::size_t kLongestName = 128;
  const std::size_t colon = line.substr(0, kLongestName).find(':', line.starts_with(':') ? 1 : 0);
  if (colon == kNone || colon == 0 || http::is_ows(line.front())) return false;
  const std::string_view name = line.substr(0, colon);
  return name.find_first_of("\"'{}[]<>()=,;\\@?/") == kNone;
}

void FieldLines::line(std::string_view line) {
  flush();
  const std::size_t colon = line.find(':', line.starts_with(':') ? 1 : 0);
  std::string_view value = line.substr(std::min(colon + 1, line.size()));
  if (value.starts_with(' ')) value.remove_prefix(1);
  pending_ = HeaderField{std::string(line.substr(0, colon)), std::string(value)};
}

void FieldLines::more(std::string_view text) {
  if (pending_) pending_->value += text;
}

void FieldLines::flush() {
  if (pending_) add_field(*headers_, std::move(pending_->name), std::move(pending_->value));
  pending_.reset();
}

void add_field(Headers& headers, std::string name, std::string value) {
  if (headers.all().size() < kMaxFields) headers.add(std::move(name), std::move(value));
}

void append_body(std::string& body, bool& cut, std::string_view piece) {
  const std::size_t room = kMaxBodyKept - std::min(body.size(), kMaxBodyKept);
  if (piece.size() > room) cut = true;
  body += piece.substr(0, room);
}

Url request_url(const Request& request, std::string_view scheme) {
  const std::string_view target = request.target;
  const std::string_view host = request.headers.value("host");
  Url url;
  if (request.method == "CONNECT") {
    url = parse_url(target, true);
    url.path.clear();
    return url;
  }
  if (target.find("://") != kNone && !target.starts_with('/')) return parse_url(target);
  if (!host.empty()) {
    url = parse_url("//" + std::string(host));
    const Url path = parse_url(target.starts_with('/') ? target : "/");
    url.path = target == "*" ? "*" : path.path;
    url.query = path.query;
    url.has_query = path.has_query;
  } else {
    url = parse_url(target);
  }
  url.scheme = scheme;
  if (scheme.empty()) {
    if (url.port == 443 || request.version == "HTTP/2" || request.version == "HTTP/3") url.scheme = "https";
    if (url.port == 80) url.scheme = "http";
  }
  return url;
}

}  // namespace quivive::diagnose::readers
