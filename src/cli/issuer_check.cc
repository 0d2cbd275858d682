#include "cli/issuer_check.h"

#include "base/text.h"

#include <algorithm>

namespace quivive::cli {

std::vector<std::string> issuers_of(const config::Config& config) {
  std::vector<std::string> out;
  if (config.accept.bearer) {
    for (const config::Issuer& one : config.accept.bearer->issuers) out.push_back(one.issuer);
  }
  if (config.issuer && std::ranges::find(out, config.issuer->url) == out.end()) out.push_back(config.issuer->url);
  return out;
}

Result<void, Failure> check_issuer(const config::Config& config, std::string_view issuer, const std::vector<std::string>& known) {
  if (std::ranges::find(known, issuer) != known.end()) return {};
  const std::string file = printable(config.file);
  if (known.empty()) return Failure{kWrong, fmt::format("{} configures no issuer; with --store sqlite:PATH in its place nobody checks that", file)};
  const std::vector<std::string_view> candidates(known.begin(), known.end());
  const auto near = closest(issuer, candidates);
  return Failure{kWrong, fmt::format("no issuer '{}' is configured in {}; {}", printable(issuer, 200), file,
                                     near.empty() ? "there is " + fmt::format("{}", fmt::join(known, ", ")) : fmt::format("did you mean '{}'?", near))};
}

void tell_unchecked(const Command& self, std::string_view issuer, Io& io) {
  io.err << fmt::format("quivive {}: nothing was read that says whether a gateway takes tokens of the issuer '{}': a revocation counts for exactly that name; "
                        "--config FILE checks it\n",
                        self.name, printable(issuer, 200));
}

}  // namespace quivive::cli
