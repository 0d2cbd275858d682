#include "pipelining.h"

#include "auth/api_key_format.h"
#include "auth/session_token.h"
#include "crypto/private_key.h"
#include "jose/jwk_set.h"
#include "jose/jwt_signer.h"
#include "support/temp_folder.h"

#include <future>

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

// Threat: revoked while the request waits for its issuer's keys, and let in once more.
TEST(Pipeline, TokenRevokedWhileItsKeysAreFetched_IsRefused) {
  support::TempFolder folder;
  const auto key = crypto::PrivateKey::generate(crypto::KeyKind::EcP256).value();
  folder.write("keys.json", jose::to_document(jose::KeySet::of({jose::Jwk::from_public_key(key.public_key(), "k1")}).value()));
  Pipelining world(kUpstream + "accept: {bearer: {issuers: [{issuer: https://id.example, audience: api, keys: file:keys.json}]}}\n", folder.path("q.yaml"));
  world.start();
  const auto token_of = [&](std::string_view id) {
    const std::int64_t now = unix_seconds(kNow);
    const JsonObject claims{{"iss", "https://id.example"}, {"aud", "api"}, {"sub", "anna"}, {"jti", id}, {"iat", now}, {"exp", now + 600}};
    return "Authorization: Bearer " + jose::JwtSigner::make(crypto::PrivateKey(key), jose::JwsAlgorithm::ES256, "k1", "JWT").value().sign(claims).value();
  };
  const std::size_t slot = world.deployment->issuers[0]->key_slot;
  const auto keys = world.board.keys(slot);
  for (const auto& [id, reason] : {std::pair{"t-1", Reason::TokenRevoked}, std::pair{"t-2", Reason::Allowed}}) {
    world.board.set_keys(slot, nullptr);
    const Admission admission = world.get(token_of(id), [&] {
      world.board.set_keys(slot, keys);
      ASSERT_TRUE(world.store->add_revocation(
          {.issuer = "https://id.example", .kind = store::RevocationKind::TokenId, .value = "t-1", .cutoff = {}, .forget = kNow + std::chrono::hours(1)}));
      world.watch.look(world.deployment->stores, kNow);
    });
    EXPECT_EQ(admission.verdict.reason, reason) << id;
    EXPECT_EQ(admission.admitted, reason == Reason::Allowed) << id;
  }
}

TEST(Pipeline, UserDisabledWhileThePasswordIsHashed_IsRefused) {
  for (const bool disabled : {true, false}) {
    Pipelining world(kUpstream + "accept: {basic: {}}\nroutes: [{path: /, accept: [basic]}]\n");
    ASSERT_TRUE(world.store->add_user({.name = "anna", .password_hash = Secret("{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ=")}));
    world.start();
    std::promise<void> busy, go;  // the thread that hashes waits for the second
    ASSERT_TRUE(world.hash_pool.submit([&busy, waiting = go.get_future().share()] {
      busy.set_value();
      waiting.wait();
    }));
    busy.get_future().wait();
    bool changed = false;
    const auto meanwhile = [&] {
      if (changed || world.hash_pool.queued() == 0) return;
      changed = true;
      ASSERT_TRUE(disabled ? world.store->set_disabled("anna", true, kNow) : world.store->add_user({.name = "bert", .password_hash = Secret("{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ=")}));
      world.watch.look(world.deployment->stores, kNow);
      go.set_value();
    };
    // Another change than theirs, and they are looked up once more and let in, without another hash.
    EXPECT_EQ(world.get("Authorization: Basic YW5uYTpzZWNyZXQ=", meanwhile).verdict.reason, disabled ? Reason::PasswordWrong : Reason::Allowed);
    EXPECT_TRUE(changed);
  }
}

TEST(Pipeline, Preflight_IsAnsweredByTheRouteOfTheMethodThatItAsksFor) {
  Pipelining world(kUpstream + "accept: {basic: {}, api_key: {}}\nroutes:\n"
                   "  - {path: /x, methods: [GET, PUT], accept: [basic], cors: {origins: [https://app.example]}}\n"
                   "  - {path: /x, methods: [DELETE], accept: [basic]}\n"
                   "  - {path: /x, methods: [OPTIONS], public: true, cors: {origins: [https://app.example]}}\n"
                   "  - {path: /y/, cors: {origins: [https://app.example]}}\n"
                   "  - {path: /y;z/, accept: [basic], cors: {origins: [https://app.example]}}\n"
                   "  - {path: /z/, methods: [GET], accept: [basic], cors: {origins: ['*']}}\n");
  world.start();
  constexpr int kNone = -1;
  struct Row {
    std::string_view what, origin, method;
    bool preflight;
    int route;  // by which it is answered or judged
    Reason reason;
  };
  const std::string_view app = "https://app.example", evil = "https://evil.example";
  for (const Row& row : {Row{"OPTIONS /x", app, "PUT", true, 0, Reason::Allowed}, Row{"OPTIONS /x", app, "HEAD", true, 0, Reason::Allowed},
                         Row{"OPTIONS /x", app, "OPTIONS", true, 2, Reason::Allowed},
                         // What is no preflight of a route that allows it goes where OPTIONS goes.
                         Row{"OPTIONS /x", evil, "PUT", false, 2, Reason::Allowed}, Row{"OPTIONS /x", "", "PUT", false, 2, Reason::Allowed},
                         Row{"OPTIONS /x", app, "", false, 2, Reason::Allowed}, Row{"OPTIONS /x", app, "DELETE", false, 2, Reason::Allowed},
                         Row{"OPTIONS /x", app, "PATCH", false, 2, Reason::Allowed}, Row{"OPTIONS /x", app, "put", false, 2, Reason::Allowed},
                         Row{"GET /x", app, "PUT", false, 0, Reason::CredentialsMissing},
                         Row{"OPTIONS /y/a", app, "PATCH", true, 3, Reason::Allowed}, Row{"OPTIONS /y/a", evil, "PATCH", false, 3, Reason::CredentialsMissing},
                         Row{"OPTIONS /y/a%2fb", app, "PUT", false, kNone, Reason::RequestTargetAmbiguous},
                         Row{"OPTIONS /y;z/a", app, "PUT", false, 4, Reason::RequestTargetAmbiguous},
                         Row{"OPTIONS /z/a", evil, "GET", true, 5, Reason::Allowed}, Row{"OPTIONS /z/a", evil, "PUT", false, kNone, Reason::PolicyDenied},
                         Row{"OPTIONS /z/a", evil, "", false, kNone, Reason::PolicyDenied}, Row{"OPTIONS /none", app, "GET", false, kNone, Reason::PolicyDenied}}) {
    std::string lines;
    if (!row.origin.empty()) lines += "Origin: " + std::string(row.origin) + "\r\n";
    if (!row.method.empty()) lines += "Access-Control-Request-Method: " + std::string(row.method) + "\r\n";
    const Admission admission = world.ask(row.what, lines);
    const std::string text = std::string(row.what) + "\n" + lines;
    EXPECT_EQ(admission.preflight, row.preflight) << text;
    EXPECT_EQ(admission.verdict.reason, row.reason) << text;
    EXPECT_EQ(admission.route, row.route == kNone ? nullptr : &world.deployment->routes[static_cast<std::size_t>(row.route)]) << text;
    EXPECT_EQ(admission.admitted, row.route == 2 && !row.preflight) << text;  // never a preflight, nor by a route of another method
  }
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
