#include "diagnose/readers/curl_log.h"

#include "base/text.h"
#include "diagnose/text.h"
#include "http/grammar.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

namespace quivive::diagnose::readers {
namespace {

constexpr std::size_t kMaxRemarksOfOne = 200;
constexpr std::size_t kMaxConnections = 200;

// Lines with which curl turns to the next request.
constexpr auto kTurns = std::to_array<std::string_view>({
    "Issue another request",
    "Trying ",
    "  Trying ",
    "Connected to ",
    "Established connection to ",
    "Re-using existing",
    "Reusing existing",
    "Hostname ",
    "Host ",
    "Found bundle",
    "Uses proxy env",
    "Clear auth",
    "Switch ",
    "Maximum ",
    "About to connect",
    "Server auth using",
    "Proxy auth using",
    "Adding handle",
    "Connection cache",
    "Hostname in DNS cache",
});

bool begins_any(std::string_view text, auto&& list) {
  return std::any_of(list.begin(), list.end(), [&](std::string_view begin) { return text.starts_with(begin); });
}

// What stands between `before` and the first of `ends` after it; "" where `before` is not there.
std::string_view between_of(std::string_view text, std::string_view before, std::string_view ends) {
  const std::size_t at = text.find(before);
  if (at == kNone) return {};
  text.remove_prefix(at + before.size());
  return text.substr(0, text.find_first_of(ends));
}

std::uint16_t port_in(std::string_view text) {
  const std::string_view digits = between_of(text, "port ", " )(:,.");
  std::uint16_t port = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), port);
  return port;
}

}  // namespace

void CurlLog::info(std::string_view text) {
  if (begins_any(text, kTurns)) {
    if (at_ == At::ResponseHead) end_head();
    between_ = true;
  }
  if (text.starts_with("Connected to ") || text.starts_with("Established connection to ")) {
    connected(text);
  } else if (text.find("sing existing ") != kNone) {
    reused(text);
  } else if (text.starts_with("SSL connection using") || text.starts_with("ALPN") || text.starts_with("TLSv1.")) {
    connection_.tls = true;
    if (!connection_.name.empty() && connections_.size() < kMaxConnections) connections_[connection_.name] = connection_;
  } else if (text.starts_with("Issue another request to this URL: '")) {
    next_url_ = parse_url(between_of(text, "URL: '", "'"));
  } else if (text.starts_with("h2h3 [") || text.starts_with("h2 [") || text.starts_with("[HTTP/") || text.starts_with("http/2 [") ||
             text.starts_with("[h2")) {
    read_stream(text);
  }
  remark(text);
}

// `Connected to host (203.0.113.7) port 443 (#0)`, `Established connection to host (203.0.113.7 port 443) from …`
void CurlLog::connected(std::string_view text) {
  Connection connection;
  connection.host = to_lower(between_of(text, "to ", " ("));
  const std::string_view address = between_of(text, "(", ")");
  connection.address = address.substr(0, address.find(' '));
  connection.port = port_in(text);
  const std::string_view number = between_of(text, "(#", ")");
  connection.name = number.empty() ? std::to_string(connections_seen_) : std::string(number);
  connection.tls = connection.port == 443;
  ++connections_seen_;
  if (connections_.size() < kMaxConnections) connections_[connection.name] = connection;
  connection_ = std::move(connection);
}

// `Re-using existing connection #0 with host x`, `Re-using existing connection! (#0) with host x`, without a number since 8.3
void CurlLog::reused(std::string_view text) {
  const std::string_view number = between_of(text, "#", " )");
  const std::string host = to_lower(between_of(text, "with host ", " "));
  auto found = connections_.find(number);
  if (number.empty()) {
    // The latest to that host.
    for (auto it = connections_.begin(); it != connections_.end(); ++it) {
      if (it->second.host == host && (found == connections_.end() || it->first.size() > found->first.size() || it->first > found->first))
        found = it;
    }
  }
  if (found != connections_.end()) {
    connection_ = found->second;
  } else {
    connection_ = {.name = std::string(number), .host = host};
  }
}

// `h2h3 [:method: GET]`, `[HTTP/2] [1] [authorization: Bearer x]`, `[HTTP/2] [1] OPENED stream for https://host/path`
void CurlLog::read_stream(std::string_view text) {
  between_ = true;
  if (const std::size_t at = text.find("OPENED stream for "); at != kNone) {
    announced_ = {};
    announced_.any = true;
    announced_.request.url = parse_url(text.substr(at + 18));
    announced_.scheme = announced_.request.url.scheme;
    return;
  }
  // The last group in brackets; its value may hold brackets.
  std::size_t open = text.find('[');
  if (text.starts_with("[HTTP/")) {
    open = text.find("] [", text.find("] [") == kNone ? 0 : text.find("] [") + 1);
    if (open == kNone) return;
    open += 2;
  }
  if (open == kNone || !text.ends_with(']')) return;
  const std::string_view field = text.substr(open + 1, text.size() - open - 2);
  const std::size_t colon = field.find(": ", 1);
  if (colon == kNone) return;
  const std::string_view name = field.substr(0, colon), value = field.substr(colon + 2);
  if (name == ":method") {
    if (!announced_.request.method.empty()) announced_ = {};
    announced_.request.method = value;
  } else if (name == ":path") {
    announced_.request.target = value;
  } else if (name == ":scheme") {
    announced_.scheme = value;
  } else if (name == ":authority") {
    add_field(announced_.request.headers, "host", std::string(value));
  } else if (!name.starts_with(':')) {
    add_field(announced_.request.headers, std::string(name), std::string(value));
  }
  announced_.any = true;
}

void CurlLog::remark(std::string_view text) {
  std::vector<std::string>& remarks = between_ || empty() ? coming_ : exchange().remarks;
  if (remarks.size() < kMaxRemarksOfOne) remarks.emplace_back(text);
}

std::string_view CurlLog::scheme() const {
  if (!announced_.scheme.empty()) return announced_.scheme;
  if (next_url_ && !next_url_->scheme.empty()) return next_url_->scheme;
  if (connection_.tls) return "https";
  return connection_.name.empty() || connection_.port == 0 ? std::string_view() : "http";
}

void CurlLog::begin_exchange(const RequestLine& line) {
  end_head();
  ++capture_.total;
  dropped_ = full();
  at_ = At::RequestHead;
  between_ = false;
  if (dropped_) return;
  Exchange& made = capture_.exchanges.emplace_back();
  made.index = capture_.exchanges.size() - 1;
  made.connection = connection_.name;
  made.server_address = connection_.address;
  made.remarks = std::move(coming_);
  coming_.clear();
  made.to_proxy = line.method == "CONNECT";
  made.request = Request{.method = std::string(line.method), .target = std::string(line.target), .version = std::string(line.version)};
  fields_ = std::make_unique<FieldLines>(made.request->headers);
}

bool CurlLog::request_line(std::string_view line) {
  if (const auto start = parse_request_line(line)) {
    begin_exchange(*start);
    return true;
  }
  return at_ == At::RequestHead && head_line(line);
}

bool CurlLog::response_line(std::string_view line) {
  if (const auto start = parse_status_line(line)) {
    if (at_ == At::RequestHead) end_head();
    use_announced();
    end_head();
    // An answer of its own only where the last exchange has its final one already.
    if (empty() || (exchange().response && exchange().response->status >= 200 && !dropped_)) {
      ++capture_.total;
      dropped_ = full();
      if (!dropped_) {
        Exchange& made = capture_.exchanges.emplace_back();
        made.index = capture_.exchanges.size() - 1;
      }
    }
    at_ = At::ResponseHead;
    between_ = false;
    if (dropped_) return true;
    if (exchange().response) remark(fmt::format("{} {}", exchange().response->status, exchange().response->reason));
    exchange().response = Response{.status = start->status, .reason = std::string(start->reason), .version = std::string(start->version)};
    fields_ = std::make_unique<FieldLines>(exchange().response->headers);
    return true;
  }
  return at_ == At::ResponseHead && head_line(line);
}

// A line behind the first one of a head: a field, more of the field before it, or the end.
bool CurlLog::head_line(std::string_view line) {
  if (trim_ows(line).empty()) {
    end_head();
  } else if (is_field_line(line)) {
    if (fields_) fields_->line(line);
  } else if (fields_ && fields_->any()) {
    fields_->more("\n");
    fields_->more(line);
  } else {
    return false;
  }
  return true;
}

bool CurlLog::wrapped(std::string_view text) {
  constexpr std::size_t kNarrowest = 60;
  if ((at_ != At::RequestHead && at_ != At::ResponseHead) || !fields_ || fields_->length() < kNarrowest || text.empty()) return false;
  if (text.front() == '{' || text.front() == '<' || text.find(' ') != kNone) return false;
  fields_->more(text);
  return true;
}

void CurlLog::end_head() {
  fields_.reset();
  if (at_ == At::RequestHead) {
    at_ = At::RequestDone;
    if (dropped_) return;
    Request& request = *exchange().request;
    if (exchange().to_proxy) {
      request.url = request_url(request, "");
      announced_ = {};
      return;
    }
    request.url = request_url(request, scheme());
    // Only a redirect's URL names the user info and the port as they were meant; the head decides all else.
    if (request.url.host.empty() && next_url_) request.url = *next_url_;
    if (request.url.host.empty() && !connection_.host.empty()) {
      request.url.host = connection_.host;
      request.url.scheme = scheme();
      const Url bare = request.url;
      if (connection_.port != 0 && bare.effective_port() != connection_.port) request.url.port = connection_.port;
    }
    next_url_.reset();
    announced_ = {};
  } else if (at_ == At::ResponseHead) {
    const bool interim = !dropped_ && exchange().response->status < 200 && exchange().response->status != 101;
    at_ = interim ? At::RequestDone : At::ResponseBody;
  }
}

// A request of which only the HTTP/2 lines were kept.
void CurlLog::use_announced() {
  const bool fresh = empty() || !exchange().request || exchange().response;
  if (!announced_.any || !between_ || !fresh || announced_.request.method.empty()) return;
  const Announced announced = std::move(announced_);
  begin_exchange({announced.request.method, announced.request.target, "HTTP/2"});
  announced_.scheme = announced.scheme;
  if (!dropped_) exchange().request->headers = announced.request.headers;
  end_head();
}

void CurlLog::request_body(std::string_view piece) {
  if (at_ == At::RequestHead) end_head();
  if (empty() || dropped_ || !exchange().request) return;
  append_body(exchange().request->body, exchange().request->body_cut, piece);
}

void CurlLog::response_body(std::string_view piece) {
  if (at_ == At::ResponseHead) end_head();
  if (empty() || dropped_ || !exchange().response) return;
  append_body(exchange().response->body, exchange().response->body_cut, piece);
}

Capture CurlLog::finish() {
  use_announced();
  end_head();
  if (!empty()) {
    for (std::string& text : coming_) {
      if (exchange().remarks.size() < kMaxRemarksOfOne) exchange().remarks.push_back(std::move(text));
    }
  }
  for (const Exchange& one : capture_.exchanges) {
    const std::string_view agent = one.request ? one.request->headers.value("user-agent") : std::string_view();
    if (capture_.tool.empty() && agent.starts_with("curl/")) capture_.tool = agent.substr(0, agent.find(' '));
  }
  return std::move(capture_);
}

}  // namespace quivive::diagnose::readers
