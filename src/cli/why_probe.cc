#include "cli/why_probe.h"

#include "base/text.h"
#include "cli/why_live.h"
#include "diagnose/facts.h"

#include <algorithm>

namespace quivive::cli {
namespace {

using diagnose::Probe;
using net::TransferPlan;

std::string_view name_of_line(std::string_view line) { return trim_ows(line.substr(0, line.find_first_of(":;"))); }

bool carries_credentials(std::string_view line) {
  const std::string_view name = name_of_line(line);
  return iequals(name, "Authorization") || iequals(name, "Cookie") || diagnose::is_key_name(name);
}

// The same request, harmless: a method that changes nothing, no body, no redirect that could lead elsewhere.
TransferPlan harmless(const TransferPlan& plan) {
  TransferPlan out = plan;
  out.body.reset();
  out.follow = false;
  out.method = plan.method == "OPTIONS" ? "OPTIONS" : "";
  std::erase_if(out.headers, [](const std::string& line) {
    return iequals(name_of_line(line), "Content-Type") || iequals(name_of_line(line), "Content-Length");
  });
  return out;
}

TransferPlan without_credentials(TransferPlan plan) {
  plan.user.reset();
  plan.bearer.reset();
  plan.cookie.reset();
  plan.aws_sigv4.reset();
  plan.certificate.clear();
  plan.key.clear();
  plan.basic = plan.digest = plan.ntlm = plan.negotiate = plan.any_auth = plan.netrc = false;
  std::erase_if(plan.headers, carries_credentials);
  // User info in the URL counts as -u.
  const std::size_t start = plan.url.find("://") + 3;
  const std::size_t end = plan.url.find_first_of("/?#", start);
  const std::size_t at = plan.url.rfind('@', end == std::string::npos ? plan.url.size() : end);
  if (at != std::string::npos && at >= start) plan.url.erase(start, at + 1 - start);
  return plan;
}

// Of the same form and certainly not issued: letters and digits are turned around by a fixed step.
std::string spoilt(std::string_view secret) {
  std::string out(secret);
  for (char& c : out) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>('a' + (c - 'a' + 13) % 26);
    else if (c >= 'A' && c <= 'Z') c = static_cast<char>('A' + (c - 'A' + 13) % 26);
    else if (c >= '0' && c <= '9') c = static_cast<char>('0' + (c - '0' + 5) % 10);
  }
  return out;
}

TransferPlan with_wrong_credentials(TransferPlan plan) {
  if (plan.user) {
    const std::string pair(plan.user->reveal(RevealSecret{}));
    const std::size_t colon = pair.find(':');
    plan.user = Secret(pair.substr(0, colon) + ":" + (colon == std::string::npos ? "x" : spoilt(pair.substr(colon + 1)) + "x"));
  }
  if (plan.bearer) plan.bearer = Secret(spoilt(plan.bearer->reveal(RevealSecret{})));
  for (std::string& line : plan.headers) {
    if (!carries_credentials(line) || iequals(name_of_line(line), "Cookie")) continue;
    const std::size_t colon = line.find(':');
    if (colon == std::string::npos) continue;
    const std::string_view value = trim_ows(std::string_view(line).substr(colon + 1));
    const std::size_t space = value.find(' ');
    const std::string scheme = space == std::string_view::npos ? "" : std::string(value.substr(0, space)) + ' ';
    // A JWT keeps its header and payload: it is the signature that has to be wrong.
    const std::string_view rest = space == std::string_view::npos ? value : value.substr(space + 1);
    const std::size_t dot = rest.rfind('.');
    const std::string wrong = rest.starts_with("eyJ") && dot != std::string_view::npos
                                  ? std::string(rest.substr(0, dot + 1)) + spoilt(rest.substr(dot + 1))
                                  : spoilt(rest);
    line = std::string(line.substr(0, colon)) + ": " + scheme + wrong;
  }
  return plan;
}

void send(std::vector<Probe>& out, Probe::Kind kind, std::string scheme, const TransferPlan& plan) {
  auto performed = perform(plan, {});
  if (!performed || performed->capture.exchanges.empty()) return;
  // Digest and the like take two exchanges; the last one is the answer.
  out.push_back({kind, std::move(scheme), std::move(performed->capture.exchanges.back())});
}

}  // namespace

std::vector<Probe> probe(const TransferPlan& plan, const diagnose::Capture& capture) {
  const diagnose::Expectations expected;
  const auto facts = diagnose::gather_facts(capture, expected);
  const auto last = std::find_if(facts.rbegin(), facts.rend(), [](const diagnose::Facts& f) { return f.is_refused(); });
  if (last == facts.rend() || last->request() == nullptr || last->credentials.empty() || last->exchange->to_proxy) return {};
  // Threat: credentials must not reach another origin than the one that they were typed for.
  const diagnose::Url asked = diagnose::parse_url(plan.url);
  if (last->request()->url.host != asked.host || last->request()->url.effective_port() != asked.effective_port()) return {};

  std::vector<Probe> out;
  const TransferPlan base = harmless(plan);
  send(out, Probe::Kind::WithoutCredentials, "", without_credentials(base));
  send(out, Probe::Kind::WrongCredentials, "", with_wrong_credentials(base));
  const bool offers_digest = last->challenge("Digest") != nullptr;
  if (plan.user && offers_digest && !plan.digest && !plan.any_auth) {
    TransferPlan other = base;
    other.basic = false;
    other.digest = true;
    send(out, Probe::Kind::OtherScheme, "Digest", other);
  }
  return out;
}

}  // namespace quivive::cli
