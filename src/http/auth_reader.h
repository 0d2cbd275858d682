#pragma once
// The lenient reader under challenge.h and credentials.h: `auth-scheme [ 1*SP ( token68 / #auth-param ) ]`, once or as a
// list. It never gives up on a line: each fault is reported where it is, and reading goes on behind it. Internal.

#include "http/challenge.h"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace quivive::http::detail {

class AuthReader {
 public:
  enum class Kind : std::uint8_t { Challenges, Credentials };
  explicit AuthReader(Kind kind) : kind_(kind) {}

  // Reads one more field line. Lines of one field are one list (RFC 9110 section 5.3).
  void read_line(std::string_view line);

  std::vector<Challenge> challenges;
  std::vector<SyntaxProblem> problems;

  void report(SyntaxFault fault, std::size_t offset, std::string_view detail);

 private:
  void read_element();
  void read_scheme(std::string_view scheme, std::size_t start);
  void read_after_scheme();
  void read_param(std::string_view name, std::size_t start);
  void read_quoted_value(std::string& value);
  void read_unquoted_value(std::string& value);
  // Consumes what follows an unquoted value up to the next comma, parameter or well-known scheme; false where nothing.
  bool extend_over_spaces();
  void check_place(std::size_t param_start);
  void add(AuthParam param, std::size_t start);
  void skip_unreadable();

  [[nodiscard]] bool at_end() const { return at_ >= line_.size(); }
  [[nodiscard]] char peek() const { return line_[at_]; }
  [[nodiscard]] bool at_element_end() const { return at_end() || peek() == ','; }
  [[nodiscard]] std::string_view rest() const { return line_.substr(at_); }
  [[nodiscard]] bool equals_follows() const;
  std::size_t skip_white_space();
  std::string_view take_token_here();

  Kind kind_;
  std::string_view line_;
  std::size_t at_ = 0;
  std::size_t line_number_ = 0;
  std::size_t total_bytes_ = 0;
  bool stopped_ = false;       // a bound was reached
  bool after_comma_ = true;    // nothing but white space since a comma or the beginning of the line
  bool scheme_open_ = false;   // the last thing read was a scheme
  std::size_t comma_at_ = 0;   // the first comma before this element
  bool continued_ = false;     // this line's parameters belong to an earlier line's scheme, and that was reported
};

}  // namespace quivive::http::detail
