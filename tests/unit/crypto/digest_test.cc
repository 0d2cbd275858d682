#include "crypto/digest.h"

#include "base/base64.h"
#include "crypto/constant_time.h"
#include "crypto/system_random.h"

#include <gtest/gtest.h>

namespace quivive::crypto {
namespace {

TEST(Digest, Abc_MatchesFips180) {
  struct Row {
    HashKind kind;
    std::string_view hex;
  };
  for (const Row& row : {
           Row{HashKind::Md5, "900150983cd24fb0d6963f7d28e17f72"},
           Row{HashKind::Sha1, "a9993e364706816aba3e25717850c26c9cd0d89d"},
           Row{HashKind::Sha256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
           Row{HashKind::Sha384,
               "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7"},
           Row{HashKind::Sha512,
               "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d442"
               "3643ce80e2a9ac94fa54ca49f"},
           Row{HashKind::Sha512_256, "53048e2681941ef99b2e29b76b4c7dabe4c2d0c634fc6d46e0e2f13107e7af23"},
       }) {
    EXPECT_TRUE(hash_available(row.kind));
    EXPECT_EQ(hex_encode(digest(row.kind, "abc")), row.hex);
    EXPECT_EQ(digest(row.kind, "abc").size(), digest_size(row.kind));
    Digest pieces(row.kind);
    EXPECT_EQ(hex_encode(pieces.update("a").update("").update("bc").finish()), row.hex);
    EXPECT_EQ(hex_encode(pieces.update("abc").finish()), row.hex) << "finish() starts over";
    Digest fork(row.kind);
    fork.update("what was there before");
    fork.go_on_from(pieces.update("ab"));
    EXPECT_EQ(hex_encode(fork.update("c").finish()), row.hex);
    EXPECT_EQ(hex_encode(pieces.update("c").finish()), row.hex) << "the first goes on by itself";
  }
}

TEST(Sha256, EqualsEvp) {
  for (const std::string_view text : {"", "abc", "a longer text that is hashed again and again"}) {
    EXPECT_EQ(sha256(text).view(), digest(HashKind::Sha256, text));
  }
}

// RFC 4231 test cases 1 and 2.
TEST(Hmac, Rfc4231_Matches) {
  const std::string key1(20, '\x0b');
  EXPECT_EQ(hex_encode(hmac(HashKind::Sha256, key1, "Hi There")),
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
  EXPECT_EQ(hex_encode(hmac(HashKind::Sha512, "Jefe", "what do ya want for nothing?")),
            "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea2505549758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d"
            "4a6b4b636e070a38bce737");
  EXPECT_EQ(hmac(HashKind::Sha256, "", "").size(), 32U);
}

TEST(HmacSha256, Reused_EqualsOneShot) {
  HmacSha256 mac{Secret("a key")};
  for (const std::string_view text : {"", "one", "two"}) {
    EXPECT_EQ(mac(text).view(), hmac(HashKind::Sha256, "a key", text));
    EXPECT_EQ(mac("x", text).view(), hmac(HashKind::Sha256, "a key", "x" + std::string(text)));
  }
}

// A key as long as a block, and one that is hashed to fit into it (RFC 2104 section 2).
TEST(HmacSha256, KeysAroundABlock_EqualOneShot) {
  for (const std::size_t size : {0U, 1U, 63U, 64U, 65U, 200U}) {
    const std::string key(size, 'k');
    HmacSha256 mac{Secret(key)};
    EXPECT_EQ(mac("text").view(), hmac(HashKind::Sha256, key, "text")) << size << " octets";
  }
}

TEST(ConstantTimeEqual, Table) {
  EXPECT_TRUE(constant_time_equal("", ""));
  EXPECT_TRUE(constant_time_equal("abc", "abc"));
  EXPECT_FALSE(constant_time_equal("abc", "abd"));
  EXPECT_FALSE(constant_time_equal("abc", "abcd"));
  EXPECT_FALSE(constant_time_equal("", "a"));
  EXPECT_FALSE(constant_time_equal({"a\0b", 3}, {"a\0c", 3}));
}

TEST(SystemRandom, TwoDraws_Differ) {
  SystemRandom random;
  const std::string a = random.bytes(32), b = random.bytes(32);
  EXPECT_NE(a, b);
  EXPECT_NE(a, std::string(32, '\0'));
  EXPECT_EQ(random.bytes(100'000).size(), 100'000U);
  EXPECT_EQ(random.bytes(0), "");
}

}  // namespace
}  // namespace quivive::crypto
