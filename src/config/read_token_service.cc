#include "base/text.h"
#include "config/decode.h"
#include "config/readers.h"

#include <fmt/format.h>

namespace quivive::config {
namespace {

// RFC 8414 section 2, and no path: discovery asks for /.well-known/… at the host, which is where the gateway answers.
std::string fault_of_url(std::string_view text) {
  const auto url = parse_url(text);
  if (!url) return url.error().message;
  if (origin(*url) != text) return fmt::format("write {}: an issuer identifier is compared byte for byte, and has no path and no slash at the end", origin(*url));
  const auto address = parse_listen_address(fmt::format("{}:0", url->host.find(':') == std::string::npos ? url->host : "[" + url->host + "]"));
  // Threat: tokens and client secrets that travel in the clear.
  if (!url->tls && !(address && is_loopback(*address))) return "tokens need https; http is for loopback";
  return {};
}

}  // namespace

void read_token_service(const Section& root, Config& out) {
  const Section section = root.below("issuer");
  if (!section.given()) return;
  TokenService service;
  section.read("url", service.url);
  if (!service.url.empty()) {
    if (std::string fault = fault_of_url(service.url); !fault.empty()) section.report().error(section.at("url"), section.path_of("url"), std::move(fault));
  }
  section.read("audience", service.audiences);
  if (service.audiences.empty()) service.audiences = {service.url};
  if (const auto algorithm = section.value("algorithm")) {
    if (const auto index = decode_choice(section.report(), *algorithm, algorithm->node)) service.algorithm = kTokenServiceAlgorithms[*index];
  }
  section.read("access_token_lifetime", service.access_token_lifetime);
  section.read("refresh_token_lifetime", service.refresh_token_lifetime);
  section.read("refresh_grace", service.refresh_grace);
  section.read("code_lifetime", service.code_lifetime);
  section.read("device_code_lifetime", service.device_code_lifetime);
  section.read("key_rotation", service.key_rotation);
  if (service.key_rotation > Duration{0} && service.key_rotation < service.access_token_lifetime * 2) {
    section.report().error(section.at("key_rotation"), section.path_of("key_rotation"), "is less than twice issuer.access_token_lifetime: keys would leave before their tokens");
  }
  out.issuer = std::move(service);
}

}  // namespace quivive::config
