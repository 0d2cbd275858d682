// quivive credentials parse

#include "auth/schemes/basic.h"
#include "base/text.h"
#include "cli/auth_input.h"
#include "cli/commands.h"
#include "cli/options.h"
#include "http/credentials.h"

#include <array>

namespace quivive::cli {
namespace {

constexpr std::size_t kMaxCredentialBytes = 64 * 1024;
constexpr std::array<std::string_view, 2> kCredentialFields = {"Authorization", "Proxy-Authorization"};

// What a Basic credential says, and what is wrong with it; the password's length stands for the password.
struct BasicPart {
  Json shown = nullptr;
  std::string problem;
};

BasicPart basic_part(const http::ParsedCredentials& credentials) {
  BasicPart out;
  if (!iequals(credentials.scheme, "Basic")) return out;
  const auto basic = auth::parse_basic(credentials.token68.value_or(""));
  if (basic) out.shown = JsonObject{{"user", basic->user}, {"password_length", basic->password.size()}};
  else out.problem = basic.error().message;
  return out;
}

void print(const http::ParsedCredentials& credentials, const BasicPart& basic, Io& io) {
  io.out << "scheme   " << (credentials.scheme.empty() ? "none" : printable(credentials.scheme)) << '\n';
  if (const JsonObject* shown = basic.shown.if_object()) {
    io.out << "user     " << printable(shown->at("user").as_string()) << '\n'
           << "password " << to_json(shown->at("password_length")) << " bytes\n";
  } else if (credentials.token68) {
    // On a screen that others see; --json has it whole.
    io.out << "token68  " << credentials.token68->size() << " bytes, not shown\n";
  }
  for (const http::AuthParam& param : credentials.params) {
    io.out << fmt::format("param    {}, {} bytes\n", printable(param.name), param.value.size());
  }
}

}  // namespace

int run_credentials_parse(const Command& self, Arguments arguments, Io& io) {
  Options options(self);
  bool json = false;
  std::string line;
  options.add_json(json);
  options.add_positional("line", line, "the value of Authorization, or its whole line; - reads it from standard input");
  if (const auto status = options.parse(arguments, io)) return *status;
  if (line == "-") {
    const auto lines = read_lines(io.in, kMaxCredentialBytes);
    if (!lines) return fail(self, {kWrong, lines.error().message}, io);
    if (lines->size() != 1) return fail(self, {kWrong, "standard input has several lines; one credential is one line"}, io);
    line = lines->front();
  }

  const std::array<std::size_t, 1> prefix = {field_name_size(line, kCredentialFields)};
  const std::string_view value = std::string_view(line).substr(prefix[0]);
  const http::ParsedCredentials parsed = http::parse_credentials(value);
  const BasicPart basic = basic_part(parsed);
  if (json) {
    JsonArray problems = json_problems("malformed-credentials", parsed.problems, prefix);
    if (!basic.problem.empty()) {
      problems.push_back(JsonObject{{"code", code_of(Reason::BasicMalformed)}, {"line", 0},
                                    {"offset", prefix[0] + (value.size() - http::split_credentials(value).rest.size())},
                                    {"detail", basic.problem}});
    }
    io.out << to_json(JsonObject{{"scheme", json_text(parsed.scheme)},
                                 {"token68", parsed.token68 ? json_text(*parsed.token68) : Json(nullptr)},
                                 {"params", json_params(parsed.params)},
                                 {"basic", basic.shown},
                                 {"problems", problems}}) << '\n';
  } else {
    print(parsed, basic, io);
    io.out << problem_lines(parsed.problems, prefix);
    if (!basic.problem.empty()) io.out << "problem  " << code_of(Reason::BasicMalformed) << ": " << basic.problem << '\n';
  }
  return parsed.problems.empty() && basic.problem.empty() ? kDone : kNo;
}

}  // namespace quivive::cli
