#include "diagnose/readers/http_source.h"

#include "base/text.h"
#include "diagnose/readers/placeholders.h"
#include "diagnose/readers/word_remarks.h"
#include "diagnose/text.h"

#include <algorithm>

namespace quivive::diagnose::readers {
namespace {

constexpr std::size_t kMaxVariables = 200, kMaxValue = 16 * 1024, kMaxSubstituted = 1024 * 1024;

std::string with_variables(std::string_view text, const std::map<std::string, std::string, std::less<>>& variables,
                           std::size_t& substituted) {
  std::string out;
  while (substituted < kMaxSubstituted) {
    const std::size_t open = text.find("{{");
    const std::size_t close = open == kNone ? kNone : text.substr(0, std::min(text.size(), open + 128)).find("}}", open);
    if (close == kNone) break;
    const auto found = variables.find(trim_ows(text.substr(open + 2, close - open - 2)));
    out += text.substr(0, open);
    if (found != variables.end()) substituted += found->second.size() + 1;
    out += found == variables.end() ? text.substr(open, close + 2 - open) : std::string_view(found->second);
    text.remove_prefix(close + 2);
  }
  return out.append(text);
}

}  // namespace

void HttpSource::line(std::string_view line) {
  const std::size_t equals = line.find('=');
  if (!line.starts_with('@') || equals == kNone || variables_.size() >= kMaxVariables || line.size() > kMaxValue) return;
  written_ = true;
  variables_[std::string(trim_ows(line.substr(1, equals - 1)))] = trim_ows(line.substr(equals + 1));
}

void HttpSource::substitute(Request& request) {
  if (variables_.empty()) return;
  request.target = with_variables(request.target, variables_, substituted_);
  Headers headers;
  for (const HeaderField& field : request.headers.all()) headers.add(field.name, with_variables(field.value, variables_, substituted_));
  request.headers = std::move(headers);
}

void HttpSource::finish(Capture& capture) const {
  const bool answered =
      std::any_of(capture.exchanges.begin(), capture.exchanges.end(), [](const Exchange& e) { return e.response.has_value(); });
  if (answered) return;
  const auto remark = [&](std::size_t exchange, std::string_view part, std::string_view name, std::string_view text) {
    for (const std::string_view placeholder : find_placeholders(text, part == "request.body")) {
      remark_text(capture, SourceRemark::Kind::Placeholder, {exchange, std::string(part), std::string(name)}, placeholder);
    }
  };
  for (const Exchange& exchange : capture.exchanges) {
    if (!exchange.request) continue;
    remark(exchange.index, "request.url", "", exchange.request->url.text());
    for (const HeaderField& field : exchange.request->headers.all())
      remark(exchange.index, "request.header", trim_ows(field.name), field.value);
    remark(exchange.index, "request.body", "", exchange.request->body);
  }
  capture.is_source = written_ || !capture.remarks.empty();
}

}  // namespace quivive::diagnose::readers
