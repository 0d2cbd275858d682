#include "auth/credential_mask.h"

#include "world.h"

namespace quivive::auth {
namespace {

TEST(MaskCredentials, KeysAndTokens_AreUnreadable) {
  const std::string key = World::unstored_key(1), token = sign(claims());
  struct Row {
    std::string text, masked;
  };
  for (const Row& row : {
           Row{"/keys/" + key, "/keys/qv_…"},
           Row{"/keys/" + key + "/rotate", "/keys/qv_…/rotate"},
           Row{key + "," + key, "qv_…,qv_…"},
           Row{"/x/" + token, "/x/eyJ…"},
           Row{"/Bearer%20" + token + "/y", "/Bearer%20eyJ…/y"},
           Row{"/" + token + "/" + key, "/eyJ…/qv_…"},
           // One that was cut, mistyped or run into something else still gives its secret away.
           Row{"/" + key.substr(0, 57), "/qv_…"},
           Row{"/" + key.substr(0, 62) + "-", "/qv_…-"},
           Row{"/" + token.substr(0, token.rfind('.')), "/eyJ…"},
           Row{"/my" + key + "x", "/myqv_…"},
       }) {
    EXPECT_EQ(mask_credentials(row.text), row.masked) << row.text;
    EXPECT_TRUE(may_hold_credential(row.text)) << row.text;
  }
}

TEST(MaskCredentials, OtherText_Stays) {
  for (const std::string_view text : {"", "/", "/orders/7", "/qv_settings/list", "/keys/qv_0123456789", "/keys/qv_0123456789_short", "/keyJar.min.js", "/eyJ",
                                      "/eyJhbGciOiJFUzI1NiJ9", "/eyJ.eyJ.eyJ", "qv_", "/qv_qv_qv_eyJeyJ"}) {
    EXPECT_EQ(mask_credentials(text), text);
  }
  EXPECT_FALSE(may_hold_credential("/orders/7?q"));
}

}  // namespace
}  // namespace quivive::auth
