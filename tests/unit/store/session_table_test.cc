// How the table keeps what it keeps; what its verbs promise is in tests/contract.

#include "store/session_table.h"

#include "store/memory_store.h"
#include "support/allocation_count.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace quivive::store {
namespace {

constexpr Instant kNow = from_unix_seconds(1'800'000'000);
constexpr Instant after(std::int64_t seconds) { return kNow + std::chrono::seconds(seconds); }

// `number` fills the first octets, the id, and `last` the last one.
SessionRecord session(std::uint64_t number, std::string user, char last = 'd') {
  std::string digest(32, 'd');
  for (std::size_t i = 0; i < kSessionIdOctets; ++i) digest[i] = static_cast<char>(number >> 8 * (kSessionIdOctets - 1 - i));
  digest.back() = last;
  return {.digest = digest, .user = std::move(user), .password_tag = "tag", .client = "192.0.2.1", .created = kNow, .seen = kNow, .expires = after(900), .revoked = {}};
}

TEST(SessionTable, DigestsThatBeginAlike_AreTwoSessionsOfOneId) {
  SessionTable table;
  ASSERT_EQ(table.begin(session(7, "anna", 'a'), "", 5).change, Change::Done);
  ASSERT_EQ(table.begin(session(7, "bert", 'b'), "", 5).change, Change::Done);
  ASSERT_EQ(table.begin(session(8, "anna"), "", 5).change, Change::Done);
  EXPECT_EQ(table.find(session(7, "", 'a').digest)->user, "anna");
  EXPECT_EQ(table.find(session(7, "", 'b').digest)->user, "bert");
  EXPECT_FALSE(table.find(session(7, "", 'c').digest));
  EXPECT_TRUE(table.end(session(7, "", 'a').digest, after(1)).ended);
  EXPECT_FALSE(table.find(session(7, "", 'b').digest)->revoked);
  const auto outcome = table.end_by_id("0000000000000007", after(2));  // whoever is meant, none of them goes on
  EXPECT_EQ(outcome.change, Change::Done);
  EXPECT_TRUE(outcome.ended);
  EXPECT_EQ(table.find(session(7, "", 'a').digest)->revoked, after(1));
  EXPECT_EQ(table.find(session(7, "", 'b').digest)->revoked, after(2));
  EXPECT_FALSE(table.find(session(8, "").digest)->revoked);
}

TEST(SessionTable, LinksOfAUser_HoldWhateverLeavesFirst) {
  std::vector<int> order = {0, 1, 2, 3};
  do {
    SessionTable table;
    for (const int i : order) {
      SessionRecord record = session(static_cast<std::uint64_t>(i), "anna");
      record.expires = after(i);
      (void)table.begin(record, "", 9);
    }
    (void)table.begin(session(9, "bert"), "", 9);
    for (int gone = 0; gone < 4; ++gone) {
      EXPECT_EQ(table.forget(after(gone), Instant::min()), 1u);
      EXPECT_EQ(table.end_all_of("anna", after(-1 - gone)), static_cast<std::size_t>(3 - gone));
    }
    table.remove_all_of("anna");
    EXPECT_EQ(table.list(), std::vector{session(9, "bert")});
  } while (std::next_permutation(order.begin(), order.end()));
}

TEST(SessionTable, Emptied_KeepsNothingOfUsers) {
  SessionTable table;
  (void)table.begin(session(0, "warm up"), "", 1);
  (void)table.forget(after(900), Instant::min());
  const std::size_t before = support::allocated_octets();
  for (std::uint64_t i = 0; i < 10; ++i) (void)table.begin(session(i, "a user with a long name " + std::to_string(i)), "", 1);
  EXPECT_GT(support::allocated_octets(), before + 10 * sizeof(SessionRecord) / 2);
  EXPECT_EQ(table.forget(after(900), Instant::min()), 10u);
  EXPECT_EQ(support::allocated_octets(), before);
}

// The bound: 60 MiB for 100,000 that live, even where each is of another user with a long name at an IPv6 address.
TEST(MemoryStore, HundredThousandSessions_StayWithinTheirBound) {
  struct Row {
    std::string name;
    std::size_t users;
    std::string client;
    std::size_t tag;
  };
  for (const Row& row : {Row{"of 20,000 users", 20'000, "192.0.2.123", 8}, {"of as many users", 100'000, "2001:db8:1234:5678:9abc:def0:1234:5678", 32}}) {
    const std::size_t before = support::allocated_octets();
    MemoryStore store;
    for (std::uint64_t i = 0; i < 100'000; ++i) {
      SessionRecord record = session(i * 0x9e3779b97f4a7c15, fmt::format("first.last.{:06}@example.com", i % row.users));
      record.client = row.client;
      record.password_tag.assign(row.tag, 't');
      ASSERT_EQ(store.begin_session(record, "", 5).value(), Change::Done);
    }
    const std::size_t used = support::allocated_octets() - before;
    RecordProperty(row.users == 100'000 ? "octets_at_worst" : "octets", static_cast<int>(used));
    EXPECT_LT(used, 60u * 1024 * 1024) << row.name;
    EXPECT_GT(used, 100'000u * 100) << row.name;  // it was counted
  }
}

}  // namespace
}  // namespace quivive::store
