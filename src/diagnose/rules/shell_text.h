#pragma once
// What shells do to secrets on a command line: for rules/source_text.cc.

#include "diagnose/capture.h"
#include "diagnose/facts.h"

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace quivive::diagnose::rules {

struct CutOption {
  std::string option;  // as typed: "-H", "--user"
  std::string value;   // what curl got
  bool holds_credential = false;
};
// The option whose unquoted value `word` was cut from; nothing where the word stands behind none.
[[nodiscard]] std::optional<CutOption> find_cut_option(std::span<const std::string> words, std::string_view word);

// The secret in whose text the remark's expansion stands, without scheme and user name.
[[nodiscard]] std::optional<std::string> secret_around(const Capture& capture, const Facts& facts, const SourceRemark& remark);

// Whether the expansion is a piece of a longer secret, as `$word` is of `pa$word`, rather than a variable that was meant.
[[nodiscard]] bool eats_into(std::string_view secret, std::string_view expansion);

// Whether a shell that knew none of the variables would leave `sent` of `meant`.
[[nodiscard]] bool is_left_by_shell(std::string_view meant, std::string_view sent);

// The Bearer token of a command's -H or --oauth2-bearer.
[[nodiscard]] std::optional<std::string> bearer_of(const CurlCommand& command);

}  // namespace quivive::diagnose::rules
