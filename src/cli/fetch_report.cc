#include "cli/fetch_report.h"

#include "cli/input_line.h"
#include "diagnose/diagnosis.h"
#include "diagnose/redact.h"
#include "diagnose/render_text.h"

#include <algorithm>

namespace quivive::cli {
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
  return diagnose::Redactor(diagnose::given_secrets(secrets)).prose(text);
}

}  // namespace quivive::cli
