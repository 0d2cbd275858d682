#include "backends/sqlite_store.h"
#include "base/json.h"
#include "command_test.h"
#include "crypto/digest.h"

namespace quivive::cli {
namespace {

using store::SessionRecord;
using testing::HasSubstr;
using testing::Not;

class SessionCommandTest : public CommandTest {
 protected:
  SessionCommandTest() { EXPECT_TRUE(backends::SqliteStore::open(folder_.path("store.db"))); }

  // Signs `user` in with a cookie of that value, for an hour; the session's id.
  std::string sign_in(const std::string& cookie, const std::string& user, const std::string& client = "192.0.2.1") {
    const SessionRecord session{.digest = std::string(crypto::sha256(cookie).view()), .user = user, .password_tag = "t", .client = client,
                                .created = clock_.now(), .seen = clock_.now(), .expires = clock_.now() + std::chrono::hours(1), .revoked = {}};
    EXPECT_EQ(store()->begin_session(session, "", 100).value(), store::Change::Done);
    return session_id(session);
  }
  std::unique_ptr<backends::SqliteStore> store() { return std::move(backends::SqliteStore::open(folder_.path("store.db")).value()); }
  // The ids whose sessions are revoked.
  std::vector<std::string> revoked() {
    std::vector<std::string> out;
    for (const SessionRecord& session : store()->list_sessions().value()) {
      if (session.revoked) out.push_back(session_id(session));
    }
    return out;
  }
};

const std::string kCookie = "Z0r7cE1hO3yN5tq8xWb2vLk9mPs4dFg6jUa0iRnQeXc";

TEST_F(SessionCommandTest, List_ShowsWhoIsSignedIn) {
  const std::string anna = sign_in(kCookie, "anna");
  ASSERT_TRUE(store()->touch_session(crypto::sha256(kCookie).view(), clock_.now() + std::chrono::minutes(7)));
  clock_.advance(std::chrono::minutes(10));
  const std::string bert = sign_in("b", "bert", "2001:db8::1");
  const auto result = run({"session", "list"});
  EXPECT_EQ(result.status, kDone);
  EXPECT_EQ(result.err, "");
  EXPECT_EQ(result.out, "id                user  signed in         last seen         expires           from\n" +
                            anna + "  anna  2026-11-24 10:03  2026-11-24 10:10  2026-11-24 11:03  192.0.2.1\n" +
                            bert + "  bert  2026-11-24 10:13  2026-11-24 10:13  2026-11-24 11:13  2001:db8::1\n");
  const auto one = run({"session", "list", "--user", "bert"});
  EXPECT_THAT(one.out, HasSubstr(bert));
  EXPECT_THAT(one.out, Not(HasSubstr(anna)));
}

TEST_F(SessionCommandTest, ListJson_HasTheDocumentedMembers) {
  const std::string id = sign_in(kCookie, "anna");
  EXPECT_EQ(run({"session", "list", "--json"}).out,
            R"([{"id":")" + id + R"(","user":"anna","state":"active","signed_in":"2026-11-24T10:03:31Z","last_seen":"2026-11-24T10:03:31Z",)"
            R"("expires":"2026-11-24T11:03:31Z","revoked":null,"from":"192.0.2.1"}])" "\n");
}

TEST_F(SessionCommandTest, ListAll_ShowsThoseThatAreOverToo) {
  const std::string expired = sign_in("e", "anna");
  clock_.advance(std::chrono::hours(1));  // expires at that instant
  const std::string active = sign_in("a", "anna"), ended = sign_in("r", "bert");
  ASSERT_EQ(run({"session", "revoke", ended}).status, kDone);
  const auto live = run({"session", "list"});
  EXPECT_THAT(live.out, HasSubstr(active));
  for (const std::string& id : {expired, ended}) EXPECT_THAT(live.out, Not(HasSubstr(id)));
  const auto all = run({"session", "list", "--all"});
  EXPECT_THAT(all.out, HasSubstr(expired + "  expired  anna"));
  EXPECT_THAT(all.out, HasSubstr(active + "  active   anna"));
  EXPECT_THAT(all.out, HasSubstr(ended + "  revoked  bert"));
  const auto json = parse_json(run({"session", "list", "--all", "--json", "--user", "bert"}).out).value();
  ASSERT_EQ(json.as_array().size(), 1u);
  EXPECT_EQ(string_member(json.as_array()[0].as_object(), "state"), "revoked");
  EXPECT_EQ(string_member(json.as_array()[0].as_object(), "revoked"), "2026-11-24T11:03:31Z");
}

TEST_F(SessionCommandTest, ListOfNothing_SaysSo) {
  EXPECT_EQ(run({"session", "list"}).out, "no sessions: nobody is signed in by a cookie\n");
  (void)sign_in("a", "anna");
  EXPECT_EQ(run({"session", "list", "--user", "b\x1b[2J"}).out, "no sessions of b\\x1b[2J\n");
  EXPECT_EQ(run({"session", "list", "--user", ""}).out, "no sessions of \n");
  EXPECT_EQ(run({"session", "list", "--user", "bert", "--json"}).out, "[]\n");
}

TEST_F(SessionCommandTest, Revoke_IsFromNowOn) {
  const std::string id = sign_in("a", "anna"), other = sign_in("b", "anna");
  clock_.advance(std::chrono::minutes(5));
  const auto result = run({"session", "revoke", id});
  EXPECT_EQ(result.status, kDone);
  EXPECT_EQ(result.out, "revoked; every gateway on this store refuses it from now on\n");
  EXPECT_EQ(revoked(), std::vector{id});
  EXPECT_EQ(store()->find_session(crypto::sha256("a").view()).value()->revoked, clock_.now());
  clock_.advance(std::chrono::minutes(5));
  EXPECT_EQ(run({"session", "revoke", id}).status, kDone);  // it is
  EXPECT_EQ(store()->find_session(crypto::sha256("a").view()).value()->revoked, clock_.now() - std::chrono::minutes(5));
}

TEST_F(SessionCommandTest, RevokeOfAUser_EndsAllOfThatUser) {
  (void)sign_in("a", "anna");
  (void)sign_in("b", "anna");
  const std::string bert = sign_in("c", "bert");
  const auto result = run({"session", "revoke", "--user", "anna"});
  EXPECT_EQ(result.status, kDone);
  EXPECT_EQ(result.out, "revoked; every gateway on this store refuses the sessions that this user has until now\n");
  EXPECT_EQ(revoked().size(), 2u);
  EXPECT_THAT(revoked(), testing::Not(testing::Contains(bert)));
  for (const char* user : {"anna", "Bert", ""}) {
    const auto none = run({"session", "revoke", "--user", user});
    EXPECT_EQ(none.status, kNo) << user;
    EXPECT_THAT(none.err, HasSubstr("there is no session of"));
    expect_one_line(none.err);
  }
}

TEST_F(SessionCommandTest, UnknownId_IsNo) {
  const auto result = run({"session", "revoke", "0123456789abcdef"});
  EXPECT_EQ(result.status, kNo);
  EXPECT_THAT(result.err, HasSubstr("there is no session 0123456789abcdef"));
  expect_one_line(result.err);
}

TEST_F(SessionCommandTest, CookieInsteadOfId_IsRefusedWithoutRepeatingIt) {
  const std::string id = sign_in(kCookie, "anna");
  const auto result = run({"session", "revoke", kCookie});
  EXPECT_EQ(result.status, kWrong);
  EXPECT_THAT(result.err, HasSubstr("its id is " + id));
  EXPECT_THAT(result.err, Not(HasSubstr(kCookie.substr(0, 8))));
  expect_one_line(result.err);
  EXPECT_TRUE(revoked().empty());
}

TEST_F(SessionCommandTest, WrongInput_ChangesNothing) {
  const std::string id = sign_in("a", "anna");
  struct Row {
    std::vector<std::string> words;
    std::string part;
  };
  for (const Row& row : {Row{{}, "say which sessions"}, {{id, "--user", "anna"}, "in one way"}, {{id.substr(1)}, "16 hexadecimal digits"}, {{""}, "16 hexadecimal digits"},
                         {{"ABCDEF0123456789"}, "16 hexadecimal digits"}, {{id, id}, "one argument too many"}, {{"--user"}, "--user"}}) {
    std::vector<std::string> words = {"session", "revoke", "--store", "sqlite:" + folder_.path("store.db")};
    words.insert(words.end(), row.words.begin(), row.words.end());
    const auto result = run_raw(words);
    EXPECT_EQ(result.status, kWrong) << row.part;
    EXPECT_THAT(result.err, HasSubstr(row.part));
    EXPECT_EQ(result.out, "");
    expect_one_line(result.err);
  }
  EXPECT_TRUE(revoked().empty());
}

TEST_F(SessionCommandTest, StoreThatNoCommandReaches_IsSaidSo) {
  const std::string config = folder_.write("quivive.yaml", "upstream: http://127.0.0.1:9000\nstore: memory\naccept: {api_key: {}}\n");
  for (const std::vector<std::string>& words : {std::vector<std::string>{"session", "list"}, {"session", "revoke", "0123456789abcdef"}, {"session", "revoke", "--user", "anna"}}) {
    for (const std::vector<std::string>& where : {std::vector<std::string>{"--store", "memory:"}, {"--config", config}}) {
      std::vector<std::string> line = words;
      line.insert(line.end(), where.begin(), where.end());
      const auto result = run_raw(line);
      EXPECT_EQ(result.status, kWrong);
      EXPECT_THAT(result.err, HasSubstr("where no command reaches it")) << where[0];
    }
    std::vector<std::string> line = words;
    line.insert(line.end(), {"--store", "sqlite:" + folder_.path("none.db")});
    EXPECT_EQ(run_raw(line).status, kFailed);
  }
}

}  // namespace
}  // namespace quivive::cli
