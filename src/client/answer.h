#pragma once
// Which challenge of a 401 to answer, and with what: the strongest for which there is a credential (RFC 9110 section 11.6.1, RFC 7616 section 3.7).

#include "client/credentials.h"
#include "client/digest_challenge.h"
#include "http/challenge.h"

#include <cstddef>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace quivive::client {

enum class AuthKind : std::uint8_t { Basic, Digest, Bearer, Key, Cookies };

// Whether a connection to `origin` may carry it: TLS, the machine itself, or plain http where that was allowed, and then not Basic, which shows the
// password to everybody on the way.
[[nodiscard]] bool may_carry(const Origin& origin, AuthKind kind, bool allow_plain_http);
// The same for a credential, by the best way that it has to be sent.
[[nodiscard]] bool may_carry(const Credential& credential, bool allow_plain_http);

struct AnswerQuestion {
  const Credentials& credentials;
  const Origin& origin;
  const std::vector<bool>& spent;  // by index: refused, or tried in all ways there are
  bool digest_offered = false;     // by this origin, now or ever: Basic is then not for a password that may be either
  bool body_known = false;
  bool allow_plain_http = false;
};

struct Answer {
  std::size_t credential = 0;
  AuthKind kind{};
  std::optional<DigestChallenge> digest;  // with Digest
};
struct NoAnswer {
  CallCause cause{};
  std::string summary;
};

[[nodiscard]] std::variant<Answer, NoAnswer> choose_answer(const http::ParsedChallenges& parsed, const AnswerQuestion& question);

}  // namespace quivive::client
