#include "gateway/user_hashes.h"

#include "base/base64.h"

#include <algorithm>

namespace quivive::gateway {

Result<std::vector<std::string>> names_of(store::UserStore& users, const std::string& name) {
  std::vector<std::string> out = {name};
  const auto user = users.find_user(name);
  if (!user) return user.error();
  if (!*user) return out;
  for (const store::DigestSecret& digest : (*user)->digests) {
    if (std::ranges::find(out, digest.user_hash) == out.end()) out.push_back(digest.user_hash);
  }
  return out;
}

std::string user_behind(store::UserStore& users, std::string_view hash) {
  const bool has_size = hash.size() == 2 * crypto::digest_size(crypto::HashKind::Md5) || hash.size() == 2 * crypto::digest_size(crypto::HashKind::Sha256);
  if (!has_size || !hex_decode(hash)) return {};
  const auto user = users.find_user_by_hash(hash);
  return user && *user ? (*user)->name : std::string();
}

}  // namespace quivive::gateway
