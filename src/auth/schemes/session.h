#pragma once
// Session cookies: the session that the cookie names, and the user as they are now.

#include "auth/schemes/outcome.h"

#include <string>
#include <string_view>

namespace quivive::auth {

// Since when a session is over by its times, or will be, if it is not used again.
[[nodiscard]] Instant session_end(const store::SessionRecord& session, const SessionSettings& settings);
// How old a note of a session's use may be. Notes are not made on every request: a session may end earlier by this than its idle time.
[[nodiscard]] Duration session_note_age(const SessionSettings& settings);

class SessionCheck {
 public:
  // `token` is borrowed until start() returns. One need: NeedSession. Noting the use (store::SessionStore::touch_session) is the
  // caller's business.
  explicit SessionCheck(std::string_view token) : token_(token) {}
  [[nodiscard]] Finding start(const CheckContext& context);
  [[nodiscard]] Finding resume(const CheckContext& context, Answer answer);

 private:
  std::string_view token_;
  std::string digest_;
};

}  // namespace quivive::auth
