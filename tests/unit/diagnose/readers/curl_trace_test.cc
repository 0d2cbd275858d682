#include "diagnose/readers/dechunk.h"
#include "diagnose/readers/trace_dump.h"
#include "shown.h"

namespace quivive::diagnose {
namespace {

std::string bytes(std::size_t size, std::vector<std::string> rows) {
  readers::TraceDump dump(size);
  for (const std::string& row : rows) EXPECT_TRUE(dump.row(row)) << row;
  return dump.bytes();
}

TEST(TraceDump, Rows_AreJoinedByTheirOffsets) {
  const std::string full(64, 'x');
  EXPECT_EQ(bytes(5, {"0000: abc"}), "abc\r\n");
  EXPECT_EQ(bytes(3, {"0000: abc"}), "abc");
  EXPECT_EQ(bytes(7, {"0000: abc", "0005: "}), "abc\r\n\r\n");
  EXPECT_EQ(bytes(7, {"0000: abc", "0005:"}), "abc\r\n\r\n");
  EXPECT_EQ(bytes(66, {"0000: " + full, "0040: yz"}), full + "yz");
  EXPECT_EQ(bytes(68, {"0000: " + full, "0042: yz"}), full + "\r\nyz");
  EXPECT_EQ(bytes(66, {"0000: " + full}), full + "\r\n");
  EXPECT_EQ(bytes(2, {"0000: "}), "\r\n");
  EXPECT_EQ(bytes(0x10042, {"10000: " + full, "10040: yz"}), full + "yz");
}

TEST(TraceDump, TrailingSpaces_ThatAnEditorTookAway_AreBack) {
  EXPECT_EQ(bytes(6, {"0000: a:", "0006: "}), "a:  \r\n");
  EXPECT_EQ(bytes(66, {"0000: " + std::string(61, 'x'), "0040: yz"}), std::string(61, 'x') + "   yz");
  EXPECT_EQ(bytes(3, {"0000: ab"}), "ab ");
}

TEST(TraceDump, HexDumps_AreRead) {
  EXPECT_EQ(bytes(18, {"0000: 47 45 54 20 2f 20 48 54 54 50 2f 31 2e 31 0d 0a GET / HTTP/1.1..",
                       "0010: 0d 0a                                           .."}),
            "GET / HTTP/1.1\r\n\r\n");
  EXPECT_EQ(bytes(2, {"0000: ab"}), "ab");
}

TEST(TraceDump, BrokenRows_ArePassedOver) {
  readers::TraceDump dump(4);
  EXPECT_FALSE(dump.row("hello"));
  EXPECT_FALSE(dump.row("00zz: x"));
  EXPECT_TRUE(dump.row("0000: ab"));
  EXPECT_TRUE(dump.row("fffffffffffffff0: cd"));
  EXPECT_LT(dump.bytes().size(), 200u);
  EXPECT_EQ(bytes(0, {"0004: ab", "0000: cd"}), "ab");
}

TEST(WithLineEnds, DotsOutsideOfStrings_AreLineEnds) {
  EXPECT_EQ(readers::with_line_ends("{.  \"a\": \"x.y\",.  \"b\": 1.5.}."), "{\n  \"a\": \"x.y\",\n  \"b\": 1.5\n}\n");
  EXPECT_EQ(readers::with_line_ends("{\"a\\\".\":1}."), "{\"a\\\".\":1}\n");
  EXPECT_EQ(readers::with_line_ends("a.b"), "a.b");
  EXPECT_EQ(readers::with_line_ends(""), "");
}

TEST(Dechunked, WholeChunks_AreJoined) {
  EXPECT_EQ(readers::dechunked("3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n"), "abcde");
  EXPECT_EQ(readers::dechunked("3\nabc\n0\n\n"), "abc");
  EXPECT_EQ(readers::dechunked("a\r\nabc"), "abc");  // cut
  for (const std::string_view text : {"", "abc", "{\"a\":1}", "3\r\nabcd\r\n", "0\r\n\r\n", "ffffffffffffffffff\r\nx"})
    EXPECT_FALSE(readers::dechunked(text)) << text;
}

TEST(ReadCurlTrace, Exchanges_AreRead) {
  const Read read = read_curl_trace(
      "== Info:   Trying 1.2.3.4:443...\n== Info: Connected to h (1.2.3.4) port 443 (#0)\n=> Send SSL data, 5 bytes (0x5)\n0000: GET /\n"
      "=> Send header, 145 bytes (0x91)\n0000: POST /p HTTP/1.1\n0012: Host: h\n001b: User-Agent: curl/7.88.1\n"
      "0034: Authorization: Bearer aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n0074: bbbbbbb\n007d: Content-Length: 3\n0090: \n"
      "=> Send data, 3 bytes (0x3)\n0000: a=1\n"
      "<= Recv header, 23 bytes (0x17)\n0000: HTTP/1.1 100 Continue\n<= Recv header, 2 bytes (0x2)\n0000: \n"
      "<= Recv header, 18 bytes (0x12)\n0000: HTTP/1.1 401 No\n<= Recv header, 28 bytes (0x1c)\n0000: Transfer-Encoding: chunked\n<= Recv "
      "header, 2 bytes (0x2)\n0000: \n"
      "<= Recv data, 13 bytes (0xd)\n0000: 8\n0003: {\"a\":1}.\n<= Recv data, 5 bytes (0x5)\n0000: 0\n0003: \n"
      "== Info: Connection #0 to host h left intact\n");
  EXPECT_EQ(shown(read),
            "POST https://h/p {Host: h} {User-Agent: curl/7.88.1} {Authorization: Bearer "
            "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaabbbbbbb} {Content-Length: 3} \"a=1\""
            " -> 401 {Transfer-Encoding: chunked} \"{\"a\":1}\n\"");
  ASSERT_TRUE(read);
  EXPECT_EQ(read->tool, "curl/7.88.1");
  EXPECT_EQ(read->format, Format::CurlTrace);
  EXPECT_EQ(read->exchanges[0].connection, "0");
}

TEST(ReadCurlTrace, TimesAndCommand_AreUnderstood) {
  const Read read = read_curl_trace(
      "$ curl --trace-ascii - --trace-time http://h/\n12:00:00.123456 == Info: Connected to h (1.2.3.4) port 80 (#0)\n12:00:00.123456 => "
      "Send header, 27 bytes (0x1b)\n"
      "0000: GET / HTTP/1.1\n0010: Host: h\n0019: \n12:00:00.123456 <= Recv header, 17 bytes (0x11)\n0000: HTTP/1.1 200 OK\n12:00:00.1 <= "
      "Recv header, 2 bytes (0x2)\n0000: \n");
  EXPECT_EQ(shown(read), "GET http://h/ {Host: h} -> 200");
  ASSERT_TRUE(read);
  EXPECT_TRUE(read->command.has_value());
}

TEST(ReadCurlTrace, NothingSent_IsAnError) {
  EXPECT_FALSE(read_curl_trace(""));
  EXPECT_FALSE(read_curl_trace("== Info: Trying\n"));
}

}  // namespace
}  // namespace quivive::diagnose
