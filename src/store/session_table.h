#pragma once
// SessionTable: sessions in memory, as SessionStore's verbs want them, without a lock of its own. Compact, for there may
// be 100,000 of them: 200 octets each, 350 where each is of another user with a long name (session_table_test.cc holds it
// to its bound). A sign-in looks only at the sessions of its own user.

#include "base/text_hash.h"
#include "store/ports.h"

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace quivive::store {

class SessionTable {
 public:
  SessionTable() = default;
  SessionTable(const SessionTable&) = delete;  // sessions point at each other
  SessionTable& operator=(const SessionTable&) = delete;

  // Of a change: what became of it, and whether a session ended that was not over before, which is what counts.
  struct Outcome {
    Change change;
    bool ended = false;
  };

  [[nodiscard]] Outcome begin(const SessionRecord& session, std::string_view replaces, std::size_t most);
  [[nodiscard]] std::optional<SessionRecord> find(std::string_view digest) const;
  void touch(std::string_view digest, Instant at);
  [[nodiscard]] Outcome end(std::string_view digest, Instant at);
  [[nodiscard]] Outcome end_by_id(std::string_view id, Instant at);
  std::size_t end_all_of(std::string_view user, Instant at);  // how many ended
  void remove_all_of(std::string_view user);
  [[nodiscard]] std::vector<SessionRecord> list() const;  // by creation
  [[nodiscard]] std::size_t forget(Instant expired_before, Instant seen_before);

 private:
  using Digest = std::array<char, 32>;
  struct Session;
  // The first of a user's sessions, which are linked. A user without any is not in it.
  using Users = std::unordered_map<std::string, Session*, TextHash, std::equal_to<>>;

  struct Session {
    Digest digest;
    Instant created, seen, expires;
    Instant revoked;                // Instant::max() while it is not
    Users::value_type* user;
    Session* next_of_user;
    std::unique_ptr<char[]> texts;  // password_tag, then client
    std::uint8_t tag_size, client_size;
  };
  // By the first octets of the digest, so that a public id is found too. They are a hash already, and nobody chooses
  // them: what makes a digest is drawn by us.
  using Sessions = std::unordered_multimap<std::uint64_t, Session>;

  [[nodiscard]] static std::uint64_t prefix(std::string_view digest);
  [[nodiscard]] static std::string_view octets(const Session& session) { return {session.digest.data(), session.digest.size()}; }
  [[nodiscard]] static SessionRecord record_of(const Session& session);
  [[nodiscard]] static bool end_at(Session& session, Instant at);
  [[nodiscard]] const Session* lookup(std::string_view digest) const;
  [[nodiscard]] Session* lookup(std::string_view digest) { return const_cast<Session*>(std::as_const(*this).lookup(digest)); }
  Session& insert(const SessionRecord& record);
  bool trim(const Session& newest, std::size_t most);
  void erase(const Session& session);
  void unlink(const Session& session);

  Sessions sessions_;
  Users users_;
};

}  // namespace quivive::store
