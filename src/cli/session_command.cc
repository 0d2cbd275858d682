// quivive session list|revoke

#include "base/text.h"
#include "cli/commands.h"
#include "cli/open_store.h"
#include "cli/show.h"
#include "crypto/digest.h"
#include "store/record_rules.h"

namespace quivive::cli {
namespace {

using store::Change;
using store::SessionRecord;

std::string_view state_of(const SessionRecord& session, Instant now) {
  if (session.revoked) return "revoked";
  return session.expires <= now ? "expired" : "active";
}

JsonObject describe(const SessionRecord& session, Instant now) {
  return {{"id", session_id(session)},
          {"user", session.user},
          {"state", state_of(session, now)},
          {"signed_in", rfc3339(session.created)},
          {"last_seen", rfc3339(session.seen)},
          {"expires", rfc3339(session.expires)},
          {"revoked", json_instant(session.revoked)},
          {"from", session.client}};
}

// A cookie's value is refused and not repeated: it is a secret, and arguments are seen in `ps` and shell histories.
Result<void> check_session_id(std::string_view id) {
  if (store::octets_of_session_id(id)) return {};
  constexpr std::size_t kShortestCookie = 20;  // what is shorter is a mistyped id
  if (id.size() < kShortestCookie) return error("a session's id has 16 hexadecimal digits, as quivive session list shows it");
  SessionRecord meant;
  meant.digest = crypto::sha256(id).view();
  return error("that is no session's id; if it is a cookie's value, it now stands in your shell's history: its id is {}",
               session_id(meant));
}

std::vector<std::vector<std::string>> rows_of(const std::vector<SessionRecord>& sessions, bool with_state, Instant now) {
  std::vector<std::vector<std::string>> rows = {{"id", "user", "signed in", "last seen", "expires", "from"}};
  for (const SessionRecord& session : sessions) {
    rows.push_back({session_id(session), session.user, date_and_minute(session.created), date_and_minute(session.seen),
                    date_and_minute(session.expires), session.client});
  }
  if (!with_state) return rows;
  rows.front().insert(rows.front().begin() + 1, "state");
  for (std::size_t i = 0; i < sessions.size(); ++i) rows[i + 1].insert(rows[i + 1].begin() + 1, std::string(state_of(sessions[i], now)));
  return rows;
}

}  // namespace

int run_session_list(const Command& self, Arguments arguments, Io& io) {
  Options options(self);
  StoreChoice choice;
  std::string user;
  bool all = false, json = false;
  const auto* by_user = options.app().add_option("--user", user, "only those of this user")->type_name("NAME");
  options.app().add_flag("--all", all, "those that were revoked or have expired, too, while the store remembers them");
  options.add_json(json);
  options.add_store(choice);
  if (const auto status = options.parse(arguments, io)) return *status;

  const auto store = open_store(choice);
  if (!store) return fail(self, store.error(), io);
  auto sessions = (*store)->list_sessions();
  if (!sessions) return fail(self, store_failure(sessions.error()), io);
  const Instant now = io.clock.now();
  std::erase_if(*sessions, [&](const SessionRecord& session) {
    return (by_user->count() > 0 && session.user != user) || (!all && state_of(session, now) != "active");
  });
  if (json) {
    JsonArray out;
    for (const SessionRecord& session : *sessions) out.push_back(describe(session, now));
    io.out << to_json(out) << '\n';
  } else if (sessions->empty()) {
    io.out << (by_user->count() > 0 ? fmt::format("no sessions of {}\n", printable(user, 80)) : "no sessions: nobody is signed in by a cookie\n");
  } else {
    io.out << table(rows_of(*sessions, all, now));
  }
  return kDone;
}

int run_session_revoke(const Command& self, Arguments arguments, Io& io) {
  Options options(self);
  StoreChoice choice;
  std::string id, user;
  const auto* by_id = options.app().add_option("id", id, "the session's id, as session list shows it");
  const auto* by_user = options.app().add_option("--user", user, "all sessions of this user instead")->type_name("NAME");
  options.add_store(choice);
  if (const auto status = options.parse(arguments, io)) return *status;
  const bool all_of_user = by_user->count() > 0;
  if (all_of_user == (by_id->count() > 0)) return fail(self, {kWrong, "say which sessions, in one way: ID or --user NAME"}, io);
  if (!all_of_user) {
    if (const auto ok = check_session_id(id); !ok) return fail(self, {kWrong, ok.error().message}, io);
  }

  const auto store = open_store(choice);
  if (!store) return fail(self, store.error(), io);
  if (all_of_user) {
    const auto ended = (*store)->revoke_sessions_of(user, io.clock.now());
    if (!ended) return fail(self, store_failure(ended.error()), io);
    if (*ended == 0) return fail(self, {kNo, fmt::format("there is no session of {} to revoke; quivive session list shows whose there are", printable(user, 80))}, io);
    io.out << "revoked; every gateway on this store refuses the sessions that this user has until now\n";
    return kDone;
  }
  const auto revoked = (*store)->revoke_session(id, io.clock.now());
  if (!revoked) return fail(self, store_failure(revoked.error()), io);
  if (*revoked != Change::Done) return fail(self, {kNo, fmt::format("there is no session {}; quivive session list shows them", printable(id, 80))}, io);
  io.out << "revoked; every gateway on this store refuses it from now on\n";
  return kDone;
}

}  // namespace quivive::cli
