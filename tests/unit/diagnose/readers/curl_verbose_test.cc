#include "shown.h"

namespace quivive::diagnose::readings {
namespace {

TEST(ReadCurlVerbose, Exchanges_AreRead) {
  for (const Row& row : {
           Row{"> GET /p?q HTTP/1.1\n> Host: h\n> A: b\n> \n< HTTP/1.1 401 Unauthorized\n< B: c\n< \nbody\n",
               "GET h/p?q {Host: h} {A: b} -> 401 {B: c} \"body\""},
           // CR at line ends, as curl writes heads to a terminal
           Row{"> GET / HTTP/1.1\r\n> Host: h\r\n>\r\n< HTTP/1.1 200 OK\r\n< A: b\r\n<\r\nx", "GET h/ {Host: h} -> 200 {A: b} \"x\""},
           // The mark of the blank line is gone, or the line itself
           Row{"> GET / HTTP/1.1\n> Host: h\n\n< HTTP/1.1 200 OK\n< A: b\n\nx", "GET h/ {Host: h} -> 200 {A: b} \"x\""},
           Row{"> GET / HTTP/1.1\n> Host: h\n< HTTP/1.1 200 OK\n< A: b\n* Connection #0 to host h left intact\n",
               "GET h/ {Host: h} -> 200 {A: b}"},
           Row{"  > GET / HTTP/1.1\n  > Host: h\n  >\n  < HTTP/1.1 200 OK\n  <\n", "GET h/ {Host: h} -> 200"},
           // White space that matters stays
           Row{"> GET / HTTP/1.1\n> Host: h\n> Authorization: Bearer \n> X : y\n>\n", "GET h/ {Host: h} {Authorization: Bearer } {X : y}"},
           Row{"< HTTP/1.1 401 Unauthorized\n< WWW-Authenticate: Basic realm=\"a\"\n<\n", "? -> 401 {WWW-Authenticate: Basic realm=\"a\"}"},
           // Where the body and curl's lines share a line
           Row{"> GET / HTTP/1.1\n> Host: h\n>\n< HTTP/1.1 401 U\n<\n{\"e\":1}* Connection #0 to host h left intact\n",
               "GET h/ {Host: h} -> 401 \"{\"e\":1}\""},
           Row{"> GET / HTTP/1.1\n> Host: h\n>\n< HTTP/1.1 401 U\n<\n{ [7 bytes data]\n\r100     7  100     7    0     0     71      0 "
               "--:--:-- --:--:-- --:--:--    71\n"
               "* Connection #0 to host h left intact\n{\"e\":1}",
               "GET h/ {Host: h} -> 401 \"{\"e\":1}\""},
           Row{"> GET / HTTP/1.1\n> Host: h\n>\n< HTTP/1.1 401 U\n<\n{ [7 bytes data]\r100     7  100     7    0     0     71      0 "
               "--:--:-- --:--:-- --:--:--    71{\"e\":1}\n",
               "GET h/ {Host: h} -> 401 \"{\"e\":1}\""},
           Row{"  % Total    % Received % Xferd  Average Speed   Time    Time     Time  Current\n                                 Dload  "
               "Upload   Total   Spent    Left  Speed\n"
               "\r  0     0    0     0    0     0      0      0 --:--:-- --:--:-- --:--:--     0> GET / HTTP/1.1\n> Host: h\n>\n< HTTP/1.1 "
               "200 OK\n<\n",
               "GET h/ {Host: h} -> 200"},
           // -i repeats the head
           Row{"> GET / HTTP/1.1\n> Host: h\n>\n< HTTP/1.1 401 U\n< A: b\n<\nHTTP/1.1 401 U\nA: b\n\nbody\n",
               "GET h/ {Host: h} -> 401 {A: b} \"body\""},
           // Interim answers
           Row{"> POST / HTTP/1.1\n> Host: h\n> Expect: 100-continue\n>\n< HTTP/1.1 100 Continue\n<\n* We are completely uploaded and "
               "fine\n< HTTP/1.1 401 U\n< A: b\n<\n",
               "POST h/ {Host: h} {Expect: 100-continue} -> 401 {A: b}"},
           Row{"< HTTP/2 103 \n< link: x\n< \n< HTTP/2 401 \n< a: b\n< \n", "? -> 401 {a: b}"},
           // Colours, entities, quotation
           Row{"> GET / HTTP/1.1\n> Host: h\n>\n< \x1b[1mHTTP/1.1 401 U\x1b[0m\n< \x1b[1mA\x1b[0m: b\n<\n",
               "GET h/ {Host: h} -> 401 {A: b}"},
           Row{"&gt; GET /?a=1&amp;b=2 HTTP/1.1\n&gt; Host: h\n&gt;\n&lt; HTTP/1.1 401 U\n&lt; A: &quot;b&quot;\n&lt;\n",
               "GET h/?a=1&b=2 {Host: h} -> 401 {A: \"b\"}"},
           Row{"> * Connected to h (1.2.3.4) port 80 (#0)\n> > GET / HTTP/1.1\n> > Host: h\n> >\n> < HTTP/1.1 401 U\n> < A: b\n> <\n> x\n",
               "GET http://h/ {Host: h} -> 401 {A: b} \"x\""},
           // No port, no scheme: nothing says that it went in clear
           Row{"* Connected to h\n> GET / HTTP/1.1\n> Host: h\n>\n< HTTP/1.1 401 U\n< A: b\n<\n", "GET h/ {Host: h} -> 401 {A: b}"},
           // --trace-time, --trace-ids, CI logs
           Row{"12:00:01.123456 * Connected to h (1.2.3.4) port 80\n12:00:01.123456 > GET / HTTP/1.1\n12:00:01.123456 > Host: "
               "h\n12:00:01.123456 > \n"
               "12:00:01.223456 < HTTP/1.1 401 U\n12:00:01.223456 < A: b\n12:00:01.223456 < \nx",
               "GET http://h/ {Host: h} -> 401 {A: b} \"x\""},
           Row{"10:18:36.496 [0-0] > GET / HTTP/1.1\n10:18:36.496 [0-0] > Host: h\n10:18:36.496 [0-0] >\n10:18:36.496 [0-0] < HTTP/1.1 401 "
               "U\n",
               "GET h/ {Host: h} -> 401"},
           Row{"2025-03-01T10:00:00.0000000Z > GET / HTTP/1.1\n2025-03-01T10:00:00.0000000Z > Host: h\n2025-03-01T10:00:00.0000000Z "
               ">\n2025-03-01T10:00:00.0000000Z < HTTP/1.1 401 U\n",
               "GET h/ {Host: h} -> 401"},
           // A long value that a mail program wrapped, and one that had an end of line itself
           Row{"> GET / HTTP/1.1\n> Host: h\n> Authorization: Bearer aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\nbbbb\n>\n",
               "GET h/ {Host: h} {Authorization: Bearer aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaabbbb}"},
           Row{"> GET / HTTP/1.1\n> Host: h\n> Authorization: Basic abc\n> def\n>\n", "GET h/ {Host: h} {Authorization: Basic abc\ndef}"},
           // Bodies with lines like curl's
           Row{"> GET / HTTP/1.1\n> Host: h\n>\n< HTTP/1.1 200 OK\n<\n> quoted\n<html>\n< b\n",
               "GET h/ {Host: h} -> 200 \"> quoted\n<html>\n< b\""},
       }) {
    EXPECT_EQ(shown(read_curl_verbose(row.text)), row.expected) << row.text;
  }
}

TEST(ReadCurlVerbose, Schemes_AreTakenFromConnections) {
  for (const Row& row : {
           Row{"* Connected to h (1.2.3.4) port 443 (#0)\n> GET / HTTP/1.1\n> Host: h\n>\n", "GET https://h/ {Host: h}"},
           Row{"* Connected to h (1.2.3.4) port 8080 (#0)\n> GET / HTTP/1.1\n> Host: h:8080\n>\n", "GET http://h:8080/ {Host: h:8080}"},
           Row{"* Connected to h (1.2.3.4) port 8443\n* SSL connection using TLSv1.3 / X\n> GET / HTTP/1.1\n> Host: h:8443\n>\n",
               "GET https://h:8443/ {Host: h:8443}"},
           Row{"* Established connection to h (1.2.3.4 port 8443) from 5.6.7.8 port 999 \n* ALPN: server accepted http/1.1\n> GET / "
               "HTTP/1.1\n> Host: h:8443\n>\n",
               "GET https://h:8443/ {Host: h:8443}"},
           Row{"* Connected to h (1.2.3.4) port 8443\n* [HTTP/2] [1] OPENED stream for https://h:8443/x\n> GET /x HTTP/2\n> Host: "
               "h:8443\n>\n",
               "GET https://h:8443/x {Host: h:8443}"},
           Row{"* h2h3 [:method: GET]\n* h2h3 [:path: /x]\n* h2h3 [:scheme: https]\n* h2h3 [:authority: h]\n> GET /x HTTP/2\n> Host: h\n> "
               "a: b\n>\n",
               "GET https://h/x {Host: h} {a: b}"},
           // Only the lines of HTTP/2 were kept
           Row{"* using HTTP/2\n* [HTTP/2] [1] OPENED stream for https://h/x\n* [HTTP/2] [1] [:method: POST]\n* [HTTP/2] [1] [:scheme: "
               "https]\n* [HTTP/2] [1] [:authority: h]\n"
               "* [HTTP/2] [1] [:path: /x]\n* [HTTP/2] [1] [authorization: Bearer [x]]\n< HTTP/2 401 \n< a: b\n<\n",
               "POST https://h/x {host: h} {authorization: Bearer [x]} -> 401 {a: b}"},
           Row{"* h2 [:method: GET]\n* h2 [:path: /x]\n* h2 [:scheme: https]\n* h2 [:authority: h]\n* h2 [accept: */*]\n",
               "GET https://h/x {host: h} {accept: */*}"},
           Row{"* Connected to h (1.2.3.4) port 80\n> GET http://other/x HTTP/1.1\n> Host: other\n>\n", "GET http://other/x {Host: other}"},
           Row{"* Connected to h (1.2.3.4) port 8080\n> GET /x HTTP/1.0\n> A: b\n>\n", "GET http://h:8080/x {A: b}"},
       }) {
    EXPECT_EQ(shown(read_curl_verbose(row.text)), row.expected) << row.text;
  }
}

TEST(ReadCurlVerbose, Redirects_AreFollowed) {
  const Read read = read_curl_verbose(
      "* Connected to a (1.1.1.1) port 80 (#0)\n> GET /x HTTP/1.1\n> Host: a\n> Authorization: Basic eA==\n>\n< HTTP/1.1 301 Moved\n< "
      "Location: https://a/x\n<\n"
      "* Ignoring the response-body\n* Connection #0 to host a left intact\n* Clear auth, redirects to port from 80 to 443\n* Issue "
      "another request to this URL: 'https://a/x'\n"
      "*   Trying 1.1.1.1:443...\n* Connected to a (1.1.1.1) port 443 (#1)\n* SSL connection using TLSv1.3 / X\n> GET /x HTTP/1.1\n> Host: "
      "a\n>\n< HTTP/1.1 302 Found\n"
      "< Location: /y\n<\n* Issue another request to this URL: 'https://a/y'\n* Re-using existing connection #1 with host a\n> GET /y "
      "HTTP/1.1\n> Host: a\n>\n< HTTP/1.1 401 U\n<\nno\n"
      "* Connection #1 to host a left intact\n");
  EXPECT_EQ(shown(read),
            "GET http://a/x {Host: a} {Authorization: Basic eA==} -> 301 {Location: https://a/x}\nGET https://a/x {Host: a} -> 302 "
            "{Location: /y}\n"
            "GET https://a/y {Host: a} -> 401 \"no\"");
  ASSERT_TRUE(read && read->exchanges.size() == 3);
  EXPECT_EQ(read->exchanges[0].connection, "0");
  EXPECT_EQ(read->exchanges[1].connection, "1");
  EXPECT_EQ(read->exchanges[2].connection, "1");
  EXPECT_EQ(read->exchanges[2].server_address, "1.1.1.1");
  EXPECT_EQ(read->exchanges[1].remarks.front(), "Clear auth, redirects to port from 80 to 443");
  EXPECT_EQ(read->exchanges[0].remarks.back(), "Connection #0 to host a left intact");
}

TEST(ReadCurlVerbose, ReusedConnectionsWithoutANumber_AreFoundByHost) {
  const Read read = read_curl_verbose(
      "* Connected to a (1.1.1.1) port 443\n> GET /1 HTTP/1.1\n> Host: a\n>\n< HTTP/1.1 401 U\n<\n* Connected to b (2.2.2.2) port 80\n> "
      "GET /2 HTTP/1.1\n> Host: b\n>\n< HTTP/1.1 401 U\n<\n"
      "* Re-using existing connection with host a\n> GET /3 HTTP/1.1\n> Host: a\n>\n< HTTP/1.1 401 U\n<\n");
  ASSERT_TRUE(read && read->exchanges.size() == 3);
  EXPECT_EQ(read->exchanges[2].connection, read->exchanges[0].connection);
  EXPECT_NE(read->exchanges[1].connection, read->exchanges[0].connection);
  EXPECT_EQ(read->exchanges[2].request->url.text(), "https://a/3");
}

TEST(ReadCurlVerbose, Tunnels_AreToTheProxy) {
  EXPECT_EQ(shown(read_curl_verbose(
                "* Connected to p (1.1.1.1) port 3128 (#0)\n> CONNECT h:443 HTTP/1.1\n> Host: h:443\n> Proxy-Connection: Keep-Alive\n>\n"
                "< HTTP/1.1 407 Proxy Authentication Required\n< Proxy-Authenticate: Basic realm=\"x\"\n<\n* CONNECT tunnel failed, "
                "response 407\n"
                "curl: (56) CONNECT tunnel failed, response 407\n")),
            "proxy CONNECT h:443 {Host: h:443} {Proxy-Connection: Keep-Alive} -> 407 {Proxy-Authenticate: Basic realm=\"x\"}");
  EXPECT_EQ(shown(read_curl_verbose("* Connected to p (1.1.1.1) port 3128 (#0)\n> CONNECT h:443 HTTP/1.1\n> Host: h:443\n>\n< HTTP/1.1 200 "
                                    "Connection established\n<\n"
                                    "* CONNECT tunnel established, response 200\n* ALPN: offers h2\n* SSL connection using TLSv1.3 / X\n> "
                                    "GET /x HTTP/1.1\n> Host: h\n>\n< HTTP/1.1 401 U\n<\n")),
            "proxy CONNECT h:443 {Host: h:443} -> 200\nGET https://h/x {Host: h} -> 401");
}

TEST(ReadCurlVerbose, RemarksAndTool_AreKept) {
  const Read read = read_curl_verbose(
      "* Server auth using Basic with user 'x'\n> GET / HTTP/1.1\n> Host: h\n> User-Agent: curl/8.5.0\n>\n< HTTP/1.1 401 U\n"
      "* Authentication problem. Ignoring this.\n< WWW-Authenticate: Basic\n<\n* Connection #0 to host h left intact\ncurl: (22) The "
      "requested URL returned error: 401\n");
  ASSERT_TRUE(read);
  EXPECT_EQ(read->tool, "curl/8.5.0");
  EXPECT_EQ(read->format, Format::CurlVerbose);
  EXPECT_EQ(read->exchanges[0].remarks,
            (std::vector<std::string>{"Server auth using Basic with user 'x'", "Authentication problem. Ignoring this.",
                                      "Connection #0 to host h left intact", "curl: (22) The requested URL returned error: 401"}));
  EXPECT_TRUE(read->exchanges[0].response->headers.has("www-authenticate"));
}

TEST(ReadCurlVerbose, TheCommandBefore_IsKept) {
  const Read read = read_curl_verbose(
      "$ curl -v -L https://h/ \\\n   -H \"Authorization: Bearer $T\"\n*   Trying 1.2.3.4:443...\n> GET / HTTP/1.1\n> Host: h\n> "
      "Authorization: Bearer abc\n>\n< HTTP/1.1 401 U\n<\n");
  ASSERT_TRUE(read && read->command);
  EXPECT_TRUE(read->command->follow);
  EXPECT_FALSE(read->is_source);
  EXPECT_EQ(shown(*read), "GET h/ {Host: h} {Authorization: Bearer abc} -> 401");
  EXPECT_EQ(shown_remarks(*read), "ShellExpands 0 request.header Authorization: $T");
  EXPECT_FALSE(read_curl_verbose("curl 'x\n> GET / HTTP/1.1\n> Host: h\n")->command);
}

TEST(ReadCurlVerbose, NothingSent_IsAnError) {
  for (const std::string_view text :
       {"", "*   Trying 1.2.3.4:443...\n* connect to 1.2.3.4 port 443 failed: Connection refused\ncurl: (7) Failed\n", "hello"}) {
    EXPECT_FALSE(read_curl_verbose(text)) << text;
  }
}

TEST(ReadCurlVerbose, Limits_Hold) {
  std::string text;
  for (int i = 0; i < 2500; ++i) text += "> GET / HTTP/1.1\n> Host: h\n>\n< HTTP/1.1 401 U\n<\n";
  const Read many = read_curl_verbose(text);
  ASSERT_TRUE(many);
  EXPECT_EQ(many->total, 2500u);
  EXPECT_EQ(many->exchanges.size(), 2000u);
  text = "> GET / HTTP/1.1\n";
  for (int i = 0; i < 800; ++i) text += "> A: b\n";
  text += ">\n< HTTP/1.1 200 OK\n<\n" + std::string(100'000, 'x');
  const Read large = read_curl_verbose(text);
  ASSERT_TRUE(large);
  EXPECT_EQ(large->exchanges[0].request->headers.all().size(), 500u);
  EXPECT_EQ(large->exchanges[0].response->body.size(), kMaxBodyKept);
  EXPECT_TRUE(large->exchanges[0].response->body_cut);
}

}  // namespace
}  // namespace quivive::diagnose::readings
