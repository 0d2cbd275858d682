#pragma once
// How the tokens of a sign-in are ended at the issuer: those of a profile that is given up, and those that could not be kept.

#include "agent/profile.h"

#include <string>

namespace quivive::cli {

// "" where the issuer revoked them, or there is none; otherwise why not: one line. The refresh token goes, and with it what it was good for (RFC 7009
// section 2.1). `ca_file` is "" for the system's.
[[nodiscard]] std::string revoke(const agent::Profile& profile, const std::string& ca_file);

}  // namespace quivive::cli
