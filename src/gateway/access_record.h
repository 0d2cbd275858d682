#pragma once
// AccessRecord: what one request leaves behind for the log, the metrics and `explain`. It holds no credential, and no
// query: queries carry secrets.

#include "auth/credential_mask.h"
#include "auth/scheme.h"
#include "base/clock.h"
#include "base/reason.h"
#include "gateway/fixed_text.h"

#include <optional>

namespace quivive::gateway {

struct AccessRecord {
  Instant time{};
  std::uint32_t micros = 0;  // from the end of the request head to the end of the response
  std::uint16_t status = 0;  // 0: the connection ended before a status was sent
  Reason reason = Reason::Allowed;
  std::optional<auth::Scheme> scheme;  // of the credential that was accepted or reported
  bool observed = false;               // the reason was recorded only: the route observes
  FixedText<64> id;
  FixedText<32> method;
  FixedText<256> path;  // by set_path() alone where a client wrote it
  FixedText<46> remote;
  FixedText<80> route;
  FixedText<96> principal;  // subject, user name or key owner; only of verified credentials
  FixedText<24> key_id;
  std::uint64_t bytes_in = 0;   // of the request's body
  std::uint64_t bytes_out = 0;  // of the response, head included
};

// Threat: clients put keys and tokens into paths, and logs are read by many (RFC 6750 section 5.3).
inline void set_path(AccessRecord& record, std::string_view path) {
  if (auth::may_hold_credential(path)) {
    record.path = auth::mask_credentials(path);
  } else {
    record.path = path;
  }
}

}  // namespace quivive::gateway
