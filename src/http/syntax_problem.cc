#include "http/syntax_problem.h"

namespace quivive::http {

std::string_view name_of(SyntaxFault fault) {
  switch (fault) {
    case SyntaxFault::CommaAfterScheme: return "comma-after-scheme";
    case SyntaxFault::MissingComma: return "missing-comma";
    case SyntaxFault::UnbalancedQuotes: return "unbalanced-quotes";
    case SyntaxFault::UnquotedValue: return "unquoted-value";
    case SyntaxFault::EmptyValue: return "empty-value";
    case SyntaxFault::DuplicateParameter: return "duplicate-parameter";
    case SyntaxFault::ParameterBeforeScheme: return "parameter-before-scheme";
    case SyntaxFault::MissingScheme: return "missing-scheme";
    case SyntaxFault::BadToken68: return "bad-token68";
    case SyntaxFault::SecondCredential: return "second-credential";
    case SyntaxFault::SpaceAroundEquals: return "space-around-equals";
    case SyntaxFault::SplitOverLines: return "split-over-lines";
    case SyntaxFault::ControlCharacter: return "control-character";
    case SyntaxFault::UnexpectedCharacter: return "unexpected-character";
    case SyntaxFault::TooLong: return "too-long";
  }
  return {};
}

}  // namespace quivive::http
