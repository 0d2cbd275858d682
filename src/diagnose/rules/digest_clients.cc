#include "diagnose/rules/digest_clients.h"

#include "base/text.h"
#include "diagnose/rules/digest_detail.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace quivive::diagnose::digest_detail {
namespace {

constexpr std::string_view kRequestsAlgorithms = " md5 md5-sess sha sha-256 sha-512 ";
constexpr std::string_view kHttpxAlgorithms = " md5 md5-sess sha sha-sess sha-256 sha-256-sess sha-512 sha-512-sess ";

struct KnownClient {
  std::string_view product;  // how its User-Agent begins, lower case
  ClientLimits limits;
};
constexpr auto kClients = std::to_array<KnownClient>({
    {"python-requests/", {"requests", kRequestsAlgorithms, true, false, true}},
    {"httpie/", {"HTTPie", kRequestsAlgorithms, true, false, true}},
    {"python-httpx/", {"httpx", kHttpxAlgorithms, false, true, true}},
    {"bruno", {"Bruno", " md5 ", false, true, true}},
    {"wget/", {"Wget", " md5 md5-sess ", false, false, true}},
});

// As requests does it: `"auth" in qop.split(",")`.
bool holds_untrimmed_auth(std::string_view list) {
  for (;;) {
    const std::size_t comma = list.find(',');
    if (list.substr(0, comma) == "auth") return true;
    if (comma == std::string_view::npos) return false;
    list.remove_prefix(comma + 1);
  }
}

}  // namespace

const ClientLimits* client_limits(const Facts& facts, std::string_view tool) {
  const std::string agent = to_lower(facts.request_field("user-agent"));
  const std::string written_by = to_lower(tool);
  for (const KnownClient& client : kClients) {
    if (agent.starts_with(client.product)) return &client.limits;
    if (agent.empty() && written_by.starts_with(client.product.substr(0, client.product.find('/')))) return &client.limits;
  }
  return nullptr;
}

std::optional<Obstacle> obstacle(const ClientLimits& client, const http::Challenge& challenge, std::string_view line) {
  const std::string qop = param(challenge, "qop");
  const std::vector<std::string> values = qop_values(qop);
  const bool has_auth = std::find(values.begin(), values.end(), "auth") != values.end();
  if (client.first_challenge_only && !to_lower(trim_ows(line)).starts_with("digest")) {
    return Obstacle{
        Cause::DigestNotFirst,
        fmt::format("Digest stands behind another challenge in one header line, and {} looks only at lines that begin with Digest.",
                    client.name),
        "Send each challenge in a WWW-Authenticate line of its own, Digest first, or use curl --digest.", "Digest"};
  }
  if (client.algorithms.find(' ' + to_lower(algorithm_of(challenge)) + ' ') == std::string_view::npos) {
    return Obstacle{
        Cause::DigestAlgorithm,
        fmt::format("The server asks for a digest with {}, which {} cannot do, so it sends none.", algorithm_of(challenge), client.name),
        "Use curl --digest or another client with that algorithm, or let the server offer one that the client knows beside it.",
        std::string(algorithm_of(challenge))};
  }
  if (!values.empty() && !has_auth && client.no_auth_int) {
    return Obstacle{Cause::DigestAuthIntOnly,
                    fmt::format("The server offers Digest with qop=auth-int only, which {} cannot do, so it sends no answer.", client.name),
                    "Offer qop=\"auth,auth-int\" on the server, or use a client that can do auth-int.", qop};
  }
  if (client.splits_qop_untrimmed && has_auth && !holds_untrimmed_auth(qop)) {
    return Obstacle{
        Cause::DigestQopParse,
        fmt::format("{} does not find auth in qop=\"{}\": it splits the list at commas and keeps the space, so it sends no answer.",
                    client.name, qop),
        "Write the list without spaces or with auth first (qop=\"auth,auth-int\") on the server, or use httpx or curl --digest.", qop};
  }
  return std::nullopt;
}

}  // namespace quivive::diagnose::digest_detail
