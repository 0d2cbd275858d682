// What every Store promises about sessions. `other_` is another handle on the same data, as a second process has one.

#include "backend.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <set>

namespace quivive::store {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::string digest(int number) {
  std::string out(32, 'd');
  out[0] = static_cast<char>(number >> 8);
  out[1] = static_cast<char>(number);
  return out;
}

SessionRecord session(int number, std::string user = "anna", Instant created = kNow) {
  return {.digest = digest(number), .user = std::move(user), .password_tag = "tag", .client = "192.0.2.1", .created = created,
          .seen = created, .expires = created + std::chrono::seconds(900), .revoked = {}};
}

std::string id(int number) { return session_id(session(number)); }

class SessionContract : public StoreContract {
 protected:
  // Changes with either: of users, and of sessions that ended.
  static std::uint64_t version(Store& store) { return must(store.version()) + must(store.session_version()); }
  std::uint64_t version() { return version(other_); }
  void begin(const SessionRecord& session, std::size_t most = 100) { ASSERT_EQ(must(store_.begin_session(session, "", most)), Change::Done); }
  SessionRecord found(int number) { return must(other_.find_session(digest(number))).value(); }
  // The numbers of those that the other handle lists, in its order; "-" before one that is revoked.
  std::vector<std::string> listed(Store& store) {
    std::vector<std::string> out;
    for (const SessionRecord& one : must(store.list_sessions())) {
      const int number = static_cast<unsigned char>(one.digest[0]) << 8 | static_cast<unsigned char>(one.digest[1]);
      out.push_back((one.revoked ? "-" : "") + std::to_string(number));
    }
    return out;
  }
  std::vector<std::string> listed() { return listed(other_); }
  std::size_t live(std::string_view user, Instant now) {
    const auto sessions = must(other_.list_sessions());
    return static_cast<std::size_t>(std::count_if(sessions.begin(), sessions.end(), [&](const SessionRecord& one) {
      return one.user == user && !one.revoked && one.expires > now;
    }));
  }
};

TEST_P(SessionContract, Empty_HasNothing) {
  EXPECT_FALSE(must(store_.find_session(digest(1))));
  EXPECT_THAT(listed(), IsEmpty());
  EXPECT_EQ(must(store_.end_session(digest(1), kNow)), Change::NotFound);
  EXPECT_EQ(must(store_.revoke_session(id(1), kNow)), Change::NotFound);
  EXPECT_EQ(must(store_.revoke_sessions_of("anna", kNow)), 0u);
  EXPECT_EQ(must(store_.forget_sessions(after(9999), after(9999))), 0u);
}

TEST_P(SessionContract, Begun_IsFoundWholeByItsDigestOnly) {
  SessionRecord whole = session(1);
  whole.seen = after(3);
  begin(whole);
  EXPECT_EQ(must(other_.find_session(digest(1))), whole);
  EXPECT_EQ(must(other_.list_sessions()), std::vector{whole});
  for (const std::string& none : {std::string(), digest(2), digest(1).substr(0, 31), digest(1) + 'd', digest(1).substr(0, 8), id(1)}) {
    EXPECT_FALSE(must(store_.find_session(none)));
  }
}

TEST_P(SessionContract, DigestThatIsTaken_ExistsAndNothingHappens) {
  begin(session(1));
  begin(session(2));
  SessionRecord second = session(1, "bert");
  EXPECT_EQ(must(other_.begin_session(second, digest(2), 1)), Change::Exists);
  EXPECT_EQ(found(1), session(1));
  EXPECT_EQ(found(2), session(2));  // not replaced
  EXPECT_EQ(must(other_.end_session(digest(1), after(1))), Change::Done);
  EXPECT_EQ(must(other_.begin_session(session(1), digest(1), 1)), Change::Exists);  // nor does it live again
  EXPECT_EQ(found(1).revoked, after(1));
}

TEST_P(SessionContract, Replaced_IsRevokedWhoeversItIs) {
  begin(session(1, "mallory"));
  begin(session(2, "anna"));
  EXPECT_EQ(must(store_.begin_session(session(3, "anna", after(10)), digest(1), 100)), Change::Done);
  EXPECT_EQ(found(1).revoked, after(10));
  EXPECT_FALSE(found(2).revoked);
  EXPECT_EQ(must(store_.begin_session(session(4, "anna", after(20)), digest(1), 100)), Change::Done);
  EXPECT_EQ(found(1).revoked, after(10));  // the earlier instant stays
  int number = 5;
  for (const std::string& nothing : {std::string(), digest(99), std::string("x"), digest(8)}) {  // the last is itself
    EXPECT_EQ(must(store_.begin_session(session(number++, "anna", after(30)), nothing, 100)), Change::Done);
  }
  EXPECT_THAT(listed(), ElementsAre("-1", "2", "3", "4", "5", "6", "7", "8"));
}

TEST_P(SessionContract, BeyondMost_ThoseSeenLongestAgoAreRevoked) {
  for (int i = 1; i <= 3; ++i) begin(session(i, "anna", after(i)), 3);
  begin(session(9, "bert"), 3);
  ASSERT_TRUE(store_.touch_session(digest(1), after(60)));
  begin(session(4, "anna", after(61)), 3);
  EXPECT_THAT(listed(), ElementsAre("9", "1", "-2", "3", "4"));
  EXPECT_EQ(found(2).revoked, after(61));
  begin(session(5, "anna", after(62)), 1);  // fewer than before: all that are too many end, and the last of them is remembered
  EXPECT_THAT(listed(), ElementsAre("9", "-4", "5"));
  EXPECT_EQ(found(4).revoked, after(62));
  begin(session(6, "anna", after(63)), 0);  // the new one stays in any case
  EXPECT_THAT(listed(), ElementsAre("9", "6"));
}

TEST_P(SessionContract, BeyondMost_OfOneInstantTheOlderIsRevoked) {
  for (const int i : {2, 1, 3}) {
    SessionRecord record = session(i, "anna", after(-i));
    record.seen = kNow;
    begin(record, 3);
  }
  begin(session(4), 3);
  EXPECT_THAT(listed(), ElementsAre("-3", "2", "1", "4"));
  begin(session(5), 3);
  EXPECT_THAT(listed(), ElementsAre("-3", "-2", "1", "4", "5"));
}

TEST_P(SessionContract, SessionsThatAreOver_TakeNoPlaceOfALiveOneAndAreBoundedToo) {
  begin(session(1, "anna", after(-2000)), 3);  // expired when the others begin
  begin(session(2, "anna", after(-1)), 3);
  EXPECT_EQ(must(store_.end_session(digest(2), kNow)), Change::Done);
  for (int i = 3; i <= 5; ++i) begin(session(i, "anna", after(i)), 3);
  EXPECT_THAT(listed(), ElementsAre("1", "-2", "3", "4", "5"));
  // Signing in and out without end leaves no more than the last few.
  for (int i = 6; i <= 20; ++i) {
    EXPECT_EQ(must(store_.begin_session(session(i, "anna", after(i)), digest(i - 1), 3)), Change::Done);
  }
  EXPECT_THAT(listed(), ElementsAre("3", "4", "-17", "-18", "-19", "20"));
}

TEST_P(SessionContract, Touch_RaisesSeenAndNothingElse) {
  begin(session(1));
  begin(session(2));
  ASSERT_TRUE(store_.touch_session(digest(1), after(7)));
  ASSERT_TRUE(store_.touch_session(digest(1), after(5)));
  ASSERT_TRUE(store_.touch_session(digest(2), after(-5)));
  ASSERT_TRUE(store_.touch_session(digest(3), after(5)));
  SessionRecord touched = session(1);
  touched.seen = after(7);
  EXPECT_EQ(must(store_.find_session(digest(1))), touched);  // at once by this handle, and by others once it wrote its notes
  EXPECT_EQ(must(store_.list_sessions()), (std::vector{touched, session(2)}));
  EXPECT_EQ(must(other_.list_sessions()), (std::vector{touched, session(2)}));
  ASSERT_TRUE(other_.touch_session(digest(1), after(6)));  // lower than what the other handle noted
  (void)must(other_.version());
  EXPECT_EQ(must(store_.find_session(digest(1))), touched);
}

TEST_P(SessionContract, TouchOfOneThatIsOver_ChangesNothing) {
  begin(session(1));
  EXPECT_EQ(must(other_.end_session(digest(1), after(1))), Change::Done);
  ASSERT_TRUE(store_.touch_session(digest(1), after(7)));
  for (Store* store : {&store_, &other_}) {
    EXPECT_EQ(must(store->list_sessions()).at(0).seen, kNow);
    EXPECT_EQ(must(store->find_session(digest(1)))->revoked, after(1));
    EXPECT_EQ(must(store->find_session(digest(1)))->seen, kNow);
  }
}

TEST_P(SessionContract, EndAndRevoke_KeepTheEarlierInstantAndShowElsewhere) {
  begin(session(1));
  begin(session(2));
  EXPECT_EQ(must(store_.end_session(digest(1), after(10))), Change::Done);
  EXPECT_EQ(found(1).revoked, after(10));
  EXPECT_EQ(must(store_.revoke_session(id(1), after(20))), Change::Done);
  EXPECT_EQ(found(1).revoked, after(10));
  EXPECT_EQ(must(store_.revoke_session(id(1), after(5))), Change::Done);
  EXPECT_EQ(found(1).revoked, after(5));
  EXPECT_EQ(must(store_.end_session(digest(1), after(4))), Change::Done);
  EXPECT_EQ(found(1).revoked, after(4));
  EXPECT_EQ(found(2), session(2));
}

TEST_P(SessionContract, RevokeByWhatIsNoId_IsNotFound) {
  begin(session(1));
  for (const std::string& none : {std::string(), id(2), id(1).substr(1), id(1) + "6", std::string("0001646464646464' OR 1"), digest(1), digest(1).substr(0, 8),
                                  std::string("%"), hex_encode(digest(1))}) {
    EXPECT_EQ(must(store_.revoke_session(none, kNow)), Change::NotFound) << none;
  }
  EXPECT_FALSE(found(1).revoked);
  SessionRecord last = session(2);
  last.digest.assign(32, '\xff');  // the end of the range
  begin(last);
  EXPECT_EQ(must(store_.revoke_session("ffffffffffffffff", kNow)), Change::Done);
  EXPECT_EQ(must(other_.find_session(last.digest))->revoked, kNow);
}

TEST_P(SessionContract, RevokeSessionsOf_EndsThoseOfOneUser) {
  for (int i = 1; i <= 3; ++i) begin(session(i));
  begin(session(4, "Anna"));
  begin(session(5, "bert"));
  EXPECT_EQ(must(store_.end_session(digest(2), after(1))), Change::Done);
  EXPECT_EQ(must(store_.revoke_sessions_of("anna", after(9))), 2u);
  EXPECT_THAT(listed(), ElementsAre("-1", "-2", "-3", "4", "5"));
  EXPECT_EQ(found(1).revoked, after(9));
  EXPECT_EQ(found(2).revoked, after(1));
  EXPECT_EQ(must(store_.revoke_sessions_of("anna", after(10))), 0u);
  EXPECT_EQ(must(store_.revoke_sessions_of("nobody", after(10))), 0u);
}

TEST_P(SessionContract, ChangesOfAUser_EndTheSessions) {
  (void)must(store_.add_user(user("anna")));
  (void)must(store_.add_user(user("bert")));
  begin(session(1, "bert"));
  begin(session(2));
  EXPECT_EQ(must(store_.set_password("anna", Secret{"h"}, {}, after(1))), Change::Done);
  EXPECT_EQ(found(2).revoked, after(1));
  begin(session(3));
  EXPECT_EQ(must(store_.set_disabled("anna", false, after(2))), Change::Done);
  EXPECT_FALSE(found(3).revoked);
  EXPECT_EQ(must(store_.set_disabled("anna", true, after(3))), Change::Done);
  EXPECT_EQ(found(3).revoked, after(3));
  begin(session(4));  // a sign-in that was under way
  EXPECT_EQ(must(store_.set_disabled("anna", true, after(4))), Change::Done);
  EXPECT_EQ(found(4).revoked, after(4));
  EXPECT_EQ(must(other_.find_user("anna"))->changed, after(3));
  EXPECT_EQ(must(store_.set_disabled("anna", false, after(5))), Change::Done);
  EXPECT_EQ(found(4).revoked, after(4));  // enabled again, signed in no more
  EXPECT_EQ(must(store_.remove_user("anna")), Change::Done);
  EXPECT_EQ(must(other_.list_sessions()), std::vector{session(1, "bert")});
  EXPECT_FALSE(must(other_.find_session(digest(2))));
}

TEST_P(SessionContract, UsersThatTheStoreDoesNotHave_KeepTheirSessions) {
  begin(session(1));  // of a password file
  EXPECT_EQ(must(store_.set_password("anna", Secret{"h"}, {}, kNow)), Change::NotFound);
  EXPECT_EQ(must(store_.set_disabled("anna", true, kNow)), Change::NotFound);
  EXPECT_EQ(must(store_.remove_user("anna")), Change::NotFound);
  EXPECT_EQ(found(1), session(1));
}

TEST_P(SessionContract, List_ByCreationThenDigest) {
  for (const int i : {3, 1, 2}) begin(session(i, "anna", after(i)));
  begin(session(5, "bert", after(2)));
  begin(session(4, "carl", after(2)));
  EXPECT_THAT(listed(), ElementsAre("1", "2", "4", "5", "3"));
}

TEST_P(SessionContract, Forget_DropsThoseThatExpiredOrWereNotSeen) {
  begin(session(1));                    // expires 900, seen 0
  begin(session(2, "bert", after(1)));  // expires 901
  begin(session(3, "carl", after(2)));  // expires 902
  EXPECT_EQ(must(store_.end_session(digest(3), after(3))), Change::Done);  // how it ended makes no difference
  EXPECT_EQ(must(store_.forget_sessions(after(899), after(-1))), 0u);
  EXPECT_EQ(must(store_.forget_sessions(after(900), after(-1))), 1u);
  EXPECT_THAT(listed(), ElementsAre("2", "-3"));
  ASSERT_TRUE(store_.touch_session(digest(2), after(50)));  // counts even where it is not written yet
  EXPECT_EQ(must(store_.forget_sessions(kNow, after(49))), 1u);
  EXPECT_THAT(listed(), ElementsAre("2"));
  EXPECT_EQ(must(store_.forget_sessions(kNow, after(50))), 1u);
  EXPECT_FALSE(must(other_.find_session(digest(2))));
  begin(session(2, "bert"));  // nothing of it is left
  EXPECT_EQ(found(2), session(2, "bert"));
}

TEST_P(SessionContract, RecordsThatBreakTheRules_AreErrorsAndChangeNothing) {
  begin(session(1));
  const auto before = version();
  SessionRecord bad = session(2);
  bad.digest = "the cookie";
  EXPECT_FALSE(store_.begin_session(bad, digest(1), 1));
  bad = session(2);
  bad.client = "a\nb";
  EXPECT_FALSE(store_.begin_session(bad, digest(1), 1));
  bad = session(2);
  bad.revoked = kNow;
  EXPECT_FALSE(store_.begin_session(bad, digest(1), 1));
  EXPECT_EQ(must(other_.list_sessions()), std::vector{session(1)});
  EXPECT_EQ(version(), before);
}

TEST_P(SessionContract, HostileText_ComesBackByteForByte) {
  using namespace std::string_literals;
  int number = 0;
  for (const std::string& text : {"'; DROP TABLE sessions; --"s, "\"'`\\%_?"s, "a\0b"s, "\0"s, "\xff\xfe\x80"s, "a:b\r\nc"s, std::string(10'240, 'x'), " "s}) {
    SessionRecord record = session(++number, text);
    record.password_tag = text.substr(0, kMaxPasswordTag);
    record.digest[31] = '\0';
    begin(record);
    EXPECT_EQ(must(other_.find_session(record.digest)), record);
    EXPECT_EQ(must(store_.revoke_sessions_of(text, after(1))), 1u);
  }
  EXPECT_EQ(must(store_.revoke_sessions_of("a", after(1))), 0u);  // not cut at the NUL
  EXPECT_EQ(must(store_.list_sessions()).size(), 8u);
}

TEST_P(SessionContract, Version_ChangesWhereASessionEnded) {
  struct Step {
    std::string name;
    bool changes;
    std::function<void()> run;
  };
  (void)must(store_.add_user(user("anna")));
  const auto begin_after = [&](int number, std::string_view replaces, std::size_t most) {
    EXPECT_EQ(must(store_.begin_session(session(number, "anna", after(number)), replaces, most)), Change::Done);
  };
  const std::vector<Step> steps = {
      {"begin", false, [&] { begin_after(1, "", 9); }},
      {"begin another", false, [&] { begin_after(2, "", 9); }},
      {"begin what is there", false, [&] { (void)must(store_.begin_session(session(2), digest(1), 1)); }},
      {"find, list", false, [&] { (void)must(store_.find_session(digest(1))); (void)must(store_.list_sessions()); }},
      {"touch", false, [&] { ASSERT_TRUE(store_.touch_session(digest(1), after(60))); (void)must(store_.list_sessions()); }},
      {"touch elsewhere", false, [&] { ASSERT_TRUE(other_.touch_session(digest(1), after(90))); (void)must(other_.version()); }},
      {"replace", true, [&] { begin_after(3, digest(2), 9); }},
      {"replace what is over", false, [&] { begin_after(4, digest(2), 9); }},
      {"replace nothing", false, [&] { begin_after(5, digest(99), 9); }},
      {"revoke beyond most", true, [&] { begin_after(6, "", 4); }},
      {"end", true, [&] { (void)must(store_.end_session(digest(6), after(10))); }},
      {"end later", false, [&] { (void)must(store_.end_session(digest(6), after(11))); }},
      {"end earlier", true, [&] { (void)must(store_.end_session(digest(6), after(9))); }},
      {"end unknown", false, [&] { (void)must(store_.end_session(digest(99), after(9))); }},
      {"revoke", true, [&] { (void)must(store_.revoke_session(id(5), after(9))); }},
      {"revoke again", false, [&] { (void)must(store_.revoke_session(id(5), after(9))); }},
      {"revoke unknown", false, [&] { (void)must(store_.revoke_session(id(99), after(9))); }},
      {"drop what is over beyond most", false, [&] { begin_after(7, "", 3); begin_after(8, "", 9); }},
      {"revoke all", true, [&] { (void)must(store_.revoke_sessions_of("anna", after(9))); }},
      {"revoke all again", false, [&] { (void)must(store_.revoke_sessions_of("anna", after(9))); }},
      {"forget", false, [&] { EXPECT_GT(must(store_.forget_sessions(after(9999), kNow)), 0u); }},
      {"begin again", false, [&] { begin_after(10, "", 1); }},
      {"disable", true, [&] { (void)must(store_.set_disabled("anna", true, after(20))); }},
      {"begin under way", false, [&] { begin_after(11, "", 9); }},
      {"disable again", true, [&] { (void)must(store_.set_disabled("anna", true, after(20))); }},
      {"disable once more", false, [&] { (void)must(store_.set_disabled("anna", true, after(20))); }},
      {"remove", true, [&] { (void)must(store_.remove_user("anna")); }},
  };
  std::set<std::uint64_t> seen = {version()};
  std::uint64_t last = *seen.begin();
  for (const Step& step : steps) {
    step.run();
    const auto now = version();
    EXPECT_EQ(version(store_), now) << step.name;
    EXPECT_EQ(now != last, step.changes) << step.name;
    if (now != last) {
      EXPECT_TRUE(seen.insert(now).second) << step.name;  // never an old number again
    }
    last = now;
  }
}

TEST_P(SessionContract, EndOfASession_IsNoChangeOfUsersOrKeys) {
  begin(session(1));
  const auto before = must(other_.version());
  const auto sessions_before = must(other_.session_version());
  EXPECT_EQ(must(store_.end_session(digest(1), after(1))), Change::Done);
  EXPECT_EQ(must(other_.version()), before);
  EXPECT_NE(must(other_.session_version()), sessions_before);
}

TEST_P(SessionContract, BeginOfOneDigestFromManyThreads_OneWinsWhole) {
  std::atomic<int> done{0}, exists{0};
  on_threads(8, [&](int i) {
    SessionRecord record = session(1, "user" + std::to_string(i));
    record.password_tag = std::to_string(i);
    const auto change = must((i % 2 == 0 ? store_ : other_).begin_session(record, "", 5));
    ++(change == Change::Done ? done : exists);
  });
  EXPECT_EQ(done, 1);
  EXPECT_EQ(exists, 7);
  EXPECT_EQ("user" + found(1).password_tag, found(1).user);
}

TEST_P(SessionContract, BeginOfOneUserFromManyThreads_NeverLeavesMoreThanMost) {
  std::atomic<int> too_many{0};
  on_threads(6, [&](int i) {
    for (int round = 0; round < 10; ++round) {
      Store& store = i % 2 == 0 ? store_ : other_;
      if (i == 5) {
        if (live("anna", after(100)) > 3) ++too_many;
      } else {
        EXPECT_EQ(must(store.begin_session(session(i * 100 + round, "anna", after(round)), "", 3)), Change::Done);
      }
    }
  });
  EXPECT_EQ(too_many, 0);
  EXPECT_EQ(live("anna", after(100)), 3u);
  EXPECT_EQ(must(store_.list_sessions()).size(), 6u);  // as many that are over
}

TEST_P(SessionContract, ManySignInsOverOneCookie_RevokeItOnce) {
  begin(session(1));
  const auto before = version();
  on_threads(6, [&](int i) { (void)must((i % 2 == 0 ? store_ : other_).begin_session(session(10 + i, "anna", after(5)), digest(1), 100)); });
  EXPECT_EQ(found(1).revoked, after(5));
  EXPECT_EQ(version(), before + 1);
  EXPECT_EQ(live("anna", after(5)), 6u);
}

TEST_P(SessionContract, EndWhileOthersTouch_NeverLivesAgain) {
  constexpr int kSessions = 20;
  for (int i = 0; i < kSessions; ++i) begin(session(i));
  std::atomic<int> revived{0};
  on_threads(4, [&](int thread) {
    Store& store = thread % 2 == 0 ? store_ : other_;
    for (int i = 0; i < kSessions; ++i) {
      if (thread == 0) {
        EXPECT_EQ(must(store_.end_session(digest(i), after(1))), Change::Done);
        if (!must(store_.find_session(digest(i)))->revoked) ++revived;
        if (!must(other_.find_session(digest(i)))->revoked) ++revived;
      } else {
        for (int touch = 0; touch < kSessions; ++touch) (void)store.touch_session(digest(touch), after(1 + i * kSessions + touch));
        (void)must(store.version());  // writes the notes
      }
    }
  });
  (void)must(store_.version());
  EXPECT_EQ(revived, 0);
  for (const SessionRecord& one : must(other_.list_sessions())) EXPECT_EQ(one.revoked, after(1));
  EXPECT_EQ(listed(store_), listed(other_));
}

TEST_P(SessionContract, EndsFromManyThreads_KeepTheEarliest) {
  begin(session(1));
  on_threads(8, [&](int i) {
    Store& store = i % 2 == 0 ? store_ : other_;
    if (i % 3 == 0) (void)must(store.end_session(digest(1), after(10 + i)));
    if (i % 3 == 1) (void)must(store.revoke_session(id(1), after(10 + i)));
    if (i % 3 == 2) (void)must(store.revoke_sessions_of("anna", after(10 + i)));
  });
  EXPECT_EQ(found(1).revoked, after(10));
}

TEST_P(SessionContract, PasswordChangedWhileOthersLook_SessionsEndInTheSameStep) {
  (void)must(store_.add_user(user("anna")));
  std::atomic<int> wrong{0};
  on_threads(3, [&](int thread) {
    for (int round = 1; round <= 15; ++round) {
      if (thread == 0) {
        EXPECT_EQ(must(store_.begin_session(session(round, "anna", after(round)), "", 100)), Change::Done);
        EXPECT_EQ(must(store_.set_password("anna", Secret{"h"}, {}, after(round))), Change::Done);
      } else {
        // The user is read first: once the change shows, so do the ends of the sessions from before it.
        const auto changed = must(other_.find_user("anna"))->changed;
        for (const SessionRecord& one : must(other_.list_sessions())) {
          if (!one.revoked && one.created <= changed && changed != kNow) ++wrong;
        }
      }
    }
  });
  EXPECT_EQ(wrong, 0);
}

TEST_P(SessionContract, ForgetWhileOthersBeginAndLook_LeavesWholeSessions) {
  std::atomic<int> wrong{0};
  on_threads(4, [&](int thread) {
    for (int i = 0; i < 20; ++i) {
      if (thread == 0) (void)must(store_.forget_sessions(after(900), Instant::min()));  // those of before
      if (thread == 1) (void)must(other_.begin_session(session(i, "old", kNow), "", 3));
      if (thread == 2) (void)must(store_.begin_session(session(100 + i, "new", after(1)), "", 100));
      if (thread == 3) {
        for (const SessionRecord& one : must(other_.list_sessions())) {
          if (one.password_tag != "tag" || one.client != "192.0.2.1" || one.seen != one.created) ++wrong;
        }
      }
    }
  });
  EXPECT_EQ(wrong, 0);
  (void)must(store_.forget_sessions(after(900), Instant::min()));
  EXPECT_EQ(live("old", kNow), 0u);
  EXPECT_EQ(live("new", after(1)), 20u);
}

INSTANTIATE_TEST_SUITE_P(Stores, SessionContract, all_kinds(), kind_name);

}  // namespace
}  // namespace quivive::store
