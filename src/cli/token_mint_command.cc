// quivive token mint

#include "base/text.h"
#include "cli/commands.h"
#include "cli/open_store.h"
#include "cli/show.h"
#include "config/units.h"
#include "issuer/service.h"
#include "issuer/tokens.h"
#include "store/record_rules.h"

#include <algorithm>

namespace quivive::cli {
namespace {

struct MintWish {
  std::string subject, client = "quivive-token-mint", lifetime;
  std::vector<std::string> scopes, roles;
};

Result<issuer::Settings> settings_of(const config::TokenService& service, const MintWish& wish) {
  issuer::Settings out{.url = service.url, .audiences = service.audiences, .algorithm = service.algorithm, .access_token_lifetime = service.access_token_lifetime};
  out.key_rotation = service.key_rotation;
  if (wish.lifetime.empty()) return out;
  const auto lifetime = config::parse_duration(wish.lifetime);
  if (!lifetime) return error("--lifetime: {}", lifetime.error().message);
  // A key leaves the set when the longest token it could have signed has expired.
  if (*lifetime < std::chrono::seconds(1) || *lifetime > service.access_token_lifetime) {
    return error("--lifetime is between 1s and issuer.access_token_lifetime");
  }
  out.access_token_lifetime = *lifetime;
  return out;
}

Result<void> check_wish(const MintWish& wish) {
  if (const auto ok = check_name("--subject", wish.subject, false); !ok) return ok;
  for (const auto& [option, list] : {std::pair{"--scope", &wish.scopes}, std::pair{"--role", &wish.roles}}) {
    if (!std::ranges::all_of(*list, store::is_scope_token)) return error("{} takes one word: printable ASCII without spaces, quotes and backslashes; repeat it for more", option);
  }
  return {};
}

}  // namespace

int run_token_mint(const Command& self, Arguments arguments, Io& io) {
  Options options(self);
  MintWish wish;
  StoreChoice choice;
  options.app().add_option("--subject", wish.subject, "sub: whom the token speaks for")->type_name("NAME")->required();
  options.app().add_option("--scope", wish.scopes, "what it may do; repeat for more")->type_name("SCOPE")->expected(1)->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  options.app().add_option("--role", wish.roles, "repeat for more")->type_name("ROLE")->expected(1)->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  options.app().add_option("--client", wish.client, "client_id in the token")->type_name("ID");
  options.app().add_option("--lifetime", wish.lifetime, "how long it is valid, at most issuer.access_token_lifetime, which is the default")->type_name("TIME");
  options.add_store(choice);
  if (const auto status = options.parse(arguments, io)) return *status;

  if (const auto ok = check_wish(wish); !ok) return fail(self, {kWrong, ok.error().message}, io);
  if (!choice.store.empty()) return fail(self, {kWrong, "--store says nothing about the issuer: name its configuration with --config"}, io);
  const auto config = config_of(choice);
  if (!config) return fail(self, config.error(), io);
  if (!*config || !(*config)->issuer) return fail(self, {kWrong, "there is no configuration with an issuer: name one with --config"}, io);
  const auto settings = settings_of(*(*config)->issuer, wish);
  if (!settings) return fail(self, {kWrong, settings.error().message}, io);
  const auto opened = open_or_create_store(self, choice, *config, io);
  if (!opened) return fail(self, opened.error(), io);
  store::Store& store = **opened;
  const Instant now = io.clock.now();
  const auto keys = store.list_signing_keys();
  if (!keys) return fail(self, store_failure(keys.error()), io);
  if (keys->empty()) {
    if (const auto made = issuer::tend_keys(store, *settings, now); !made) return fail(self, store_failure(made.error()), io);
  }
  const auto records = store.list_signing_keys();
  const auto ring = records ? issuer::KeyRing::of(*records) : Result<issuer::KeyRing>(records.error());
  if (!ring) return fail(self, store_failure(ring.error()), io);
  const issuer::Grant grant{.subject = wish.subject, .client = wish.client, .scopes = wish.scopes, .roles = wish.roles, .signed_in = {}, .nonce = {}};
  const auto token = issuer::sign_access_token(*ring, *settings, grant, io.random, now);
  if (!token) return fail(self, {kFailed, token.error().message}, io);
  io.out << token->text << '\n';
  io.err << fmt::format("FOR DEVELOPMENT AND TESTS: nobody signed in for this token, and whoever has it is {} until {} UTC.\n"
                        "To end it before: quivive token revoke --issuer {} --jti {}\n",
                        printable(wish.subject), date_and_minute(token->expires), (*config)->issuer->url, token->id);
  return kDone;
}

}  // namespace quivive::cli
