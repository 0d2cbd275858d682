#pragma once
// Router: which route a request belongs to. First match wins; what matches nothing is refused. Immutable.

#include "auth/glob.h"
#include "auth/route_policy.h"
#include "base/result.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace quivive::auth {

// Empty `host` and `methods` match all.
struct RoutePattern {
  // `/admin` is exact; `/admin/` is a prefix; `*` is any run of octets within a segment, also none; `**` any run across
  // segments; `/**/` any number of whole segments, also none. A glob that ends in `/` is a prefix as well.
  std::string path;
  // Without port; in any case. `*.example.com` is every name below example.com at any depth, and not example.com.
  std::string host;
  // Case-sensitive (RFC 9110 section 9.1). GET admits HEAD, which differs in the response only.
  std::vector<std::string> methods;
};

struct RouteEntry {
  RoutePattern pattern;
  std::shared_ptr<const RoutePolicy> policy;
};

class Router {
 public:
  struct Route {
    std::size_t index = 0;  // as given to compile()
    RoutePattern pattern;
    std::shared_ptr<const RoutePolicy> policy;
  };

  // An Error, naming every route at fault: a path that is not in the canonical form that http::parse_target gives, since
  // it could never match; more than kMaxGlobLength octets from the first star on, or three stars in a row; a host with a
  // port, or with a star that is not its first label; a method that is no token; no policy.
  [[nodiscard]] static Result<Router> compile(std::vector<RouteEntry> entries);

  // The first route that matches, or nullptr: policy-denied. `path` is the policy path of the canonical target: no query
  // (CVE-2025-54576). `host` is Host's value; a port and one trailing dot are ignored. Allocates nothing; linear in the
  // input for each route. The pointer belongs to this Router.
  [[nodiscard]] const Route* match(std::string_view method, std::string_view host, std::string_view path) const;

  // For `explain`: the routes before the winner, or all if there is none, and what each failed on first.
  enum class Mismatch : std::uint8_t { Path, Host, Method };
  struct Loser {
    const Route* route;
    Mismatch why;
  };
  [[nodiscard]] std::vector<Loser> losers(std::string_view method, std::string_view host, std::string_view path) const;

  // Whether any route does.
  [[nodiscard]] bool compares_hosts() const { return compares_hosts_; }
  [[nodiscard]] bool compares_methods() const { return compares_methods_; }
  [[nodiscard]] std::size_t size() const { return routes_.size(); }
  [[nodiscard]] const Route& route(std::size_t index) const { return routes_[index].route; }

 private:
  enum class PathKind : std::uint8_t { Exact, Prefix, Glob };
  struct Compiled {
    Route route;
    PathKind kind = PathKind::Exact;
    std::optional<Glob> glob;
    std::string host;  // without the star: ".example.com"
    bool host_is_suffix = false;
    [[nodiscard]] std::optional<Mismatch> judge(std::string_view method, std::string_view host,
                                                std::string_view path) const;
  };
  [[nodiscard]] static Result<Compiled> compile_one(std::size_t index, RouteEntry entry);
  std::vector<Compiled> routes_;
  bool compares_hosts_ = false, compares_methods_ = false;
};

}  // namespace quivive::auth
