#include "auth/api_key_format.h"
#include "backends/sqlite_store.h"
#include "base/json.h"
#include "command_test.h"

#include <algorithm>

namespace quivive::cli {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

class KeyCommandTest : public CommandTest {
 protected:
  // A new key, as JSON.
  JsonObject create(const std::vector<std::string>& more = {}) { return json({"key", "create", "--owner", "billing", "--json"}, more); }
  JsonObject json(std::vector<std::string> words, const std::vector<std::string>& more = {}) {
    words.insert(words.end(), more.begin(), more.end());
    const auto result = run(words);
    EXPECT_EQ(result.status, kDone) << result.err;
    return parse_json(result.out).value().as_object();
  }
  std::string text(const JsonObject& object, std::string_view name) { return std::string(string_member(object, name).value_or("(none)")); }
  store::KeyRecord record(const std::string& id) {
    return backends::SqliteStore::open(folder_.path("store.db")).value()->find_key(id).value().value();
  }
};

TEST_F(KeyCommandTest, Create_PrintsTheKeyOnceAndStoresItsDigest) {
  const auto result = run({"key", "create", "--owner", "billing", "--scope", "orders:read", "--scope", "orders:write", "--expires", "90d", "--note", "nightly"});
  ASSERT_EQ(result.status, kDone) << result.err;
  const std::string key = result.out.substr(0, auth::kApiKeyLength);
  const auto parsed = auth::parse_api_key(key);
  ASSERT_TRUE(parsed);
  const std::string id(parsed->id);
  EXPECT_EQ(result.out, key + "   shown once\nid " + id + "   owner billing   scopes orders:read orders:write   expires 2027-02-22\n");
  EXPECT_EQ(result.err, "quivive key create: a new store was created, " + folder_.path("store.db") + "; a gateway that uses another one knows nothing of what is in it\n");
  EXPECT_EQ(run({"key", "create", "--owner", "billing"}).err, "");  // it is there now

  const auto stored = record(id);
  EXPECT_EQ(stored.digest, auth::api_key_digest(key));
  EXPECT_EQ(stored.owner, "billing");
  EXPECT_EQ(stored.note, "nightly");
  EXPECT_EQ(stored.created, clock_.now());
  EXPECT_EQ(stored.expires, clock_.now() + std::chrono::days(90));
  for (const char* file : {"store.db", "store.db-wal"}) EXPECT_EQ(folder_.read(file).find(key.substr(14, 43)), std::string::npos) << file;
}

TEST_F(KeyCommandTest, CreateJson_HasTheDocumentedMembers) {
  const auto made = create({"--scope", "a"});
  EXPECT_THAT(text(made, "key"), StartsWith("qv_" + text(made, "id") + "_"));
  EXPECT_EQ(text(made, "owner"), "billing");
  EXPECT_EQ(to_json(*member(made, "scopes")), R"(["a"])");
  EXPECT_TRUE(member(made, "expires")->is_null());
  EXPECT_EQ(text(create({"--expires", "1d"}), "expires"), "2026-11-25T10:03:31Z");
  EXPECT_EQ(text(create({"--expires", "2027-01-01"}), "expires"), "2027-01-01T00:00:00Z");
  EXPECT_EQ(text(create({"--expires", "2027-01-01T12:00:00+01:00"}), "expires"), "2027-01-01T11:00:00Z");
}

TEST_F(KeyCommandTest, CreateWithWrongInput_MakesNothing) {
  struct Row {
    std::vector<std::string> words;
    std::string part;
  };
  for (const Row& row : {Row{{"--owner", ""}, "--owner has 1 to 255 bytes"}, {{"--owner", "a\nb"}, "control characters"},
                         {{"--owner", std::string(256, 'x')}, "--owner has"}, {{"--owner", "\xff"}, "UTF-8"}, {{"--owner", " a"}, "space"},
                         {{"--owner", "a", "--scope", "two words"}, "--scope takes one scope"},
                         {{"--owner", "a", "--scope", ""}, "--scope takes one scope"}, {{"--owner", "a", "--expires", "90"}, "--expires"},
                         {{"--owner", "a", "--expires", "0s"}, "--expires"}, {{"--owner", "a", "--expires", "soon"}, "or a date"},
                         {{"--owner", "a", "--expires", "2026-11-24"}, "past already"}, {{"--owner", "a", "--expires", "2027-13-01"}, "or a date"},
                         {{"--owner", "a", "--note", "x\x1by"}, "--note"}}) {
    std::vector<std::string> words = {"key", "create"};
    words.insert(words.end(), row.words.begin(), row.words.end());
    const auto result = run(words);
    EXPECT_EQ(result.status, kWrong) << row.part;
    EXPECT_THAT(result.err, HasSubstr(row.part));
    EXPECT_EQ(result.out, "");
    expect_one_line(result.err);
  }
  EXPECT_EQ(run({"key", "list"}).status, kFailed);  // not even a store
}

TEST_F(KeyCommandTest, List_ShowsStatesAndNoSecret) {
  const auto active = create(), revoked = create(), expired = create({"--expires", "1h"}), rotated = create();
  ASSERT_EQ(run({"key", "revoke", text(revoked, "id")}).status, kDone);
  const auto next = json({"key", "rotate", text(rotated, "id"), "--overlap", "24h", "--json"});
  clock_.advance(std::chrono::hours(2));
  const auto result = run({"key", "list"});
  EXPECT_EQ(result.status, kDone);
  EXPECT_THAT(result.out, HasSubstr(text(active, "id") + "  active"));
  EXPECT_THAT(result.out, HasSubstr(text(revoked, "id") + "  revoked"));
  EXPECT_THAT(result.out, HasSubstr(text(expired, "id") + "  expired"));
  EXPECT_THAT(result.out, HasSubstr(text(rotated, "id") + "  rotating to " + text(next, "id") + " until 2026-11-25 10:03"));
  const auto listed = run({"key", "list", "--json"});
  for (const auto& made : {active, revoked, expired, rotated, next}) {
    EXPECT_EQ(result.out.find(text(made, "key").substr(14)), std::string::npos);
    EXPECT_EQ(listed.out.find(text(made, "key").substr(14)), std::string::npos);
    EXPECT_THAT(listed.out, HasSubstr(text(made, "id")));
  }
  clock_.advance(std::chrono::hours(24));
  EXPECT_THAT(run({"key", "list"}).out, HasSubstr(text(rotated, "id") + "  rotated to " + text(next, "id")));
}

// Its replacement may be what has to go, so that "rotated" would hide what the operator did.
TEST_F(KeyCommandTest, RevokedWithinTheOverlap_IsRevoked) {
  const auto old = create();
  ASSERT_EQ(run({"key", "rotate", text(old, "id"), "--overlap", "24h"}).status, kDone);
  ASSERT_EQ(run({"key", "revoke", text(old, "id")}).status, kDone);
  EXPECT_THAT(run({"key", "list"}).out, HasSubstr(text(old, "id") + "  revoked "));
}

TEST_F(KeyCommandTest, ListOfNothing_SaysHowToMakeOne) {
  ASSERT_TRUE(backends::SqliteStore::open(folder_.path("store.db")));
  EXPECT_THAT(run({"key", "list"}).out, HasSubstr("quivive key create"));
  EXPECT_EQ(run({"key", "list", "--json"}).out, "[]\n");
}

TEST_F(KeyCommandTest, Revoke_IsFromNowOn) {
  const auto made = create();
  const auto result = run({"key", "revoke", text(made, "id")});
  EXPECT_EQ(result.status, kDone);
  EXPECT_EQ(result.out, "revoked; every gateway on this store refuses it from now on\n");
  EXPECT_EQ(record(text(made, "id")).revoked, clock_.now());
}

TEST_F(KeyCommandTest, UnknownId_IsNo) {
  (void)create();
  for (const char* verb : {"revoke", "rotate"}) {
    const auto result = run({"key", verb, "0000000000"});
    EXPECT_EQ(result.status, kNo);
    EXPECT_THAT(result.err, HasSubstr("there is no key 0000000000"));
    expect_one_line(result.err);
  }
}

TEST_F(KeyCommandTest, WholeKeyInsteadOfId_IsRefusedWithoutRepeatingIt) {
  const auto made = create();
  for (const char* verb : {"revoke", "rotate"}) {
    const auto result = run({"key", verb, text(made, "key")});
    EXPECT_EQ(result.status, kWrong);
    EXPECT_THAT(result.err, HasSubstr("its id is " + text(made, "id")));
    EXPECT_EQ(result.err.find(text(made, "key")), std::string::npos);
  }
}

TEST_F(KeyCommandTest, Rotate_KeepsOwnerScopesNoteAndLifetime) {
  const auto old = create({"--scope", "a", "--scope", "b", "--note", "n", "--expires", "30d"});
  clock_.advance(std::chrono::days(10));
  const auto next = json({"key", "rotate", text(old, "id"), "--overlap", "24h", "--json"});
  EXPECT_EQ(text(next, "replaces"), text(old, "id"));
  EXPECT_EQ(text(next, "replaced_until"), "2026-12-05T10:03:31Z");
  const auto before = record(text(old, "id")), after = record(text(next, "id"));
  EXPECT_EQ(before.revoked, clock_.now() + std::chrono::hours(24));
  EXPECT_EQ(before.rotated_to, after.id);
  EXPECT_EQ(after.owner, "billing");
  EXPECT_EQ(after.scopes, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(after.note, "n");
  EXPECT_EQ(after.expires, clock_.now() + std::chrono::days(30));
  EXPECT_EQ(after.digest, auth::api_key_digest(text(next, "key")));
}

TEST_F(KeyCommandTest, RotateWithoutOverlap_EndsTheOldKeyNow) {
  const auto old = create();
  const auto result = run({"key", "rotate", text(old, "id")});
  EXPECT_EQ(result.status, kDone);
  EXPECT_THAT(result.out, HasSubstr("which is refused from now on"));
  EXPECT_EQ(record(text(old, "id")).revoked, clock_.now());
}

// The old key is over, and nobody has the new one: its id is what can still be done something with.
TEST_F(KeyCommandTest, WhatCouldNotBeShown_IsNamedWithoutItsSecret) {
  const auto old = create();
  const auto ids = [&] {
    std::vector<std::string> out;
    for (const auto& key : backends::SqliteStore::open(folder_.path("store.db")).value()->list_keys().value()) out.push_back(key.id);
    return out;
  };
  const auto rotated = run_without_output({"key", "rotate", text(old, "id")});
  const std::string next = record(text(old, "id")).rotated_to;
  EXPECT_EQ(rotated.status, kFailed);
  EXPECT_THAT(rotated.err, AllOf(HasSubstr("key " + next + " was made and could not be shown; replace it in turn: quivive key rotate " + next),
                                 HasSubstr("Key " + text(old, "id") + " is refused from now on"), testing::Not(HasSubstr("qv_"))));
  const auto before = ids();
  for (const std::vector<std::string>& words : {std::vector<std::string>{"key", "create", "--owner", "a"}, {"key", "create", "--owner", "a", "--json"}}) {
    const auto made = run_without_output(words);
    EXPECT_EQ(made.status, kFailed);
    EXPECT_THAT(made.err, AllOf(HasSubstr("quivive key revoke "), testing::Not(HasSubstr("qv_"))));
    EXPECT_TRUE(std::ranges::any_of(ids(), [&](const std::string& id) { return std::ranges::count(before, id) == 0 && made.err.find(id) != std::string::npos; })) << made.err;
    expect_one_line(made.err);
  }
}

TEST_F(KeyCommandTest, RotateOfAKeyThatIsOver_IsNo) {
  const auto rotated = create(), revoked = create(), expired = create({"--expires", "1s"});
  ASSERT_EQ(run({"key", "rotate", text(rotated, "id"), "--overlap", "1h"}).status, kDone);
  ASSERT_EQ(run({"key", "revoke", text(revoked, "id")}).status, kDone);
  clock_.advance(std::chrono::seconds(1));
  for (const auto& [made, state] : {std::pair{rotated, "rotating"}, {revoked, "revoked"}, {expired, "expired"}}) {
    const auto result = run({"key", "rotate", text(made, "id"), "--overlap", "1h"});
    EXPECT_EQ(result.status, kNo);
    EXPECT_THAT(result.err, HasSubstr(std::string("the key is ") + state + " already"));
  }
  EXPECT_EQ(run({"key", "rotate", text(expired, "id"), "--overlap", "24"}).status, kWrong);
}

}  // namespace
}  // namespace quivive::cli
