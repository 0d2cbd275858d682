#include "diagnose/rules/audiences.h"

#include "base/text.h"

#include <algorithm>
#include <array>

namespace quivive::diagnose::rules {
namespace {

struct KnownAudience {
  std::string_view audience, name, host;
};
// Application ids of Microsoft's own APIs, which they accept in place of their addresses.
constexpr auto kKnown = std::to_array<KnownAudience>({
    {"00000003-0000-0000-c000-000000000000", "Microsoft Graph", "graph.microsoft.com"},
    {"00000002-0000-0000-c000-000000000000", "Azure AD Graph", "graph.windows.net"},
    {"797f4846-ba00-4fd7-ba43-dac1f8f63013", "Azure Resource Manager", "management.azure.com"},
    {"cfa8b339-82a2-471a-a3c9-0fc0be7a4093", "Azure Key Vault", "vault.azure.net"},
    {"499b84ac-1321-427f-aa17-267ca6975798", "Azure DevOps", "dev.azure.com"},
    {"e406a681-f3d4-42a8-90b6-c2b029497af1", "Azure Storage", "storage.azure.com"},
    {"00000003-0000-0ff1-ce00-000000000000", "SharePoint Online", "sharepoint.com"},
    {"00000002-0000-0ff1-ce00-000000000000", "Exchange Online", "outlook.office365.com"},
    {"https://graph.microsoft.com", "Microsoft Graph", "graph.microsoft.com"},
    {"https://graph.microsoft.com/", "Microsoft Graph", "graph.microsoft.com"},
});

// Services whose audience is not their host's site: the end of the audience's host, the end of the request's.
struct Family {
  std::string_view audience, host;
};
constexpr auto kFamilies = std::to_array<Family>({
    {"storage.azure.com", ".core.windows.net"},
    {"management.core.windows.net", "management.azure.com"},
    {"management.azure.com", ".azure.com"},
    {"database.windows.net", ".windows.net"},
    {"servicebus.azure.net", ".servicebus.windows.net"},
    {"eventhubs.azure.net", ".servicebus.windows.net"},
    {"cosmos.azure.com", ".documents.azure.com"},
    {"vault.azure.net", ".vault.azure.net"},
    {"cognitiveservices.azure.com", ".azure.com"},
    {"analysis.windows.net", "api.powerbi.com"},
    {"api.fabric.microsoft.com", ".microsoft.com"},
    {"outlook.office.com", "outlook.office365.com"},
    {"outlook.office365.com", "outlook.office.com"},
    {"dev.azure.com", ".visualstudio.com"},
    {"dev.azure.com", "dev.azure.com"},
    {"sharepoint.com", ".sharepoint.com"},
    {"azuredatabricks.net", ".azuredatabricks.net"},
    {"oauth2.googleapis.com", ".google.com"},
    {"googleapis.com", ".googleapis.com"},
    {"atlassian.com", ".atlassian.net"},
    {"api.atlassian.com", ".atlassian.net"},
});

// Where applications of anybody run under the platform's name: the audience will be their own.
constexpr auto kPlatforms = std::to_array<std::string_view>({".amazonaws.com",
                                                             ".cloudfront.net",
                                                             ".on.aws",
                                                             ".awsapprunner.com",
                                                             ".elasticbeanstalk.com",
                                                             ".run.app",
                                                             ".cloudfunctions.net",
                                                             ".appspot.com",
                                                             ".gateway.dev",
                                                             ".endpoints.dev",
                                                             ".azurewebsites.net",
                                                             ".azure-api.net",
                                                             ".azurecontainerapps.io",
                                                             ".azurestaticapps.net",
                                                             ".cloudapp.azure.com",
                                                             ".azurefd.net",
                                                             ".trafficmanager.net",
                                                             ".herokuapp.com",
                                                             ".ngrok.io",
                                                             ".ngrok.app",
                                                             ".ngrok-free.app",
                                                             ".ngrok.dev",
                                                             ".vercel.app",
                                                             ".netlify.app",
                                                             ".fly.dev",
                                                             ".onrender.com",
                                                             ".railway.app",
                                                             ".workers.dev",
                                                             ".pages.dev",
                                                             ".trycloudflare.com",
                                                             ".github.dev",
                                                             ".gitpod.io",
                                                             ".loca.lt",
                                                             ".supabase.co",
                                                             ".hasura.app",
                                                             ".digitaloceanspaces.com",
                                                             ".ondigitalocean.app",
                                                             ".render.com",
                                                             ".deno.dev",
                                                             ".sslip.io",
                                                             ".nip.io"});

bool is_private_host(std::string_view host) {
  if (host.empty() || host.find('.') == std::string_view::npos || host.front() == '[') return true;
  if (host.find_first_not_of("0123456789.") == std::string_view::npos) return true;
  static constexpr auto kEnds =
      std::to_array<std::string_view>({".localhost", ".local", ".internal", ".svc", ".lan", ".home", ".corp", ".intranet", ".private"});
  return std::any_of(kEnds.begin(), kEnds.end(), [&](std::string_view end) { return host.ends_with(end); }) ||
         host.find(".svc.") != std::string_view::npos;
}

// The host that an audience names as an address, or "": a mere name, an id, api://….
std::string audience_host(std::string_view audience) {
  for (const KnownAudience& one : kKnown) {
    if (one.audience == audience) return std::string(one.host);
  }
  if (!audience.starts_with("https://") && !audience.starts_with("http://")) return "";
  const Url url = parse_url(audience);
  return is_private_host(url.host) ? "" : url.host;
}

bool ends_in(std::string_view host, std::string_view end) {
  if (host.size() < end.size() || !host.ends_with(end)) return end.starts_with('.') && host == end.substr(1);
  return host.size() == end.size() || end.front() == '.' || host[host.size() - end.size() - 1] == '.';
}

bool belongs(std::string_view audience, std::string_view host) {
  if (registrable_domain(audience) == registrable_domain(host) && !ends_in(audience, "graph.microsoft.com") &&
      !ends_in(host, "graph.microsoft.com"))
    return true;
  if (audience == host) return true;
  return std::any_of(kFamilies.begin(), kFamilies.end(),
                     [&](const Family& f) { return ends_in(audience, f.audience) && ends_in(host, f.host); });
}

struct EnvironmentWord {
  std::string_view word, environment;
};
constexpr auto kEnvironmentWords = std::to_array<EnvironmentWord>({{"dev", "development"},
                                                                   {"develop", "development"},
                                                                   {"development", "development"},
                                                                   {"test", "test"},
                                                                   {"testing", "test"},
                                                                   {"tst", "test"},
                                                                   {"qa", "QA"},
                                                                   {"uat", "UAT"},
                                                                   {"stage", "staging"},
                                                                   {"staging", "staging"},
                                                                   {"stg", "staging"},
                                                                   {"preprod", "pre-production"},
                                                                   {"sandbox", "the sandbox"},
                                                                   {"sbx", "the sandbox"},
                                                                   {"demo", "the demo"},
                                                                   {"integration", "integration"},
                                                                   {"canary", "canary"},
                                                                   {"acceptance", "acceptance"},
                                                                   {"acc", "acceptance"}});

// The environment among the words of `text`, divided at '.', '-', '_' and '/'.
std::string environment_in(std::string_view text) {
  while (!text.empty()) {
    const std::size_t end = text.find_first_of(".-_/");
    const std::string word = to_lower(text.substr(0, end));
    for (const EnvironmentWord& one : kEnvironmentWords) {
      if (one.word == word) return std::string(one.environment);
    }
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return "";
}

}  // namespace

std::string_view known_audience(std::string_view audience) {
  for (const KnownAudience& one : kKnown) {
    if (one.audience == audience) return one.name;
  }
  return "";
}

bool is_foreign_audience(std::span<const std::string> audience, std::string_view host) {
  if (audience.empty() || is_private_host(host)) return false;
  const bool on_platform = std::any_of(kPlatforms.begin(), kPlatforms.end(), [&](std::string_view end) { return host.ends_with(end); });
  for (const std::string& one : audience) {
    const std::string there = audience_host(one);
    if (there.empty() || belongs(there, host)) return false;
    // Only what is surely somebody else's API says something about an application that a platform hosts.
    if (on_platform && known_audience(one).empty()) return false;
  }
  return true;
}

std::string environment_of_host(std::string_view host) {
  if (host == "localhost" || host.ends_with(".localhost") || host == "[::1]" || host.starts_with("127.") || host == "host.docker.internal")
    return "local";
  const std::size_t dot = host.rfind('.');  // the last label is no name: example.test, example.dev
  return dot == std::string_view::npos ? "" : environment_in(host.substr(0, dot));
}

std::string environment_of_issuer(const Url& issuer) {
  if (issuer.host.empty()) return "";
  // Names of tenants there, given by default.
  for (const std::string_view end :
       {".auth0.com", ".okta.com", ".oktapreview.com", ".clerk.accounts.dev", ".amazonaws.com", ".b2clogin.com"}) {
    if (issuer.host.ends_with(end)) return "";
  }
  std::string out = environment_of_host(issuer.host);
  return out.empty() ? environment_in(issuer.path) : out;
}

}  // namespace quivive::diagnose::rules
