// quivive fetch URL

#include "cli/commands.h"
#include "cli/fetch_call.h"
#include "cli/fetch_options.h"
#include "cli/show.h"

namespace quivive::cli {

int run_fetch(const Command& self, Arguments arguments, Io& io) {
  Options options(self);
  FetchOptions asked;
  add_fetch_options(options, asked);
  if (const auto status = options.parse(arguments, io)) return *status;
  auto target = read_target(asked);
  if (!target) return fail(self, target.error(), io);
  FetchCall call(self, asked, std::move(*target), io);
  if (const auto ready = call.prepare(); !ready) return fail(self, ready.error(), io);
  call.send();
  if (const auto again = call.sign_in_and_send_again(); !again) return fail(self, again.error(), io);
  return call.tell();
}

}  // namespace quivive::cli
