#include "cli/fetch_report.h"

#include "cli/input_line.h"
#include "diagnose/diagnosis.h"
#include "diagnose/redact.h"
#include "diagnose/render_text.h"

#include <algorithm>

namespace quivive::cli {
namespace {

constexpr std::size_t kShortestWord = 8;  // of a secret with spaces; shorter ones would blot out ordinary words

}  // namespace

void WireRecord::add(net::TransferEvent event, std::string_view bytes) {
  switch (event) {
    case net::TransferEvent::Info: log_.info(without_line_end(bytes)); break;
    case net::TransferEvent::HeaderOut:
      while (!bytes.empty()) {  // the whole head at once
        const std::string_view line = bytes.substr(0, std::min(bytes.find('\n'), bytes.size() - 1) + 1);
        bytes.remove_prefix(line.size());
        (void)log_.request_line(without_line_end(line));
      }
      break;
    case net::TransferEvent::DataOut: log_.request_body(bytes); break;
    case net::TransferEvent::HeaderIn: (void)log_.response_line(without_line_end(bytes)); break;
    case net::TransferEvent::DataIn: log_.response_body(bytes); break;
  }
}

std::string WireRecord::diagnose(const diagnose::Expectations& expected) {
  const diagnose::Capture capture = log_.finish();
  const diagnose::Diagnosis diagnosis = diagnose::diagnose(capture, expected);
  return diagnosis.verdict ? diagnose::render_text(capture, diagnosis) : "";
}

std::string without_secrets(std::string_view text, const std::vector<Secret>& secrets) {
  diagnose::Secrets known;
  const auto add = [&](std::string_view one, std::size_t shortest) {
    if (one.size() >= shortest) known.known.push_back({std::string(one), true});
  };
  for (const Secret& secret : secrets) {
    const std::string_view whole = secret.reveal(RevealSecret{});
    add(whole, diagnose::kShortestSecret);
    for (std::size_t at = 0; at < whole.size();) {
      const std::size_t end = std::min(whole.find(' ', at), whole.size());
      add(whole.substr(at, end - at), kShortestWord);
      at = end + 1;
    }
  }
  return diagnose::Redactor(std::move(known))(text);
}

}  // namespace quivive::cli
