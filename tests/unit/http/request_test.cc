#include "http/request.h"

#include "base/text.h"

#include <gtest/gtest.h>

#include <string>

namespace quivive::http {
namespace {

TEST(FieldId, EveryListedName_IsFoundInAnyCase) {
#define QUIVIVE_FIELD(name, text)                                \
  EXPECT_EQ(field_id(text), FieldId::name);                      \
  EXPECT_EQ(field_id(to_lower(text)), FieldId::name);            \
  EXPECT_EQ(field_name(FieldId::name), text);
#include "http/fields.def"
#undef QUIVIVE_FIELD
  EXPECT_EQ(field_id("AUTHORIZATION"), FieldId::Authorization);
}

TEST(FieldId, OtherNames_AreOther) {
  for (const std::string_view name : {"", "X", "Hosts", "Hos", "Authorizatiom", "Content_Length", "X-Forwarded-Fox", "Transfer-Encodinh", "Content\rLength",
                                      "h\x0fst", "\x14" "e"}) {
    EXPECT_EQ(field_id(name), FieldId::Other) << name;
  }
  EXPECT_EQ(field_id(std::string(300, 'a')), FieldId::Other);
  EXPECT_EQ(field_name(FieldId::Other), "");
}

TEST(RequestView, RepeatedField_FindGivesTheFirst) {
  const Field fields[] = {{"A", "0", FieldId::Other}, {"Cookie", "a=1", FieldId::Cookie}, {"Cookie", "b=2", FieldId::Cookie}};
  const RequestView view{"GET", "/", 1, fields};
  EXPECT_EQ(view.value(FieldId::Cookie), "a=1");
  EXPECT_EQ(view.find(FieldId::Host), nullptr);
  EXPECT_EQ(view.value(FieldId::Host), "");
}

}  // namespace
}  // namespace quivive::http
