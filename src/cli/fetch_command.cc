// quivive fetch URL

#include "agent/client.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/fetch_input.h"
#include "cli/fetch_login.h"
#include "cli/fetch_output.h"
#include "cli/fetch_report.h"
#include "cli/options.h"
#include "cli/show.h"
#include "client/answer.h"
#include "client/origin.h"
#include "client/redirect.h"
#include "http/fetch_metadata.h"
#include "http/grammar.h"

#include <algorithm>
#include <optional>

namespace quivive::cli {
namespace {

constexpr double kLongest = 7 * 86400;
constexpr std::size_t kMaxRedirects = 20;

struct Asked {
  std::string url, method;
  std::vector<std::string> headers;
  BodyOptions body;
  CredentialOptions credentials;
  bool include = false, location = false, verbose = false, fail = false, allow_plain_http = false;
  std::string output, ca_file;
  double max_time = 0, max_wait = 0;
  bool login = false;
  AskedLogin sign_in;
};

void add_options(Options& options, Asked& asked) {
  CLI::App& app = options.app();
  options.add_positional("url", asked.url, "what to ask");
  const auto repeated = [&](const std::string& names, std::vector<std::string>& to, const std::string& text) {
    return app.add_option(names, to, text)->expected(1)->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  };
  app.add_option("-X,--request", asked.method, "the method; GET unless given, POST with --data, PUT with --upload-file")
      ->type_name("METHOD");
  repeated("-H,--header", asked.headers, "a field to send, 'Name: value'; @FILE for a file of them; repeat for more")->type_name("FIELD");
  repeated("-d,--data", asked.body.data, "the body: text, @FILE, or @- for standard input; several are joined with &")->type_name("DATA");
  repeated("--data-binary", asked.body.data_binary, "the same, with a file's line ends as they are")->type_name("DATA");
  app.add_option("-T,--upload-file", asked.body.upload, "the body, streamed; - for standard input, which cannot be sent twice")
      ->type_name("FILE");
  app.add_flag("-i,--include", asked.include, "prints the head of the response too");
  app.add_option("-o,--output", asked.output, "writes the body there")->type_name("FILE");
  app.add_flag("-L,--location", asked.location, "follows redirects; credentials stay with the origin they are for");
  app.add_flag("-v,--verbose", asked.verbose, "tells each step on standard error, without secrets");
  app.add_flag("-f,--fail", asked.fail, "prints no body and ends with 1 where the status is 400 or more");
  app.add_option("--max-time", asked.max_time, "gives up after so many seconds")->type_name("SECONDS");
  app.add_option("--max-wait", asked.max_wait, "waits so long where the server says when to come back (Retry-After); 0 unless given")
      ->type_name("SECONDS");
  app.add_option("--cacert", asked.ca_file, "trusts these certificates instead of the system's")->type_name("FILE");
  CredentialOptions& c = asked.credentials;
  auto* profile = app.add_option("--profile", c.profile, "the tokens of that sign-in, refreshed when they are due: see quivive login")
                      ->type_name("NAME");
  auto* login = app.add_flag("--login", asked.login,
                             "signs in first where the profile (default unless given) has no tokens that are good or can be renewed; a new one is for this URL's origin alone");
  add_sign_in_options(app, asked.sign_in, login);
  auto* bearer = app.add_option("--bearer-file", c.bearer_file, "sends the token in that file; - for standard input")
                     ->type_name("FILE")
                     ->excludes(profile)
                     ->excludes(login);
  auto* key = app.add_option("--key,--key-file", c.key_file, "sends the API key in that file; - for standard input")
                  ->type_name("FILE")
                  ->excludes(profile)
                  ->excludes(login)
                  ->excludes(bearer);
  app.add_option("--key-header", c.key_header, "the field that the key goes in; X-API-Key unless given")->type_name("NAME")->needs(key);
  auto* user =
      app.add_option("-u,--user", c.user, "signs in with a password, which is asked for: Digest where it is offered, otherwise Basic")
          ->type_name("NAME");
  user->excludes(profile)->excludes(login)->excludes(bearer)->excludes(key);
  auto* from_stdin = app.add_flag("--password-stdin", c.password_stdin, "reads the password from the first line of standard input");
  app.add_option("--password-file", c.password_file, "reads the password from the first line of that file")
      ->type_name("FILE")
      ->excludes(from_stdin);
  auto* digest = app.add_flag("--digest", c.digest, "Digest only");
  app.add_flag("--basic", c.basic, "Basic only, sent without being asked for")->excludes(digest);
  app.add_flag("--allow-plain-http", asked.allow_plain_http, "lets tokens, keys and Digest go over http: to other machines too");
}

bool is_refusal(int status) { return status == 401 || status == 403 || status == 407; }

bool is_wrong_command(client::CallCause cause) {
  using enum client::CallCause;
  return cause == UrlUnusable || cause == RequestUnusable || cause == CredentialUnusable || cause == UserinfoInUrl ||
         cause == BasicColonInUser;
}

int status_of(const agent::Response& response, bool fail_on_errors) {
  if (is_wrong_command(response.explanation.cause)) return kWrong;
  if (response.outcome == client::Outcome::NotSent && response.explanation.cause == client::CallCause::PlainHttp) return kWrong;
  if (response.failure || response.explanation.cause == client::CallCause::RefreshUnavailable) return kFailed;
  if (is_refusal(response.head.status) || (fail_on_errors && response.head.status >= 400)) return kNo;
  return response.outcome == client::Outcome::Answered || response.outcome == client::Outcome::Later ? kDone : kNo;
}

Result<client::TargetUrl, Failure> target_of(const std::string& url) {
  if (auto target = client::parse_target_url(url)) return *target;
  const auto scheme = url.find("://");
  const auto slash = url.find('/', scheme == std::string::npos ? 0 : scheme + 3);
  if (url.find('@') < slash) {
    return Failure{kWrong,
                   "the URL has a user or password in it, where every user of this machine can read it; give --user NAME, and the password "
                   "when it is asked for"};
  }
  if (scheme == std::string::npos) return Failure{kWrong, "that is no URL: it begins with https:// or http://"};
  return Failure{kWrong, "that is no URL of http or https that can be asked; what is not ASCII is written as %XX"};
}

// Header fields that are typed as arguments and look like credentials.
void warn_of_arguments(const Command& self, const std::vector<std::string>& headers, Io& io) {
  for (const std::string& line : headers) {
    const std::string_view name = trim_ows(std::string_view(line).substr(0, line.find(':')));
    if (client::is_credential_field(name)) {
      io.err << fmt::format(
          "quivive {}: {} is in an argument, where every user of this machine can read it; --header @FILE takes it from a file\n",
          self.name, name);
    }
  }
}

bool has_field(const std::vector<client::FieldLine>& fields, std::string_view name) {
  return std::ranges::any_of(fields, [&](const auto& one) { return iequals(one.name, name); });
}

Result<void, Failure> check_before_sign_in(const Asked& asked, const client::TargetUrl& target, const std::vector<client::FieldLine>& fields) {
  if (has_field(fields, "Authorization"))
    return Failure{kWrong, "--login signs in for a token, and --header brings an Authorization of its own; leave one of them out"};
  if (!client::may_carry(target.origin, client::AuthKind::Bearer, asked.allow_plain_http))
    return Failure{kWrong, "a token does not go over plain http: ask https://, or let it go there with --allow-plain-http"};
  return {};
}

bool was_redirected(const client::Explanation& explanation) {
  return std::ranges::any_of(explanation.steps, [](const client::Step& step) { return step.kind == client::StepKind::Redirect; });
}

std::string steps_text(const client::Explanation& explanation) {
  std::string out;
  for (const client::Step& step : explanation.steps) out += fmt::format("* {:<8}  {}\n", client::name_of(step.kind), step.text);
  return out;
}

}  // namespace

int run_fetch(const Command& self, Arguments arguments, Io& io) {
  Options options(self);
  Asked asked;
  add_options(options, asked);
  if (const auto status = options.parse(arguments, io)) return *status;
  const auto target = target_of(asked.url);
  if (!target) return fail(self, target.error(), io);
  for (const double seconds : {asked.max_time, asked.max_wait}) {
    if (!(seconds >= 0 && seconds <= kLongest)) return fail(self, {kWrong, "--max-time and --max-wait take seconds, up to a week"}, io);
  }
  if (asked.credentials.user.empty() && (asked.credentials.password_stdin || !asked.credentials.password_file.empty())) {
    return fail(self, {kWrong, "the password is whose? Give --user NAME too"}, io);
  }
  if (asked.credentials.user.empty() && (asked.credentials.basic || asked.credentials.digest)) {
    return fail(self, {kWrong, "--basic and --digest need --user NAME"}, io);
  }
  if (!asked.method.empty() && !http::is_token(asked.method)) return fail(self, {kWrong, "--request takes a method, like DELETE"}, io);
  auto fields = read_fields(asked.headers);
  if (!fields) return fail(self, fields.error(), io);
  warn_of_arguments(self, asked.headers, io);
  const std::chrono::milliseconds max_time(static_cast<std::int64_t>(asked.max_time * 1000));
  agent::Deadline until;
  const auto start_the_clock = [&] {
    if (max_time.count() > 0) until = std::chrono::steady_clock::now() + max_time;
  };
  using Body = std::unique_ptr<agent::BodySource>;
  Result<Body, Failure> body = Body();
  if (asked.login) {
    // Nobody is asked to sign in for a command that cannot go on from there.
    if (const auto ready = check_before_sign_in(asked, *target, *fields); !ready) return fail(self, ready.error(), io);
    body = read_body(asked.body, io);
    if (!body) return fail(self, body.error(), io);
    start_the_clock();
    if (asked.credentials.profile.empty()) asked.credentials.profile = asked.sign_in.profile;
    asked.sign_in.profile = asked.credentials.profile;
    asked.sign_in.ca_file = asked.ca_file;
    asked.sign_in.until = until;
    if (const auto done = sign_in_if_due(self, asked.sign_in, target->origin, io); !done) return fail(self, done.error(), io);
  }
  if (max_time.count() > 0) asked.credentials.patience = until ? agent::at_most(agent::kVaultPatience, until) : std::min(max_time, agent::kVaultPatience);
  auto given = read_credentials(asked.credentials, target->origin, asked.body.takes_stdin(), io);
  if (!given) return fail(self, given.error(), io);
  if (!asked.login) {
    body = read_body(asked.body, io);
    start_the_clock();  // what a person types takes no time from it
  }
  if (!body) return fail(self, body.error(), io);

  agent::Request request;
  request.url = asked.url;
  request.fields = std::move(*fields);
  request.body = body->get();
  const bool form = *body && asked.body.upload.empty();
  if (*body) request.method = form ? "POST" : "PUT";
  if (!asked.method.empty()) request.method = asked.method;
  if (form && !has_field(request.fields, "Content-Type")) request.fields.push_back({"Content-Type", Secret("application/x-www-form-urlencoded")});

  diagnose::Expectations expected;
  expected.clock = io.clock.now();
  if (!given->credentials.empty()) {
    if (const auto* password = std::get_if<client::Password>(&given->credentials.front().what)) {
      expected.user = password->user;
      expected.password = password->password;
    }
  }
  const bool none_held = given->credentials.empty();
  // The caller's own fields may hold keys too, whatever their names.
  for (const client::FieldLine& field : request.fields) {
    if (!client::travels(field.name)) given->secrets.push_back(field.value);
  }
  agent::ClientOptions settings;
  settings.exchange.ca_file = asked.ca_file;
  settings.rules.max_redirects = asked.location ? kMaxRedirects : 0;
  settings.rules.allow_plain_http = asked.allow_plain_http;
  settings.rules.max_wait = Duration(static_cast<std::int64_t>(asked.max_wait * 1000));

  FetchOutput output({asked.include, asked.fail, asked.output}, io.out);
  if (asked.login) output.hold_refusals();
  std::optional<WireRecord> wire(std::in_place);
  agent::Listener listener;
  listener.on_head = [&](const agent::ResponseHead& head) { output.head(head); };
  listener.on_wire = [&](net::TransferEvent event, std::string_view bytes) { wire->add(event, bytes); };
  const auto send = [&](GivenCredentials& with) {
    if (until) settings.max_time = agent::at_most(max_time, until);
    agent::Client client(std::move(with.credentials), io.clock, io.random, settings);
    if (with.profile) client.keep(0, std::make_shared<agent::ProfileKeeper>(*with.profile));
    return client.send(request, [&](std::string_view piece) { return output.body(piece); }, listener);
  };
  client::Token tried;
  if (given->profile) tried = std::get<client::Bearer>(given->credentials.front().what).token;
  agent::Response response = send(*given);
  bool told_why = false;
  // What has left cannot be taken back. Threat: a request that was accepted, and led to where it was refused, done a second time.
  const bool again = (request.body == nullptr || request.body->replayable()) &&
                     (http::is_safe_method(request.method) || !was_redirected(response.explanation));
  if (asked.login && given->profile && is_over(response) && again && !output.begun() && somebody_is_here(asked.sign_in, io)) {
    io.err << without_secrets(fmt::format("{}quivive {}: {}\n", asked.verbose ? steps_text(response.explanation) : "", self.name,
                                          response.explanation.summary),
                              given->secrets);
    told_why = true;
    auto done = sign_in_anew(self, asked.sign_in, *given->profile, tried, io);
    if (!done && response.outcome == client::Outcome::NotSent) return fail(self, done.error(), io);
    if (!done) {  // the refusal is the answer
      (void)fail(self, done.error(), io);
    } else {
      auto anew = read_credentials(asked.credentials, target->origin, asked.body.takes_stdin(), io);
      if (!anew) return fail(self, anew.error(), io);
      given->secrets.insert(given->secrets.end(), anew->secrets.begin(), anew->secrets.end());
      if (const auto back = request.body == nullptr ? Result<void>{} : request.body->rewind(); !back) return fail(self, {kFailed, back.error().message}, io);
      wire.emplace();
      output.drop();
      expected.clock = io.clock.now();
      response = send(*anew);
      told_why = false;
    }
  }
  const std::string unwritten = output.finish();

  std::string hint;
  if (none_held && response.explanation.cause == client::CallCause::CredentialsMissing) {
    hint = " There are --user NAME, --bearer-file FILE, --key-file FILE and --profile NAME.";
  } else if (response.outcome == client::Outcome::NotSent && response.explanation.cause == client::CallCause::PlainHttp) {
    hint = " Ask https://, or let tokens, keys and Digest go there with --allow-plain-http.";
  } else if (given->profile && is_over(response) && !asked.sign_in.found) {  // where nobody has just signed in
    hint = fmt::format(" To sign in: quivive login --profile {}", asked.credentials.profile);
  }
  std::string told = asked.verbose && !told_why ? steps_text(response.explanation) : "";
  if (!unwritten.empty()) {
    told += fmt::format("quivive {}: {}\n", self.name, unwritten);
  } else if (response.failure) {
    told += fmt::format("quivive {}: {}\n", self.name, *response.failure);
  } else if (!response.explanation.summary.empty() && !told_why) {
    told += fmt::format("quivive {}: {}{}\n", self.name, response.explanation.summary, hint);
  }
  if (is_refusal(response.head.status) || response.outcome == client::Outcome::Refused) told += wire->diagnose(expected);
  io.err << without_secrets(told, given->secrets);
  return unwritten.empty() ? status_of(response, asked.fail) : kFailed;
}

}  // namespace quivive::cli
