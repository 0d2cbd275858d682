#include "issuer/pkce.h"

#include <gtest/gtest.h>

namespace quivive::issuer {
namespace {

// RFC 7636 appendix B.
constexpr std::string_view kVerifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
constexpr std::string_view kChallenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

TEST(Pkce, VerifierOfTheRfc_FitsItsChallenge) {
  EXPECT_TRUE(is_challenge(kChallenge));
  EXPECT_TRUE(verifier_fits(kVerifier, kChallenge));
}

TEST(Pkce, AnythingElse_DoesNotFit) {
  const std::string verifier(kVerifier);
  for (const std::string& other : {std::string(), verifier.substr(1), verifier + "a", std::string(42, 'a'), std::string(129, 'a'), "!" + verifier.substr(1)}) {
    EXPECT_FALSE(verifier_fits(other, kChallenge)) << other;
  }
  // `plain`: the challenge itself is no verifier of it.
  EXPECT_FALSE(verifier_fits(kChallenge, kChallenge));
}

TEST(Pkce, Challenge_IsAShaInBase64url) {
  for (const std::string_view text : {"", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-c", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM=", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw+cM"}) {
    EXPECT_FALSE(is_challenge(text)) << text;
  }
}

}  // namespace
}  // namespace quivive::issuer
