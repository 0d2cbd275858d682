// quivive key create|list|revoke|rotate

#include "auth/api_key_format.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/key_state.h"
#include "cli/list_records.h"
#include "cli/open_store.h"
#include "cli/show.h"
#include "cli/shown_once.h"
#include "config/units.h"
#include "store/record_rules.h"

#include <algorithm>

namespace quivive::cli {
namespace {

using store::Change;
using store::KeyRecord;

constexpr std::size_t kMaxNote = 1000;

struct KeyWishes {
  std::string owner, note, expires;
  std::vector<std::string> scopes;
};

Result<std::optional<Instant>> expiry_after(std::string_view expires, Instant now) {
  if (expires.empty()) return std::optional<Instant>{};
  if (const auto until = parse_instant(expires)) {
    if (*until <= now) return error("--expires: that is past already, and a key that never works is not made");
    return until;
  }
  const auto duration = config::parse_duration(expires);
  if (!duration) return error("--expires: {}; or a date, 2027-02-21", duration.error().message);
  if (*duration <= Duration::zero()) return error("--expires: a key that never works is not made; for example 90d");
  return std::optional(now + *duration);
}

Result<void> check_wishes(const KeyWishes& wishes) {
  if (const auto ok = check_name("--owner", wishes.owner, false); !ok) return ok;
  if (wishes.note.size() > kMaxNote || !is_valid_utf8(wishes.note) || has_control(wishes.note)) {
    return error("--note is at most {} bytes of UTF-8 text without control characters", kMaxNote);
  }
  if (!std::all_of(wishes.scopes.begin(), wishes.scopes.end(), store::is_scope_token)) {
    return error("--scope takes one scope: printable ASCII without spaces, quotes and backslashes; repeat it for more");
  }
  return {};
}

// The id that the user means. A whole key is refused: it is a secret, and arguments are seen in `ps` and shell histories.
Result<void> check_key_id(std::string_view id) {
  const auto key = auth::find_api_key(id);
  if (!key) return {};
  return error("that is a whole key, which now stands in your shell's history: take it as leaked; its id is {}", key->id);
}

Failure unknown_key(std::string_view id) {
  return {kNo, fmt::format("there is no key {}; quivive key list shows them", printable(id, 80))};
}

// Adds a key under a fresh id with `add`, trying again in the unlikely case that the id is taken.
template <class Add>
Result<auth::NewApiKey, Failure> add_fresh(KeyRecord& record, Io& io, Add add) {
  for (int attempt = 0; attempt < 3; ++attempt) {
    auth::NewApiKey key = auth::generate_api_key(io.random);
    record.id = key.id;
    record.digest = auth::api_key_digest(key.text.reveal(RevealSecret{}));
    const auto added = add(record);
    if (!added) return store_failure(added.error());
    if (*added == Change::Done) return key;
    if (*added == Change::NotFound) return Failure{kNo, "the key was revoked or rotated just now"};
  }
  return Failure{kFailed, "no free key id was found: the random source repeats itself"};
}

JsonObject describe_new(const KeyRecord& record, const auth::NewApiKey& key) {
  return {{"id", record.id},
          {"key", key.text.reveal(RevealSecret{})},
          {"owner", record.owner},
          {"scopes", json_strings(record.scopes)},
          {"expires", json_instant(record.expires)}};
}

void print_new(const KeyRecord& record, const auth::NewApiKey& key, Io& io) {
  io.out << key.text.reveal(RevealSecret{}) << "   shown once\n"
         << fmt::format("id {}   owner {}   scopes {}   expires {}\n", record.id, record.owner, words(record.scopes),
                        record.expires ? date(*record.expires) : "never");
}

}  // namespace

int run_key_create(const Command& self, Arguments arguments, Io& io) {
  Options options(self);
  KeyWishes wishes;
  StoreChoice choice;
  bool json = false;
  options.app().add_option("--owner", wishes.owner, "who answers for the key: a team, a service, a person")->type_name("NAME")->required();
  options.app().add_option("--scope", wishes.scopes, "what it may do; repeat for more")->type_name("SCOPE")->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  options.app().add_option("--expires", wishes.expires, "how long it works, 90d, or until when, 2027-02-21 (UTC); without it, until revoked")->type_name("TIME");
  options.app().add_option("--note", wishes.note, "what it is for")->type_name("TEXT");
  options.add_json(json);
  options.add_store(choice);
  if (const auto status = options.parse(arguments, io)) return *status;

  const Instant now = io.clock.now();
  if (const auto ok = check_wishes(wishes); !ok) return fail(self, {kWrong, ok.error().message}, io);
  const auto expires = expiry_after(wishes.expires, now);
  if (!expires) return fail(self, {kWrong, expires.error().message}, io);

  const auto store = open_or_create_store(self, choice, io);
  if (!store) return fail(self, store.error(), io);
  KeyRecord record;
  record.owner = wishes.owner;
  record.scopes = wishes.scopes;
  record.note = wishes.note;
  record.created = now;
  record.expires = *expires;
  const auto key = add_fresh(record, io, [&](const KeyRecord& fresh) { return (*store)->add_key(fresh); });
  if (!key) return fail(self, key.error(), io);
  if (json) io.out << to_json(describe_new(record, *key)) << '\n';
  else print_new(record, *key, io);
  return shown_or_lost(self, fmt::format("key {} was made and could not be shown; end it: quivive key revoke {}", record.id, record.id), io);
}

int run_key_list(const Command& self, Arguments arguments, Io& io) {
  const Instant now = io.clock.now();
  const auto describe = [now](const KeyRecord& key) {
    return JsonObject{{"id", key.id}, {"owner", key.owner}, {"scopes", json_strings(key.scopes)}, {"note", key.note},
                      {"state", state_of(key, now)}, {"created", rfc3339(key.created)}, {"expires", json_instant(key.expires)},
                      {"revoked", json_instant(key.revoked)},
                      {"rotated_to", key.rotated_to.empty() ? Json(nullptr) : Json(key.rotated_to)},
                      {"last_used", json_instant(key.last_used)}};
  };
  const auto row = [now](const KeyRecord& key) -> std::vector<std::string> {
    std::string state(state_of(key, now));
    if (state == "rotating") state += fmt::format(" to {} until {}", key.rotated_to, date_and_minute(*key.revoked));
    if (state == "rotated") state += fmt::format(" to {}", key.rotated_to);
    return {key.id, state, key.owner, words(key.scopes), date(key.created), key.expires ? date(*key.expires) : "never",
            key.last_used ? date_and_minute(*key.last_used) : "never", key.note};
  };
  const Listing listing{"no keys; make one with: quivive key create --owner NAME",
                        {"id", "state", "owner", "scopes", "created", "expires", "last used", "note"}, describe, row};
  return run_list(self, arguments, io, [](store::Store& store) { return store.list_keys(); }, listing);
}

int run_key_revoke(const Command& self, Arguments arguments, Io& io) {
  Options options(self);
  StoreChoice choice;
  std::string id;
  options.add_positional("id", id, "the key's id: the part after qv_, as key list shows it");
  options.add_store(choice);
  if (const auto status = options.parse(arguments, io)) return *status;
  if (const auto ok = check_key_id(id); !ok) return fail(self, {kWrong, ok.error().message}, io);

  const auto store = open_store(choice);
  if (!store) return fail(self, store.error(), io);
  const auto revoked = (*store)->revoke_key(id, io.clock.now());
  if (!revoked) return fail(self, store_failure(revoked.error()), io);
  if (*revoked != Change::Done) return fail(self, unknown_key(id), io);
  io.out << "revoked; every gateway on this store refuses it from now on\n";
  return kDone;
}

int run_key_rotate(const Command& self, Arguments arguments, Io& io) {
  Options options(self);
  StoreChoice choice;
  std::string id, overlap, expires;
  bool json = false;
  options.add_positional("id", id, "the id of the key to replace");
  options.app().add_option("--overlap", overlap, "how long the old key still works, 24h for instance; without it, not at all")->type_name("TIME");
  options.app().add_option("--expires", expires, "how long the new key works, or until when; without it, as long as the old one was given")->type_name("TIME");
  options.add_json(json);
  options.add_store(choice);
  if (const auto status = options.parse(arguments, io)) return *status;

  const Instant now = io.clock.now();
  if (const auto ok = check_key_id(id); !ok) return fail(self, {kWrong, ok.error().message}, io);
  const auto overlap_time = overlap.empty() ? Result<Duration>{Duration::zero()} : config::parse_duration(overlap);
  if (!overlap_time) return fail(self, {kWrong, "--overlap: " + overlap_time.error().message}, io);
  const auto new_expiry = expiry_after(expires, now);
  if (!new_expiry) return fail(self, {kWrong, new_expiry.error().message}, io);

  const auto store = open_store(choice);
  if (!store) return fail(self, store.error(), io);
  const auto old = (*store)->find_key(id);
  if (!old) return fail(self, store_failure(old.error()), io);
  if (!*old) return fail(self, unknown_key(id), io);
  if (const auto state = state_of(**old, now); state != "active") {
    return fail(self, {kNo, fmt::format("the key is {} already; quivive key create makes a new one", state)}, io);
  }
  KeyRecord record;
  record.owner = (*old)->owner;
  record.scopes = (*old)->scopes;
  record.note = (*old)->note;
  record.created = now;
  record.expires = *new_expiry;
  if (!record.expires && (*old)->expires) record.expires = now + (*(*old)->expires - (*old)->created);
  const Instant until = now + *overlap_time;
  const auto key = add_fresh(record, io, [&](const KeyRecord& next) { return (*store)->rotate_key(id, next, until); });
  if (!key) return fail(self, key.error(), io);
  if (json) {
    JsonObject out = describe_new(record, *key);
    out["replaces"] = id;
    out["replaced_until"] = rfc3339(until);
    io.out << to_json(out) << '\n';
  } else {
    print_new(record, *key, io);
    io.out << fmt::format("replaces {}, which {}\n", id, until > now ? fmt::format("works until {} UTC", date_and_minute(until)) : "is refused from now on");
  }
  return shown_or_lost(self, fmt::format("key {} was made and could not be shown; replace it in turn: quivive key rotate {}. Key {} {}", record.id, record.id, id,
                                         until > now ? fmt::format("works until {} UTC", date_and_minute(until)) : "is refused from now on"), io);
}

}  // namespace quivive::cli
