#pragma once
// Whole calls as rows of a table: what is held, what the servers answer, and what was then sent.

#include "unit/client/conversation.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace quivive::client {

inline constexpr auto kBasic = PasswordUse::Basic;
inline constexpr auto kDigest = PasswordUse::Digest;
inline constexpr auto kEither = PasswordUse::Either;

struct CallRow {
  std::string what;
  std::string url;
  Credentials held;
  Script script;
  Endpoint endpoint;
  std::string expected;
};

inline void check(const std::vector<CallRow>& rows, const CallRules& rules = {}, const CallRequest& request = {}) {
  for (const CallRow& row : rows) {
    Conversation talk(row.url, row.held);
    talk.rules = rules;
    talk.request = request;
    talk.request.url = row.url;
    EXPECT_EQ(talk.run(row.script, row.endpoint), row.expected) << row.what;
  }
}

}  // namespace quivive::client
