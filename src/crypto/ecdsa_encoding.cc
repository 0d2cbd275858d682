#include "crypto/ecdsa_encoding.h"

#include <algorithm>

namespace quivive::crypto {
namespace {

// Tag, length, and the number in as few octets as DER demands. Returns the end.
std::uint8_t* put_integer(std::uint8_t* out, std::string_view number) {
  while (number.size() > 1 && number.front() == '\0') number.remove_prefix(1);
  const bool sign_octet = (static_cast<unsigned char>(number.front()) & 0x80) != 0;
  *out++ = 0x02;
  *out++ = static_cast<std::uint8_t>(number.size() + (sign_octet ? 1 : 0));
  if (sign_octet) *out++ = 0;
  return std::copy(number.begin(), number.end(), out);
}

}  // namespace

DerSignature der_from_raw(std::string_view raw, std::size_t coordinate) {
  DerSignature der;
  // Threat: a signature of many kilobytes expanded past a fixed buffer (HAProxy, 2026).
  if (coordinate == 0 || coordinate > 66 || raw.size() != 2 * coordinate) return der;
  std::array<std::uint8_t, kMaxDerSignature> body;
  const std::uint8_t* const end =
      put_integer(put_integer(body.data(), raw.substr(0, coordinate)), raw.substr(coordinate));
  const auto size = static_cast<std::size_t>(end - body.data());
  std::uint8_t* out = der.octets.data();
  *out++ = 0x30;
  if (size >= 0x80) *out++ = 0x81;
  *out++ = static_cast<std::uint8_t>(size);
  out = std::copy_n(body.data(), size, out);
  der.size = static_cast<std::size_t>(out - der.octets.data());
  return der;
}

}  // namespace quivive::crypto
