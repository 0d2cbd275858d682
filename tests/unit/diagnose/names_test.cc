#include "diagnose/names.h"

#include <gtest/gtest.h>

namespace quivive::diagnose {
namespace {

TEST(IsKeyName, FieldsAndParameters) {
  for (const std::string_view name :
       {"X-API-Key", "x_api_key", "api_key", "access_token", "X-Auth-Token", "X-JFrog-Art-Api", "X-Redmine-API-Key", "DD-API-KEY",
        "X-Octopus-ApiKey", "X-MBX-APIKEY", "X-Consul-Token", "X-Plex-Token", "X-Dispatch-Key", "X-Shopify-Storefront-Access-Token",
        "Travis-API-Token", "Circle-Token", "Fastly-Key", "xi-api-key", "X-Hostinger-API-Key"}) {
    EXPECT_TRUE(is_key_name(name)) << name;
  }
}

TEST(IsKeyName, OtherPurposes) {
  for (const std::string_view name : {"X-Request-Id",
                                      "Idempotency-Key",
                                      "X-Idempotency-Key",
                                      "X-CSRF-Token",
                                      "X-CSRFToken",
                                      "X-XSRF-TOKEN",
                                      "Sec-WebSocket-Key",
                                      "Surrogate-Key",
                                      "X-Cache-Key",
                                      "X-Amz-Server-Side-Encryption-Customer-Key",
                                      "x-ms-continuation-token",
                                      "X-PartitionKey",
                                      "X-Device-Token",
                                      "X-Powered-By",
                                      "X-API-Version",
                                      "Lock-Token",
                                      "sort-key",
                                      "page-token",
                                      "next_token",
                                      "issue_key",
                                      "Authorization",
                                      "filter[x-key]"}) {
    EXPECT_FALSE(is_key_name(name)) << name;
  }
}

}  // namespace
}  // namespace quivive::diagnose
