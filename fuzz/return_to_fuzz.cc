// Where a login sends the user: whatever is accepted, a browser's way of reading it stays on this site. The reading here is
// the URL standard's (section 4.4) for a relative reference, and stricter: once more after decoding.

#include "check.h"
#include "auth/return_to.h"
#include "http/query.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace {

// As a browser resolves it: tabs and line ends dropped, backslashes made slashes, dot segments gone. True if another host is named.
bool leaves_the_site(std::string_view reference) {
  std::string text;
  for (const char c : reference) {
    if (c != '\t' && c != '\n' && c != '\r') text += c == '\\' ? '/' : c;
  }
  if (!text.starts_with('/') || text.starts_with("//")) return true;
  std::string path = text.substr(0, text.find_first_of("?#"));
  std::vector<std::string> kept;
  for (std::size_t at = 1; at <= path.size();) {
    const std::size_t end = std::min(path.find('/', at), path.size());
    const std::string segment = path.substr(at, end - at);
    if (segment == "..") {
      if (!kept.empty()) kept.pop_back();
    } else if (segment != ".") {
      kept.push_back(segment);
    }
    at = end + 1;
  }
  return kept.size() > 1 && kept.front().empty();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace quivive;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const std::string_view to = auth::checked_return_to(text);
  FUZZ_CHECK(to == "/" || to == text);
  FUZZ_CHECK(to.size() <= auth::kMaxReturnToBytes);
  for (const char c : to) FUZZ_CHECK(c > 0x20 && c < 0x7f && c != '\\' && c != '#');
  std::string decoded(to.substr(0, to.find('?')));
  FUZZ_CHECK(!leaves_the_site(decoded));
  decoded = http::form_decode(decoded);
  FUZZ_CHECK(!leaves_the_site(decoded));
  // Of our own paths only the two that a sign-in interrupts.
  const bool resumes = decoded == "/.quivive/oauth/authorize" || decoded == "/.quivive/oauth/device";
  FUZZ_CHECK(resumes || (!decoded.starts_with("/.quivive/") && decoded != "/.quivive"));

  std::string location;
  auth::append_login_location(location, text);
  const std::string_view query = std::string_view(location).substr(location.find('?') + 1);
  const http::QueryMatch match = http::find_parameter(query, "return_to");
  FUZZ_CHECK(match.count == 1 && http::form_decode(match.value) == to);
  return 0;
}
