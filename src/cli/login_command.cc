// quivive login

#include "agent/sign_in.h"
#include "agent/token_endpoint.h"
#include "base/text.h"
#include "base/words.h"
#include "cli/commands.h"
#include "cli/fetch_input.h"
#include "cli/input_line.h"
#include "cli/options.h"
#include "cli/show.h"
#include "client/expiry.h"
#include "client/origin.h"
#include "crypto/password.h"
#include "gateway/login_page.h"

#include <fcntl.h>
#include <spawn.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <system_error>

namespace quivive::cli {
namespace {

struct AskedLogin {
  std::string profile = "default";
  std::string issuer, client_id, secret_file, ca_file;
  std::vector<std::string> scopes, origins;
  bool secret_stdin = false, device = false, browser = false;
};

bool has_display() {
  const auto set = [](const char* name) {
    const char* value = std::getenv(name);
    return value != nullptr && *value != '\0';
  };
  return set("DISPLAY") || set("WAYLAND_DISPLAY");
}

std::string html_escaped(std::string_view text) {
  std::string out;
  gateway::append_html_escaped(out, text);
  return out;
}

// A page that leads to a URL, in a folder of its own for its owner only, as long as this object lives.
// Threat: every user of this machine can read the arguments of a program. Who knows the URL, with its state and PKCE challenge, can sign in there
// as themselves and bring their code to our port: it would be taken for ours.
class BrowserPage {
 public:
  BrowserPage() = default;
  BrowserPage(const BrowserPage&) = delete;
  BrowserPage& operator=(const BrowserPage&) = delete;
  ~BrowserPage() {
    if (folder_.empty()) return;
    ::unlink(path().c_str());
    ::rmdir(folder_.c_str());
  }
  // False where it cannot be written.
  [[nodiscard]] bool write(std::string_view to) {
    std::error_code fault;
    std::string folder = (std::filesystem::temp_directory_path(fault) / "quivive-login-XXXXXX").native();
    if (fault || ::mkdtemp(folder.data()) == nullptr) return false;  // 0700
    folder_ = std::move(folder);
    const int fd = ::open(path().c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0) return false;
    const std::string shown = html_escaped(to);
    const std::string text = fmt::format(
        "<!doctype html><meta charset=\"utf-8\"><meta name=\"referrer\" content=\"no-referrer\">"
        "<meta http-equiv=\"refresh\" content=\"0;url={}\"><title>Sign in</title><p><a href=\"{}\">Go on to sign in</a></p>\n",
        shown, shown);
    const bool whole = ::write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size());
    return ::close(fd) == 0 && whole;
  }
  [[nodiscard]] std::string url() const {
    std::string out = "file://";
    for (const char c : path()) {
      const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '/' || c == '-' || c == '.' ||
                         c == '_' || c == '~';
      if (plain) out += c;
      else out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
    return out;
  }

 private:
  [[nodiscard]] std::string path() const { return folder_ + "/login.html"; }
  std::string folder_;
};

// Best effort: the URL is printed too, and some browsers are kept from the folder of the page.
void open_browser(std::string_view url, BrowserPage& page) {
  if (!has_display() || !page.write(url)) return;
  posix_spawn_file_actions_t quiet;
  posix_spawnattr_t apart;
  if (::posix_spawn_file_actions_init(&quiet) != 0 || ::posix_spawnattr_init(&apart) != 0) return;
  for (const int fd : {0, 1, 2}) ::posix_spawn_file_actions_addopen(&quiet, fd, "/dev/null", O_RDWR, 0);
  ::posix_spawnattr_setflags(&apart, POSIX_SPAWN_SETSID);  // a browser that starts here outlives us, and Ctrl-C
  std::string program = "xdg-open", argument = page.url();
  char* const words[] = {program.data(), argument.data(), nullptr};
  pid_t child = 0;  // not waited for: it may be the browser itself
  (void)::posix_spawnp(&child, program.c_str(), &quiet, &apart, words, environ);
  ::posix_spawnattr_destroy(&apart);
  ::posix_spawn_file_actions_destroy(&quiet);
}

int status_of(agent::SignInFault fault) { return fault == agent::SignInFault::Failed ? kFailed : kNo; }

// What is not given is taken from the profile: signing in again needs its name only.
Result<void, Failure> complete(AskedLogin& asked, agent::Profile& profile, Io& io) {
  if (!asked.issuer.empty() && asked.issuer != profile.issuer) profile = {};  // nothing of another issuer's is kept
  if (!asked.issuer.empty()) profile.issuer = asked.issuer;
  if (profile.issuer.empty()) return Failure{kWrong, "--issuer URL is missing: who issues the tokens?"};
  if (!asked.client_id.empty()) profile.client.client_id = asked.client_id;
  if (profile.client.client_id.empty()) return Failure{kWrong, "--client-id ID is missing: as what is this program known to the issuer?"};
  if (!asked.scopes.empty()) profile.client.scope = join(asked.scopes);
  if (!asked.origins.empty()) profile.origins.clear();
  for (const std::string& one : asked.origins) {
    const auto origin = client::origin_of(one);
    if (!origin) return Failure{kWrong, fmt::format("--origin {}: no https or http URL", printable(one))};
    profile.origins.push_back(origin->text());
  }
  if (asked.secret_stdin) profile.client.client_secret = read_secret_line(io.in, crypto::kMaxPasswordSize);
  if (!asked.secret_file.empty()) {
    auto secret = read_secret_file("--client-secret-file", asked.secret_file, "a client secret", io);
    if (!secret) return secret.error();
    profile.client.client_secret = std::move(*secret);
  }
  return {};
}

client::ClientAuthentication authentication_of(const agent::Profile& profile, const agent::IssuerMetadata& issuer) {
  if (profile.client.client_secret.empty()) return client::ClientAuthentication::None;
  return issuer.client_basic ? client::ClientAuthentication::Basic : client::ClientAuthentication::Post;
}

}  // namespace

int run_login(const Command& self, Arguments arguments, Io& io) {
  Options options(self);
  AskedLogin asked;
  CLI::App& app = options.app();
  app.add_option("--issuer", asked.issuer, "who issues the tokens; its metadata say where")->type_name("URL");
  app.add_option("--client-id", asked.client_id, "as what this program is known there")->type_name("ID");
  auto* from_stdin = app.add_flag("--client-secret-stdin", asked.secret_stdin,
                                  "reads the client's secret, if it has one, from the first line of standard input");
  app.add_option("--client-secret-file", asked.secret_file, "reads it from that file")->type_name("FILE")->excludes(from_stdin);
  const auto repeated = [&](const char* name, std::vector<std::string>& to, const char* text, const char* type) {
    app.add_option(name, to, text)->type_name(type)->expected(1)->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  };
  repeated("--scope", asked.scopes, "what to ask for; repeat for more", "SCOPE");
  repeated("--origin", asked.origins, "where the token may be sent, and nowhere else; repeat for more", "URL");
  app.add_option("--profile", asked.profile, "the name to keep it under; default unless given")->type_name("NAME");
  auto* device = app.add_flag("--device", asked.device, "signs in on another screen, with a code to type there");
  app.add_flag("--browser", asked.browser, "signs in with the browser of this machine")->excludes(device);
  app.add_option("--cacert", asked.ca_file, "trusts these certificates instead of the system's")->type_name("FILE");
  if (const auto status = options.parse(arguments, io)) return *status;

  const auto file = profile_file(asked.profile);
  if (!file) return fail(self, file.error(), io);
  agent::Profile profile;
  if (auto known = file->read()) profile = std::move(*known);
  else if (known.error().kind != agent::TokenFileError::Kind::Missing) return fail(self, profile_failure(asked.profile, known.error()), io);
  if (auto done = complete(asked, profile, io); !done) return fail(self, done.error(), io);

  agent::ExchangeSettings settings;
  settings.ca_file = asked.ca_file;
  agent::Exchanger exchanger(std::move(settings));
  auto metadata = agent::discover(exchanger, profile.issuer);
  if (!metadata) return fail(self, {kFailed, metadata.error().message}, io);
  profile.client.token_endpoint = metadata->token_endpoint;
  profile.client.authentication = authentication_of(profile, *metadata);
  profile.revocation_endpoint = metadata->revocation_endpoint;
  const bool can_device = !metadata->device_authorization_endpoint.empty();
  const bool can_browser = !metadata->authorization_endpoint.empty() && metadata->s256;
  if ((asked.device || !can_browser) && !can_device)
    return fail(self, {kNo, "the issuer offers no sign-in that fits: it names no device_authorization_endpoint"}, io);
  if (asked.browser && !can_browser)
    return fail(self, {kNo, "the issuer offers no sign-in that fits: no authorization_endpoint, or no PKCE with S256"}, io);
  const bool by_device = asked.device || !can_browser || (!asked.browser && can_device && !has_display());

  BrowserPage page;
  const agent::SignInPlan plan{std::move(*metadata), profile.client};
  const agent::SignInTools tools{
      exchanger, io.clock, io.random, [&](std::string_view url, std::string_view code) {
        io.err << (code.empty() ? fmt::format("Open this page to sign in:\n\n  {}\n\n", printable(url, 4000))
                                : fmt::format("Open {} and type this code there:\n\n  {}\n\n", printable(url, 400), code));
        io.err.flush();
        if (code.empty()) open_browser(url, page);
      }};
  auto signed_in = by_device ? agent::sign_in_by_device(plan, tools) : agent::sign_in_by_browser(plan, tools);
  if (!signed_in) return fail(self, {status_of(signed_in.error().fault), signed_in.error().message}, io);
  profile.token = std::move(signed_in->token);
  profile.scope = std::move(signed_in->scope);
  const auto lock = file->lock();
  if (!lock) return fail(self, profile_failure(asked.profile, lock.error()), io);
  if (const auto kept = file->replace(profile); !kept) return fail(self, profile_failure(asked.profile, kept.error()), io);
  const auto expiry = client::expiry_of(profile.token, Duration{0});
  io.out << fmt::format("signed in at {}   profile {}{}{}\n", printable(profile.issuer), asked.profile,
                        profile.scope.empty() ? "" : "   scopes " + printable(profile.scope),
                        expiry ? "   until " + rfc3339(expiry->at) : "");
  return kDone;
}

}  // namespace quivive::cli
