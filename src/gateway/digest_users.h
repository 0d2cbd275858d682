#pragma once
// Digest users whom a configuration knows no more: their secrets were made with the password, for the realms and algorithms of that time.

#include "config/config.h"

#include <functional>
#include <string>
#include <vector>

namespace quivive::gateway {

// How many users have Digest secrets, and none for that realm and hash.
using CountWithoutDigest = std::function<Result<std::size_t>(std::string_view realm, crypto::HashKind hash)>;

// A warning for each realm and algorithm that a route offers and some users lack. What cannot be counted is not told of.
[[nodiscard]] std::vector<std::string> warn_of_digest_users(const config::Config& config, const CountWithoutDigest& count);

}  // namespace quivive::gateway
