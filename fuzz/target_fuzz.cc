// Request targets and queries. A target that is accepted is read again here, by a naive decoder that shares nothing with
// the parser, and must not contain what any server would normalise.

#include "check.h"
#include "base/text.h"
#include "http/query.h"
#include "http/target.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace {

using namespace quivive::http;

int digit(char c) {
  const auto at = std::string_view("0123456789abcdef").find(quivive::ascii_lower(c));
  return at == std::string_view::npos ? -1 : static_cast<int>(at);
}

std::string decode(std::string_view path) {
  std::string out;
  for (std::size_t i = 0; i < path.size(); ++i) {
    if (path[i] == '%') {
      FUZZ_CHECK(i + 2 < path.size() && digit(path[i + 1]) >= 0 && digit(path[i + 2]) >= 0);
      out += static_cast<char>(digit(path[i + 1]) * 16 + digit(path[i + 2]));
      i += 2;
    } else {
      out += path[i];
    }
  }
  return out;
}

// No server finds a dot segment, or an empty one that is not there as sent.
void check_segments(std::string_view decoded, bool encoded_slashes) {
  FUZZ_CHECK(decoded.starts_with('/'));
  decoded.remove_prefix(1);
  while (true) {
    const std::size_t end = std::min(decoded.find('/'), decoded.size());
    const std::string_view segment = decoded.substr(0, end);
    const std::string_view name = segment.substr(0, segment.find(';'));
    FUZZ_CHECK(name != "." && name != "..");
    FUZZ_CHECK(segment.find("..;") == std::string_view::npos);
    FUZZ_CHECK(!name.empty() || segment.empty());
    if (end == decoded.size()) return;
    FUZZ_CHECK(encoded_slashes || !segment.empty());
    decoded.remove_prefix(end + 1);
  }
}

void check_target(std::string_view text, EncodedSlash slashes) {
  std::string scratch;
  const auto target = parse_target(text, "h", slashes, scratch);
  if (!target) {
    FUZZ_CHECK(!target.error().detail.empty() && target.error().offset <= text.size());
    return;
  }
  const std::string policy(target->policy_path);
  for (const char c : policy + std::string(target->query)) FUZZ_CHECK(c > 0x20 && c < 0x7f && c != '#');
  FUZZ_CHECK(policy.find_first_of("?\\\"<>^`{|}[]") == std::string::npos);

  const std::string decoded = decode(policy);
  FUZZ_CHECK(decoded == decode(target->path));
  FUZZ_CHECK(quivive::is_valid_utf8(decoded));
  FUZZ_CHECK(decoded.find_first_of("?#\\\x7f") == std::string::npos);
  for (const char c : decoded) FUZZ_CHECK(static_cast<unsigned char>(c) >= 0x20);
  check_segments(decoded, target->has_encoded_slash);
  FUZZ_CHECK((decoded.find(';') != std::string::npos) == target->has_parameters);
  FUZZ_CHECK((policy.find("%2F") != std::string::npos) == target->has_encoded_slash);
  FUZZ_CHECK(slashes == EncodedSlash::Pass || !target->has_encoded_slash);

  std::string forwarded, scratch2;
  append_origin_form(forwarded, *target);
  const auto again = parse_target(forwarded, "", slashes, scratch2);
  FUZZ_CHECK(again && again->policy_path == policy && again->query == target->query && again->has_query == target->has_query);
  const auto canonical = parse_target(policy, "", slashes, scratch2);
  FUZZ_CHECK(canonical && canonical->policy_path == policy);
}

void check_query(std::string_view query) {
  const QueryMatch match = find_parameter(query, "api_key");
  std::string rest;
  FUZZ_CHECK(append_query_without(rest, query, "api_key") == match.count);
  FUZZ_CHECK(find_parameter(rest, "api_key").count == 0);
  if (match.count == 0) FUZZ_CHECK(rest == query);
  QueryReader reader(query);
  for (QueryPair pair; reader.next(pair);) FUZZ_CHECK(form_equals(pair.name, form_decode(pair.name)));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  check_target(text, EncodedSlash::Refuse);
  check_target(text, EncodedSlash::Pass);
  check_query(text);
  return 0;
}
