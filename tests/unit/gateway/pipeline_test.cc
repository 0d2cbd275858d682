#include "pipelining.h"

#include "auth/api_key_format.h"
#include "auth/session_token.h"

namespace quivive::gateway {
namespace {

// Of a store whose changes are not seen, as where the watch is stuck: nothing calls look() again.
TEST(Pipeline, SessionInUse_IsReadAnewAfterSomeMinutes) {
  Pipelining world(kUpstream + "accept: {session: {}}\nroutes: [{path: /, accept: [session]}]\n");
  const Secret token = auth::make_session_token(world.random);
  const std::string value(token.reveal(RevealSecret{}));
  const Secret hash("{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ=");
  ASSERT_TRUE(world.store->add_user({.name = "anna", .password_hash = hash}));
  ASSERT_TRUE(world.store->begin_session({.digest = auth::session_digest(value), .user = "anna", .password_tag = auth::password_tag(hash), .created = kNow,
                                          .seen = kNow, .expires = kNow + std::chrono::hours(8)}, "", 8));
  world.start();
  const std::string cookie = "Cookie: " + world.deployment->login->cookie.name + "=" + value;
  EXPECT_EQ(world.get(cookie).verdict.reason, Reason::Allowed);
  ASSERT_TRUE(world.store->end_session(auth::session_digest(value), kNow + std::chrono::seconds(1)));
  world.clock.advance(kStoreMemory - std::chrono::minutes(1));
  EXPECT_EQ(world.get(cookie).verdict.reason, Reason::Allowed);  // and this use is noted
  world.clock.advance(std::chrono::minutes(1));
  EXPECT_EQ(world.get(cookie).verdict.reason, Reason::SessionRevoked);
}

TEST(Pipeline, StoreWithAFullQueue_IsOverloaded) {
  Pipelining world(kUpstream + "accept: {api_key: {}, basic: {}}\nroutes: [{path: /, accept: [api_key, basic]}]\n");
  const auth::NewApiKey key = auth::generate_api_key(world.random);
  world.store_pool = std::make_unique<net::WorkerPool>(0, 0);
  world.start();
  for (const std::string& field : {"X-API-Key: " + std::string(key.text.reveal(RevealSecret{})), std::string("Authorization: Basic YTpi")}) {
    const auth::Verdict verdict = world.get(field).verdict;
    EXPECT_EQ(verdict.reason, Reason::VerifierOverloaded) << field;
    EXPECT_GT(verdict.retry_after, Duration{0}) << field;
  }
}

}  // namespace
}  // namespace quivive::gateway
