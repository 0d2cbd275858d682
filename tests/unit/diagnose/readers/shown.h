#pragma once
// A capture as text, for tables of tests: one line an exchange.
//   GET https://h/p {Name: value}{…} "body" -> 401 {…} "body"

#include "diagnose/reader.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace quivive::diagnose {

inline std::string shown_fields(const Headers& headers) {
  std::string out;
  for (const HeaderField& field : headers.all()) out += " {" + field.name + ": " + field.value + "}";
  return out;
}

inline std::string shown(const Request& request) {
  std::string out = request.method + " " + (request.url.userinfo.empty() ? "" : "(" + request.url.userinfo + ")") + request.url.text();
  out += shown_fields(request.headers);
  if (!request.body.empty()) out += " \"" + request.body + "\"";
  return out;
}

inline std::string shown(const Response& response) {
  std::string out = std::to_string(response.status) + shown_fields(response.headers);
  if (!response.body.empty()) out += " \"" + response.body + "\"";
  return out;
}

inline std::string shown(const Exchange& exchange) {
  std::string out = exchange.request ? shown(*exchange.request) : "?";
  if (exchange.to_proxy) out = "proxy " + out;
  if (exchange.response) out += " -> " + shown(*exchange.response);
  return out;
}

inline std::string shown(const Capture& capture) {
  std::string out;
  for (const Exchange& exchange : capture.exchanges) out += (out.empty() ? "" : "\n") + shown(exchange);
  return out;
}

inline std::string shown(const Read& read) {
  if (read) return shown(*read);
  return fmt::format("line {} offset {}: {}", read.error().line, read.error().offset, read.error().message);
}

inline std::string shown_remarks(const Capture& capture) {
  static constexpr std::string_view kKinds[] = {"Placeholder", "MaybePlaceholder", "SingleQuotedVariable", "ShellExpands", "BareWord", "Background", "DisabledItem"};
  std::string out;
  for (const SourceRemark& remark : capture.remarks) {
    if (!out.empty()) out += '\n';
    out += fmt::format("{} {} {}{}{}: {}", kKinds[static_cast<std::size_t>(remark.kind)], remark.exchange, remark.part, remark.name.empty() ? "" : " ", remark.name, remark.text);
  }
  return out;
}

}  // namespace quivive::diagnose

// A namespace of its own, and of the tests that use its Row: others have a Row as well.
namespace quivive::diagnose::readings {

struct Row {
  std::string_view text, expected;  // expected: as shown
};

}  // namespace quivive::diagnose::readings
