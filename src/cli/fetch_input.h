#pragma once
// What `quivive fetch` is given: credentials from files, a prompt or standard input; header fields; the body.

#include "agent/body_source.h"
#include "agent/token_keeper.h"
#include "cli/command.h"
#include "client/call.h"

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace quivive::cli {

struct CredentialOptions {
  std::string profile;
  std::string bearer_file;
  std::string user;
  bool password_stdin = false, basic = false, digest = false;
  std::string password_file;
  std::string key_file, key_header = "X-API-Key";
  std::chrono::milliseconds patience = agent::kVaultPatience;  // with whatever keeps the profile's tokens
};

struct GivenCredentials {
  client::Credentials credentials;              // none or one, bound to the origin of the URL
  std::optional<agent::OpenedProfile> profile;  // where its tokens are kept
  std::vector<Secret> secrets;                  // never to be printed
};
// `stdin_taken`: standard input is the body. A Failure says what to do.
[[nodiscard]] Result<GivenCredentials, Failure> read_credentials(const CredentialOptions& options, const client::Origin& origin,
                                                                 bool stdin_taken, Io& io);

// A profile by its name, kept in its file or with the user's Secret Service. None need be there.
[[nodiscard]] Result<agent::ProfileStore, Failure> profile_store(const std::string& name);
// The status and text of a command that a profile cannot be read for.
[[nodiscard]] Failure profile_failure(const std::string& name, const agent::TokenFileError& error);

// Where its tokens are, for people: "the Secret Service", or the path of the file.
[[nodiscard]] std::string keeping_text(const agent::Profile& profile, const agent::ProfileStore& store);

// A Failure where there is no such file, or it cannot be read. Of what is given in its place, which may be the secret itself, nothing is repeated.
[[nodiscard]] Result<void, Failure> check_file(const std::string& option, const std::string& file, std::string_view what);
// One secret of a file ("-": standard input), without white space around it. `what` is for the Failure, "a token" say.
[[nodiscard]] Result<Secret, Failure> read_secret_file(const std::string& option, const std::string& file, std::string_view what, Io& io);

// `Name: value`, `Name;` for an empty value, `@FILE` for such lines.
[[nodiscard]] Result<std::vector<client::FieldLine>, Failure> read_fields(const std::vector<std::string>& given);

struct BodyOptions {
  std::vector<std::string> data, data_binary;
  std::string upload;
  [[nodiscard]] bool takes_stdin() const;
};
// nullptr where there is none.
[[nodiscard]] Result<std::unique_ptr<agent::BodySource>, Failure> read_body(const BodyOptions& options, Io& io);

}  // namespace quivive::cli
