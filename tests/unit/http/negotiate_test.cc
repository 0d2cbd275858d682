#include "http/negotiate.h"

#include <gtest/gtest.h>

#include <array>
#include <string>

namespace quivive::http {
namespace {

constexpr std::array<std::string_view, 4> kOffered = {"application/json", "application/problem+json", "text/html", "text/plain"};

TEST(ChooseMediaType, Accept_Decides) {
  struct Row {
    std::string_view accept;
    int choice;  // -1 for none
  };
  for (const Row& row : {
           Row{"", 0}, Row{"*/*", 0}, Row{"application/json", 0}, Row{"application/problem+json", 1}, Row{"APPLICATION/Problem+JSON", 1}, Row{"text/html", 2},
           Row{"text/*", 2}, Row{"text/plain, text/*;q=0.5", 3}, Row{"text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8", 2},
           Row{"application/json;q=0.5, application/problem+json", 1}, Row{"application/json, application/problem+json", 0},
           Row{"application/problem+json, application/json", 0}, Row{"image/png", -1}, Row{"application/json;q=0", -1},
           Row{"*/*, application/json;q=0", 1}, Row{"*/*;q=0.1, text/*;q=0, text/plain;q=0.2", 3}, Row{"text/html;level=1;q=0.4, text/plain;q=0.401", 3},
           Row{"application/json ; q=0.3 , text/plain;Q=0.4", 3}, Row{"text/plain;q=1.000", 3}, Row{"text/plain;x=\"a,b;q=0\"", 3},
           Row{"text/plain;q=1.001, text/html;q=0.1", 2}, Row{"text/plain;q=2, text/html", 2}, Row{"*/json, text/html", 2}, Row{"json", 0}, Row{"/,;,text/", 0},
           Row{"text/plain;;q=0.5;", 3},
       }) {
    const auto choice = choose_media_type(kOffered, row.accept);
    EXPECT_EQ(choice ? static_cast<int>(*choice) : -1, row.choice) << row.accept;
  }
}

TEST(ChooseMediaType, SeveralFields_AreOneList) {
  const Field fields[] = {{"Accept", "text/plain;q=0.5", FieldId::Accept}, {"Host", "text/html", FieldId::Host}, {"Accept", "text/html;q=0.6", FieldId::Accept}};
  EXPECT_EQ(choose_media_type(kOffered, fields), 2u);
  EXPECT_EQ(choose_media_type(kOffered, std::span<const Field>{}), 0u);
  EXPECT_EQ(choose_media_type({}, fields), std::nullopt);
}

TEST(NamesMediaType, OnlyTheTypeItself_NamesIt) {
  const auto names = [](std::string_view accept) {
    const Field fields[] = {{"Host", "text/html", FieldId::Host}, {"Accept", "image/png", FieldId::Accept}, {"Accept", accept, FieldId::Accept}};
    return names_media_type("text/html", fields);
  };
  for (const std::string_view accept : {"text/html", "Text/HTML;q=0.001", "*/*, text/html;level=1", "a/b,text/html"}) EXPECT_TRUE(names(accept)) << accept;
  for (const std::string_view accept : {"", "*/*", "text/*", "text/html;q=0", "text/htmlx", "text/html;q=x", "application/xhtml+xml"}) EXPECT_FALSE(names(accept)) << accept;
  EXPECT_FALSE(names_media_type("text/html", {}));
}

TEST(ChooseMediaType, EndlessList_IsReadInPart) {
  std::string accept;
  for (int i = 0; i < 1000; ++i) accept += "a/b,";
  EXPECT_EQ(choose_media_type(kOffered, accept + "text/html"), std::nullopt);
}

}  // namespace
}  // namespace quivive::http
