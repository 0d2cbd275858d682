#include "gateway/logo.h"

#include "base/base64.h"
#include "base/text.h"

namespace quivive::gateway {
namespace {

using namespace std::string_view_literals;

std::string_view after_space(std::string_view text) {
  text.remove_prefix(std::min(text.find_first_not_of(" \t\r\n"), text.size()));
  return text;
}

// What stands after the first `end`; "" where there is none.
std::string_view after(std::string_view text, std::string_view end) {
  const std::size_t at = text.find(end);
  return at == std::string_view::npos ? std::string_view{} : text.substr(at + end.size());
}

// Whether the document's first element is svg. Before it may stand a byte order mark, declarations, comments and a DOCTYPE without
// an internal subset: entities could make a small file a large one.
bool is_svg(std::string_view text) {
  if (!is_valid_utf8(text)) return false;
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  while (true) {
    text = after_space(text);
    if (text.starts_with("<?")) {
      text = after(text, "?>");
    } else if (text.starts_with("<!--")) {
      text = after(text, "-->");
    } else if (text.starts_with("<!DOCTYPE") && text.find('>') < text.find('[')) {
      text = after(text, ">");
    } else {
      constexpr std::string_view kElement = "<svg";
      return text.starts_with(kElement) && text.size() > kElement.size() && " \t\r\n/>"sv.find(text[kElement.size()]) != std::string_view::npos;
    }
  }
}

// "" for none of them. The signatures are those of the WHATWG MIME sniffing standard, section 6.1.
std::string_view media_type(std::string_view bytes) {
  if (bytes.starts_with("\x89PNG\r\n\x1a\n"sv)) return "image/png";
  if (bytes.starts_with("\xff\xd8\xff"sv)) return "image/jpeg";
  if (bytes.starts_with("RIFF"sv) && bytes.substr(std::min<std::size_t>(8, bytes.size())).starts_with("WEBPVP"sv)) return "image/webp";
  return is_svg(bytes) ? "image/svg+xml" : std::string_view{};
}

}  // namespace

Result<std::string> logo_data_uri(std::string_view bytes) {
  if (bytes.empty()) return error("the logo is empty");
  if (bytes.size() > kMaxLogoBytes) return error("the logo is larger than {} KiB, and every visit of the login page would carry it", kMaxLogoBytes / 1024);
  const std::string_view type = media_type(bytes);
  if (type.empty()) return error("the logo is not an SVG, PNG, JPEG or WebP image");
  std::string uri = "data:";
  uri += type;
  uri += ";base64,";
  uri += base64_encode(bytes);
  return uri;
}

}  // namespace quivive::gateway
