#include "base/text.h"
#include "config/decode.h"
#include "config/readers.h"
#include "config/text_rules.h"

#include <fmt/format.h>

namespace quivive::config {
namespace {

struct HeaderName {
  std::string_view setting;
  std::string_view suffix;
  std::string IdentityHeaders::*name;
};

constexpr HeaderName kHeaders[] = {
    {"subject", "Subject", &IdentityHeaders::subject}, {"scheme", "Scheme", &IdentityHeaders::scheme},
    {"issuer", "Issuer", &IdentityHeaders::issuer},    {"scopes", "Scopes", &IdentityHeaders::scopes},
    {"roles", "Roles", &IdentityHeaders::roles},       {"key_id", "Key-Id", &IdentityHeaders::key_id},
    {"assertion", "Assertion", &IdentityHeaders::assertion},
};

// Names that the stripping of inbound headers takes for one: case, '-', '_' and '.' count for nothing.
std::string folded(std::string_view name) {
  std::string out = to_lower(name);
  for (char& c : out) c = c == '_' || c == '.' ? '-' : c;
  return out;
}

}  // namespace

void read_identity(const Section& root, Config& out) {
  const Section section = root.below("identity");
  Identity& identity = out.identity;
  section.read("prefix", identity.prefix);
  section.read("assertion", identity.assertion);
  section.read("assertion_lifetime", identity.assertion_lifetime);

  const Section headers = section.below("headers");
  for (const HeaderName& row : kHeaders) {
    std::string& name = identity.headers.*row.name;
    name = identity.prefix + std::string(row.suffix);
    headers.read(row.setting, name);
    for (const HeaderName& earlier : kHeaders) {
      if (&earlier == &row) break;
      if (name.empty() || folded(identity.headers.*earlier.name) != folded(name)) continue;
      headers.report().error(headers.at(row.setting), headers.path_of(row.setting),
                             fmt::format("'{}' is the name for {} too", printable(name, 60), earlier.setting));
    }
  }
  // Threat: a header that carries the client's own key must not be one that we strip or assert.
  if (out.accept.api_key && !out.accept.api_key->header.empty()) {
    const std::string key = folded(out.accept.api_key->header);
    bool taken = key.starts_with(folded(identity.prefix));
    for (const HeaderName& row : kHeaders) taken = taken || folded(identity.headers.*row.name) == key;
    if (taken) {
      section.report().error(section.at(), "identity", fmt::format("'{}' carries API keys (accept.api_key.header); it cannot carry an identity", out.accept.api_key->header));
    }
  }
  if (!identity.assertion) identity.headers.assertion.clear();
}

}  // namespace quivive::config
