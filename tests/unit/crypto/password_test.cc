#include "crypto/password.h"

#include "crypto/system_random.h"

#include <gtest/gtest.h>

namespace quivive::crypto {
namespace {

std::string text(const Secret& secret) { return std::string(secret.reveal(RevealSecret{})); }
PasswordVerdict verify(std::string_view hash, std::string_view password) {
  return verify_password(Secret(std::string(hash)), password);
}

struct Known {
  PasswordHashKind kind;
  std::string_view hash;
  std::string_view password = "correct horse";
};

// Written by htpasswd, openssl passwd, libxcrypt and Python's argon2.
constexpr Known kKnown[] = {
    {PasswordHashKind::Argon2id,
     "$argon2id$v=19$m=64,t=2,p=1$c2FsdHNhbHRzYWx0c2FsdA$5jdMIzWoFbzSOl6k3wai9uU3f8LD+HmGXQgo1uhHQPI"},
    {PasswordHashKind::Argon2id,
     "$argon2id$v=19$m=256,t=3,p=4$c2FsdHNhbHRzYWx0c2FsdA$lgR+FOY1RlopdTWRTXX6njnRiMV0N+Z5W0GXjb50QO0"},
    {PasswordHashKind::Bcrypt, "$2y$05$C8GPrGoigA6f34.mWgQRfO4R2E4j2hrIcxuB0Xw2/FGbAvZ0ddC.W"},
    {PasswordHashKind::Bcrypt, "$2a$05$abcdefghijklmnopqrstuuHNbAKRhpaujgo33bRWs.NLUTJO3lOy2"},
    {PasswordHashKind::Sha256Crypt, "$5$abcdefgh$ruMep1ijHnJPZbETDNiumskxcX3kN4lzZd5VlsqE7eB"},
    {PasswordHashKind::Sha256Crypt, "$5$6WFZWrE3s/P4MEt4$fEp4U6h51p/l/IaV6pUn03jweV28ZEuCyYBY4f.KFO6"},
    {PasswordHashKind::Sha256Crypt, "$5$rounds=1000$salt$qOfjCda6YN/JiGzcA4MkoJaIXdhJzf.qd.KJPQZ7TA/"},
    {PasswordHashKind::Sha512Crypt,
     "$6$abcdefgh$yIZAF3gQPvtKZO/9qOJKffAKKbtS3ef3qmwyugk4uWVjX8YZf/GV3A8SkFxEPY0T56CcilGrHKLffBsp6dLMG."},
    {PasswordHashKind::Sha512Crypt,
     "$6$rounds=10000$saltstring$RSYX800PBUlPFzt5jRv2um1cURoaxGG39HgaJQWZRCbrFkEiv0mjfWp5SP56VAr33R/"
     "Th91SsTRNAtZHhoQFt1"},
    {PasswordHashKind::Yescrypt, "$y$j75$F5Jx5fExrKuPp53xLKQ..1$aEFV0VcEI5Jx.rzUhLbfRgipTKSbuNF0ldHPkDpnco3"},
    {PasswordHashKind::Yescrypt, "$y$j9T$abcdefgh$4mqd6JVlUo/.JMgenptcdPqIowfqDPoC9lSyWQhPMf1"},
    {PasswordHashKind::Apr1, "$apr1$abcdefgh$sIQmFnT1CuEXAsyjuXjUX/"},
    {PasswordHashKind::Apr1, "$apr1$//UtVnyr$r8uUbYhU5mRs0t2yUEvfF/"},
    {PasswordHashKind::Apr1, "$apr1$abcdefgh$C8uBoXqVp8qMY896VcpeV1", "a longer password than sixteen octets, surely"},
    {PasswordHashKind::Sha1, "{SHA}L55TUjtiq8FBorTWAZ0jy6g129A="},
};

TEST(VerifyPassword, KnownHash_MatchesItsPasswordOnly) {
  for (const Known& row : kKnown) {
    const Secret hash{std::string(row.hash)};
    EXPECT_EQ(password_hash_kind(hash), row.kind) << row.hash;
    EXPECT_EQ(check_password_hash(hash).value(), row.kind) << row.hash;
    EXPECT_EQ(verify_password(hash, row.password), PasswordVerdict::Match) << row.hash;
    for (const std::string& wrong : {std::string(row.password) + "x", std::string(row.password.substr(1)),
                                     std::string("Correct horse"), std::string()}) {
      EXPECT_EQ(verify_password(hash, wrong), PasswordVerdict::Mismatch) << row.hash << " " << wrong;
    }
  }
}

TEST(VerifyPassword, PasswordThatNoHashCanHave_IsAMismatch) {
  for (const Known& row : kKnown) {
    EXPECT_EQ(verify(row.hash, std::string(row.password) + std::string("\0x", 2)), PasswordVerdict::Mismatch)
        << row.hash;
    EXPECT_EQ(verify(row.hash, std::string(kMaxPasswordSize + 1, 'x')), PasswordVerdict::Mismatch) << row.hash;
  }
}

// As htpasswd and every other tool with bcrypt; stated in password.h.
TEST(VerifyPassword, BcryptBeyond72Octets_LooksAtTheFirst72) {
  constexpr std::string_view hash = "$2b$04$abcdefghijklmnopqrstuubzadhGtS2zEF.gu0yd0opP6cVzb.e0i";
  EXPECT_EQ(verify(hash, std::string(80, 'x')), PasswordVerdict::Match);
  EXPECT_EQ(verify(hash, std::string(72, 'x')), PasswordVerdict::Match);
  EXPECT_EQ(verify(hash, std::string(71, 'x')), PasswordVerdict::Mismatch);
}

TEST(VerifyPassword, UnusableHash_IsNeverAMatch) {
  const std::string sha = "$6$rounds=%$salt$" + std::string(86, 'a');
  const auto rounds = [&](std::string_view n) { return std::string(sha).replace(sha.find('%'), 1, n); };
  const std::string argon =
      "$argon2id$v=19$m=64,t=2,p=1$c2FsdHNhbHRzYWx0c2FsdA$5jdMIzWoFbzSOl6k3wai9uU3f8LD+HmGXQgo1uhHQPI";
  const auto argon_with = [&](std::string_view params) {
    return "$argon2id$v=19$" + std::string(params) + argon.substr(argon.find("$c2F"));
  };
  for (const std::string& hash : std::vector<std::string>{
           "", "correct horse", "*0", "*1", "!", "x", "rqXexS6ZhobKA", "$1$abcdefgh$G/9MKJ7WwyKQbMfGu9Zsn/",
           "{PLAIN}correct horse", "{SSHA}AAAA",
           // damaged
           "$2y$05$C8GPrGoigA6f34.mWgQRfO4R2E4j2hrIcxuB0Xw2/FGbAvZ0ddC.",
           "$2y$5$$C8GPrGoigA6f34.mWgQRfO4R2E4j2hrIcxuB0Xw2/FGbAvZ0ddC.",
           "$2x$05$C8GPrGoigA6f34.mWgQRfO4R2E4j2hrIcxuB0Xw2/FGbAvZ0ddC.W",
           "$2y$05$C8GPrGoigA6f34.mWgQRfO4R2E4j2hrIcxuB0Xw2/FGbAvZ0ddC:W", "$5$", "$6$", "$5$$", "$6$salt$",
           "$6$salt$abc", "$6$rounds=1000$" + std::string(86, 'a'), rounds(""), rounds("x"), rounds("-1"),
           rounds("01000"), rounds("99999999999999999999"), "$y$", "$y$j9T$$",
           "$y$k9T$abcdefgh$4mqd6JVlUo/.JMgenptcdPqIowfqDPoC9lSyWQhPMf1",
           "$y$j9T$abcd:fgh$4mqd6JVlUo/.JMgenptcdPqIowfqDPoC9lSyWQhPMf1", "$apr1$",
           "$apr1$abcdefghi$sIQmFnT1CuEXAsyjuXjUX/", "$apr1$abcdefgh$sIQmFnT1CuEXAsyjuXjUX", "{SHA}",
           "{SHA}L55TUjtiq8FBorTWAZ0jy6g129A", "{SHA}AAAA", "$argon2id$", "$argon2id$v=16$m=64,t=2,p=1$a$b",
           argon.substr(0, argon.size() - 1), argon + "=", argon_with("m=64,t=0,p=1"), argon_with("m=64,t=2"),
           argon_with("m=+64,t=2,p=1"), argon_with("m=4,t=2,p=1"), argon_with("t=2,m=64,p=1"),
           "$argon2i$v=19$m=64,t=2,p=1$c2FsdHNhbHRzYWx0c2FsdA$5jdMIzWoFbzSOl6k3wai9uU3f8LD+HmGXQgo1uhHQPI",
           // too much work: these would take seconds to hours, or the whole memory
           "$2y$17$C8GPrGoigA6f34.mWgQRfO4R2E4j2hrIcxuB0Xw2/FGbAvZ0ddC.W",
           "$2y$31$C8GPrGoigA6f34.mWgQRfO4R2E4j2hrIcxuB0Xw2/FGbAvZ0ddC.W", rounds("2000001"), rounds("999999999"),
           rounds("999"), "$y$jLT$abcdefgh$4mqd6JVlUo/.JMgenptcdPqIowfqDPoC9lSyWQhPMf1",
           argon_with("m=1048577,t=1,p=1"), argon_with("m=4294967295,t=1,p=1"), argon_with("m=1048576,t=9,p=1"),
           argon_with("m=64,t=4294967295,p=1"), argon_with("m=4096,t=1,p=17")}) {
    EXPECT_EQ(verify(hash, "correct horse"), PasswordVerdict::UnusableHash) << hash;
    EXPECT_EQ(verify(hash, hash), PasswordVerdict::UnusableHash) << hash;
    const auto checked = check_password_hash(Secret(hash));
    ASSERT_FALSE(checked) << hash;
    EXPECT_FALSE(checked.error().message.empty());
  }
}

TEST(HashPassword, NewHash_IsArgon2idAndSalted) {
  SystemRandom random;
  const Secret one = hash_password("s3cret", random).value(), two = hash_password("s3cret", random).value();
  EXPECT_TRUE(text(one).starts_with("$argon2id$v=19$m=19456,t=2,p=1$")) << text(one);
  EXPECT_NE(text(one), text(two));
  EXPECT_EQ(verify_password(one, "s3cret"), PasswordVerdict::Match);
  EXPECT_EQ(verify_password(one, "s3creT"), PasswordVerdict::Mismatch);
}

TEST(HashPassword, PasswordThatCouldNotSignIn_Refused) {
  FixedRandom random;
  EXPECT_FALSE(hash_password("", random));
  EXPECT_FALSE(hash_password(std::string(kMaxPasswordSize + 1, 'x'), random));
  EXPECT_FALSE(hash_password(std::string_view("a\0b", 3), random));
  EXPECT_TRUE(hash_password(std::string(kMaxPasswordSize, 'x'), random));
}

TEST(DummyHashLike, EveryKind_KeepsKindAndCostAndMatchesNothing) {
  for (const Known& row : kKnown) {
    const Secret dummy = dummy_hash_like(Secret(std::string(row.hash)));
    EXPECT_EQ(check_password_hash(dummy).value(), row.kind) << text(dummy);
    EXPECT_EQ(text(dummy).size(), row.kind == PasswordHashKind::Yescrypt ? text(dummy).size() : row.hash.size())
        << text(dummy);
    for (const std::string_view password : {"", "correct horse", "quivive"}) {
      EXPECT_EQ(verify_password(dummy, password), PasswordVerdict::Mismatch) << text(dummy);
    }
  }
  EXPECT_TRUE(text(dummy_hash_like(Secret("$2y$11$C8GPrGoigA6f34.mWgQRfO4R2E4j2hrIcxuB0Xw2/FGbAvZ0ddC.W")))
                  .starts_with("$2y$11$"));
  EXPECT_TRUE(text(dummy_hash_like(Secret(std::string(kKnown[1].hash)))).starts_with("$argon2id$v=19$m=256,t=3,p=4$"));
  EXPECT_TRUE(text(dummy_hash_like(Secret(std::string(kKnown[8].hash)))).starts_with("$6$rounds=10000$"));
}

// CVE-2026-41263: an empty dummy is a fast path, and so an oracle.
TEST(DummyHashLike, UnusableHash_GivesTheDefault) {
  for (const char* const hash : {"", "plain", "$2y$31$"}) {
    EXPECT_TRUE(text(dummy_hash_like(Secret(hash))).starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
  }
}

TEST(DummyHashes, MixedStore_GivesEveryCostWithItsUsers) {
  DummyHashes dummies;
  ASSERT_EQ(dummies.all().size(), 1u);
  EXPECT_TRUE(text(dummies.all()[0].hash).starts_with("$argon2id$"));
  dummies.add(Secret(std::string(kKnown[2].hash)));
  dummies.add(Secret("damaged"));
  dummies.add(Secret("$2y$05$abcdefghijklmnopqrstuuHNbAKRhpaujgo33bRWs.NLUTJO3lOy2"));
  dummies.add(Secret("$2y$11$abcdefghijklmnopqrstuuHNbAKRhpaujgo33bRWs.NLUTJO3lOy2"));
  const auto all = dummies.all();
  ASSERT_EQ(all.size(), 2u);
  EXPECT_TRUE(text(all[0].hash).starts_with("$2y$05$")) << text(all[0].hash);
  EXPECT_EQ(all[0].users, 2u);
  EXPECT_TRUE(text(all[1].hash).starts_with("$2y$11$")) << text(all[1].hash);
  EXPECT_EQ(all[1].users, 1u);
}

}  // namespace
}  // namespace quivive::crypto
