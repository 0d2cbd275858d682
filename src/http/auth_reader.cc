#include "http/auth_reader.h"

#include "base/text.h"
#include "http/grammar.h"

#include <algorithm>
#include <array>

namespace quivive::http::detail {
namespace {

// Where a comma is missing, only a name that everybody knows is taken for the next scheme rather than for a word of an
// unquoted value.
constexpr auto kWellKnownSchemes = std::to_array<std::string_view>(
    {"ApiKey", "Basic", "Bearer", "Digest", "DPoP", "HOBA", "Mutual", "Negotiate", "NTLM", "OAuth", "SCRAM-SHA-256", "Session", "Token"});

// `realm=` is a token68 by the letter, but nobody means it so.
constexpr auto kWellKnownParams = std::to_array<std::string_view>(
    {"algorithm", "charset", "error", "error_description", "error_uri", "nonce", "opaque", "qop", "realm", "resource_metadata", "scope"});

bool is_one_of(std::span<const std::string_view> names, std::string_view name) {
  return std::any_of(names.begin(), names.end(), [&](std::string_view known) { return iequals(known, name); });
}

bool is_empty_param(std::string_view token68) {
  return token68.ends_with('=') && is_one_of(kWellKnownParams, token68.substr(0, token68.size() - 1));
}

}  // namespace

void AuthReader::report(SyntaxFault fault, std::size_t offset, std::string_view detail) {
  if (problems.size() < kMaxSyntaxProblems) problems.push_back({fault, line_number_, offset, detail});
}

bool AuthReader::equals_follows() const {
  std::string_view ahead = rest();
  skip_ows(ahead);
  return ahead.starts_with('=');
}

std::size_t AuthReader::skip_white_space() {
  std::string_view ahead = rest();
  const std::size_t n = skip_ows(ahead);
  at_ += n;
  return n;
}

std::string_view AuthReader::take_token_here() {
  std::string_view ahead = rest();
  const std::string_view token = take_token(ahead);
  at_ += token.size();
  return token;
}

void AuthReader::read_line(std::string_view line) {
  line_ = line.substr(0, kMaxChallengeBytes - total_bytes_);
  total_bytes_ += line_.size();
  at_ = 0;
  after_comma_ = true;
  continued_ = false;
  comma_at_ = 0;
  while (!stopped_) {
    skip_white_space();
    if (at_end()) break;
    if (peek() == ',') {
      if (!after_comma_) comma_at_ = at_;
      after_comma_ = true;
      ++at_;
      continue;
    }
    read_element();
    after_comma_ = false;
  }
  if (line_.size() < line.size() && !stopped_) {
    stopped_ = true;
    report(SyntaxFault::TooLong, line_.size(), "the value is longer than is read here");
  }
  ++line_number_;
}

void AuthReader::read_element() {
  const std::size_t start = at_;
  const std::string_view token = take_token_here();
  if (token.empty()) return skip_unreadable();
  const bool is_param = equals_follows();
  // After a scheme and its spaces the first parameter needs no comma.
  if (!after_comma_ && !(is_param && scheme_open_)) report(SyntaxFault::MissingComma, start, "a comma is missing before this");
  is_param ? read_param(token, start) : read_scheme(token, start);
}

void AuthReader::skip_unreadable() {
  const bool control = !is_field_char(peek());
  report(control ? SyntaxFault::ControlCharacter : SyntaxFault::UnexpectedCharacter, at_,
         control ? "a control character" : "a character that begins neither a scheme nor a parameter");
  scheme_open_ = false;
  std::string_view ahead = rest();
  if (const std::string_view quoted = take_raw_quoted_string(ahead); !quoted.empty()) {
    at_ += quoted.size();
  } else {
    while (!at_end() && !is_tchar(peek()) && peek() != ',') ++at_;
  }
}

void AuthReader::read_scheme(std::string_view scheme, std::size_t start) {
  if (challenges.size() == kMaxChallenges) {
    stopped_ = true;
    return report(SyntaxFault::TooLong, start, "more challenges than are read here");
  }
  challenges.push_back({std::string(scheme), std::nullopt, {}, line_number_, start});
  scheme_open_ = true;
  continued_ = false;
  if (at_element_end()) return;
  if (!is_ows(peek())) {
    report(SyntaxFault::UnexpectedCharacter, at_, "a character that is not allowed in a scheme");
    if (peek() != '"') ++at_;  // `Bearer: realm="x"` is read on as if the colon were not there
    return;
  }
  if (rest().substr(0, rest().find_first_not_of(" \t")).find('\t') != std::string_view::npos) {
    report(SyntaxFault::UnexpectedCharacter, at_, "a tab after the scheme, where only spaces are allowed");
  }
  skip_white_space();
  if (!at_element_end()) read_after_scheme();
}

// At what follows a scheme and its spaces: token68 where it is all of the element, else left to be read as parameters.
void AuthReader::read_after_scheme() {
  const std::size_t start = at_;
  const std::string_view element_rest = rest();
  std::string_view ahead = element_rest;
  const std::string_view token68 = take_token68(ahead);
  const std::size_t length = token68.size();
  skip_ows(ahead);
  if (length != 0 && (ahead.empty() || ahead.front() == ',') && !is_empty_param(token68)) {
    challenges.back().token68 = std::string(token68);
    at_ += length;
    scheme_open_ = false;
    return;
  }
  if (take_token_here(); equals_follows() && at_ != start) {
    at_ = start;  // a parameter
    return;
  }
  at_ = start;
  std::size_t end = std::min(line_.find_first_of(", \t", at_), line_.size());
  if (kind_ == Kind::Credentials) {
    end = line_.size();  // `Bearer a b`, `Basic user:pass`: one credential, whatever it holds
  } else if (is_token(line_.substr(at_, end - at_)) || peek() == '"') {
    return;  // `Negotiate Basic realm="x"`: the next scheme, whose comma is missing
  }
  report(SyntaxFault::BadToken68, start, "neither a token68 nor parameters");
  challenges.back().token68 = std::string(line_.substr(at_, end - at_));
  at_ = end;
  scheme_open_ = false;
}

// Whether a parameter may stand here; what is wrong is reported, and the parameter kept.
void AuthReader::check_place(std::size_t param_start) {
  const Challenge& current = challenges.back();
  if (current.line != line_number_) {
    if (!continued_) report(SyntaxFault::SplitOverLines, param_start, "parameters of the scheme in an earlier field line");
    continued_ = true;
  } else if (scheme_open_ && after_comma_) {
    report(SyntaxFault::CommaAfterScheme, comma_at_, "the comma ends the challenge, so the parameters behind it have no scheme");
  }
  if (current.token68) report(SyntaxFault::BadToken68, param_start, "a token68 and parameters exclude each other");
}

void AuthReader::read_param(std::string_view name, std::size_t start) {
  AuthParam param{std::string(name), {}, false};
  const std::size_t before = skip_white_space();
  ++at_;  // '='
  const std::size_t after = skip_white_space();
  if (before + after != 0 && !at_element_end()) report(SyntaxFault::SpaceAroundEquals, start, "white space around the equals sign");
  if (at_element_end()) {
    report(SyntaxFault::EmptyValue, start, "a parameter without a value; an empty one is written \"\"");
  } else if (peek() == '"') {
    param.quoted = true;
    read_quoted_value(param.value);
  } else {
    read_unquoted_value(param.value);
  }
  add(std::move(param), start);
}

void AuthReader::add(AuthParam param, std::size_t start) {
  if (challenges.empty()) return report(SyntaxFault::ParameterBeforeScheme, start, "a parameter with no scheme before it");
  check_place(start);
  scheme_open_ = false;
  Challenge& current = challenges.back();
  if (current.params.size() == kMaxAuthParams) {
    stopped_ = true;
    return report(SyntaxFault::TooLong, start, "more parameters than are read here");
  }
  if (current.param(param.name) != nullptr) {
    report(SyntaxFault::DuplicateParameter, start, "a parameter that was given before");
  }
  current.params.push_back(std::move(param));
}

void AuthReader::read_quoted_value(std::string& value) {
  const std::size_t open = at_++;
  for (; !at_end(); ++at_) {
    if (peek() == '"') {
      ++at_;
      return;
    }
    if (peek() == '\\' && at_ + 1 < line_.size()) ++at_;
    if (!is_field_char(peek())) report(SyntaxFault::ControlCharacter, at_, "a control character");
    value += peek();
  }
  report(SyntaxFault::UnbalancedQuotes, open, "a quoted string that does not end");
}

void AuthReader::read_unquoted_value(std::string& value) {
  const std::size_t start = at_;
  at_ = std::min(line_.find_first_of(", \t", at_), line_.size());
  bool needs_quotes = !is_token(line_.substr(start, at_ - start));
  needs_quotes |= extend_over_spaces();
  value = line_.substr(start, at_ - start);
  if (needs_quotes) report(SyntaxFault::UnquotedValue, start, "a value with characters that need quotes around it");
}

bool AuthReader::extend_over_spaces() {
  bool extended = false;
  for (;;) {
    const std::size_t before = at_;
    skip_white_space();
    const std::size_t word = at_;
    bool ends = at_element_end();
    if (!ends) {
      const std::string_view token = take_token_here();
      ends = !token.empty() && (equals_follows() || is_one_of(kWellKnownSchemes, token));
    }
    if (ends) {
      at_ = before;
      return extended;
    }
    at_ = std::min(line_.find_first_of(", \t", word), line_.size());
    extended = true;
  }
}

}  // namespace quivive::http::detail
