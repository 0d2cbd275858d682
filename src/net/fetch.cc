#include "net/fetch.h"

#include "base/text.h"

#include <curl/curl.h>

#include <memory>

namespace quivive::net {
namespace {

struct Body {
  FetchResponse* response;
  std::size_t limit;
  bool too_large = false;
};

std::size_t on_body(char* data, std::size_t, std::size_t n, void* to) {
  auto* body = static_cast<Body*>(to);
  if (body->response->body.size() + n > body->limit) {
    body->too_large = true;  // unbounded growth: a key server must not be able to fill our memory
    return 0;
  }
  body->response->body.append(data, n);
  return n;
}

std::size_t on_header(char* data, std::size_t, std::size_t n, void* to) {
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

void fetch_init() { curl_global_init(CURL_GLOBAL_DEFAULT); }

Result<FetchResponse> fetch(const std::string& url, const FetchLimits& limits, FetchMethod method) {
  const std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> curl(curl_easy_init(), &curl_easy_cleanup);
  if (!curl) return error("cannot start an HTTP request: out of memory");
  FetchResponse response;
  Body body{&response, limits.bytes};
  CURL* c = curl.get();
  const bool secure = url.starts_with("https://");
  curl_easy_setopt(c, CURLOPT_URL, url.c_str());
  curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "http,https");
  // Threat: a redirect from https to http would let the network choose our keys.
  curl_easy_setopt(c, CURLOPT_REDIR_PROTOCOLS_STR, secure ? "https" : "http,https");
  curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, 1L);
  curl_easy_setopt(c, CURLOPT_MAXREDIRS, limits.redirects);
  curl_easy_setopt(c, CURLOPT_TIMEOUT_MS, static_cast<long>(limits.timeout.count()));
  curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(c, CURLOPT_NETRC, static_cast<long>(CURL_NETRC_IGNORED));
  curl_easy_setopt(c, CURLOPT_USERAGENT, "quivive/" QUIVIVE_VERSION);
  curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, &on_body);
  curl_easy_setopt(c, CURLOPT_WRITEDATA, &body);
  curl_easy_setopt(c, CURLOPT_HEADERFUNCTION, &on_header);
  curl_easy_setopt(c, CURLOPT_HEADERDATA, &response);
  if (method == FetchMethod::Post) {
    curl_easy_setopt(c, CURLOPT_POST, 1L);
    curl_easy_setopt(c, CURLOPT_POSTFIELDSIZE, 0L);
  }
  const CURLcode code = curl_easy_perform(c);
  if (body.too_large) return error("{}: the answer is larger than {} bytes", url, limits.bytes);
  if (code != CURLE_OK) return error("{}: {}", url, curl_easy_strerror(code));
  curl_easy_getinfo(c, CURLINFO_RESPONSE_CODE, &response.status);
  return response;
}

}  // namespace quivive::net
