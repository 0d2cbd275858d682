#include "shown.h"

namespace quivive::diagnose::readings {
namespace {

TEST(ReadHttp, Messages_AreRead) {
  for (const Row& row : {
           Row{"GET /p HTTP/1.1\nHost: h\n\nHTTP/1.1 401 Unauthorized\nA: b\n\nbody\n", "GET h/p {Host: h} -> 401 {A: b} \"body\""},
           Row{"GET /p HTTP/1.1\r\nHost: h\r\n\r\nHTTP/1.1 401 Unauthorized\r\nA: b\r\n\r\nbody\r\n",
               "GET h/p {Host: h} -> 401 {A: b} \"body\""},
           Row{"HTTP/1.1 401 Unauthorized\nWWW-Authenticate: Basic\n", "? -> 401 {WWW-Authenticate: Basic}"},
           Row{"HTTP/2 401\na: b\n", "? -> 401 {a: b}"},
           Row{"POST /p HTTP/1.1\nHost: h\n\na=1\n", "POST h/p {Host: h} \"a=1\""},
           Row{"GET / HTTP/1.1\nHost: h:443\n\n", "GET https://h/ {Host: h:443}"},
           Row{"GET https://h/p HTTP/1.1\nA: b\n\n", "GET https://h/p {A: b}"},
           Row{"OPTIONS * HTTP/1.1\nHost: h\n\n", "OPTIONS h* {Host: h}"},
           // curl -i -L; a tunnel before
           Row{"HTTP/1.1 302 Found\nLocation: /x\nContent-Length: 0\n\nHTTP/1.1 401 U\nA: b\n\nx",
               "? -> 302 {Location: /x} {Content-Length: 0}\n? -> 401 {A: b} \"x\""},
           Row{"HTTP/1.1 200 Connection established\n\nHTTP/1.1 401 U\nA: b\n\nx", "proxy ? -> 200\n? -> 401 {A: b} \"x\""},
           Row{"CONNECT h:443 HTTP/1.1\nHost: h:443\n\nHTTP/1.1 407 P\n\n", "proxy CONNECT h:443 {Host: h:443} -> 407"},
           Row{"HTTP/1.1 100 Continue\n\nHTTP/1.1 401 U\n\n", "? -> 401"},
           Row{"POST / HTTP/1.1\nHost: h\n\nx\n\nHTTP/1.1 100 Continue\n\nHTTP/1.1 401 U\n\n", "POST h/ {Host: h} \"x\" -> 401"},
           // HTTPie --all -v with pretty JSON: the length is that of the body before
           Row{"GET /a HTTP/1.1\nHost: h\n\n\n\nHTTP/1.1 401 U\nContent-Length: 7\n\n{\n    \"a\": 1\n}\n\n\nGET /b HTTP/1.1\nHost: "
               "h\n\n\n\nHTTP/1.1 200 OK\n\n[]\n",
               "GET h/a {Host: h} -> 401 {Content-Length: 7} \"{\n    \"a\": 1\n}\"\nGET h/b {Host: h} -> 200 \"[]\""},
           // A length that holds protects what looks like a start line
           Row{"HTTP/1.1 200 OK\nContent-Length: 17\n\nHTTP/1.1 404 No\n\n\nHTTP/1.1 401 U\n\n",
               "? -> 200 {Content-Length: 17} \"HTTP/1.1 404 No\n\n\"\n? -> 401"},
           Row{"HTTP/1.1 200 OK\nContent-Length: 99999999999999999999\n\nx\nHTTP/1.1 401 U\n\n",
               "? -> 200 {Content-Length: 99999999999999999999} \"x\"\n? -> 401"},
           Row{"HTTP/1.1 200 OK\nContent-Length: 3\n\nabcHTTP/1.1 401 U\nA: b\n", "? -> 200 {Content-Length: 3} \"abc\"\n? -> 401 {A: b}"},
           Row{"HTTP/1.1 401 U\n\n{\"a\":1}HTTP/1.1 200 OK\nA: b\n\nx", "? -> 401 \"{\"a\":1}\"\n? -> 200 {A: b} \"x\""},
           Row{"HTTP/1.1 401 U\nTransfer-Encoding: chunked\n\n7\n{\"a\":1}\n0\n\n", "? -> 401 {Transfer-Encoding: chunked} \"{\"a\":1}\""},
           Row{"HTTP/1.1 401 U\nTransfer-Encoding: chunked\n\n{\"a\":1}\n", "? -> 401 {Transfer-Encoding: chunked} \"{\"a\":1}\""},
           // No blank line before the next message, or the body
           Row{"GET / HTTP/1.1\nHost: h\nHTTP/1.1 401 U\nA: b\n", "GET h/ {Host: h} -> 401 {A: b}"},
           Row{"HTTP/1.1 401 U\nA: b\n{\"a\": 1}\n", "? -> 401 {A: b} \"{\"a\": 1}\""},
           // What is wrong with a field stays
           Row{"GET / HTTP/1.1\nHost: h\nAuthorization : x\nB:c \nD:  e\n\n", "GET h/ {Host: h} {Authorization : x} {B: c } {D:  e}"},
           Row{"GET / HTTP/1.1\nHost: h\nAuthorization: Bearer abc\n  def\n\n", "GET h/ {Host: h} {Authorization: Bearer abc\n  def}"},
           Row{"GET / HTTP/1.1\nHost: h\nAuthorization: Bearer aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\nbbb\n\n",
               "GET h/ {Host: h} {Authorization: Bearer aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\nbbb}"},
           // Text around, colours, a byte order mark
           Row{"Here is what I get:\n\nHTTP/1.1 401 U\nA: b\n", "? -> 401 {A: b}"},
           Row{"\xef\xbb\xbfHTTP/1.1 401 U\nA: b\n", "? -> 401 {A: b}"},
           Row{"\x1b[34mHTTP\x1b[39m/1.1 401 U\n\x1b[1mA\x1b[0m: b\nLocation: \x1b]8;;https://h/\x1b\\/x\x1b]8;;\x1b\\\n",
               "? -> 401 {A: b} {Location: /x}"},
           // wget -S and -d
           Row{"--2025-01-01 10:00:00--  https://h/x\nHTTP request sent, awaiting response... \n  HTTP/1.1 401 Unauthorized\n  Server: x\n "
               " WWW-Authenticate: Basic\n\nUsername/Password Authentication Failed.\n",
               "? -> 401 {Server: x} {WWW-Authenticate: Basic}"},
           Row{"---request begin---\nGET /x HTTP/1.1\nHost: h\n\n---request end---\nHTTP request sent, awaiting response... \n---response "
               "begin---\nHTTP/1.1 401 U\nA: b\n\n---response end---\n401 U\n",
               "GET h/x {Host: h} -> 401 {A: b}"},
           // .http files
           Row{"### one\nGET https://h/a\nA: b\n\n###\n# note\nPOST https://h/b HTTP/1.1\nC: d\n\n{}\n",
               "GET https://h/a {A: b}\nPOST https://h/b {C: d} \"{}\""},
           Row{"GET https://h/a\n  ?x=1\n  &y=2\nA: b\n", "GET https://h/a?x=1&y=2 {A: b}"},
           Row{"@host = h.example\n@t=abc\nGET https://{{host}}/a\nA: {{t}} {{u}}\n", "GET https://h.example/a {A: abc {{u}}}"},
       }) {
    EXPECT_EQ(shown(read_http(row.text)), row.expected) << row.text;
  }
}

TEST(ReadHttp, Lines_AreKeptAsSent) {
  const Read read = read_http("GET /p?a=%20b HTTP/1.1\nHost: h\nUser-Agent: HTTPie/3.2.2\n\nHTTP/1.1 401 Not At All\n\n");
  ASSERT_TRUE(read);
  EXPECT_EQ(read->exchanges[0].request->target, "/p?a=%20b");
  EXPECT_EQ(read->exchanges[0].request->version, "HTTP/1.1");
  EXPECT_EQ(read->exchanges[0].response->reason, "Not At All");
  EXPECT_EQ(read->tool, "HTTPie/3.2.2");
  EXPECT_FALSE(read->is_source || read->is_loose);
}

TEST(ReadHttp, Placeholders_AreRemarkedWhereNothingWasSent) {
  const Read source = read_http("GET https://h/{{id}}\nAuthorization: Bearer {{token}}\n\n###\nGET https://h/\n");
  ASSERT_TRUE(source);
  EXPECT_TRUE(source->is_source);
  EXPECT_EQ(shown_remarks(*source), "Placeholder 0 request.url: {{id}}\nPlaceholder 0 request.header Authorization: {{token}}");
  const Read sent = read_http("GET / HTTP/1.1\nHost: h\nAuthorization: Bearer {{token}}\n\nHTTP/1.1 401 U\n\n");
  ASSERT_TRUE(sent);
  EXPECT_FALSE(sent->is_source);
  EXPECT_EQ(shown_remarks(*sent), "");
  EXPECT_FALSE(read_http("GET / HTTP/1.1\nHost: h\n\n")->is_source);
}

TEST(ReadHttp, TheCommandBefore_FillsTheRequest) {
  const Read read = read_http("$ curl -i https://h/p -H 'A: b'\nHTTP/1.1 401 U\nC: d\n\nx");
  ASSERT_TRUE(read && read->command);
  EXPECT_EQ(shown(*read), "GET https://h/p {A: b} -> 401 {C: d} \"x\"");
  // What the shell replaced is not known.
  EXPECT_EQ(shown(read_http("$ curl -i https://h/p -H \"A: $B\"\nHTTP/1.1 401 U\n\nx")), "? -> 401 \"x\"");
}

TEST(ReadHttp, DevToolsPanels_AreRead) {
  for (const Row& row : {
           Row{"Request URL: https://h/p?q\nRequest Method: POST\nStatus Code: 401 Unauthorized\nRemote Address: 1.2.3.4:443\nReferrer "
               "Policy: no-referrer\n"
               "www-authenticate: Bearer\n:authority: h\n:method: POST\nauthorization: Bearer x\n",
               "POST https://h/p?q {authorization: Bearer x} -> 401 {www-authenticate: Bearer}"},
           Row{"General\nRequest URL\nhttps://h/p\nRequest Method\nGET\nStatus Code\n401 Unauthorized\nRemote "
               "Address\n1.2.3.4:443\nReferrer Policy\nno-referrer\n"
               "Response Headers (2)\nserver\nnginx\nwww-authenticate\nBasic realm=\"a: b\"\nRequest "
               "Headers\n:authority\nh\nauthorization\nBearer x:y\naccept\n*/*\n",
               "GET https://h/p {authorization: Bearer x:y} {accept: */*} -> 401 {server: nginx} {www-authenticate: Basic realm=\"a: b\"}"},
           Row{"Request URL: https://h/p\nRequest Method: GET\nStatus Code: \xe2\x97\x8f 403 Forbidden\nRequest Headers\nProvisional "
               "headers are shown\ncookie: a=b\n",
               "GET https://h/p {cookie: a=b} -> 403"},
       }) {
    EXPECT_EQ(shown(read_http(row.text)), row.expected) << row.text;
  }
}

TEST(ReadHttp, NoMessage_IsAnError) {
  EXPECT_EQ(shown(read_http("\n\nhello\n")),
            "line 3 offset 2: no request line (GET /path HTTP/1.1) and no status line (HTTP/1.1 401) in it");
  EXPECT_FALSE(read_http(""));
}

TEST(ReadHttp, Limits_Hold) {
  std::string text;
  for (int i = 0; i < 2500; ++i) text += "HTTP/1.1 401 U\nContent-Length: 0\n\n";
  const Read many = read_http(text);
  ASSERT_TRUE(many);
  EXPECT_EQ(many->total, 2500u);
  EXPECT_EQ(many->exchanges.size(), 2000u);
  const Read large = read_http("HTTP/1.1 401 U\n\n" + std::string(100'000, 'x'));
  ASSERT_TRUE(large);
  EXPECT_TRUE(large->exchanges[0].response->body_cut);
}

}  // namespace
}  // namespace quivive::diagnose::readings
