#pragma once
// One sign-in, from what was asked to tokens that are kept: what `quivive login` does, and `quivive fetch --login` where there are no
// tokens that can be used.

#include "agent/deadline.h"
#include "agent/profile.h"
#include "cli/command.h"
#include "cli/options.h"

#include <optional>
#include <string>
#include <vector>

namespace quivive::cli {

struct AskedLogin {
  std::string profile = "default";
  std::string issuer, client_id, secret_file, ca_file, keep;
  std::vector<std::string> scopes, origins;
  std::string first_origin;  // where the token of a profile that is new may be sent, where `origins` says nothing; "" for anywhere
  bool secret_stdin = false, device = false, browser = false;
  bool adds_scopes = false;  // to those of the profile; otherwise they take their place
  // Where it is set: what the profile has been found to be. If it is another sign-in when it is read again, nobody is asked.
  std::optional<std::optional<agent::ProfileIdentity>> found;
  agent::Deadline until;  // nobody is waited for past it; what was got by then is kept, however long that takes
};

// --issuer, --client-id, --scope, --device and --browser. `needed`, unless null, is the option that they go with.
void add_sign_in_options(CLI::App& app, AskedLogin& asked, CLI::Option* needed);

[[nodiscard]] bool has_display();

[[nodiscard]] Failure changed_meanwhile(const AskedLogin& asked);

struct KeptSignIn {
  std::string told;     // lines for people: who, and where it is kept
  std::string warning;  // "", or what was left behind
};
// Waits for the person. A Failure has kept nothing, and says what to do: also where the profile is another sign-in by then than it was at first.
[[nodiscard]] Result<KeptSignIn, Failure> sign_in(const AskedLogin& asked, Io& io);

}  // namespace quivive::cli
