#pragma once
// Need and Answer: what a decision has to be told by those who may do I/O. A fact that cannot be had is Unavailable, which
// becomes verifier-unavailable: never "no such user" (an outage is not the client's fault).

#include "auth/verdict.h"
#include "base/clock.h"
#include "base/result.h"
#include "base/secret.h"
#include "digest/nonce_counts.h"
#include "digest/response.h"
#include "store/records.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <variant>

namespace quivive::jose {
class KeySet;
}

namespace quivive::auth {

struct IssuerPolicy;
class DigestUser;

// Answer: FoundUser or Unavailable.
struct NeedUser {
  std::string name;
};

// Whether `password` is the one behind `hash`: blocks for milliseconds, so ask the worker pool. The hash may be a decoy,
// and the work has to be done all the same: for a decoy too, the answer is awaited. Answer: PasswordOutcome or Unavailable.
struct NeedPassword {
  Secret hash;
  Secret password;
};

// Answer: FoundKey or Unavailable.
struct NeedKeyRecord {
  std::string id;
};

// Answer: FoundKeySet or Unavailable.
struct NeedKeys {
  enum class Why : std::uint8_t {
    NeverFetched,
    UnknownKid,  // not in the set at hand: refetch, within the budget
    BadSignature,  // under a kid that is known: the issuer may have reused the kid. Refetch at most once, within the budget.
  };
  std::shared_ptr<const IssuerPolicy> issuer;
  std::string kid;  // as the token names it, "" if it does not; hostile
  Why why = Why::NeverFetched;
};

// The hash of the request's body without its framing, for a response that covers it (`qop=auth-int`, RFC 7616 section 3.4.3); of
// "" where it has none. Only for a nonce that is genuine and young. Answer: BodyHash or BodyTooLarge.
struct NeedBodyHash {
  crypto::HashKind hash = crypto::HashKind::Sha256;
};

// The user whose Digest secret is asked for. Answer: FoundDigestUser or Unavailable.
struct NeedDigestUser {
  std::string name;       // or its hash in hexadecimal, where `hashed`
  bool hashed = false;    // userhash=true (RFC 7616 section 3.4.4)
  crypto::HashKind hash = crypto::HashKind::Sha256;  // that the secret is for
};

// To claim a count of a nonce, which was genuine and young: one winner. Answer: digest::NonceClaim or Unavailable.
struct NeedNonceCount {
  digest::Nonce nonce;
  std::uint32_t count = 0;
};

// The session whose cookie has this digest, and the user who signed in. Answer: FoundSession or Unavailable.
struct NeedSession {
  std::string digest;  // SHA-256 of the cookie's value, 32 octets
};

using Need = std::variant<NeedUser, NeedPassword, NeedKeyRecord, NeedKeys, NeedBodyHash, NeedDigestUser, NeedNonceCount, NeedSession>;

struct FoundUser {
  std::optional<store::UserRecord> user;  // nothing: there is no such user
};
enum class PasswordOutcome : std::uint8_t {
  Match,
  Mismatch,
  Unusable,    // the stored hash cannot be read
  Overloaded,  // the pool's queue is full
};
struct FoundKey {
  std::optional<store::KeyRecord> key;  // nothing: there is no such key
};
// The newest set there is. After UnknownKid or BadSignature the same object as before means: there is nothing newer.
struct FoundKeySet {
  std::shared_ptr<const jose::KeySet> keys;  // not null
};
struct BodyHash {
  digest::HexDigest hash;
};
struct BodyTooLarge {};  // to be held until the verdict
// A user as the store has them, or as a DigestCheck proved them before; nothing: there is no such user.
struct FoundDigestUser {
  std::optional<store::UserRecord> user;
  std::shared_ptr<const DigestUser> proved{};
};
struct FoundSession {
  std::optional<store::SessionRecord> session;  // nothing: there is no such session
  std::optional<store::UserRecord> user;        // of that name, as they are now; nothing: there is no such user
};
struct Unavailable {
  std::string detail;       // for the operator
  Duration retry_after{0};  // zero if unknown
  bool overloaded = false;  // too much waits for it: verifier-overloaded
};
[[noreturn]] inline void throw_exception_from_error(const Unavailable& outage, const boost::source_location&) {
  throw std::logic_error("value() of a failed look-up: " + outage.detail);
}

using Answer = std::variant<FoundUser, PasswordOutcome, FoundKey, FoundKeySet, BodyHash, BodyTooLarge, FoundDigestUser, digest::NonceClaim, FoundSession, Unavailable>;

using Step = std::variant<Verdict, Need>;

}  // namespace quivive::auth
