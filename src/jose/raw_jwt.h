#pragma once
// RawJwt: a token that was read and not yet believed. Its claims are anybody's; a VerifiedJwt is another type.

#include "base/json.h"
#include "base/result.h"
#include "jose/algorithm.h"
#include "jose/jwt_failure.h"

#include <cstddef>
#include <memory>
#include <optional>
#include <string_view>

namespace quivive::jose {

inline constexpr std::size_t kMaxTokenSize = 16 * 1024;

// Immutable; copies share the contents.
class RawJwt {
 public:
  // Reads a JWS in compact serialisation (RFC 7515 section 3.1) whose payload is a claims set (RFC 7519 section 7.2).
  // Failures:
  //   TokenEmpty           no text
  //   TokenMalformed       longer than `max_size`; not three parts; not strict base64url; header or payload not a JSON
  //                        object, nested deeper than 16, or with a repeated member; alg, kid, typ or cty of a wrong type
  //   TokenEncrypted       five parts: a JWE
  //   TokenAlgNone         alg is "none" in any case, or the signature is empty
  //   TokenCriticalHeader  crit or b64 is there: no extension is understood (RFC 7515 section 4.1.11, RFC 7797)
  // jku, jwk, x5u and x5c are never followed: a token does not choose the key that judges it (RFC 8725 section 3.10).
  [[nodiscard]] static Result<RawJwt, JwtFailure> parse(std::string_view compact, std::size_t max_size = kMaxTokenSize);

  // All views are valid while any copy of this RawJwt, or a VerifiedJwt made from it, lives. So are copies of the claims
  // that Boost.JSON makes: to keep one longer, copy_json() it.
  [[nodiscard]] const JsonObject& header() const;
  [[nodiscard]] std::string_view algorithm_name() const;            // as sent
  [[nodiscard]] std::optional<JwsAlgorithm> algorithm() const;      // if understood
  [[nodiscard]] std::string_view kid() const;                       // "" if absent
  [[nodiscard]] std::string_view type() const;                      // typ, "" if absent
  [[nodiscard]] std::string_view content_type() const;              // cty, "" if absent
  // Not believed: for choosing an issuer's keys and for display only.
  [[nodiscard]] const JsonObject& unverified_claims() const;
  [[nodiscard]] std::string_view unverified_issuer() const;  // "" if no string
  [[nodiscard]] std::string_view signing_input() const;      // header, dot, payload
  [[nodiscard]] std::string_view signature() const;          // octets

 private:
  struct Contents;
  explicit RawJwt(std::shared_ptr<const Contents> contents) : contents_(std::move(contents)) {}
  std::shared_ptr<const Contents> contents_;  // never null
};

// Whether `typ` names the media type application/`subtype`: the prefix may be left out, case does not count (RFC 7515
// section 4.1.9).
[[nodiscard]] bool is_media_type(std::string_view typ, std::string_view subtype);

}  // namespace quivive::jose
