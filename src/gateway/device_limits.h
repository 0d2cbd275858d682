#pragma once
// DeviceLimits: how often a network may ask for device codes, and type wrong ones (RFC 8628 section 5.1). Threats: a flood of
// requests, which would push out those that people wait for; and guessing the code of a stranger's device, to approve it as oneself.

#include "auth/lockout.h"
#include "base/clock.h"

#include <string_view>

namespace quivive::gateway {

// Thread-safe: shared by all workers. Clients are addresses; nothing is counted for loopback. In memory: each gateway counts for itself.
class DeviceLimits {
 public:
  DeviceLimits();

  // How long a request for a code, or a try at one by a user who is signed in, has to wait; zero: not at all. It is counted until its end says
  // otherwise. One that has to wait is not counted, and has no end.
  [[nodiscard]] Duration begin_request(std::string_view client, Instant now);
  void end_request(std::string_view client, bool made);  // a code
  // Threat: a guesser who has a right code, too. It takes back nothing but its own try.
  [[nodiscard]] Duration begin_code(std::string_view user, std::string_view client, Instant now);
  void end_code(std::string_view user, std::string_view client, bool wrong);

 private:
  auth::Lockouts requests_, codes_;
};

}  // namespace quivive::gateway
