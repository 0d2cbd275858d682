#pragma once
// The Secret Service of freedesktop.org, on the user's session bus: GNOME Keyring, KWallet, KeePassXC. Asked through libsecret.

#include "agent/secret_vault.h"

namespace quivive::agent {

// The one of this process. Nothing is loaded, and nobody asked, before its first call. New items go into the service's default collection, with the
// attributes application (quivive), profile, folder and sign_in; they are found in whichever collection they lie.
[[nodiscard]] SecretVault& secret_service();

}  // namespace quivive::agent
