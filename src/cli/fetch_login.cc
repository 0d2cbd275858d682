#include "cli/fetch_login.h"

#include "base/text.h"
#include "base/words.h"
#include "cli/fetch_input.h"
#include "cli/screen.h"
#include "client/expiry.h"
#include "http/challenge.h"

#include <algorithm>

namespace quivive::cli {
namespace {

using Fault = agent::TokenFileError::Kind;

constexpr std::chrono::minutes kPatienceWithOthers{10};

bool is_usable(const agent::Profile& profile, Instant now) {
  if (!profile.token.refresh.empty()) return true;
  if (profile.token.access.empty()) return false;
  const auto expiry = client::expiry_of(profile.token, Duration{0});
  return !expiry || expiry->at > now;
}

// An issuer that grants less is not asked again.
bool was_asked_for(const std::vector<std::string>& scopes, const agent::Profile& profile) {
  auto known = split(profile.client.scope);
  for (std::string& one : split(profile.scope)) known.push_back(std::move(one));
  return std::ranges::all_of(scopes, [&](const std::string& one) { return std::ranges::find(known, one) != known.end(); });
}

}  // namespace

Result<void, Failure> check_asked_for(const AskedLogin& asked, const agent::ProfileIdentity& profile) {
  // Threat: a sign-in that somebody has, lost to a command that meant another; or its origins, taken over for another client's token.
  const auto other = [&](std::string_view what, std::string_view kept, std::string_view option) {
    return Failure{kWrong, fmt::format("the profile '{}' is of the {} {}; give another one a name of its own with --profile NAME, or change this one with: "
                                       "quivive login --profile {} {}",
                                       asked.profile, what, printable(kept, 200), asked.profile, option)};
  };
  if (!asked.issuer.empty() && asked.issuer != profile.issuer) return other("issuer", profile.issuer, "--issuer URL --client-id ID");
  if (!asked.client_id.empty() && asked.client_id != profile.client_id) return other("client", profile.client_id, "--client-id ID");
  return {};
}

bool is_same_sign_in(const agent::ProfileIdentity& a, const agent::ProfileIdentity& b) {
  return a.issuer == b.issuer && a.client_id == b.client_id && a.origins == b.origins;  // an issuer may move its endpoints
}

namespace {

struct Look {
  bool due = false;                           // somebody has to sign in
  std::optional<agent::ProfileIdentity> now;  // nothing: there is no profile
};
Result<Look, Failure> look_at(const agent::ProfileStore& store, const AskedLogin& asked, const client::Origin& origin, Io& io) {
  auto profile = store.read(agent::at_most(agent::kVaultPatience, asked.until));
  bool usable = false;
  if (profile) {
    usable = is_usable(*profile, io.clock.now()) && was_asked_for(asked.scopes, *profile);
  } else {
    if (profile.error().kind == Fault::NoSecrets) profile = store.read_file();
    if (!profile) return Look{profile.error().kind == Fault::Missing, {}};
  }
  if (const auto same = check_asked_for(asked, identity_of(*profile)); !same) return same.error();
  const auto& origins = profile->origins;
  const bool elsewhere = !origins.empty() && std::ranges::none_of(origins, [&](const std::string& one) { return client::origin_of(one) == origin; });
  return Look{!usable && !elsewhere, identity_of(*profile)};
}

// Of several commands that come at once, one asks the person at a time, and the others wait for what comes of it.
Result<agent::FileLock, Failure> take_turn(const Command& self, const agent::ProfileStore& store, const AskedLogin& asked, Io& io) {
  using namespace std::chrono_literals;
  auto at_once = store.turn_to_sign_in(0ms);
  if (at_once) return std::move(*at_once);
  if (at_once.error().kind != Fault::Held) return profile_failure(asked.profile, at_once.error());
  io.err << fmt::format("quivive {}: another command is signing in for the profile '{}'; waiting for it\n", self.name, asked.profile);
  io.err.flush();
  auto later = store.turn_to_sign_in(agent::at_most(kPatienceWithOthers, asked.until));
  if (!later) return profile_failure(asked.profile, later.error());
  return std::move(*later);
}

Failure nobody_here(const AskedLogin& asked) {
  return {kWrong, fmt::format("nobody is here to sign in: standard error is no terminal, and there is no display; sign in with quivive login --profile {}, or "
                              "say --device or --browser",
                              asked.profile)};
}

Result<void, Failure> sign_in_and_tell(const Command& self, const AskedLogin& asked, Io& io) {
  const auto kept = sign_in(asked, io);
  if (!kept) return kept.error();
  io.err << kept->told;
  if (!kept->warning.empty()) io.err << fmt::format("quivive {}: {}\n", self.name, kept->warning);
  io.err.flush();
  return {};
}

// RFC 6750 section 3.1.
bool says_invalid_token(const agent::ResponseHead& head) {
  std::vector<std::string_view> lines;
  for (const agent::Field& field : head.fields) {
    if (iequals(field.name, "WWW-Authenticate")) lines.push_back(field.value);
  }
  return std::ranges::any_of(http::parse_challenges(lines).challenges, [](const http::Challenge& challenge) {
    const std::string* error = challenge.param("error");
    return iequals(challenge.scheme, "Bearer") && error != nullptr && iequals(*error, "invalid_token");
  });
}

bool same(const Secret& a, const Secret& b) { return a.reveal(RevealSecret{}) == b.reveal(RevealSecret{}); }

}  // namespace

bool somebody_is_here(const AskedLogin& asked, Io& io) { return asked.device || asked.browser || has_display() || is_shown(io.err); }

Result<void, Failure> sign_in_if_due(const Command& self, AskedLogin& asked, const client::Origin& origin, Io& io) {
  asked.first_origin = origin.text();
  asked.scopes = split(join(asked.scopes));  // each may be several
  asked.adds_scopes = true;
  const auto store = profile_store(asked.profile);
  if (!store) return store.error();
  if (const auto look = look_at(*store, asked, origin, io); !look || !look->due) return look ? Result<void, Failure>{} : look.error();
  const auto turn = take_turn(self, *store, asked, io);
  if (!turn) return turn.error();
  const auto look = look_at(*store, asked, origin, io);  // again: another command may have signed in
  if (!look || !look->due) return look ? Result<void, Failure>{} : look.error();
  if (!somebody_is_here(asked, io)) return nobody_here(asked);
  asked.found = look->now;
  return sign_in_and_tell(self, asked, io);
}

bool tokens_are_over(const agent::Response& response) {
  using enum client::CallCause;
  const auto cause = response.explanation.cause;
  return cause == SignInAgain || cause == TokenExpired || (cause == CredentialsRejected && says_invalid_token(response.head));
}

Result<void, Failure> sign_in_anew(const Command& self, AskedLogin& asked, const agent::OpenedProfile& opened, const client::Token& tried,
                                   Io& io) {
  const auto turn = take_turn(self, opened.store, asked, io);
  if (!turn) return turn.error();
  // Threat: a token of another issuer, or for other servers, that goes where the old one went.
  asked.found = opened.identity;
  const auto now = opened.store.read(agent::at_most(agent::kVaultPatience, asked.until));
  if (!now && now.error().kind != Fault::NoSecrets) return profile_failure(asked.profile, now.error());
  const bool same_tokens = !now || (same(now->token.access, tried.access) && same(now->token.refresh, tried.refresh));
  if (!same_tokens && identity_of(*now) == opened.identity) return {};  // another command has brought new ones
  return sign_in_and_tell(self, asked, io);
}

}  // namespace quivive::cli
