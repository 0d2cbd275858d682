#include "gateway/access_log.h"

#include "base/json.h"
#include "base/text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fcntl.h>
#include <unistd.h>

#include <memory>

namespace quivive::gateway {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;

AccessRecord usual() {
  AccessRecord r;
  r.time = from_unix_seconds(1'795'514'611) + Duration(7);
  r.micros = 1234;
  r.status = 200;
  r.scheme = auth::Scheme::Bearer;
  r.id = "r-1";
  r.method = "GET";
  r.path = "/orders";
  r.remote = "192.0.2.7";
  r.route = "/ (q.yaml:3)";
  r.principal = "alice";
  r.bytes_in = 5;
  r.bytes_out = 99;
  return r;
}
std::string text(const AccessRecord& r) {
  std::string out;
  append_text_line(out, r);
  return out;
}
std::string json(const AccessRecord& r) {
  std::string out;
  append_json_line(out, r);
  return out;
}
// What a reader of the line gets.
JsonObject read(const AccessRecord& r) {
  const auto value = parse_json(json(r));
  EXPECT_TRUE(value) << json(r);
  return value ? value->get_object() : JsonObject();
}

TEST(AccessLine, Json_HasEveryMember) {
  EXPECT_EQ(json(usual()),
            R"x({"time":"2026-11-24T10:03:31.007Z","status":200,"reason":"allowed","id":"r-1","remote":"192.0.2.7","method":"GET","path":"/orders",)x"
            R"x("route":"/ (q.yaml:3)","scheme":"bearer","subject":"alice","duration_us":1234,"bytes_in":5,"bytes":99})x"
            "\n");
}

TEST(AccessLine, Json_EmptyRecord_LeavesOutWhatThereIsNot) {
  EXPECT_EQ(json(AccessRecord{}), R"({"time":"1970-01-01T00:00:00.000Z","status":0,"reason":"allowed","duration_us":0,"bytes_in":0,"bytes":0})"
                                  "\n");
}

TEST(AccessLine, Json_Observed_Key) {
  AccessRecord r = usual();
  r.reason = Reason::KeyExpired;
  r.observed = true;
  r.scheme = auth::Scheme::ApiKey;
  r.key_id = "k42";
  EXPECT_EQ(read(r).at("observed"), true);
  EXPECT_EQ(read(r).at("key"), "k42");
  EXPECT_EQ(read(r).at("reason"), "key-expired");
  EXPECT_EQ(read(usual()).if_contains("observed"), nullptr);
}

TEST(AccessLine, Text_WhoOrWhy) {
  struct Row {
    void (*change)(AccessRecord&);
    std::string_view said;
  };
  for (const Row& row : {Row{[](AccessRecord&) {}, "  bearer alice  "},
                         Row{[](AccessRecord& r) { r.reason = Reason::TokenExpired; }, "  token-expired  "},
                         Row{[](AccessRecord& r) { r.reason = Reason::TokenExpired, r.observed = true; }, "  token-expired (observed, passed)  "},
                         Row{[](AccessRecord& r) { r.key_id = "k42", r.principal = "billing"; }, "  key k42 (owner: billing)  "},
                         Row{[](AccessRecord& r) { r.principal = "", r.scheme = {}; }, "  public  "}}) {
    AccessRecord r = usual();
    row.change(r);
    EXPECT_THAT(text(r), HasSubstr(row.said));
    EXPECT_THAT(text(r), HasSubstr("1.23 ms"));
    EXPECT_THAT(text(r), EndsWith("  r-1\n"));
  }
}

TEST(AccessLine, HostileText_StaysOneLineAndHarmless) {
  constexpr std::string_view kHostile[] = {"a\r\nb", "\"},{\"x\":1", "\\", "\x1b[2J", {"\0", 1}, "\x7f", "\xff\xfe", "\xc3", "<script>", "\xe2\x80\xa8"};
  for (const std::string_view hostile : kHostile) {
    AccessRecord r = usual();
    r.method = hostile;
    r.path = hostile;
    r.principal = hostile;
    SCOPED_TRACE(testing::PrintToString(hostile));
    for (const std::string& line : {text(r), json(r)}) {
      EXPECT_EQ(line.find('\n'), line.size() - 1);
      for (const char c : std::string_view(line).substr(0, line.size() - 1)) EXPECT_FALSE(static_cast<unsigned char>(c) < 0x20) << int(c);
      EXPECT_TRUE(is_valid_utf8(line));
    }
    EXPECT_THAT(text(r), Not(HasSubstr("\x7f")));
    const JsonObject members = read(r);
    EXPECT_EQ(members.size(), read(usual()).size());
    if (is_valid_utf8(hostile)) {
      EXPECT_EQ(std::string_view(members.at("path").get_string()), hostile);
      EXPECT_EQ(std::string_view(members.at("subject").get_string()), hostile);
    }
  }
}

TEST(AccessLine, TextCutWithinACharacter_StillValid) {
  AccessRecord r = usual();
  r.path = "\xc3\xa9" + std::string(253, 'a') + "\xc3\xa9";  // the limit is 256 bytes
  EXPECT_TRUE(is_valid_utf8(json(r)));
  EXPECT_TRUE(is_valid_utf8(text(r)));
  EXPECT_EQ(std::string(read(r).at("path").get_string()), "\xc3\xa9" + std::string(253, 'a'));  // all but the half
}

// All that a log writes to its descriptor over its life.
template <class Use>
std::string written(std::vector<RecordRing*> rings, LogFormat format, bool requests, Use use) {
  int pipe[2];
  EXPECT_EQ(::pipe2(pipe, O_CLOEXEC), 0);
  {
    AccessLog log(std::move(rings), pipe[1], format, requests);
    use(log);
  }
  ::close(pipe[1]);
  std::string out(64 * 1024, '\0');
  const ssize_t n = ::read(pipe[0], out.data(), out.size());
  ::close(pipe[0]);
  out.resize(n < 0 ? 0 : static_cast<std::size_t>(n));
  return out;
}

TEST(AccessLog, End_WritesWhatIsLeftOfEveryRing) {
  const auto first = std::make_unique<RecordRing>(), second = std::make_unique<RecordRing>();
  RecordRing &one = *first, &two = *second;
  ASSERT_TRUE(one.push(usual()));
  ASSERT_TRUE(two.push(usual()));
  EXPECT_EQ(written({&one, &two}, LogFormat::Json, true, [](AccessLog&) {}), json(usual()) + json(usual()));
  EXPECT_EQ(one.front(), nullptr);
}

TEST(AccessLog, WithoutRequests_OnlyNotices) {
  const auto owner = std::make_unique<RecordRing>();
  RecordRing& ring = *owner;
  ASSERT_TRUE(ring.push(usual()));
  const std::string out = written({&ring}, LogFormat::Json, false, [](AccessLog& log) { log.notice("warning", "a \"quoted\"\nword"); });
  EXPECT_THAT(out, HasSubstr(R"("level":"warning","message":"a \"quoted\"\u000aword"})"));
  EXPECT_EQ(out.find('\n'), out.size() - 1);
  EXPECT_EQ(ring.front(), nullptr);  // drained all the same
}

TEST(AccessLog, TextNotice_StaysOneLine) {
  const std::string out = written({}, LogFormat::Text, true, [](AccessLog& log) { log.notice("error", "a\nb\x1b[2J"); });
  EXPECT_THAT(out, EndsWith("  error  a\\x0ab\\x1b[2J\n"));
}

TEST(AccessLog, ClosedDescriptor_DoesNotStopIt) {
  const auto owner = std::make_unique<RecordRing>();
  RecordRing& ring = *owner;
  ASSERT_TRUE(ring.push(usual()));
  { AccessLog log({&ring}, -1, LogFormat::Text, true); }
  EXPECT_EQ(ring.front(), nullptr);
}

}  // namespace
}  // namespace quivive::gateway
