// The table of commands: a row here and a function in a file of its own make a command.

#include "cli/command.h"
#include "cli/commands.h"

namespace quivive::cli {

std::span<const Command> all_commands() {
  static constexpr Command commands[] = {
      {"serve", "Runs the gateway.", "quivive serve --upstream http://127.0.0.1:9000", run_serve},
      {"demo", "Runs the gateway in front of a small API, and prints commands to try.", "quivive demo", run_demo},
      {"check", "Says what is wrong or doubtful about a configuration.", "quivive check quivive.yaml", run_check},
      {"reload", "Makes a running gateway read its configuration again.", "quivive reload", run_reload},
      {"explain", "Says why a running gateway refused a request.", "quivive explain k3v9q2m8x0ab", run_explain},
      {"key create", "Makes an API key and prints it, once.", "quivive key create --owner billing --scope orders:read --expires 90d", run_key_create},
      {"key list", "Lists API keys: whose they are, what they may do, when they were last used.", "quivive key list", run_key_list},
      {"key revoke", "Ends an API key now.", "quivive key revoke 7Hk2m9PqRs", run_key_revoke},
      {"key rotate", "Replaces an API key; both work until the overlap ends.", "quivive key rotate 7Hk2m9PqRs --overlap 24h", run_key_rotate},
      {"user add", "Adds a user who signs in with a password.", "quivive user add alice --role admin", run_user_add},
      {"user passwd", "Sets a user's password.", "quivive user passwd alice", run_user_passwd},
      {"user disable", "Refuses a user until enabled again.", "quivive user disable alice", run_user_disable},
      {"user enable", "Lets a disabled user in again.", "quivive user enable alice", run_user_enable},
      {"user remove", "Removes a user.", "quivive user remove alice", run_user_remove},
      {"user list", "Lists users.", "quivive user list", run_user_list},
      {"lockout list", "Lists who has to wait after wrong passwords, in a running gateway.", "quivive lockout list", run_lockout_list},
      {"lockout clear", "Lets them try again at once.", "quivive lockout clear --user alice", run_lockout_clear},
      {"session list", "Lists who is signed in by a cookie: since when, last seen when, from where.", "quivive session list --user alice", run_session_list},
      {"session revoke", "Ends a session now, or all of a user's.", "quivive session revoke 5e884898da280471", run_session_revoke},
      {"client create", "Makes an OAuth client of the token service, and prints its secret, once.", "quivive client create billing --scope orders:read", run_client_create},
      {"client list", "Lists OAuth clients: how they prove who they are, and what they may ask for.", "quivive client list", run_client_list},
      {"client revoke", "Ends a client now, with all its tokens.", "quivive client revoke billing", run_client_revoke},
      {"token mint", "Makes an access token of the token service without anybody signing in: for development and tests.",
       "quivive token mint --subject alice --scope orders:read", run_token_mint},
      {"token revoke", "Refuses tokens that verify: one, all of a subject, or all before an instant.",
       "quivive token revoke --issuer https://id.example.com --subject 248289761001", run_token_revoke},
      {"token decode", "Shows what a JWT says, and verifies nothing.", "quivive token decode eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJhbGljZSJ9.c2lnbmF0dXJl", run_token_decode},
      {"token verify", "Verifies a JWT's signature and claims, and names every failure.",
       "quivive token verify --jwks jwks.json --audience https://api.example.com TOKEN", run_token_verify},
      {"why", "Says why a request was refused, how certain that is, and how to mend it.", "quivive why https://api.example.com/v1/orders", run_why},
      {"fetch", "Asks a URL with your credentials, and says why where it is refused.", "quivive fetch --profile work https://api.example.com/v1/orders", run_fetch},
      {"login", "Signs in at an issuer and keeps the tokens under a name.",
       "quivive login --issuer https://id.example.com --client-id cli --origin https://api.example.com --profile work", run_login},
      {"whoami", "Shows what a sign-in holds: issuer, subject, scopes, when it ends. Opens no connection.", "quivive whoami --profile work", run_whoami},
      {"logout", "Revokes a sign-in's tokens and forgets them.", "quivive logout --profile work", run_logout},
      {"token print", "Prints a sign-in's access token, refreshed if it is due.", "quivive token print --profile work", run_token_print},
      {"challenge parse", "Reads WWW-Authenticate lines, and says what is wrong with them.",
       "quivive challenge parse 'Basic realm=\"api\", Bearer'", run_challenge_parse},
      {"credentials parse", "Reads an Authorization value, and says what is wrong with it.",
       "quivive credentials parse 'Basic YWxpY2U6c2VjcmV0'", run_credentials_parse},
      {"reference", "Prints a reference: configuration, schema or metrics.", "quivive reference configuration", run_reference},
  };
  return commands;
}

}  // namespace quivive::cli
