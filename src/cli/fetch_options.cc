#include "cli/fetch_options.h"

#include "http/grammar.h"

namespace quivive::cli {
namespace {

constexpr double kLongest = 7 * 86400;

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

}  // namespace

void add_fetch_options(Options& options, FetchOptions& asked) {
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
  auto* key = app.add_option("--key-file,--key", c.key_file, "sends the API key in that file, - for standard input; --key for short")
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

Result<client::TargetUrl, Failure> read_target(const FetchOptions& asked) {
  auto target = target_of(asked.url);
  if (!target) return target.error();
  for (const double seconds : {asked.max_time, asked.max_wait}) {
    if (!(seconds >= 0 && seconds <= kLongest)) return Failure{kWrong, "--max-time and --max-wait take seconds, up to a week"};
  }
  if (asked.credentials.user.empty() && (asked.credentials.password_stdin || !asked.credentials.password_file.empty()))
    return Failure{kWrong, "the password is whose? Give --user NAME too"};
  if (asked.credentials.user.empty() && (asked.credentials.basic || asked.credentials.digest))
    return Failure{kWrong, "--basic and --digest need --user NAME"};
  if (!asked.method.empty() && !http::is_token(asked.method)) return Failure{kWrong, "--request takes a method, like DELETE"};
  return std::move(*target);
}

}  // namespace quivive::cli
