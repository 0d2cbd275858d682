#include "auth/api_key_format.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <set>
#include <string>

namespace quivive::auth {
namespace {

std::string sample_key() {
  FixedRandom random(1);
  return std::string(generate_api_key(random).text.reveal(RevealSecret{}));
}

std::string with(std::string text, std::size_t at, char c) {
  text[at] = c;
  return text;
}

std::string cased(std::string text, int (*convert)(int)) {
  std::transform(text.begin(), text.end(), text.begin(), [&](unsigned char c) { return static_cast<char>(convert(c)); });
  return text;
}

// Any other base62 character.
char other(char c) { return c == 'x' ? 'y' : 'x'; }

TEST(GenerateApiKey, FixedRandomness_MakesTheFormat) {
  FixedRandom random(7);
  const NewApiKey key = generate_api_key(random);
  const auto text = key.text.reveal(RevealSecret{});
  EXPECT_EQ(text.size(), kApiKeyLength);
  EXPECT_EQ(text.substr(0, 3), "qv_");
  EXPECT_EQ(text.substr(3, 10), key.id);
  EXPECT_EQ(text[13], '_');
  const auto parsed = parse_api_key(text);
  ASSERT_TRUE(parsed) << describe(parsed.error());
  EXPECT_EQ(parsed->id, key.id);
  EXPECT_EQ(parsed->text, text);
}

// The checksum is public interface: keys that exist must stay well formed. Computed with Python's zlib.crc32.
TEST(ParseApiKey, KeyMadeElsewhere_IsAccepted) {
  const auto parsed = parse_api_key("qv_0123456789_ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopq1p5TX6");
  ASSERT_TRUE(parsed) << describe(parsed.error());
  EXPECT_EQ(parsed->id, "0123456789");
}

TEST(GenerateApiKey, ManyKeys_AreDifferentAndUseTheWholeAlphabet) {
  FixedRandom random(3);
  std::set<std::string> ids;
  std::set<char> letters;
  for (int i = 0; i < 200; ++i) {
    const NewApiKey key = generate_api_key(random);
    ids.insert(key.id);
    for (const char c : key.text.reveal(RevealSecret{}).substr(14, 43)) letters.insert(c);
  }
  EXPECT_EQ(ids.size(), 200u);
  EXPECT_EQ(letters.size(), 62u);
}

TEST(ParseApiKey, Defect_IsNamed) {
  const std::string key = sample_key();
  using enum ApiKeyDefect;
  struct Row {
    std::string text;
    ApiKeyDefect defect;
  };
  const std::string body = key.substr(3);
  for (const Row& row : {
           Row{"", NotOurs}, {"x", NotOurs}, {"qv", NotOurs}, {"sk_live_abc", NotOurs}, {std::string(63, 'a'), NotOurs},
           {"eyJhbGciOiJFUzI1NiJ9.e30.c2ln", NotOurs}, {std::string("\0\0\0", 3), NotOurs}, {"\"\"", NotOurs}, {"   ", NotOurs},
           {with(body, 20, other(body[20])), NotOurs},  // without prefix and mistyped: nothing proves that it was ours
           {body, MissingPrefix}, {"_" + body, MissingPrefix}, {"v_" + body, MissingPrefix},
           {"Bearer " + key, AfterWord}, {"ApiKey  " + key, AfterWord}, {"\"Bearer " + key + "\"", AfterWord}, {"key=" + key, AfterWord},
           {"apikey:QV_", AfterWord}, {"Bearer qv", NotOurs}, {key.substr(3) + " x", NotOurs},
           {"x_" + body, NotOurs}, {"-" + body, NotOurs},
           {"\"" + key + "\"", BadAlphabet}, {"'" + key, BadAlphabet}, {key + "\n", BadAlphabet}, {key + "\r\n", BadAlphabet},
           {" " + key, BadAlphabet}, {"\t" + key + " ", BadAlphabet}, {key + " ", BadAlphabet}, {"<" + key + ">", BadAlphabet},
           {"`" + key + "`", BadAlphabet}, {with(key, 30, '-'), BadAlphabet}, {with(key, 30, '\0'), BadAlphabet},
           {with(key, 30, '\xc3'), BadAlphabet}, {with(key, 13, 'a'), BadAlphabet}, {with(key, 30, '_'), BadAlphabet},
           {key.substr(0, 13) + "_…", BadAlphabet}, {"qv_%41" + key.substr(4), BadAlphabet},
           {"qv_", Cut}, {"QV_", Cut}, {key.substr(0, 62), Cut}, {key.substr(0, 14), Cut}, {"qv_" + key.substr(4), Cut},
           {key + "A", TooLong}, {key + key, TooLong}, {"QV_" + body + "0", TooLong},
           {"QV_" + body, WrongCase}, {"Qv_" + body, WrongCase}, {"qV_" + body, WrongCase},
           {cased(key, std::tolower), WrongCase}, {cased(key, std::toupper), WrongCase},
           {"qv_" + cased(body, std::tolower), WrongCase}, {"qv_" + cased(body, std::toupper), WrongCase},
           {with(key, 20, other(key[20])), BadChecksum}, {with(key, 62, other(key[62])), BadChecksum},
           {with(key, 5, other(key[5])), BadChecksum},
       }) {
    const auto parsed = parse_api_key(row.text);
    ASSERT_FALSE(parsed) << row.text;
    EXPECT_EQ(parsed.error(), row.defect) << row.text << ": " << describe(parsed.error());
  }
}

TEST(ParseApiKey, AnyOneCharacterMistyped_IsNeverAccepted) {
  const std::string key = sample_key();
  for (std::size_t at = 0; at < key.size(); ++at) {
    for (const char c : std::string_view("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_-")) {
      if (c == key[at]) continue;
      EXPECT_FALSE(parse_api_key(with(key, at, c))) << at << c;
    }
  }
}

TEST(ParseApiKey, NeighboursSwapped_IsNeverAccepted) {
  std::string key = sample_key();
  for (std::size_t at = 0; at + 1 < key.size(); ++at) {
    if (key[at] == key[at + 1]) continue;
    std::swap(key[at], key[at + 1]);
    EXPECT_FALSE(parse_api_key(key)) << at;
    std::swap(key[at], key[at + 1]);
  }
}

TEST(DescribeApiKeyDefect, EveryDefect_HasItsOwnSentence) {
  std::set<std::string_view> texts;
  for (int i = 0; i <= static_cast<int>(ApiKeyDefect::BadChecksum); ++i) {
    const auto text = describe(static_cast<ApiKeyDefect>(i));
    EXPECT_FALSE(text.empty());
    texts.insert(text);
  }
  EXPECT_EQ(texts.size(), 8u);
}

TEST(LooksLikeApiKey, PrefixInAnyCase_IsEnough) {
  EXPECT_TRUE(looks_like_api_key(sample_key()));
  EXPECT_TRUE(looks_like_api_key("QV_"));
  for (const std::string_view text : {"", "q", "qv", "qv-", "xqv_", " qv_"}) EXPECT_FALSE(looks_like_api_key(text)) << text;
}

TEST(FindApiKey, KeyAnywhere_IsFound) {
  const std::string key = sample_key();
  for (const std::string& text : {key, "a=1&api_key=" + key, "x=" + key + "&y=2", "qv_qv_" + key, "qv_short&k=" + key, key + key}) {
    const auto found = find_api_key(text);
    ASSERT_TRUE(found) << text;
    EXPECT_EQ(found->text, key);
    EXPECT_EQ(found->id, key.substr(3, 10));
  }
  for (const std::string& text : {std::string{}, std::string("qv_"), key.substr(0, 62), "QV_" + key.substr(3), with(key, 30, '.')}) {
    EXPECT_FALSE(find_api_key(text)) << text;
  }
}

TEST(ApiKeyDigest, Text_IsItsSha256) {
  EXPECT_EQ(api_key_digest("abc").substr(0, 4), "\xba\x78\x16\xbf");
  EXPECT_EQ(api_key_digest("abc").size(), 32u);
}

}  // namespace
}  // namespace quivive::auth
