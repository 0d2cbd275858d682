#include "base/text.h"
#include "config/decode.h"
#include "config/readers.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

namespace quivive::config {
namespace {

constexpr std::string_view kOwnPaths = "/.quivive/";
constexpr std::size_t kMostRoutes = 1000;

std::string_view name_of(Scheme scheme) {
  switch (scheme) {
    case Scheme::Digest: return "digest";
    case Scheme::Bearer: return "bearer";
    case Scheme::ApiKey: return "api_key";
    case Scheme::Session: return "session";
    case Scheme::Basic: return "basic";
  }
  return {};
}

bool is_configured(const Accept& accept, Scheme scheme) {
  switch (scheme) {
    case Scheme::Digest: return accept.digest.has_value();
    case Scheme::Bearer: return accept.bearer.has_value();
    case Scheme::ApiKey: return accept.api_key.has_value();
    case Scheme::Session: return accept.session.has_value();
    case Scheme::Basic: return accept.basic.has_value();
  }
  return false;
}

std::vector<Scheme> configured(const Accept& accept) {
  std::vector<Scheme> out;
  for (const Scheme scheme : {Scheme::Digest, Scheme::Bearer, Scheme::ApiKey, Scheme::Session, Scheme::Basic}) {
    if (is_configured(accept, scheme)) out.push_back(scheme);
  }
  return out;
}

// A public route asks for nothing: settings that say otherwise show that two people meant two things.
void read_public(const Section& section, const Route& route) {
  for (const std::string_view name : {"accept", "require"}) {
    if (section.has(name)) {
      section.report().error(section.at(name), section.path_of(name), fmt::format("has no effect on a public route; take away `public: true` or `{}`", name));
    }
  }
  if (route.mode == Mode::Observe) section.report().error(section.at("mode"), section.path_of("mode"), "has no effect on a public route");
}

void read_schemes(const Section& section, const Accept& accept, Route& out) {
  if (!section.has("accept")) {
    out.accept = configured(accept);
    return;
  }
  section.read("accept", out.accept);
  for (const Scheme scheme : out.accept) {
    if (is_configured(accept, scheme)) continue;
    section.report().error(section.at("accept"), section.path_of("accept"),
                           fmt::format("'{0}' is not configured; add it under accept, as accept.{0}", name_of(scheme)));
  }
  std::sort(out.accept.begin(), out.accept.end());
}

void read_require(const Section& section, Route& out) {
  if (!section.given() || section.wrong()) return;
  section.read("scope", out.require.scope);
  section.read("role", out.require.role);
  section.read("claim", out.require.claims);
  if (!section.has("scope") && !section.has("role") && !section.has("claim")) {
    section.report().error(section.at(), section.path(), "requires nothing; give scope, role or claim, or leave it out");
    return;
  }
  const auto unmet = [&](std::string_view name, std::string_view who) {
    section.report().warning(section.at(name), section.path_of(name), fmt::format("only {} can meet this, and none is accepted here: every request gets 403", who));
  };
  if (section.has("scope") && !out.takes(Scheme::Bearer) && !out.takes(Scheme::ApiKey)) unmet("scope", "tokens and API keys");
  if (section.has("role") && !out.takes(Scheme::Bearer) && !out.takes(Scheme::Basic) && !out.takes(Scheme::Digest) && !out.takes(Scheme::Session)) unmet("role", "tokens and users");
  if (section.has("claim") && !out.takes(Scheme::Bearer)) unmet("claim", "tokens");
}

void read_cors(const Section& section, Route& out) {
  if (!section.given()) return;
  section.read("origins", out.cors_origins);
  const auto all = std::find(out.cors_origins.begin(), out.cors_origins.end(), "*");
  if (all != out.cors_origins.end() && out.cors_origins.size() > 1) {
    section.report().error(section.at("origins"), section.path_of("origins"), "'*' stands alone");
  }
}

// The index of an upstream of that name or URL; a URL that is new is added.
void read_upstream_ref(const Section& section, Config& config, Route& out) {
  std::string text;
  section.read("upstream", text);
  if (text.empty()) return;  // reported
  auto& upstreams = config.upstreams;
  const auto index_of = [&](std::string_view name) {
    return static_cast<std::size_t>(std::find_if(upstreams.begin(), upstreams.end(), [&](const Upstream& u) { return u.name == name; }) - upstreams.begin());
  };
  if (text.find("://") == std::string::npos) {
    out.upstream = index_of(text);
    if (out.upstream < upstreams.size()) return;
    std::vector<std::string_view> names;
    for (const Upstream& upstream : upstreams) names.push_back(upstream.name);
    const auto near = closest(text, names);
    section.report().error(section.at("upstream"), section.path_of("upstream"),
                           fmt::format("there is no upstream '{}'{}", printable(text, 60),
                                       near.empty() ? "; name it under upstreams, or give a URL" : fmt::format("; did you mean '{}'?", printable(near, 60))));
    return;
  }
  Upstream upstream = read_upstream(section.as_section("upstream", "upstream"), {});
  if (upstream.url.host.empty()) return;  // reported
  upstream.name = origin(upstream.url);
  out.upstream = index_of(upstream.name);
  if (out.upstream == upstreams.size()) upstreams.push_back(std::move(upstream));
}

Route read_route(const Section& section, Config& config) {
  Route out;
  out.line = section.at().line;
  section.read("path", out.path);
  if (out.path.starts_with(kOwnPaths)) {
    section.report().error(section.at("path"), section.path_of("path"), "/.quivive/ is answered by the gateway itself, before any route");
  }
  section.read("host", out.host);
  section.read("methods", out.methods);
  section.read("public", out.is_public);
  section.read("mode", out.mode);
  section.read("encoded_slash", out.encoded_slash);
  section.read("forward_authorization", out.forward_authorization);
  section.read("browser_prompt", out.browser_prompt);
  out.realm = config.realm;
  section.read("realm", out.realm);
  if (out.is_public) {
    read_public(section, out);
  } else {
    read_schemes(section, config.accept, out);
    read_require(section.below("require"), out);
  }
  read_cors(section.below("cors"), out);
  if (section.has("upstream")) read_upstream_ref(section, config, out);
  return out;
}

Route default_route(const Config& config) {
  Route out;
  out.path = "/";
  out.accept = configured(config.accept);
  out.realm = config.realm;
  return out;
}

}  // namespace

void read_routes(const Section& root, Config& out) {
  const auto items = root.list("routes");
  if (items.size() > kMostRoutes) root.report().error(root.at("routes"), "routes", fmt::format("more than {} routes", kMostRoutes));
  // A token service may stand alone: with nothing behind it, every path but its own is refused.
  if (out.issuer && !root.has("routes") && !root.has("upstream")) return;
  bool needs_main = !root.has("routes");
  for (std::size_t i = 0; i < std::min(items.size(), kMostRoutes); ++i) {
    needs_main = needs_main || !items[i].has("upstream");
    out.routes.push_back(read_route(items[i], out));
  }
  if (!root.has("routes")) out.routes.push_back(default_route(out));
  if (needs_main && !root.has("upstream")) root.report().error({}, "upstream", "required, but not given: the URL that accepted requests go to");
}

}  // namespace quivive::config
