#pragma once
// Where `quivive login` keeps its tokens: what is there under the name already, and what --keep says.

#include "agent/deadline.h"
#include "agent/profile_store.h"
#include "cli/command.h"

#include <optional>
#include <string>

namespace quivive::cli {

// What is known under a name from before.
struct KnownProfile {
  bool before = false;
  agent::Profile profile;                               // without secrets where they cannot be had
  std::optional<agent::TokenFileError> without_secrets;  // why not; a new sign-in may still take its place
};
// Waits for a keyring, but not past `until`; likewise below.
[[nodiscard]] Result<KnownProfile, agent::TokenFileError> look_up(const agent::ProfileStore& store, const agent::Deadline& until);

struct KeepingPlace {
  agent::Keeping keeping = agent::Keeping::File;
  std::string why;  // where the Secret Service would have been taken, but for this; "" otherwise
};
// `name` is the profile's; `asked` is "" or a name of a Keeping. A Failure where it, or what is known, wants a place where nothing can be kept now.
[[nodiscard]] Result<KeepingPlace, Failure> choose_place(const std::string& name, const std::string& asked, const KnownProfile& known, const agent::Deadline& until);

}  // namespace quivive::cli
