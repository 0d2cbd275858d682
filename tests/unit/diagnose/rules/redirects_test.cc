#include "unit/diagnose/rules/rows.h"

namespace quivive::diagnose::rows {
namespace {

constexpr std::string_view kRedirectCodes =
    "redirect-dropped-auth trailing-slash-redirect https-to-http-redirect http-to-https-redirect method-changed-by-redirect "
    "redirect-added-netrc wrong-host-port userinfo-in-url";

// A connection of curl -v: the scheme is known by its port and its TLS lines.
std::string hop(std::string_view scheme, std::string_view host, std::string_view line, std::string_view fields, std::string_view status,
                std::string_view response, std::string_view remarks = {}) {
  const bool tls = scheme == "https";
  std::string out = "*   Trying 192.0.2.7:" + std::string(tls ? "443" : "80") + "...\n* Connected to " + std::string(host) +
                    " (192.0.2.7) port " + (tls ? "443" : "80") + "\n";
  if (tls) out += "* SSL connection using TLSv1.3 / TLS_AES_256_GCM_SHA384\n";
  const auto add = [&](char mark, std::string_view text) {
    while (!text.empty()) {
      const std::string_view one = text.substr(0, text.find("\r\n"));
      out += std::string(1, mark) + ' ' + std::string(one) + '\n';
      text.remove_prefix(std::min(text.size(), one.size() + 2));
    }
  };
  add('>', std::string(line) + " HTTP/1.1\r\nHost: " + std::string(host) + "\r\nUser-Agent: curl/8.5.0\r\nAccept: */*\r\n" +
               std::string(fields));
  out += "> \n";
  add('<', "HTTP/1.1 " + std::string(status) + "\r\n" + std::string(response) + "Content-Length: 0\r\n");
  out += "< \n";
  return out + std::string(remarks);
}

constexpr std::string_view kRefused = "Date: Sat, 01 Mar 2025 12:00:00 GMT\r\nWWW-Authenticate: Bearer realm=\"api\"\r\n";

Row verbose(std::string name, std::string text, std::string verdict, std::string found = {}, std::string absent = {}) {
  return {std::move(name), Format::CurlVerbose, std::move(text), std::move(verdict), std::move(found), std::move(absent)};
}

TEST(RedirectRules, Table_Verdicts) {
  const std::string to_cdn =
      hop("https", "api.example.com", "GET /file", kBearer, "302 Found", "Location: https://cdn.example.net/file\r\n",
          "* Issue another request to this URL: 'https://cdn.example.net/file'\n");
  const std::string issue_up =
      "* Clear auth, redirects scheme from http to https\n* Issue another request to this URL: 'https://api.example.com/v1'\n";
  check({
      verbose("another host", to_cdn + hop("https", "cdn.example.net", "GET /file", "", "401 Unauthorized", kRefused),
              "redirect-dropped-auth certain", "", "trailing-slash-redirect http-to-https-redirect"),
      verbose("kept on another host", to_cdn + hop("https", "cdn.example.net", "GET /file", kBearer, "401 Unauthorized", kRefused), "", "",
              std::string(kRedirectCodes)),
      verbose("dropped, and fine", to_cdn + hop("https", "cdn.example.net", "GET /file", "", "200 OK", ""), "none", "",
              std::string(kRedirectCodes)),
      verbose("nothing to drop",
              hop("https", "api.example.com", "GET /file", "", "302 Found", "Location: https://cdn.example.net/file\r\n") +
                  hop("https", "cdn.example.net", "GET /file", "", "401 Unauthorized", kRefused),
              "", "", std::string(kRedirectCodes)),
      verbose("a key header",
              hop("https", "api.example.com", "GET /file", "X-API-Key: 0123456789abcdef\r\n", "301 Moved Permanently",
                  "Location: https://api.example.net/file\r\n") +
                  hop("https", "api.example.net", "GET /file", "", "401 Unauthorized", kRefused),
              "redirect-dropped-auth certain"),
      verbose("to a signed URL",
              hop("https", "api.example.com", "GET /file", kBearer, "302 Found",
                  "Location: https://s3.example.net/file?X-Amz-Signature=abc\r\n") +
                  hop("https", "s3.example.net", "GET /file?X-Amz-Signature=abc", "", "403 Forbidden", ""),
              "", "", "redirect-dropped-auth"),
      verbose("http to https",
              hop("http", "api.example.com", "GET /v1", kBearer, "301 Moved Permanently", "Location: https://api.example.com/v1\r\n",
                  issue_up) +
                  hop("https", "api.example.com", "GET /v1", "", "401 Unauthorized", kRefused),
              "redirect-dropped-auth certain", "http-to-https-redirect"),
      verbose("https to http, for a slash",
              hop("https", "api.example.com", "GET /items", kBearer, "307 Temporary Redirect",
                  "Location: http://api.example.com/items/\r\n", "* Issue another request to this URL: 'http://api.example.com/items/'\n") +
                  hop("http", "api.example.com", "GET /items/", "", "401 Unauthorized", kRefused),
              "redirect-dropped-auth certain", "https-to-http-redirect trailing-slash-redirect"),
      verbose("a slash, lost on the way",
              hop("https", "api.example.com", "GET /items", kBearer, "307 Temporary Redirect", "Location: /items/\r\n") +
                  hop("https", "api.example.com", "GET /items/", "", "401 Unauthorized", kRefused),
              "trailing-slash-redirect certain", "", "redirect-dropped-auth"),
      verbose("a slash, kept",
              hop("https", "api.example.com", "GET /items", kBearer, "307 Temporary Redirect", "Location: /items/\r\n") +
                  hop("https", "api.example.com", "GET /items/", kBearer, "401 Unauthorized", kRefused),
              "", "", std::string(kRedirectCodes)),
      verbose("POST to GET",
              hop("https", "id.example.com", "POST /token", "Content-Type: application/x-www-form-urlencoded\r\n", "301 Moved Permanently",
                  "Location: https://id.example.com/oauth/token\r\n") +
                  hop("https", "id.example.com", "GET /oauth/token", "", "401 Unauthorized", kRefused),
              "method-changed-by-redirect certain"),
      verbose("POST for a slash",
              hop("https", "api.example.com", "POST /items", kBearer, "301 Moved Permanently", "Location: /items/\r\n") +
                  hop("https", "api.example.com", "GET /items/", kBearer, "403 Forbidden", ""),
              "method-changed-by-redirect certain", "trailing-slash-redirect"),
      verbose("303 is meant so",
              hop("https", "api.example.com", "POST /items", kBearer, "303 See Other", "Location: /items/7\r\n") +
                  hop("https", "api.example.com", "GET /items/7", kBearer, "401 Unauthorized", kRefused),
              "", "", "method-changed-by-redirect"),
      verbose("Basic from a file",
              hop("https", "api.example.com", "GET /file", kBearer, "302 Found", "Location: https://cdn.example.net/file\r\n") +
                  hop("https", "cdn.example.net", "GET /file", kBasic, "401 Unauthorized", kRefused),
              "redirect-added-netrc certain", "", "redirect-dropped-auth"),
      verbose("Basic out of nothing",
              hop("https", "www.example.com", "GET /file", "", "302 Found", "Location: https://api.example.com/file\r\n") +
                  hop("https", "api.example.com", "GET /file", kBasic, "401 Unauthorized", kRefused),
              "redirect-added-netrc certain"),
      verbose("Basic, as asked",
              hop("https", "www.example.com", "GET /file", "", "302 Found", "Location: https://api.example.com/file\r\n") +
                  hop("https", "api.example.com", "GET /file", "", "401 Unauthorized", "WWW-Authenticate: Basic realm=\"x\"\r\n") +
                  hop("https", "api.example.com", "GET /file", kBasic, "401 Unauthorized", "WWW-Authenticate: Basic realm=\"x\"\r\n"),
              "", "", "redirect-added-netrc"),
      verbose("curl says so",
              "* Clear auth, redirects to port from 443 to 8443\n* Issue another request to this URL: 'https://api.example.com:8443/v1'\n" +
                  hop("https", "api.example.com", "GET /v1", "", "401 Unauthorized", kRefused),
              "redirect-dropped-auth certain"),
      verbose("another name in Host", hop("https", "api.example.com", "GET /v1", "", "401 Unauthorized", kRefused), "", "",
              std::string(kRedirectCodes)),
  });
}

TEST(RedirectRules, RequestsNotShown_Probable) {
  const auto responses = [](std::string_view location) {
    return "HTTP/1.1 302 Found\r\nLocation: " + std::string(location) +
           "\r\nContent-Length: 0\r\n\r\nHTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Bearer realm=\"api\"\r\nContent-Length: 0\r\n\r\n";
  };
  check({{.name = "to another host", .text = responses("https://cdn.example.net/file"), .verdict = "redirect-dropped-auth probable"},
         {.name = "on the same host", .text = responses("/v2/file"), .absent = "redirect-dropped-auth"}});
}

TEST(RedirectRules, LoneRedirect_Warns) {
  check({
      verbose(
          "to http",
          hop("https", "api.example.com", "GET /items", kBearer, "307 Temporary Redirect", "Location: http://api.example.com/items/\r\n"),
          "none", "https-to-http-redirect", "redirect-dropped-auth"),
      verbose("to https, with a secret",
              hop("http", "api.example.com", "GET /items", kBasic, "301 Moved Permanently", "Location: https://api.example.com/items\r\n"),
              "none", "http-to-https-redirect"),
      verbose("to https, without",
              hop("http", "api.example.com", "GET /items", "", "301 Moved Permanently", "Location: https://api.example.com/items\r\n"),
              "none", "", "http-to-https-redirect"),
  });
}

TEST(RedirectRules, Command_Advice) {
  check({
      {.name = "trusted",
       .format = Format::Curl,
       .text = "curl -L --location-trusted -H 'Authorization: Bearer 4f9c2d7e8a1b4c6d9e0f' https://api.example.com/v1",
       .verdict = "none",
       .found = "redirect-dropped-auth"},
      {.name = "a key follows",
       .format = Format::Curl,
       .text = "curl -L -H 'X-API-Key: 0123456789abcdef0123' https://api.example.com/v1",
       .verdict = "none",
       .found = "redirect-dropped-auth"},
      {.name = "Authorization stays",
       .format = Format::Curl,
       .text = "curl -L -H 'Authorization: Bearer 4f9c2d7e8a1b4c6d9e0f' https://api.example.com/v1",
       .verdict = "none",
       .absent = "redirect-dropped-auth"},
      {.name = "user info and a header",
       .format = Format::Curl,
       .text = "curl -H 'Authorization: Bearer 4f9c2d7e8a1b4c6d9e0f' https://ops:hunter22@api.example.com/v1",
       .verdict = "userinfo-in-url probable"},
      {.name = "user info alone",
       .format = Format::Curl,
       .text = "curl https://ops:hunter22@api.example.com/v1",
       .absent = "userinfo-in-url"},
  });
}

}  // namespace
}  // namespace quivive::diagnose::rows
