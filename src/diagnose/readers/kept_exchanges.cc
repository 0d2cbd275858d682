#include "diagnose/readers/kept_exchanges.h"

#include "base/text.h"
#include "diagnose/text.h"

#include <algorithm>
#include <array>
#include <functional>
#include <utility>

namespace quivive::diagnose {
namespace {

constexpr std::size_t kErrorBodyRead = 4096;  // authentication errors are short

std::size_t bytes_of(const std::string& text) { return text.capacity() > 15 ? text.capacity() + 16 : 0; }

std::size_t bytes_of(const Headers& headers) {
  std::size_t bytes = 0;
  for (const HeaderField& field : headers.all()) bytes += 2 * sizeof(HeaderField) + bytes_of(field.name) + bytes_of(field.value);
  return bytes;
}

std::size_t bytes_of(const Exchange& exchange) {
  std::size_t bytes =
      sizeof(Exchange) + bytes_of(exchange.connection) + bytes_of(exchange.resource_type) + bytes_of(exchange.server_address);
  for (const std::string& remark : exchange.remarks) bytes += sizeof(std::string) + bytes_of(remark);
  if (const auto& r = exchange.request) {
    bytes += bytes_of(r->method) + bytes_of(r->target) + bytes_of(r->version) + bytes_of(r->headers) + bytes_of(r->body) +
             bytes_of(r->url.userinfo) + bytes_of(r->url.host) + bytes_of(r->url.path) + bytes_of(r->url.query);
  }
  if (const auto& r = exchange.response) bytes += bytes_of(r->reason) + bytes_of(r->version) + bytes_of(r->headers) + bytes_of(r->body);
  return bytes;
}

bool is_refusal(int status) {
  static constexpr auto kStatuses = std::to_array({400, 401, 403, 404, 407, 413, 429, 431});
  return std::find(kStatuses.begin(), kStatuses.end(), status) != kStatuses.end();
}

bool is_login_page(const Exchange& exchange) {
  if (!to_lower(exchange.response->headers.value("content-type")).starts_with("text/html")) return false;
  const std::string& kind = exchange.resource_type;
  const bool by_script = kind == "xhr" || kind == "fetch";
  if (!by_script && exchange.request && exchange.request->headers.value("accept").find("json") == std::string_view::npos) return false;
  static constexpr auto kFields = std::to_array<std::string_view>({"type=\"password\"", "type='password'", "type=password"});
  return contains_any(to_lower(exchange.response->body), kFields);
}

bool is_error_body(const Response& response) {
  static constexpr auto kWords = std::to_array<std::string_view>(
      {"\"ok\":false", "\"ok\": false", "unauthenticated", "unauthorized", "invalid_token", "invalid_auth", "not_authed", "invalid_grant",
       "invalid_client", "token expired", "token_expired", "not authenticated", "access denied", "forbidden"});
  return !response.body.empty() && contains_any(to_lower(std::string_view(response.body).substr(0, kErrorBodyRead)), kWords);
}

// Discovery documents, key sets and token endpoints say what a server expects.
bool is_of_identity(const Url& url) {
  static constexpr auto kParts = std::to_array<std::string_view>({"/.well-known/", "jwks", "/oauth", "/introspect"});
  return contains_any(url.path, kParts) || url.path.ends_with("/token") || url.path.ends_with("/certs");
}

std::size_t hash_of(std::string_view method, const Url& url) { return std::hash<std::string>()(std::string(method) + ' ' + url.text()); }

}  // namespace

KeptExchanges::Interest KeptExchanges::interest_in(const Exchange& exchange) {
  static const Request kNoRequest;
  const Request& request = exchange.request ? *exchange.request : kNoRequest;
  if (!exchange.response) return exchange.remarks.empty() ? Interest::None : Interest::Context;
  const Response& response = *exchange.response;
  const bool preflight = request.method == "OPTIONS";
  const std::size_t same = hash_of(request.method, request.url);
  if (preflight && preflighted_.size() < kAwaitedRequests) preflighted_.insert(hash_of("", request.url));
  if (is_refusal(response.status)) {
    if (refused_.size() < kAwaitedRequests) refused_.insert(same);
    return Interest::Refusal;
  }
  if (is_login_page(exchange) || is_error_body(response)) return Interest::Refusal;
  const bool success_at_last = response.status / 100 == 2 && refused_.erase(same) > 0;
  const bool after_preflight = !preflight && preflighted_.erase(hash_of("", request.url)) > 0;
  const bool redirect = response.status / 100 == 3 && response.status != 304;
  const bool context =
      success_at_last || after_preflight || redirect || preflight || response.headers.has("set-cookie") || is_of_identity(request.url);
  return context ? Interest::Context : Interest::None;
}

void KeptExchanges::add(Exchange exchange) {
  ++total_;
  Kept kept{.exchange = std::move(exchange)};
  kept.interest = interest_in(kept.exchange);
  kept.first = kept.interest != Interest::None && firsts_[static_cast<std::size_t>(kept.interest)]++ < kFirstsKept;
  kept.bytes = bytes_of(kept.exchange);
  bytes_ += kept.bytes;
  kept_.push_back(std::move(kept));
  if (bytes_ > budget_) make_room();
}

void KeptExchanges::make_room() {
  cut_bodies(Interest::None, 0);
  drop(Interest::None);
  cut_bodies(Interest::Context, 1024);
  drop(Interest::Context);
  cut_bodies(Interest::Refusal, 4096);
  drop(Interest::Refusal);
}

void KeptExchanges::cut_bodies(Interest interest, std::size_t limit) {
  const auto cut = [&](std::string& body, bool& was_cut) {
    if (body.size() <= limit) return;
    body.resize(limit);
    body.shrink_to_fit();
    was_cut = true;
  };
  for (Kept& kept : kept_) {
    if (bytes_ <= low_mark()) return;
    if (kept.interest != interest) continue;
    if (kept.exchange.request) cut(kept.exchange.request->body, kept.exchange.request->body_cut);
    if (kept.exchange.response) cut(kept.exchange.response->body, kept.exchange.response->body_cut);
    bytes_ -= kept.bytes;
    kept.bytes = bytes_of(kept.exchange);
    bytes_ += kept.bytes;
  }
}

void KeptExchanges::drop(Interest interest) {
  for (Kept& kept : kept_) {
    if (bytes_ <= low_mark()) break;
    if (kept.interest != interest || kept.first) continue;
    bytes_ -= kept.bytes;
    kept.dropped = true;
  }
  std::erase_if(kept_, [](const Kept& kept) { return kept.dropped; });
}

std::vector<Exchange> KeptExchanges::take() {
  std::vector<Exchange> out;
  out.reserve(kept_.size());
  for (Kept& kept : kept_) out.push_back(std::move(kept.exchange));
  kept_.clear();
  bytes_ = 0;
  return out;
}

}  // namespace quivive::diagnose
