#include "base/secret.h"

#include <gtest/gtest.h>

#include <cstring>
#include <sstream>
#include <type_traits>

namespace quivive {
namespace {

template <class T>
concept Streamable = requires(std::ostream& out, const T& value) { out << value; };
template <class T>
concept Comparable = requires(const T& a, const T& b) { a == b; };

static_assert(!Streamable<Secret>);
static_assert(!Comparable<Secret>);
static_assert(!fmt::is_formattable<Secret>::value);
static_assert(!std::is_convertible_v<std::string, Secret>, "a string becomes a secret only where one is named");
static_assert(!std::is_convertible_v<Secret, std::string> && !std::is_convertible_v<Secret, std::string_view>);
static_assert(!std::is_convertible_v<int, RevealSecret> && !std::is_aggregate_v<RevealSecret>, "{} in an argument list must not reveal");
static_assert(std::is_nothrow_move_constructible_v<Secret> && std::is_nothrow_move_assignable_v<Secret>);

// The bytes of the object itself: a short secret lives in them, not on the heap.
bool holds(const Secret& secret, std::string_view text) {
  std::string bytes(sizeof(Secret), '\0');
  std::memcpy(bytes.data(), static_cast<const void*>(&secret), sizeof(Secret));
  return bytes.find(text) != std::string::npos;
}

constexpr std::string_view kShort = "hunter2hunter2";
// What is left after the first byte was cleared.
constexpr std::string_view kTail = "unter2hunter2";

TEST(Secret, Reveal_GivesTheBytes) {
  const Secret secret(std::string("a\0b", 3));
  EXPECT_EQ(secret.reveal(RevealSecret{}), std::string_view("a\0b", 3));
  EXPECT_EQ(secret.size(), 3u);
  EXPECT_FALSE(secret.empty());
  EXPECT_TRUE(Secret{}.empty());
}

TEST(Secret, MovedFrom_IsEmptyAndWiped) {
  Secret from{std::string(kShort)};
  ASSERT_TRUE(holds(from, kTail));  // or the test would see nothing
  const Secret to(std::move(from));
  EXPECT_EQ(to.reveal(RevealSecret{}), kShort);
  EXPECT_TRUE(from.empty());             // NOLINT(bugprone-use-after-move): that is the subject
  EXPECT_FALSE(holds(from, kTail));

  Secret source{std::string(kShort)}, target{std::string("old")};
  target = std::move(source);
  EXPECT_EQ(target.reveal(RevealSecret{}), kShort);
  EXPECT_TRUE(source.empty());           // NOLINT(bugprone-use-after-move)
  EXPECT_FALSE(holds(source, kTail));
}

TEST(Secret, Overwritten_KeepsNothingOfTheOldOne) {
  Secret secret{std::string(kShort)};
  secret = Secret{std::string("x")};
  EXPECT_EQ(secret.reveal(RevealSecret{}), "x");
  EXPECT_FALSE(holds(secret, "nter2hunter2"));

  Secret copied{std::string(kShort)};
  const Secret other{std::string("y")};
  copied = other;
  EXPECT_EQ(copied.reveal(RevealSecret{}), "y");
  EXPECT_FALSE(holds(copied, "nter2hunter2"));
}

TEST(Secret, AssignedToItself_Unchanged) {
  Secret secret{std::string(kShort)};
  Secret& same = secret;
  secret = same;
  EXPECT_EQ(secret.reveal(RevealSecret{}), kShort);
  secret = std::move(same);
  EXPECT_EQ(secret.reveal(RevealSecret{}), kShort);
}

TEST(Secret, Copy_IsItsOwn) {
  Secret first{std::string(100, 's')};
  const Secret second = first;
  first = Secret{};
  EXPECT_EQ(second.reveal(RevealSecret{}), std::string(100, 's'));
}

TEST(Secret, Destroyed_LeavesNothingInItsObject) {
  alignas(Secret) unsigned char room[sizeof(Secret)];
  auto* secret = new (room) Secret{std::string(kShort)};
  secret->~Secret();
  const std::string_view bytes(reinterpret_cast<const char*>(room), sizeof room);
  EXPECT_EQ(bytes.find(kTail), std::string_view::npos);
}

}  // namespace
}  // namespace quivive
