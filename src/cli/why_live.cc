#include "cli/why_live.h"

#include "base/text.h"
#include "cli/input_line.h"
#include "cli/why_input.h"
#include "diagnose/facts.h"
#include "diagnose/readers/curl_log.h"
#include "diagnose/redact.h"
#include "net/fetch.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <filesystem>

namespace quivive::cli {
namespace {

using net::TransferPlan;

constexpr std::size_t kMaxUpload = 16 * 1024 * 1024;

// Options that ask for something that is not performed here: the answer would be about another request.
constexpr auto kUnsupported = std::to_array<std::string_view>(
    {"form",       "form-string", "upload-file",     "config",           "next",        "request-target", "preproxy",   "socks4",
     "socks4a",    "socks5",      "socks5-hostname", "haproxy-protocol", "expand-data", "expand-header",  "expand-url", "expand-user",
     "proxy-cert", "proxy-key",   "engine",          "tlsuser",          "tlspassword", "variable"});

bool is_unsupported(std::string_view name) { return std::find(kUnsupported.begin(), kUnsupported.end(), name) != kUnsupported.end(); }

std::optional<double> number(std::string_view text) {
  double value = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (fault != std::errc() || end != text.data() + text.size() || !(value >= 0 && value < 1e6)) return std::nullopt;
  return value;
}

Result<std::string, Failure> file_of(std::string_view name) { return read_text_file(std::string(name), kMaxUpload); }

class Planner {
 public:
  explicit Planner(const diagnose::Capture& command) : command_(command) {}

  Result<TransferPlan, Failure> plan() {
    const diagnose::Request& request = *command_.exchanges.front().request;
    for (const auto& [name, value] : command_.command->options) {
      if (is_unsupported(name))
        return Failure{
            kWrong, fmt::format("the curl command: --{} is not performed here; run it with curl -v and give quivive why its output", name)};
      if (auto done = option(name, value); !done) return done.error();
    }
    if (request.url.host.empty()) return Failure{kWrong, "the curl command: there is no URL in it"};
    const std::string& scheme = request.url.scheme;
    if (!scheme.empty() && scheme != "http" && scheme != "https")
      return Failure{kWrong, fmt::format("the curl command: {}: is not performed here, only http and https", printable(scheme, 20))};
    plan_.url = (scheme.empty() ? "http" : scheme) + "://" + (request.url.userinfo.empty() ? "" : request.url.userinfo + '@') +
                authority(request.url) + request.url.path_and_query();
    if (!file_body_ && has_data_ && !get_) plan_.body = request.body;
    if (request.body_cut) return Failure{kWrong, "the curl command: the body is too long to be performed here"};
    if (file_body_) plan_.body = std::move(*file_body_);
    if (json_) add_json_headers();
    if (head_only_) plan_.head = true;
    return std::move(plan_);
  }

 private:
  static std::string authority(const diagnose::Url& url) { return url.host + (url.port ? fmt::format(":{}", *url.port) : ""); }

  void add_json_headers() {
    const auto given = [&](std::string_view name) {
      return std::any_of(plan_.headers.begin(), plan_.headers.end(), [&](const std::string& line) {
        return iequals(trim_ows(std::string_view(line).substr(0, line.find_first_of(":;"))), name);
      });
    };
    if (!given("Content-Type")) plan_.headers.emplace_back("Content-Type: application/json");
    if (!given("Accept")) plan_.headers.emplace_back("Accept: application/json");
  }

  Result<void, Failure> data(std::string_view name, const std::string& value) {
    has_data_ = true;
    json_ |= name == "json";
    const bool from_file = value.starts_with('@') && name != "data-raw" && name != "data-urlencode";
    if (!from_file) return {};
    auto text = file_of(std::string_view(value).substr(1));
    if (!text) return Failure{text.error().status, "the curl command: " + text.error().message};
    if (name == "data" || name == "data-ascii") std::erase_if(*text, [](char c) { return c == '\r' || c == '\n'; });
    if (file_body_) return Failure{kWrong, "the curl command: several --data with files are not performed here; run it with curl -v"};
    file_body_ = std::move(*text);
    return {};
  }

  Result<void, Failure> seconds(std::string_view name, const std::string& value, std::chrono::milliseconds& to) {
    const auto given = number(value);
    if (!given) return Failure{kWrong, fmt::format("the curl command: --{} is no number of seconds", name)};
    to = std::chrono::milliseconds(static_cast<long>(*given * 1000));
    return {};
  }

  Result<void, Failure> headers(const std::string& value) {
    if (!value.starts_with('@')) return plan_.headers.push_back(value), Result<void, Failure>();
    auto text = file_of(std::string_view(value).substr(1));
    if (!text) return Failure{text.error().status, "the curl command: " + text.error().message};
    std::string_view rest = *text;
    while (!rest.empty()) {
      std::string_view line = rest.substr(0, rest.find('\n'));
      rest.remove_prefix(std::min(rest.size(), line.size() + 1));
      if (line.ends_with('\r')) line.remove_suffix(1);
      if (!line.empty()) plan_.headers.emplace_back(line);
    }
    return {};
  }

  Result<void, Failure> option(std::string_view name, const std::string& value) {
    const bool on = value != "no";
    if (name.starts_with("data") || name == "json") return data(name, value);
    if (name == "header") return headers(value);
    if (name == "max-time") return seconds(name, value, plan_.timeout);
    if (name == "connect-timeout") return seconds(name, value, plan_.connect_timeout);
    if (name == "cookie" && value.find('=') == std::string::npos)
      return Failure{kWrong, "the curl command: a cookie file is not read here; give the cookies as -b 'name=value'"};

    const std::pair<std::string_view, std::optional<std::string>*> texts[] = {
        {"user-agent", &plan_.user_agent}, {"referer", &plan_.referer}, {"cookie", &plan_.cookie},   {"range", &plan_.range},
        {"aws-sigv4", &plan_.aws_sigv4},   {"proxy", &plan_.proxy},     {"noproxy", &plan_.no_proxy}};
    for (const auto& [known, to] : texts) {
      if (name == known) return *to = value, Result<void, Failure>();
    }
    const std::pair<std::string_view, std::string*> plain[] = {
        {"request", &plan_.method}, {"cacert", &plan_.ca_file},          {"capath", &plan_.ca_path},       {"cert", &plan_.certificate},
        {"key", &plan_.key},        {"unix-socket", &plan_.unix_socket}, {"netrc-file", &plan_.netrc_file}};
    for (const auto& [known, to] : plain) {
      if (name != known) continue;
      *to = value;
      if (name == "netrc-file") plan_.netrc = true;
      return {};
    }
    const std::pair<std::string_view, std::optional<Secret>*> secrets[] = {
        {"user", &plan_.user}, {"oauth2-bearer", &plan_.bearer}, {"proxy-user", &plan_.proxy_user}, {"pass", &plan_.key_password}};
    for (const auto& [known, to] : secrets) {
      if (name == known) return *to = Secret(value), Result<void, Failure>();
    }
    const std::pair<std::string_view, bool*> flags[] = {{"basic", &plan_.basic},
                                                        {"digest", &plan_.digest},
                                                        {"ntlm", &plan_.ntlm},
                                                        {"negotiate", &plan_.negotiate},
                                                        {"anyauth", &plan_.any_auth},
                                                        {"netrc", &plan_.netrc},
                                                        {"location", &plan_.follow},
                                                        {"insecure", &plan_.insecure},
                                                        {"proxy-anyauth", &plan_.proxy_any_auth},
                                                        {"proxy-digest", &plan_.proxy_digest},
                                                        {"proxy-ntlm", &plan_.proxy_ntlm},
                                                        {"proxytunnel", &plan_.proxy_tunnel},
                                                        {"path-as-is", &plan_.path_as_is},
                                                        {"compressed", &plan_.compressed},
                                                        {"ipv4", &plan_.ipv4},
                                                        {"ipv6", &plan_.ipv6},
                                                        {"head", &head_only_},
                                                        {"get", &get_}};
    for (const auto& [known, to] : flags) {
      if (name == known) return *to = on, Result<void, Failure>();
    }
    if (name == "location-trusted") plan_.follow = plan_.trust_location = on;
    if (name == "netrc-optional") plan_.netrc = plan_.netrc_optional = on;
    if (name == "resolve") plan_.resolve.push_back(value);
    if (name == "connect-to") plan_.connect_to.push_back(value);
    if (name == "proxy-header") plan_.proxy_headers.push_back(value);
    if (name == "http1.0") plan_.http_version = "1.0";
    if (name == "http1.1") plan_.http_version = "1.1";
    if (name == "http2") plan_.http_version = "2";
    if (name == "http2-prior-knowledge") plan_.http_version = "2-prior-knowledge";
    if (name == "max-redirs") plan_.max_redirects = static_cast<long>(number(value).value_or(20));
    return {};  // the others say how curl reports, not what it sends
  }

  const diagnose::Capture& command_;
  TransferPlan plan_;
  std::optional<std::string> file_body_;
  bool has_data_ = false, json_ = false, get_ = false, head_only_ = false;
};

// The whole head at once, as libcurl hands it over; the empty line at its end included.
void log_request_head(diagnose::readers::CurlLog& log, std::string_view head) {
  while (!head.empty()) {
    const std::size_t end = std::min(head.find('\n'), head.size() - 1);
    (void)log.request_line(without_line_end(head.substr(0, end + 1)));
    head.remove_prefix(end + 1);
  }
}

// What curl takes along to wherever a redirect leads; "" for nothing. Of headers it holds back Authorization and Cookie. Whatever
// would not be printed does not travel either, nor a body of which it is not known.
std::string what_travels(const TransferPlan& plan, const diagnose::Capture& command) {
  if (!plan.follow) return "";
  if (plan.trust_location) return "everything, by --location-trusted,";
  if (command.exchanges.empty() || !command.exchanges.front().request) return "";
  const diagnose::Request& request = *command.exchanges.front().request;
  const diagnose::Expectations nothing;
  const diagnose::Redactor redactor(diagnose::collect_secrets(command, diagnose::gather_facts(command, nothing), nothing));
  for (const diagnose::HeaderField& field : request.headers.all()) {
    if (iequals(field.name, "Authorization") || iequals(field.name, "Cookie")) continue;
    if (redactor(field.value) != field.value) return fmt::format("the secret in the header {}", printable(field.name, 60));
  }
  if (plan.body && (*plan.body != request.body || redactor(request.body) != request.body)) return "the body";
  return "";
}

}  // namespace

Result<net::TransferPlan, Failure> plan_of(const diagnose::Capture& command) {
  if (!command.command || command.exchanges.empty() || !command.exchanges.front().request)
    return Failure{kWrong, "the curl command: nothing to perform"};
  if (command.exchanges.size() > 1) return Failure{kWrong, "the curl command: it has several URLs; give one at a time"};
  return Planner(command).plan();
}

Result<Performed, Failure> perform(net::TransferPlan plan, const diagnose::Capture& command) {
  net::fetch_init();
  std::string notice;
  // Threat: a redirect that asks for the credentials of another site.
  if (const std::string carried = what_travels(plan, command); !carried.empty()) {
    plan.may_follow = [&, carried](std::string_view from, std::string_view location) {
      const diagnose::Url to = diagnose::resolve(diagnose::parse_url(from), location);
      const bool own = diagnose::same_origin(to, diagnose::parse_url(plan.url));
      if (!own) notice = fmt::format("the redirect to {} was not followed: {} would go to another origin", printable(to.origin()), carried);
      return own;
    };
  }
  diagnose::readers::CurlLog log(diagnose::Format::Curl);
  const auto done = net::transfer(plan, [&log](net::TransferEvent event, std::string_view bytes) {
    switch (event) {
      case net::TransferEvent::Info: log.info(without_line_end(bytes)); break;
      case net::TransferEvent::HeaderOut: log_request_head(log, bytes); break;
      case net::TransferEvent::DataOut: log.request_body(bytes); break;
      case net::TransferEvent::HeaderIn: (void)log.response_line(without_line_end(bytes)); break;
      case net::TransferEvent::DataIn: log.response_body(bytes); break;
    }
  });
  diagnose::Capture capture = log.finish();
  const bool answered =
      std::any_of(capture.exchanges.begin(), capture.exchanges.end(), [](const diagnose::Exchange& e) { return e.response.has_value(); });
  if (!done && !answered) return Failure{kFailed, done.error().message};
  if (!done) capture.exchanges.back().remarks.push_back(done.error().message);
  // The body is what the command says; libcurl does not show it when it is long.
  if (plan.body && !capture.exchanges.empty() && capture.exchanges.front().request)
    capture.exchanges.front().request->body = plan.body->substr(0, diagnose::kMaxBodyKept);
  capture.command = command.command;
  capture.remarks = command.remarks;
  capture.is_source = true;
  return Performed{std::move(capture), std::move(notice)};
}

}  // namespace quivive::cli
