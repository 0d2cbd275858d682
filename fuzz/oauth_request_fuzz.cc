// Requests to the token service: the first octet says to which endpoint, the rest is the body or the query.
// Holds: every answer has a body that is JSON; every 401 a challenge; where a browser is sent back it goes to the client's own URI, in one line.

#include "check.h"
#include "base/json.h"
#include "crypto/opaque_token.h"
#include "issuer/authorize.h"
#include "issuer/device.h"
#include "issuer/grant_types.h"
#include "issuer/token_endpoint.h"
#include "issuer/token_state.h"
#include "store/memory_store.h"

#include <cstdint>
#include <string_view>

namespace {

using namespace quivive;

constexpr Instant kNow = from_unix_seconds(1'800'000'000);
constexpr std::string_view kBack = "https://app.example.com/back", kLoopback = "http://127.0.0.1/back";

struct World {
  std::shared_ptr<store::MemoryStore> store = std::make_shared<store::MemoryStore>();
  FixedRandom random;
  issuer::Service service{{.url = "https://id.example.com", .audiences = {"https://id.example.com"}, .users_sign_in = true}, store, store, random};

  World() {
    (void)store->add_client({.id = "m", .secret_digest = crypto::opaque_token_digest("s"), .grants = {std::string(issuer::kClientCredentials)}, .scopes = {"a"}, .created = kNow});
    (void)store->add_client({.id = "a", .proof = store::ClientProof::None,
                             .grants = {std::string(issuer::kAuthorizationCode), std::string(issuer::kRefreshToken), std::string(issuer::kDeviceCode)},
                             .redirect_uris = {std::string(kBack), std::string(kLoopback)}, .scopes = {"a", "openid"}, .created = kNow});
    FUZZ_CHECK(service.tend(kNow).has_value());
  }
};

void check(const issuer::Answer& answer) {
  FUZZ_CHECK(answer.content_type.empty() || parse_json(answer.body));
  FUZZ_CHECK(answer.status != 401 || answer.fields.find("WWW-Authenticate: Basic ") != std::string::npos);
  FUZZ_CHECK(answer.status < 500);  // the store works
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  static World* const world = new World;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  const http::Field type{"Content-Type", "application/x-www-form-urlencoded", http::FieldId::ContentType};
  issuer::Request request{};
  request.head.fields = {&type, 1};
  request.body = request.query = text;
  request.now = kNow;
  switch (data[0] % 5) {
    case 0: check(issuer::answer_token(world->service, request)); break;
    case 1: check(issuer::answer_revocation(world->service, request)); break;
    case 2: check(issuer::answer_introspection(world->service, request)); break;
    case 3: check(issuer::answer_device_authorization(world->service, request)); break;
    default: {
      const auto outcome = issuer::authorize(world->service, request, issuer::SignedIn{"u", "tag", kNow});
      if (const auto* back = std::get_if<issuer::SendBack>(&outcome)) {
        FUZZ_CHECK(back->to.starts_with(kBack) || back->to.starts_with("http://127.0.0.1"));
        for (const char c : back->to) FUZZ_CHECK(c > 0x20 && c < 0x7f);
      }
    }
  }
  return 0;
}
