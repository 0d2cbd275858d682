#include "diagnose/readers/har_entry.h"

#include "base/text.h"
#include "diagnose/readers/body_text.h"
#include "http/date.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <tuple>
#include <utility>

namespace quivive::diagnose::har {
namespace {

// Whatever recorders call it: "http/2.0", "HTTP/2", "h2", "h3-29"; "" for "unknown" and the like.
std::string version_of(std::string_view text) {
  const std::string lower = to_lower(text);
  if (lower == "http/1.1" || lower == "http/1.0" || lower == "http/0.9") return "HTTP/" + lower.substr(5);
  if (lower == "h2" || lower == "h2c" || lower.starts_with("http/2")) return "HTTP/2";
  if (lower.starts_with("h3") || lower.starts_with("http/3") || lower.starts_with("http/2+quic")) return "HTTP/3";
  return {};
}

std::string joined(const std::vector<HeaderField>& pairs) {
  std::string out;
  for (const HeaderField& pair : pairs) {
    if (!out.empty()) out += '&';
    append_form_encoded(out, pair.name);
    out += '=';
    append_form_encoded(out, pair.value);
  }
  return out;
}

// A data: URL is the resource itself.
std::string_view without_data(std::string_view url) { return url.starts_with("data:") ? url.substr(0, url.find(',')) : url; }

std::string cookie_field(const std::vector<Cookie>& cookies) {
  std::string out;
  for (const Cookie& cookie : cookies) {
    if (!out.empty()) out += "; ";
    out += cookie.name + '=' + cookie.value;
  }
  return out;
}

std::string set_cookie_field(const Cookie& cookie) {
  std::string out = cookie.name + '=' + cookie.value;
  if (!cookie.path.empty()) out += "; Path=" + cookie.path;
  if (!cookie.domain.empty()) out += "; Domain=" + cookie.domain;
  if (const auto expires = parse_started(cookie.expires)) {
    out += "; Expires=";
    http::append_http_date(out, *expires);
  } else if (!cookie.expires.empty()) {
    out += "; Expires=" + cookie.expires;
  }
  if (cookie.secure) out += "; Secure";
  if (cookie.http_only) out += "; HttpOnly";
  if (!cookie.same_site.empty()) out += "; SameSite=" + cookie.same_site;
  return out;
}

// Pseudo-fields of HTTP/2 and 3 (RFC 9113 section 8.3), which some recorders list among the fields.
struct Pseudo {
  std::string_view scheme, authority, path;
};
Pseudo pseudo_fields(const std::vector<HeaderField>& fields) {
  Pseudo out;
  for (const HeaderField& field : fields) {
    if (field.name == ":scheme") out.scheme = field.value;
    if (field.name == ":authority") out.authority = field.value;
    if (field.name == ":path") out.path = field.value;
  }
  return out;
}
bool is_pseudo(const HeaderField& field) { return field.name.starts_with(':'); }

Url url_of(const Entry& entry, const Pseudo& pseudo) {
  std::string text(without_data(entry.url));
  if (text.empty() && !pseudo.authority.empty()) {
    text = std::string(pseudo.scheme.empty() ? "https" : pseudo.scheme) + "://" + std::string(pseudo.authority) + std::string(pseudo.path);
  }
  Url url = parse_url(text, iequals(entry.method, "CONNECT"));
  // Recorders of single requests keep the query apart.
  if (!url.has_query && !entry.query.empty() && !entry.url.starts_with("data:")) {
    url.query = joined(entry.query);
    url.has_query = true;
  }
  return url;
}

void read_request(Entry& entry, Exchange& exchange) {
  Request& request = exchange.request.emplace();
  const Pseudo pseudo = pseudo_fields(entry.request_headers);
  request.url = url_of(entry, pseudo);
  request.target = pseudo.path;
  request.method = std::move(entry.method);
  request.version = version_of(entry.request_version);
  const std::string authority(pseudo.authority);
  for (HeaderField& field : entry.request_headers) {
    if (!is_pseudo(field)) request.headers.add(std::move(field.name), std::move(field.value));
  }
  if (!authority.empty() && !request.headers.has("host")) {
    Url named = parse_url("//" + authority);
    named.scheme = request.url.scheme;
    if (!same_origin(named, request.url)) request.headers.add("host", authority);  // another host than the URL says
  }
  if (!entry.request_cookies.empty() && !request.headers.has("cookie")) request.headers.add("Cookie", cookie_field(entry.request_cookies));
  if (entry.post.text.empty() && !entry.params.empty()) entry.post.text = joined(entry.params);
  if (!entry.post.text.empty() && !entry.post_mime_type.empty() && !request.headers.has("content-type")) {
    request.headers.add("Content-Type", std::move(entry.post_mime_type));
  }
  std::tie(request.body, request.body_cut) = kept_body(entry.post.text, entry.post.cut);
  exchange.to_proxy = request.method == "CONNECT";
}

void read_response(Entry& entry, Exchange& exchange) {
  if (!entry.failure.empty()) exchange.remarks.push_back(std::move(entry.failure));
  // 0: there was none, or the browser did not let the page see it.
  if (entry.status <= 0 && std::all_of(entry.response_headers.begin(), entry.response_headers.end(), is_pseudo)) return;
  Response& response = exchange.response.emplace();
  response.status = std::max(entry.status, 0);
  response.reason = std::move(entry.status_text);
  response.version = version_of(entry.response_version);
  for (const HeaderField& field : entry.response_headers) {
    if (is_pseudo(field)) continue;
    // Lines of one name may be written as one, with line feeds between; no field value can hold one (RFC 9110 section 5.5).
    for (std::string_view rest = field.value;;) {
      const std::size_t end = rest.find('\n');
      response.headers.add(field.name, std::string(rest.substr(0, end)));
      if (end == std::string_view::npos) break;
      rest.remove_prefix(end + 1);
    }
  }
  if (!response.headers.has("set-cookie")) {
    for (const Cookie& cookie : entry.response_cookies) response.headers.add("Set-Cookie", set_cookie_field(cookie));
  }
  if (response.status / 100 == 3 && !entry.redirect_url.empty() && !response.headers.has("location")) {
    response.headers.add("Location", std::move(entry.redirect_url));
  }
  if (!iequals(entry.encoding, "base64")) {
    std::tie(response.body, response.body_cut) = kept_body(entry.content.text, entry.content.cut);
    return;
  }
  const std::string_view type =
      response.headers.has("content-type") ? response.headers.value("content-type") : std::string_view(entry.mime_type);
  if (!is_text_type(type)) {
    response.body_cut = !entry.content.text.empty();
  } else if (auto decoded = decode_base64_loosely(entry.content.text, entry.content.cut)) {
    std::tie(response.body, response.body_cut) = kept_body(*decoded, entry.content.cut);
  } else {
    std::tie(response.body, response.body_cut) = kept_body(entry.content.text, entry.content.cut);
  }
}

std::string resource_type_of(const Entry& entry, const Exchange& exchange) {
  if (!entry.resource_type.empty()) return to_lower(entry.resource_type);
  if (!exchange.request) return {};
  const Request& request = *exchange.request;
  if (request.method == "OPTIONS" && request.headers.has("access-control-request-method")) return "preflight";
  // Fetch Metadata says the same; "empty" is any request of a script.
  const std::string_view destination = request.headers.value("sec-fetch-dest");
  return destination == "empty" ? std::string("fetch") : std::string(destination);
}

}  // namespace

Exchange to_exchange(Entry&& entry, std::size_t index) {
  Exchange exchange;
  exchange.index = index;
  exchange.started = parse_started(entry.started);
  if (entry.has_request) read_request(entry, exchange);
  if (entry.has_response) read_response(entry, exchange);
  exchange.resource_type = resource_type_of(entry, exchange);
  exchange.connection = std::move(entry.connection);
  exchange.server_address = std::move(entry.server_address);
  return exchange;
}

bool shows_credentials(const Entry& entry) {
  const auto named = [](const std::vector<HeaderField>& fields, std::string_view name) {
    return std::any_of(fields.begin(), fields.end(), [&](const HeaderField& field) { return iequals(trim_ows(field.name), name); });
  };
  return !entry.request_cookies.empty() || !entry.response_cookies.empty() || named(entry.request_headers, "authorization") ||
         named(entry.request_headers, "cookie") || named(entry.response_headers, "set-cookie");
}

std::optional<Instant> parse_started(std::string_view text) {
  const auto number = [&](std::size_t digits) -> int {
    int value = 0;
    const auto [end, fault] = std::from_chars(text.data(), text.data() + std::min(digits, text.size()), value);
    if (fault != std::errc() || end != text.data() + digits) return -1;
    text.remove_prefix(digits);
    return value;
  };
  const auto skip = [&](std::string_view any) {
    if (text.empty() || any.find(text.front()) == std::string_view::npos) return false;
    text.remove_prefix(1);
    return true;
  };
  const int year = number(4);
  if (!skip("-")) return std::nullopt;
  const int month = number(2);
  if (!skip("-")) return std::nullopt;
  const int day = number(2);
  if (!skip("Tt ")) return std::nullopt;
  const int hour = number(2);
  if (!skip(":")) return std::nullopt;
  const int minute = number(2);
  const int second = skip(":") ? number(2) : 0;
  if (year < 1 || year > 9998 || month < 1 || day < 1 || hour < 0 || hour > 24 || minute < 0 || minute > 59 || second < 0 || second > 60)
    return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day))};
  if (!date.ok()) return std::nullopt;
  int thousandths = 0;
  if (skip(".,")) {
    int unit = 100;
    while (!text.empty() && text.front() >= '0' && text.front() <= '9') {
      thousandths += (text.front() - '0') * unit;
      unit /= 10;
      text.remove_prefix(1);
    }
  }
  int offset = 0;
  if (!skip("Zz")) {
    const bool east = text.starts_with('+');
    if (!skip("+-")) return std::nullopt;
    const int hours = number(2);
    skip(":");
    const int minutes = text.empty() ? 0 : number(2);
    if (hours < 0 || hours > 14 || minutes < 0 || minutes > 59) return std::nullopt;
    offset = (hours * 60 + minutes) * (east ? 1 : -1);
  }
  if (!text.empty()) return std::nullopt;
  using namespace std::chrono;
  return Instant(sys_days(date)) + hours(hour) + std::chrono::minutes(minute - offset) + seconds(second) + milliseconds(thousandths);
}

}  // namespace quivive::diagnose::har
