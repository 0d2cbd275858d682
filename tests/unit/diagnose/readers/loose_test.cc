#include "shown.h"

namespace quivive::diagnose::readings {
namespace {

TEST(ReadToken, Tokens_BecomeBearer) {
  for (const Row& row : {
           Row{"eyJhbGciOiJub25lIn0.e30.\n", "{Authorization: Bearer eyJhbGciOiJub25lIn0.e30.}"},
           Row{"  abc\r\n\r\n", "{Authorization: Bearer abc}"},
           Row{"\"eyJ.e30.x\"\n", "{Authorization: Bearer eyJ.e30.x}"},
           Row{"'abc'", "{Authorization: Bearer abc}"},
           Row{"\"abc", "{Authorization: Bearer \"abc}"},
           Row{"Bearer abc", "{Authorization: Bearer abc}"},
           Row{"bearer  abc", "{Authorization: bearer  abc}"},
           Row{"DPoP abc", "{Authorization: DPoP abc}"},
           Row{"Basic YTpi", "{Authorization: Basic YTpi}"},
           Row{"eyJ.e30.x y", "{Authorization: Bearer eyJ.e30.x y}"},
           Row{"eyJ.e30.\nxyz", "{Authorization: Bearer eyJ.e30.\nxyz}"},
           Row{"\xef\xbb\xbf"
               "abc",
               "{Authorization: Bearer abc}"},
       }) {
    const Read read = read_token(row.text);
    ASSERT_TRUE(read) << row.text;
    EXPECT_EQ(shown_fields(read->exchanges.at(0).request->headers), " " + std::string(row.expected)) << row.text;
    EXPECT_TRUE(read->is_loose);
    EXPECT_EQ(read->total, 0u);
    EXPECT_FALSE(read->exchanges[0].response);
  }
  EXPECT_FALSE(read_token(" \n"));
}

TEST(ReadHeader, Fields_GoToTheirSide) {
  for (const Row& row : {
           Row{"WWW-Authenticate: Bearer, error=\"x\"\n", "? -> 0 {WWW-Authenticate: Bearer, error=\"x\"}"},
           Row{"authorization: Bearer x\n", "  {authorization: Bearer x}"},
           Row{"Authorization : Bearer x", "  {Authorization : Bearer x}"},
           Row{"Authorization:Bearer x ", "  {Authorization: Bearer x }"},
           Row{"Proxy-Authenticate: Basic\nProxy-Authorization: Basic eA==",
               "  {Proxy-Authorization: Basic eA==} -> 0 {Proxy-Authenticate: Basic}"},
           Row{"Set-Cookie: a=b\r\nDate: x\r\n", "? -> 0 {Set-Cookie: a=b} {Date: x}"},
           Row{"Date: x\nCookie: a=b", "  {Cookie: a=b} {Date: x}"},
           Row{"> Authorization: x\n< Date: y\n< X: z", "  {Authorization: x} -> 0 {Date: y} {X: z}"},
           Row{"-H 'Authorization: Bearer x'", "  {Authorization: Bearer x}"},
           Row{"Authorization: Bearer abc\n  def", "  {Authorization: Bearer abc\n  def}"},
           Row{"X-Api-Key: 1\nX-Api-Key: 2", "  {X-Api-Key: 1} {X-Api-Key: 2}"},
       }) {
    const Read read = read_header(row.text);
    EXPECT_EQ(shown(read), row.expected) << row.text;
    EXPECT_TRUE(read && read->is_loose);
  }
  EXPECT_EQ(shown(read_header("\nhello\n")), "line 2 offset 1: not a field line (Name: value)");
  EXPECT_FALSE(read_header(""));
}

}  // namespace
}  // namespace quivive::diagnose::readings
