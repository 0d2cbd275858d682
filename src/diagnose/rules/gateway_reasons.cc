#include "diagnose/rules/gateway_reasons.h"

#include "base/text.h"
#include "diagnose/own_gateway.h"
#include "diagnose/rules/server_phrases.h"

#include <fmt/format.h>

#include <algorithm>

namespace quivive::diagnose::rules {
namespace {

// In the gateway's own words, which a password may have words in common with.
Report::Entry refused_as(Reason reason, Cause cause, const Facts& facts, Report& report) {
  const ReasonInfo& row = info(reason);
  const std::string_view fix = fix_of(reason, cause);
  auto entry = report.fault(cause, Certainty::Certain, facts);
  entry.summary(fmt::format("The gateway (Quivive) refused it as {}: {}.", code_of(reason), row.description))
      .fix(std::string(fix))
      .page(code_of(reason));
  for (const std::string_view own : {code_of(reason), row.description, row.operator_text, fix}) entry.own(own);
  return entry;
}

// What the gateway itself remembers of this rejection, for whoever may ask it: the check that failed, not only its reason.
bool own_record(const Context& context, const Facts& facts, Report& report) {
  const auto& all = context.capture.records;
  const auto record = std::find_if(all.begin(), all.end(), [&](const GatewayRecord& r) { return r.exchange == facts.at; });
  if (record == all.end()) return false;
  const auto reason = reason_from_code(record->reason);
  const auto cause = reason ? cause_of(*reason) : std::nullopt;
  if (!cause) return false;
  std::string seen = record->check.empty() ? std::string() : record->check;
  for (const std::string* text : {&record->note, &record->seen}) {
    if (text->empty() || (!seen.empty() && seen.find(*text) != std::string::npos)) continue;
    seen += (seen.empty() ? "" : ": ") + *text;
  }
  auto entry = refused_as(*reason, *cause, facts, report);
  entry.detail(record->meaning)
      .see("gateway.record", "route", record->route.empty() ? "none matched" : record->route)
      .server_said();
  if (!seen.empty()) entry.see("gateway.record", "check", seen);
  return true;
}

// Our own gateway's reasons: certain, whatever else was found.
bool own_words(const Facts& facts, Report& report) {
  const auto own = own_rejection(facts);
  if (!own) return false;
  const auto cause = cause_of(own->reason);
  if (!cause) return true;
  const ReasonInfo& row = info(own->reason);
  std::string fix(fix_of(own->reason, *cause));
  if (!own->trace.empty())
    fix += fmt::format(" Whoever runs the gateway sees everything with: quivive explain {}", printable(own->trace, 60));
  const std::size_t space = own->evidence.find(' ');
  refused_as(own->reason, *cause, facts, report)
      .detail(std::string(row.operator_text))
      .fix(std::move(fix))
      .own(row.error)
      .see(own->evidence.substr(0, space), space == std::string::npos ? "" : own->evidence.substr(space + 1), own->text)
      .server_said();
  return true;
}

}  // namespace

bool gateway_reasons(const Context& context, const Facts& facts, Report& report) {
  return own_record(context, facts, report) || own_words(facts, report);
}

}  // namespace quivive::diagnose::rules
