#include "client/answer.h"

#include "base/text.h"

#include <fmt/format.h>

#include <algorithm>

namespace quivive::client {
namespace {

// Bearer proves without a password; then Digest by its hash; Basic last. 0 for none.
constexpr int kBearer = 100, kDigest = 10, kBasic = 1;

struct Candidate {
  int strength = 0;
  Answer answer;
};

std::string schemes_of(const http::ParsedChallenges& parsed) {
  std::string out;
  for (const http::Challenge& challenge : parsed.challenges) {
    const std::string name = printable(challenge.scheme, 30);
    if (out.find(name) == std::string::npos) out += (out.empty() ? "" : ", ") + name;
  }
  return out;
}

class Chooser {
 public:
  Chooser(const http::ParsedChallenges& parsed, const AnswerQuestion& question) : parsed_(parsed), question_(question) {}

  std::variant<Answer, NoAnswer> choose() {
    for (std::size_t i = 0; i < question_.credentials.size(); ++i) {
      const Credential& credential = question_.credentials[i];
      if (question_.spent[i] || !(credential.origin == question_.origin)) continue;
      for (const http::Challenge& challenge : parsed_.challenges) consider(i, credential, challenge);
    }
    if (best_.strength > 0) return std::move(best_.answer);
    if (parsed_.challenges.empty()) {
      if (parsed_.problems.empty()) {
        return NoAnswer{CallCause::MissingWwwAuthenticate,
                        "The 401 has no WWW-Authenticate, so there is nothing to answer: who refused, and for what, is not known."};
      }
      return NoAnswer{CallCause::MalformedChallenge, "WWW-Authenticate cannot be read: " + std::string(parsed_.problems.front().detail)};
    }
    if (reason_) return std::move(*reason_);
    return NoAnswer{CallCause::SchemeUnsupported,
                    fmt::format("The server asks for {}, and there is no other credential for that here.", schemes_of(parsed_))};
  }

 private:
  void consider(std::size_t index, const Credential& credential, const http::Challenge& challenge) {
    if (std::holds_alternative<Bearer>(credential.what) && iequals(challenge.scheme, "Bearer")) {
      if (allowed(AuthKind::Bearer)) offer(kBearer, {index, AuthKind::Bearer, std::nullopt});
    }
    const auto* password = std::get_if<Password>(&credential.what);
    if (password == nullptr) return;
    if (iequals(challenge.scheme, "Digest") && password->use != PasswordUse::Basic) consider_digest(index, challenge);
    if (iequals(challenge.scheme, "Basic") && password->use != PasswordUse::Digest) consider_basic(index, *password);
  }

  void consider_digest(std::size_t index, const http::Challenge& challenge) {
    if (!allowed(AuthKind::Digest)) return;
    auto read = read_digest_challenge(challenge, question_.body_known);
    if (!read) {
      reason_ = NoAnswer{read.error().cause, "The Digest challenge cannot be answered: " + read.error().detail + '.'};
      return;
    }
    const int rank = static_cast<int>(digest::all_algorithms().size()) - static_cast<int>(read->algorithm);
    offer(kDigest + rank, {index, AuthKind::Digest, std::move(*read)});
  }

  void consider_basic(std::size_t index, const Password& password) {
    // Threat: somebody in between who takes the Digest challenge away to be given the password itself. One who said Basic has chosen.
    if (password.use == PasswordUse::Either && question_.digest_offered) {
      if (!reason_)
        reason_ = NoAnswer{CallCause::BasicDowngrade, "This origin offers or offered Digest; its password is not sent as Basic."};
      return;
    }
    if (password.user.find(':') != std::string::npos) {
      reason_ = NoAnswer{CallCause::BasicColonInUser, "A user name with a colon cannot be sent as Basic."};
    } else if (allowed(AuthKind::Basic)) {
      offer(kBasic, {index, AuthKind::Basic, std::nullopt});
    }
  }

  bool allowed(AuthKind kind) {
    if (may_carry(question_.origin, kind, question_.allow_plain_http)) return true;
    reason_ = NoAnswer{CallCause::PlainHttp, kind == AuthKind::Basic
                                                 ? "Basic would show the password to everybody on the way: it goes over https only."
                                                 : "The credential does not go over plain http."};
    return false;
  }

  void offer(int strength, Answer answer) {
    if (strength > best_.strength) best_ = {strength, std::move(answer)};
  }

  const http::ParsedChallenges& parsed_;
  const AnswerQuestion& question_;
  Candidate best_;
  std::optional<NoAnswer> reason_;
};

AuthKind best_kind(const Credential& credential) {
  if (const auto* password = std::get_if<Password>(&credential.what))
    return password->use == PasswordUse::Basic ? AuthKind::Basic : AuthKind::Digest;
  if (std::holds_alternative<Bearer>(credential.what)) return AuthKind::Bearer;
  return std::holds_alternative<ApiKey>(credential.what) ? AuthKind::Key : AuthKind::Cookies;
}

}  // namespace

bool may_carry(const Origin& origin, AuthKind kind, bool allow_plain_http) {
  return origin.secure() || origin.loopback() || (allow_plain_http && kind != AuthKind::Basic);
}

bool may_carry(const Credential& credential, bool allow_plain_http) {
  return may_carry(credential.origin, best_kind(credential), allow_plain_http);
}

std::variant<Answer, NoAnswer> choose_answer(const http::ParsedChallenges& parsed, const AnswerQuestion& question) {
  return Chooser(parsed, question).choose();
}

}  // namespace quivive::client
