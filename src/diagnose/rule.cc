#include "diagnose/rule.h"

#include <algorithm>

namespace quivive::diagnose {
namespace {
constexpr std::size_t kDroppedFinding = static_cast<std::size_t>(-1);
constexpr std::size_t kMaxFindings = 512;  // a hostile capture repeats itself
constexpr std::size_t kMaxEvidence = 16;
}  // namespace

Report::Entry Report::add(Cause cause, Certainty certainty, Severity severity, const Facts& facts) {
  if (findings_.size() >= kMaxFindings) return {*this, kDroppedFinding};
  Finding finding;
  finding.cause = cause;
  finding.certainty = certainty;
  finding.severity = severity;
  finding.exchange = facts.exchange->index;
  findings_.push_back(std::move(finding));
  return {*this, findings_.size() - 1};
}

Report::Entry Report::fault(Cause cause, Certainty certainty, const Facts& facts) {
  if (facts.is_open()) return add(cause, certainty, Severity::Error, facts);
  if (!facts.superseded && certainty == Certainty::Certain) return add(cause, certainty, Severity::Warning, facts);
  return {*this, kDroppedFinding};
}

Report::Entry Report::blocked(Cause cause, Certainty certainty, const Facts& facts) {
  return add(cause, certainty, Severity::Error, facts);
}
Report::Entry Report::warn(Cause cause, Certainty certainty, const Facts& facts) { return add(cause, certainty, Severity::Warning, facts); }
Report::Entry Report::note(Cause cause, Certainty certainty, const Facts& facts) { return add(cause, certainty, Severity::Note, facts); }

bool Report::has(Cause cause) const {
  return std::any_of(findings_.begin(), findings_.end(), [&](const Finding& f) { return f.cause == cause; });
}

bool Report::has(Cause cause, const Facts& facts) const {
  return std::any_of(findings_.begin(), findings_.end(),
                     [&](const Finding& f) { return f.cause == cause && f.exchange == facts.exchange->index; });
}

bool Report::has_error(const Facts& facts) const {
  return std::any_of(findings_.begin(), findings_.end(),
                     [&](const Finding& f) { return f.severity == Severity::Error && f.exchange == facts.exchange->index; });
}

Finding& Report::Entry::target() { return at_ == kDroppedFinding ? report_->dropped_ : report_->findings_[at_]; }

Report::Entry& Report::Entry::summary(std::string text) { return target().summary = std::move(text), *this; }
Report::Entry& Report::Entry::detail(std::string text) { return target().detail = std::move(text), *this; }
Report::Entry& Report::Entry::fix(std::string text) { return target().fix = std::move(text), *this; }
Report::Entry& Report::Entry::page(std::string_view code) { return target().page = code, *this; }
Report::Entry& Report::Entry::server_said() { return target().server_said = true, *this; }

Report::Entry& Report::Entry::own(std::string_view text) {
  if (at_ != kDroppedFinding && !text.empty()) target().own.push_back(text);
  return *this;
}

Report::Entry& Report::Entry::see(std::string part, std::string name, std::string text, std::string mark) {
  Finding& finding = target();
  if (text.empty() && part.starts_with("response.")) return *this;  // the answer has no such field, or no body
  if (finding.evidence.size() < kMaxEvidence)
    finding.evidence.push_back({std::move(part), std::move(name), std::move(text), std::move(mark)});
  return *this;
}

}  // namespace quivive::diagnose
