#pragma once
// The request that curl 7.88 sends for a set of options.

#include "diagnose/exchange.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace quivive::diagnose::readers {

// The options of one curl operation: of a command, or of its part up to --next.
struct CurlOperation {
  struct FormPart {
    std::string content;   // name=value, as given
    bool literal = false;  // --form-string: @ and < mean nothing
  };
  std::vector<std::string> urls;
  std::vector<std::string> uploads;  // -T, one for each URL as far as they go
  std::string method;                // -X
  bool head = false, get = false, json = false, has_data = false;
  std::vector<std::string> headers;  // -H, as given
  std::string data;                  // -d and its kin, joined
  std::vector<FormPart> form;
  std::string url_query;  // --url-query, joined
  std::optional<std::string> user, bearer, cookie, user_agent, referer, request_target;
  bool basic = false, digest = false, ntlm = false, negotiate = false, any_auth = false, aws = false;
  std::vector<std::string> notes;  // what the command does not show: files that were read
};

// `upload` is the file of -T, where there is one for this URL.
[[nodiscard]] Request build_curl_request(const CurlOperation& operation, std::string_view url, std::optional<std::string_view> upload);

// Adds data as -d, --data-raw, --data-urlencode or --json do. `@file` is left out and noted.
enum class CurlData : std::uint8_t { Plain, Raw, UrlEncode, Json };
void add_curl_data(CurlOperation& operation, CurlData kind, std::string_view value);
// --url-query: as --data-urlencode, or as it stands behind a +.
void add_curl_query(CurlOperation& operation, std::string_view value);

}  // namespace quivive::diagnose::readers
