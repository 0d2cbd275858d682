#pragma once
// What `quivive fetch` says about a call that was refused: what `quivive why` would say of its exchanges.

#include "cli/command.h"
#include "diagnose/expectations.h"
#include "diagnose/readers/curl_log.h"
#include "net/transfer.h"

#include <string>
#include <string_view>
#include <vector>

namespace quivive::cli {

// The exchanges of one call, as they go over the wire.
class WireRecord {
 public:
  void add(net::TransferEvent event, std::string_view bytes);
  // The diagnosis as text; "" where no fault is found. This object is used up.
  [[nodiscard]] std::string diagnose(const diagnose::Expectations& expected);

 private:
  diagnose::readers::CurlLog log_{diagnose::Format::Curl};
};

// A sentence of ours without any of these where it repeats what was sent or answered; a word that the sentence itself needs stays, since the gap
// would tell it.
[[nodiscard]] std::string without_secrets(std::string_view text, const std::vector<Secret>& secrets);

}  // namespace quivive::cli
