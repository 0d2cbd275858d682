#include "store/session_table.h"

#include "store/record_rules.h"

#include <algorithm>
#include <cstring>
#include <tuple>
#include <utility>

namespace quivive::store {
namespace {

constexpr Instant kNever = Instant::max();

}  // namespace

std::uint64_t SessionTable::prefix(std::string_view digest) {
  static_assert(kSessionIdOctets == sizeof(std::uint64_t));
  std::uint64_t out = 0;
  std::memcpy(&out, digest.data(), sizeof out);
  return out;
}

SessionRecord SessionTable::record_of(const Session& session) {
  return {.digest = std::string(octets(session)),
          .user = session.user->first,
          .password_tag = std::string(session.texts.get(), session.tag_size),
          .client = std::string(session.texts.get() + session.tag_size, session.client_size),
          .created = session.created,
          .seen = session.seen,
          .expires = session.expires,
          .revoked = session.revoked == kNever ? std::nullopt : std::optional(session.revoked)};
}

// Whether that changed anything: the earlier instant stays.
bool SessionTable::end_at(Session& session, Instant at) {
  if (session.revoked <= at) return false;
  session.revoked = at;
  return true;
}

const SessionTable::Session* SessionTable::lookup(std::string_view digest) const {
  if (digest.size() != std::tuple_size<Digest>()) return nullptr;
  for (auto [one, end] = sessions_.equal_range(prefix(digest)); one != end; ++one) {
    if (std::memcmp(one->second.digest.data(), digest.data(), digest.size()) == 0) return &one->second;
  }
  return nullptr;
}

SessionTable::Session& SessionTable::insert(const SessionRecord& record) {
  const auto user = users_.try_emplace(record.user, nullptr).first;
  Session session{.digest = {},
                  .created = record.created,
                  .seen = record.seen,
                  .expires = record.expires,
                  .revoked = kNever,
                  .user = &*user,
                  .next_of_user = user->second,
                  .texts = std::make_unique<char[]>(record.password_tag.size() + record.client.size()),
                  .tag_size = static_cast<std::uint8_t>(record.password_tag.size()),
                  .client_size = static_cast<std::uint8_t>(record.client.size())};
  std::copy(record.digest.begin(), record.digest.end(), session.digest.begin());
  std::copy(record.client.begin(), record.client.end(), std::copy(record.password_tag.begin(), record.password_tag.end(), session.texts.get()));
  user->second = &sessions_.emplace(prefix(record.digest), std::move(session))->second;
  return *user->second;
}

SessionTable::Outcome SessionTable::begin(const SessionRecord& session, std::string_view replaces, std::size_t most) {
  if (lookup(session.digest) != nullptr) return {Change::Exists};
  bool ended = false;
  if (Session* replaced = lookup(replaces); replaced != nullptr) ended = end_at(*replaced, session.created);
  const Session& newest = insert(session);
  if (trim(newest, most)) ended = true;
  return {Change::Done, ended};
}

// Leaves `most` live sessions of the newest one's user, itself among them, and as many that are over. Whether a live one
// was ended.
bool SessionTable::trim(const Session& newest, std::size_t most) {
  std::vector<Session*> live, over;
  const Instant now = newest.created;
  for (Session* one = newest.user->second; one != nullptr; one = one->next_of_user) {
    if (one != &newest) (one->revoked == kNever && one->expires > now ? live : over).push_back(one);
  }
  // How many there are before the last `count`, which they are ordered for.
  const auto before_last = [](std::vector<Session*>& sessions, std::size_t count, auto instant) {
    if (sessions.size() <= count) return std::size_t{0};
    const auto age = [&](const Session* one) { return std::tuple(instant(*one), one->created, octets(*one)); };
    std::sort(sessions.begin(), sessions.end(), [&](const Session* a, const Session* b) { return age(a) < age(b); });
    return sessions.size() - count;
  };
  const std::size_t ends = before_last(live, std::max<std::size_t>(most, 1) - 1, [](const Session& one) { return one.seen; });
  for (std::size_t i = 0; i < ends; ++i) {
    (void)end_at(*live[i], now);
    over.push_back(live[i]);
  }
  const std::size_t forgotten = before_last(over, most, [](const Session& one) { return std::min(one.revoked, one.expires); });
  for (std::size_t i = 0; i < forgotten; ++i) erase(*over[i]);
  return ends > 0;
}

std::optional<SessionRecord> SessionTable::find(std::string_view digest) const {
  const Session* session = lookup(digest);
  return session == nullptr ? std::nullopt : std::optional(record_of(*session));
}

void SessionTable::touch(std::string_view digest, Instant at) {
  Session* session = lookup(digest);
  if (session != nullptr && session->revoked == kNever) session->seen = std::max(session->seen, at);
}

SessionTable::Outcome SessionTable::end(std::string_view digest, Instant at) {
  Session* session = lookup(digest);
  if (session == nullptr) return {Change::NotFound};
  return {Change::Done, end_at(*session, at)};
}

SessionTable::Outcome SessionTable::end_by_id(std::string_view id, Instant at) {
  const auto octets = octets_of_session_id(id);
  if (!octets) return {Change::NotFound};
  Outcome out{Change::NotFound};
  for (auto [one, last] = sessions_.equal_range(prefix(*octets)); one != last; ++one) {
    out = {Change::Done, end_at(one->second, at) || out.ended};
  }
  return out;
}

std::size_t SessionTable::end_all_of(std::string_view user, Instant at) {
  const auto sessions = users_.find(user);
  if (sessions == users_.end()) return 0;
  std::size_t ended = 0;
  for (Session* one = sessions->second; one != nullptr; one = one->next_of_user) ended += end_at(*one, at) ? 1 : 0;
  return ended;
}

void SessionTable::remove_all_of(std::string_view user) {
  for (auto sessions = users_.find(user); sessions != users_.end(); sessions = users_.find(user)) erase(*sessions->second);
}

std::vector<SessionRecord> SessionTable::list() const {
  std::vector<const Session*> order;  // lighter to sort than records
  order.reserve(sessions_.size());
  for (const auto& [ignored, session] : sessions_) order.push_back(&session);
  std::sort(order.begin(), order.end(), [](const Session* a, const Session* b) {
    return a->created != b->created ? a->created < b->created : octets(*a) < octets(*b);
  });
  std::vector<SessionRecord> out;
  out.reserve(order.size());
  for (const Session* session : order) out.push_back(record_of(*session));
  return out;
}

std::size_t SessionTable::forget(Instant expired_before, Instant seen_before) {
  return std::erase_if(sessions_, [&](const auto& entry) {
    const Session& session = entry.second;
    const bool due = session.expires <= expired_before || session.seen <= seen_before;
    if (due) unlink(session);
    return due;
  });
}

void SessionTable::erase(const Session& session) {
  for (auto [one, end] = sessions_.equal_range(prefix(octets(session))); one != end; ++one) {
    if (&one->second != &session) continue;
    unlink(session);
    sessions_.erase(one);
    return;
  }
}

void SessionTable::unlink(const Session& session) {
  Session** link = &session.user->second;
  while (*link != &session) link = &(*link)->next_of_user;
  *link = session.next_of_user;
  if (session.user->second == nullptr) users_.erase(users_.find(session.user->first));
}

}  // namespace quivive::store
