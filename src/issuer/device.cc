#include "issuer/device.h"

#include "crypto/opaque_token.h"
#include "issuer/client_authentication.h"
#include "issuer/grant_types.h"
#include "issuer/scopes.h"

#include <fmt/format.h>

namespace quivive::issuer {
namespace {

constexpr std::array<std::string_view, 5> kDeviceParameters = {"scope", kClientParameters[0], kClientParameters[1], kClientParameters[2], kClientParameters[3]};
// Section 6.1: no vowels, which make words, and nothing that looks like a digit. 20 to the power of 8 of them.
constexpr std::string_view kLetters = "BCDFGHJKLMNPQRSTVWXZ";
constexpr std::size_t kUserCodeSize = 8;

std::string make_user_code(RandomSource& random) {
  std::string out;
  while (out.size() < kUserCodeSize) {
    const auto octet = static_cast<unsigned char>(random.bytes(1).front());
    if (octet < 240) out += kLetters[octet % kLetters.size()];  // 240 is a multiple of 20: each letter is as likely
  }
  return out;
}

Result<store::ClientRecord, Refusal> read_client(const Service& service, const Request& request, const Parameters& parameters) {
  auto client = authenticate_client(service.store(), service.settings(), request, parameters);
  if (!client) return client;
  if (!client->may_use(kDeviceCode)) {
    return Refusal{OAuthError::UnauthorizedClient, "the client was not made for the device grant"};
  }
  return client;
}

}  // namespace

std::string read_user_code(std::string_view typed) {
  std::string out;
  for (const char c : typed) {
    if (c == '-' || c == ' ') continue;
    const char upper = c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
    if (kLetters.find(upper) == std::string_view::npos || out.size() == kUserCodeSize) return {};
    out += upper;
  }
  return out.size() == kUserCodeSize ? out : std::string();
}

std::string show_user_code(std::string_view code) { return fmt::format("{}-{}", code.substr(0, kUserCodeSize / 2), code.substr(kUserCodeSize / 2)); }

Answer answer_device_authorization(const Service& service, const Request& request) {
  const std::string& realm = service.settings().url;
  const auto parameters = Parameters::of_body(request.head.value(http::FieldId::ContentType), request.body, kDeviceParameters);
  if (!parameters) return refused(parameters.error(), realm);
  const auto client = read_client(service, request, *parameters);
  if (!client) return refused(client.error(), realm);
  auto scopes = grant_scopes(parameters->find("scope"), client->scopes);
  if (!scopes) return refused(scopes.error(), realm);
  const Secret code = crypto::make_opaque_token(service.random());
  store::DeviceRecord record{.digest = crypto::opaque_token_digest(code.reveal(RevealSecret{})), .user_code = {}, .client = client->id, .scopes = std::move(*scopes),
                             .state = store::DeviceState::Pending, .user = {}, .password_tag = {}, .signed_in = {}, .created = request.now,
                             .expires = request.now + service.settings().device_code_lifetime, .polled = request.now};
  Result<store::Change> added = store::Change::Exists;
  for (int attempt = 0; attempt < 5 && added && *added == store::Change::Exists; ++attempt) {
    record.user_code = make_user_code(service.random());
    added = service.store().add_device(record);
  }
  if (!added || *added == store::Change::Exists) return refused(store_failed(), realm);
  if (*added == store::Change::NotFound) return refused({OAuthError::InvalidClient, "the client was revoked"}, realm);
  const std::string page = realm + std::string(kDevicePath), shown = show_user_code(record.user_code);
  const auto lifetime = std::chrono::duration_cast<std::chrono::seconds>(service.settings().device_code_lifetime);
  Answer out = json_answer({{"device_code", code.reveal(RevealSecret{})},
                            {"user_code", shown},
                            {"verification_uri", page},
                            {"verification_uri_complete", fmt::format("{}?user_code={}", page, shown)},
                            {"expires_in", lifetime.count()},
                            {"interval", std::chrono::duration_cast<std::chrono::seconds>(kDevicePollInterval).count()}});
  out.client = client->id;
  return out;
}

Result<std::optional<DeviceRequest>> find_device_request(const Service& service, std::string_view user_code, Instant now) {
  const auto found = service.store().find_device(user_code);
  if (!found) return found.error();
  if (!*found || (*found)->expires <= now || (*found)->state != store::DeviceState::Pending) return std::optional<DeviceRequest>();
  const auto client = service.store().find_client((*found)->client);
  if (!client) return client.error();
  if (!*client || (*client)->revoked) return std::optional<DeviceRequest>();
  return std::optional(DeviceRequest{(*client)->name.empty() ? (*client)->id : (*client)->name, (*found)->scopes});
}

Result<bool> answer_device_request(const Service& service, std::string_view user_code, bool approve, const SignedIn& user, Instant now) {
  const auto waiting = find_device_request(service, user_code, now);
  if (!waiting) return waiting.error();
  if (!*waiting) return false;
  const auto decided = service.store().decide_device(user_code, approve ? store::DeviceState::Approved : store::DeviceState::Denied, user.user, user.password_tag, user.at);
  if (!decided) return decided.error();
  return *decided == store::Change::Done;
}

}  // namespace quivive::issuer
