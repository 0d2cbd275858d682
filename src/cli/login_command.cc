// quivive login

#include "cli/commands.h"
#include "cli/login_flow.h"
#include "cli/options.h"
#include "cli/show.h"

namespace quivive::cli {

int run_login(const Command& self, Arguments arguments, Io& io) {
  Options options(self);
  AskedLogin asked;
  CLI::App& app = options.app();
  add_sign_in_options(app, asked, nullptr);
  auto* from_stdin = app.add_flag("--client-secret-stdin", asked.secret_stdin,
                                  "reads the client's secret, if it has one, from the first line of standard input");
  app.add_option("--client-secret-file", asked.secret_file, "reads it from that file")->type_name("FILE")->excludes(from_stdin);
  app.add_option("--origin", asked.origins, "where the token may be sent, and nowhere else; repeat for more")
      ->type_name("URL")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  app.add_option("--profile", asked.profile, "the name to keep it under; default unless given")->type_name("NAME");
  app.add_option(
         "--keep", asked.keep,
         "where its tokens are kept: file, or secret-service (GNOME Keyring, KWallet, KeePassXC); unless given, where they were, or in the "
         "Secret Service if there is one that is unlocked")
      ->type_name("WHERE");
  app.add_option("--cacert", asked.ca_file, "trusts these certificates instead of the system's")->type_name("FILE");
  if (const auto status = options.parse(arguments, io)) return *status;

  const auto kept = sign_in(asked, io);
  if (!kept) return fail(self, kept.error(), io);
  io.out << kept->told;
  if (!kept->warning.empty()) io.err << fmt::format("quivive {}: {}\n", self.name, kept->warning);
  return kDone;
}

}  // namespace quivive::cli
