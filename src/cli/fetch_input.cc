#include "cli/fetch_input.h"

#include "agent/secret_service.h"
#include "base/text.h"
#include "cli/input_line.h"
#include "cli/why_input.h"
#include "crypto/password.h"
#include "http/grammar.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace quivive::cli {
namespace {

constexpr std::size_t kMaxSecretFile = 64 * 1024;
constexpr std::size_t kMaxFieldFile = 256 * 1024;
constexpr std::size_t kMaxData = 16 * 1024 * 1024;

Result<std::string, Failure> read_stdin(std::istream& in, std::size_t limit) {
  std::string text(limit + 1, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(in.gcount()));
  if (text.size() > limit) return Failure{kWrong, fmt::format("standard input: more than {} KiB", limit >> 10)};
  return text;
}

Result<Secret, Failure> read_password(const CredentialOptions& options, bool stdin_taken, Io& io) {
  if (!options.password_file.empty()) {
    if (const auto there = check_file("--password-file", options.password_file, "a password"); !there) return there.error();
    auto text = read_text_file(options.password_file, crypto::kMaxPasswordSize);
    if (!text) return Failure{text.error().status, "--password-file " + text.error().message};
    text->resize(std::min(text->find_first_of("\r\n"), text->size()));
    return Secret(std::move(*text));
  }
  if (options.password_stdin) {
    if (stdin_taken) return Failure{kWrong, "standard input cannot be both the body and the password; give one of them as a file"};
    return read_secret_line(io.in, crypto::kMaxPasswordSize);
  }
  if (!stdin_taken && !io.terminal.present()) {
    return Failure{
        kWrong,
        "there is no terminal to ask for the password; give it on standard input with --password-stdin, or with --password-file FILE"};
  }
  auto typed = io.terminal.ask_secret(fmt::format("Password of {}: ", printable(options.user, 80)));
  if (!typed) return Failure{kWrong, typed.error().message};
  return std::move(*typed);
}

Result<GivenCredentials, Failure> from_profile(const std::string& name, const client::Origin& origin,
                                              std::chrono::milliseconds patience) {
  auto store = profile_store(name);
  if (!store) return store.error();
  auto profile = store->read(patience);
  if (!profile) return profile_failure(name, profile.error());
  // Threat: a token that is sent to whatever host a URL names.
  const auto& origins = profile->origins;
  const auto bound = [&](const std::string& one) { return client::origin_of(one) == origin; };
  if (!origins.empty() && std::none_of(origins.begin(), origins.end(), bound)) {
    return Failure{kWrong, fmt::format("the profile '{}' is for {}, and its token goes nowhere else; to sign in for more: quivive login --profile {} "
                                       "--origin {} --origin {}",
                                       name, printable(fmt::format("{}", fmt::join(origins, ", "))), name,
                                       printable(fmt::format("{}", fmt::join(origins, " --origin "))), origin.text())};
  }
  GivenCredentials out;
  out.profile = agent::OpenedProfile{std::move(*store), agent::identity_of(*profile)};
  out.secrets = {profile->token.access, profile->token.refresh, profile->client.client_secret};
  client::Bearer bearer{std::move(profile->token), std::nullopt};
  if (!profile->client.token_endpoint.empty()) bearer.client = std::move(profile->client);
  out.credentials.push_back({origin, std::move(bearer)});
  return out;
}

void trim_lines(std::string& text) {
  std::erase_if(text, [](char c) { return c == '\r' || c == '\n'; });
}

}  // namespace

Result<agent::ProfileStore, Failure> profile_store(const std::string& name) {
  if (!agent::is_profile_name(name)) {
    return Failure{kWrong,
                   fmt::format("'{}' is no name of a profile: 1 to 64 letters, digits, dots, hyphens and underscores, the first no dot",
                               printable(name, 80))};
  }
  auto folder = agent::profile_folder();
  if (!folder) return Failure{kFailed, folder.error().message};
  return agent::ProfileStore(std::move(*folder), name, agent::secret_service());
}

Failure profile_failure(const std::string& name, const agent::TokenFileError& error) {
  if (error.kind == agent::TokenFileError::Kind::Missing) {
    return {kWrong, fmt::format("there is no profile '{}'; make it with: quivive login --profile {}", name, name)};
  }
  if (error.kind == agent::TokenFileError::Kind::NoSecrets) {
    return {kNo, fmt::format("{}; sign in again with: quivive login --profile {}", error.message, name)};
  }
  using enum agent::TokenFileError::Kind;
  const bool outside = error.kind == Failed || error.kind == Held || error.kind == Shut;
  return {outside ? kFailed : kWrong, error.message};
}

std::string keeping_text(const agent::Profile& profile, const agent::ProfileStore& store) {
  return profile.kept_in == agent::Keeping::SecretService ? "the Secret Service" : printable(store.path(), 400);
}

Result<void, Failure> check_file(const std::string& option, const std::string& file, std::string_view what) {
  if (::access(file.c_str(), R_OK) == 0) return {};
  return Failure{kWrong, fmt::format("{}: {}; it takes the name of a file that holds {}", option, std::strerror(errno), what)};
}

Result<Secret, Failure> read_secret_file(const std::string& option, const std::string& file, std::string_view what, Io& io) {
  if (const auto there = file == "-" ? Result<void, Failure>{} : check_file(option, file, what); !there) return there.error();
  auto text = file == "-" ? read_stdin(io.in, kMaxSecretFile) : read_text_file(file, kMaxSecretFile);
  if (!text) return Failure{text.error().status, option + ' ' + text.error().message};
  const auto space = [](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; };
  while (!text->empty() && space(text->back())) text->pop_back();
  text->erase(text->begin(), std::find_if_not(text->begin(), text->end(), space));
  if (text->empty()) return Failure{kWrong, fmt::format("{} {}: it is empty", option, printable(file))};
  if (std::any_of(text->begin(), text->end(), [](char c) { return c <= ' ' || c == '\x7f'; })) {
    return Failure{
        kWrong, fmt::format("{} {}: {} has no spaces, line breaks or letters beyond ASCII in it; the file must hold nothing else", option,
                            printable(file), what)};
  }
  return Secret(std::move(*text));
}

Result<GivenCredentials, Failure> read_credentials(const CredentialOptions& options, const client::Origin& origin, bool stdin_taken,
                                                   Io& io) {
  GivenCredentials out;
  if (!options.profile.empty()) return from_profile(options.profile, origin, options.patience);
  if (stdin_taken && (options.bearer_file == "-" || options.key_file == "-")) {
    return Failure{kWrong, "standard input cannot be both the body and the credential; give one of them as a file"};
  }
  if (!options.bearer_file.empty()) {
    auto token = read_secret_file("--bearer-file", options.bearer_file, "a token", io);
    if (!token) return token.error();
    out.secrets.push_back(*token);
    out.credentials.push_back({origin, client::Bearer{{std::move(*token), {}, {}}, std::nullopt}});
  } else if (!options.key_file.empty()) {
    if (!http::is_token(options.key_header)) return Failure{kWrong, "--key-header is no name of a header"};
    auto key = read_secret_file("--key-file", options.key_file, "a key", io);
    if (!key) return key.error();
    out.secrets.push_back(*key);
    out.credentials.push_back({origin, client::ApiKey{options.key_header, std::move(*key)}});
  } else if (!options.user.empty()) {
    if (options.user.find(':') != std::string::npos) {
      return Failure{
          kWrong,
          "--user takes the name alone: a password in an argument can be read by every user of this machine, and stays in the shell's "
          "history. Leave it out to be asked for it, or give it with --password-stdin or --password-file FILE"};
    }
    auto password = read_password(options, stdin_taken, io);
    if (!password) return password.error();
    out.secrets.push_back(*password);
    auto use = client::PasswordUse::Either;
    if (options.basic != options.digest) use = options.basic ? client::PasswordUse::Basic : client::PasswordUse::Digest;
    out.credentials.push_back({origin, client::Password{options.user, std::move(*password), use}});
  }
  return out;
}

Result<std::vector<client::FieldLine>, Failure> read_fields(const std::vector<std::string>& given) {
  std::vector<client::FieldLine> out;
  const auto add = [&](std::string_view line) -> Result<void, Failure> {
    const auto at = line.find_first_of(":;");
    const std::string_view name = line.substr(0, at);
    const std::string_view value = at == std::string_view::npos ? "" : trim_ows(line.substr(at + 1));
    const bool empty = at != std::string_view::npos && line[at] == ';';
    if (!http::is_token(name) || (empty ? !value.empty() : value.empty())) {
      return Failure{kWrong, "--header takes 'Name: value', 'Name;' for an empty value, or @FILE with such lines"};
    }
    if (iequals(name, "Content-Length") || iequals(name, "Transfer-Encoding"))
      return Failure{kWrong, fmt::format("--header: {} follows from the body", name)};
    out.push_back({std::string(name), Secret(std::string(value))});
    return {};
  };
  for (const std::string& one : given) {
    if (!one.starts_with('@')) {
      if (auto added = add(one); !added) return added.error();
      continue;
    }
    if (const auto there = check_file("--header @", one.substr(1), "fields"); !there) return there.error();
    auto text = read_text_file(one.substr(1), kMaxFieldFile);
    if (!text) return Failure{text.error().status, "--header " + text.error().message};
    std::string_view rest = *text;
    while (!rest.empty()) {
      std::string_view line = rest.substr(0, rest.find('\n'));
      rest.remove_prefix(std::min(rest.size(), line.size() + 1));
      if (line.ends_with('\r')) line.remove_suffix(1);
      if (line.empty()) continue;
      if (auto added = add(line); !added) return added.error();
    }
  }
  return out;
}

bool BodyOptions::takes_stdin() const {
  const auto is_stdin = [](const std::string& one) { return one == "@-"; };
  return upload == "-" || std::any_of(data.begin(), data.end(), is_stdin) || std::any_of(data_binary.begin(), data_binary.end(), is_stdin);
}

Result<std::unique_ptr<agent::BodySource>, Failure> read_body(const BodyOptions& options, Io& io) {
  using Body = std::unique_ptr<agent::BodySource>;
  if (!options.upload.empty()) {
    if (!options.data.empty() || !options.data_binary.empty()) return Failure{kWrong, "--upload-file and --data exclude each other"};
    if (options.upload == "-") return Body(std::make_unique<agent::StreamBody>(io.in));
    auto file = agent::FileBody::open(options.upload);
    if (!file) return Failure{kWrong, "--upload-file " + file.error().message};
    return Body(std::move(*file));
  }
  std::string text;
  bool any = false;
  const auto add = [&](const std::string& given, bool binary) -> Result<void, Failure> {
    std::string piece = given;
    if (given.starts_with('@')) {
      auto read = given == "@-" ? read_stdin(io.in, kMaxData) : read_text_file(given.substr(1), kMaxData);
      if (!read) return Failure{read.error().status, fmt::format("--data {}; --upload-file takes what is larger", read.error().message)};
      piece = std::move(*read);
      if (!binary) trim_lines(piece);  // as curl does
    }
    if (any) text += '&';
    any = true;
    text += piece;
    return {};
  };
  for (const std::string& one : options.data) {
    if (auto added = add(one, false); !added) return added.error();
  }
  for (const std::string& one : options.data_binary) {
    if (auto added = add(one, true); !added) return added.error();
  }
  return any ? Body(std::make_unique<agent::MemoryBody>(std::move(text))) : Body();
}

}  // namespace quivive::cli
