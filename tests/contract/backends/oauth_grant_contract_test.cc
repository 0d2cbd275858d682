// What every Store promises about authorization codes and device requests.

#include "oauth_records.h"

#include <gmock/gmock.h>

namespace quivive::store {
namespace {

class OAuthGrantContract : public OAuthContract {
 protected:
  Change decide(int number, DeviceState state, std::string_view by = "anna") {
    return must(store_.decide_device(user_code(number), state, by, "tag", after(7)));
  }
  void ask(const DeviceRecord& device) { ASSERT_EQ(must(store_.add_device(device)), Change::Done) << device.user_code; }

  // Number 1 is anna's, number 2 bert's; request 3 is nobody's yet.
  void grant_to_anna_and_bert() {
    int number = 1;
    for (const std::string name : {"anna", "bert"}) {
      ASSERT_EQ(must(store_.add_user(user(name))), Change::Done);
      ASSERT_EQ(must(store_.add_code(code(number, name))), Change::Done);
      ask(device(number));
      ASSERT_EQ(decide(number, DeviceState::Approved, name), Change::Done);
      begin(refresh(number, "f" + name, kNow, name));
      ++number;
    }
    ask(device(3));
  }
  void expect_only_berts() {
    EXPECT_EQ(must(other_.take_code(oauth_digest(1), "app")).taken, Taken::Unknown);
    EXPECT_FALSE(must(other_.find_device(user_code(1))));
    EXPECT_FALSE(lives(1));
    EXPECT_EQ(rotate(1, refresh(9, "fanna")), Rotation::Unknown);
    EXPECT_EQ(must(other_.take_code(oauth_digest(2), "app")).taken, Taken::Fresh);
    for (const int kept : {2, 3}) EXPECT_TRUE(must(other_.find_device(user_code(kept)))) << kept;
    EXPECT_TRUE(lives(2));
  }
};

TEST_P(OAuthGrantContract, Empty_HasNothing) {
  EXPECT_EQ(must(store_.take_code(oauth_digest(1), "app")).taken, Taken::Unknown);
  EXPECT_FALSE(must(store_.find_device(user_code(1))));
  EXPECT_FALSE(must(store_.poll_device(oauth_digest(1), "tv", kNow)));
  EXPECT_EQ(decide(1, DeviceState::Approved), Change::NotFound);
}

TEST_P(OAuthGrantContract, Code_IsFreshOnceThenUsed) {
  const auto before = version();
  ASSERT_EQ(must(store_.add_code(code(1))), Change::Done);
  for (const Taken expected : {Taken::Fresh, Taken::Used, Taken::Used}) {
    const auto taken = must(other_.take_code(oauth_digest(1), "app"));
    EXPECT_EQ(taken.taken, expected);
    EXPECT_EQ(taken.code, code(1));
  }
  EXPECT_EQ(version(), before);
}

TEST_P(OAuthGrantContract, CodeOfAnotherClient_IsUnknownAndStaysAsItIs) {
  ASSERT_EQ(must(store_.add_code(code(1))), Change::Done);
  for (const Taken expected : {Taken::Fresh, Taken::Used}) {
    for (const std::string other : {"else", "", "APP"}) EXPECT_EQ(must(other_.take_code(oauth_digest(1), other)).taken, Taken::Unknown) << other;
    EXPECT_EQ(must(store_.take_code(oauth_digest(1), "app")).taken, expected);
  }
}

TEST_P(OAuthGrantContract, CodeWhoseDigestIsTaken_Exists) {
  ASSERT_EQ(must(store_.add_code(code(1))), Change::Done);
  EXPECT_EQ(must(other_.add_code([] {
    auto other = code(2, "bert");
    other.digest = oauth_digest(1);
    return other;
  }())), Change::Exists);
  EXPECT_EQ(must(store_.take_code(oauth_digest(1), "app")).code, code(1));
  EXPECT_EQ(must(store_.add_code(code(1))), Change::Exists);  // a used one holds its digest
  EXPECT_EQ(must(store_.take_code(oauth_digest(1), "app")).taken, Taken::Used);
}

TEST_P(OAuthGrantContract, CodeTakenByManyThreads_IsFreshForOne) {
  ASSERT_EQ(must(store_.add_code(code(1))), Change::Done);
  std::atomic<int> fresh{0}, used{0};
  on_threads(8, [&](int i) {
    const auto taken = must(either(i).take_code(oauth_digest(1), "app"));
    if (taken.taken == Taken::Fresh) ++fresh;
    if (taken.taken == Taken::Used) ++used;
  });
  EXPECT_EQ(fresh, 1);
  EXPECT_EQ(used, 7);
}

TEST_P(OAuthGrantContract, CodesBeyondMost_LeaveTheOldestOfThatUserAndClient) {
  const int most = static_cast<int>(kMostCodes);
  ASSERT_EQ(must(store_.add_code(code(9001, "bert"))), Change::Done);
  ASSERT_EQ(must(store_.add_code(code(9002, "anna", "else"))), Change::Done);
  for (int i = 0; i <= most; ++i) ASSERT_EQ(must(store_.add_code(code(i, "anna", "app", after(i % 2 == 0 ? i : i + 1000)))), Change::Done);
  EXPECT_EQ(must(other_.take_code(oauth_digest(0), "app")).taken, Taken::Unknown);
  for (const int kept : {1, 2, most, 9001}) EXPECT_EQ(must(other_.take_code(oauth_digest(kept), "app")).taken, Taken::Fresh) << kept;
  EXPECT_EQ(must(other_.take_code(oauth_digest(9002), "else")).taken, Taken::Fresh);
  ASSERT_EQ(must(store_.add_code(code(500, "anna", "app", after(-99)))), Change::Done);  // the new one stays in any case
  EXPECT_EQ(must(other_.take_code(oauth_digest(500), "app")).taken, Taken::Fresh);
  EXPECT_EQ(must(other_.take_code(oauth_digest(2), "app")).taken, Taken::Unknown);
}

TEST_P(OAuthGrantContract, Device_IsFoundWholeAndPollsShowTheOneBefore) {
  const auto before = version();
  ask(device(1));
  EXPECT_EQ(must(other_.find_device(user_code(1))), device(1));
  EXPECT_FALSE(must(other_.find_device("ZZZZZZZZ")));
  DeviceRecord expected = device(1);
  for (const int at : {5, 12, 11}) {
    EXPECT_EQ(must(other_.poll_device(oauth_digest(1), "tv", after(at))), expected);
    expected.polled = after(at);
  }
  EXPECT_EQ(must(store_.find_device(user_code(1))), expected);
  EXPECT_FALSE(must(store_.poll_device(oauth_digest(2), "tv", kNow)));
  EXPECT_EQ(version(), before);
}

TEST_P(OAuthGrantContract, ApprovedDevice_IsHandedOutOnce) {
  ask(device(1));
  ASSERT_EQ(decide(1, DeviceState::Approved), Change::Done);
  DeviceRecord approved = device(1);
  approved.state = DeviceState::Approved;
  approved.user = "anna";
  approved.password_tag = "tag";
  approved.signed_in = after(7);
  EXPECT_EQ(must(other_.find_device(user_code(1))), approved);
  EXPECT_EQ(must(other_.poll_device(oauth_digest(1), "tv", after(9))), approved);
  EXPECT_FALSE(must(store_.poll_device(oauth_digest(1), "tv", after(10))));
  EXPECT_FALSE(must(store_.find_device(user_code(1))));
}

TEST_P(OAuthGrantContract, DeniedDevice_StaysAndKeepsNothingOfWhoDid) {
  ask(device(1));
  ASSERT_EQ(decide(1, DeviceState::Denied), Change::Done);
  DeviceRecord denied = device(1);
  denied.state = DeviceState::Denied;
  EXPECT_EQ(must(other_.poll_device(oauth_digest(1), "tv", after(9))), denied);
  denied.polled = after(9);
  EXPECT_EQ(must(other_.poll_device(oauth_digest(1), "tv", after(10))), denied);
}

TEST_P(OAuthGrantContract, DecidedDevice_IsNotDecidedAgain) {
  for (const auto first : {DeviceState::Approved, DeviceState::Denied}) {
    const int number = static_cast<int>(first);
    ask(device(number));
    ASSERT_EQ(decide(number, first), Change::Done);
    EXPECT_EQ(decide(number, DeviceState::Approved, "mallory"), Change::NotFound);
    EXPECT_EQ(decide(number, DeviceState::Denied), Change::NotFound);
    const auto found = must(other_.find_device(user_code(number)));
    EXPECT_EQ(found->state, first);
    EXPECT_NE(found->user, "mallory");
  }
  ask(device(9));
  EXPECT_FALSE(store_.decide_device(user_code(9), DeviceState::Pending, "anna", "tag", kNow));
  EXPECT_FALSE(store_.decide_device(user_code(9), DeviceState::Approved, "", "tag", kNow));
  EXPECT_FALSE(store_.decide_device(user_code(9), DeviceState::Approved, "anna", "", kNow));
  EXPECT_EQ(must(other_.find_device(user_code(9))), device(9));
}

TEST_P(OAuthGrantContract, UserCodeOfALiveRequest_IsTaken) {
  ask(device(1));  // expires at 600
  DeviceRecord second = device(2, after(599));
  second.user_code = user_code(1);
  EXPECT_EQ(must(other_.add_device(second)), Change::Exists);
  EXPECT_EQ(must(store_.find_device(user_code(1))), device(1));
  second = device(2, after(600));
  second.user_code = user_code(1);
  EXPECT_EQ(must(other_.add_device(second)), Change::Done);  // one that has expired makes way
  EXPECT_EQ(must(store_.find_device(user_code(1))), second);
  EXPECT_FALSE(must(store_.poll_device(oauth_digest(1), "tv", after(601))));
}

TEST_P(OAuthGrantContract, DeviceDigestThatIsTaken_ExistsAndNothingHappens) {
  ask(device(1));
  ask(device(2));
  DeviceRecord second = device(3, after(700));
  second.digest = oauth_digest(1);
  second.user_code = user_code(2);  // would make way
  EXPECT_EQ(must(other_.add_device(second)), Change::Exists);
  EXPECT_EQ(must(store_.find_device(user_code(1))), device(1));
  EXPECT_EQ(must(store_.find_device(user_code(2))), device(2));
}

TEST_P(OAuthGrantContract, ApprovedDeviceFromManyThreads_GoesToOne) {
  ask(device(1));
  ASSERT_EQ(decide(1, DeviceState::Approved), Change::Done);
  std::atomic<int> got{0};
  on_threads(8, [&](int i) {
    if (must(either(i).poll_device(oauth_digest(1), "tv", after(i)))) ++got;
  });
  EXPECT_EQ(got, 1);
}

TEST_P(OAuthGrantContract, DecisionsFromManyThreads_OneWinsWhole) {
  ask(device(1));
  std::atomic<int> done{0};
  on_threads(8, [&](int i) {
    const std::string name = "user" + std::to_string(i);
    if (must(either(i).decide_device(user_code(1), DeviceState::Approved, name, name, kNow)) == Change::Done) ++done;
  });
  EXPECT_EQ(done, 1);
  const auto found = must(other_.find_device(user_code(1)));
  EXPECT_EQ(found->user, found->password_tag);
}

TEST_P(OAuthGrantContract, RequestsOfOneUserCodeFromManyThreads_OneWins) {
  std::atomic<int> done{0};
  on_threads(8, [&](int i) {
    DeviceRecord one = device(i);
    one.user_code = "SAMESAME";
    if (must(either(i).add_device(one)) == Change::Done) ++done;
  });
  EXPECT_EQ(done, 1);
}

TEST_P(OAuthGrantContract, DevicesBeyondMost_LeaveExpiredThenOldestPendingFirst) {
  const int most = static_cast<int>(kMostDevices);
  // 1 to 4 are the oldest; 1 is approved, 2 denied.
  std::vector<DeviceRecord> devices;
  for (int i = 1; i < most; ++i) devices.push_back(device(i, after(i < 5 ? i : 100)));
  ASSERT_TRUE(backend_->add_devices(devices));
  ASSERT_EQ(decide(1, DeviceState::Approved), Change::Done);
  ASSERT_EQ(decide(2, DeviceState::Denied), Change::Done);
  DeviceRecord expired = device(most, after(100));
  expired.expires = after(101);
  ask(expired);
  const auto lives = [&](int number) { return must(other_.find_device(user_code(number))).has_value(); };
  for (const int kept : {1, 2, 3, 4, most}) EXPECT_TRUE(lives(kept)) << kept;
  ask(device(most + 1, after(102)));
  EXPECT_FALSE(lives(most));
  EXPECT_TRUE(lives(3));
  ask(device(most + 2, after(0)));  // the new one stays in any case
  EXPECT_FALSE(lives(3));
  EXPECT_FALSE(must(other_.poll_device(oauth_digest(3), "tv", after(103))));
  for (const int kept : {1, 2, 4, most + 1, most + 2}) EXPECT_TRUE(lives(kept)) << kept;
}

TEST_P(OAuthGrantContract, Forgotten_AreThoseExpiredByThen) {
  ASSERT_EQ(must(store_.add_code(code(1))), Change::Done);                             // expires at 60
  ASSERT_EQ(must(store_.add_code(code(2, "anna", "app", after(1)))), Change::Done);    // at 61
  ask(device(3));                                                                      // at 600
  begin(refresh(4));                                                                   // in a day
  (void)must(store_.take_code(oauth_digest(2), "app"));
  const auto before = version();
  EXPECT_EQ(must(store_.forget_oauth(after(59), after(59))), 0u);
  EXPECT_EQ(must(store_.forget_oauth(after(60), after(60))), 1u);
  EXPECT_EQ(must(other_.take_code(oauth_digest(1), "app")).taken, Taken::Unknown);
  EXPECT_EQ(must(other_.take_code(oauth_digest(2), "app")).taken, Taken::Used);
  EXPECT_EQ(must(store_.forget_oauth(after(600), after(600))), 2u);
  EXPECT_FALSE(must(other_.find_device(user_code(3))));
  EXPECT_TRUE(lives(4));
  EXPECT_EQ(must(store_.forget_oauth(after(24 * 3600), after(24 * 3600))), 1u);
  EXPECT_FALSE(lives(4));
  EXPECT_EQ(version(), before);
  EXPECT_EQ(must(store_.add_refresh(refresh(4))), Change::Done);  // its family is free again
}

TEST_P(OAuthGrantContract, RemovedUser_LosesCodesApprovalsAndRefreshTokens) {
  grant_to_anna_and_bert();
  ASSERT_EQ(must(store_.remove_user("anna")), Change::Done);
  expect_only_berts();
}

TEST_P(OAuthGrantContract, DisabledUser_LosesThemAndGetsNoneBackWhenEnabled) {
  grant_to_anna_and_bert();
  ASSERT_EQ(must(store_.set_disabled("anna", true, after(1))), Change::Done);
  ASSERT_EQ(must(store_.set_disabled("anna", false, after(2))), Change::Done);
  expect_only_berts();
}

TEST_P(OAuthGrantContract, UserDisabledAgain_LosesWhatWasUnderWay) {
  ASSERT_EQ(must(store_.add_user(user("anna"))), Change::Done);
  ASSERT_EQ(must(store_.set_disabled("anna", true, after(1))), Change::Done);
  begin(refresh(1));
  const auto before = version();
  ASSERT_EQ(must(store_.set_disabled("anna", true, after(2))), Change::Done);
  EXPECT_FALSE(lives(1));
  EXPECT_EQ(version(), before + 1);
}

INSTANTIATE_TEST_SUITE_P(Stores, OAuthGrantContract, all_kinds(), kind_name);

}  // namespace
}  // namespace quivive::store
