#include "http/url.h"

#include "base/text.h"
#include "http/grammar.h"

#include <algorithm>
#include <charconv>
#include <vector>

namespace quivive::http {
namespace {

// scheme = ALPHA *( ALPHA / DIGIT / "+" / "-" / "." ) (RFC 3986 section 3.1)
bool is_scheme(std::string_view text) {
  const auto alpha = [](char c) { return (c | 0x20) >= 'a' && (c | 0x20) <= 'z'; };
  return !text.empty() && alpha(text.front()) &&
         std::all_of(text.begin(), text.end(), [&](char c) { return alpha(c) || is_digit(c) || c == '+' || c == '-' || c == '.'; });
}

void read_authority(std::string_view authority, Url& url) {
  if (const std::size_t at = authority.rfind('@'); at != std::string_view::npos) {
    url.userinfo = authority.substr(0, at);
    authority.remove_prefix(at + 1);
  }
  const std::size_t bracket = authority.rfind(']');
  const std::size_t colon = authority.rfind(':');
  if (colon != std::string_view::npos && (bracket == std::string_view::npos || colon > bracket)) {
    const std::string_view digits = authority.substr(colon + 1);
    unsigned port = 0;
    const auto [end, fault] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
    if (fault == std::errc() && end == digits.data() + digits.size() && port <= 65535) {
      url.port = static_cast<std::uint16_t>(port);
      authority = authority.substr(0, colon);
    } else if (digits.empty()) {
      authority = authority.substr(0, colon);
    }
  }
  url.host = to_lower(authority);
}

void read_path(std::string_view text, Url& url) {
  text = text.substr(0, text.find('#'));
  const std::size_t mark = text.find('?');
  url.path = text.substr(0, mark);
  if (mark != std::string_view::npos) {
    url.has_query = true;
    url.query = text.substr(mark + 1);
  }
}

}  // namespace

std::string without_dot_segments(std::string_view path) {
  std::vector<std::string_view> kept;
  bool ends_in_slash = false;
  const bool rooted = path.starts_with('/');
  while (!path.empty()) {
    if (path.front() == '/') path.remove_prefix(1);
    const std::size_t end = std::min(path.find('/'), path.size());
    const std::string_view segment = path.substr(0, end);
    path.remove_prefix(end);
    ends_in_slash = segment == "." || segment == "..";
    if (segment == "..") {
      if (!kept.empty()) kept.pop_back();
    } else if (segment != ".") {
      kept.push_back(segment);
    }
  }
  std::string out;
  for (const std::string_view segment : kept) {
    if (!out.empty() || rooted) out += '/';
    out += segment;
  }
  if (ends_in_slash || out.empty()) out += '/';
  return out;
}

std::uint16_t Url::effective_port() const {
  if (port) return *port;
  if (scheme == "https" || scheme == "wss") return 443;
  if (scheme == "http" || scheme == "ws") return 80;
  return 0;
}

std::string Url::origin() const {
  if (host.empty()) return {};
  std::string out = scheme.empty() ? std::string() : scheme + "://";
  out += host;
  Url bare;
  bare.scheme = scheme;
  if (port && *port != bare.effective_port()) out += ':' + std::to_string(*port);
  return out;
}

std::string Url::path_and_query() const {
  std::string out = path;
  if (has_query) out += '?' + query;
  return out;
}

std::string Url::text() const { return origin() + path_and_query(); }

Url parse_url(std::string_view text, bool assume_host) {
  Url url;
  const std::size_t colon = text.find("://");
  if (colon != std::string_view::npos && is_scheme(text.substr(0, colon))) {
    url.scheme = to_lower(text.substr(0, colon));
    text.remove_prefix(colon + 3);
  } else if (text.starts_with("//")) {
    text.remove_prefix(2);
  } else if (!assume_host || text.starts_with('/')) {
    read_path(text, url);
    return url;
  }
  const std::size_t end = std::min(text.find_first_of("/?#\\"), text.size());
  read_authority(text.substr(0, end), url);
  read_path(text.substr(end), url);
  if (url.path.empty()) url.path = "/";
  return url;
}

Url resolve(const Url& base, std::string_view reference) {
  reference = trim_ows(reference);
  Url url = parse_url(reference);
  if (!url.scheme.empty()) return url;
  if (reference.starts_with("//")) {
    url.scheme = base.scheme;
    return url;
  }
  Url out = base;
  out.userinfo.clear();
  if (url.path.empty()) {
    if (url.has_query) {
      out.has_query = true;
      out.query = url.query;
    }
    return out;
  }
  out.has_query = url.has_query;
  out.query = url.query;
  const std::string merged = url.path.starts_with('/') ? url.path : base.path.substr(0, base.path.rfind('/') + 1) + url.path;
  out.path = without_dot_segments(merged);
  return out;
}

bool same_origin(const Url& a, const Url& b) {
  return a.scheme == b.scheme && a.host == b.host && a.effective_port() == b.effective_port();
}

}  // namespace quivive::http
