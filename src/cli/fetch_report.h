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

// `text` without any of these, wherever they stand. The diagnosis takes out what it knows for a credential; this is for what it cannot know: a
// key in a field of any name, what a server repeats. A secret that has spaces is taken out by its words too, since lines are wrapped between them.
[[nodiscard]] std::string without_secrets(std::string_view text, const std::vector<Secret>& secrets);

}  // namespace quivive::cli
