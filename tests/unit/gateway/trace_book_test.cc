#include "gateway/trace_book.h"

#include <gtest/gtest.h>

namespace quivive::gateway {
namespace {

AccessRecord record(std::string_view id) {
  AccessRecord out;
  out.id = id;
  return out;
}
std::vector<std::string> ids(const TraceBook& book, std::size_t limit) {
  std::vector<std::string> out;
  for (const TraceEntry* entry : book.recent(limit)) out.emplace_back(entry->record.id.view());
  return out;
}

TEST(TraceBook, Empty_FindsNothing) {
  const TraceBook book;
  EXPECT_EQ(book.find("x"), nullptr);
  EXPECT_TRUE(book.recent(10).empty());
}

TEST(TraceBook, Note_KeepsWhatWasSeenAndSent) {
  TraceBook book;
  auth::Verdict verdict;
  verdict.detail = "exp was an hour ago";
  verdict.checks = {{"signature", auth::Outcome::Passed, ""}, {"expiry", auth::Outcome::Failed, "exp 5"}};
  book.note(record("a"), verdict, "api.example",
            "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Bearer x\r\nDate: d\r\nWWW-Authenticate: Basic y\r\n\r\nWWW-Authenticate: body\r\n", 3);
  const TraceEntry* entry = book.find("a");
  ASSERT_NE(entry, nullptr);
  EXPECT_EQ(entry->host, "api.example");
  EXPECT_EQ(entry->detail, "exp was an hour ago");
  ASSERT_EQ(entry->checks.size(), 2u);
  EXPECT_EQ(entry->checks[1].note, "exp 5");
  EXPECT_EQ(entry->sent, "Bearer x\nBasic y\n");
  EXPECT_EQ(entry->routed_by, 3u);
}

TEST(TraceBook, Response_WithoutChallengesOrEnd_NothingKept) {
  TraceBook book;
  for (const std::string_view response : {"", "HTTP/1.1 403 Forbidden", "HTTP/1.1 403 Forbidden\r\nA: 1\r\n\r\n", "\r\n\r\nWWW-Authenticate: body"}) {
    book.note(record("a"), {}, "", response, 1);
    EXPECT_EQ(book.find("a")->sent, "") << response;
  }
}

TEST(TraceBook, SameId_FindsTheNewest) {
  TraceBook book;
  for (const std::string_view host : {"first", "second"}) book.note(record("same"), {}, host, "", 1);
  book.note(record("other"), {}, "third", "", 1);
  EXPECT_EQ(book.find("same")->host, "second");
}

TEST(TraceBook, Full_ForgetsTheOldest) {
  TraceBook book;
  for (std::size_t i = 0; i < TraceBook::kSize; ++i) book.note(record(std::to_string(i)), {}, "", "", 0);
  EXPECT_NE(book.find("0"), nullptr);
  EXPECT_EQ(ids(book, 2), (std::vector<std::string>{"511", "510"}));
  for (std::size_t i = 0; i < 3; ++i) book.note(record("n" + std::to_string(i)), {}, "", "", 0);
  EXPECT_EQ(book.find("0"), nullptr);
  EXPECT_EQ(book.find("2"), nullptr);
  EXPECT_NE(book.find("3"), nullptr);
  EXPECT_EQ(ids(book, 4), (std::vector<std::string>{"n2", "n1", "n0", "511"}));
  EXPECT_EQ(ids(book, 10'000).size(), TraceBook::kSize);
  EXPECT_EQ(ids(book, 10'000).back(), "3");
}

TEST(TraceBook, ReusedSlot_KeepsNothingOfTheOldEntry) {
  TraceBook book;
  auth::Verdict verdict;
  verdict.detail = "old";
  verdict.checks = {{"form", auth::Outcome::Failed, "old"}};
  for (std::size_t i = 0; i < TraceBook::kSize; ++i) book.note(record("old"), verdict, "old", "HTTP/1.1 401 X\r\nWWW-Authenticate: old\r\n\r\n", 7);
  book.note(record("new"), {}, "", "", 0);
  const TraceEntry* entry = book.find("new");
  ASSERT_NE(entry, nullptr);
  EXPECT_EQ(entry->host + entry->detail + entry->sent, "");
  EXPECT_TRUE(entry->checks.empty());
  EXPECT_EQ(entry->routed_by, 0u);
}

}  // namespace
}  // namespace quivive::gateway
