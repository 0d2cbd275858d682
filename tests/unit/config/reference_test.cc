#include "config/reference.h"

#include "base/json.h"
#include "config/settings.h"
#include "loading.h"

#include <filesystem>
#include <fstream>
#include <sstream>
#include <vector>

namespace quivive::config {
namespace {

const std::string kDocs = QUIVIVE_SOURCE_DIR "/docs/";

std::string read_file(const std::string& name) {
  std::ifstream file(name, std::ios::binary);
  EXPECT_TRUE(file) << name;
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

// Compares a committed document with the one that the list gives, and leaves the latter to be copied.
void expect_current(const std::string& name, const std::string& generated) {
  if (read_file(kDocs + "reference/" + name) == generated) return;
  const std::string fresh = ::testing::TempDir() + name;
  std::ofstream(fresh, std::ios::binary) << generated;
  ADD_FAILURE() << "docs/reference/" << name << " is not what settings.def gives now; cp " << fresh << " docs/reference/";
}

TEST(Reference, CommittedDocuments_AreCurrent) {
  expect_current("configuration.md", reference_markdown());
  expect_current("quivive.schema.json", json_schema());
}

TEST(Reference, EverySetting_IsInIt) {
  const std::string text = reference_markdown();
  for (const Setting& row : all_settings()) {
    const bool shown = text.find("| `" + std::string(last_name(row.path)) + "` |") != std::string::npos || text.find("## `" + std::string(row.path)) != std::string::npos;
    EXPECT_TRUE(shown) << row.path;
  }
}

TEST(JsonSchema, IsJson_AndRefusesUnknownNames) {
  const auto schema = parse_json(json_schema());
  ASSERT_TRUE(schema) << schema.error().message;
  EXPECT_FALSE(schema->at("additionalProperties").as_bool());
  EXPECT_EQ(schema->at("properties").at("workers").at("maximum").to_number<int>(), 256);
  EXPECT_EQ(schema->at("properties").at("routes").at("items").at("required").as_array()[0].as_string(), "path");
  EXPECT_EQ(schema->at("properties").at("upstream").at("$ref").as_string(), "#/$defs/upstream");
}

TEST(JsonSchema, TakesAndRefuses_WhatCheckDoes) {
  const auto schema = parse_json(json_schema()).value();
  const auto& properties = schema.at("properties");
  const std::string scalar = R"(["string","number","boolean"])";
  EXPECT_EQ(to_json(properties.at("realm").at("type")), scalar);
  const auto& require = properties.at("routes").at("items").at("properties").at("require");
  EXPECT_EQ(require.at("minProperties").to_number<int>(), 1);
  EXPECT_EQ(to_json(require.at("properties").at("claim").at("additionalProperties").at("anyOf").at(0).at("type")), scalar);
  for (const std::string_view yaml : {"realm: 5", "routes: [{path: /, require: {claim: {level: 3, email_verified: true, mixed: [1, a]}}}]"}) EXPECT_TRUE(load(kUpstream + std::string(yaml), "q").config) << yaml;
  // An empty `accept` is right beside a token service only.
  EXPECT_TRUE(load(kUpstream + "issuer: https://a\naccept: {}", "q").config);
  EXPECT_FALSE(load(kUpstream + "accept: {}", "q").config);
  EXPECT_EQ(to_json(schema.at("anyOf")), R"([{"required":["issuer"]},{"properties":{"accept":{"minProperties":1}}}])");
}

// The ```yaml blocks of a page.
std::vector<std::string> yaml_blocks(const std::string& page) {
  std::vector<std::string> out;
  constexpr std::string_view open = "```yaml";
  for (auto at = page.find(open); at != std::string::npos; at = page.find(open, at)) {
    at = page.find('\n', at) + 1;
    const auto end = page.find("```", at);
    out.push_back(page.substr(at, end - at));
    at = end + 3;
  }
  return out;
}

TEST(Documentation, SampleErrors_AreWhatIsSaid) {
  const std::string page = read_file(kDocs + "configuration.md");
  const auto result = load(kUpstream + "accept: {bearer: {issuers: [{issuer: https://a, audience: b, algoritms: ES256}]}}\nroutes: [{path: /, accept: jwt}]", "q");
  ASSERT_EQ(result.diagnostics.size(), 2u);
  for (const Diagnostic& d : result.diagnostics) EXPECT_NE(page.find(": " + d.message + "\n"), std::string::npos) << d.message;
}

// What people paste works: every example is a whole configuration.
TEST(Documentation, EveryExample_LoadsWithoutErrorOrWarning) {
  std::vector<std::filesystem::path> pages = {QUIVIVE_SOURCE_DIR "/README.md"};
  for (const auto& entry : std::filesystem::recursive_directory_iterator(kDocs)) {
    if (entry.path().extension() == ".md") pages.push_back(entry.path());
  }
  std::size_t found = 0;
  for (const auto& page : pages) {
    for (const std::string& text : yaml_blocks(read_file(page))) {
      ++found;
      const auto result = load(text, page.filename().string());
      EXPECT_TRUE(result.config) << page << "\n" << text;
      EXPECT_EQ(format(result.diagnostics, page.filename().string()), "") << text;
    }
  }
  EXPECT_GE(found, 13u);
}

}  // namespace
}  // namespace quivive::config
