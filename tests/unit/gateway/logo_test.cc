#include "gateway/logo.h"

#include "base/base64.h"

#include <gtest/gtest.h>

#include <string>

namespace quivive::gateway {
namespace {

using namespace std::string_literals;

TEST(Logo, KnownImages_BecomeDataUris) {
  struct Row {
    std::string bytes;
    std::string_view type;
  };
  for (const Row& row : {
           Row{"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"s, "image/png"}, Row{"\xff\xd8\xff\xe0\0\x10JFIF"s, "image/jpeg"}, Row{"RIFF\x24\0\0\0WEBPVP8 "s, "image/webp"},
           Row{"<svg xmlns=\"http://www.w3.org/2000/svg\"/>", "image/svg+xml"}, Row{"<svg>", "image/svg+xml"}, Row{"\xef\xbb\xbf \r\n\t<svg\n>", "image/svg+xml"},
           Row{"<?xml version=\"1.0\"?>\n<!-- <html> -->\n<!DOCTYPE svg PUBLIC \"-//W3C//DTD SVG 1.1//EN\" \"x\">\n<!-- [ --><svg/>", "image/svg+xml"},
       }) {
    const auto uri = logo_data_uri(row.bytes);
    ASSERT_TRUE(uri) << row.bytes;
    EXPECT_EQ(*uri, "data:" + std::string(row.type) + ";base64," + base64_encode(row.bytes));
  }
}

TEST(Logo, AnythingElse_IsRefused) {
  for (const std::string& bytes : {
           "GIF89a"s, "BM"s, "\x89PNG"s, "\xff\xd8"s, "RIFF\x24\0\0\0WAVEfmt "s, "RIFF"s, "<html><svg/></html>"s, "<svgx>"s, "<svg"s, "svg"s, "<!-- <svg/>"s, "<?xml <svg/>"s, " "s,
           "<SVG/>"s, "<svg>\xff</svg>"s, "<!DOCTYPE svg [<!ENTITY a \"aa\">]><svg/>"s, "<!DOCTYPE svg"s, "data:image/png;base64,"s, "\xff\xfe<\0s\0v\0g\0>\0"s,
       }) {
    const auto uri = logo_data_uri(bytes);
    ASSERT_FALSE(uri) << bytes;
    EXPECT_EQ(uri.error().message, "the logo is not an SVG, PNG, JPEG or WebP image") << bytes;
  }
  EXPECT_EQ(logo_data_uri("").error().message, "the logo is empty");
}

TEST(Logo, Size_IsBounded) {
  const std::string largest = "\xff\xd8\xff" + std::string(kMaxLogoBytes - 3, 'x');
  EXPECT_TRUE(logo_data_uri(largest));
  EXPECT_EQ(logo_data_uri(largest + "x").error().message, "the logo is larger than 128 KiB, and every visit of the login page would carry it");
}

}  // namespace
}  // namespace quivive::gateway
