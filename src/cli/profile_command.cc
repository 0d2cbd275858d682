// quivive token print, quivive whoami, quivive logout: what a sign-in left behind.

#include "agent/client.h"
#include "base/text.h"
#include "base/words.h"
#include "cli/commands.h"
#include "cli/fetch_input.h"
#include "cli/login_revocation.h"
#include "cli/options.h"
#include "cli/screen.h"
#include "cli/show.h"
#include "client/expiry.h"
#include "diagnose/wording.h"
#include "jose/raw_jwt.h"

#include <algorithm>

namespace quivive::cli {
namespace {

struct Opened {
  std::string name = "default";
  std::string ca_file;

  void add(Options& options) {
    options.app().add_option("--profile", name, "the name of the sign-in; default unless given")->type_name("NAME");
  }
  void add_ca_file(Options& options) {
    options.app().add_option("--cacert", ca_file, "trusts these certificates instead of the system's")->type_name("FILE");
  }
};

// The subject of a token that is a JWT. Not believed: for showing.
std::string subject_of(const Secret& token) {
  const auto jwt = jose::RawJwt::parse(token.reveal(RevealSecret{}));
  return jwt ? std::string(string_member(jwt->unverified_claims(), "sub").value_or("")) : "";
}

std::string when(std::optional<client::Expiry> expiry, Instant now) {
  if (!expiry) return "not said";
  const bool over = expiry->at <= now;
  const std::string distance = diagnose::span_text(over ? now - expiry->at : expiry->at - now);
  return fmt::format("{} ({})", rfc3339(expiry->at), over ? "ended " + distance + " ago" : "in " + distance);
}

// For commands about a profile, one that is not there is the answer. For fetch, which only goes by one, the command is wrong.
Failure no_such(const std::string& name, const agent::TokenFileError& error) {
  Failure out = profile_failure(name, error);
  if (error.kind == agent::TokenFileError::Kind::Missing) out.status = kNo;
  return out;
}

// Done is what was asked for, whatever stays.
int forget_profile(const Command& self, const std::string& name, const agent::ProfileStore& store, Io& io) {
  if (const auto removed = store.forget(); !removed) return fail(self, {kFailed, removed.error().message}, io);
  io.out << fmt::format("forgotten: the profile '{}' is gone\n", name);
  io.err << fmt::format("quivive {}: its tokens may still be in the Secret Service, and stay good until they end\n", self.name);
  return kDone;
}

}  // namespace

int run_token_print(const Command& self, Arguments arguments, Io& io) {
  Options options(self);
  Opened opened;
  opened.add(options);
  opened.add_ca_file(options);
  if (const auto status = options.parse(arguments, io)) return *status;
  auto store = profile_store(opened.name);
  if (!store) return fail(self, store.error(), io);
  auto profile = store->read();
  if (!profile) return fail(self, no_such(opened.name, profile.error()), io);

  agent::OpenedProfile kept{std::move(*store), agent::identity_of(*profile)};
  client::Bearer bearer{std::move(profile->token), std::nullopt};
  if (!profile->client.token_endpoint.empty()) bearer.client = std::move(profile->client);
  agent::ClientOptions settings;
  settings.exchange.ca_file = opened.ca_file;
  client::Credentials credentials;
  credentials.push_back({client::Origin{}, std::move(bearer)});  // of no origin: it is printed and not sent
  agent::Client client(std::move(credentials), io.clock, io.random, std::move(settings));
  client.keep(0, std::make_shared<agent::ProfileKeeper>(std::move(kept)));
  const auto outcome = client.fresh_token(0);
  if (const auto* failure = std::get_if<client::RefreshFailure>(&outcome)) {
    const bool over = failure->kind == client::RefreshFailure::Kind::SignInAgain;
    return fail(
        self,
        {over || failure->kind == client::RefreshFailure::Kind::OtherSignIn ? kNo : kFailed, fmt::format("the token has to be refreshed: {}{}", failure->detail,
                                           over ? fmt::format("; sign in again with: quivive login --profile {}", opened.name) : "")},
        io);
  }
  const auto& token = std::get<client::Token>(outcome);
  if (token.access.empty()) return fail(self, {kNo, fmt::format("the profile '{}' holds no token", opened.name)}, io);
  if (is_shown(io.out))
    io.err << fmt::format("quivive {}: who sees this screen can use the token; pipe it to where it is needed\n", self.name);
  if (const auto expiry = client::expiry_of(token, Duration{0}); expiry && expiry->at <= io.clock.now()) {
    io.err << fmt::format("quivive {}: the token has ended, and there is nothing to refresh it with\n", self.name);
  }
  io.out << token.access.reveal(RevealSecret{}) << '\n';
  return kDone;
}

int run_whoami(const Command& self, Arguments arguments, Io& io) {
  Options options(self);
  Opened opened;
  bool json = false;
  opened.add(options);
  options.add_json(json);
  if (const auto status = options.parse(arguments, io)) return *status;
  const auto store = profile_store(opened.name);
  if (!store) return fail(self, store.error(), io);
  const auto profile = store->read();
  if (!profile) return fail(self, no_such(opened.name, profile.error()), io);
  const auto expiry = client::expiry_of(profile->token, Duration{0});
  const std::string subject = subject_of(profile->token.access);
  const bool refreshable = !profile->client.token_endpoint.empty() && !profile->token.refresh.empty();
  if (json) {
    const auto text = [](const std::string& value) { return value.empty() ? Json(nullptr) : Json(value); };
    io.out << to_json(JsonObject{{"profile", opened.name},
                                 {"issuer", text(profile->issuer)},
                                 {"client_id", text(profile->client.client_id)},
                                 {"subject", text(subject)},
                                 {"scopes", json_strings(split(profile->scope))},
                                 {"origins", json_strings(profile->origins)},
                                 {"expires", json_instant(expiry ? std::optional(expiry->at) : std::nullopt)},
                                 {"refreshable", refreshable},
                                 {"kept_in", agent::name_of(profile->kept_in)}})
           << '\n';
    return kDone;
  }
  const auto row = [&](std::string_view label, const std::string& value) {
    if (!value.empty()) io.out << fmt::format("{:<8}  {}\n", label, printable(value, 400));
  };
  row("profile", opened.name);
  row("issuer", profile->issuer);
  row("client", profile->client.client_id);
  row("subject", subject.empty() ? "not known: the token is no JWT that names one" : subject + " (as the token says; not verified)");
  row("scopes", profile->scope.empty() ? "not said" : profile->scope);
  row("origins", profile->origins.empty() ? "any that fetch is given" : fmt::format("{}", fmt::join(profile->origins, " ")));
  row("ends", when(expiry, io.clock.now()));
  row("refresh", refreshable ? "by itself, when it is due" : "no; sign in again when it ends");
  row("kept in", keeping_text(*profile, *store));
  return kDone;
}

int run_logout(const Command& self, Arguments arguments, Io& io) {
  Options options(self);
  Opened opened;
  bool forget = false;
  opened.add(options);
  opened.add_ca_file(options);
  options.app().add_flag(
      "--forget", forget,
      "where its keyring cannot be opened, removes the profile all the same: its tokens stay in there, and good until they end");
  if (const auto status = options.parse(arguments, io)) return *status;
  const auto store = profile_store(opened.name);
  if (!store) return fail(self, store.error(), io);
  const Failure nothing_there{kNo, fmt::format("there is no profile '{}'", opened.name)};
  // Before a folder is made for the lock.
  if (const auto there = store->read_file(); !there && there.error().kind == agent::TokenFileError::Kind::Missing) return fail(self, nothing_there, io);
  // A refresh that is under way would keep its tokens again.
  const auto lock = store->lock();
  if (!lock) return fail(self, profile_failure(opened.name, lock.error()), io);
  const auto profile = store->read();
  std::string untold;
  if (profile) {
    untold = revoke(*profile, opened.ca_file);
  } else if (profile.error().kind == agent::TokenFileError::Kind::Missing) {
    return fail(self, nothing_there, io);
  } else if (profile.error().kind == agent::TokenFileError::Kind::Shut) {
    // It can be neither revoked nor erased: nobody would find it again.
    if (forget) return forget_profile(self, opened.name, *store, io);
    return fail(self,
                {kFailed, fmt::format("nothing was done: {}; quivive logout --forget --profile {} removes the profile without its tokens",
                                      profile.error().message, opened.name)},
                io);
  } else {
    untold = "the issuer was not told, and its tokens stay good until they end: " + profile.error().message;
  }
  const auto removed = store->remove();
  if (!removed && forget && removed.error().kind == agent::TokenFileError::Kind::Shut) return forget_profile(self, opened.name, *store, io);
  if (!removed) return fail(self, {kFailed, removed.error().message}, io);
  io.out << fmt::format("signed out: the profile '{}' is gone\n", opened.name);
  for (const std::string& one : {untold, removed->left_behind}) {
    if (!one.empty()) io.err << fmt::format("quivive {}: {}\n", self.name, one);
  }
  const bool told = untold.empty() || (profile && profile->revocation_endpoint.empty());
  return told && removed->left_behind.empty() ? kDone : kFailed;
}

}  // namespace quivive::cli
