#include "cli/why_operator.h"

#include "base/text.h"
#include "cli/explanation.h"
#include "diagnose/own_gateway.h"

#include <algorithm>

namespace quivive::cli {
namespace {

std::string owned_text(const JsonObject& object, std::string_view name) { return std::string(string_member(object, name).value_or("")); }

diagnose::GatewayRecord record_of(const JsonObject& said, std::size_t exchange) {
  diagnose::GatewayRecord out;
  out.exchange = exchange;
  out.reason = owned_text(said, "reason");
  out.meaning = owned_text(said, "operator");
  out.seen = owned_text(said, "detail");
  out.route = owned_text(said, "route");
  const Json* checks = member(said, "checks");
  if (checks == nullptr || !checks->is_array()) return out;
  for (const Json& item : checks->get_array()) {
    const JsonObject* check = item.if_object();
    if (check == nullptr || owned_text(*check, "outcome") != "failed") continue;
    out.check = owned_text(*check, "name");
    out.note = owned_text(*check, "note");
    break;
  }
  return out;
}

}  // namespace

std::string join_explanations(diagnose::Capture& capture, const diagnose::Expectations& expected, const std::string& admin) {
  struct Asked {
    std::size_t exchange;
    std::string id;
  };
  std::vector<Asked> asked;
  const auto all = diagnose::gather_facts(capture, expected);
  for (std::size_t i = 0; i < all.size(); ++i) {
    const diagnose::Facts& facts = all[i];
    if (!facts.is_refused() || facts.response() == nullptr) continue;
    const auto own = diagnose::own_rejection(facts);
    std::string id = own ? own->trace : std::string(facts.response_field("x-request-id"));
    if (is_request_id(id)) asked.push_back({i, std::move(id)});
  }
  if (asked.empty()) return "no refused response in this input has a request id (X-Request-Id) to ask the gateway about";
  if (asked.size() > kMaxExplained) asked.erase(asked.begin(), asked.end() - kMaxExplained);
  std::string notice;
  for (const Asked& one : asked) {
    const auto said = fetch_explanation(admin, one.id);
    const Json* observed = said ? member(said->object, "observed") : nullptr;
    if (observed != nullptr && observed->is_bool() && observed->get_bool()) {
      // Whoever refused it, the gateway did not.
      notice = fmt::format("the gateway forwarded that request, and observed only; see quivive explain {}", one.id);
      continue;
    }
    if (said) {
      capture.records.push_back(record_of(said->object, one.exchange));
      continue;
    }
    notice = "judged without the gateway's record: " + said.error().message;
    if (said.error().status == kFailed) break;  // nobody is there: once is enough
  }
  return notice;
}

}  // namespace quivive::cli
