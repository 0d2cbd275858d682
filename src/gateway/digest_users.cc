#include "gateway/digest_users.h"

#include "base/text.h"
#include "digest/algorithm.h"

#include <fmt/format.h>

#include <set>

namespace quivive::gateway {

std::vector<std::string> warn_of_digest_users(const config::Config& config, const CountWithoutDigest& count) {
  std::vector<std::string> out;
  if (!config.accept.digest) return out;
  std::set<std::pair<std::string_view, crypto::HashKind>> asked;
  for (const config::Route& route : config.routes) {
    if (!route.takes(config::Scheme::Digest)) continue;
    for (const digest::DigestAlgorithm algorithm : config.accept.digest->algorithms) {
      const crypto::HashKind hash = digest::info(algorithm).hash;  // `-sess` starts from the same secret
      if (!asked.emplace(route.realm, hash).second) continue;
      const auto users = count(route.realm, hash);
      if (!users || *users == 0) continue;
      out.push_back(fmt::format("{} no Digest secret for realm {} and {}, and {} refused there: quivive user passwd NAME --digest",
                                *users == 1 ? "1 user has" : fmt::format("{} users have", *users), printable(route.realm), digest::name_of(hash),
                                *users == 1 ? "is" : "are"));
    }
  }
  return out;
}

}  // namespace quivive::gateway
