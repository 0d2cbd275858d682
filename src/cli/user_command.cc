// quivive user add|passwd|disable|enable|remove|list

#include "base/text.h"
#include "cli/commands.h"
#include "cli/input_line.h"
#include "cli/digest_secrets.h"
#include "cli/list_records.h"
#include "cli/open_store.h"
#include "cli/show.h"
#include "crypto/constant_time.h"
#include "crypto/password.h"
#include "issuer/settings.h"
#include "store/record_rules.h"

#include <algorithm>

namespace quivive::cli {
namespace {

using store::Change;
using store::UserRecord;

Failure unknown_user(std::string_view name) {
  return {kNo, fmt::format("there is no user '{}'; quivive user list shows them", printable(name, 80))};
}

Result<Secret, Failure> ask_twice(Terminal& terminal) {
  if (!terminal.present()) {
    return Failure{kWrong, "there is no terminal to ask for the password; give it on standard input with --password-stdin"};
  }
  auto first = terminal.ask_secret("Password: ");
  if (!first) return Failure{kWrong, first.error().message};
  const auto second = terminal.ask_secret("The same again: ");
  if (!second) return Failure{kWrong, second.error().message};
  if (!crypto::constant_time_equal(first->reveal(RevealSecret{}), second->reveal(RevealSecret{}))) {
    return Failure{kWrong, "the two passwords differ; nothing was changed"};
  }
  return std::move(*first);
}

// A password and what a store keeps of it.
struct NewPassword {
  Secret hash;
  std::vector<store::DigestSecret> digests;
};

// Asked for, or read.
Result<NewPassword, Failure> new_password(std::string_view name, const std::vector<DigestScope>& scopes, bool from_stdin, Io& io) {
  const auto password = from_stdin ? Result<Secret, Failure>{read_secret_line(io.in, crypto::kMaxPasswordSize)} : ask_twice(io.terminal);
  if (!password) return password.error();
  const auto text = password->reveal(RevealSecret{});
  if (has_control(text)) return Failure{kWrong, "the password has a control character, which Basic authentication cannot carry"};
  if (!is_valid_utf8(text)) return Failure{kWrong, "the password is not UTF-8 text"};
  auto hash = crypto::hash_password(text, io.random);
  if (!hash) return Failure{kWrong, hash.error().message};
  auto digests = digest_secrets(scopes, name, *password);
  if (!digests) return digests.error();
  return NewPassword{std::move(*hash), std::move(*digests)};
}

void add_password_option(Options& options, bool& from_stdin) {
  options.app().add_flag("--password-stdin", from_stdin, "reads the password from the first line of standard input instead of asking");
}

// The access tokens that the configuration's own token service gave a user, up to now. An outage leaves them in force, and says so.
Result<void, Failure> end_access_tokens(store::Store& store, const std::optional<config::Config>& config, const std::string& name, Instant now) {
  if (!config || !config->issuer) return {};
  const auto revoked = store.add_revocation({.issuer = config->issuer->url, .kind = store::RevocationKind::Subject, .value = name, .cutoff = now, .created = now,
                                             .forget = now + issuer::kLongestAccessToken + store::kLongestLeeway});
  if (revoked) return {};
  return Failure{kFailed, fmt::format("the access tokens of the user could not be revoked: {}; say it again, or quivive token revoke --issuer {} --subject {}",
                                      revoked.error().message, config->issuer->url, printable(name, 80))};
}

// A change that ends what the user has. Tokens first and last: should this process end in between, what is left can be said again, and a
// token that was made meanwhile is revoked, too.
template <class Verb>
Result<Change, Failure> change_and_end_tokens(store::Store& store, const std::optional<config::Config>& config, const std::string& name, Io& io, Verb verb) {
  const auto known = store.find_user(name);
  if (!known) return store_failure(known.error());
  if (!*known) return Change::NotFound;
  if (const auto ended = end_access_tokens(store, config, name, io.clock.now()); !ended) return ended.error();
  const auto changed = verb();
  if (!changed) return store_failure(changed.error());
  if (const auto ended = end_access_tokens(store, config, name, io.clock.now()); !ended) return ended.error();
  return *changed;
}

// That there are tokens which nobody here knows the issuer of.
void warn_of_tokens(const Command& self, store::Store& store, const std::optional<config::Config>& config, const std::string& name, Io& io) {
  if (config && config->issuer) return;
  const auto keys = store.list_signing_keys();
  if (!keys || keys->empty()) return;
  io.err << fmt::format("quivive {}: access tokens that this store's token service gave the user stay good until they expire: no configuration that was read here "
                        "names its URL; quivive token revoke --issuer URL --subject {} ends them\n", self.name, printable(name, 80));
}

// That a password file has taken the store's place.
void warn_of_htpasswd(const Command& self, const std::optional<config::Config>& config, const UserRecord& user, Io& io) {
  if (!config || !config->accept.basic || config->accept.basic->htpasswd.empty()) return;
  io.err << fmt::format("quivive {}: passwords are looked up in {} (accept.basic.htpasswd) and not in the store: {} cannot sign in by Basic{}{}\n", self.name,
                        printable(config->accept.basic->htpasswd), printable(user.name, 80), config->accept.session ? " or by the login form" : "",
                        user.digests.empty() ? "" : ", but by Digest");
}

enum class Tokens : std::uint8_t { Stay, End };

// Commands that change one user and take nothing but the name.
template <class Verb>
int change_user(const Command& self, Arguments arguments, Io& io, std::string_view done, Tokens tokens, Verb verb) {
  Options options(self);
  StoreChoice choice;
  std::string name;
  options.add_positional("name", name, "the user's name");
  options.add_store(choice);
  if (const auto status = options.parse(arguments, io)) return *status;
  const auto config = config_of(choice);
  if (!config) return fail(self, config.error(), io);
  const auto store = open_store(choice, *config);
  if (!store) return fail(self, store.error(), io);
  const auto apply = [&] { return verb(**store, name); };
  Result<Change, Failure> changed = Change::NotFound;
  if (tokens == Tokens::End) {
    changed = change_and_end_tokens(**store, *config, name, io, apply);
  } else if (auto done_now = apply(); done_now) {
    changed = *done_now;
  } else {
    changed = store_failure(done_now.error());
  }
  if (!changed) return fail(self, changed.error(), io);
  if (*changed != Change::Done) return fail(self, unknown_user(name), io);
  io.out << done << '\n';
  if (tokens == Tokens::End) warn_of_tokens(self, **store, *config, name, io);
  return kDone;
}

}  // namespace

int run_user_add(const Command& self, Arguments arguments, Io& io) {
  Options options(self);
  StoreChoice choice;
  UserRecord user;
  DigestWish digest;
  bool from_stdin = false;
  options.add_positional("name", user.name, "what the user signs in as");
  options.app().add_option("--role", user.roles, "a role that routes may require; repeat for more")->type_name("ROLE")->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  add_digest_options(options, digest);
  add_password_option(options, from_stdin);
  options.add_store(choice);
  if (const auto status = options.parse(arguments, io)) return *status;

  if (const auto ok = check_name("a user's name", user.name, true); !ok) return fail(self, {kWrong, ok.error().message}, io);
  if (!std::all_of(user.roles.begin(), user.roles.end(), store::is_scope_token)) {
    return fail(self, {kWrong, "--role takes one role: printable ASCII without spaces, quotes and backslashes; repeat it for more"}, io);
  }
  const auto config = config_of(choice);
  if (!config) return fail(self, config.error(), io);
  const auto scopes = digest_scopes(digest, *config);
  if (!scopes) return fail(self, scopes.error(), io);
  const auto store = open_or_create_store(self, choice, *config, io);
  if (!store) return fail(self, store.error(), io);
  const Failure taken{kNo, fmt::format("there is a user '{}' already; quivive user passwd sets a new password", printable(user.name))};
  const auto known = (*store)->find_user(user.name);  // before anybody types a password for nothing
  if (!known) return fail(self, store_failure(known.error()), io);
  if (*known) return fail(self, taken, io);
  auto password = new_password(user.name, *scopes, from_stdin, io);
  if (!password) return fail(self, password.error(), io);
  user.password_hash = std::move(password->hash);
  user.digests = std::move(password->digests);
  user.created = user.changed = io.clock.now();
  const auto added = (*store)->add_user(user);
  if (!added) return fail(self, store_failure(added.error()), io);
  if (*added != Change::Done) return fail(self, taken, io);
  const std::string digest_part = user.digests.empty() ? "" : "   digest " + show_realms(user.digests);
  io.out << fmt::format("added {}   roles {}{}\n", user.name, words(user.roles), digest_part);
  warn_of_htpasswd(self, *config, user, io);
  return kDone;
}

int run_user_passwd(const Command& self, Arguments arguments, Io& io) {
  Options options(self);
  StoreChoice choice;
  std::string name;
  DigestWish digest;
  bool from_stdin = false;
  options.add_positional("name", name, "the user's name");
  add_digest_options(options, digest);
  add_password_option(options, from_stdin);
  options.add_store(choice);
  if (const auto status = options.parse(arguments, io)) return *status;

  const auto config = config_of(choice);
  if (!config) return fail(self, config.error(), io);
  auto scopes = digest_scopes(digest, *config);
  if (!scopes) return fail(self, scopes.error(), io);
  const auto store = open_store(choice, *config);
  if (!store) return fail(self, store.error(), io);
  const auto known = (*store)->find_user(name);
  if (!known) return fail(self, store_failure(known.error()), io);
  if (!*known) return fail(self, unknown_user(name), io);
  if (!digest.wanted) scopes = digest_scopes((*known)->digests, *config);
  const auto password = new_password(name, *scopes, from_stdin, io);
  if (!password) return fail(self, password.error(), io);
  const auto changed = change_and_end_tokens(**store, *config, name, io,
                                             [&] { return (*store)->set_password(name, password->hash, password->digests, io.clock.now()); });
  if (!changed) return fail(self, changed.error(), io);
  if (*changed != Change::Done) return fail(self, unknown_user(name), io);
  const std::string digest_part = password->digests.empty() ? "" : fmt::format(", for Digest too (realm {})", show_realms(password->digests));
  const std::string dropped = dropped_algorithms((*known)->digests, password->digests);
  const std::string dropped_part = dropped.empty() ? "" : fmt::format("; no secret for {} is kept any more", dropped);
  io.out << fmt::format("changed{}{}; the old password is refused from now on\n", digest_part, dropped_part);
  warn_of_tokens(self, **store, *config, name, io);
  return kDone;
}

int run_user_disable(const Command& self, Arguments arguments, Io& io) {
  return change_user(self, arguments, io, "disabled; every gateway on this store refuses the user from now on", Tokens::End,
                     [&](store::Store& store, const std::string& name) { return store.set_disabled(name, true, io.clock.now()); });
}

int run_user_enable(const Command& self, Arguments arguments, Io& io) {
  return change_user(self, arguments, io, "enabled", Tokens::Stay,
                     [&](store::Store& store, const std::string& name) { return store.set_disabled(name, false, io.clock.now()); });
}

int run_user_remove(const Command& self, Arguments arguments, Io& io) {
  return change_user(self, arguments, io, "removed; every gateway on this store refuses the user from now on", Tokens::End,
                     [](store::Store& store, const std::string& name) { return store.remove_user(name); });
}

int run_user_list(const Command& self, Arguments arguments, Io& io) {
  const auto describe = [](const UserRecord& user) {
    JsonArray digests;
    for (const store::DigestSecret& one : user.digests) digests.push_back(JsonObject{{"realm", one.realm}, {"algorithm", digest::name_of(one.hash)}});
    return JsonObject{{"name", user.name}, {"roles", json_strings(user.roles)}, {"digests", std::move(digests)}, {"disabled", user.disabled},
                      {"created", rfc3339(user.created)}, {"changed", rfc3339(user.changed)}};
  };
  const auto row = [](const UserRecord& user) -> std::vector<std::string> {
    return {user.name, user.disabled ? "disabled" : "active", words(user.roles), show_realms(user.digests), date(user.created), date(user.changed)};
  };
  const Listing listing{"no users; add one with: quivive user add NAME", {"name", "state", "roles", "digest", "created", "changed"}, describe, row};
  return run_list(self, arguments, io, [](store::Store& store) { return store.list_users(); }, listing);
}

}  // namespace quivive::cli
