#pragma once
// A Digest client may send a hash in place of the user's name (`userhash`, RFC 7616 section 3.4.4), and what it gets wrong is counted
// under that, so that nobody is told which users there are. Here for the operator, who knows them by name.

#include "store/ports.h"

#include <string>
#include <string_view>
#include <vector>

namespace quivive::gateway {

// `name`, and the hashes of it that the store has: one for each realm and algorithm. All that the user can be counted under.
[[nodiscard]] Result<std::vector<std::string>> names_of(store::UserStore& users, const std::string& name);

// Whose name has this hash; "" where nobody's has, where it is no hash at all, or the store cannot be asked.
[[nodiscard]] std::string user_behind(store::UserStore& users, std::string_view hash);

}  // namespace quivive::gateway
