#pragma once
// A capture as text, one thing a line: to compare captures, and to state what a test expects.

#include "diagnose/capture.h"

#include <fmt/format.h>

#include <string>

namespace quivive::diagnose {

inline std::string dump(const Headers& headers, std::string_view mark) {
  std::string out;
  for (const HeaderField& field : headers.all()) out += fmt::format("{} {}: {}\n", mark, field.name, field.value);
  return out;
}

inline std::string dump(const Exchange& exchange) {
  std::string out;
  if (const auto& r = exchange.request) {
    out += fmt::format("> {} {}{}{}\n", r->method, r->url.userinfo.empty() ? "" : r->url.userinfo + "@ ", r->url.text(),
                       r->version.empty() ? "" : ' ' + r->version);
    if (!r->target.empty()) out += "> target " + r->target + '\n';
    out += dump(r->headers, ">");
    if (!r->body.empty() || r->body_cut) out += fmt::format(">> {}{}\n", r->body, r->body_cut ? " (cut)" : "");
  }
  if (const auto& r = exchange.response) {
    out += fmt::format("< {}{}{}\n", r->status, r->reason.empty() ? "" : ' ' + r->reason, r->version.empty() ? "" : ' ' + r->version);
    out += dump(r->headers, "<");
    if (!r->body.empty() || r->body_cut) out += fmt::format("<< {}{}\n", r->body, r->body_cut ? " (cut)" : "");
  }
  for (const std::string& remark : exchange.remarks) out += "* " + remark + '\n';
  return out;
}

inline std::string dump(const Capture& capture) {
  static constexpr std::string_view kKinds[] = {"placeholder", "maybe-placeholder", "single-quoted", "shell-expands", "bare-word", "background", "disabled"};
  std::string out = fmt::format("{} \"{}\" {} of {}{}{}\n", name_of(capture.format), capture.tool, capture.exchanges.size(), capture.total,
                                capture.credentials_hidden ? " hidden" : "", capture.is_source ? " source" : "");
  for (const Exchange& exchange : capture.exchanges) {
    out += fmt::format("#{} {} {} {} {}{}\n", exchange.index, exchange.resource_type, exchange.connection, exchange.server_address,
                       exchange.started ? exchange.started->time_since_epoch().count() : 0, exchange.to_proxy ? " proxy" : "");
    out += dump(exchange);
  }
  for (const SourceRemark& remark : capture.remarks) {
    out += fmt::format("! {} #{} {} {} {}\n", kKinds[static_cast<std::size_t>(remark.kind)], remark.exchange, remark.part, remark.name, remark.text);
  }
  for (const DeclaredAuth& declared : capture.declared) {
    out += fmt::format("@ #{} {}", declared.exchange, declared.type);
    for (const HeaderField& param : declared.params) out += fmt::format(" {}={}", param.name, param.value);
    out += '\n';
  }
  return out;
}

}  // namespace quivive::diagnose
