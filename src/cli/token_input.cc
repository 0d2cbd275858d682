#include "cli/token_input.h"

#include "base/text.h"
#include "cli/auth_input.h"
#include "diagnose/token_view.h"

#include <array>

namespace quivive::cli {

Result<std::string, Failure> read_token_input(const std::string& argument, std::istream& in) {
  std::string text = argument;
  if (argument == "-") {
    text.resize(diagnose::kMaxTokenRead + 1);
    in.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(in.gcount()));
  }
  if (text.size() > diagnose::kMaxTokenRead)
    return Failure{kWrong, fmt::format("a token of more than {} KiB", diagnose::kMaxTokenRead >> 10)};
  static constexpr std::array<std::string_view, 2> kNames = {"Authorization", "Proxy-Authorization"};
  std::string_view token = text;
  const auto trim = [&token](std::string_view around) {
    const std::size_t first = token.find_first_not_of(around);
    token = first == std::string_view::npos ? std::string_view() : token.substr(first, token.find_last_not_of(around) - first + 1);
  };
  trim(" \t\r\n");
  token.remove_prefix(field_name_size(token, kNames));
  trim("\"' \t");
  if (token.size() > 7 && iequals(token.substr(0, 7), "Bearer ")) token.remove_prefix(7);
  trim("\"' \t");
  if (token.empty()) return Failure{kWrong, "there is no token"};
  return std::string(token);
}

}  // namespace quivive::cli
