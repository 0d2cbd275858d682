#pragma once
// Digest answers taken apart and computed again (RFC 7616). For rules/digest.cc.

#include "diagnose/facts.h"
#include "http/challenge.h"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace quivive::diagnose::digest_detail {

// Authorization: Digest …, "" for each parameter that is not there.
struct SentDigest {
  std::string username, realm, nonce, uri, response, algorithm, cnonce, nc, qop, opaque;
  bool userhash = false;
  bool has_opaque = false;

  // As RFC 7616 section 3.4 has it: MD5 where none is named.
  [[nodiscard]] std::string_view algorithm_used() const {
    return algorithm.empty() ? std::string_view("MD5") : std::string_view(algorithm);
  }
};
[[nodiscard]] std::optional<SentDigest> sent_digest(const Facts& facts);

// What a response is computed from.
struct DigestInput {
  std::string algorithm, user, realm, password, method, uri, nonce, nc, cnonce, qop, body;
};
// Lower-case hex; nothing where the algorithm is not known here.
[[nodiscard]] std::optional<std::string> compute_response(const DigestInput& input);

struct Explanation {
  std::string what;  // "the password were empty": completes "it would fit if …"
};
// How the response that was sent came about, found by trying what clients get wrong; nothing where no attempt fits.
[[nodiscard]] std::optional<Explanation> explain_response(const DigestInput& right, std::string_view sent, const std::string& target);

// The list of a qop parameter, spaces trimmed, lower case.
[[nodiscard]] std::vector<std::string> qop_values(std::string_view qop);
[[nodiscard]] std::string_view algorithm_of(const http::Challenge& challenge);
// A parameter, "" where there is none.
[[nodiscard]] std::string param(const http::Challenge& challenge, std::string_view name);

}  // namespace quivive::diagnose::digest_detail
