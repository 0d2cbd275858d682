#include "shown.h"

namespace quivive::diagnose {
namespace {

std::string detected(std::string_view text) {
  const auto format = detect(text);
  return format ? std::string(name_of(*format)) : "! " + format.error().message;
}

TEST(Detect, Formats_AreKnownByTheirContent) {
  struct Row {
    std::string_view text, format;
  };
  for (const Row& row : {
           Row{"curl https://h/", "curl"},
           Row{"\n  $ curl \\\n https://h/", "curl"},
           Row{"```\ncurl 'https://h/' -H 'Authorization: Bearer x'\n```", "curl"},
           Row{"T=abc\ncurl https://h/", "curl"},
           Row{"T=abc sudo curl https://h/", "curl"},
           Row{"curl ^\"https://h/^\" ^\r\n -H ^\"a: b^\"", "curl"},
           Row{"curl.exe https://h/", "curl"},
           Row{"PS C:\\> curl.exe https://h/", "curl"},
           Row{"curl https://h/\n{\"error\": \"x\"}", "curl"},
           Row{"*   Trying 1.2.3.4:443...\n", "curl-verbose"},
           Row{"* Uses proxy env variable https_proxy == 'x'\n", "curl-verbose"},
           Row{"$ curl -v https://h/\n> GET / HTTP/1.1\n> Host: h\n", "curl-verbose"},
           Row{"&gt; GET / HTTP/1.1\n&gt; Host: h\n&lt; HTTP/1.1 401\n", "curl-verbose"},
           Row{"12:00:01.123456 > GET / HTTP/1.1\n", "curl-verbose"},
           Row{"  % Total    % Received\n\r  0     0    0     0 --:--:--     0* Connected to h\n< HTTP/2 401 \n", "curl-verbose"},
           Row{"== Info:   Trying 1.2.3.4...\n", "curl-trace"},
           Row{"12:00:00.000000 => Send header, 5 bytes (0x5)\n", "curl-trace"},
           Row{"GET / HTTP/1.1\nHost: h\n", "http"},
           Row{"HTTP/1.1 401 Unauthorized\n", "http"},
           Row{"$ curl -i https://h/\nHTTP/2 401 \na: b\n", "http"},
           Row{"  HTTP/1.1 401 Unauthorized\n", "http"},
           Row{"GET https://h/\nAuthorization: Bearer {{t}}\n", "http"},
           Row{"### x\n# @name y\n@a = b\nPOST {{host}}/x\n", "http"},
           Row{"Request URL: https://h/\nRequest Method: GET\nStatus Code: 401\n", "http"},
           Row{"Request URL\nhttps://h/\nRequest Method\nGET\n", "http"},
           Row{"{\"log\":{\"version\":\"1.2\",\"creator\":{}", "har"},
           Row{"{ \"log\" : { \"entries\": [", "har"},
           Row{"\xef\xbb\xbf{\"log\":{\"creator\":{\"name\":\"x\"}}}", "har"},
           Row{"{\"info\":{\"_postman_id\":\"x\",\"schema\":\"y\"},\"item\":[]}", "postman"},
           Row{"{\"collection\":{\"info\":{}}}", "postman"},
           Row{"{\"item\":[{\"name\":\"log\",\"version\":1}],\"info\":{\"name\":\"x\"}}", "postman"},
           Row{"eyJhbGciOiJub25lIn0.e30.", "token"},
           Row{"\"eyJhbGciOiJub25lIn0.e30.\"\n", "token"},
           Row{"eyJhbGciOiJub25lIn0.\ne30.", "token"},
           Row{"Bearer abc", "token"},
           Row{"Basic YTpi\n", "token"},
           Row{"ghp_0123456789abcdef", "token"},
           Row{"WWW-Authenticate: Bearer realm=\"x\"", "header"},
           Row{"authorization: Bearer eyJ.e30.x\n", "header"},
           Row{"Authorization : x", "header"},
           Row{"> Authorization: Bearer x", "header"},
           Row{"-H 'Authorization: Bearer x'", "header"},
           Row{"Host: h\nX-API-Key: k\nAccept: */*\n", "header"},
           Row{"Authorization: Bearer eyJ\n.e30.x", "header"},
       }) {
    EXPECT_EQ(detected(row.text), row.format) << row.text;
  }
}

TEST(Detect, OtherInput_IsNamed) {
  struct Row {
    std::string_view text, sign;
  };
  for (const Row& row : {
           Row{"", "empty"},
           Row{" \n\t", "empty"},
           Row{std::string_view("a\0b", 3), "binary"},
           Row{std::string_view("\xff\xfe<\0", 4), "UTF-16"},
           Row{"\x1f\x8b\b", "compressed"},
           Row{"<!DOCTYPE html>\n<html>", "HTML"},
           Row{"<html><body>", "HTML"},
           Row{"<?xml version=\"1.0\"?>", "XML"},
           Row{"Invoke-WebRequest -Uri \"https://h/\" -Headers @{\"a\"=\"b\"}", "PowerShell"},
           Row{"$session = New-Object X\nInvoke-WebRequest -UseBasicParsing -Uri \"https://h/\"", "PowerShell"},
           Row{"curl -Uri https://h/", "PowerShell"},
           Row{"fetch(\"https://h/\", {\n  \"headers\": {", "fetch"},
           Row{"await fetch('x')", "fetch"},
           Row{"import requests\nrequests.get('x')", "Python"},
           Row{"{\"access_token\":\"x\"}", "tokens"},
           Row{"{\"keys\":[]}", "--jwks"},
           Row{"{\"openapi\":\"3.0\"}", "OpenAPI"},
           Row{"{\"name\":\"x\",\"values\":[]}", "--postman-environment"},
           Row{"{\"error\":\"x\"}", "curl -i"},
           Row{"{\"a\":1}", "JSON"},
           Row{"{", "JSON"},
           Row{"[{\"a\":1}]", "JSON array"},
           Row{"http GET https://h/ A:b", "HTTPie"},
           Row{"wget https://h/", "wget"},
           Row{"https://h/", "URL"},
           Row{"I get an error", "no format"},
           Row{"abc", "no format"},
           Row{"Content-Type: text/plain", "no format"},
       }) {
    const std::string found = detected(row.text);
    EXPECT_TRUE(found.starts_with("! ")) << row.text << ": " << found;
    EXPECT_NE(found.find(row.sign), std::string::npos) << row.text << ": " << found;
    EXPECT_EQ(found.find('\n'), std::string::npos);
  }
}

TEST(Detect, OnlyTheBeginning_IsLookedAt) {
  EXPECT_EQ(detected("curl https://h/ -d '" + std::string(kDetectBytes, 'x')), "curl");
  EXPECT_EQ(detected("{\"log\":{\"version\":\"1.2\",\"x\":\"" + std::string(kDetectBytes, 'x')), "har");
}

}  // namespace
}  // namespace quivive::diagnose
