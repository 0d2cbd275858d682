#pragma once
// What the gateway's own paths, /.quivive/…, are asked and answer.

#include "auth/verdict.h"
#include "http/head.h"
#include "http/target.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace quivive::gateway {

struct OwnRequest {
  const http::RequestHead& head;
  const http::Target& target;
  Instant now;
  std::string_view client;  // its address
  std::string_view body;    // whole
};

// What a request to one of the own paths comes to: `verdict` rejects it, unless it is Allowed. Then `status` and the rest are the answer.
struct OwnAnswer {
  auth::Verdict verdict;
  std::string html;          // one of the login pages, instead of the usual body of a rejection for who wants HTML
  std::string principal;     // for the log: who signed in or out
  std::uint16_t status = 200;
  std::string_view content_type{};  // static text; "" for no body
  std::string fields;        // whole lines: Set-Cookie, Location
  std::string body;
  std::string_view cache_control = "no-store";  // static text
  // Refused in the words of another standard, which `status` and the rest are; for the log, the metrics and `explain`.
  std::optional<auth::Verdict> refusal;
};

inline constexpr std::size_t kOwnBodyBytes = 16 * 1024;

[[nodiscard]] inline OwnAnswer rejected(auth::Verdict verdict) {
  OwnAnswer out;
  out.verdict = std::move(verdict);
  return out;
}

[[nodiscard]] inline OwnAnswer answered(std::uint16_t status) {
  OwnAnswer out;
  out.verdict.reason = Reason::Allowed;
  out.status = status;
  return out;
}

[[nodiscard]] inline OwnAnswer page(std::string html) {
  OwnAnswer out = answered(200);
  out.content_type = "text/html; charset=utf-8";
  out.body = std::move(html);
  return out;
}

}  // namespace quivive::gateway
