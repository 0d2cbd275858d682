#include "diagnose/own_gateway.h"

#include "base/text.h"

#include <algorithm>

namespace quivive::diagnose {
namespace {

constexpr std::string_view kUrn = "urn:quivive:reason:";

std::string_view text_of(const Facts& facts, std::string_view name) {
  if (!facts.body_json || !facts.body_json->is_object()) return {};
  return string_member(facts.body_json->get_object(), name).value_or("");
}

// The texts of base/reasons.def, which no reason shares with another but the two outages.
const ReasonInfo* by_text(std::string_view error, std::string_view description) {
  const auto rows = all_reasons();
  const auto found = std::find_if(rows.begin(), rows.end(), [&](const ReasonInfo& row) {
    return row.reason != Reason::Allowed && (error.empty() || row.error == error) &&
           (description.empty() || row.description == description);
  });
  return found == rows.end() ? nullptr : &*found;
}

// Our answers have all of these (gateway/response_writer.cc); texts alone could be anybody's.
bool has_our_fields(const Facts& facts) {
  return !facts.response_field("x-request-id").empty() && facts.response_field("cache-control") == "no-store" &&
         facts.response_field("vary").starts_with("Authorization");
}

}  // namespace

std::optional<OwnRejection> own_rejection(const Facts& facts) {
  if (facts.response() == nullptr || facts.answer == Answer::Accepted) return std::nullopt;
  std::string trace(facts.response_field("x-request-id"));
  if (const std::string_view type = text_of(facts, "type"); type.starts_with(kUrn)) {
    const auto reason = reason_from_code(type.substr(kUrn.size()));
    if (!reason) return std::nullopt;
    if (const std::string_view own = text_of(facts, "trace"); !own.empty()) trace = own;
    return OwnRejection{*reason, std::move(trace), "response.body", std::string(type)};
  }
  if (!has_our_fields(facts)) return std::nullopt;
  if (const std::string_view description = facts.challenge_param("error_description"); !description.empty()) {
    if (const ReasonInfo* row = by_text("", description))
      return OwnRejection{row->reason, std::move(trace), "response.header www-authenticate", std::string(description)};
  }
  std::string_view error = text_of(facts, "error");
  if (error.empty()) {
    // text/plain: "Token expired. The access token expired.\nTrace: …"
    const std::string_view body = facts.response_body();
    if (body.find("\nTrace: ") != std::string_view::npos) error = body.substr(0, body.find(". "));
  }
  if (error.empty()) return std::nullopt;
  const bool nothing_sent = error == "Missing API key" || error == "Missing user name and password" || error == "Missing credentials";
  const ReasonInfo* row = nothing_sent ? &info(Reason::CredentialsMissing) : by_text(error, "");
  if (row == nullptr) return std::nullopt;
  return OwnRejection{row->reason, std::move(trace), "response.body", std::string(error)};
}

}  // namespace quivive::diagnose
