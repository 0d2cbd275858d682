// What every Store promises, held against each of them. Times are arguments, so no test waits.

#include "backend.h"

namespace quivive::store {
namespace {

// What a password brings along for one realm and hash; `digit` tells one password from another.
DigestSecret digest(std::string realm, crypto::HashKind hash, char digit) {
  const std::size_t digits = 2 * crypto::digest_size(hash);
  return {.realm = std::move(realm), .hash = hash, .secret = Secret{std::string(digits, digit)}, .user_hash = std::string(digits - 1, 'a') + digit};
}

KeyRecord key(std::string id) {
  return {.id = std::move(id), .digest = std::string(32, 'd'), .owner = "billing", .scopes = {"orders:read", "orders:write"}, .note = "a note",
          .created = kNow, .expires = after(90), .revoked = {}, .rotated_to = "", .last_used = {}};
}

Revocation revocation(std::string value, RevocationKind kind = RevocationKind::Subject) {
  return {.issuer = "https://id.example.com", .kind = kind, .value = std::move(value), .cutoff = kNow, .created = kNow, .forget = after(100)};
}

std::string_view hash_of(const UserRecord& record) { return record.password_hash.reveal(RevealSecret{}); }

// One line for each: "realm/hash/first digit of the secret/last one of the user_hash".
std::vector<std::string> digests_of(const UserRecord& record) {
  std::vector<std::string> out;
  for (const DigestSecret& digest : record.digests) {
    EXPECT_EQ(digest.secret.size(), 2 * crypto::digest_size(digest.hash));
    EXPECT_EQ(digest.user_hash.size(), 2 * crypto::digest_size(digest.hash));
    out.push_back(fmt::format("{}/{}/{}/{}", digest.realm, crypto::digest_size(digest.hash), digest.secret.reveal(RevealSecret{}).front(), digest.user_hash.back()));
  }
  return out;
}

TEST_P(StoreContract, Places_AreKnown_UntilTheyAreOld_AndGoWithTheirUser) {
  must(store_.add_user({.name = "anna", .password_hash = Secret("h")}));
  const auto version = must(store_.version());
  ASSERT_TRUE(store_.note_place("anna", "192.0.2.0/24", after(10)));
  ASSERT_TRUE(store_.note_place("anna", "192.0.2.0/24", after(5)));  // never lowered
  EXPECT_TRUE(must(other_.knows_place("anna", "192.0.2.0/24", after(10))));
  EXPECT_FALSE(must(other_.knows_place("anna", "192.0.2.0/24", after(11))));
  EXPECT_FALSE(must(other_.knows_place("anna", "198.51.100.0/24", kNow)));
  EXPECT_FALSE(must(other_.knows_place("bert", "192.0.2.0/24", kNow)));
  EXPECT_EQ(must(other_.version()), version);
  must(store_.remove_user("anna"));
  EXPECT_FALSE(must(other_.knows_place("anna", "192.0.2.0/24", kNow)));
}

TEST_P(StoreContract, Places_AreBounded_TheLatestStay) {
  for (int n = 0; n < 100; ++n) ASSERT_TRUE(store_.note_place("anna", std::to_string(n), after(n)));
  EXPECT_FALSE(must(other_.knows_place("anna", std::to_string(99 - static_cast<int>(kMostPlaces)), kNow)));
  EXPECT_TRUE(must(other_.knows_place("anna", std::to_string(100 - static_cast<int>(kMostPlaces)), kNow)));
  EXPECT_TRUE(must(other_.knows_place("anna", "99", kNow)));
}

TEST_P(StoreContract, Empty_HasNothing) {
  EXPECT_FALSE(must(store_.find_user("anna")));
  EXPECT_FALSE(must(store_.find_key("k")));
  EXPECT_TRUE(must(store_.list_users()).empty());
  EXPECT_TRUE(must(store_.list_keys()).empty());
  EXPECT_TRUE(must(store_.list_revocations()).empty());
  EXPECT_EQ(must(store_.forget_revocations(kNow)), 0u);
}

TEST_P(StoreContract, AddUser_IsFoundWhole) {
  EXPECT_EQ(must(store_.add_user(user("anna"))), Change::Done);
  const auto found = must(other_.find_user("anna"));
  ASSERT_TRUE(found);
  EXPECT_EQ(found->name, "anna");
  EXPECT_EQ(hash_of(*found), "$hash$1");
  EXPECT_EQ(found->roles, (std::vector<std::string>{"admin", "ops"}));
  EXPECT_FALSE(found->disabled);
  EXPECT_EQ(found->created, kNow);
  EXPECT_EQ(found->changed, kNow);
  EXPECT_FALSE(must(store_.find_user("Anna")));
  EXPECT_FALSE(must(store_.find_user("")));
}

TEST_P(StoreContract, AddUserTwice_ExistsAndTheFirstStays) {
  (void)must(store_.add_user(user("anna")));
  UserRecord second = user("anna");
  second.password_hash = Secret{"other"};
  EXPECT_EQ(must(other_.add_user(second)), Change::Exists);
  EXPECT_EQ(hash_of(*must(store_.find_user("anna"))), "$hash$1");
}

TEST_P(StoreContract, ChangesOfUsers_ShowAndCount) {
  EXPECT_EQ(must(store_.set_password("anna", Secret{"h"}, {}, kNow)), Change::NotFound);
  EXPECT_EQ(must(store_.set_disabled("anna", true, kNow)), Change::NotFound);
  EXPECT_EQ(must(store_.remove_user("anna")), Change::NotFound);
  (void)must(store_.add_user(user("anna")));
  (void)must(store_.add_user(user("bert")));

  EXPECT_EQ(must(store_.set_password("anna", Secret{"$hash$2"}, {}, after(5))), Change::Done);
  EXPECT_EQ(hash_of(*must(other_.find_user("anna"))), "$hash$2");
  EXPECT_EQ(must(other_.find_user("anna"))->changed, after(5));
  EXPECT_EQ(must(store_.set_disabled("anna", true, after(6))), Change::Done);
  EXPECT_TRUE(must(other_.find_user("anna"))->disabled);
  EXPECT_EQ(must(other_.find_user("anna"))->changed, after(6));
  EXPECT_EQ(must(store_.set_disabled("anna", true, after(7))), Change::Done);
  EXPECT_EQ(must(other_.find_user("anna"))->changed, after(6));
  EXPECT_EQ(must(store_.set_disabled("anna", false, after(8))), Change::Done);
  EXPECT_FALSE(must(other_.find_user("anna"))->disabled);
  EXPECT_FALSE(must(other_.find_user("bert"))->disabled);
  EXPECT_EQ(must(store_.remove_user("anna")), Change::Done);
  EXPECT_FALSE(must(other_.find_user("anna")));
  EXPECT_TRUE(must(other_.find_user("bert")));
}

TEST_P(StoreContract, ListUsers_ByName) {
  for (const char* name : {"b", "a", "B", "c"}) (void)must(store_.add_user(user(name)));
  std::string names;
  for (const auto& record : must(other_.list_users())) names += record.name;
  EXPECT_EQ(names, "Babc");
}

TEST_P(StoreContract, PasswordHashes_AreThoseOfEveryUser) {
  EXPECT_TRUE(must(other_.password_hashes()).empty());
  for (const char* name : {"a", "b"}) {
    UserRecord record = user(name);
    record.password_hash = Secret("hash of " + record.name);
    (void)must(store_.add_user(record));
  }
  std::vector<std::string> hashes;
  for (const Secret& hash : must(other_.password_hashes())) hashes.emplace_back(hash.reveal(RevealSecret{}));
  std::ranges::sort(hashes);
  EXPECT_EQ(hashes, (std::vector<std::string>{"hash of a", "hash of b"}));
}

using enum crypto::HashKind;
using Lines = std::vector<std::string>;

TEST_P(StoreContract, UserWithDigests_IsFoundWhole) {
  UserRecord anna = user("anna");
  anna.digests = {digest("b", Sha256, '1'), digest("a realm, \"quoted\"", Md5, '2'), digest("b", Md5, '3'), digest("", Sha512_256, '4'), digest("é", Sha256, '5')};
  EXPECT_EQ(must(store_.add_user(anna)), Change::Done);
  (void)must(store_.add_user(user("bert")));
  const Lines all = {"/32/4/4", "a realm, \"quoted\"/16/2/2", "b/16/3/3", "b/32/1/1", "é/32/5/5"};
  EXPECT_EQ(digests_of(*must(other_.find_user("anna"))), all);
  EXPECT_EQ(must(other_.find_user("anna"))->roles.size(), 2u);
  EXPECT_EQ(digests_of(*must(other_.find_user("bert"))), Lines{});
  const auto listed = must(other_.list_users());
  ASSERT_EQ(listed.size(), 2u);
  EXPECT_EQ(digests_of(listed[0]), all);
  EXPECT_EQ(digests_of(listed[1]), Lines{});
}

TEST_P(StoreContract, AddUserTwice_LeavesTheDigestsOfTheFirst) {
  UserRecord anna = user("anna");
  anna.digests = {digest("r", Sha256, '1')};
  (void)must(store_.add_user(anna));
  anna.digests = {digest("r", Sha256, '2'), digest("other", Sha256, '2')};
  EXPECT_EQ(must(other_.add_user(anna)), Change::Exists);
  EXPECT_EQ(digests_of(*must(store_.find_user("anna"))), Lines{"r/32/1/1"});
}

TEST_P(StoreContract, SetPassword_ReplacesAllDigests) {
  for (const char* name : {"anna", "bert"}) {
    UserRecord record = user(name);
    record.digests = {digest("a", Sha256, '1'), digest("b", Sha256, '1')};
    (void)must(store_.add_user(record));
  }
  EXPECT_EQ(must(store_.set_password("anna", Secret{"$hash$2"}, {digest("c", Md5, '2'), digest("b", Sha256, '2')}, after(5))), Change::Done);
  EXPECT_EQ(digests_of(*must(other_.find_user("anna"))), (Lines{"b/32/2/2", "c/16/2/2"}));
  EXPECT_EQ(hash_of(*must(other_.find_user("anna"))), "$hash$2");
  EXPECT_EQ(must(store_.set_password("anna", Secret{"$hash$3"}, {}, after(6))), Change::Done);
  EXPECT_EQ(digests_of(*must(other_.find_user("anna"))), Lines{});
  EXPECT_EQ(digests_of(*must(other_.find_user("bert"))), (Lines{"a/32/1/1", "b/32/1/1"}));
  EXPECT_EQ(must(store_.set_password("carl", Secret{"h"}, {digest("a", Sha256, '1')}, kNow)), Change::NotFound);
  EXPECT_EQ(must(store_.set_disabled("bert", true, after(7))), Change::Done);  // no other change touches them
  EXPECT_EQ(digests_of(*must(other_.find_user("bert"))).size(), 2u);
}

TEST_P(StoreContract, RemovedUser_LeavesNoDigests) {
  UserRecord anna = user("anna");
  anna.digests = {digest("a", Sha256, '1')};
  (void)must(store_.add_user(anna));
  EXPECT_EQ(must(store_.remove_user("anna")), Change::Done);
  EXPECT_FALSE(must(other_.find_user_by_hash(anna.digests[0].user_hash)));
  EXPECT_EQ(must(store_.add_user(user("anna"))), Change::Done);
  EXPECT_EQ(digests_of(*must(other_.find_user("anna"))), Lines{});
}

TEST_P(StoreContract, FindUserByHash_FindsTheWholeUserOfAnyDigest) {
  UserRecord anna = user("anna"), bert = user("bert");
  anna.digests = {digest("a", Sha256, '1'), digest("b", Md5, '2')};
  bert.digests = {digest("a", Sha256, '3')};
  (void)must(store_.add_user(bert));
  (void)must(store_.add_user(anna));
  for (const DigestSecret& one : anna.digests) {
    const auto found = must(other_.find_user_by_hash(one.user_hash));
    ASSERT_TRUE(found);
    EXPECT_EQ(found->name, "anna");
    EXPECT_EQ(found->roles, anna.roles);
    EXPECT_EQ(digests_of(*found), (Lines{"a/32/1/1", "b/16/2/2"}));
  }
  EXPECT_EQ(must(other_.find_user_by_hash(bert.digests[0].user_hash))->name, "bert");
  for (const std::string& none : {std::string(), std::string("anna"), std::string(64, 'f'), anna.digests[0].user_hash.substr(1), std::string("%")}) {
    EXPECT_FALSE(must(other_.find_user_by_hash(none))) << none;
  }
  (void)must(store_.set_password("anna", Secret{"h"}, {digest("a", Sha256, '4')}, kNow));
  EXPECT_FALSE(must(other_.find_user_by_hash(anna.digests[1].user_hash)));
  EXPECT_EQ(must(other_.find_user_by_hash(digest("a", Sha256, '4').user_hash))->name, "anna");
}

TEST_P(StoreContract, CountWithoutDigest_CountsThoseWhoseSecretsAreForSomethingElse) {
  UserRecord anna = user("anna"), bert = user("bert");
  anna.digests = {digest("a", Sha256, '1'), digest("b", Md5, '2')};
  bert.digests = {digest("a", Sha256, '3')};
  for (const UserRecord& one : {anna, bert, user("of basic only")}) (void)must(store_.add_user(one));
  EXPECT_EQ(must(other_.count_without_digest("a", Sha256)), 0u);
  EXPECT_EQ(must(other_.count_without_digest("b", Md5)), 1u);
  EXPECT_EQ(must(other_.count_without_digest("a", Md5)), 2u);
  EXPECT_EQ(must(other_.count_without_digest("elsewhere", Sha256)), 2u);
  (void)must(store_.set_password("bert", Secret{"h"}, {digest("b", Md5, '4')}, kNow));
  EXPECT_EQ(must(other_.count_without_digest("b", Md5)), 0u);
  EXPECT_EQ(must(other_.count_without_digest("a", Sha256)), 1u);
}

TEST_P(StoreContract, AddKey_IsFoundWhole) {
  EXPECT_EQ(must(store_.add_key(key("k1"))), Change::Done);
  EXPECT_EQ(must(other_.find_key("k1")), key("k1"));
  EXPECT_FALSE(must(store_.find_key("K1")));
  EXPECT_EQ(must(other_.add_key(key("k1"))), Change::Exists);
  KeyRecord bare = key("k2");
  bare.expires.reset();
  bare.scopes.clear();
  bare.note.clear();
  (void)must(store_.add_key(bare));
  EXPECT_EQ(must(other_.find_key("k2")), bare);
}

TEST_P(StoreContract, RevokeKey_KeepsTheEarlierInstant) {
  EXPECT_EQ(must(store_.revoke_key("k1", kNow)), Change::NotFound);
  (void)must(store_.add_key(key("k1")));
  EXPECT_EQ(must(store_.revoke_key("k1", after(10))), Change::Done);
  EXPECT_EQ(must(other_.find_key("k1"))->revoked, after(10));
  EXPECT_EQ(must(store_.revoke_key("k1", after(20))), Change::Done);
  EXPECT_EQ(must(other_.find_key("k1"))->revoked, after(10));
  EXPECT_EQ(must(other_.revoke_key("k1", after(5))), Change::Done);
  EXPECT_EQ(must(store_.find_key("k1"))->revoked, after(5));
}

TEST_P(StoreContract, RotateKey_AddsTheNextAndEndsTheFirst) {
  EXPECT_EQ(must(store_.rotate_key("k1", key("k2"), after(60))), Change::NotFound);
  EXPECT_FALSE(must(store_.find_key("k2")));
  (void)must(store_.add_key(key("k1")));
  EXPECT_EQ(must(store_.rotate_key("k1", key("k2"), after(60))), Change::Done);
  const auto old = must(other_.find_key("k1"));
  EXPECT_EQ(old->revoked, after(60));
  EXPECT_EQ(old->rotated_to, "k2");
  EXPECT_EQ(must(other_.find_key("k2")), key("k2"));
  EXPECT_EQ(must(store_.rotate_key("k1", key("k3"), after(90))), Change::NotFound);  // once only
  EXPECT_FALSE(must(store_.find_key("k3")));
  EXPECT_EQ(must(store_.revoke_key("k1", after(99))), Change::Done);
  EXPECT_EQ(must(other_.find_key("k1"))->rotated_to, "k2");          // it was over by then
  EXPECT_EQ(must(store_.revoke_key("k1", after(1))), Change::Done);  // ends the overlap
  EXPECT_EQ(must(other_.find_key("k1"))->revoked, after(1));
  EXPECT_EQ(must(other_.find_key("k1"))->rotated_to, "");
}

TEST_P(StoreContract, RotateKeyToATakenId_ChangesNothing) {
  (void)must(store_.add_key(key("k1")));
  (void)must(store_.add_key(key("k2")));
  EXPECT_EQ(must(store_.rotate_key("k1", key("k2"), after(60))), Change::Exists);
  EXPECT_EQ(must(store_.rotate_key("k1", key("k1"), after(60))), Change::Exists);
  EXPECT_EQ(must(other_.find_key("k1")), key("k1"));
}

TEST_P(StoreContract, TouchKey_KeepsTheLatestMinute) {
  (void)must(store_.add_key(key("k1")));
  const auto last_used = [&](Store& store) { return must(store.list_keys()).at(0).last_used; };
  ASSERT_TRUE(store_.touch_key("k1", after(30)));
  ASSERT_TRUE(store_.touch_key("unknown", after(30)));
  EXPECT_EQ(last_used(store_), kNow);
  ASSERT_TRUE(store_.touch_key("k1", after(130)));
  ASSERT_TRUE(store_.touch_key("k1", after(10)));
  EXPECT_EQ(last_used(store_), after(120));
  EXPECT_EQ(last_used(other_), after(120));
  ASSERT_TRUE(other_.touch_key("k1", after(65)));
  EXPECT_EQ(last_used(other_), after(120));
  EXPECT_EQ(must(store_.list_keys()).size(), 1u);
}

TEST_P(StoreContract, ListKeys_ByCreation) {
  for (const int i : {3, 1, 2}) {
    KeyRecord record = key("k" + std::to_string(i));
    record.created = after(i);
    (void)must(store_.add_key(record));
  }
  std::string ids;
  for (const auto& record : must(other_.list_keys())) ids += record.id;
  EXPECT_EQ(ids, "k1k2k3");
}

TEST_P(StoreContract, AddRevocation_KeepsTheWiderOne) {
  ASSERT_TRUE(store_.add_revocation(revocation("anna")));
  Revocation narrow = revocation("anna");
  narrow.cutoff = after(-10);
  narrow.forget = after(50);
  ASSERT_TRUE(other_.add_revocation(narrow));
  EXPECT_EQ(must(store_.list_revocations()), std::vector{revocation("anna")});
  Revocation wide = revocation("anna");
  wide.cutoff = after(10);
  wide.forget.reset();
  ASSERT_TRUE(store_.add_revocation(wide));
  EXPECT_EQ(must(other_.list_revocations()), std::vector{wide});
}

TEST_P(StoreContract, RevocationsOfOtherKindValueOrIssuer_StandSideBySide) {
  ASSERT_TRUE(store_.add_revocation(revocation("x", RevocationKind::TokenId)));
  ASSERT_TRUE(store_.add_revocation(revocation("x", RevocationKind::Subject)));
  ASSERT_TRUE(store_.add_revocation(revocation("", RevocationKind::IssuedBefore)));
  ASSERT_TRUE(store_.add_revocation(revocation("y", RevocationKind::Subject)));
  Revocation elsewhere = revocation("x");
  elsewhere.issuer = "https://a.example";
  ASSERT_TRUE(store_.add_revocation(elsewhere));
  const auto all = must(other_.list_revocations());
  ASSERT_EQ(all.size(), 5u);
  EXPECT_EQ(all.front(), elsewhere);
}

TEST_P(StoreContract, ForgetRevocations_DropsThoseWhoseTimeHasCome) {
  Revocation forever = revocation("forever");
  forever.forget.reset();
  ASSERT_TRUE(store_.add_revocation(forever));
  ASSERT_TRUE(store_.add_revocation(revocation("soon")));
  EXPECT_EQ(must(store_.forget_revocations(after(99))), 0u);
  EXPECT_EQ(must(store_.forget_revocations(after(100))), 1u);
  EXPECT_EQ(must(other_.list_revocations()), std::vector{forever});
}

TEST_P(StoreContract, RecordsThatBreakTheRules_AreErrorsAndNotKept) {
  EXPECT_FALSE(store_.add_user(user("")));
  UserRecord sly = user("anna");
  sly.roles = {"user admin"};
  EXPECT_FALSE(store_.add_user(sly));
  sly = user("anna");
  sly.digests = {digest("r", Sha1, '1')};
  EXPECT_FALSE(store_.add_user(sly));
  (void)must(store_.add_user(user("bert")));
  EXPECT_FALSE(store_.set_password("bert", Secret{"h"}, sly.digests, kNow));
  EXPECT_EQ(hash_of(*must(store_.find_user("bert"))), "$hash$1");
  (void)must(store_.remove_user("bert"));
  KeyRecord bad = key("k1");
  bad.digest = "the key itself";
  EXPECT_FALSE(store_.add_key(bad));
  (void)must(store_.add_key(key("k0")));
  EXPECT_FALSE(store_.rotate_key("k0", bad, kNow));
  EXPECT_FALSE(store_.add_revocation(revocation("")));
  EXPECT_TRUE(must(store_.list_users()).empty());
  EXPECT_EQ(must(store_.list_keys()), std::vector{key("k0")});
  EXPECT_TRUE(must(store_.list_revocations()).empty());
}

TEST_P(StoreContract, HostileText_ComesBackByteForByte) {
  using namespace std::string_literals;
  for (const std::string& text : {"'; DROP TABLE users; --"s, "\"'`\\%_?"s, "a\0b"s, "\0"s, "é漢\U0001F600"s, "\xff\xfe\x80"s, "a:b\r\nc"s,
                                  std::string(10'240, 'x'), "-1"s, " "s}) {
    UserRecord anna = user(text);
    anna.password_hash = Secret{text};
    EXPECT_EQ(must(store_.add_user(anna)), Change::Done);
    const auto found = must(other_.find_user(text));
    ASSERT_TRUE(found);
    EXPECT_EQ(found->name, text);
    EXPECT_EQ(hash_of(*found), text);
    KeyRecord record = key(text);
    record.owner = record.note = text;
    EXPECT_EQ(must(store_.add_key(record)), Change::Done);
    EXPECT_EQ(must(other_.find_key(text)), record);
    Revocation refused = revocation(text);
    refused.issuer = text;
    ASSERT_TRUE(store_.add_revocation(refused));
    const auto all = must(other_.list_revocations());
    EXPECT_NE(std::find(all.begin(), all.end(), refused), all.end());
  }
  EXPECT_FALSE(must(store_.find_user("a")));  // not cut at the NUL
  EXPECT_EQ(must(store_.list_users()).size(), 10u);
  EXPECT_EQ(must(store_.remove_user(std::string(1, '\0'))), Change::Done);
}

TEST_P(StoreContract, Version_ChangesWhenAndOnlyWhenSomethingChanged) {
  struct Step {
    std::string name;
    bool changes;
    std::function<void()> run;
  };
  Revocation narrow = revocation("anna");
  narrow.cutoff = after(-5);
  const std::vector<Step> steps = {
      {"add user", true, [&] { (void)must(store_.add_user(user("anna"))); }},
      {"add user again", false, [&] { (void)must(store_.add_user(user("anna"))); }},
      {"find", false, [&] { (void)must(store_.find_user("anna")); }},
      {"password", true, [&] { (void)must(store_.set_password("anna", Secret{"h"}, {}, kNow)); }},
      {"digests", true, [&] { (void)must(store_.set_password("anna", Secret{"h"}, {digest("r", Sha256, '1')}, kNow)); }},
      {"find by hash", false, [&] { (void)must(store_.find_user_by_hash(digest("r", Sha256, '1').user_hash)); }},
      {"refused digests", false, [&] { EXPECT_FALSE(store_.set_password("anna", Secret{"h"}, {digest("r", Sha1, '1')}, kNow)); }},
      {"password of nobody", false, [&] { (void)must(store_.set_password("nobody", Secret{"h"}, {}, kNow)); }},
      {"disable", true, [&] { (void)must(store_.set_disabled("anna", true, kNow)); }},
      {"disable again", false, [&] { (void)must(store_.set_disabled("anna", true, kNow)); }},
      {"remove", true, [&] { (void)must(store_.remove_user("anna")); }},
      {"remove again", false, [&] { (void)must(store_.remove_user("anna")); }},
      {"add key", true, [&] { (void)must(store_.add_key(key("k1"))); }},
      {"add key again", false, [&] { (void)must(store_.add_key(key("k1"))); }},
      {"touch", false, [&] { ASSERT_TRUE(store_.touch_key("k1", kNow)); (void)must(store_.list_keys()); }},
      {"touch elsewhere", false, [&] { ASSERT_TRUE(other_.touch_key("k1", after(600))); (void)must(other_.version()); }},
      {"rotate", true, [&] { (void)must(store_.rotate_key("k1", key("k2"), after(9))); }},
      {"rotate again", false, [&] { (void)must(store_.rotate_key("k1", key("k3"), after(9))); }},
      {"rotate to a taken id", false, [&] { (void)must(store_.rotate_key("k2", key("k1"), after(9))); }},
      {"revoke", true, [&] { (void)must(store_.revoke_key("k1", kNow)); }},
      {"revoke later", false, [&] { (void)must(store_.revoke_key("k1", after(1))); }},
      {"revoke unknown", false, [&] { (void)must(store_.revoke_key("k9", after(1))); }},
      {"add revocation", true, [&] { ASSERT_TRUE(store_.add_revocation(revocation("anna"))); }},
      {"add it again", false, [&] { ASSERT_TRUE(store_.add_revocation(revocation("anna"))); }},
      {"add a narrower one", false, [&] { ASSERT_TRUE(store_.add_revocation(narrow)); }},
      {"forget none", false, [&] { (void)must(store_.forget_revocations(kNow)); }},
      {"forget", true, [&] { (void)must(store_.forget_revocations(after(100))); }},
      {"refused record", false, [&] { EXPECT_FALSE(store_.add_user(user(""))); }},
      {"by the other", true, [&] { (void)must(other_.add_user(user("anna"))); }},
  };
  std::vector<std::uint64_t> seen = {version()};
  EXPECT_EQ(must(store_.version()), seen.back());
  for (const Step& step : steps) {
    step.run();
    const auto now = version();
    EXPECT_EQ(must(store_.version()), now) << step.name;
    EXPECT_EQ(now != seen.back(), step.changes) << step.name;
    if (now != seen.back()) {
      EXPECT_EQ(std::count(seen.begin(), seen.end(), now), 0) << step.name;  // never an old number again
      seen.push_back(now);
    }
  }
}

TEST_P(StoreContract, AddUserFromManyThreads_OneWinsWhole) {
  std::atomic<int> done{0}, exists{0};
  on_threads(8, [&](int i) {
    UserRecord anna = user("anna");
    const char digit = static_cast<char>('0' + i);
    anna.password_hash = Secret{std::string(1, digit)};
    anna.digests = {digest("a", Sha256, digit), digest("b", Sha256, digit)};
    const auto change = must((i % 2 == 0 ? store_ : other_).add_user(anna));
    ++(change == Change::Done ? done : exists);
  });
  EXPECT_EQ(done, 1);
  EXPECT_EQ(exists, 7);
  const auto anna = must(store_.find_user("anna"));
  ASSERT_TRUE(anna);
  const std::string digit(hash_of(*anna));
  EXPECT_EQ(digests_of(*anna), (Lines{"a/32/" + digit + '/' + digit, "b/32/" + digit + '/' + digit}));
}

TEST_P(StoreContract, SetPasswordWhileOthersRead_ShowsHashAndDigestsOfOnePassword) {
  (void)must(store_.add_user(user("anna")));
  (void)must(store_.set_password("anna", Secret{"0"}, {digest("a", Sha256, '0'), digest("b", Md5, '0')}, kNow));
  std::atomic<int> wrong{0};
  const auto check = [&](const UserRecord& anna) {
    const std::string digit(hash_of(anna));
    if (digests_of(anna) != Lines{"a/32/" + digit + '/' + digit, "b/16/" + digit + '/' + digit}) ++wrong;
  };
  on_threads(4, [&](int i) {
    for (int round = 0; round < 25; ++round) {
      const char digit = static_cast<char>('0' + round % 10);
      if (i == 0) (void)must(store_.set_password("anna", Secret{std::string(1, digit)}, {digest("a", Sha256, digit), digest("b", Md5, digit)}, kNow));
      if (i == 1) check(*must(other_.find_user("anna")));
      if (i == 2) check(must(other_.list_users()).at(0));
      if (const auto found = must(other_.find_user_by_hash(digest("a", Sha256, digit).user_hash)); i == 3 && found) check(*found);
    }
  });
  EXPECT_EQ(wrong, 0);
}

TEST_P(StoreContract, AddKeyFromManyThreads_OneWins) {
  std::atomic<int> done{0}, exists{0};
  on_threads(8, [&](int i) {
    const auto change = must((i % 2 == 0 ? store_ : other_).add_key(key("k1")));
    ++(change == Change::Done ? done : exists);
  });
  EXPECT_EQ(done, 1);
  EXPECT_EQ(exists, 7);
}

TEST_P(StoreContract, RotateKeyFromManyThreads_OneWins) {
  (void)must(store_.add_key(key("k")));
  std::atomic<int> done{0}, not_found{0};
  on_threads(8, [&](int i) {
    const auto change = must((i % 2 == 0 ? store_ : other_).rotate_key("k", key("next" + std::to_string(i)), after(60)));
    ++(change == Change::Done ? done : not_found);
  });
  EXPECT_EQ(done, 1);
  EXPECT_EQ(not_found, 7);
  const auto keys = must(store_.list_keys());
  ASSERT_EQ(keys.size(), 2u);
  EXPECT_TRUE(must(store_.find_key(must(store_.find_key("k"))->rotated_to)));
}

TEST_P(StoreContract, RevokeKeyFromManyThreads_TheEarliestInstantStays) {
  (void)must(store_.add_key(key("k")));
  std::atomic<int> done{0};
  on_threads(8, [&](int i) {
    if (must((i % 2 == 0 ? store_ : other_).revoke_key("k", after(60 + (i * 5 + 3) % 8))) == Change::Done) ++done;
  });
  EXPECT_EQ(done, 8);
  for (Store* one : {&store_, &other_}) EXPECT_EQ(must(one->find_key("k"))->revoked, after(60));
}

TEST_P(StoreContract, AddRevocationFromManyThreads_TheWidestStays) {
  Revocation widest = revocation("anna");
  widest.cutoff = after(67);
  widest.forget = after(167);
  on_threads(8, [&](int i) {
    const int wide = (i * 5 + 3) % 8;  // not in the order of the threads
    Revocation one = revocation("anna");
    one.cutoff = after(60 + wide);
    one.forget = after(160 + wide);
    EXPECT_TRUE((i % 2 == 0 ? store_ : other_).add_revocation(one));
  });
  for (Store* one : {&store_, &other_}) EXPECT_EQ(must(one->list_revocations()), std::vector{widest});
}

TEST_P(StoreContract, NotePlaceFromManyThreads_TheLatestStay) {
  constexpr int kThreads = 8, kEach = 10;  // more places than are kept
  on_threads(kThreads, [&](int i) {
    Store& store = i % 2 == 0 ? store_ : other_;
    EXPECT_TRUE(store.note_place("anna", "home", after(1000 + (i * 5 + 3) % kThreads)));
    for (int n = 0; n < kEach; ++n) EXPECT_TRUE(store.note_place("anna", std::to_string(kEach * i + n), after(kEach * i + n)));
  });
  EXPECT_TRUE(must(other_.knows_place("anna", "home", after(1007))));
  EXPECT_FALSE(must(other_.knows_place("anna", "home", after(1008))));
  constexpr int kOldest = kThreads * kEach - static_cast<int>(kMostPlaces - 1);  // of those that stay beside it
  for (int n = 0; n < kThreads * kEach; ++n) EXPECT_EQ(must(other_.knows_place("anna", std::to_string(n), kNow)), n >= kOldest) << n;
}

TEST_P(StoreContract, ReadersAndWritersAtOnce_SeeWholeRecords) {
  (void)must(store_.add_key(key("k")));
  std::atomic<int> wrong{0};
  on_threads(4, [&](int i) {
    for (int round = 0; round < 25; ++round) {
      if (i % 2 == 0) {
        (void)must(store_.add_user(user(std::to_string(i) + "-" + std::to_string(round))));
        (void)store_.touch_key("k", after(60 * round));
      } else {
        if (must(other_.find_key("k"))->digest != std::string(32, 'd')) ++wrong;
        for (const auto& record : must(other_.list_users())) {
          if (record.roles.size() != 2) ++wrong;
        }
        (void)must(other_.version());
      }
    }
  });
  EXPECT_EQ(wrong, 0);
  EXPECT_EQ(must(other_.list_users()).size(), 50u);
}

INSTANTIATE_TEST_SUITE_P(Stores, StoreContract, all_kinds(), kind_name);

}  // namespace
}  // namespace quivive::store
