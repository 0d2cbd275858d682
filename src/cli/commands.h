#pragma once
// The functions behind the table of commands, one line each, grouped by the file that holds them.

#include "cli/command.h"

namespace quivive::cli {

// key_command.cc
int run_key_create(const Command& self, Arguments arguments, Io& io);
int run_key_list(const Command& self, Arguments arguments, Io& io);
int run_key_revoke(const Command& self, Arguments arguments, Io& io);
int run_key_rotate(const Command& self, Arguments arguments, Io& io);

// user_command.cc
int run_user_add(const Command& self, Arguments arguments, Io& io);
int run_user_passwd(const Command& self, Arguments arguments, Io& io);
int run_user_disable(const Command& self, Arguments arguments, Io& io);
int run_user_enable(const Command& self, Arguments arguments, Io& io);
int run_user_remove(const Command& self, Arguments arguments, Io& io);
int run_user_list(const Command& self, Arguments arguments, Io& io);

// token_revoke_command.cc
int run_token_revoke(const Command& self, Arguments arguments, Io& io);

}  // namespace quivive::cli
