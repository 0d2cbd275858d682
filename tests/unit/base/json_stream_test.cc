#include "base/json_stream.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace quivive {
namespace {

// Writes the events down in one line; what is joined from parts is written once.
struct Recorder final : JsonEvents {
  std::string log, text;
  std::size_t refuse_at_key = static_cast<std::size_t>(-1);
  std::size_t keys = 0;

  bool say(std::string_view event) {
    log += event;
    log += ' ';
    return true;
  }
  bool on_object_begin() override { return say("{"); }
  bool on_object_end() override { return say("}"); }
  bool on_array_begin() override { return say("["); }
  bool on_array_end() override { return say("]"); }
  bool on_key(std::string_view name) override {
    if (keys++ == refuse_at_key) return false;
    return say(std::string(name) + ':');
  }
  bool on_string_part(std::string_view part) override { return text += part, true; }
  bool on_string_end() override {
    const std::string whole = '"' + std::exchange(text, {}) + '"';
    return say(whole);
  }
  bool on_number(double value) override { return say(fmt::format("{}", value)); }
  bool on_bool(bool value) override { return say(value ? "true" : "false"); }
  bool on_null() override { return say("null"); }
};

struct Outcome {
  std::string log;
  std::optional<JsonStop> stop;
};

Outcome stream(std::string_view text, std::size_t piece, std::size_t depth = 64, std::size_t refuse_at_key = static_cast<std::size_t>(-1)) {
  Recorder recorder;
  recorder.refuse_at_key = refuse_at_key;
  JsonStream json(recorder, depth);
  for (; !text.empty(); text.remove_prefix(std::min(piece, text.size()))) {
    const std::string copy(text.substr(0, piece));  // so that a view kept from it is seen by the sanitizer
    if (const auto written = json.write(copy); !written) return {recorder.log, written.error()};
  }
  if (const auto end = json.finish(); !end) return {recorder.log, end.error()};
  return {recorder.log, std::nullopt};
}

TEST(JsonStream, AnyPieces_GiveTheSameEvents) {
  struct Row {
    std::string_view text, log;
  };
  for (const Row& row : {
           Row{R"({"a":[1,-2.5,true,false,null,"x"],"b":{}})", R"({ a: [ 1 -2.5 true false null "x" ] b: { } } )"},
           Row{R"( [ ] )", "[ ] "},
           Row{R"("")", R"("" )"},
           Row{R"("a\n\u00e9\ud83d\ude00b")", "\"a\n\xc3\xa9\xf0\x9f\x98\x80" "b\" "},
           Row{"\xef\xbb\xbf{}", "{ } "},
           Row{R"({"a":1,"a":2})", "{ a: 1 a: 2 } "},
           Row{"\"\xff\xc3\"", "\"\xff\xc3\" "},
           Row{"123", "123 "},
           Row{"18446744073709551615", "1.8446744073709552e+19 "},
           Row{"[123456789012345678901234567890, 1e999]", "[ 1.2345678901234568e+29 inf ] "},
           // halves of pairs
           Row{R"("\ud83dx")", "\"\xef\xbf\xbdx\" "},
           Row{R"("\ud83d")", "\"\xef\xbf\xbd\" "},
           Row{R"("\ude00\ud83d\ude00")", "\"\xef\xbf\xbd\xf0\x9f\x98\x80\" "},
           Row{R"("\ud83d\ud83d\ude00")", "\"\xef\xbf\xbd\xf0\x9f\x98\x80\" "},
           Row{R"("\ud83d\n\\ud83d")", "\"\xef\xbf\xbd\n\\ud83d\" "},
           Row{R"({"\udc00":"\uD800\u0041"})", "{ \xef\xbf\xbd: \"\xef\xbf\xbd" "A\" } "},
       }) {
    for (std::size_t piece = 1; piece <= row.text.size(); ++piece) {
      const Outcome outcome = stream(row.text, piece);
      EXPECT_EQ(outcome.log, row.log) << "pieces of " << piece;
      EXPECT_FALSE(outcome.stop) << outcome.stop->message;
    }
  }
}

TEST(JsonStream, Fault_IsNamedWithItsPlace) {
  using Kind = JsonStop::Kind;
  struct Row {
    std::string_view text;
    Kind kind;
    std::size_t offset;
  };
  for (const Row& row : {
           Row{"", Kind::Incomplete, 0},
           Row{"{\"a\":", Kind::Incomplete, 5},
           Row{"\"a\\", Kind::Incomplete, 3},
           Row{"\"\\ud83d", Kind::Incomplete, 7},
           Row{"[1,]", Kind::Syntax, 3},
           Row{"{'a':1}", Kind::Syntax, 1},
           Row{"[\"\\u12g4\"]", Kind::Syntax, 6},
           Row{"[\"a\nb\"]", Kind::Syntax, 3},
           Row{"{} x", Kind::Trailing, 3},
           Row{"[[[[[", Kind::TooDeep, 4},
       }) {
    for (std::size_t piece = 1; piece <= std::max<std::size_t>(row.text.size(), 1); ++piece) {
      const Outcome outcome = stream(row.text, piece, 4);
      ASSERT_TRUE(outcome.stop) << row.text;
      EXPECT_EQ(outcome.stop->kind, row.kind) << row.text << " in pieces of " << piece;
      EXPECT_EQ(outcome.stop->offset, row.offset) << row.text << " in pieces of " << piece;
      EXPECT_FALSE(outcome.stop->message.empty());
    }
  }
}

TEST(JsonStream, RefusedEvent_StopsThere) {
  const Outcome outcome = stream(R"({"a":1,"b":2,"c":3})", 100, 64, 1);
  EXPECT_EQ(outcome.log, "{ a: 1 ");
  ASSERT_TRUE(outcome.stop);
  EXPECT_EQ(outcome.stop->kind, JsonStop::Kind::Refused);
  EXPECT_EQ(outcome.stop->offset, 9u);
}

TEST(JsonStream, OnceStopped_GivesTheSameAnswer) {
  Recorder recorder;
  JsonStream json(recorder);
  ASSERT_FALSE(json.write("[1,]"));
  const auto again = json.write("[1]");
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().offset, 3u);
  EXPECT_FALSE(json.finish());
}

TEST(JsonStream, LongName_IsCut) {
  const std::string name(3 * kMaxJsonKey, 'n');
  for (const std::size_t piece : {7u, 5000u}) {
    EXPECT_EQ(stream("{\"" + name + "\":1}", piece).log, "{ " + name.substr(0, kMaxJsonKey) + ": 1 } ");
  }
}

}  // namespace
}  // namespace quivive
