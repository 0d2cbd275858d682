#pragma once
// Audiences, issuers and hosts: which of them belong together. Careful: an audience is a name that an API chose, and only
// where it is the address of somebody else does it say anything.

#include "diagnose/url.h"

#include <span>
#include <string>
#include <string_view>

namespace quivive::diagnose::rules {

// What a well-known audience that is no address stands for: "Microsoft Graph" for 00000003-0000-0000-c000-000000000000;
// "" where it is not known.
[[nodiscard]] std::string_view known_audience(std::string_view audience);

// Whether every one of `audience` is the address of a service that has nothing to do with `host`. False where any of them
// could be a mere name, and for hosts that are addresses of a platform, of a cluster or of this machine.
[[nodiscard]] bool is_foreign_audience(std::span<const std::string> audience, std::string_view host);

// "staging", "development", "test", "local", …; "" where the host names none (production, presumably).
[[nodiscard]] std::string environment_of_host(std::string_view host);
// The same for an issuer, whose path counts too (Keycloak's realm); "" also for tenants whose names mean nothing.
[[nodiscard]] std::string environment_of_issuer(const Url& issuer);

}  // namespace quivive::diagnose::rules
