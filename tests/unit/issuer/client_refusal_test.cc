// What is told of a client that did not prove who it is: nothing to the client, all to who reads the log.

#include "base/base64.h"
#include "crypto/opaque_token.h"
#include "issuer/client_authentication.h"
#include "store/memory_store.h"

#include <gtest/gtest.h>

namespace quivive::issuer {
namespace {

class ClientRefusal : public testing::Test {
 protected:
  void SetUp() override {
    for (const std::string id : {"machine", "former"}) (void)store_.add_client({.id = id, .secret_digest = crypto::opaque_token_digest("right"), .created = kMade});
    (void)store_.add_client({.id = "app", .proof = store::ClientProof::None, .created = kMade});
    (void)store_.revoke_client("former", settings_.url, kMade);
  }
  Answer answer(std::string_view body, std::string_view authorization = {}) {
    const http::Field field{"Authorization", authorization, http::FieldId::Authorization};
    Request request{};
    if (!authorization.empty()) request.head.fields = {&field, 1};
    request.now = kMade;
    const auto client = authenticate_client(store_, settings_, request, *Parameters::of_body("application/x-www-form-urlencoded", body, kClientParameters));
    return client ? Answer{} : refused(client.error(), settings_.url);
  }

  static constexpr Instant kMade = from_unix_seconds(1'800'000'000);
  store::MemoryStore store_;
  Settings settings_{.url = "https://id.example.com", .audiences = {"https://id.example.com"}};
};

TEST_F(ClientRefusal, Log_HasTheNameAndTheCause_AndTheClientNeither) {
  const auto basic = [](std::string_view pair) { return "Basic " + base64_encode(pair); };
  const std::string told = answer("client_id=nobody").body;
  struct Row {
    std::string body, authorization, log;
  };
  for (const Row& row : {Row{"", basic("former:right"), "invalid_client: the client 'former' is revoked"}, Row{"", basic("nobody:right"), "invalid_client: the client 'nobody' is unknown"},
                         Row{"", basic("machine:left"), "invalid_client: the client 'machine' sent a wrong secret"},
                         Row{"client_id=machine&client_secret=left", "", "invalid_client: the client 'machine' sent a wrong secret"},
                         Row{"client_id=machine", "", "invalid_client: the client 'machine' does not prove who it is in that way"},
                         Row{"client_id=app&client_secret=right", "", "invalid_client: the client 'app' does not prove who it is in that way"}}) {
    const Answer got = answer(row.body, row.authorization);
    EXPECT_EQ(got.refusal, row.log);
    EXPECT_EQ(got.body, told) << row.log;
    EXPECT_EQ(got.status, 401);
  }
}

}  // namespace
}  // namespace quivive::issuer
