#include "cli/login_place.h"

#include "agent/secret_service.h"

namespace quivive::cli {
namespace {

using FileFault = agent::TokenFileError::Kind;

}  // namespace

Result<KnownProfile, agent::TokenFileError> look_up(const agent::ProfileStore& store, const agent::Deadline& until) {
  auto whole = store.read(agent::at_most(agent::kVaultPatience, until));
  if (whole) return KnownProfile{true, std::move(*whole), std::nullopt};
  const auto fault = whole.error().kind;
  if (fault == FileFault::Missing) return KnownProfile{};
  if (fault != FileFault::NoSecrets && fault != FileFault::Shut) return whole.error();
  auto rest = store.read_file();
  if (!rest) return rest.error();
  return KnownProfile{true, std::move(*rest), whole.error()};
}

Result<KeepingPlace, Failure> choose_place(const std::string& name, const std::string& asked, const KnownProfile& known, const agent::Deadline& until) {
  KeepingPlace out;
  std::optional<agent::Keeping> wanted;
  if (!asked.empty()) wanted = agent::keeping_of(asked);
  else if (known.before) wanted = known.profile.kept_in;
  if (wanted) out.keeping = *wanted;
  if (wanted == agent::Keeping::File) return out;
  // It was asked already, and one that hangs takes its time.
  if (known.without_secrets && known.without_secrets->kind == FileFault::Shut)
    return Failure{kFailed, fmt::format("{}; quivive login --profile {} --keep file moves it", known.without_secrets->message, name)};
  if (const auto ready = agent::secret_service().ready(agent::at_most(agent::kVaultPatience, until)); ready) out.keeping = agent::Keeping::SecretService;
  else if (wanted) return Failure{kFailed, "the tokens could not be kept in the Secret Service: " + ready.error().message};
  else if (ready.error().kind != agent::VaultError::Kind::Absent) out.why = ready.error().message;
  return out;
}

}  // namespace quivive::cli
