#include "net/fetch.h"

#include "base/text.h"
#include "http/url.h"
#include "net/libcurl.h"

#include <memory>

namespace quivive::net {
namespace {

struct Body {
  FetchResponse* response;
  std::size_t limit;
  bool too_large = false;
};

std::size_t keep_body(char* data, std::size_t, std::size_t n, void* to) {
  auto* body = static_cast<Body*>(to);
  if (body->response->body.size() + n > body->limit) {
    body->too_large = true;  // unbounded growth: a key server must not be able to fill our memory
    return 0;
  }
  body->response->body.append(data, n);
  return n;
}

std::size_t keep_cache_control(char* data, std::size_t, std::size_t n, void* to) {
  auto* response = static_cast<FetchResponse*>(to);
  std::string_view line(data, n);
  const auto colon = line.find(':');
  if (colon != std::string_view::npos && iequals(line.substr(0, colon), "Cache-Control")) {
    line.remove_prefix(colon + 1);
    while (!line.empty() && (line.back() == '\r' || line.back() == '\n')) line.remove_suffix(1);
    response->cache_control = trim_ows(line);
  }
  return n;
}

}  // namespace

void fetch_init() { (void)libcurl(); }

Result<FetchResponse> fetch(const std::string& url, const FetchLimits& limits, FetchMethod method) {
  const auto& loaded = libcurl();
  if (!loaded) return loaded.error();
  const Libcurl& lib = **loaded;
  const std::unique_ptr<CURL, decltype(lib.easy_cleanup)> curl(lib.easy_init(), lib.easy_cleanup);
  if (!curl) return error("cannot start an HTTP request: out of memory");
  FetchResponse response;
  Body body{&response, limits.bytes};
  CURL* c = curl.get();
  const bool secure = http::parse_url(url).scheme == "https";  // in whatever case
  lib.easy_setopt(c, CURLOPT_URL, url.c_str());
  lib.easy_setopt(c, CURLOPT_PROTOCOLS_STR, "http,https");
  // Threat: a redirect from https to http would let the network choose our keys.
  lib.easy_setopt(c, CURLOPT_REDIR_PROTOCOLS_STR, secure ? "https" : "http,https");
  lib.easy_setopt(c, CURLOPT_FOLLOWLOCATION, 1L);
  lib.easy_setopt(c, CURLOPT_MAXREDIRS, limits.redirects);
  lib.easy_setopt(c, CURLOPT_TIMEOUT_MS, static_cast<long>(limits.timeout.count()));
  lib.easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
  lib.easy_setopt(c, CURLOPT_NETRC, static_cast<long>(CURL_NETRC_IGNORED));
  lib.easy_setopt(c, CURLOPT_USERAGENT, "quivive/" QUIVIVE_VERSION);
  lib.easy_setopt(c, CURLOPT_WRITEFUNCTION, &keep_body);
  lib.easy_setopt(c, CURLOPT_WRITEDATA, &body);
  lib.easy_setopt(c, CURLOPT_HEADERFUNCTION, &keep_cache_control);
  lib.easy_setopt(c, CURLOPT_HEADERDATA, &response);
  if (method == FetchMethod::Post) {
    lib.easy_setopt(c, CURLOPT_POST, 1L);
    lib.easy_setopt(c, CURLOPT_POSTFIELDSIZE, 0L);
  }
  const CURLcode code = lib.easy_perform(c);
  if (body.too_large) return error("{}: the answer is larger than {} bytes", url, limits.bytes);
  if (code != CURLE_OK) return error("{}: {}", url, lib.easy_strerror(code));
  lib.easy_getinfo(c, CURLINFO_RESPONSE_CODE, &response.status);
  return response;
}

}  // namespace quivive::net
