#include "auth/principal.h"

#include <algorithm>
#include <cstring>
#include <new>

namespace quivive::auth {
namespace {

std::size_t size_of(std::span<const std::string_view> words) {
  std::size_t size = 0;
  for (const std::string_view word : words) size += word.size();
  return size;
}

// What a value takes beyond itself, roughly.
std::size_t heap_size(const Json& value) {
  std::size_t size = sizeof(Json);
  if (value.is_string()) size += value.get_string().capacity();
  if (value.is_array()) {
    for (const Json& item : value.get_array()) size += heap_size(item);
  }
  if (value.is_object()) {
    for (const auto& entry : value.get_object()) size += entry.key().size() + sizeof entry + heap_size(entry.value());
  }
  return size;
}

}  // namespace

Principal::Principal(Voucher, const IdentityView& identity, Basis basis, std::vector<KeptClaim> claims,
                     std::pmr::memory_resource* memory)
    : identity_(identity), block_(memory), claims_(std::move(claims)), basis_(std::move(basis)) {
  const std::size_t words = identity.scopes.size() + identity.roles.size();
  const std::size_t size = words * sizeof(std::string_view) + identity.subject.size() + identity.issuer.size() +
                           identity.key_id.size() + identity.token_id.size() + size_of(identity.scopes) +
                           size_of(identity.roles);
  static_assert(alignof(std::string_view) <= alignof(std::uint64_t));
  block_.resize((size + sizeof(std::uint64_t) - 1) / sizeof(std::uint64_t));
  auto* const views = reinterpret_cast<std::string_view*>(block_.data());
  char* text = reinterpret_cast<char*>(block_.data()) + words * sizeof(std::string_view);
  const auto keep = [&text](std::string_view from) {
    char* const at = text;
    if (!from.empty()) std::memcpy(at, from.data(), from.size());
    text += from.size();
    return std::string_view(at, from.size());
  };
  std::string_view* next = views;
  const auto keep_all = [&](std::span<const std::string_view> from) {
    std::string_view* const first = next;
    for (const std::string_view word : from) new (next++) std::string_view(keep(word));
    return std::span<const std::string_view>(first, from.size());
  };
  identity_.scopes = keep_all(identity.scopes);
  identity_.roles = keep_all(identity.roles);
  identity_.subject = keep(identity.subject);
  identity_.issuer = keep(identity.issuer);
  identity_.key_id = keep(identity.key_id);
  identity_.token_id = keep(identity.token_id);

  footprint_ = sizeof(Principal) + size;
  for (const KeptClaim& claim : claims_) {
    footprint_ += sizeof claim + claim.name.capacity() + (claim.value ? heap_size(*claim.value) : 0);
  }
}

const KeptClaim* Principal::claim(std::string_view name) const {
  const auto found = std::ranges::find(claims_, name, &KeptClaim::name);
  return found == claims_.end() ? nullptr : &*found;
}

}  // namespace quivive::auth
