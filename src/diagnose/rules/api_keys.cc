// API keys and vendors' tokens: whose they are, where they go, and what the servers of well-known services answer.

#include "diagnose/rules/key_detail.h"
#include "diagnose/sent_value.h"

#include "base/text.h"

namespace quivive::diagnose::rules {

std::string bare_secret(const SentCredential& credential) {
  std::string_view text = trim_ows(credential.rest);
  if (credential.is("Basic")) {
    const BasicPayload payload = read_basic(text);
    if (!payload.has_colon()) return {};
    const std::string_view user = payload.user(), password = payload.password();
    return std::string(password.size() > user.size() ? password : user);
  }
  if (const std::size_t at = text.find("=\"");
      at != std::string_view::npos && text.ends_with('"') && text.find(',') == std::string_view::npos)
    text = text.substr(at + 1);
  return std::string(without_quotes(text));
}

void api_keys(const Context& context, Report& report) {
  for (const Facts& facts : context.facts) {
    if (facts.request() == nullptr || facts.superseded) continue;
    key_vendor(context, facts, report);
    key_place(context, facts, report);
    key_answers(context, facts, report);
  }
}

}  // namespace quivive::diagnose::rules
