#include "base/reason.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>

namespace quivive {
namespace {

TEST(Reasons, Codes_UniqueAndFitForLabelsAndFileNames) {
  std::set<std::string_view> codes;
  for (const ReasonInfo& row : all_reasons()) {
    EXPECT_TRUE(codes.insert(row.code).second) << row.code;
    EXPECT_FALSE(row.code.empty());
    EXPECT_EQ(row.code.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-"), std::string_view::npos) << row.code;
    EXPECT_FALSE(row.code.starts_with('-') || row.code.ends_with('-')) << row.code;
  }
}

// TokenExpired is token-expired: neither can be renamed alone.
TEST(Reasons, Enumerator_SpellsTheCode) {
  for (const ReasonInfo& row : all_reasons()) {
    std::string code;
    for (const char c : row.name) {
      const bool capital = c >= 'A' && c <= 'Z';
      if (capital && !code.empty()) code.push_back('-');
      code.push_back(capital ? static_cast<char>(c - 'A' + 'a') : c);
    }
    EXPECT_EQ(code, row.code);
  }
}

TEST(Reasons, Lookup_RoundTrips) {
  for (const ReasonInfo& row : all_reasons()) {
    EXPECT_EQ(&info(row.reason), &row);
    EXPECT_EQ(reason_from_code(row.code), row.reason);
    EXPECT_EQ(code_of(row.reason), row.code);
  }
  for (const std::string_view code : {"", "token", "Token-Expired", "token-expired ", "no-such-reason"}) EXPECT_FALSE(reason_from_code(code)) << code;
}

// An outage is never the client's fault, and 407 is not a reverse proxy's to send.
TEST(Reasons, Status_FitsTheFamily) {
  const std::set<int> known = {200, 400, 401, 403, 404, 408, 413, 429, 431, 500, 502, 503, 504};
  for (const ReasonInfo& row : all_reasons()) {
    EXPECT_TRUE(known.contains(row.status)) << row.code << " " << row.status;
    EXPECT_EQ(row.status == 200, row.reason == Reason::Allowed) << row.code;
    if (row.code.starts_with("verifier-") || row.code.starts_with("upstream-")) {
      EXPECT_GE(row.status, 500) << row.code;
    }
    if (row.code.starts_with("request-")) {
      EXPECT_NE(row.status, 401) << row.code;
    }
    for (const std::string_view family : {"token-", "basic-", "password-", "digest-", "key-", "session-"}) {
      if (row.code.starts_with(family)) {
        // A body that is too long to be looked at says nothing about the credentials.
        EXPECT_EQ(row.status, row.reason == Reason::DigestBodyTooLarge ? 413 : 401) << row.code;
      }
    }
  }
}

// RFC 6750 section 3.1 says which error goes with which status, and that a request without credentials gets none.
TEST(Reasons, WireError_FitsTheStatus) {
  for (const ReasonInfo& row : all_reasons()) {
    if (row.wire_error.empty()) continue;
    switch (row.status) {
      case 400: EXPECT_EQ(row.wire_error, "invalid_request") << row.code; break;
      case 401: EXPECT_EQ(row.wire_error, "invalid_token") << row.code; break;
      case 403: EXPECT_EQ(row.wire_error, "insufficient_scope") << row.code; break;
      default: ADD_FAILURE() << row.code << " has a challenge error at status " << row.status;
    }
  }
  EXPECT_EQ(info(Reason::CredentialsMissing).wire_error, "");
  EXPECT_EQ(info(Reason::SchemeUnsupported).wire_error, "");
  for (const ReasonInfo& row : all_reasons()) {
    if (row.code.starts_with("token-")) {
      EXPECT_EQ(row.wire_error, "invalid_token") << row.code;
    }
  }
}

// error_description may hold neither '"' nor '\' nor anything outside printable ASCII (RFC 6750 section 3).
TEST(Reasons, Texts_PresentAndFitForAChallenge) {
  const auto plain = [](char c) { return c >= 0x20 && c <= 0x7e && c != '"' && c != '\\'; };
  for (const ReasonInfo& row : all_reasons()) {
    EXPECT_FALSE(row.operator_text.empty()) << row.code;
    if (row.reason == Reason::Allowed) continue;
    EXPECT_FALSE(row.error.empty()) << row.code;
    EXPECT_FALSE(row.description.empty()) << row.code;
    EXPECT_TRUE(std::ranges::all_of(row.error, plain)) << row.code;
    EXPECT_TRUE(std::ranges::all_of(row.description, plain)) << row.code;
    EXPECT_FALSE(row.description.ends_with('.')) << row.code << ": a sentence's stop is added where there is a sentence";
  }
}

// The client may not learn whether a principal exists.
TEST(Reasons, PasswordWrong_TellsTheClientNothingOfTheUser) {
  const ReasonInfo& row = info(Reason::PasswordWrong);
  EXPECT_NE(row.description.find("user name or the password"), std::string_view::npos);
  for (const std::string_view word : {"unknown", "disabled", "exist"}) EXPECT_EQ(row.description.find(word), std::string_view::npos) << word;
}

TEST(Reasons, Rank_TheMoreInformativeFailureWins) {
  const Reason ladder[] = {Reason::Allowed,      Reason::CredentialsMissing, Reason::SchemeUnsupported, Reason::TokenMalformed,      Reason::TokenBadSignature,
                           Reason::TokenExpired, Reason::ScopeInsufficient,  Reason::VerifierUnavailable, Reason::UpstreamUnreachable};
  for (std::size_t i = 1; i < std::size(ladder); ++i) {
    EXPECT_LT(info(ladder[i - 1]).rank, info(ladder[i]).rank) << code_of(ladder[i - 1]) << " before " << code_of(ladder[i]);
  }
  // Whatever was malformed, no scheme's "malformed" outranks a credential that was read and failed.
  for (const ReasonInfo& row : all_reasons()) {
    if (row.status == 401 && row.code.ends_with("-malformed")) {
      EXPECT_LT(row.rank, info(Reason::PasswordWrong).rank) << row.code;
    }
  }
}

TEST(Reasons, DocumentsExample_IsTheMissingCredential) {
  const ReasonInfo& row = info(Reason::CredentialsMissing);
  EXPECT_EQ(row.status, 401);
  EXPECT_EQ(row.error, "Missing authentication token");
}

}  // namespace
}  // namespace quivive
