#include "crypto/signature.h"

#include "base/base64.h"
#include "crypto/ecdsa_encoding.h"
#include "crypto/private_key.h"

#include <gtest/gtest.h>

namespace quivive::crypto {
namespace {

constexpr KeyKind kKinds[] = {KeyKind::Rsa,    KeyKind::EcP256,  KeyKind::EcP384,
                              KeyKind::EcP521, KeyKind::Ed25519, KeyKind::Ed448};
constexpr SignatureScheme kSchemes[] = {SignatureScheme::RsaPkcs1, SignatureScheme::RsaPss, SignatureScheme::Ecdsa,
                                        SignatureScheme::EdDsa};
constexpr HashKind kHashes[] = {HashKind::Md5,    HashKind::Sha1,   HashKind::Sha256,
                                HashKind::Sha384, HashKind::Sha512, HashKind::Sha512_256};

const PrivateKey& key_of(KeyKind kind) {
  static const std::vector<PrivateKey> keys = [] {
    std::vector<PrivateKey> out;
    for (const KeyKind k : kKinds) out.push_back(PrivateKey::generate(k).value());
    return out;
  }();
  return keys[static_cast<std::size_t>(kind)];
}

// RFC 8037 appendix A.4.
TEST(SignatureVerifier, Rfc8037Ed25519_Verifies) {
  const auto key = PublicKey::from_params({.kind = KeyKind::Ed25519,
                                           .n = {},
                                           .e = {},
                                           .x = *base64url_decode("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"),
                                           .y = {}});
  const std::string signature =
      *base64url_decode("hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg");
  SignatureVerifier verifier;
  const SignatureAlgorithm eddsa{SignatureScheme::EdDsa, HashKind::Sha512};
  EXPECT_TRUE(
      verifier.verify(eddsa, key.value(), "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc", signature));
  EXPECT_FALSE(
      verifier.verify(eddsa, key.value(), "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmd", signature));
}

TEST(SignatureVerifier, EveryFit_RoundTripsAgainAndAgain) {
  SignatureVerifier verifier;
  int fitting = 0;
  for (const KeyKind kind : kKinds) {
    for (const SignatureScheme scheme : kSchemes) {
      for (const HashKind hash : kHashes) {
        const SignatureAlgorithm algorithm{scheme, hash};
        const auto signature = key_of(kind).sign(algorithm, "message");
        ASSERT_EQ(static_cast<bool>(signature), fits(algorithm, kind));
        if (!signature) {
          EXPECT_FALSE(verifier.verify(algorithm, key_of(kind).public_key(), "message", "signature"));
          continue;
        }
        ++fitting;
        const PublicKey& key = key_of(kind).public_key();
        for (int i = 0; i < 3; ++i) {
          EXPECT_TRUE(verifier.verify(algorithm, key, "message", *signature));
          EXPECT_FALSE(verifier.verify(algorithm, key, "massage", *signature));
        }
        // Every length but the right one, and a flipped bit at either end.
        for (std::size_t n = 0; n < signature->size(); ++n) {
          EXPECT_FALSE(verifier.verify(algorithm, key, "message", signature->substr(0, n)));
        }
        EXPECT_FALSE(verifier.verify(algorithm, key, "message", *signature + '\0'));
        EXPECT_FALSE(verifier.verify(algorithm, key, "message", '\0' + *signature));
        for (const std::size_t at : {std::size_t{0}, signature->size() - 1}) {
          std::string flipped = *signature;
          flipped[at] = static_cast<char>(flipped[at] ^ 1);
          EXPECT_FALSE(verifier.verify(algorithm, key, "message", flipped));
        }
        EXPECT_FALSE(verifier.verify(algorithm, key, "message", std::string(signature->size(), '\0')));
        EXPECT_FALSE(verifier.verify(algorithm, key, "message", std::string(signature->size(), '\xff')));
        EXPECT_FALSE(verifier.verify(algorithm, key, "message", std::string(16 * 1024, 'a')));
        EXPECT_TRUE(verifier.verify(algorithm, key, "message", *signature));
      }
    }
  }
  EXPECT_EQ(fitting, 3 + 3 + 3 + 6 + 6);  // EdDSA ignores the hash
}

TEST(SignatureVerifier, OtherKeyOfTheKind_Refuses) {
  SignatureVerifier verifier;
  const PrivateKey other = PrivateKey::generate(KeyKind::EcP256).value();
  const SignatureAlgorithm es256{SignatureScheme::Ecdsa, HashKind::Sha256};
  const std::string signature = key_of(KeyKind::EcP256).sign(es256, "message").value();
  EXPECT_FALSE(verifier.verify(es256, other.public_key(), "message", signature));
}

// RFC 7518 section 3.4 wants r||s; a reader that also takes DER has two texts for one signature.
TEST(SignatureVerifier, EcdsaHostileNumbers_Refused) {
  SignatureVerifier verifier;
  const SignatureAlgorithm es256{SignatureScheme::Ecdsa, HashKind::Sha256};
  const PublicKey& key = key_of(KeyKind::EcP256).public_key();
  const std::string signature = key_of(KeyKind::EcP256).sign(es256, "message").value();
  const std::string zero(32, '\0'), r = signature.substr(0, 32), s = signature.substr(32);
  const std::string order = *hex_decode("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551");
  const DerSignature der = der_from_raw(signature, 32);
  for (const std::string& bad : {zero + s, r + zero, zero + zero, order + s, r + order, s + r,
                                 std::string(der.octets.begin(), der.octets.begin() + static_cast<long>(der.size))}) {
    EXPECT_FALSE(verifier.verify(es256, key, "message", bad)) << hex_encode(bad);
  }
}

TEST(SignatureVerifier, MoreKeysThanContexts_StillVerifies) {
  SignatureVerifier verifier;
  const SignatureAlgorithm eddsa{SignatureScheme::EdDsa, HashKind::Sha512};
  for (std::size_t i = 0; i < 2 * SignatureVerifier::kMaxContexts + 3; ++i) {
    const PrivateKey key = PrivateKey::generate(KeyKind::Ed25519).value();
    EXPECT_TRUE(verifier.verify(eddsa, key.public_key(), "message", key.sign(eddsa, "message").value()));
    EXPECT_TRUE(verifier.verify(eddsa, key_of(KeyKind::Ed25519).public_key(), "m",
                                key_of(KeyKind::Ed25519).sign(eddsa, "m").value()));
  }
}

TEST(SignatureVerifier, Mac_NeedsFullLengthAndLongKey) {
  SignatureVerifier verifier;
  const std::string secret(32, 'k');
  const MacKey key = MacKey::make(Secret(secret)).value();
  const std::string mac = hmac(HashKind::Sha256, secret, "message");
  for (int i = 0; i < 3; ++i) {
    EXPECT_TRUE(verifier.verify_mac(HashKind::Sha256, key, "message", mac));
    EXPECT_FALSE(verifier.verify_mac(HashKind::Sha256, key, "massage", mac));
  }
  for (std::size_t n = 0; n < mac.size(); ++n) {
    EXPECT_FALSE(verifier.verify_mac(HashKind::Sha256, key, "message", mac.substr(0, n)));
  }
  EXPECT_FALSE(verifier.verify_mac(HashKind::Sha256, key, "message", mac + "x"));
  // RFC 7518 section 3.2: the key is as long as the hash output.
  EXPECT_FALSE(verifier.verify_mac(HashKind::Sha384, key, "message", hmac(HashKind::Sha384, secret, "message")));
  EXPECT_FALSE(verifier.verify_mac(HashKind::Sha1, key, "message", hmac(HashKind::Sha1, secret, "message")));
}

TEST(MacKey, ShortSecret_Refused) {
  EXPECT_FALSE(MacKey::make(Secret("")));
  EXPECT_FALSE(MacKey::make(Secret(std::string(31, 'k'))));
  EXPECT_TRUE(MacKey::make(Secret(std::string(32, 'k'))));
}

TEST(DerFromRaw, Numbers_TakeAsFewOctetsAsDerDemands) {
  const auto der = [](std::string_view hex, std::size_t coordinate) {
    const DerSignature out = der_from_raw(*hex_decode(hex), coordinate);
    return hex_encode({reinterpret_cast<const char*>(out.octets.data()), out.size});
  };
  EXPECT_EQ(der("0102", 1), "3006020101020102");
  EXPECT_EQ(der("80ff", 1),
            "30080202008002"
            "0200ff");
  EXPECT_EQ(der("00000001", 2), "3006020100020101");
  EXPECT_EQ(der("0102", 2), "");
  EXPECT_EQ(der("", 0), "");
  EXPECT_EQ(der_from_raw(std::string(132, '\xff'), 66).size, kMaxDerSignature);
  EXPECT_EQ(der_from_raw(std::string(134, '\xff'), 67).size, 0U);
  EXPECT_EQ(der_from_raw(std::string(16 * 1024, '\xff'), 32).size, 0U);
}

}  // namespace
}  // namespace quivive::crypto
