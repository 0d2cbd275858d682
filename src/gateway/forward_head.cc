#include "gateway/forward_head.h"

#include "base/text.h"
#include "http/connection_options.h"
#include "http/cookie.h"
#include "http/field_line.h"
#include "http/query.h"

#include <algorithm>
#include <charconv>

namespace quivive::gateway {
namespace {

using http::add_field_line;
using http::FieldId;

void number(std::string& out, std::uint64_t n) {
  char buffer[24];
  const auto end = std::to_chars(buffer, buffer + sizeof buffer, n).ptr;
  out.append(buffer, end);
}

// Fields that the gateway writes itself, whatever came in.
bool rewritten(FieldId id) {
  switch (id) {
    case FieldId::Host:
    case FieldId::ContentLength:
    case FieldId::Expect:  // answered here, after the verdict
    case FieldId::Forwarded:
    case FieldId::XForwardedFor:
    case FieldId::XForwardedHost:
    case FieldId::XForwardedProto:
    case FieldId::XRealIp:
    case FieldId::XRequestId: return true;
    default: return false;
  }
}

// Other cookies are left as they came, unless one of ours stood among them.
void append_cookie_line(std::string& out, const http::Field& field, std::span<const std::string> without) {
  std::string value;
  bool changed = false;
  for (const std::string& name : without) {
    if (http::find_cookie({&field, 1}, name).count == 0) continue;
    std::string rest;
    http::append_cookies_without(rest, changed ? std::string_view(value) : field.value, name);
    value = std::move(rest);
    changed = true;
  }
  if (!changed) return add_field_line(out, field.name, field.value);
  if (!value.empty()) add_field_line(out, "Cookie", value);
}

// Threat: an upstream that is trusted less than the gateway, and signs its visitors in as somebody of its choice.
bool sets_own_cookie(const http::Field& field, std::span<const std::string> own) {
  if (own.empty() || !iequals(field.name, "Set-Cookie")) return false;
  std::string_view pair = field.value;
  if (pair.starts_with('=')) pair.remove_prefix(1);  // without a name; some browsers send back what follows as if it were name=value
  const std::string_view name = trim_ows(pair.substr(0, pair.find('=')));
  return std::ranges::find(own, name) != own.end();
}

void append_target(std::string& out, const ForwardRequest& r) {
  if (r.drop_query.empty() || !r.target.has_query) return http::append_origin_form(out, r.target);
  out += r.target.path;
  const std::size_t mark = out.size();
  out += '?';
  const std::size_t dropped = http::append_query_without(out, r.target.query, r.drop_query);
  if (dropped > 0 && out.size() == mark + 1) out.pop_back();
}

}  // namespace

void append_upstream_head(std::string& out, const ForwardRequest& r) {
  out += r.head.method;
  out += ' ';
  append_target(out, r);
  out += " HTTP/1.1\r\n";
  add_field_line(out, "Host", r.forwarded_host.empty() ? r.upstream_host : r.forwarded_host);
  const http::ConnectionOptions options(r.head.fields.view());
  for (const http::Field& field : r.head.fields.view()) {
    if (rewritten(field.id)) continue;
    if (field.id == FieldId::Authorization && r.drop_authorization) continue;
    if (!r.drop_header.empty() && http::same_folded_name(field.name, r.drop_header)) continue;
    if (!r.proxy_is_trusted && http::is_said_by_proxies(field)) continue;
    // Threat: a POST that a route admits and the upstream takes for the DELETE that it does not. From proxies too, which pass on a client's.
    if (r.methods_decide && http::is_method_override(field)) continue;
    if (http::classify_for_upstream(field, options, r.protected_names) == http::FieldAction::Drop) continue;
    if (field.id == FieldId::Cookie && !r.own_cookies.empty()) append_cookie_line(out, field, r.own_cookies);
    else add_field_line(out, field.name, field.value);
  }
  if (r.head.body == http::Body::Length) {
    out += "Content-Length: ";
    number(out, r.head.content_length);
    out += "\r\n";
  } else if (r.head.body == http::Body::Chunked) {
    out += "Transfer-Encoding: chunked\r\n";
  }
  out += "X-Forwarded-For: ";
  if (!r.forwarded_for.empty()) {
    out += r.forwarded_for;
    out += ", ";
  }
  out += r.client_address;
  out += "\r\n";
  add_field_line(out, "X-Forwarded-Proto", r.forwarded_proto);
  if (!r.forwarded_host.empty()) add_field_line(out, "X-Forwarded-Host", r.forwarded_host);
  add_field_line(out, "X-Request-Id", r.request_id);
  out += r.identity;
  // Only websocket is ever passed on: an h2c upgrade would open a tunnel past every check (CVE-2026-88008).
  if (r.websocket) out += "Connection: Upgrade\r\nUpgrade: websocket\r\n";
  out += "\r\n";
}

void append_client_head(std::string& out, const ForwardResponse& r) {
  out += "HTTP/1.1 ";
  number(out, r.head.status);
  out += ' ';
  out += r.head.reason_phrase;
  out += "\r\n";
  const http::ConnectionOptions options(r.head.fields.view());
  bool dated = false, cacheable_by_all = r.for_one_client;
  for (const http::Field& field : r.head.fields.view()) {
    if (field.id == FieldId::XRequestId) continue;
    if (!r.authentication_info.empty() && iequals(field.name, "Authentication-Info")) continue;
    // With HEAD and 304 Content-Length describes the body that is not sent; otherwise the framing is ours to say.
    if (field.id == FieldId::ContentLength && (r.chunked_out || r.head.status == 204 || r.websocket)) continue;
    if (http::classify_for_client(field, options) == http::FieldAction::Drop) continue;
    if (sets_own_cookie(field, r.own_cookies)) continue;
    dated |= field.id == FieldId::Date;
    if (cacheable_by_all && iequals(field.name, "Cache-Control")) cacheable_by_all = false;
    add_field_line(out, field.name, field.value);
  }
  if (!dated) add_field_line(out, "Date", r.date);
  if (cacheable_by_all) out += "Cache-Control: private\r\n";
  add_field_line(out, "X-Request-Id", r.request_id);
  if (!r.authentication_info.empty()) add_field_line(out, "Authentication-Info", r.authentication_info);
  if (r.websocket) {
    out += "Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n";
    return;
  }
  if (r.chunked_out) out += "Transfer-Encoding: chunked\r\n";
  if (r.close) {
    out += "Connection: close\r\n";
  } else if (r.client_is_1_0) {
    out += "Connection: keep-alive\r\n";
  }
  out += "\r\n";
}

}  // namespace quivive::gateway
