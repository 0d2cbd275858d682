// What the client sends, read by what the gateway reads it with: strict where the client's own tests are not.

#include "client/digest_session.h"
#include "digest/credentials.h"
#include "http/challenge_writer.h"

#include <gtest/gtest.h>

namespace quivive::client {
namespace {

TEST(DigestRoundTrip, EveryAlgorithmNameAndQop) {
  FixedRandom random;
  const std::string body = "a=1";
  for (const digest::DigestAlgorithmInfo& row : digest::all_algorithms()) {
    for (const std::string_view qop : {"auth", "auth-int", "auth-int, auth"}) {
      for (const std::string_view user : {"ann", "J\xc3\xa4s\xc3\xb8n Doe", "DOM\\ann", "a\"b", "a:b", ""}) {
        for (const bool userhash : {false, true}) {
          std::string challenge;
          http::ChallengeWriter writer(challenge, "Digest");
          writer.quoted("realm", "the \"realm\", \\").quoted("qop", qop).token("algorithm", row.name).quoted("nonce", "n/+=").quoted("opaque", "o").token("charset", "UTF-8");
          if (userhash) writer.token("userhash", "true");
          const auto parsed = http::parse_challenges(challenge);
          auto read = read_digest_challenge(parsed.challenges.at(0), true);
          ASSERT_TRUE(read) << challenge;
          DigestSession session(*read, std::string(user));
          (void)session.authorize({user, "p", "POST", "/x?y", body}, random);
          const auto sent = session.authorize({user, "p", "POST", "/x?y", body}, random);
          const std::string_view value = sent.value.reveal(RevealSecret{});
          SCOPED_TRACE(value);

          digest::DigestCredentials credentials;
          const auto problem = digest::parse(value.substr(std::string_view("Digest ").size()), credentials);
          ASSERT_FALSE(problem) << problem->detail;
          digest::DigestHasher hasher;
          EXPECT_EQ(credentials.username, userhash ? hasher.user_hash(row.hash, user, read->realm).view() : user);
          EXPECT_EQ(credentials.userhash, userhash);
          EXPECT_EQ(credentials.realm, read->realm);
          EXPECT_EQ(credentials.algorithm, row.algorithm);
          EXPECT_EQ(credentials.count, 2u);
          EXPECT_EQ(credentials.qop_text, qop == "auth-int" ? "auth-int" : "auth");
          const std::string body_hash = hasher.body_hash(row.hash, body).str();
          const auto expected = hasher.response({.algorithm = credentials.algorithm, .method = "POST", .uri = credentials.uri, .nonce = credentials.nonce,
                                                 .nc = credentials.nc, .cnonce = credentials.cnonce, .qop = credentials.qop_text, .body_hash = body_hash},
                                                hasher.secret(row.hash, user, read->realm, "p").view());
          EXPECT_EQ(credentials.response, expected.view());
        }
      }
    }
  }
}

}  // namespace
}  // namespace quivive::client
