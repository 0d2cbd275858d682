// What a decision costs where the proof is remembered, where nothing was sent, and how a route is chosen: all of it runs
// on every request. Counts allocations: the remembered path must make none.

#include "auth/attempt.h"
#include "auth/challenges.h"
#include "auth/find_credentials.h"
#include "auth/outcome_key.h"
#include "auth/router.h"
#include "base/random.h"
#include "crypto/private_key.h"
#include "http/request.h"
#include "jose/jwt_signer.h"
#include "store/revocation_set.h"

#include <benchmark/benchmark.h>

#include <cstdlib>
#include <new>

namespace {
std::size_t allocations = 0;
}

[[gnu::noinline]] void* operator new(std::size_t size) {
  ++allocations;
  if (void* p = std::malloc(size)) return p;
  std::abort();
}
[[gnu::noinline]] void operator delete(void* p) noexcept { std::free(p); }
[[gnu::noinline]] void operator delete(void* p, std::size_t) noexcept { std::free(p); }

namespace {

using namespace quivive;
using namespace quivive::auth;

constexpr Instant kNow = from_unix_seconds(1'800'000'000);
const std::string kIssuer = "https://id.example.com";

// Counts what one iteration allocates.
class Counted {
 public:
  explicit Counted(benchmark::State& state) : state_(state), before_(allocations) {}
  ~Counted() {
    state_.counters["allocations"] =
        static_cast<double>(allocations - before_) / static_cast<double>(state_.iterations());
  }
  Counted(const Counted&) = delete;
  Counted& operator=(const Counted&) = delete;

 private:
  benchmark::State& state_;
  std::size_t before_;
};

struct Fixture {
  std::shared_ptr<const RoutePolicy> policy;
  std::shared_ptr<const Snapshot> snapshot;
  std::string authorization, target = "/v1/orders?page=2&size=50";
  std::vector<http::Field> fields;
  http::RequestView request;
  Tools tools{Secret("m"), 1};
  std::shared_ptr<const Principal> principal;

  Fixture() {
    const auto key = crypto::PrivateKey::generate(crypto::KeyKind::EcP256).value();
    const auto signer = jose::JwtSigner::make(key, jose::JwsAlgorithm::ES256, "k1", "at+jwt").value();
    const std::int64_t now = unix_seconds(kNow);
    const std::string token = signer
                                  .sign({{"iss", kIssuer},
                                         {"aud", "https://api.example.com"},
                                         {"sub", "5ce0ea75-6c0b-4c43-9b0d-0c2f2b7a3f11"},
                                         {"jti", "9e2e6a2e-6a52-4d4c-a1fb-61fb5f2d4c2c"},
                                         {"iat", now},
                                         {"exp", now + 300},
                                         {"scope", "openid profile email orders:read"}})
                                  .value();
    auto jwt = jose::JwtPolicy::Builder(kIssuer)
                   .accept_audience("https://api.example.com")
                   .allow_algorithm(jose::JwsAlgorithm::ES256)
                   .build()
                   .value();
    RouteSettings settings;
    settings.realm = "api.example.com";
    settings.accept = {Scheme::Bearer, Scheme::ApiKey};
    settings.issuers = {std::make_shared<const IssuerPolicy>(IssuerPolicy{.jwt = std::move(jwt)})};
    settings.require.scopes.all_of = {"orders:read"};
    policy = std::make_shared<const RoutePolicy>(RoutePolicy::compile(std::move(settings)).value());

    const std::vector<store::Revocation> revoked{{.issuer = kIssuer, .value = "another", .forget = {}}};
    auto keys = std::make_shared<const jose::KeySet>(
        jose::KeySet::of({jose::Jwk::from_public_key(key.public_key(), "k1")}).value());
    snapshot = std::make_shared<const Snapshot>(
        Snapshot{{{kIssuer, keys}}, std::make_shared<const store::RevocationSet>(revoked), 1});

    authorization = "Bearer " + token;
    for (const auto& [name, value] :
         std::initializer_list<std::pair<std::string_view, std::string_view>>{{"Host", "api.example.com"},
                                                                              {"User-Agent", "curl/7.88.1"},
                                                                              {"Accept", "*/*"},
                                                                              {"Accept-Encoding", "gzip"},
                                                                              {"X-Request-Id", "0123456789abcdef"},
                                                                              {"Authorization", authorization}}) {
      fields.push_back({name, value, http::field_id(name)});
    }
    request = {.method = "GET", .target = target, .fields = fields};
    Attempt attempt(*policy, find_credentials(request, *policy), snapshot, tools, kNow);
    Step step = attempt.advance();
    principal = std::get<Verdict>(step).principal;
  }
};
Fixture& fixture() {
  static Fixture instance;
  return instance;
}

void remembered_bearer(benchmark::State& state) {
  Fixture& f = fixture();
  const Counted counted(state);
  for (auto _ : state) {
    const FoundCredentials found = find_credentials(f.request, *f.policy);
    benchmark::DoNotOptimize(outcome_key(*found.credential));
    const std::optional<Verdict> verdict = accept_remembered(*f.policy, f.principal, *f.snapshot, kNow);
    if (!verdict || !verdict->allowed()) state.SkipWithError("not accepted");
    benchmark::DoNotOptimize(verdict);
  }
}
BENCHMARK(remembered_bearer);

void missing_credentials(benchmark::State& state) {
  Fixture& f = fixture();
  http::RequestView request = f.request;
  request.fields = request.fields.first(5);
  const Counted counted(state);
  for (auto _ : state) {
    Attempt attempt(*f.policy, find_credentials(request, *f.policy), f.snapshot, f.tools, kNow);
    const Step step = attempt.advance();
    const Verdict& verdict = std::get<Verdict>(step);
    if (verdict.reason != Reason::CredentialsMissing) state.SkipWithError("not missing");
    for_each_challenge(*f.policy, verdict, {}, [](const ChallengePieces& pieces) { benchmark::DoNotOptimize(pieces); });
  }
}
BENCHMARK(missing_credentials);

void first_sight_of_a_token(benchmark::State& state) {
  Fixture& f = fixture();
  const Counted counted(state);
  for (auto _ : state) {
    Attempt attempt(*f.policy, find_credentials(f.request, *f.policy), f.snapshot, f.tools, kNow);
    const Step step = attempt.advance();
    benchmark::DoNotOptimize(step);
  }
}
BENCHMARK(first_sight_of_a_token);

void tenth_route(benchmark::State& state) {
  Fixture& f = fixture();
  std::vector<RouteEntry> entries;
  for (int i = 0; i < 8; ++i) entries.push_back({{"/team" + std::to_string(i) + "/", "", {}}, f.policy});
  entries.push_back({{"/v1/*/items/**", "", {}}, f.policy});
  entries.push_back({{"/", "", {}}, f.policy});
  const Router router = Router::compile(std::move(entries)).value();
  const Counted counted(state);
  for (auto _ : state) benchmark::DoNotOptimize(router.match("GET", "api.example.com", "/v1/orders"));
}
BENCHMARK(tenth_route);

}  // namespace

BENCHMARK_MAIN();
