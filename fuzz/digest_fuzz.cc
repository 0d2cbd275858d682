// Digest credentials as a client sends them: any bytes. What is accepted is whole, is what a lenient reader reads too, and a nonce of
// somebody else's is never taken for ours.

#include "base/text.h"
#include "check.h"
#include "digest/credentials.h"
#include "digest/nonce.h"
#include "digest/response.h"
#include "http/credentials.h"

#include <cstdint>
#include <string>
#include <string_view>

using namespace quivive;

namespace {

void check_accepted(std::string_view value, const digest::DigestCredentials& read) {
  FUZZ_CHECK(read.count >= 1 && read.nc.size() == 8);
  FUZZ_CHECK(read.response.size() == 2 * crypto::digest_size(digest::info(read.algorithm).hash));
  FUZZ_CHECK(is_valid_utf8(read.username));
  // Two readers, one opinion: the debugger's reader is lenient, and finds the same values in what is accepted here.
  const http::ParsedCredentials lenient = http::parse_credentials("Digest " + std::string(value));
  const auto same = [&](std::string_view name, std::string_view ours) {
    const std::string* theirs = lenient.param(name);
    return theirs != nullptr && *theirs == ours;
  };
  FUZZ_CHECK(same("realm", read.realm) && same("uri", read.uri) && same("cnonce", read.cnonce) && same("nc", read.nc));
  // But for backslashes in a name that the client did not escape.
  FUZZ_CHECK(lenient.param("username") == nullptr || same("username", read.username) || read.username.find('\\') != std::string_view::npos);
  const digest::ResponseInput input{.algorithm = read.algorithm, .method = "GET", .uri = read.uri, .nonce = read.nonce, .nc = read.nc,
                                    .cnonce = read.cnonce, .qop = read.qop_text, .body_hash = {}};
  static digest::DigestHasher hasher;
  FUZZ_CHECK(hasher.response(input, "secret").view().size() == read.response.size());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view value(reinterpret_cast<const char*>(data), size);
  digest::DigestCredentials read;
  const auto problem = digest::parse(value, read);
  if (problem) FUZZ_CHECK(!problem->detail.empty());
  else check_accepted(value, read);

  static digest::NonceMint mint(Secret("a master that the fuzzer does not know"), 1);
  constexpr Instant kNow = from_unix_seconds(1'800'000'000);
  FUZZ_CHECK(!mint.read(value, "realm", kNow));
  // One of ours, with one character changed to another.
  std::string text(mint.make(kNow, "realm"));
  FUZZ_CHECK(mint.read(text, "realm", kNow));
  if (size >= 2) {
    char& changed = text[data[0] % text.size()];
    const char before = changed;
    changed = static_cast<char>(data[1]);
    FUZZ_CHECK(changed == before || !mint.read(text, "realm", kNow));
  }
  return 0;
}
