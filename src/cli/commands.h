#pragma once
// The functions behind the table of commands, one line each, grouped by the file that holds them.

#include "cli/command.h"
#include "gateway/deployment.h"

namespace quivive::cli {

// serve_command.cc, demo_command.cc, explain_command.cc, reload_command.cc, reference_command.cc
int run_serve(const Command& self, Arguments arguments, Io& io);
int run_demo(const Command& self, Arguments arguments, Io& io);
int run_reload(const Command& self, Arguments arguments, Io& io);
int run_explain(const Command& self, Arguments arguments, Io& io);
int run_lockout_list(const Command& self, Arguments arguments, Io& io);
int run_lockout_clear(const Command& self, Arguments arguments, Io& io);
int run_reference(const Command& self, Arguments arguments, Io& io);

// check_command.cc
int run_check(const Command& self, Arguments arguments, Io& io);
// Makes everything ready that serving needs, but starts nothing. kDone or kWrong.
int check_deployment(const config::Config& config, Io& io);
// For a reload: the faults are lines.
[[nodiscard]] Result<config::Config, gateway::DeployFaults> reread_config(const std::string& file);

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

// session_command.cc
int run_session_list(const Command& self, Arguments arguments, Io& io);
int run_session_revoke(const Command& self, Arguments arguments, Io& io);

// token_revoke_command.cc
int run_token_revoke(const Command& self, Arguments arguments, Io& io);

// client_command.cc
int run_client_create(const Command& self, Arguments arguments, Io& io);
int run_client_list(const Command& self, Arguments arguments, Io& io);
int run_client_revoke(const Command& self, Arguments arguments, Io& io);

// token_mint_command.cc
int run_token_mint(const Command& self, Arguments arguments, Io& io);

// token_decode_command.cc, token_verify_command.cc
int run_token_decode(const Command& self, Arguments arguments, Io& io);
int run_token_verify(const Command& self, Arguments arguments, Io& io);

// why_command.cc
int run_why(const Command& self, Arguments arguments, Io& io);

// fetch_command.cc
int run_fetch(const Command& self, Arguments arguments, Io& io);

// profile_command.cc, login_command.cc
int run_token_print(const Command& self, Arguments arguments, Io& io);
int run_whoami(const Command& self, Arguments arguments, Io& io);
int run_logout(const Command& self, Arguments arguments, Io& io);
int run_login(const Command& self, Arguments arguments, Io& io);

// challenge_command.cc, credentials_command.cc
int run_challenge_parse(const Command& self, Arguments arguments, Io& io);
int run_credentials_parse(const Command& self, Arguments arguments, Io& io);

}  // namespace quivive::cli
