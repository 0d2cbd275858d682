#pragma once
// Rules: one file for each family of causes in diagnose/rules/. A rule reads Facts and adds Findings; it never decides
// which of them is the verdict. diagnose/rules.def lists the families.

#include "diagnose/facts.h"
#include "diagnose/finding.h"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace quivive::diagnose {

struct Context {
  const Capture& capture;
  const Expectations& expected;
  std::span<const Facts> facts;  // one for each of capture.exchanges
};

// Collects findings. A fault is an error only where its exchange was refused or shows no answer: on one that succeeded a
// certain fault becomes a warning and any other is dropped; on one that is superseded all faults are dropped.
class Report {
 public:
  // Chained onto what was just added: report.fault(…).summary(…).fix(…).see(…).
  class Entry {
   public:
    Entry(Report& report, std::size_t at) : report_(&report), at_(at) {}
    Entry& summary(std::string text);
    Entry& detail(std::string text);
    Entry& fix(std::string text);
    // A literal is a text of ours, whatever words a secret has in common with it.
    template <std::size_t N>
    Entry& summary(const char (&text)[N]) { return own(text).summary(std::string(text)); }
    template <std::size_t N>
    Entry& detail(const char (&text)[N]) { return own(text).detail(std::string(text)); }
    template <std::size_t N>
    Entry& fix(const char (&text)[N]) { return own(text).fix(std::string(text)); }
    Entry& own(std::string_view text);  // the same of a fixed text within another; static storage
    Entry& see(std::string part, std::string name, std::string text, std::string mark = {});
    Entry& page(std::string_view code);  // static storage
    Entry& server_said();

   private:
    [[nodiscard]] Finding& target();
    Report* report_;
    std::size_t at_;
  };

  Entry fault(Cause cause, Certainty certainty, const Facts& facts);
  // An error whatever the answer's status: a browser refuses in the server's place after a preflight that does not allow.
  Entry blocked(Cause cause, Certainty certainty, const Facts& facts);
  Entry warn(Cause cause, Certainty certainty, const Facts& facts);  // never the verdict
  Entry note(Cause cause, Certainty certainty, const Facts& facts);

  [[nodiscard]] const std::vector<Finding>& findings() const { return findings_; }
  [[nodiscard]] bool has(Cause cause) const;
  [[nodiscard]] bool has(Cause cause, const Facts& facts) const;  // about that exchange
  [[nodiscard]] bool has_error(const Facts& facts) const;         // any error about that exchange
  [[nodiscard]] std::vector<Finding> take() { return std::move(findings_); }

 private:
  Entry add(Cause cause, Certainty certainty, Severity severity, const Facts& facts);
  std::vector<Finding> findings_;
  Finding dropped_;  // what entries of dropped findings write to
};

using Rules = void (*)(const Context& context, Report& report);

// diagnose/rules/*.cc, in the order in which they run. The last one, fallbacks, sees what the others found.
#define QUIVIVE_RULES(name) void name(const Context& context, Report& report);
namespace rules {
#include "diagnose/rules.def"
using Place = SentCredential::Place;
}  // namespace rules
#undef QUIVIVE_RULES

}  // namespace quivive::diagnose
