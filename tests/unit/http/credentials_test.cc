#include "http/credentials.h"

#include <gtest/gtest.h>

#include <string>

namespace quivive::http {
namespace {

TEST(SplitCredentials, SchemeAndRest) {
  struct Row {
    std::string_view value, scheme, rest;
  };
  for (const Row& row : {Row{"Bearer abc", "Bearer", "abc"}, Row{"Bearer", "Bearer", ""}, Row{"Bearer  ", "Bearer", ""}, Row{"Basic   YQ== ", "Basic", "YQ=="},
                         Row{"Digest a=b, c=d", "Digest", "a=b, c=d"}, Row{"", "", ""}, Row{"Bearer\tabc", "", "Bearer\tabc"}, Row{"Bearer:abc", "", "Bearer:abc"},
                         Row{"Bearer,abc", "", "Bearer,abc"}, Row{"\"Bearer\" abc", "", "\"Bearer\" abc"}, Row{"eyJ.a.b", "eyJ.a.b", ""},
                         Row{"Bearer \tabc", "Bearer", "\tabc"}}) {
    const SplitCredentials split = split_credentials(row.value);
    EXPECT_EQ(split.scheme, row.scheme) << row.value;
    EXPECT_EQ(split.rest, row.rest) << row.value;
  }
}

TEST(HoldsSeveralCredentials, OneField_ManyShapes) {
  for (const std::string_view value : {"Basic a, Bearer b", "Basic a,Bearer b", "Bearer a, b", "Bearer a, Bearer a", "Digest a=b, c=\"d\", Bearer x", "Digest a=b, Basic c=d",
                                       "Digest a=\"b, Bearer c", "Basic YQ==, x=1", "Bearer, Basic x", "Digest a=b, \"c\"", "Digest a=b, Bearer", "Bearer a , , Basic b"}) {
    EXPECT_TRUE(holds_several_credentials(value)) << value;
  }
  for (const std::string_view value : {"", "Bearer", "Bearer a", "Basic YQ==", "Digest a=b, c=d", "Digest username=\"x, Bearer y\", realm=\"b\\\", z\"", "Bearer a,",
                                       "Digest a = b ,, c = \"d\""}) {
    EXPECT_FALSE(holds_several_credentials(value)) << value;
  }
}

TEST(ParseCredentials, WellFormed_IsRead) {
  const auto bearer = parse_credentials("Bearer eyJ.eyJ.s-_g");
  EXPECT_EQ(bearer.scheme, "Bearer");
  EXPECT_EQ(bearer.token68, "eyJ.eyJ.s-_g");
  EXPECT_TRUE(bearer.problems.empty());
  const auto digest = parse_credentials(R"(Digest username="a\"b", uri="/x,y", nc=00000001, qop=auth)");
  EXPECT_EQ(digest.scheme, "Digest");
  EXPECT_FALSE(digest.token68);
  ASSERT_EQ(digest.params.size(), 4u);
  EXPECT_EQ(*digest.param("USERNAME"), "a\"b");
  EXPECT_EQ(*digest.param("uri"), "/x,y");
  EXPECT_FALSE(digest.params[2].quoted);
  EXPECT_EQ(digest.param("cnonce"), nullptr);
  EXPECT_TRUE(digest.problems.empty());
  EXPECT_TRUE(parse_credentials("Bearer").problems.empty());
}

TEST(ParseCredentials, Malformed_IsReported) {
  struct Row {
    std::string_view value, scheme, token68;
    SyntaxFault fault;
    std::size_t offset;
  };
  for (const Row& row : {
           Row{"", "", "", SyntaxFault::MissingScheme, 0},
           Row{"Basic user:pass", "Basic", "user:pass", SyntaxFault::BadToken68, 6},
           Row{"Bearer a b", "Bearer", "a b", SyntaxFault::BadToken68, 7},
           Row{"Bearer \"abc\"", "Bearer", "\"abc\"", SyntaxFault::BadToken68, 7},
           Row{"Bearer a, Basic b", "Bearer", "a", SyntaxFault::SecondCredential, 10},
           Row{"Bearer: abc", "Bearer", "", SyntaxFault::UnexpectedCharacter, 6},
           Row{"Digest username=\"a", "Digest", "", SyntaxFault::UnbalancedQuotes, 16},
           Row{"Digest a=b, a=c", "Digest", "", SyntaxFault::DuplicateParameter, 12},
           Row{"Digest a=b c=d", "Digest", "", SyntaxFault::MissingComma, 11},
       }) {
    const auto parsed = parse_credentials(row.value);
    EXPECT_EQ(parsed.scheme, row.scheme) << row.value;
    EXPECT_EQ(parsed.token68.value_or(""), row.token68) << row.value;
    ASSERT_FALSE(parsed.problems.empty()) << row.value;
    EXPECT_EQ(parsed.problems[0].fault, row.fault) << row.value << ": " << name_of(parsed.problems[0].fault);
    EXPECT_EQ(parsed.problems[0].offset, row.offset) << row.value;
  }
}

}  // namespace
}  // namespace quivive::http
