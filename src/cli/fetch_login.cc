#include "cli/fetch_login.h"

#include "cli/fetch_input.h"
#include "client/expiry.h"

#include <algorithm>

namespace quivive::cli {
namespace {

bool is_asked_for(const AskedLogin& asked, const agent::Profile& profile) {
  return (asked.issuer.empty() || asked.issuer == profile.issuer) && (asked.client_id.empty() || asked.client_id == profile.client.client_id);
}

bool is_usable(const agent::Profile& profile, Instant now) {
  if (!profile.token.refresh.empty()) return true;
  if (profile.token.access.empty()) return false;
  const auto expiry = client::expiry_of(profile.token, Duration{0});
  return !expiry || expiry->at > now;
}

}  // namespace

Result<void, Failure> sign_in_anew(const Command& self, const AskedLogin& asked, Io& io) {
  const auto kept = sign_in(asked, io);
  if (!kept) return kept.error();
  io.err << kept->told;
  if (!kept->warning.empty()) io.err << fmt::format("quivive {}: {}\n", self.name, kept->warning);
  io.err.flush();
  return {};
}

Result<void, Failure> sign_in_if_due(const Command& self, AskedLogin& asked, const client::Origin& origin, std::chrono::milliseconds patience, Io& io) {
  asked.first_origin = origin.text();
  const auto store = profile_store(asked.profile);
  if (!store) return store.error();
  const auto profile = store->read(patience);
  using Fault = agent::TokenFileError::Kind;
  if (!profile) {
    if (profile.error().kind != Fault::Missing && profile.error().kind != Fault::NoSecrets) return {};
  } else if (is_asked_for(asked, *profile)) {
    const auto& origins = profile->origins;
    const bool elsewhere = !origins.empty() && std::ranges::none_of(origins, [&](const std::string& one) { return client::origin_of(one) == origin; });
    if (elsewhere || is_usable(*profile, io.clock.now())) return {};
  }
  return sign_in_anew(self, asked, io);
}

}  // namespace quivive::cli
