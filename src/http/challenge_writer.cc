#include "http/challenge_writer.h"

#include "http/challenge.h"
#include "http/grammar.h"

#include <cassert>

namespace quivive::http {

ChallengeWriter::ChallengeWriter(std::string& out, std::string_view scheme) : out_(out) {
  assert(is_token(scheme));
  out_ += scheme;
}

ChallengeWriter& ChallengeWriter::quoted(std::string_view name, std::string_view value) {
  begin_param(name);
  append_quoted_string(out_, value);
  return *this;
}

ChallengeWriter& ChallengeWriter::token(std::string_view name, std::string_view value) {
  if (!is_token(value)) return quoted(name, value);
  begin_param(name);
  out_ += value;
  return *this;
}

ChallengeWriter& ChallengeWriter::token68(std::string_view value) {
  assert(is_token68(value) && first_);
  out_ += ' ';
  out_ += value;
  return *this;
}

void ChallengeWriter::begin_param(std::string_view name) {
  assert(is_token(name));
  out_ += first_ ? " " : ", ";
  first_ = false;
  out_ += name;
  out_ += '=';
}

void append_challenge(std::string& out, const Challenge& challenge) {
  ChallengeWriter writer(out, challenge.scheme);
  if (challenge.token68) writer.token68(*challenge.token68);
  for (const AuthParam& param : challenge.params) {
    param.quoted ? writer.quoted(param.name, param.value) : writer.token(param.name, param.value);
  }
}

}  // namespace quivive::http
