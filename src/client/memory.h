#pragma once
// What a client remembers of origins from one call to the next. It has entries only for origins that it holds credentials for.

#include "base/clock.h"
#include "client/digest_session.h"
#include "client/origin.h"

#include <list>
#include <optional>
#include <vector>

namespace quivive::client {

struct OriginMemory {
  Origin origin;
  // The origin offered Digest once: a password that may be either is never given to it as Basic afterwards.
  bool digest_offered = false;
  std::vector<DigestSession> digests;  // one for each realm and user
  std::optional<Duration> skew;        // its clock minus ours, by its last Date
};

class ClientMemory {
 public:
  // The entry of an origin, made where there is none. Valid while this object lives.
  [[nodiscard]] OriginMemory& at(const Origin& origin);
  // The same, or nullptr where there is none.
  [[nodiscard]] OriginMemory* find(const Origin& origin);

 private:
  std::list<OriginMemory> origins_;
};

}  // namespace quivive::client
