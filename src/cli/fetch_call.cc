#include "cli/fetch_call.h"

#include "base/text.h"
#include "cli/fetch_login.h"
#include "cli/screen.h"
#include "cli/show.h"
#include "client/answer.h"
#include "http/fetch_metadata.h"

#include <algorithm>

namespace quivive::cli {
namespace {

constexpr std::size_t kMaxRedirects = 20;

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

bool was_redirected(const client::Explanation& explanation) {
  return std::ranges::any_of(explanation.steps, [](const client::Step& step) { return step.kind == client::StepKind::Redirect; });
}

std::string steps_text(const client::Explanation& explanation, const std::vector<Secret>& secrets) {
  std::string out;
  for (const client::Step& step : explanation.steps)
    out += fmt::format("* {:<8}  {}\n", client::name_of(step.kind), without_secrets(step.text, secrets));
  return out;
}

}  // namespace

// What a person types takes none of the time.
Result<void, Failure> FetchCall::read_body_and_start_clock() {
  auto body = read_body(asked_.body, io_);
  if (!body) return body.error();
  body_ = std::move(*body);
  if (asked_.time_for_all().count() > 0) until_ = std::chrono::steady_clock::now() + asked_.time_for_all();
  return {};
}

// Nobody is asked to sign in for a command that cannot go on from there.
Result<void, Failure> FetchCall::sign_in_first() {
  if (has_field(request_.fields, "Authorization"))
    return Failure{kWrong, "--login signs in for a token, and --header brings an Authorization of its own; leave one of them out"};
  if (!client::may_carry(target_.origin, client::AuthKind::Bearer, asked_.allow_plain_http))
    return Failure{kWrong, "a token does not go over plain http: ask https://, or let it go there with --allow-plain-http"};
  if (auto read = read_body_and_start_clock(); !read) return read;
  if (asked_.credentials.profile.empty()) asked_.credentials.profile = asked_.sign_in.profile;
  asked_.sign_in.profile = asked_.credentials.profile;
  asked_.sign_in.ca_file = asked_.ca_file;
  asked_.sign_in.until = until_;
  output_.hold_refusals();
  return sign_in_if_due(self_, asked_.sign_in, target_.origin, io_);
}

Result<GivenCredentials, Failure> FetchCall::read_given() {
  if (asked_.time_for_all().count() > 0) asked_.credentials.patience = std::min(agent::at_most(agent::kVaultPatience, until_), asked_.time_for_all());
  auto given = read_credentials(asked_.credentials, target_.origin, asked_.body.takes_stdin(), io_);
  // What was looked at before may have been made another sign-in since.
  if (given && asked_.login) {
    if (const auto fits = check_asked_for(asked_.sign_in, given->profile->identity); !fits) return fits.error();
  }
  return given;
}

Result<void, Failure> FetchCall::prepare() {
  auto fields = read_fields(asked_.headers);
  if (!fields) return fields.error();
  request_.fields = std::move(*fields);
  warn_of_arguments(self_, asked_.headers, io_);
  // Over http nobody would look at it, until a redirect leads to https.
  if (!asked_.ca_file.empty()) {
    if (const auto there = check_file("--cacert", asked_.ca_file, "certificates"); !there) return there.error();
  }
  if (asked_.login) {
    if (auto signed_in = sign_in_first(); !signed_in) return signed_in;
  }
  auto given = read_given();
  if (!given) return given.error();
  given_ = std::move(*given);
  if (!asked_.login) {
    if (auto read = read_body_and_start_clock(); !read) return read;
  }
  make_request();
  return {};
}

void FetchCall::make_request() {
  request_.url = asked_.url;
  request_.body = body_.get();
  const bool form = body_ && asked_.body.upload.empty();
  if (body_) request_.method = form ? "POST" : "PUT";
  if (!asked_.method.empty()) request_.method = asked_.method;
  if (form && !has_field(request_.fields, "Content-Type")) request_.fields.push_back({"Content-Type", Secret("application/x-www-form-urlencoded")});
  if (given_.profile) tried_ = std::get<client::Bearer>(given_.credentials.front().what).token;
  if (!given_.credentials.empty()) {
    if (const auto* password = std::get_if<client::Password>(&given_.credentials.front().what)) {
      expected_.user = password->user;
      expected_.password = password->password;
    }
  }
  // The caller's own fields may hold keys too, whatever their names.
  for (const client::FieldLine& field : request_.fields) {
    if (!client::travels(field.name)) given_.secrets.push_back(field.value);
  }
}

void FetchCall::send() {
  agent::ClientOptions settings;
  settings.exchange.ca_file = asked_.ca_file;
  settings.rules.max_redirects = asked_.location ? kMaxRedirects : 0;
  settings.rules.allow_plain_http = asked_.allow_plain_http;
  settings.rules.max_wait = Duration(static_cast<std::int64_t>(asked_.max_wait * 1000));
  if (until_) settings.max_time = agent::at_most(asked_.time_for_all(), until_);
  agent::Client client(given_.credentials, io_.clock, io_.random, std::move(settings));
  if (given_.profile) client.keep(0, std::make_shared<agent::ProfileKeeper>(*given_.profile));
  expected_.clock = io_.clock.now();
  wire_.emplace();
  agent::Listener listener;
  listener.on_head = [&](const agent::ResponseHead& head) { output_.head(head); };
  listener.on_wire = [&](net::TransferEvent event, std::string_view bytes) { wire_->add(event, bytes); };
  response_ = client.send(request_, [&](std::string_view piece) { return output_.body(piece); }, listener);
}

// What has left cannot be taken back. Threat: a request that was accepted, and led to where it was refused, done a second time.
bool FetchCall::may_send_again() const {
  return !output_.begun() && (body_ == nullptr || body_->replayable()) &&
         (http::is_safe_method(request_.method) || !was_redirected(response_.explanation));
}

Result<GivenCredentials, Failure> FetchCall::sign_in_and_read() {
  const auto& before = *given_.profile;
  if (const auto done = sign_in_anew(self_, asked_.sign_in, before, tried_, io_); !done) return done.error();
  auto anew = read_given();
  if (!anew) return anew.error();
  if (!is_same_sign_in(anew->profile->identity, before.identity)) return changed_meanwhile(asked_.sign_in);
  if (const auto back = body_ == nullptr ? Result<void>{} : body_->rewind(); !back) return Failure{kFailed, back.error().message};
  return anew;
}

Result<void, Failure> FetchCall::sign_in_and_send_again() {
  const bool may = asked_.login && given_.profile && may_send_again() && !agent::is_over(until_) && somebody_is_here(asked_.sign_in, io_);
  const bool just_now = asked_.sign_in.found.has_value();  // another sign-in would bring the same
  if (!may || just_now || !tokens_are_over(response_)) return {};
  io_.err << (asked_.verbose ? steps_text(response_.explanation, given_.secrets) : "") << line(response_.explanation.summary);
  told_why_ = true;
  auto anew = sign_in_and_read();
  if (!anew && response_.outcome == client::Outcome::NotSent) return anew.error();
  if (!anew) {
    (void)fail(self_, anew.error(), io_);
    return {};  // the refusal is the answer
  }
  given_.secrets.insert(given_.secrets.end(), anew->secrets.begin(), anew->secrets.end());
  given_.credentials = std::move(anew->credentials);
  given_.profile = std::move(anew->profile);
  output_.drop();
  send();
  told_why_ = false;
  return {};
}

std::string FetchCall::line(std::string_view text, std::string_view hint) const {
  return fmt::format("quivive {}: {}{}\n", self_.name, without_secrets(text, given_.secrets), hint);
}

std::string FetchCall::hint() const {
  const auto cause = response_.explanation.cause;
  if (given_.credentials.empty() && cause == client::CallCause::CredentialsMissing)
    return " There are --user NAME, --bearer-file FILE, --key-file FILE, --profile NAME, and --login to sign in.";
  if (response_.outcome == client::Outcome::NotSent && cause == client::CallCause::PlainHttp)
    return " Ask https://, or let tokens, keys and Digest go there with --allow-plain-http.";
  const bool just_now = asked_.sign_in.found.has_value();
  if (given_.profile && tokens_are_over(response_) && !just_now) return fmt::format(" To sign in: quivive login --profile {}", asked_.credentials.profile);
  return "";
}

int FetchCall::tell() {
  const std::string unwritten = output_.finish();
  std::string told = asked_.verbose && !told_why_ ? steps_text(response_.explanation, given_.secrets) : "";
  if (!unwritten.empty()) {
    told += line(unwritten);
  } else if (response_.failure) {
    told += line(*response_.failure);
  } else if (!response_.explanation.summary.empty() && !told_why_) {
    told += line(response_.explanation.summary, hint());
  }
  expected_.secrets = given_.secrets;
  if (is_refusal(response_.head.status) || response_.outcome == client::Outcome::Refused) told += wire_->diagnose(expected_);
  if (!told.empty() && output_.ends_within_a_line() && share_a_screen(io_.out, io_.err)) io_.err << '\n';
  io_.err << told;
  return unwritten.empty() ? status_of(response_, asked_.fail) : kFailed;
}

}  // namespace quivive::cli
