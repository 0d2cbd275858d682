#include "gateway/explain.h"

#include "base/json.h"
#include "deploying.h"

namespace quivive::gateway {
namespace {

TEST(Explain, Rejection_EveryMember) {
  Deploying world;
  const auto deployment = world.deployed(kUpstream + "accept: {api_key: {}}\nroutes:\n  - {path: /other/}\n  - {path: /, host: api.example}\n  - {path: /, methods: POST}\n  - {path: /}\n");
  TraceEntry entry;
  AccessRecord& r = entry.record;
  r.id = "r-1";
  r.time = kNow;
  r.status = 401;
  r.reason = Reason::KeyExpired;
  r.scheme = auth::Scheme::ApiKey;
  r.method = "GET";
  r.path = "/orders";
  r.remote = "192.0.2.7";
  r.route = "/ (q.yaml:7)";
  r.principal = "bill\"ing";
  entry.host = "a";
  entry.detail = "expired\nlong ago";
  entry.checks = {{"form", auth::Outcome::Passed, ""}, {"expiry", auth::Outcome::Failed, "2020"}, {"permission", auth::Outcome::Skipped, ""}};
  entry.routed_by = deployment->generation;
  entry.sent = "ApiKey realm=\"a\"\nBasic realm=\"a\"\n";
  const Json out = parse_json(explain_json(entry, *deployment)).value();
  const JsonObject& o = out.get_object();
  EXPECT_EQ(o.at("id"), "r-1");
  EXPECT_EQ(o.at("time"), kNow.time_since_epoch().count());
  EXPECT_EQ(o.at("status"), 401);
  EXPECT_EQ(o.at("reason"), "key-expired");
  EXPECT_EQ(o.at("operator"), "The key's expiry is past.");
  EXPECT_EQ(o.at("scheme"), "api_key");
  EXPECT_EQ(o.at("principal"), "bill\"ing");
  EXPECT_EQ(o.at("detail"), "expired\nlong ago");
  EXPECT_EQ(o.at("route"), "/ (q.yaml:7)");
  EXPECT_EQ(o.at("sent"), (JsonArray{"ApiKey realm=\"a\"", "Basic realm=\"a\""}));
  EXPECT_EQ(o.at("checks"), parse_json(R"([{"name":"form","outcome":"passed","note":""},{"name":"expiry","outcome":"failed","note":"2020"},
                                          {"name":"permission","outcome":"skipped","note":""}])").value());
  const JsonArray& passed_over = o.at("passed_over").get_array();
  ASSERT_EQ(passed_over.size(), 3u);
  EXPECT_EQ(passed_over[0].at("because"), "path");
  EXPECT_EQ(passed_over[1].at("because"), "host");
  EXPECT_EQ(passed_over[2].at("because"), "method");
  EXPECT_EQ(o.at("reloaded"), false);
  EXPECT_EQ(o.at("observed"), false);
}

TEST(Explain, PassedOver_IsOfTheConfigurationThatDecided) {
  Deploying world;
  constexpr std::string_view kRoutes = "accept: {api_key: {}}\nroutes:\n  - {path: /other/}\n  - {path: /}\n";
  const auto first = world.deployed(kUpstream + std::string(kRoutes));
  TraceEntry entry;
  entry.record.method = "GET";
  entry.record.path = "/orders";
  entry.routed_by = first->generation;
  const auto told = [&entry](const std::shared_ptr<const Deployment>& deployment) { return parse_json(explain_json(entry, *deployment)).value(); };
  EXPECT_EQ(told(first).at("passed_over").get_array().size(), 1u);
  EXPECT_EQ(told(first).at("reloaded"), false);
  const auto second = world.deployed(kUpstream + std::string(kRoutes));  // the same text, and another configuration all the same
  EXPECT_TRUE(told(second).at("passed_over").get_array().empty());
  EXPECT_EQ(told(second).at("reloaded"), true);
  // Refused before any route was compared: by whichever configuration, nothing is made up.
  entry.routed_by = 0;
  EXPECT_TRUE(told(first).at("passed_over").get_array().empty());
  EXPECT_EQ(told(second).at("reloaded"), false);
}

TEST(Explain, PathInAnotherSpelling_IsComparedAsTheRouterDid) {
  Deploying world;
  const auto deployment = world.deployed(kUpstream + "accept: {api_key: {}}\nroutes:\n  - {path: /orders/}\n  - {path: /}\n");
  for (const auto& [path, losers] : {std::pair{"/%6frders/1", 0u}, {"/orders/qv_…", 0u}, {"/keys/qv_…", 1u}}) {
    TraceEntry entry;
    entry.record.method = "GET";
    entry.record.path = path;
    entry.routed_by = deployment->generation;
    EXPECT_EQ(parse_json(explain_json(entry, *deployment)).value().at("passed_over").get_array().size(), losers) << path;
  }
}

TEST(Explain, WhatThereIsNot_IsNull) {
  Deploying world;
  const auto deployment = world.deployed(kUpstream);
  const Json out = parse_json(explain_json(TraceEntry{}, *deployment)).value();
  for (const std::string_view name : {"route", "scheme", "principal"}) EXPECT_TRUE(out.at(name).is_null()) << name;
  EXPECT_TRUE(out.at("sent").get_array().empty());
  EXPECT_TRUE(out.at("checks").get_array().empty());
}

TEST(Explain, HostileText_StaysJson) {
  Deploying world;
  const auto deployment = world.deployed(kUpstream);
  TraceEntry entry;
  entry.record.path = "/\xff\"\r\n";
  entry.record.method = "\x01";
  entry.host = "\xfe";
  entry.detail = "\xff";
  EXPECT_TRUE(parse_json(explain_json(entry, *deployment)));
}

}  // namespace
}  // namespace quivive::gateway
