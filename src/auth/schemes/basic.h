#pragma once
// Basic (RFC 7617): user name and password. An unknown, a disabled and a known user cost the same and are told the same;
// only the operator's detail differs.

#include "auth/schemes/outcome.h"
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

// The decoy that an unknown name is verified against: always the same for one name. Requires at least one decoy.
[[nodiscard]] const Secret& decoy_for(const BasicSettings& settings, std::string_view user);

class BasicCheck {
 public:
  // `encoded` is borrowed until start() returns. Two needs: NeedUser, then NeedPassword, for unknown users too.
  explicit BasicCheck(std::string_view encoded) : encoded_(encoded) {}
  [[nodiscard]] Finding start(const CheckContext& context);
  [[nodiscard]] Finding resume(const CheckContext& context, Answer answer);

 private:
  [[nodiscard]] Finding ask_password(const CheckContext& context, FoundUser answer);
  [[nodiscard]] Finding conclude(const CheckContext& context, PasswordOutcome outcome);

  std::string_view encoded_;
  std::string user_;
  Secret password_;
  bool asked_password_ = false;
  std::optional<store::UserRecord> record_;
};

}  // namespace quivive::auth
