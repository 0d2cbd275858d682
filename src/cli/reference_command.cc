// quivive reference NAME: the pages and the schema that are made from the lists in the source.

#include "cli/commands.h"
#include "cli/options.h"
#include "config/reference.h"
#include "gateway/metrics.h"

namespace quivive::cli {

int run_reference(const Command& self, Arguments arguments, Io& io) {
  std::string name;
  Options options(self);
  options.add_positional("NAME", name, "configuration, schema or metrics");
  if (const auto status = options.parse(arguments, io)) return *status;
  if (name == "configuration") {
    io.out << config::reference_markdown();
  } else if (name == "schema") {
    io.out << config::json_schema();
  } else if (name == "metrics") {
    io.out << gateway::metrics_markdown();
  } else {
    return fail(self, {kWrong, "there are configuration, schema and metrics"}, io);
  }
  return kDone;
}

}  // namespace quivive::cli
