#include "cli/login_flow.h"

#include "agent/sign_in.h"
#include "agent/token_endpoint.h"
#include "base/text.h"
#include "base/words.h"
#include "cli/browser_page.h"
#include "cli/fetch_input.h"
#include "cli/input_line.h"
#include "cli/login_place.h"
#include "cli/login_revocation.h"
#include "cli/show.h"
#include "client/expiry.h"
#include "client/origin.h"
#include "crypto/password.h"

#include <fcntl.h>
#include <spawn.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>

namespace quivive::cli {
namespace {

// Best effort: the URL is printed too, and some browsers are kept from the folder of the page.
void open_browser(std::string_view url, BrowserPage& page, RandomSource& random) {
  if (!has_display() || !page.write(url, random)) return;
  posix_spawn_file_actions_t quiet;
  posix_spawnattr_t apart;
  if (::posix_spawn_file_actions_init(&quiet) != 0 || ::posix_spawnattr_init(&apart) != 0) return;
  for (const int fd : {0, 1, 2}) ::posix_spawn_file_actions_addopen(&quiet, fd, "/dev/null", O_RDWR, 0);
  ::posix_spawnattr_setflags(&apart, POSIX_SPAWN_SETSID);  // a browser that starts here outlives us, and Ctrl-C
  std::string program = "xdg-open", argument = page.url();
  char* const words[] = {program.data(), argument.data(), nullptr};
  pid_t child = 0;  // not waited for: it may be the browser itself
  (void)::posix_spawnp(&child, program.c_str(), &quiet, &apart, words, environ);
  ::posix_spawnattr_destroy(&apart);
  ::posix_spawn_file_actions_destroy(&quiet);
}

int status_of(agent::SignInFault fault) { return fault == agent::SignInFault::Failed ? kFailed : kNo; }

// What is not given is taken from the profile: signing in again needs its name only.
Result<void, Failure> complete(const AskedLogin& asked, bool before, agent::Profile& profile, Io& io) {
  if (!asked.issuer.empty() && !client::origin_of(asked.issuer)) return Failure{kWrong, fmt::format("--issuer {}: no https or http URL", printable(asked.issuer))};
  if (!asked.issuer.empty() && asked.issuer != profile.issuer) profile = {};  // nothing of another issuer's is kept
  if (profile.issuer.empty() && !asked.first_origin.empty()) profile.origins = {asked.first_origin};
  if (!asked.issuer.empty()) profile.issuer = asked.issuer;
  const auto missing = [&](std::string_view what) {
    return Failure{kWrong, before ? fmt::format("{}", what)
                                  : fmt::format("there is no profile '{}' yet; to make it, {}", asked.profile, what)};
  };
  if (profile.issuer.empty()) return missing("give --issuer URL: who issues the tokens; and --client-id ID: as what this program is known there");
  if (!asked.client_id.empty() && asked.client_id != profile.client.client_id) {
    // Threat: the secret of one client, sent as another's.
    profile.client.client_secret = {};
    profile.client.authentication = client::ClientAuthentication::None;
    profile.client.client_id = asked.client_id;
  }
  if (profile.client.client_id.empty()) return missing("give --client-id ID: as what this program is known to the issuer");
  if (!asked.scopes.empty()) {
    auto scopes = asked.adds_scopes ? split(profile.client.scope) : std::vector<std::string>();
    for (const std::string& one : asked.scopes) {
      if (std::ranges::find(scopes, one) == scopes.end()) scopes.push_back(one);
    }
    profile.client.scope = join(scopes);
  }
  if (!asked.origins.empty()) profile.origins.clear();
  for (const std::string& one : asked.origins) {
    const auto origin = client::origin_of(one);
    if (!origin) return Failure{kWrong, fmt::format("--origin {}: no https or http URL", printable(one))};
    profile.origins.push_back(origin->text());
  }
  if (asked.secret_stdin) profile.client.client_secret = read_secret_line(io.in, crypto::kMaxPasswordSize);
  if (!asked.secret_file.empty()) {
    auto secret = read_secret_file("--client-secret-file", asked.secret_file, "a client secret", io);
    if (!secret) return secret.error();
    profile.client.client_secret = std::move(*secret);
  }
  return {};
}

client::ClientAuthentication authentication_of(const agent::Profile& profile, const agent::IssuerMetadata& issuer) {
  if (profile.client.client_secret.empty()) return client::ClientAuthentication::None;
  return issuer.client_basic ? client::ClientAuthentication::Basic : client::ClientAuthentication::Post;
}

// Threat: what the profile was when the person was asked, put in the place of what somebody has made of it meanwhile: an origin less, and its token
// goes anywhere. Under the lock.
Result<void, agent::TokenFileError> check_same(const agent::ProfileStore& store, const KnownProfile& known) {
  using Kind = agent::TokenFileError::Kind;
  const auto now = store.read_file();
  if (!now && now.error().kind != Kind::Missing) return now.error();
  if (now ? known.before && same_settings(*now, known.profile) : !known.before) return {};
  return agent::TokenFileError{Kind::Unsafe, fmt::format("{}: the profile was changed by another command meanwhile, and stays as it is now",
                                                         printable(store.path(), 400))};
}

// The keyring was open before the person signed in, but may be locked by now: where nobody insisted on it, a finished sign-in goes into the file.
Result<agent::ProfileStore::Replaced, agent::TokenFileError> keep_sign_in(const agent::ProfileStore& store, const KnownProfile& known,
                                                                          const agent::Profile& profile, const AskedLogin& asked, Io& io) {
  using Without = agent::ProfileStore::WithoutVault;
  const auto lock = store.lock();
  if (!lock) return lock.error();
  if (const auto same = check_same(store, known); !same) return same.error();
  return store.replace(profile, io.random, asked.keep.empty() ? Without::OrFile : Without::Fail);
}

}  // namespace

bool has_display() {
  const auto set = [](const char* name) {
    const char* value = std::getenv(name);
    return value != nullptr && *value != '\0';
  };
  return set("DISPLAY") || set("WAYLAND_DISPLAY");
}

Failure changed_meanwhile(const AskedLogin& asked) {
  return {kNo, fmt::format("the profile '{}' was changed meanwhile, and is another sign-in now; ask again", asked.profile)};
}

void add_sign_in_options(CLI::App& app, AskedLogin& asked, CLI::Option* needed) {
  CLI::Option* const options[] = {
      app.add_option("--issuer", asked.issuer, "who issues the tokens; its metadata say where")->type_name("URL"),
      app.add_option("--client-id", asked.client_id, "as what this program is known there")->type_name("ID"),
      app.add_option("--scope", asked.scopes, "what to ask for; repeat for more")->type_name("SCOPE")->expected(1)->multi_option_policy(CLI::MultiOptionPolicy::TakeAll),
      app.add_flag("--device", asked.device, "signs in on another screen, with a code to type there"),
      app.add_flag("--browser", asked.browser, "signs in with the browser of this machine"),
  };
  options[4]->excludes(options[3]);
  for (CLI::Option* const option : options) {
    if (needed != nullptr) option->needs(needed);
  }
}

Result<KeptSignIn, Failure> sign_in(const AskedLogin& asked, Io& io) {
  if (!asked.keep.empty() && !agent::keeping_of(asked.keep)) return Failure{kWrong, "--keep takes file or secret-service"};
  const auto store = profile_store(asked.profile);
  if (!store) return store.error();
  auto known = look_up(*store, asked.until);
  if (!known) return profile_failure(asked.profile, known.error());
  const auto before = known->before ? std::optional(identity_of(known->profile)) : std::nullopt;
  if (asked.found && *asked.found != before) return changed_meanwhile(asked);
  agent::Profile profile = known->profile;
  if (auto done = complete(asked, known->before, profile, io); !done) return done.error();
  const auto place = choose_place(asked.profile, asked.keep, *known, asked.until);
  if (!place) return place.error();
  if (known->without_secrets && profile.client.authentication != client::ClientAuthentication::None &&
      profile.client.client_secret.empty()) {
    return Failure{kFailed, fmt::format("give the client's secret anew, with quivive login --profile {} --client-secret-file FILE: {}", asked.profile,
                                        known->without_secrets->message)};
  }
  profile.kept_in = place->keeping;

  agent::ExchangeSettings settings;
  settings.ca_file = asked.ca_file;
  agent::Exchanger exchanger(std::move(settings));
  auto metadata = agent::discover(exchanger, profile.issuer, asked.until);
  if (!metadata) return Failure{kFailed, metadata.error().message};
  profile.client.token_endpoint = metadata->token_endpoint;
  profile.client.authentication = authentication_of(profile, *metadata);
  profile.revocation_endpoint = metadata->revocation_endpoint;
  const bool can_device = !metadata->device_authorization_endpoint.empty();
  const bool can_browser = !metadata->authorization_endpoint.empty() && metadata->s256;
  if ((asked.device || !can_browser) && !can_device)
    return Failure{kNo, "the issuer offers no sign-in that fits: it names no device_authorization_endpoint"};
  if (asked.browser && !can_browser)
    return Failure{kNo, "the issuer offers no sign-in that fits: no authorization_endpoint, or no PKCE with S256"};
  const bool by_device = asked.device || !can_browser || (!asked.browser && can_device && !has_display());

  BrowserPage page;
  const agent::SignInPlan plan{std::move(*metadata), profile.client};
  const agent::SignInTools tools{
      exchanger, io.clock, io.random, [&](std::string_view url, std::string_view code) {
        const char* const how =
            has_display() ? "Sign in with the browser; if it shows nothing, open this page in it:" : "Open this page to sign in:";
        io.err << (code.empty() ? fmt::format("{}\n\n  {}\n\n", how, printable(url, 4000))
                                : fmt::format("Open {} and type this code there:\n\n  {}\n\n", printable(url, 400), code));
        io.err.flush();
        if (code.empty()) open_browser(url, page, io.random);
      },
      asked.until};
  auto signed_in = by_device ? agent::sign_in_by_device(plan, tools) : agent::sign_in_by_browser(plan, tools);
  if (!signed_in) return Failure{status_of(signed_in.error().fault), signed_in.error().message};
  profile.token = std::move(signed_in->token);
  profile.scope = std::move(signed_in->scope);
  const auto kept = keep_sign_in(*store, *known, profile, asked, io);
  if (!kept) {  // nobody has the new tokens
    Failure failure = profile_failure(asked.profile, kept.error());
    const std::string untold = revoke(profile, asked.ca_file);
    failure.message += untold.empty() ? "; the new tokens were revoked" : "; " + untold;
    return failure;
  }
  profile.kept_in = kept->kept_in;
  const std::string& why = kept->why_file.empty() ? place->why : kept->why_file;
  const auto expiry = client::expiry_of(profile.token, Duration{0});
  KeptSignIn out;
  out.told = fmt::format("signed in at {}   profile {}{}{}\n", printable(profile.issuer), asked.profile,
                         profile.scope.empty() ? "" : "   scopes " + printable(profile.scope),
                         expiry ? "   until " + rfc3339(expiry->at) : "");
  out.told += profile.origins.empty() ? "its token goes wherever fetch is told; with --origin URL, there and nowhere else\n"
                                      : fmt::format("its token goes to {}\n", fmt::join(profile.origins, " "));
  out.told += fmt::format("kept in {}{}\n", keeping_text(profile, *store), why.empty() ? "" : ": " + why);
  out.warning = kept->left_behind;
  return out;
}

}  // namespace quivive::cli
