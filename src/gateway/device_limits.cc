#include "gateway/device_limits.h"

#include "gateway/client_network.h"

#include <string>
#include <utility>

namespace quivive::gateway {
namespace {

constexpr Duration kDeviceWindow = std::chrono::minutes(15);
// A network may be an office, or a mobile network's translator. All in all kMostDevices wait at once.
constexpr auth::LockoutLimits kRequests{.failures = 0, .network_failures = 200, .user_failures = 0, .window = kDeviceWindow};
// By user wherever they are: nobody else can lock out who has signed in.
constexpr auth::LockoutLimits kCodes{.failures = 0, .network_failures = 100, .user_failures = 10, .window = kDeviceWindow};

auth::Guess guess_by(std::string_view user, std::string_view client) {
  ClientNetwork network = client_network(client);
  return {std::string(user), std::move(network.place), std::move(network.site)};
}

Duration begin(auth::Lockouts& counts, const auth::Guess& guess, Instant now) {
  return guess.network.empty() ? Duration{0} : counts.begin(guess, now).time;
}

void end(auth::Lockouts& counts, const auth::Guess& guess, bool stays) {
  if (!guess.network.empty()) counts.end(guess, stays ? auth::GuessResult::Wrong : auth::GuessResult::Neither);
}

}  // namespace

DeviceLimits::DeviceLimits() {
  requests_.set_limits(kRequests);
  codes_.set_limits(kCodes);
}

Duration DeviceLimits::begin_request(std::string_view client, Instant now) { return begin(requests_, guess_by({}, client), now); }

void DeviceLimits::end_request(std::string_view client, bool made) { end(requests_, guess_by({}, client), made); }

Duration DeviceLimits::begin_code(std::string_view user, std::string_view client, Instant now) { return begin(codes_, guess_by(user, client), now); }

void DeviceLimits::end_code(std::string_view user, std::string_view client, bool wrong) { end(codes_, guess_by(user, client), wrong); }

}  // namespace quivive::gateway
