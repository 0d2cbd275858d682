#include "unit/diagnose/rules/har_text.h"
#include "unit/diagnose/rules/rows.h"

namespace quivive::diagnose::rows {
namespace {

constexpr std::string_view kCorsCodes = "cors-preflight-401 cors-header-not-allowed";

std::string preflight(std::string_view status, std::string_view response, std::string_view headers = "authorization") {
  return exchange(
      "OPTIONS /v1/orders",
      "Host: api.example.com\r\nOrigin: https://app.example.com\r\nAccess-Control-Request-Method: GET\r\nAccess-Control-Request-Headers: " +
          std::string(headers) + "\r\n",
      status, response);
}

HarEntry har_preflight(int status, HarFields response) {
  return {.method = "OPTIONS",
          .url = "https://api.example.com/v1/orders",
          .request = {{"Origin", "https://app.example.com"},
                      {"Access-Control-Request-Method", "GET"},
                      {"Access-Control-Request-Headers", "authorization"}},
          .response = std::move(response),
          .status = status,
          .type = "preflight"};
}
HarEntry har_request(int status, std::string error = "") {
  return {.url = "https://api.example.com/v1/orders",
          .request = {{"Origin", "https://app.example.com"}, {"Authorization", "Bearer 4f9c2d7e8a1b4c6d9e0f"}},
          .status = status,
          .error = std::move(error)};
}

TEST(CorsRules, Table_Verdicts) {
  const std::string allow = "Access-Control-Allow-Origin: https://app.example.com\r\nAccess-Control-Allow-Headers: ";
  check({
      {.name = "401",
       .text = preflight("401 Unauthorized", "WWW-Authenticate: Bearer\r\n"),
       .verdict = "cors-preflight-401 certain",
       .absent = "missing-www-authenticate"},
      {.name = "403",
       .text = preflight("403 Forbidden", ""),
       .verdict = "cors-preflight-401 certain",
       .absent = "missing-credentials-as-403"},
      {.name = "to a login page",
       .text = preflight("302 Found", "Location: https://id.example.com/login?next=x\r\n"),
       .verdict = "cors-preflight-401 certain",
       .absent = "login-redirect-mask"},
      {.name = "OPTIONS by hand",
       .text = exchange("OPTIONS /v1/orders", "Host: api.example.com\r\n", "401 Unauthorized", "WWW-Authenticate: Bearer\r\n"),
       .absent = std::string(kCorsCodes)},
      {.name = "not named",
       .text = preflight("204 No Content", allow + "content-type\r\n", "authorization,content-type"),
       .verdict = "cors-header-not-allowed certain"},
      {.name = "a star", .text = preflight("200 OK", allow + "*\r\n"), .verdict = "cors-header-not-allowed certain"},
      {.name = "nothing allowed",
       .text = preflight("200 OK", "Access-Control-Allow-Origin: *\r\n", "x-api-key"),
       .verdict = "cors-header-not-allowed certain"},
      {.name = "a star for another",
       .text = preflight("200 OK", "Access-Control-Allow-Origin: *\r\nAccess-Control-Allow-Headers: *\r\n", "x-api-key"),
       .verdict = "none",
       .absent = std::string(kCorsCodes)},
      {.name = "named",
       .text = preflight("204 No Content", allow + "Content-Type, Authorization\r\n"),
       .verdict = "none",
       .absent = std::string(kCorsCodes)},
  });
}

TEST(CorsRules, Har_WithTheRequest) {
  check({
      {.name = "refused",
       .format = Format::Har,
       .text = har_text({har_request(0, "net::ERR_FAILED"), har_preflight(401, {{"www-authenticate", "Bearer"}})}),
       .verdict = "cors-preflight-401 certain"},
      {.name = "not allowed",
       .format = Format::Har,
       .text = har_text({har_preflight(204, {{"access-control-allow-headers", "content-type"}}), har_request(0, "net::ERR_FAILED")}),
       .verdict = "cors-header-not-allowed certain"},
      {.name = "the browser was content",
       .format = Format::Har,
       .text = har_text({har_preflight(401, {{"www-authenticate", "Bearer"}}), har_request(200)}),
       .verdict = "none",
       .absent = std::string(kCorsCodes)},
      {.name = "no preflight in it",
       .format = Format::Har,
       .text = har_text({har_request(0, "net::ERR_FAILED")}),
       .found = "cors-preflight-401"},
      {.name = "another failure",
       .format = Format::Har,
       .text = har_text({har_request(0, "net::ERR_CONNECTION_REFUSED")}),
       .absent = std::string(kCorsCodes)},
  });
}

}  // namespace
}  // namespace quivive::diagnose::rows
