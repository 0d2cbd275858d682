#pragma once
// `quivive why` that asks the server itself: a URL or a curl command performed with libcurl, and read like curl's own output.

#include "cli/command.h"
#include "diagnose/capture.h"
#include "net/transfer.h"

namespace quivive::cli {

// What curl would do for that command, read by diagnose::read_curl_words. The Failure names the option that cannot be
// performed here. Files that the command names (@file) are read.
[[nodiscard]] Result<net::TransferPlan, Failure> plan_of(const diagnose::Capture& command);

struct Performed {
  diagnose::Capture capture;  // every exchange, redirects and proxies included, and the command itself
  std::string notice;         // why a redirect was not followed, one line; "" where none was held back
};
// Performs it. Credentials go to the URL's own origin only: a redirect elsewhere is followed where curl leaves them behind, and
// not where it would take them along. A Failure only where no response came at all.
[[nodiscard]] Result<Performed, Failure> perform(net::TransferPlan plan, const diagnose::Capture& command);

}  // namespace quivive::cli
