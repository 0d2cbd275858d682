// The paths that every request takes do not allocate.

#include "auth/challenges.h"
#include "auth/client_text.h"
#include "auth/outcome_key.h"
#include "auth/router.h"
#include "world.h"

#include <cstdlib>
#include <new>

namespace {
thread_local std::size_t allocations = 0;
}

[[gnu::noinline]] void* operator new(std::size_t size) {
  ++allocations;
  if (void* memory = std::malloc(size)) return memory;
  throw std::bad_alloc();
}
[[gnu::noinline]] void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  ++allocations;
  return std::malloc(size);
}
[[gnu::noinline]] void operator delete(void* memory) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

namespace quivive::auth {
namespace {

template <class Work>
std::size_t allocations_of(Work work) {
  const std::size_t before = allocations;
  work();
  return allocations - before;
}

// A call that no compiler may leave out.
TEST(Allocations, Counter_Counts) {
  EXPECT_EQ(allocations_of([] { ::operator delete(::operator new(8)); }), 1U);
}

TEST(Allocations, RememberedToken_None) {
  RouteSettings settings = accepting({Scheme::Bearer, Scheme::ApiKey});
  settings.require.scopes.all_of = {"read"};
  settings.require.claims = {{"n", {{"7"}, {}}}};
  settings.api_key.query = "api_key";
  const RoutePolicy route = policy(std::move(settings));
  const Router router = Router::compile({{{"/a/*/**/x", "*.example.com", {"GET"}}, std::make_shared<const RoutePolicy>(route)}}).value();
  World world;
  const std::vector<store::Revocation> revoked{{.issuer = std::string(kIssuer), .value = "t-9"}};
  world.snapshot.revocations = std::make_shared<const store::RevocationSet>(revoked);
  const Request request("GET /a/b/c/d/x?page=2&q=qv\nHost: api.example.com\nAuthorization: Bearer " + token(R"({"n":7})"));
  const auto principal = world.decide(route, request).principal;
  ASSERT_NE(principal, nullptr);
  bool allowed = false;
  EXPECT_EQ(allocations_of([&] {
              const Router::Route* matched = router.match("GET", "api.example.com:443", "/a/b/c/d/x");
              const FoundCredentials found = find_credentials(request.view(), *matched->policy);
              allowed = outcome_key(*found.credential).scheme == 'b' &&
                        accept_remembered(route, principal, world.snapshot, kNow)->allowed();
            }),
            0U);
  EXPECT_TRUE(allowed);
}

TEST(Allocations, MissingCredentials_None) {
  const RoutePolicy route = policy_accepting({Scheme::Bearer, Scheme::Basic});
  World world;
  const auto snapshot = std::make_shared<const Snapshot>(world.snapshot);
  const Request request("GET /?page=2\nHost: api.example.com\nAccept: */*");
  Reason reason = Reason::Allowed;
  std::size_t lines = 0;
  EXPECT_EQ(allocations_of([&] {
              Attempt attempt(route, find_credentials(request.view(), route), snapshot, world.tools, kNow);
              const Step step = attempt.advance();
              reason = std::get<Verdict>(step).reason;
              for_each_challenge(route, std::get<Verdict>(step), {}, Prompts::Offer, [&](const ChallengePieces&) { ++lines; });
              (void)client_text(&route, reason);
            }),
            0U);
  EXPECT_EQ(reason, Reason::CredentialsMissing);
  EXPECT_EQ(lines, 2U);
}

}  // namespace
}  // namespace quivive::auth
