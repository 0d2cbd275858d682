#include "cli/fetch_login.h"

#include "base/text.h"
#include "base/words.h"
#include "cli/fetch_input.h"
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

Result<void, Failure> check_same_sign_in(const AskedLogin& asked, const agent::Profile& profile) {
  // Threat: a sign-in that somebody has, lost to a command that meant another; or its origins, taken over for another client's token.
  const auto other = [&](std::string_view what, std::string_view kept, std::string_view option) {
    return Failure{kWrong, fmt::format("the profile '{}' is of the {} {}; give another one a name of its own with --profile NAME, or change this one with: "
                                       "quivive login --profile {} {}",
                                       asked.profile, what, printable(kept, 200), asked.profile, option)};
  };
  if (!asked.issuer.empty() && asked.issuer != profile.issuer) return other("issuer", profile.issuer, "--issuer URL --client-id ID");
  if (!asked.client_id.empty() && asked.client_id != profile.client.client_id) return other("client", profile.client.client_id, "--client-id ID");
  return {};
}

// Whether somebody has to sign in.
enum class Due : std::uint8_t { No, Yes };
Result<Due, Failure> is_due(const agent::ProfileStore& store, const AskedLogin& asked, const client::Origin& origin, Io& io) {
  auto profile = store.read(agent::at_most(agent::kVaultPatience, asked.until));
  bool usable = false;
  if (profile) {
    usable = is_usable(*profile, io.clock.now()) && was_asked_for(asked.scopes, *profile);
  } else {
    if (profile.error().kind == Fault::Missing) return Due::Yes;
    if (profile.error().kind != Fault::NoSecrets) return Due::No;
    profile = store.read_file();
    if (!profile) return profile.error().kind == Fault::Missing ? Due::Yes : Due::No;
  }
  if (const auto same = check_same_sign_in(asked, *profile); !same) return same.error();
  const auto& origins = profile->origins;
  const bool elsewhere = !origins.empty() && std::ranges::none_of(origins, [&](const std::string& one) { return client::origin_of(one) == origin; });
  return usable || elsewhere ? Due::No : Due::Yes;
}

// Of several commands that come at once, one asks the person, and the others wait for what comes of it.
struct Turn {
  agent::FileLock lock;
  bool waited = false;
};
Result<Turn, Failure> take_turn(const Command& self, const agent::ProfileStore& store, const AskedLogin& asked, Io& io) {
  using namespace std::chrono_literals;
  if (auto lock = store.turn_to_sign_in(0ms)) return Turn{std::move(*lock), false};
  io.err << fmt::format("quivive {}: another command is signing in for the profile '{}'; waiting for it\n", self.name, asked.profile);
  io.err.flush();
  auto lock = store.turn_to_sign_in(agent::at_most(kPatienceWithOthers, asked.until));
  if (!lock) return profile_failure(asked.profile, lock.error());
  return Turn{std::move(*lock), true};
}

Result<void, Failure> check_somebody_is_here(const AskedLogin& asked, Io& io) {
  if (asked.device || asked.browser || has_display() || io.terminal.present()) return {};
  return Failure{kWrong, fmt::format("nobody is here to sign in: there is no terminal; sign in with quivive login --profile {}, or say --device or --browser",
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

Result<void, Failure> sign_in_if_due(const Command& self, AskedLogin& asked, const client::Origin& origin, Io& io) {
  asked.first_origin = origin.text();
  const auto store = profile_store(asked.profile);
  if (!store) return store.error();
  auto due = is_due(*store, asked, origin, io);
  if (!due) return due.error();
  if (*due == Due::No) return {};
  const auto turn = take_turn(self, *store, asked, io);
  if (!turn) return turn.error();
  if (turn->waited) {
    due = is_due(*store, asked, origin, io);
    if (!due) return due.error();
    if (*due == Due::No) return {};
  }
  if (const auto here = check_somebody_is_here(asked, io); !here) return here.error();
  return sign_in_and_tell(self, asked, io);
}

bool is_over(const agent::Response& response) {
  using enum client::CallCause;
  const auto cause = response.explanation.cause;
  return cause == SignInAgain || cause == TokenExpired || (cause == CredentialsRejected && says_invalid_token(response.head));
}

Result<void, Failure> sign_in_anew(const Command& self, const AskedLogin& asked, const agent::OpenedProfile& opened,
                                   const client::Token& tried, Io& io) {
  const auto turn = take_turn(self, opened.store, asked, io);
  if (!turn) return turn.error();
  const auto now = opened.store.read(agent::at_most(agent::kVaultPatience, asked.until));
  if (!now && now.error().kind != Fault::NoSecrets) return profile_failure(asked.profile, now.error());
  if (now) {
    // Threat: a token of another issuer, or for other servers, that goes where the old one went.
    if (identity_of(*now) != opened.identity)
      return Failure{kNo, fmt::format("the profile '{}' was changed meanwhile, and is another sign-in now; ask again", asked.profile)};
    if (!same(now->token.access, tried.access) || !same(now->token.refresh, tried.refresh)) return {};
  }
  if (const auto here = check_somebody_is_here(asked, io); !here) return here.error();
  return sign_in_and_tell(self, asked, io);
}

}  // namespace quivive::cli
