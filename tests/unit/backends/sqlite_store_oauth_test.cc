// What the token service keeps in a store file; what every store promises is in tests/contract.

#include "backends/sqlite_store.h"
#include "store_file.h"
#include "support/temp_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace quivive::backends {
namespace {

using support::TempFolder;
using testing::HasSubstr;

TEST(SqliteStore, ReopenedAfterARotationAndAReuse_ShowsThem) {
  using Rotation = store::OAuthStore::Rotation;
  const TempFolder folder;
  const std::string path = folder.path("store.db");
  const auto rotate = [&](char from, char to, std::chrono::seconds at) {
    store::RefreshRecord next = refresh(to);
    next.created = kNow + at;
    return open(path)->rotate_refresh(refresh(from).digest, next, std::chrono::seconds(10), "i").value();
  };
  ASSERT_EQ(open(path)->add_refresh(refresh('a')).value(), store::Change::Done);
  ASSERT_EQ(rotate('a', 'b', std::chrono::seconds(1)), Rotation::Rotated);
  EXPECT_EQ(open(path)->find_refresh(refresh('a').digest).value()->used, kNow + std::chrono::seconds(1));
  EXPECT_TRUE(open(path)->find_refresh(refresh('b').digest).value());
  ASSERT_EQ(rotate('a', 'c', std::chrono::seconds(12)), Rotation::Reused);
  EXPECT_FALSE(open(path)->find_refresh(refresh('b').digest).value());
  EXPECT_EQ(open(path)->list_revocations().value().size(), 2u);
}

TEST(SqliteStore, FileFromBeforeDescentWasKept_RefreshesItsTokens) {
  using Rotation = store::OAuthStore::Rotation;
  const TempFolder folder;
  const std::string path = folder.path("store.db");
  ASSERT_EQ(open(path)->add_refresh(refresh('a')).value(), store::Change::Done);
  RawDb(path).run("DROP INDEX refresh_tokens_by_parent; ALTER TABLE refresh_tokens DROP COLUMN parent; ALTER TABLE refresh_tokens DROP COLUMN parent_used; "
                  "ALTER TABLE refresh_tokens DROP COLUMN overtaken; DROP INDEX claimed_by_claimant; ALTER TABLE claimed DROP COLUMN claimant; PRAGMA user_version=5");
  const auto rotate = [&](char from, char to, std::chrono::seconds at) {
    store::RefreshRecord next = refresh(to);
    next.created = kNow + at;
    return open(path)->rotate_refresh(refresh(from).digest, next, std::chrono::seconds(10), "i").value();
  };
  EXPECT_EQ(rotate('a', 'b', std::chrono::seconds(1)), Rotation::Rotated);
  EXPECT_EQ(rotate('a', 'c', std::chrono::seconds(2)), Rotation::Rotated);
  EXPECT_EQ(rotate('b', 'd', std::chrono::seconds(20)), Rotation::Rotated);
  EXPECT_EQ(rotate('c', 'e', std::chrono::seconds(21)), Rotation::Reused);
}

// Answered only when it is in the file: a code that could not be marked as used is not handed out.
TEST(SqliteStore, LockedByAnotherProcess_GrantsAreNotHandedOut) {
  const TempFolder folder;
  (void)open(folder.path("store.db"));
  const auto store = open_impatiently(folder.path("store.db"));
  ASSERT_TRUE(store->add_refresh(refresh('a')));
  RawDb other(folder.path("store.db"));
  other.run("BEGIN IMMEDIATE");
  EXPECT_FALSE(store->take_code(std::string(32, 'c'), "app"));
  EXPECT_FALSE(store->poll_device(std::string(32, 'c'), "tv", kNow));
  EXPECT_FALSE(store->rotate_refresh(refresh('a').digest, refresh('b'), Duration(0), "i"));
  EXPECT_FALSE(store->claim_once("jti", "app", kNow, kNow));
  EXPECT_EQ(store->find_refresh(refresh('a').digest).value(), refresh('a'));  // reads go on
  other.run("ROLLBACK");
  EXPECT_EQ(store->claim_once("jti", "app", kNow, kNow).value(), store::Change::Done);
}

TEST(SqliteStore, FileFromBeforeClaimsHadAClaimant_KeepsThem) {
  const TempFolder folder;
  const std::string path = folder.path("store.db");
  (void)open(path);
  RawDb(path).run("DROP INDEX claimed_by_claimant; ALTER TABLE claimed DROP COLUMN claimant; INSERT INTO claimed VALUES (CAST('jti' AS BLOB), 1900000000000); PRAGMA user_version=6");
  EXPECT_EQ(open(path)->claim_once("jti", "app", kNow, kNow).value(), store::Change::Exists);
  EXPECT_EQ(open(path)->claim_once("new", "app", kNow, kNow).value(), store::Change::Done);
}

// Verbs of the token endpoint hold the write lock: none of them may scan what a client can make grow.
TEST(SqliteStore, Grants_AreFoundByIndex) {
  const TempFolder folder;
  (void)open(folder.path("store.db"));
  RawDb db(folder.path("store.db"));
  for (const auto& [sql, index] : std::vector<std::pair<std::string, std::string>>{
           {"SELECT digest FROM codes WHERE user = x'61' AND client = x'62' AND digest <> x'63' ORDER BY created DESC, digest DESC", "INDEX codes_by_user"},
           {"UPDATE codes SET used = 1, ended = 1 WHERE family = x'61'", "INDEX codes_by_family"},
           {"SELECT * FROM devices WHERE user_code = x'61'", "INDEX sqlite_autoindex_devices"},
           {"SELECT family FROM refresh_families WHERE user = x'61' AND client = x'62' ORDER BY begun DESC, family DESC", "INDEX refresh_families_by_user"},
           {"DELETE FROM refresh_tokens WHERE family IN (SELECT family FROM refresh_families WHERE client = x'61')", "INDEX refresh_families_by_client"},
           {"DELETE FROM refresh_tokens WHERE family = x'61'", "INDEX refresh_tokens_by_family"},
           {"UPDATE refresh_tokens SET overtaken = 1 WHERE parent = x'61' AND digest <> x'62'", "INDEX refresh_tokens_by_parent"},
           {"DELETE FROM refresh_tokens WHERE expires <= 5", "INDEX refresh_tokens_by_expiry"},
           {"DELETE FROM claimed WHERE expires <= 5", "INDEX claimed_by_expiry"},
           {"SELECT count(*) FROM claimed WHERE claimant = x'61' AND expires > 5", "COVERING INDEX claimed_by_claimant"},
       }) {
    EXPECT_THAT(db.plan(sql), HasSubstr(index)) << sql;
    EXPECT_THAT(db.plan(sql), testing::Not(HasSubstr("SCAN"))) << sql;
  }
}

TEST(SqliteStore, OAuthTables_RefuseWhatNoRecordHolds) {
  const TempFolder folder;
  (void)open(folder.path("store.db"));
  RawDb db(folder.path("store.db"));
  db.refuse("INSERT INTO clients VALUES (x'61', x'', 3, x'', x'', x'', x'', x'', 1, NULL)");
  db.refuse("INSERT INTO clients VALUES (x'61', x'', 0, x'', x'', x'', x'', x'', 1, NULL)");
  db.refuse("INSERT INTO clients VALUES (x'61', x'', 2, zeroblob(32), x'', x'', x'', x'', 1, NULL)");
  db.run("INSERT INTO clients VALUES (x'61', x'', 0, zeroblob(32), x'', x'', x'', x'', 1, NULL)");
  db.run("INSERT INTO devices VALUES (zeroblob(32), x'61', x'', x'', 2, x'', x'', 1, 1, 1, 1)");
  db.refuse("UPDATE devices SET state = 3");
}

// A sign-in that scanned 100,000 sessions would hold the write lock all the while.

}  // namespace
}  // namespace quivive::backends
