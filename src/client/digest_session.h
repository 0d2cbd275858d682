#pragma once
// The client's side of Digest, all of RFC 7616: a nonce that is used again with the next count, and the proof of who answered.

#include "base/random.h"
#include "base/secret.h"
#include "client/digest_challenge.h"
#include "digest/response.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace quivive::client {

struct DigestRequest {
  std::string_view user;  // UTF-8
  std::string_view password;
  std::string_view method;
  std::string_view uri;                       // path and query, as in the request line
  std::optional<std::string_view> body = {};  // where it is known, "" for none; auth-int needs it
};

// What was sent, kept to check the answer with.
struct DigestProof {
  digest::DigestAlgorithm algorithm{};
  std::string nonce, uri, nc, cnonce, qop;
  Secret secret;  // H(A1), before what -sess adds
};

struct DigestAuthorization {
  Secret value;  // of the Authorization field
  DigestProof proof;
};

// Right: rspauth is there and proves the password. Unproved: there is none, or it is over the body (auth-int), which this layer does not see.
enum class ServerProof : std::uint8_t { Right, Unproved, Wrong };

// One for each realm, user and origin. Not thread-safe.
class DigestSession {
 public:
  DigestSession(DigestChallenge challenge, std::string user) : challenge_(std::move(challenge)), user_(std::move(user)) {}

  [[nodiscard]] const DigestChallenge& challenge() const { return challenge_; }
  [[nodiscard]] const std::string& user() const { return user_; }
  // Whether a request for that path may carry it without being asked: the paths of `domain`, where it names some of this origin.
  [[nodiscard]] bool covers(std::string_view origin, std::string_view path) const;

  // The next request's. `random` makes the cnonce: a new one each time, but for -sess, whose key it is part of.
  [[nodiscard]] DigestAuthorization authorize(const DigestRequest& request, RandomSource& random);
  // The same with a cnonce that is given, as the examples of RFC 7616 section 3.9 have.
  [[nodiscard]] DigestAuthorization authorize_with(const DigestRequest& request, std::string cnonce);

  // Takes the value of Authentication-Info (section 3.5) that answered `proof`: nextnonce is used from now on, unless the algorithm is a -sess one,
  // where implementations disagree over the nonce that its key is made of.
  [[nodiscard]] ServerProof take_authentication_info(std::string_view value, const DigestProof& proof);

 private:
  DigestChallenge challenge_;
  std::string user_;
  std::uint32_t count_ = 0;     // requests that carried this nonce
  std::string session_cnonce_;  // of -sess
};

}  // namespace quivive::client
