#pragma once
// Basic (RFC 7617): user name and password in a field of the request.

#include "auth/schemes/password.h"
#include "base/result.h"
#include "base/secret.h"

#include <optional>
#include <string>
#include <string_view>

namespace quivive::auth {

struct BasicCredentials {
  std::string user;
  Secret password;
};

// Reads base64 of user-id ":" password (RFC 7617 section 2). An Error saying what is wrong: not strict base64, no
// colon, a control character (section 2), or not UTF-8 (the challenge says charset="UTF-8", section 2.1). The user name
// ends at the first colon; either half may be empty.
[[nodiscard]] Result<BasicCredentials> parse_basic(std::string_view encoded);

class BasicCheck {
 public:
  // `encoded` is borrowed until start() returns. Two needs: NeedUser, then NeedPassword, for unknown users too.
  explicit BasicCheck(std::string_view encoded) : encoded_(encoded) {}
  [[nodiscard]] Finding start(const CheckContext& context);
  [[nodiscard]] Finding resume(const CheckContext& context, Answer answer);

 private:
  std::string_view encoded_;
  std::optional<PasswordCheck> check_;
};

}  // namespace quivive::auth
