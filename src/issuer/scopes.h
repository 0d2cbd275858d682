#pragma once
// Which scopes a request gets (RFC 6749 section 3.3).

#include "issuer/oauth_error.h"

#include <string>
#include <string_view>
#include <vector>

namespace quivive::issuer {

// Those that `wanted` lists, each once, in its order; all of `most` where it lists none. InvalidScope for one that is not in `most`: to
// leave it out silently would be an answer that the client did not ask for.
[[nodiscard]] Result<std::vector<std::string>, Refusal> grant_scopes(std::string_view wanted, const std::vector<std::string>& most);

[[nodiscard]] bool has_scope(const std::vector<std::string>& scopes, std::string_view scope);

}  // namespace quivive::issuer
