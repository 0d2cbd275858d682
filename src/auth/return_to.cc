#include "auth/return_to.h"

#include "http/form.h"
#include "http/target.h"

namespace quivive::auth {
namespace {

constexpr std::string_view kElsewhere = "/";
constexpr std::string_view kAuthorizePath = "/.quivive/oauth/authorize", kDevicePath = "/.quivive/oauth/device";

bool is_own_path(std::string_view policy_path) {
  constexpr std::string_view kOwn = "/.quivive";
  if (!policy_path.starts_with(kOwn)) return false;
  // A sign-in for a client leads back to the authorization request, which checks where it goes from there; or to a device's.
  if (policy_path == kAuthorizePath || policy_path == kDevicePath) return false;
  policy_path.remove_prefix(kOwn.size());
  return policy_path.empty() || policy_path.front() == '/' || policy_path.front() == ';';
}

}  // namespace

std::string_view checked_return_to(std::string_view text) {
  if (text.size() > kMaxReturnToBytes) return kElsewhere;
  // Absolute-form, which parse_target reads as well, and "//host", which it refuses as an empty segment.
  if (!text.starts_with('/') || text.starts_with("//")) return kElsewhere;
  // In the query a backslash is only a character to browsers; not to all that read a Location field.
  if (text.find('\\') != std::string_view::npos) return kElsewhere;
  std::string scratch;
  // Encoded slashes too where a route lets them pass: "/%2f%2fevil" is one decoding away from "//evil".
  const auto target = http::parse_target(text, {}, http::EncodedSlash::Refuse, scratch);
  if (!target || is_own_path(target->policy_path)) return kElsewhere;
  return text;
}

void append_login_location(std::string& out, std::string_view target) {
  out += "/.quivive/login?return_to=";
  http::append_form_encoded(out, checked_return_to(target));
}

}  // namespace quivive::auth
