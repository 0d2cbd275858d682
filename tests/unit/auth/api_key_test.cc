#include "world.h"

namespace quivive::auth {
namespace {

const RoutePolicy& keys_only() {
  static const RoutePolicy kPolicy = policy_accepting({Scheme::ApiKey});
  return kPolicy;
}
std::string with_key(const std::string& key) { return "GET /\nX-API-Key: " + key; }

TEST(ApiKey, RecordAndText_DecideTheReason) {
  const Instant before = kNow - Duration{1};
  const Instant after = kNow + Duration{1};
  struct Row {
    std::string_view name;
    std::function<void(store::KeyRecord&)> change;
    Reason reason;
    Instant not_after;
  };
  for (const Row& row : {
           Row{"good", [](store::KeyRecord&) {}, Reason::Allowed, Instant::max()},
           Row{"expires later", [=](store::KeyRecord& r) { r.expires = after; }, Reason::Allowed, after},
           Row{"expires now", [=](store::KeyRecord& r) { r.expires = kNow; }, Reason::KeyExpired, {}},
           Row{"expired", [=](store::KeyRecord& r) { r.expires = before; }, Reason::KeyExpired, {}},
           Row{"revoked now", [=](store::KeyRecord& r) { r.revoked = kNow; }, Reason::KeyRevoked, {}},
           Row{"rotated, overlap",
               [=](store::KeyRecord& r) {
                 r.revoked = after;
                 r.expires = after + Duration{1};
                 r.rotated_to = "x";
               },
               Reason::Allowed, after},
           Row{"revoked and expired",
               [=](store::KeyRecord& r) { r.revoked = r.expires = before; },
               Reason::KeyRevoked,
               {}},
           Row{"another secret", [](store::KeyRecord& r) { r.digest = std::string(32, 'x'); }, Reason::KeyUnknown, {}},
           Row{"damaged digest", [](store::KeyRecord& r) { r.digest.clear(); }, Reason::KeyUnknown, {}},
           Row{"store answers with another key", [](store::KeyRecord& r) { r.id = "other"; }, Reason::KeyUnknown, {}},
       }) {
    World world;
    const std::string key = world.add_key(1, row.change);
    const Verdict verdict = world.decide(keys_only(), with_key(key));
    EXPECT_EQ(code_of(verdict.reason), code_of(row.reason)) << row.name;
    EXPECT_EQ(world.asked, std::vector<std::string>{"key"}) << row.name;
    EXPECT_EQ(verdict.detail.find(key.substr(14)), std::string::npos) << "leaks";
    ASSERT_EQ(verdict.principal != nullptr, row.reason == Reason::Allowed) << row.name;
    if (verdict.principal == nullptr) continue;
    EXPECT_EQ(verdict.principal->not_after(), row.not_after) << row.name;
    EXPECT_EQ(verdict.principal->subject(), "billing");
    EXPECT_EQ(verdict.principal->key_id(), key.substr(3, 10));
    EXPECT_TRUE(std::ranges::equal(verdict.principal->scopes(), std::vector<std::string_view>{"read"}));
  }
}

TEST(ApiKey, IllFormed_RefusedWithoutALookUp) {
  const std::string key = World::unstored_key(1);
  std::string mistyped = key;
  std::swap(mistyped[20], mistyped[21]);
  if (mistyped == key) mistyped[20] = mistyped[20] == 'a' ? 'b' : 'a';
  for (const std::string& text : {mistyped, key.substr(0, 40), key + "x", key.substr(3), "QV_" + key.substr(3),
                                  std::string("hunter2"), "ApiKey " + key}) {
    World world;
    EXPECT_EQ(code_of(world.decide(keys_only(), with_key(text)).reason), code_of(Reason::KeyMalformed)) << text;
    EXPECT_TRUE(world.asked.empty());
  }
}

TEST(ApiKey, NotStored_Unknown) {
  World world;
  EXPECT_EQ(world.decide(keys_only(), with_key(World::unstored_key(9))).reason, Reason::KeyUnknown);
}

TEST(ApiKey, StoreDown_IsAnOutage) {
  World world;
  const std::string key = world.add_key(1);
  world.store_down = true;
  const Verdict verdict = world.decide(keys_only(), with_key(key));
  EXPECT_EQ(verdict.reason, Reason::VerifierUnavailable);
  EXPECT_EQ(verdict.retry_after, std::chrono::seconds{3});
}

}  // namespace
}  // namespace quivive::auth
