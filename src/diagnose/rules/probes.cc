// What the answers to probes say about the refusal: whether the credentials were seen, understood, accepted.

#include "base/text.h"
#include "diagnose/rule.h"
#include "diagnose/wording.h"

#include <algorithm>

namespace quivive::diagnose::rules {
namespace {

// Without what differs from one answer to the next anyway: numbers, ids, dates, nonces.
std::string essence(std::string_view text) {
  std::string out;
  std::string word;
  const auto flush = [&] {
    const bool has_digit = std::any_of(word.begin(), word.end(), [](char c) { return c >= '0' && c <= '9'; });
    if (!has_digit && word.size() < 40) out += word;
    word.clear();
  };
  for (const char c : text.substr(0, 8192)) {
    const bool in_word = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '_';
    if (in_word) {
      word += c;
    } else {
      flush();
      out += c;
    }
  }
  flush();
  return out;
}

std::string answer_of(const Exchange& exchange) {
  if (!exchange.response) return "no answer";
  std::string out = std::to_string(exchange.response->status) + '\n';
  for (const HeaderField* field : exchange.response->headers.every("www-authenticate")) out += essence(field->value) + '\n';
  return out + essence(exchange.response->body);
}

int status_of(const Probe& probe) { return probe.exchange.response ? probe.exchange.response->status : 0; }

bool succeeded(const Probe& probe) { return status_of(probe) / 100 == 2; }

std::string name_of(const Probe& probe) {
  switch (probe.kind) {
    case Probe::Kind::WithoutCredentials: return "without credentials";
    case Probe::Kind::WrongCredentials: return "with wrong credentials";
    case Probe::Kind::OtherScheme: return "as " + probe.scheme;
  }
  return "";
}

const Probe* find(const Capture& capture, Probe::Kind kind) {
  const auto found = std::find_if(capture.probes.begin(), capture.probes.end(), [&](const Probe& p) { return p.kind == kind; });
  return found == capture.probes.end() ? nullptr : &*found;
}

std::string conclusion(const Facts& facts, const Probe& without, const Probe& wrong) {
  const std::string asked = answer_of(*facts.exchange);
  const bool like_none = asked == answer_of(without.exchange);
  const bool like_wrong = asked == answer_of(wrong.exchange);
  if (succeeded(without)) return "The same request without credentials is answered: the credentials that were sent are what is refused.";
  if (like_none && like_wrong) {
    return "Not seen, or not told apart: the server answers the same without credentials, with wrong ones and with yours. Look whether "
           "something on "
           "the way removes the header.";
  }
  if (like_none) return "Not seen: the server answers your credentials as if none were there, and wrong ones otherwise.";
  if (like_wrong) return "Seen, and not accepted: the server answers your credentials like wrong ones, and otherwise where there are none.";
  return "Seen and understood, and refused for a reason of its own: the server answers your credentials otherwise than wrong ones.";
}

}  // namespace

void probes(const Context& context, Report& report) {
  if (context.capture.probes.empty()) return;
  const auto last = std::find_if(context.facts.rbegin(), context.facts.rend(), [](const Facts& f) { return f.is_refused(); });
  if (last == context.facts.rend()) return;

  const Probe* other = find(context.capture, Probe::Kind::OtherScheme);
  if (other != nullptr && succeeded(*other)) {
    report.fault(Cause::SchemeUnsupported, Certainty::Certain, *last)
        .summary(fmt::format("The server accepts the same credentials as {}, and refuses them as they were sent.", other->scheme))
        .fix(iequals(other->scheme, "Digest") ? std::string("Send them that way: curl --digest -u USER URL")
                                              : fmt::format("Send them as {}.", other->scheme))
        .see("response.status", "", fmt::format("{} {}", status_of(*other), name_of(*other)));
  }
  const Probe* without = find(context.capture, Probe::Kind::WithoutCredentials);
  const Probe* wrong = find(context.capture, Probe::Kind::WrongCredentials);
  if (without == nullptr || wrong == nullptr) return;
  auto entry = report.note(Cause::CredentialsRejected, Certainty::Probable, *last);
  entry.summary("More requests were sent to see how the server tells credentials apart.").detail(conclusion(*last, *without, *wrong));
  for (const Probe& probe : context.capture.probes)
    entry.see("response.status", "", fmt::format("{} {}", status_of(probe), name_of(probe)));
}

}  // namespace quivive::diagnose::rules
