#include "diagnose/diagnosis.h"

#include "diagnose/redact.h"
#include "diagnose/rule.h"
#include "diagnose/suggest_command.h"

#include <algorithm>

namespace quivive::diagnose {
namespace {

// A server that names the fault knows more than a rule that is as certain of another one.
constexpr int kServerSaid = 12;

int score(const Finding& f) { return info(f.cause).rank + (f.server_said ? kServerSaid : 0); }

bool more_useful(const Finding& a, const Finding& b) {
  if (a.severity != b.severity) return a.severity > b.severity;
  if (a.certainty != b.certainty) return a.certainty > b.certainty;
  if (score(a) != score(b)) return score(a) > score(b);
  return a.exchange < b.exchange;
}

// Two findings of one cause about one exchange become one: the surer text, of equals the first (the rules run from what the
// request shows to what the server says, and the former has the values), and all the evidence.
void merge(std::vector<Finding>& findings) {
  std::vector<Finding> out;
  for (Finding& finding : findings) {
    const auto same =
        std::find_if(out.begin(), out.end(), [&](const Finding& f) { return f.cause == finding.cause && f.exchange == finding.exchange; });
    if (same == out.end()) {
      out.push_back(std::move(finding));
      continue;
    }
    const bool surer = finding.severity != same->severity ? finding.severity > same->severity : finding.certainty > same->certainty;
    if (surer) std::swap(finding, *same);
    same->server_said |= finding.server_said;
    for (Evidence& evidence : finding.evidence) same->evidence.push_back(std::move(evidence));
    same->own.insert(same->own.end(), finding.own.begin(), finding.own.end());
    if (same->detail.empty()) same->detail = std::move(finding.detail);
  }
  findings = std::move(out);
}

// A warning about a hop on the way says nothing new where the same is an error about the refusal itself.
void drop_echoes(std::vector<Finding>& findings) {
  const auto is_echo = [&](const Finding& f) {
    return f.severity != Severity::Error && std::any_of(findings.begin(), findings.end(), [&](const Finding& other) {
             return other.cause == f.cause && other.severity == Severity::Error;
           });
  };
  std::vector<Finding> out;
  for (const Finding& finding : findings) {
    if (!is_echo(finding)) out.push_back(finding);
  }
  findings = std::move(out);
}

void redact(std::vector<Finding>& findings, const Redactor& redactor) {
  for (Finding& finding : findings) {
    finding.summary = redactor.prose(finding.summary, finding.own);
    finding.detail = redactor.prose(finding.detail, finding.own);
    finding.fix = redactor.prose(finding.fix, finding.own);
    for (Evidence& evidence : finding.evidence) {
      evidence.name = redactor(evidence.name);
      // A server of ours sends the same texts; in a request they would be somebody else's.
      const bool of_server = evidence.part.starts_with("response.");
      evidence.text = redactor.with_fingerprints(evidence.text, of_server ? std::span<const std::string_view>(finding.own) : std::span<const std::string_view>());
      evidence.mark = redactor(evidence.mark);
    }
  }
}

// Refused for its credentials, as far as the status tells: a 404 or a 500 by itself is another matter.
bool is_refused_for_credentials(const Facts& facts) {
  return facts.is_refused() && (facts.status < 400 || facts.status == 401 || facts.status == 403 || facts.status == 407);
}

// The exchange that the output is about: the verdict's, else the last refused one, else the last with an answer.
std::optional<std::size_t> place_of(const Diagnosis& out, std::span<const Facts> facts) {
  if (const Finding* verdict = out.verdict_finding()) {
    for (const Facts& one : facts) {
      if (verdict->exchange == one.exchange->index) return one.at;
    }
  }
  std::optional<std::size_t> last, answered;
  for (const Facts& one : facts) {
    if (one.is_refused() && (!last || is_refused_for_credentials(one) || !is_refused_for_credentials(facts[*last]))) last = one.at;
    if (one.answer != Answer::None) answered = one.at;
  }
  if (last) return last;
  if (answered) return answered;
  return facts.empty() ? std::nullopt : std::optional<std::size_t>(facts.size() - 1);
}

}  // namespace

Diagnosis diagnose(const Capture& capture, const Expectations& expected, bool show_secrets) {
  const std::vector<Facts> facts = gather_facts(capture, expected);
  const Context context{capture, expected, facts};
  Report report;
#define QUIVIVE_RULES(name) rules::name(context, report);
#include "diagnose/rules.def"
#undef QUIVIVE_RULES

  Diagnosis out;
  out.findings = report.take();
  merge(out.findings);
  drop_echoes(out.findings);
  std::stable_sort(out.findings.begin(), out.findings.end(), more_useful);
  if (!out.findings.empty() && out.findings.front().severity == Severity::Error) out.verdict = 0;
  out.place = place_of(out, facts);
  if (out.place && facts[*out.place].response() != nullptr) {
    const bool recorded =
        std::any_of(capture.records.begin(), capture.records.end(), [&](const GatewayRecord& r) { return r.exchange == *out.place; });
    out.answered_by = recorded ? Answerer{Answerer::Kind::Gateway, "Quivive", "gateway.record"} : identify_answerer(facts[*out.place]);
  }
  out.refused = static_cast<std::size_t>(std::count_if(facts.begin(), facts.end(), [&](const Facts& f) {
    const auto is_about = [&](const Finding& finding) {
      return finding.severity == Severity::Error && finding.exchange == f.exchange->index;
    };
    return is_refused_for_credentials(f) || (f.is_refused() && std::any_of(out.findings.begin(), out.findings.end(), is_about));
  }));
  std::optional<Redactor> redactor;
  if (!show_secrets) redactor.emplace(collect_secrets(capture, facts, expected));
  if (const Finding* verdict = out.verdict_finding(); verdict != nullptr && out.place && !capture.is_loose) {
    out.command = suggest_command(facts, *out.place, *verdict, redactor ? &*redactor : nullptr);
  }
  if (redactor) {
    redact(out.findings, *redactor);
    if (out.command) out.command = (*redactor)(*out.command);
  }
  return out;
}

}  // namespace quivive::diagnose
