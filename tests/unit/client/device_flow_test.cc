#include "client/device_flow.h"

#include <gtest/gtest.h>

namespace quivive::client {
namespace {

using Kind = DeviceAnswer::Kind;
using std::chrono::seconds;
constexpr Instant kDeviceTime = from_unix_seconds(1'800'000'000);

const TokenClient kDeviceApp{.token_endpoint = "https://login.test/token", .client_id = "app", .scope = "read write"};

DeviceAuthorization device() { return {Secret("d3vice"), "WDJB-MJHT", "https://login.test/device", "", kDeviceTime + seconds(600), seconds(5)}; }

TEST(DeviceFlow, Requests) {
  const auto first = device_authorization_request("https://login.test/device_authorization", kDeviceApp);
  ASSERT_TRUE(first);
  EXPECT_EQ(first->body.reveal(RevealSecret{}), "scope=read+write&client_id=app");
  const auto question = device_token_request(kDeviceApp, device());
  ASSERT_TRUE(question);
  EXPECT_EQ(question->url, "https://login.test/token");
  EXPECT_EQ(question->body.reveal(RevealSecret{}),
            "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Adevice_code&device_code=d3vice&client_id=app");
  EXPECT_FALSE(device_authorization_request("http://login.test/", kDeviceApp));
}

// RFC 8628 section 3.2.
TEST(DeviceFlow, Authorization) {
  const auto read = read_device_authorization({200, R"({"device_code":"GmRhmhcxhwAzkoEqiMEg_DnyEysNkuNhszIySk9eS","user_code":"WDJB-MJHT",
    "verification_uri":"https://example.com/device","verification_uri_complete":"https://example.com/device?user_code=WDJB-MJHT","expires_in":1800,"interval":7})", kDeviceTime});
  ASSERT_TRUE(read);
  EXPECT_EQ(read->user_code, "WDJB-MJHT");
  EXPECT_EQ(read->verification_uri_complete, "https://example.com/device?user_code=WDJB-MJHT");
  EXPECT_EQ(read->expires, kDeviceTime + seconds(1800));
  EXPECT_EQ(read->interval, seconds(7));
  const auto short_one = read_device_authorization({200, R"({"device_code":"d","user_code":"u","verification_uri":"https://a.test"})", kDeviceTime});
  ASSERT_TRUE(short_one);
  EXPECT_EQ(short_one->interval, seconds(5));
  for (const std::string_view bad : {
           R"({"user_code":"u","verification_uri":"https://a.test"})",
           R"({"device_code":"d","verification_uri":"https://a.test"})",
           R"({"device_code":"d","user_code":"u"})",
           R"({"device_code":"d","user_code":"u","verification_uri":"javascript:alert"})",
           R"({"device_code":"d","user_code":"\u001b[2J","verification_uri":"https://a.test"})",
           R"({"error":"invalid_client"})",
           "<html>",
       }) {
    EXPECT_FALSE(read_device_authorization({200, bad, kDeviceTime})) << bad;
  }
  EXPECT_FALSE(read_device_authorization({404, "", kDeviceTime}));
}

TEST(DeviceFlow, Answers) {
  struct Row {
    std::uint16_t status;
    std::string_view body;
    Kind kind;
    seconds interval;
    Instant now = kDeviceTime;
  };
  for (const Row& row : {
           Row{200, R"({"access_token":"a","token_type":"Bearer"})", Kind::Granted, seconds(5)},
           {400, R"({"error":"authorization_pending"})", Kind::Pending, seconds(5)},
           {400, R"({"error":"slow_down"})", Kind::Pending, seconds(10)},
           {200, R"({"error":"authorization_pending"})", Kind::Pending, seconds(5)},
           {503, "", Kind::Pending, seconds(10)},
           {0, "", Kind::Pending, seconds(10)},
           {400, R"({"error":"authorization_pending"})", Kind::Expired, seconds(5), kDeviceTime + seconds(600)},
           {0, "", Kind::Expired, seconds(5), kDeviceTime + seconds(600)},
           {400, R"({"error":"expired_token"})", Kind::Expired, seconds(5)},
           {400, R"({"error":"access_denied"})", Kind::Denied, seconds(5)},
           {400, R"({"error":"invalid_grant"})", Kind::Failed, seconds(5)},
           {302, "", Kind::Failed, seconds(5)},
           {200, "{}", Kind::Failed, seconds(5)},
       }) {
    DeviceAuthorization asked = device();
    const DeviceAnswer answer = read_device_answer({row.status, row.body, row.now}, asked);
    EXPECT_EQ(answer.kind, row.kind) << row.status << ' ' << row.body;
    EXPECT_EQ(asked.interval, row.interval) << row.status << ' ' << row.body;
    EXPECT_EQ(answer.token.access.empty(), row.kind != Kind::Granted);
  }
}

TEST(DeviceFlow, IntervalIsBounded) {
  DeviceAuthorization asked = device();
  asked.expires = kDeviceTime + std::chrono::hours(10);
  for (int i = 0; i < 100; ++i) (void)read_device_answer({503, "", kDeviceTime}, asked);
  EXPECT_EQ(asked.interval, std::chrono::minutes(5));
}

}  // namespace
}  // namespace quivive::client
