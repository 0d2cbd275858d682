// What is SQLite's own; what every store promises is in tests/contract.

#include "backends/sqlite_store.h"
#include "store_file.h"
#include "support/temp_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <thread>

namespace quivive::backends {
namespace {

using support::TempFolder;
using testing::HasSubstr;

store::KeyRecord key(std::string id) {
  return {.id = std::move(id), .digest = std::string(32, 'd'), .owner = "o", .scopes = {}, .note = "", .created = kNow};
}

store::SessionRecord session(char digest) {
  return {.digest = std::string(32, digest), .user = "anna", .password_tag = "t", .client = "192.0.2.1", .created = kNow, .seen = kNow,
          .expires = kNow + std::chrono::hours(1), .revoked = {}};
}

unsigned mode_of(const std::string& path) {
  struct stat info {};
  EXPECT_EQ(::stat(path.c_str(), &info), 0) << path;
  return info.st_mode & 07777;
}

TEST(SqliteStore, NewFile_IsPrivateWhateverTheUmask) {
  const TempFolder folder;
  const auto before = ::umask(0);
  const auto store = open(folder.path("store.db"));
  ASSERT_EQ(store->add_key(key("k")).value(), store::Change::Done);
  ::umask(before);
  EXPECT_TRUE(store->created());
  EXPECT_EQ(mode_of(folder.path("store.db")), 0600u);
  EXPECT_EQ(mode_of(folder.path("store.db-wal")), 0600u);
  EXPECT_EQ(mode_of(folder.path("store.db-shm")), 0600u);
  EXPECT_FALSE(open(folder.path("store.db"))->created());
}

TEST(SqliteStore, Reopened_KeepsEverything) {
  const TempFolder folder;
  std::uint64_t version = 0;
  {
    const auto store = open(folder.path("store.db"));
    ASSERT_TRUE(store->add_key(key("k")));
    ASSERT_TRUE(store->add_user({.name = "anna", .password_hash = Secret{"h"}, .roles = {"a"}}));
    ASSERT_TRUE(store->add_revocation({.issuer = "i", .kind = store::RevocationKind::TokenId, .value = "j"}));
    ASSERT_TRUE(store->touch_key("k", kNow));  // the destructor writes it
    version = store->version().value();
    ASSERT_TRUE(store->touch_key("k", kNow + std::chrono::minutes(2)));
  }
  const auto store = open(folder.path("store.db"));
  EXPECT_EQ(store->version().value(), version);
  EXPECT_EQ(store->find_key("k").value()->last_used, kNow + std::chrono::minutes(2));
  EXPECT_EQ(store->find_user("anna").value()->roles, std::vector<std::string>{"a"});
  EXPECT_EQ(store->list_revocations().value().size(), 1u);
}

TEST(SqliteStore, Refused_SaysWhichFileAndWhatToDo) {
  const TempFolder folder;
  struct Row {
    std::string name;
    std::function<void(const std::string& path)> prepare;
    std::string part;
  };
  const auto run = [](const char* sql) {
    return [sql](const std::string& path) {
      RawDb(path).run(sql);
      ::chmod(path.c_str(), 0600);
    };
  };
  const auto text = [&](std::string_view content) {
    return [&folder, content = std::string(content)](const std::string& path) {
      folder.write(path.substr(path.rfind('/') + 1), content);
      ::chmod(path.c_str(), 0600);
    };
  };
  for (const Row& row : std::vector<Row>{
           {"none/store.db", [](const auto&) {}, "check that its folder exists"},
           {"folder", [](const std::string& path) { ::mkdir(path.c_str(), 0700); }, "is not a file"},
           {"notes.txt", text(std::string(2000, 'x')), "is not an SQLite database"},
           {"other.db", run("CREATE TABLE t (x)"), "database of another program"},
           {"marked.db", run("PRAGMA application_id=7"), "database of another program"},
           {"newer.db", run("PRAGMA application_id=0x51766976; PRAGMA user_version=99"), "made by a newer quivive (schema 99"},
           {"open.db", [](const std::string& path) { RawDb(path).run("PRAGMA user_version=0"); std::ofstream(path, std::ios::app); ::chmod(path.c_str(), 0644); }, "chmod 600"},
           {"others-open.db", [](const std::string& path) { RawDb(path).run("CREATE TABLE t (x)"); ::chmod(path.c_str(), 0644); }, "database of another program"},
           {"link.db", [](const std::string& path) { ASSERT_EQ(::symlink("/nowhere/at/all", path.c_str()), 0); }, "No such file"},
       }) {
    const std::string path = folder.path(row.name);
    row.prepare(path);
    const auto looked = SqliteStore::look(path);
    ASSERT_FALSE(looked) << row.name;
    const auto store = SqliteStore::open(path);
    ASSERT_FALSE(store) << row.name;
    EXPECT_THAT(store.error().message, HasSubstr(path));
    EXPECT_THAT(store.error().message, HasSubstr(row.part));
    EXPECT_EQ(looked.error().message, store.error().message);
    EXPECT_EQ(store.error().message.find('\n'), std::string::npos);
  }
  for (const std::string& path : {std::string(), std::string(":memory:"), std::string("a\0b", 3)}) {
    EXPECT_FALSE(SqliteStore::open(path));
    EXPECT_FALSE(SqliteStore::look(path));
  }
}

TEST(SqliteStore, Look_ChangesNothing) {
  const TempFolder folder;
  EXPECT_TRUE(SqliteStore::look(folder.path("store.db")));
  EXPECT_NE(::access(folder.path("store.db").c_str(), F_OK), 0);
  // One that a gateway has open, and one that it left; a name that means something in a URI.
  for (const std::string name : {"store.db", "a%20?b#c.db"}) {
    const std::string path = folder.path(name);
    auto store = open(path);
    EXPECT_TRUE(SqliteStore::look(path)) << name;
    store.reset();
    const std::string before = folder.read(name);
    EXPECT_TRUE(SqliteStore::look(path)) << name;
    EXPECT_EQ(folder.read(name), before);
    for (const char* beside : {"-wal", "-shm", "-journal"}) EXPECT_NE(::access((path + beside).c_str(), F_OK), 0) << beside;
  }
  RawDb(folder.path("other.db")).run("CREATE TABLE t (x); PRAGMA journal_mode=WAL");
  ::chmod(folder.path("other.db").c_str(), 0600);
  EXPECT_FALSE(SqliteStore::look(folder.path("other.db")));
  EXPECT_NE(::access(folder.path("other.db-shm").c_str(), F_OK), 0);
}

TEST(SqliteStore, LookForDigests_CountsWhatIsThere_AndChangesNothing) {
  const TempFolder folder;
  const std::string path = folder.path("store.db");
  const auto count = [&](std::string_view realm) { return SqliteStore::look_for_digests(path, realm, crypto::HashKind::Sha256).value(); };
  EXPECT_EQ(count("a"), 0u);
  EXPECT_NE(::access(path.c_str(), F_OK), 0);
  auto store = open(path);
  const store::DigestSecret digest{.realm = "a", .hash = crypto::HashKind::Sha256, .secret = Secret{std::string(64, '1')}, .user_hash = std::string(64, '2')};
  ASSERT_TRUE(store->add_user({.name = "anna", .password_hash = Secret{"h"}, .digests = {digest}}));
  EXPECT_EQ(count("a"), 0u);
  EXPECT_EQ(count("b"), 1u);  // what is in the log of who has it open counts
  store.reset();
  const std::string before = folder.read("store.db");
  EXPECT_EQ(count("a"), 0u);
  EXPECT_EQ(count("b"), 1u);
  EXPECT_EQ(folder.read("store.db"), before);
  for (const char* beside : {"-wal", "-shm", "-journal"}) EXPECT_NE(::access((path + beside).c_str(), F_OK), 0) << beside;
  RawDb(path).run("PRAGMA user_version=1");
  EXPECT_EQ(count("b"), 0u);
}

// A store file as the first version made it: the schema is written out, since files in the field stay as they are.
constexpr const char* kSchema1 = R"(
  CREATE TABLE state (one INTEGER PRIMARY KEY CHECK (one = 1), changes INTEGER NOT NULL) STRICT;
  INSERT INTO state VALUES (1, 7);
  CREATE TABLE users (name BLOB PRIMARY KEY, password_hash BLOB NOT NULL, roles BLOB NOT NULL,
    disabled INTEGER NOT NULL CHECK (disabled IN (0, 1)), created INTEGER NOT NULL, changed INTEGER NOT NULL) STRICT, WITHOUT ROWID;
  INSERT INTO users VALUES (CAST('anna' AS BLOB), CAST('h' AS BLOB), CAST('admin ops' AS BLOB), 1, 5000, 6000);
  CREATE TABLE keys (id BLOB PRIMARY KEY, digest BLOB NOT NULL CHECK (length(digest) = 32), owner BLOB NOT NULL, scopes BLOB NOT NULL,
    note BLOB NOT NULL, created INTEGER NOT NULL, expires INTEGER, revoked INTEGER, rotated_to BLOB NOT NULL, last_used INTEGER) STRICT, WITHOUT ROWID;
  INSERT INTO keys VALUES (CAST('k' AS BLOB), zeroblob(32), CAST('o' AS BLOB), x'', x'', 5000, NULL, NULL, x'', NULL);
  CREATE TABLE revocations (issuer BLOB NOT NULL, kind INTEGER NOT NULL CHECK (kind IN (0, 1, 2)), value BLOB NOT NULL,
    cutoff INTEGER NOT NULL, created INTEGER NOT NULL, forget INTEGER, PRIMARY KEY (issuer, kind, value)) STRICT, WITHOUT ROWID;
  PRAGMA user_version=1; PRAGMA application_id=0x51766976; PRAGMA journal_mode=WAL;)";

TEST(SqliteStore, FileOfTheFirstSchema_IsMigratedAndKeepsWhatItHolds) {
  const TempFolder folder;
  const std::string path = folder.path("store.db");
  RawDb(path).run(kSchema1);
  ::chmod(path.c_str(), 0600);
  for (int opened = 0; opened < 2; ++opened) {
    const auto store = open(path);
    EXPECT_FALSE(store->created());
    const auto anna = store->find_user("anna").value();
    ASSERT_TRUE(anna);
    EXPECT_EQ(anna->roles, (std::vector<std::string>{"admin", "ops"}));
    EXPECT_TRUE(anna->disabled);
    EXPECT_EQ(anna->changed, from_unix_seconds(6));
    EXPECT_TRUE(anna->digests.empty());
    EXPECT_TRUE(store->find_key("k").value());
    EXPECT_EQ(store->version().value(), 7u);
  }
  const std::string hex(64, 'a');
  ASSERT_EQ(open(path)->set_password("anna", Secret{"h"}, {{.realm = "r", .secret = Secret{hex}, .user_hash = hex}}, kNow).value(), store::Change::Done);
  EXPECT_EQ(open(path)->find_user_by_hash(hex).value()->name, "anna");
  EXPECT_EQ(open(path)->version().value(), 8u);
}

// What the second version added to it.
constexpr const char* kSchema2 = R"(
  CREATE TABLE digests (user BLOB NOT NULL, realm BLOB NOT NULL, hash TEXT NOT NULL CHECK (hash IN ('MD5', 'SHA-256', 'SHA-512-256')),
    secret BLOB NOT NULL, user_hash BLOB NOT NULL, PRIMARY KEY (user, realm, hash)) STRICT, WITHOUT ROWID;
  CREATE INDEX digests_by_user_hash ON digests (user_hash);
  INSERT INTO digests VALUES (CAST('anna' AS BLOB), CAST('r' AS BLOB), 'MD5', CAST('0123456789abcdef0123456789abcdef' AS BLOB),
    CAST('abcdef0123456789abcdef0123456789' AS BLOB));
  PRAGMA user_version=2;)";

TEST(SqliteStore, FileOfTheSecondSchema_IsMigratedAndTakesSessions) {
  const TempFolder folder;
  const std::string path = folder.path("store.db");
  RawDb(path).run(kSchema1);
  RawDb(path).run(kSchema2);
  ::chmod(path.c_str(), 0600);
  {
    const auto store = open(path);
    EXPECT_EQ(store->find_user_by_hash("abcdef0123456789abcdef0123456789").value()->name, "anna");
    EXPECT_TRUE(store->find_user("anna").value()->disabled);
    EXPECT_TRUE(store->find_key("k").value());
    EXPECT_TRUE(store->list_sessions().value().empty());
    EXPECT_EQ(store->begin_session(session('a'), "", 5).value(), store::Change::Done);
    EXPECT_EQ(store->version().value(), 7u);
  }
  const auto store = open(path);
  EXPECT_EQ(store->list_sessions().value(), std::vector{session('a')});
  EXPECT_EQ(store->set_disabled("anna", true, kNow).value(), store::Change::Done);  // she was already
  EXPECT_EQ(store->find_session(session('a').digest).value()->revoked, kNow);
}

// What the third version added to it.
constexpr const char* kSchema3 = R"(
  ALTER TABLE state ADD COLUMN session_changes INTEGER NOT NULL DEFAULT 1;
  CREATE TABLE sessions (digest BLOB PRIMARY KEY CHECK (length(digest) = 32), user BLOB NOT NULL, password_tag BLOB NOT NULL,
    client BLOB NOT NULL, created INTEGER NOT NULL, seen INTEGER NOT NULL, expires INTEGER NOT NULL, revoked INTEGER) STRICT, WITHOUT ROWID;
  CREATE INDEX sessions_by_user ON sessions (user);
  INSERT INTO sessions VALUES (zeroblob(32), CAST('anna' AS BLOB), x'74', x'', 5000, 5000, 9000, NULL);
  CREATE TABLE places (user BLOB NOT NULL, place BLOB NOT NULL, seen INTEGER NOT NULL, PRIMARY KEY (user, place)) STRICT, WITHOUT ROWID;
  PRAGMA user_version=3;)";

TEST(SqliteStore, FileOfTheThirdSchema_IsMigratedAndTakesGrants) {
  const TempFolder folder;
  const std::string path = folder.path("store.db");
  for (const char* step : {kSchema1, kSchema2, kSchema3}) RawDb(path).run(step);
  ::chmod(path.c_str(), 0600);
  {
    const auto store = open(path);
    EXPECT_EQ(store->find_user_by_hash("abcdef0123456789abcdef0123456789").value()->name, "anna");
    EXPECT_TRUE(store->find_key("k").value());
    EXPECT_EQ(store->find_session(std::string(32, '\0')).value()->user, "anna");
    EXPECT_TRUE(store->list_clients().value().empty());
    EXPECT_EQ(store->add_refresh(refresh('a')).value(), store::Change::Done);
    EXPECT_EQ(store->version().value(), 7u);
  }
  const auto store = open(path);
  EXPECT_EQ(store->find_refresh(refresh('a').digest).value(), refresh('a'));
  EXPECT_EQ(store->remove_user("anna").value(), store::Change::Done);
  EXPECT_FALSE(store->find_refresh(refresh('a').digest).value());
}

TEST(SqliteStore, SessionsOfAUser_AreFoundByIndex) {
  const TempFolder folder;
  (void)open(folder.path("store.db"));
  EXPECT_THAT(RawDb(folder.path("store.db")).plan("SELECT digest FROM sessions WHERE user = x'61' AND digest <> x'62' AND revoked IS NULL"),
              HasSubstr("USING INDEX sessions_by_user"));
}

TEST(SqliteStore, UsesOfSessions_AreWrittenInBatchesAndSurviveTheProcess) {
  const TempFolder folder;
  const auto seconds = [](int n) { return kNow + std::chrono::seconds(n); };
  {
    const auto store = open(folder.path("store.db"));
    const auto other = open(folder.path("store.db"));
    const std::string digest = session('a').digest;
    ASSERT_TRUE(store->begin_session(session('a'), "", 5));
    ASSERT_TRUE(store->touch_session(digest, seconds(10)));
    EXPECT_EQ(store->find_session(digest).value()->seen, seconds(10));  // by who noted it
    EXPECT_EQ(other->find_session(digest).value()->seen, kNow);
    ASSERT_TRUE(store->version());
    EXPECT_EQ(other->find_session(digest).value()->seen, seconds(10));
    ASSERT_TRUE(store->touch_session(digest, seconds(20)));
    ASSERT_TRUE(other->end_session(digest, seconds(15)));
    EXPECT_EQ(store->find_session(digest).value()->seen, seconds(10));  // a note does not reach what is over
    ASSERT_TRUE(store->begin_session(session('b'), "", 5));
    ASSERT_TRUE(store->touch_session(session('b').digest, seconds(30)));  // the destructor writes it
  }
  const auto sessions = open(folder.path("store.db"))->list_sessions().value();
  ASSERT_EQ(sessions.size(), 2u);
  EXPECT_EQ(sessions[0].seen, seconds(10));
  EXPECT_EQ(sessions[0].revoked, seconds(15));
  EXPECT_EQ(sessions[1].seen, seconds(30));
}

TEST(SqliteStore, FileOfTheFirstSchemaOpenedByManyAtOnce_IsMigratedOnce) {
  const TempFolder folder;
  const std::string path = folder.path("store.db");
  RawDb(path).run(kSchema1);
  ::chmod(path.c_str(), 0600);
  std::vector<std::thread> threads;
  std::vector<std::string> errors(8);
  for (std::string& problem : errors) {
    threads.emplace_back([&] {
      const auto store = SqliteStore::open(path);
      if (!store) problem = store.error().message;
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_THAT(errors, testing::Each(""));
}

TEST(SqliteStore, DigestsThatLostTheirUser_AreNobodys) {
  const TempFolder folder;
  const auto store = open(folder.path("store.db"));
  const std::string hex(64, 'a');
  const store::UserRecord anna{.name = "anna", .password_hash = Secret{"h"}, .digests = {{.realm = "r", .secret = Secret{hex}, .user_hash = hex}}};
  ASSERT_TRUE(store->add_user(anna));
  RawDb(folder.path("store.db")).run("DELETE FROM users");  // by hand
  EXPECT_FALSE(store->find_user_by_hash(hex).value());
  ASSERT_EQ(store->add_user({.name = "anna", .password_hash = Secret{"h2"}}).value(), store::Change::Done);
  EXPECT_TRUE(store->find_user("anna").value()->digests.empty());
}

TEST(SqliteStore, DigestHashes_AreStoredByNameAndChecked) {
  const TempFolder folder;
  const auto store = open(folder.path("store.db"));
  const std::string hex(64, 'a');
  const store::DigestSecret weak{.realm = "r", .hash = crypto::HashKind::Md5, .secret = Secret{hex.substr(32)}, .user_hash = hex.substr(32)};
  ASSERT_TRUE(store->add_user({.name = "anna", .password_hash = Secret{"h"}, .digests = {weak}}));
  RawDb other(folder.path("store.db"));
  other.run("UPDATE digests SET hash = 'SHA-256' WHERE hash = 'MD5'");
  EXPECT_EQ(store->find_user("anna").value()->digests.at(0).hash, crypto::HashKind::Sha256);
  other.refuse("UPDATE digests SET hash = 'SHA-1'");
  other.refuse("UPDATE digests SET hash = 1");
}

TEST(SqliteStore, DatabaseOfAnotherProgram_IsLeftAsItWas) {
  const TempFolder folder;
  RawDb(folder.path("other.db")).run("CREATE TABLE t (x)");
  ::chmod(folder.path("other.db").c_str(), 0600);
  const std::string before = folder.read("other.db");
  EXPECT_FALSE(SqliteStore::open(folder.path("other.db")));
  EXPECT_EQ(folder.read("other.db"), before);
}

TEST(SqliteStore, MissingFileWithoutCreate_IsAnErrorAndStaysMissing) {
  const TempFolder folder;
  SqliteStore::Options options;
  options.create = false;
  EXPECT_FALSE(SqliteStore::open(folder.path("store.db"), options));
  EXPECT_NE(::access(folder.path("store.db").c_str(), F_OK), 0);
}

TEST(SqliteStore, DamagedFile_IsAnErrorNotAnEmptyStore) {
  const TempFolder folder;
  {
    const auto store = open(folder.path("store.db"));
    for (int i = 0; i < 200; ++i) ASSERT_TRUE(store->add_key(key("k" + std::to_string(i))));
  }
  std::string bytes = folder.read("store.db");
  ASSERT_GT(bytes.size(), 16'384u);
  std::fill(bytes.begin() + 4096, bytes.end(), '\x5a');  // every page but the first
  folder.write("store.db", bytes);
  const auto store = SqliteStore::open(folder.path("store.db"));
  ASSERT_FALSE(store);
  EXPECT_THAT(store.error().message, HasSubstr("is damaged"));
}

TEST(SqliteStore, FileRemovedOrReplacedInUse_VersionSaysSo) {
  const TempFolder folder;
  const auto store = open(folder.path("store.db"));
  ASSERT_TRUE(store->version());
  (void)open(folder.path("new.db"));
  std::filesystem::rename(folder.path("new.db"), folder.path("store.db"));
  ASSERT_FALSE(store->version());
  EXPECT_THAT(store->version().error().message, HasSubstr("was replaced while in use"));
  std::filesystem::remove(folder.path("store.db"));
  ASSERT_FALSE(store->version());
}

TEST(SqliteStore, LockedByAnotherProcess_ChangesFailAndReadsGoOn) {
  const TempFolder folder;
  (void)open(folder.path("store.db"));
  const auto store = open_impatiently(folder.path("store.db"));
  ASSERT_TRUE(store->add_key(key("k")));
  ASSERT_TRUE(store->begin_session(session('s'), "", 5));
  RawDb other(folder.path("store.db"));
  other.run("BEGIN IMMEDIATE");
  const auto added = store->add_key(key("k2"));
  ASSERT_FALSE(added);
  EXPECT_THAT(added.error().message, HasSubstr("locked by another process"));
  EXPECT_TRUE(store->find_key("k").value());
  EXPECT_TRUE(store->touch_key("k", kNow));
  EXPECT_TRUE(store->touch_session(session('s').digest, kNow + std::chrono::seconds(5)));
  EXPECT_TRUE(store->version());  // the notes wait, nothing else does
  other.run("ROLLBACK");
  EXPECT_TRUE(store->version());
  EXPECT_EQ(open(folder.path("store.db"))->find_key("k").value()->last_used, kNow);
  EXPECT_EQ(open(folder.path("store.db"))->find_session(session('s').digest).value()->seen, kNow + std::chrono::seconds(5));
  EXPECT_EQ(store->add_key(key("k2")).value(), store::Change::Done);
}

TEST(SqliteStore, OpenedByManyAtOnce_AllFindOneSchema) {
  const TempFolder folder;
  std::vector<std::thread> threads;
  std::vector<std::string> errors(8);
  for (std::size_t i = 0; i < errors.size(); ++i) {
    threads.emplace_back([&, i] {
      const auto store = SqliteStore::open(folder.path("store.db"));
      if (!store) {
        errors[i] = store.error().message;
      } else if (const auto added = (*store)->add_key(key(std::to_string(i))); !added) {
        errors[i] = added.error().message;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_THAT(errors, testing::Each(""));
  EXPECT_EQ(open(folder.path("store.db"))->list_keys().value().size(), errors.size());
}

TEST(SqliteStore, NotesOfManyKeys_AreBounded) {
  const TempFolder folder;
  const auto store = open(folder.path("store.db"));
  ASSERT_TRUE(store->add_key(key("last")));
  for (std::size_t i = 0; i < kMaxNotes; ++i) ASSERT_TRUE(store->touch_key(std::to_string(i), kNow));
  ASSERT_TRUE(store->touch_key("last", kNow));  // no room: lost
  EXPECT_EQ(store->list_keys().value().at(0).last_used, std::nullopt);
  ASSERT_TRUE(store->touch_key("last", kNow));  // those written make room
  EXPECT_EQ(store->list_keys().value().at(0).last_used, kNow);
}

}  // namespace
}  // namespace quivive::backends
