// quivive why

#include "base/text.h"
#include "cli/commands.h"
#include "cli/input_line.h"
#include "cli/load_config.h"
#include "cli/options.h"
#include "cli/screen.h"
#include "cli/show.h"
#include "cli/why_input.h"
#include "cli/why_live.h"
#include "cli/why_operator.h"
#include "cli/why_probe.h"
#include "crypto/password.h"
#include "diagnose/cause_pages.h"
#include "diagnose/diagnosis.h"
#include "diagnose/render_json.h"
#include "diagnose/render_text.h"
#include "net/fetch.h"

#include <algorithm>

namespace quivive::cli {
namespace {

constexpr std::size_t kMaxKeySet = 1024 * 1024;
constexpr std::size_t kMaxEnvironment = 4 * 1024 * 1024;
constexpr double kMaxEvidenceLeeway = 86400;

struct AskedWhy {
  std::string input;
  std::string from, environment;
  bool json = false, offline = false, probe = false, show_secrets = false, list = false, password_stdin = false;
  std::string admin, config_file;
  std::string now, issuer, audience, scope, algorithm, user;
  double leeway = 60;
  std::vector<std::string> jwks;
};

void add_options(Options& options, AskedWhy& asked) {
  CLI::App& app = options.app();
  app.add_option("input", asked.input, "a file, - for standard input, or a URL to ask");
  options.add_json(asked.json);
  app.add_option("--from", asked.from,
                 "the input's format: curl, curl-verbose, curl-trace, http, har, postman, token or header; found out otherwise")
      ->type_name("FORMAT");
  app.add_option("--postman-environment", asked.environment, "the environment that a Postman collection was used with")->type_name("FILE");
  app.add_flag("--offline", asked.offline, "opens no connection");
  app.add_flag("--probe", asked.probe, "sends up to three more safe requests to the same origin, to tell causes apart");
  app.add_option("--now", asked.now, "the instant to judge by where the response has no Date, like 2026-11-23T10:03:31Z")
      ->type_name("TIME");
  app.add_option("--leeway", asked.leeway, "seconds by which clocks may differ; 60 unless given")->type_name("SECONDS");
  app.add_option("--issuer", asked.issuer, "the issuer that the server expects")->type_name("ISSUER");
  app.add_option("--audience", asked.audience, "the audience that the server expects")->type_name("AUDIENCE");
  app.add_option("--scope", asked.scope, "the scope that the server expects")->type_name("SCOPE");
  app.add_option("--algorithm", asked.algorithm, "the signature algorithm that the server expects")->type_name("NAME");
  app.add_option("--jwks", asked.jwks, "keys to verify the token with")->type_name("FILE|URL")->allow_extra_args(false);
  app.add_option("--user", asked.user, "the user whose Basic or Digest credentials to check")->type_name("NAME");
  app.add_flag("--password-stdin", asked.password_stdin, "reads that user's password from standard input");
  app.add_option("--admin", asked.admin, "asks that admin listener of a Quivive gateway what it remembers of the rejection")
      ->type_name("ADDRESS");
  app.add_option("--config", asked.config_file, "the same, with the address from that gateway's configuration")->type_name("FILE");
  app.add_flag("--show-secrets", asked.show_secrets, "prints tokens, keys and passwords as they are");
  app.add_flag("--list", asked.list, "prints every cause that can be found; --help CODE prints the page of one");
}

int print_list(bool json, Io& io) {
  if (json) {
    JsonArray rows;
    for (const diagnose::CauseInfo& row : diagnose::all_causes()) {
      rows.push_back(JsonObject{{"code", row.code}, {"family", diagnose::name_of(row.family)}, {"title", row.title}});
    }
    io.out << to_json(rows) << '\n';
    return kDone;
  }
  std::string_view family;
  for (const diagnose::CauseInfo& row : diagnose::all_causes()) {
    if (const auto name = diagnose::name_of(row.family); name != family) {
      io.out << (family.empty() ? "" : "\n") << name << '\n';
      family = name;
    }
    io.out << fmt::format("  {:<32}  {}\n", row.code, row.title);
  }
  io.out << "\nquivive why --help CODE prints the page of one\n";
  return kDone;
}

int print_page(const Command& self, const std::string& code, Io& io) {
  const auto cause = diagnose::cause_from_code(code);
  const std::string_view page = diagnose::page_of(code);
  if (!cause && page.empty()) {
    std::vector<std::string_view> codes;
    for (const diagnose::CauseInfo& row : diagnose::all_causes()) codes.push_back(row.code);
    const auto near = closest(code, codes);
    return fail(self,
                {kWrong, fmt::format("there is no cause '{}'; {}", printable(code, 60),
                                     near.empty() ? std::string("--list prints them all") : fmt::format("did you mean '{}'?", near))},
                io);
  }
  if (page.empty()) io.out << fmt::format("# {}\n\n{}.\n", code, diagnose::info(*cause).title);
  else io.out << page;
  return kDone;
}

Result<diagnose::Expectations, Failure> expectations(const AskedWhy& asked, bool input_is_stdin, Io& io) {
  diagnose::Expectations out;
  const auto set = [](std::optional<std::string>& to, const std::string& from) {
    if (!from.empty()) to = from;
  };
  set(out.issuer, asked.issuer);
  set(out.audience, asked.audience);
  set(out.scope, asked.scope);
  set(out.algorithm, asked.algorithm);
  set(out.user, asked.user);
  out.clock = io.clock.now();
  if (!asked.now.empty()) {
    out.now = parse_instant(asked.now);
    if (!out.now) return Failure{kWrong, "--now is no instant; write it like 2026-11-23T10:03:31Z"};
  }
  if (!(asked.leeway >= 0 && asked.leeway <= kMaxEvidenceLeeway))
    return Failure{kWrong, fmt::format("--leeway is not between 0 and {} seconds", kMaxEvidenceLeeway)};
  out.leeway = Duration{static_cast<std::int64_t>(asked.leeway * 1000)};
  if (asked.password_stdin) {
    if (asked.user.empty()) return Failure{kWrong, "--password-stdin needs --user NAME"};
    if (input_is_stdin) return Failure{kWrong, "standard input cannot be both the input and the password; give the input as a file"};
    out.password = read_secret_line(io.in, crypto::kMaxPasswordSize);
  }
  for (const std::string& source : asked.jwks) {
    std::string text;
    if (source.starts_with("https://") || source.starts_with("http://")) {
      if (asked.offline)
        return Failure{kWrong,
                       fmt::format("--jwks {}: a URL needs a connection, and --offline forbids one; save it to a file", printable(source))};
      net::fetch_init();
      auto fetched = net::fetch(source, {.bytes = kMaxKeySet});
      if (!fetched) return Failure{kFailed, fmt::format("--jwks {}: {}", printable(source), fetched.error().message)};
      if (fetched->status != 200) return Failure{kFailed, fmt::format("--jwks {}: answered {}", printable(source), fetched->status)};
      text = std::move(fetched->body);
    } else {
      auto read = read_text_file(source, kMaxKeySet);
      if (!read) return Failure{read.error().status, "--jwks " + read.error().message};
      text = std::move(*read);
    }
    const auto json = parse_json(text, {.depth = 16, .bytes = kMaxKeySet});
    if (!json) return Failure{kWrong, fmt::format("--jwks {}: {}", printable(source), json.error().message)};
    const JsonObject* object = json->if_object();
    if (object == nullptr || (member(*object, "keys") == nullptr && member(*object, "kty") == nullptr)) {
      return Failure{kWrong, fmt::format("--jwks {}: no key set; it has no member 'keys'", printable(source))};
    }
    out.key_sets.push_back({source, std::move(text)});
  }
  return out;
}

bool is_url(std::string_view text) {
  const std::string lower = to_lower(text.substr(0, 8));
  return lower.starts_with("http://") || lower.starts_with("https://");
}

// The words of a curl command among the arguments: behind "--", or from a bare "curl" on.
struct Split {
  Arguments own;
  Arguments words;
};
Split split_words(Arguments arguments) {
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    if (arguments[i] == "--") return {arguments.subspan(0, i), arguments.subspan(i + 1)};
    if (arguments[i] == "curl" && (i == 0 || arguments[i - 1] != "--from")) return {arguments.subspan(0, i), arguments.subspan(i)};
  }
  return {arguments, {}};
}

Result<diagnose::Capture, Failure> capture_words(Arguments words, const AskedWhy& asked, Io& io) {
  if (words[0] != "curl") return Failure{kWrong, fmt::format("behind -- stands a curl command; '{}' is none", printable(words[0], 40))};
  auto capture = diagnose::read_curl_words(words);
  if (!capture) return Failure{kWrong, fmt::format("the curl command: {}", capture.error().message)};
  if (asked.offline) return std::move(*capture);
  const auto plan = plan_of(*capture);
  if (!plan) return plan.error();
  auto performed = perform(*plan, *capture);
  if (!performed) return performed.error();
  if (!performed->notice.empty()) io.err << "quivive why: " << performed->notice << '\n';
  if (asked.probe) performed->capture.probes = probe(*plan, performed->capture);
  return std::move(performed->capture);
}

}  // namespace

int run_why(const Command& self, Arguments arguments, Io& io) {
  const Split split = split_words(arguments);
  const auto help =
      std::find_if(split.own.begin(), split.own.end(), [](const std::string& word) { return word == "--help" || word == "-h"; });
  if (help != split.own.end() && help + 1 != split.own.end() && !(help + 1)->starts_with('-')) return print_page(self, *(help + 1), io);

  Options options(self);
  AskedWhy asked;
  add_options(options, asked);
  if (const auto status = options.parse(split.own, io)) return *status;
  if (asked.list) return print_list(asked.json, io);
  if (!split.words.empty() && !asked.input.empty()) return fail(self, {kWrong, "an input and a curl command exclude each other"}, io);

  WhyInput input;
  if (!asked.from.empty()) {
    input.format = diagnose::format_from_name(asked.from);
    if (!input.format) {
      return fail(
          self,
          {kWrong, fmt::format("--from '{}' is no format; one of {}", printable(asked.from, 40), fmt::join(diagnose::kFormatNames, ", "))},
          io);
    }
  }
  if (!asked.environment.empty()) {
    auto text = read_text_file(asked.environment, kMaxEnvironment);
    if (!text) return fail(self, {text.error().status, "--postman-environment " + text.error().message}, io);
    input.environment = std::move(*text);
  }
  const bool live = !asked.offline && (!split.words.empty() || is_url(asked.input));
  if (asked.probe && !live) return fail(self, {kWrong, "--probe needs a URL or a curl command to perform, without --offline"}, io);
  const bool as_operator = !asked.admin.empty() || !asked.config_file.empty();
  if (as_operator && asked.offline) return fail(self, {kWrong, "--admin and --config need a connection, and --offline forbids one"}, io);
  std::string admin;
  if (as_operator) {
    auto address = admin_address(asked.admin, asked.config_file);
    if (!address) return fail(self, address.error(), io);
    admin = std::move(*address);
  }
  const bool from_stdin = split.words.empty() && (asked.input.empty() || asked.input == "-");
  auto expected = expectations(asked, from_stdin, io);
  if (!expected) return fail(self, expected.error(), io);

  Result<diagnose::Capture, Failure> capture = Failure{kWrong, ""};
  if (!split.words.empty()) {
    capture = capture_words(split.words, asked, io);
  } else if (from_stdin) {
    if (is_typed(io.in)) {
      if (asked.input.empty())
        return fail(self, {kWrong, "what shall it read? Name a file or a URL, or pipe text in: curl -v URL 2>&1 | quivive why"}, io);
      io.err << "quivive why: paste what you have, then press Ctrl-D\n";
    }
    capture = read_capture(io.in, "standard input", input);
  } else if (is_url(asked.input)) {
    if (std::any_of(asked.input.begin(), asked.input.end(), [](char c) { return static_cast<unsigned char>(c) <= ' ' || c == '\x7f'; })) {
      return fail(self, {kWrong, fmt::format("{}: a URL has no spaces; write %20 for one", printable(asked.input))}, io);
    }
    if (asked.offline) return fail(self, {kWrong, "a URL needs a connection, and --offline forbids one"}, io);
    const std::vector<std::string> words = {"curl", asked.input};
    capture = capture_words(words, asked, io);
  } else {
    capture = read_capture_argument(asked.input, input);
  }
  if (!capture) return fail(self, capture.error(), io);
  if (!asked.environment.empty() && capture->format != diagnose::Format::Postman) {
    return fail(self, {kWrong, "--postman-environment goes with a Postman collection, and this input is none"}, io);
  }

  if (as_operator) {
    const std::string notice = join_explanations(*capture, *expected, admin);
    if (!notice.empty()) io.err << "quivive why: " << notice << '\n';
  }

  const diagnose::Diagnosis diagnosis = diagnose::diagnose(*capture, *expected, asked.show_secrets);
  io.out << (asked.json ? diagnose::render_json(*capture, diagnosis) : diagnose::render_text(*capture, diagnosis, style_of(io.out)));
  return diagnosis.verdict ? kNo : kDone;
}

}  // namespace quivive::cli
