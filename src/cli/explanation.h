#pragma once
// What the admin listener of a running gateway says about one rejection, as gateway/explain.h writes it.

#include "base/json.h"
#include "cli/command.h"

#include <cstddef>
#include <string>
#include <string_view>

namespace quivive::cli {

// Letters, digits, '.', '_' and '-', not too many; whatever else a response calls X-Request-Id is none of ours.
inline constexpr std::size_t kMaxRequestId = 64;
[[nodiscard]] bool is_request_id(std::string_view id);

struct Explanation {
  std::string text;  // the JSON as it came
  JsonObject object;
};
// `admin` is an address, host:port. kNo: no such rejection is remembered. kFailed: no admin listener answers there.
[[nodiscard]] Result<Explanation, Failure> fetch_explanation(const std::string& admin, const std::string& id);

}  // namespace quivive::cli
