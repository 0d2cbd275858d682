#include "backends/use_notes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <thread>

namespace quivive::backends {
namespace {

using Note = UseNotes::Note;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

constexpr Instant at(int seconds) { return from_unix_seconds(1'800'000'000 + seconds); }

TEST(UseNotes, Taken_OnceAndTheLatest) {
  UseNotes notes(10);
  EXPECT_THAT(notes.take(), IsEmpty());
  notes.add("a", at(2));
  notes.add("a", at(1));
  notes.add("b", at(1));
  notes.add("b", at(3));
  EXPECT_THAT(notes.take(), UnorderedElementsAre(Note{"a", at(2)}, Note{"b", at(3)}));
  EXPECT_THAT(notes.take(), IsEmpty());
  notes.add("a", at(2));  // written already
  EXPECT_THAT(notes.take(), IsEmpty());
  notes.add("a", at(4));
  EXPECT_THAT(notes.take(), ElementsAre(Note{"a", at(4)}));
}

TEST(UseNotes, Find_TellsTheLatestWrittenOrNot) {
  UseNotes notes(10);
  EXPECT_EQ(notes.find("a"), std::nullopt);
  notes.add("a", at(1));
  EXPECT_EQ(notes.find("a"), at(1));
  (void)notes.take();
  EXPECT_EQ(notes.find("a"), at(1));
  notes.add("a", at(0));
  EXPECT_EQ(notes.find("a"), at(1));
}

TEST(UseNotes, Full_LosesNewNamesUntilOthersAreWritten) {
  UseNotes notes(2);
  notes.add("a", at(1));
  notes.add("b", at(1));
  notes.add("c", at(1));  // lost
  notes.add("a", at(2));  // has its place
  EXPECT_THAT(notes.take(), UnorderedElementsAre(Note{"a", at(2)}, Note{"b", at(1)}));
  notes.add("c", at(3));
  EXPECT_THAT(notes.take(), ElementsAre(Note{"c", at(3)}));
  EXPECT_EQ(notes.find("a"), std::nullopt);
}

TEST(UseNotes, PutBack_AreTakenAgainUnlessALaterOneCame) {
  UseNotes notes(2);
  notes.add("a", at(1));
  notes.add("b", at(1));
  const auto failed = notes.take();
  notes.add("a", at(2));
  notes.put_back(failed);
  EXPECT_THAT(notes.take(), UnorderedElementsAre(Note{"a", at(2)}, Note{"b", at(1)}));
  EXPECT_THAT(notes.take(), IsEmpty());
  const std::vector<Note> forgotten = {{"c", at(1)}};
  notes.put_back(forgotten);
  EXPECT_THAT(notes.take(), ElementsAre(Note{"c", at(1)}));
}

TEST(UseNotes, TakenWhileOthersAdd_NoneIsLost) {
  UseNotes notes(10'000);
  std::set<std::string> seen;
  std::vector<std::thread> threads;
  for (int thread = 0; thread < 3; ++thread) {
    threads.emplace_back([&, thread] {
      for (int i = 0; i < 1000; ++i) notes.add(std::to_string(thread) + '-' + std::to_string(i), at(i));
    });
  }
  const auto take = [&] {
    for (const Note& note : notes.take()) EXPECT_TRUE(seen.insert(note.name).second) << note.name;
  };
  for (int i = 0; i < 100; ++i) take();
  for (auto& thread : threads) thread.join();
  take();
  EXPECT_EQ(seen.size(), 3000u);
}

}  // namespace
}  // namespace quivive::backends
