#include "http/form.h"

#include <gtest/gtest.h>

#include <string>

namespace quivive::http {
namespace {

using namespace std::string_literals;

std::string value_of(std::string_view body, std::string_view name) {
  const auto form = Form::parse(body);
  if (!form) return "refused: " + std::string(form.error().detail);
  const FormMatch match = form->find(name);
  return match.count == 1 ? std::string(match.value) : std::to_string(match.count) + " times" + std::string(match.value);
}

TEST(Form, Value_IsDecoded) {
  struct Row {
    std::string_view body, value;
  };
  for (const Row& row : {
           Row{"p=1", "1"}, Row{"p=", ""}, Row{"p", ""}, Row{"a=0&p=1&b", "1"}, Row{"&&p=1&&", "1"}, Row{"p=a=b", "a=b"}, Row{"%70=1", "1"}, Row{"p=a+b%2Bc", "a b+c"},
           Row{"p=%C3%A4", "\xc3\xa4"}, Row{"p=\xc3\xa4", "\xc3\xa4"}, Row{"p=\xc3%a4", "\xc3\xa4"}, Row{"p=%26%3D%25", "&=%"}, Row{"p=%2541", "%41"},
           Row{"p=a;p=b", "a;p=b"}, Row{"p=%0d%0A", "\r\n"}, Row{"p=!'()~", "!'()~"}, Row{"", "0 times"}, Row{"P=1", "0 times"}, Row{"pp=1&=p", "0 times"},
           Row{"p=1&p=2", "2 times"}, Row{"p=1&p=1", "2 times"}, Row{"p&p=", "2 times"}, Row{"p=1&%70=2&p=3", "3 times"},
       }) {
    EXPECT_EQ(value_of(row.body, "p"), row.value) << row.body;
  }
  EXPECT_EQ(value_of("p=%00x", "p"), "\0x"s);
  EXPECT_EQ(value_of("=x", ""), "x");
}

TEST(Form, Malformed_IsRefused) {
  struct Row {
    std::string_view body, detail;
  };
  for (const Row& row : {
           Row{"p=%", "an invalid percent-encoding in a form"}, Row{"p=%4", "an invalid percent-encoding in a form"}, Row{"p=%zz", "an invalid percent-encoding in a form"},
           Row{"p=%4&1", "an invalid percent-encoding in a form"}, Row{"%=1", "an invalid percent-encoding in a form"}, Row{"p=1&q=%u0041", "an invalid percent-encoding in a form"},
           Row{"p=%ff", "a form that is not UTF-8"}, Row{"p=\xff", "a form that is not UTF-8"}, Row{"p=%c0%af", "a form that is not UTF-8"},
           Row{"p=%ed%a0%80", "a form that is not UTF-8"}, Row{"%c3=%a4", "a form that is not UTF-8"}, Row{"p=%c3&%a4", "a form that is not UTF-8"},
           Row{"p=1\r\n", "a control character in a form"}, Row{"p\t=1", "a control character in a form"}, Row{"p=\x7f", "a control character in a form"},
       }) {
    const auto form = Form::parse(row.body);
    ASSERT_FALSE(form) << row.body;
    EXPECT_EQ(form.error().detail, row.detail) << row.body;
  }
  EXPECT_FALSE(Form::parse("p=\0"s));
}

TEST(Form, Bounds_AreKept) {
  std::string body;
  for (std::size_t i = 0; i < kMaxFormPairs; ++i) body += "&&a=1";
  ASSERT_TRUE(Form::parse(body));
  EXPECT_EQ(Form::parse(body)->size(), kMaxFormPairs);
  EXPECT_EQ(Form::parse(body + "&b").error().detail, "a form with too many fields");
  EXPECT_EQ(Form::parse(body + "&").has_value(), true);

  const std::string longest = "p=" + std::string(kMaxFormBytes - 2, 'x');
  EXPECT_EQ(value_of(longest, "p").size(), kMaxFormBytes - 2);
  EXPECT_EQ(Form::parse(longest + "x").error().detail, "a form that is too long");
}

TEST(Form, Moved_KeepsItsValues) {
  auto parsed = Form::parse("user=alice&p=secret");
  ASSERT_TRUE(parsed);
  const Form form = std::move(*parsed);
  EXPECT_EQ(form.find("user").value, "alice");
  EXPECT_EQ(form.find("p").value, "secret");
}

TEST(FormEncoder, Everything_ComesBack) {
  std::string text;
  for (int c = 0; c < 0x80; ++c) text += static_cast<char>(c);
  text += "\xc3\xa4\xf0\x9f\x98\x80";
  std::string body;
  append_form_pair(body, "n+ =", text);
  append_form_pair(body, "m", "a b");
  EXPECT_TRUE(body.starts_with("n%2B+%3D=%00%01")) << body;
  EXPECT_TRUE(body.ends_with("%C3%A4%F0%9F%98%80&m=a+b")) << body;
  EXPECT_EQ(value_of(body, "n+ ="), text);
  EXPECT_EQ(value_of(body, "m"), "a b");
}

// The application/x-www-form-urlencoded percent-encode set, WHATWG URL section 1.3.
TEST(FormEncoder, OnlyPlainCharacters_StayAsTheyAre) {
  std::string out;
  append_form_encoded(out, "azAZ09*-._ ~!'()/:?#[]@$&+,;=%");
  EXPECT_EQ(out, "azAZ09*-._+%7E%21%27%28%29%2F%3A%3F%23%5B%5D%40%24%26%2B%2C%3B%3D%25");
}

TEST(FormContentType, Parameters_AreIgnored) {
  for (const std::string_view type : {"application/x-www-form-urlencoded", "Application/X-WWW-Form-Urlencoded", "application/x-www-form-urlencoded; charset=UTF-8",
                                      "application/x-www-form-urlencoded ;x"}) {
    EXPECT_TRUE(is_form_content_type(type)) << type;
  }
  // Threat: a page elsewhere can post text/plain and multipart without a preflight.
  for (const std::string_view type : {"", "text/plain", "multipart/form-data; boundary=x", "application/json", "text/plain; application/x-www-form-urlencoded",
                                      "application/x-www-form-urlencodedx"}) {
    EXPECT_FALSE(is_form_content_type(type)) << type;
  }
}

}  // namespace
}  // namespace quivive::http
