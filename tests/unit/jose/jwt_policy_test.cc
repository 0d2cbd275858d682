#include "jose/jwt_policy.h"

#include "support.h"
#include "vectors.h"

#include <gtest/gtest.h>

namespace quivive::jose {
namespace {

using Builder = JwtPolicy::Builder;
using test::policy_builder;

TEST(JwtPolicy, Silence_IsStrict) {
  const JwtPolicy policy = policy_builder({JwsAlgorithm::ES256}).build().value();
  EXPECT_EQ(policy.leeway(), std::chrono::seconds{60});
  EXPECT_TRUE(policy.requires_expiration());
  EXPECT_FALSE(policy.accepts_id_tokens());
  EXPECT_TRUE(policy.allows(JwsAlgorithm::ES256));
  EXPECT_FALSE(policy.allows(JwsAlgorithm::ES384));
}

TEST(JwtPolicy, Contradiction_DoesNotBuild) {
  struct Row {
    Builder builder;
    std::string_view part;
  };
  using std::chrono::milliseconds;
  using std::chrono::minutes;
  const auto good = [] { return policy_builder({JwsAlgorithm::ES256}); };
  for (const Row& row : {
           Row{Builder("").accept_any_audience().allow_algorithm(JwsAlgorithm::ES256), "issuer is empty"},
           Row{Builder("x").allow_algorithm(JwsAlgorithm::ES256), "no audience"},
           Row{good().accept_any_audience(), "although any"},
           Row{good().accept_audience(""), "audience is empty"},
           Row{policy_builder({}), "no algorithm"},
           Row{policy_builder({JwsAlgorithm::HS256, JwsAlgorithm::RS256}), "mixed"},
           Row{policy_builder({JwsAlgorithm::EdDSA, JwsAlgorithm::HS512}), "mixed"},
           Row{good().leeway(milliseconds{-1}), "leeway"},
           Row{good().leeway(minutes{10} + milliseconds{1}), "leeway"},
           Row{good().max_age(milliseconds{0}), "maximum age"},
           Row{good().require_claim(""), "empty name"},
           Row{good().require_type("id+jwt"), "ID tokens"},
       }) {
    const auto policy = row.builder.build();
    ASSERT_FALSE(policy) << row.part;
    EXPECT_NE(policy.error().message.find(row.part), std::string::npos) << policy.error().message;
  }
  EXPECT_TRUE(good().leeway(minutes{10}).require_type("id+jwt").accept_id_tokens().build());
  EXPECT_TRUE(policy_builder({JwsAlgorithm::HS256, JwsAlgorithm::HS512}).build());
}

TEST(JwtPolicy, SeveralFaults_AllNamed) {
  const auto policy = Builder("").build();
  for (const std::string_view part : {"issuer", "audience", "algorithm"}) {
    EXPECT_NE(policy.error().message.find(part), std::string::npos);
  }
}

TEST(JwtPolicy, CheckKeys_RefusesKeysThatCannotServe) {
  const KeySet public_keys = KeySet::parse(vectors::kKeySet).value(),
               secrets = KeySet::parse(vectors::kSecretKeySet, SymmetricKeys::Allow).value();
  const KeySet short_secret =
      KeySet::of({Jwk::from_secret(crypto::MacKey::make(Secret(std::string(32, 'k'))).value())}).value();
  const auto policy = [](std::vector<JwsAlgorithm> algorithms) {
    return policy_builder(std::move(algorithms)).build().value();
  };
  EXPECT_TRUE(policy({JwsAlgorithm::ES256}).check_keys(public_keys));
  EXPECT_TRUE(policy({JwsAlgorithm::HS512}).check_keys(secrets));
  EXPECT_TRUE(policy({JwsAlgorithm::HS256, JwsAlgorithm::HS512}).check_keys(short_secret));
  EXPECT_FALSE(policy({JwsAlgorithm::ES256}).check_keys(secrets));
  EXPECT_FALSE(policy({JwsAlgorithm::HS256}).check_keys(public_keys));
  EXPECT_FALSE(policy({JwsAlgorithm::HS512}).check_keys(short_secret));
  EXPECT_FALSE(policy({JwsAlgorithm::RS256}).check_keys(test::es256_keys()));
}

}  // namespace
}  // namespace quivive::jose
