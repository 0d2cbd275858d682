// Whose key it is, by its beginning, against whose host it went to; and of which mode.

#include "base/text.h"
#include "diagnose/rules/key_detail.h"
#include "diagnose/sent_value.h"
#include "diagnose/vendors.h"
#include "diagnose/wording.h"

#include <algorithm>
#include <array>

namespace quivive::diagnose::rules {
namespace {

bool is_local(std::string_view host) {
  return host.empty() || host == "localhost" || host.starts_with("127.") || host.starts_with("10.") || host.starts_with("192.168.") ||
         host.starts_with("[") || host.ends_with(".local") || host.ends_with(".internal") || host.find('.') == std::string_view::npos;
}

// Vendors whose software others run under names of their own, or whose tokens proxies take in their stead.
bool may_run_anywhere(const VendorToken& token, std::string_view host) {
  if (token.vendor == "GitLab") return true;
  if (token.vendor == "GitHub")
    return host.find("git") != std::string_view::npos || host.find("ghe") != std::string_view::npos ||
           host.find("azure") != std::string_view::npos;
  if (token.vendor == "npm" || token.vendor == "AWS") return true;  // mirrors; anything that speaks S3
  return host.find("proxy") != std::string_view::npos || host.find("gateway") != std::string_view::npos ||
         host.find("litellm") != std::string_view::npos;
}

void other_vendor(const Facts& facts, const SentCredential& c, const std::string& secret, Report& report) {
  if (c.place == Place::Cookie || c.place == Place::Form || c.place == Place::UserInfo || c.place == Place::ProxyAuthorization) return;
  const std::string& host = facts.request()->url.host;
  const VendorHost* owner = find_vendor_host(host);
  const VendorToken* token = find_vendor_token(secret);
  std::string what, mark;
  if (token != nullptr) {
    const bool foreign = owner != nullptr
                             ? owner->vendor != token->vendor &&
                                   (!token->hosts.empty() || token->vendor == "Stripe" || token->vendor == "OpenAI") &&
                                   !is_for_host(*token, host)
                             : facts.is_refused() && !is_for_host(*token, host) && !is_local(host) && !may_run_anywhere(*token, host);
    const bool generic =
        token->prefix == "sk-" && owner != nullptr &&
        (owner->vendor == "Anthropic" || owner->vendor == "Google" || owner->vendor == "GitHub" || owner->vendor == "Stripe");
    if (!foreign && !generic) return;
    what = "a " + std::string(token->vendor) + " " + std::string(token->kind) + " (" + std::string(token->prefix) + "…)";
    mark = token->prefix;
  } else if (owner != nullptr && !owner->takes_jwt && c.token && c.place == Place::Authorization && c.token->header_read) {
    what = "a JWT (eyJ…)";
    mark = "eyJ";
  } else {
    return;
  }
  // A service that others integrate with may carry a foreign token on purpose; its own host never asks for one.
  report.fault(Cause::VendorPrefixMismatch, Certainty::Probable, facts)
      .summary("The credential is " + what + ", and the request goes to " +
               (owner != nullptr ? std::string(owner->vendor) + " (" + host + ")." : host + "."))
      .fix(owner != nullptr ? "Use a key that " + std::string(owner->vendor) + " issued; check which environment variable the client reads."
                            : "Use a credential of the service at " + host + "; check which environment variable the client reads.")
      .see(std::string(part_of(c)), c.name, c.value, mark);
}

bool holds(std::string_view text, std::string_view piece) { return text.find(piece) != std::string_view::npos; }

void publishable(const Facts& facts, const SentCredential& c, const std::string& secret, Report& report) {
  struct Row {
    std::string_view prefix, instead;
  };
  static constexpr auto kRows = std::to_array<Row>({{"pk_live_", "sk_live_ or rk_live_"},
                                                    {"pk_test_", "sk_test_ or rk_test_"},
                                                    {"pk.eyJ", "sk.eyJ"},
                                                    {"sb_publishable_", "sb_secret_"},
                                                    {"phc_", "phx_"}});
  const auto row = std::find_if(kRows.begin(), kRows.end(),
                                [&](const Row& one) { return secret.starts_with(one.prefix) && secret.size() > one.prefix.size() + 8; });
  if (row == kRows.end() || facts.answer == Answer::Accepted) return;
  const std::string& path = facts.request()->url.path;
  // What publishable keys are for: a browser, and the calls that make tokens.
  const bool made_for = !facts.request_field("origin").empty() || path.starts_with("/v1/tokens") || path.starts_with("/v1/sources") ||
                        path.ends_with("/confirm") || path.starts_with("/v1/elements") || path.starts_with("/v1/payment_methods");
  const bool said = facts.server_says("publishable");
  const bool known = facts.request()->url.host == "api.stripe.com" || facts.is_refused();
  if ((made_for || !known) && !said) return;
  auto entry = report.fault(Cause::PublishableKeyAsSecret, Certainty::Certain, facts);
  entry
      .summary("The key begins with " + std::string(row->prefix) +
               ": it is a publishable key, for browsers and apps, and this call needs a secret one.")
      .fix("Use the key that begins with " + std::string(row->instead) + " on the server, and keep it out of browsers and repositories.")
      .see(std::string(part_of(c)), c.name, c.value, std::string(row->prefix));
  if (said) entry.server_said();
}

bool has_label(std::string_view host, std::initializer_list<std::string_view> words) {
  while (!host.empty()) {
    const std::string_view label = host.substr(0, host.find_first_of(".-"));
    if (std::find(words.begin(), words.end(), label) != words.end()) return true;
    host.remove_prefix(std::min(host.size(), label.size() + 1));
  }
  return false;
}

enum class Mode { Unknown, Test, Live };

Mode mode_of_key(std::string_view secret) {
  struct Row {
    std::string_view prefix;
    Mode mode;
  };
  static constexpr auto kRows = std::to_array<Row>(
      {{"sk_test_", Mode::Test},           {"sk_live_", Mode::Live},  {"rk_test_", Mode::Test},        {"rk_live_", Mode::Live},
       {"pk_test_", Mode::Test},           {"pk_live_", Mode::Live},  {"access-sandbox-", Mode::Test}, {"access-development-", Mode::Test},
       {"access-production-", Mode::Live}, {"test_", Mode::Test},     {"live_", Mode::Live},           {"rzp_test_", Mode::Test},
       {"rzp_live_", Mode::Live},          {"key_test_", Mode::Test}, {"key_live_", Mode::Live},       {"sandbox_", Mode::Test},
       {"production_", Mode::Live},        {"tok_test_", Mode::Test}, {"tok_live_", Mode::Live},       {"sandbox-", Mode::Test}});
  for (const Row& row : kRows) {
    if (secret.starts_with(row.prefix) && secret.size() > row.prefix.size() + 6) return row.mode;
  }
  return Mode::Unknown;
}

void other_mode(const Facts& facts, const SentCredential& c, const std::string& secret, Report& report) {
  const Mode key = mode_of_key(secret);
  if (key == Mode::Unknown || !facts.is_refused()) return;
  const Url& url = facts.request()->url;
  const bool said = facts.server_says("test mode key was used") || facts.server_says("live mode key was used") ||
                    facts.server_says("exists in live mode") || facts.server_says("exists in test mode") ||
                    facts.server_says("live key was used") || facts.server_says("test key was used");
  Mode there = Mode::Unknown;
  std::string where = url.host;
  if (has_label(url.host, {"sandbox", "test", "staging", "dev", "uat", "testing"})) there = Mode::Test;
  else if (has_label(url.host, {"live", "prod", "production"})) there = Mode::Live;
  const std::string all = url.path + "?" + url.query + " " + facts.request()->body;
  for (const auto& [piece, mode] : {std::pair<std::string_view, Mode>{"_test_", Mode::Test}, {"_live_", Mode::Live}}) {
    std::string others = all;
    for (std::size_t at = others.find(secret); at != std::string::npos; at = others.find(secret)) others.erase(at, secret.size());
    if (there == Mode::Unknown && holds(others, piece)) {
      there = mode;
      where = "an object of it in the request";
    }
  }
  if (!said && (there == Mode::Unknown || there == key)) return;
  const std::string mine = key == Mode::Test ? "test" : "live", other = key == Mode::Test ? "live" : "test";
  auto entry = report.fault(Cause::KeyModeMismatch, said ? Certainty::Certain : Certainty::Probable, facts);
  entry
      .summary(
          "The key is of " + mine + " mode, and " +
          (said ? "the server says that the object is of the other mode." : "the request is about " + other + " mode (" + where + ")."))
      .fix("Use the " + other + " key there, or the " + mine + " host and objects with this key: the two never mix.")
      .see(std::string(part_of(c)), c.name, c.value, secret.substr(0, std::min(secret.find_last_of("_-", 18), secret.size()) + 1));
  if (said) entry.server_said();
}

}  // namespace

void key_vendor(const Context& context, const Facts& facts, Report& report) {
  for (const SentCredential& c : facts.credentials) {
    if (is_filled_by_shell(context.capture, facts, c)) continue;
    const std::string secret = bare_secret(c);
    if (kind_of_value(secret) != ValueKind::Plain) continue;
    publishable(facts, c, secret, report);
    other_mode(facts, c, secret, report);
    if (!report.has(Cause::PublishableKeyAsSecret, facts)) other_vendor(facts, c, secret, report);
  }
}

}  // namespace quivive::diagnose::rules
