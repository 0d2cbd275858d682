#include "auth/schemes/basic.h"

#include "base/base64.h"
#include "world.h"

#include <gmock/gmock.h>

#include <algorithm>

namespace quivive::auth {
namespace {

const RoutePolicy& basic_only() {
  static const RoutePolicy kPolicy = policy_accepting({Scheme::Basic});
  return kPolicy;
}
std::string with_password(std::string_view user_and_password) {
  return "GET /\nAuthorization: Basic " + base64_encode(user_and_password);
}

TEST(ParseBasic, WellFormed_SplitAtTheFirstColon) {
  struct Row {
    std::string_view text, user, password;
  };
  for (const Row& row : {Row{"alice:secret", "alice", "secret"}, Row{"alice:a:b", "alice", "a:b"}, Row{":p", "", "p"},
                         Row{"u:", "u", ""}, Row{"ü:£ €", "ü", "£ €"}}) {
    const auto parsed = parse_basic(base64_encode(row.text));
    ASSERT_TRUE(parsed) << row.text;
    EXPECT_EQ(parsed->user, row.user);
    EXPECT_EQ(parsed->password.reveal(RevealSecret{}), row.password);
  }
}

TEST(ParseBasic, IllFormed_Refused) {
  const std::string newline = base64_encode("alice:secret\n");
  const std::string nul = base64_encode(std::string_view("a\0:b", 4));
  for (const std::string& text :
       {std::string("alice:secret"), std::string("YWxpY2U"), std::string("YWxpY2U6c2VjcmV0IA"), std::string("===="),
        base64_encode("alice"), newline, nul, base64_encode("a\x7f:b"), base64_encode("\xfc:b"),
        base64_encode("a:\xc0\xaf")}) {
    EXPECT_FALSE(parse_basic(text)) << text;
  }
}

TEST(Basic, UserAndPassword_DecideTheReason) {
  struct Row {
    std::string_view credentials;
    PasswordOutcome force;
    Reason reason;
    std::string_view detail, against;
  };
  for (const Row& row : {
           Row{"alice:right", PasswordOutcome::Match, Reason::Allowed, "", "hash of right"},
           Row{"alice:wrong", PasswordOutcome::Match, Reason::PasswordWrong, "wrong password", "hash of right"},
           Row{"alice:", PasswordOutcome::Match, Reason::PasswordWrong, "wrong password", "hash of right"},
           Row{"Alice:right", PasswordOutcome::Match, Reason::PasswordWrong, "no user of that name (5 characters)", "decoy"},
           Row{"bob:right", PasswordOutcome::Match, Reason::PasswordWrong, "disabled; the password is right",
               "hash of right"},
           Row{"bob:wrong", PasswordOutcome::Match, Reason::PasswordWrong, "disabled", "hash of right"},
           Row{"eve:right", PasswordOutcome::Match, Reason::PasswordWrong, "no user of that name (3 characters)", "decoy"},
           Row{"alice:right", PasswordOutcome::Unusable, Reason::VerifierMisconfigured, "hash", "hash of right"},
           Row{"eve:right", PasswordOutcome::Unusable, Reason::PasswordWrong, "no user of that name (3 characters)", "decoy"},
           Row{"alice:right", PasswordOutcome::Overloaded, Reason::VerifierOverloaded, "too many", "hash of right"},
           Row{"eve:right", PasswordOutcome::Overloaded, Reason::VerifierOverloaded, "too many", "decoy"},
       }) {
    World world;
    world.add_user("alice", "right");
    world.add_user("bob", "right", true);
    world.force = row.force;
    const Verdict verdict = world.decide(basic_only(), with_password(row.credentials));
    EXPECT_EQ(code_of(verdict.reason), code_of(row.reason)) << row.credentials;
    EXPECT_NE(verdict.detail.find(row.detail), std::string::npos) << verdict.detail;
    // Threat: people type passwords into the name's field.
    const std::string_view name = row.credentials.substr(0, row.credentials.find(':'));
    const bool is_user = name == "alice" || name == "bob";
    EXPECT_EQ(verdict.detail.find(name) != std::string::npos, is_user && !verdict.allowed()) << verdict.detail;
    // Whoever the user is, the same two needs, in the same order.
    EXPECT_EQ(world.asked, (std::vector<std::string>{"user", "password against " + std::string(row.against)}))
        << row.credentials;
    EXPECT_EQ(verdict.principal != nullptr, row.reason == Reason::Allowed);
  }
}

TEST(Basic, UnknownName_IsCountedInCharacters) {
  World world;
  EXPECT_EQ(world.decide(basic_only(), with_password("s\xc3\xa4\xe2\x82\xac:x")).detail, "no user of that name (3 characters)");
  EXPECT_EQ(world.decide(basic_only(), with_password("s:x")).detail, "no user of that name (1 character)");
}

TEST(Basic, DecoyThatMatches_LetsNobodyIn) {
  World world;
  world.snapshot.decoys = std::make_shared<const std::vector<crypto::DummyHash>>(std::vector<crypto::DummyHash>{{Secret("hash of decoy")}});
  EXPECT_EQ(world.decide(basic_only(), with_password("eve:decoy")).reason, Reason::PasswordWrong);
}

TEST(Basic, UsersNotReadYet_IsAnOutageForAllNames) {
  World world;
  world.add_user("alice", "right");
  world.snapshot.decoys = nullptr;
  for (const std::string_view pair : {"alice:right", "eve:right"}) {
    EXPECT_EQ(world.decide(basic_only(), with_password(pair)).reason, Reason::VerifierUnavailable) << pair;
  }
}

TEST(Basic, StoreThatFoldsCase_DoesNotMakeTwoNamesOne) {
  World world;
  world.add_user("alice", "right");
  world.users["ALICE"] = world.users["alice"];  // the record says "alice"
  EXPECT_EQ(world.decide(basic_only(), with_password("ALICE:right")).reason, Reason::PasswordWrong);
}

TEST(Basic, GoodPassword_DescribesItsPrincipal) {
  World world;
  world.add_user("alice", "right");
  const Verdict verdict = world.decide(basic_only(), with_password("alice:right"));
  ASSERT_TRUE(verdict.allowed());
  EXPECT_EQ(verdict.principal->subject(), "alice");
  EXPECT_TRUE(std::ranges::equal(verdict.principal->roles(), std::vector<std::string_view>{"staff"}));
  EXPECT_EQ(verdict.principal->basis().store_epoch, 7);
}

TEST(Basic, IllFormed_RefusedWithoutALookUp) {
  World world;
  EXPECT_EQ(world.decide(basic_only(), "GET /\nAuthorization: Basic alice:secret").reason, Reason::BasicMalformed);
  EXPECT_EQ(world.decide(basic_only(), with_password("alice")).reason, Reason::BasicMalformed);
  EXPECT_TRUE(world.asked.empty());
}

TEST(Basic, StoreDown_IsAnOutage) {
  World world;
  world.store_down = true;
  EXPECT_EQ(world.decide(basic_only(), with_password("alice:right")).reason, Reason::VerifierUnavailable);
}

// Which of two decoys, of 1 and of `users`, each of 1000 unknown names gets; names differ in the last letters only.
std::vector<bool> second_decoy_taken(std::size_t users) {
  const std::vector<crypto::DummyHash> decoys = {{Secret("cheap"), 1000}, {Secret("dear"), users}};
  std::vector<bool> out;
  for (int i = 0; i < 1000; ++i) out.push_back(&decoy_for(decoys, 42, "user" + std::to_string(i)) == &decoys[1].hash);
  return out;
}

// Threat: names that all cost the same tell those who cost something else for users (CVE-2026-41263).
TEST(DecoyFor, Names_AreSpreadAsTheUsersAre) {
  for (const auto& [users, least, most] : {std::tuple{0, 0, 0}, std::tuple{111, 50, 150}, std::tuple{1000, 400, 600}, std::tuple{9000, 850, 950}}) {
    const auto taken = second_decoy_taken(static_cast<std::size_t>(users));
    EXPECT_THAT(std::ranges::count(taken, true), testing::AllOf(testing::Ge(least), testing::Le(most))) << users;
  }
}

TEST(DecoyFor, UserWhoIsAdded_ChangesHardlyANamesDecoy) {
  const auto before = second_decoy_taken(1000), after = second_decoy_taken(1001);
  int changed = 0;
  for (std::size_t i = 0; i < before.size(); ++i) changed += before[i] != after[i];
  EXPECT_LE(changed, 5);
}

TEST(Attempt, AnswerToAnotherQuestion_LetsNobodyIn) {
  World world;
  world.add_user("alice", "right");
  const Request request(with_password("alice:right"));
  const FoundCredentials found = find_credentials(request.view(), basic_only());
  const auto snapshot = std::make_shared<const Snapshot>(world.snapshot);
  for (const Answer& wrong : {Answer{PasswordOutcome::Match}, Answer{FoundKey{}}, Answer{FoundKeySet{}}}) {
    Attempt attempt(basic_only(), found, snapshot, world.tools, kNow);
    (void)attempt.advance();
    const Step step = attempt.advance(wrong);
    EXPECT_EQ(std::get<Verdict>(step).reason, Reason::VerifierMisconfigured);
  }
  Attempt unasked(basic_only(), found, snapshot, world.tools, kNow);
  EXPECT_EQ(std::get<Verdict>(unasked.advance(Answer{PasswordOutcome::Match})).reason, Reason::VerifierMisconfigured);
}

}  // namespace
}  // namespace quivive::auth
