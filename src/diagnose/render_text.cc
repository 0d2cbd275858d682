#include "diagnose/render_text.h"

#include "base/text.h"
#include "diagnose/text_layout.h"
#include "diagnose/wording.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

namespace quivive::diagnose {
namespace {

constexpr std::size_t kLabel = 9;  // "  fix    "
constexpr std::size_t kMaxEvidenceShown = 8;
constexpr std::size_t kMaxOthersShown = 10;

// "The token expired …" goes on from "401 because": only words that are no name lose their capital.
std::string lowered(std::string_view sentence) {
  static constexpr auto kWords = std::to_array<std::string_view>(
      {"A",       "An",   "The",     "No",     "This",    "There", "It",    "Its",       "Nothing",     "Two",  "Three",
       "Several", "Both", "Neither", "Nobody", "Neither", "One",   "White", "Quotation", "Credentials", "User", "Some"});
  const std::string_view first = sentence.substr(0, sentence.find(' '));
  std::string out(sentence);
  if (std::find(kWords.begin(), kWords.end(), first) != kWords.end()) out[0] = ascii_lower(out[0]);
  return out;
}

class Text {
 public:
  Text(const Capture& capture, const Diagnosis& diagnosis, TextStyle style)
      : capture_(capture), diagnosis_(diagnosis), width_(std::clamp<std::size_t>(style.width, 40, 120)), colour_(style.colour) {}

  std::string render() {
    several();
    if (const Finding* verdict = diagnosis_.verdict_finding()) {
      headline(*verdict);
      block("fix", verdict->fix);
      command();
      evidence(*verdict);
      if (!verdict->detail.empty()) block("more", verdict->detail);
      who();
      page(*verdict);
    } else {
      no_fault();
    }
    others();
    return std::move(out_);
  }

 private:
  std::string paint(std::string_view code, std::string_view text) const {
    return colour_ ? fmt::format("\x1b[{}m{}\x1b[0m", code, text) : std::string(text);
  }

  const Exchange* exchange() const { return diagnosis_.place ? &capture_.exchanges[*diagnosis_.place] : nullptr; }

  // "3 of 214 requests were refused; 1 cause."
  void several() {
    if (capture_.is_loose || capture_.total < 2 || diagnosis_.refused == 0) return;
    std::set<Cause> causes;
    for (const Finding& f : diagnosis_.findings) {
      if (f.severity == Severity::Error) causes.insert(f.cause);
    }
    if (diagnosis_.refused == 1 && capture_.total < 5) return;
    out_ += fmt::format("{} of {} requests {} refused", diagnosis_.refused, capture_.total, diagnosis_.refused == 1 ? "was" : "were");
    if (!causes.empty()) out_ += fmt::format("; {} cause{}", causes.size(), causes.size() == 1 ? "" : "s");
    out_ += ".\n\n";
  }

  std::string opening(const Finding& verdict) const {
    const Exchange* at = exchange();
    if (at == nullptr || !at->response || at->response->status == 0) return "";
    const int status = at->response->status;
    // Not why it was refused, but why that cannot be told.
    if (verdict.cause == Cause::CaptureRedacted) return fmt::format("{}, and the cause cannot be seen: ", status);
    if (status / 100 == 2) return fmt::format("Refused with status {} because ", status);
    if (status / 100 == 3) return fmt::format("Sent to a login page ({}) because ", status);
    return fmt::format("{} because ", status);
  }

  void headline(const Finding& verdict) {
    const std::string first = opening(verdict);
    const std::string sentence = first.empty() ? harmless(verdict.summary) : first + lowered(harmless(verdict.summary));
    const std::string_view certainty = name_of(verdict.certainty);
    std::string wrapped = wrap(sentence, 0, width_);
    const std::size_t last_line = columns(std::string_view(wrapped).substr(wrapped.rfind('\n') + 1));
    out_ += paint("1", wrapped);
    const std::string_view colour = verdict.certainty == Certainty::Certain ? "32" : verdict.certainty == Certainty::Probable ? "33" : "36";
    if (last_line + 2 + certainty.size() <= width_)
      out_ += std::string(std::max<std::size_t>(2, width_ - last_line - certainty.size()), ' ');
    else out_ += '\n' + std::string(width_ - certainty.size(), ' ');
    out_ += paint(colour, certainty) + '\n';
  }

  void label(std::string_view name) { out_ += paint("2", fmt::format("  {:<{}}", name, kLabel - 2)); }

  void block(std::string_view name, std::string_view text) {
    if (text.empty()) return;
    out_ += '\n';
    label(name);
    out_ += wrap(harmless(text), kLabel, width_) + '\n';
  }

  void command() {
    if (!diagnosis_.command) return;
    out_ += '\n';
    label("try");
    out_ += paint("36", harmless(*diagnosis_.command)) + '\n';  // not wrapped: it is pasted
  }

  static std::string evidence_line(const Evidence& e) {
    const std::string name = e.name.empty() ? "" : e.name + ": ";
    if (e.part == "request.line" || e.part == "request.url") return "> " + e.text;
    if (e.part.starts_with("request.")) return "> " + name + e.text;
    if (e.part.starts_with("response.")) return "< " + name + e.text;
    if (e.part == "command") return "$ " + e.text;
    return fmt::format("{}{}", e.name.empty() ? e.part + "  " : e.name + "  ", e.text);
  }

  void evidence(const Finding& verdict) {
    if (verdict.evidence.empty()) return;
    out_ += '\n';
    label("seen");
    for (std::size_t i = 0; i < verdict.evidence.size() && i < kMaxEvidenceShown; ++i) {
      const Evidence& e = verdict.evidence[i];
      if (i != 0) out_ += std::string(kLabel, ' ');
      const std::string line = with_backslashes(printable(evidence_line(e), 400));
      out_ += line + '\n';
      const std::string mark = with_backslashes(printable(e.mark, 400));
      const std::size_t at = mark.empty() ? std::string::npos : line.find(mark);
      if (at != std::string::npos && mark != with_backslashes(printable(e.text, 400))) {
        const std::size_t before = columns(std::string_view(line).substr(0, at));
        out_ += std::string(kLabel + before, ' ') + paint("31", std::string(std::max<std::size_t>(1, columns(mark)), '^')) + '\n';
      }
    }
  }

  void who() {
    const Answerer& who = diagnosis_.answered_by;
    if (who.kind == Answerer::Kind::Unknown) return;
    static constexpr auto kNames =
        std::to_array<std::string_view>({"the application", "a gateway", "a proxy or web server", "a CDN", "the identity provider", ""});
    std::string text = std::string(kNames[static_cast<std::size_t>(who.kind)]) + " answered";
    if (!who.name.empty()) text += " (" + who.name + ")";
    if (!who.evidence.empty()) text += "; " + who.evidence + " shows it";
    block("who", text);
  }

  void page(const Finding& verdict) {
    block("read", fmt::format("quivive why --help {}", verdict.page.empty() ? code_of(verdict.cause) : verdict.page));
  }

  // Statuses that are no refusal of credentials: says so, and what they are. False for the others.
  bool other_status(const Response& response) {
    const int status = response.status;
    const std::string_view wait = response.headers.value("retry-after");
    std::string_view what, next;
    std::string later;
    if (status == 404 || status == 410) {
      what = "there is nothing at this URL";
      next = "Check path and method. Some servers answer 404 in place of 403, to hide from strangers what exists.";
    } else if (status == 429) {
      what = "there were too many requests; credentials are not what it is about";
      later = wait.empty() ? std::string("Wait, and send fewer.")
                           : fmt::format("Wait as the answer says (Retry-After: {}), and send fewer.", printable(wait, 40));
      next = later;
    } else if (status == 400 || status == 405 || status == 406 || status == 409 || status == 411 || status == 413 || status == 415 ||
               status == 422) {
      what = "the server does not take the request as it is; nothing in its answer speaks of credentials";
      next = "Read the answer's body: it says what the request lacks.";
    } else if (status / 100 == 5) {
      what = "the server failed; nothing in its answer speaks of credentials";
      next = "Whoever runs the server finds the reason in its log.";
    } else {
      return false;
    }
    out_ += wrap(fmt::format("{}: {}.", status, what), 0, width_) + '\n';
    block("next", next);
    return true;
  }

  void no_fault() {
    const Exchange* at = exchange();
    const bool in_front = std::any_of(diagnosis_.findings.begin(), diagnosis_.findings.end(), [&](const Finding& f) {
      return f.cause == Cause::ProxySent401 && at != nullptr && f.exchange == at->index;
    });
    if (diagnosis_.refused != 0 && in_front) {
      out_ += "Refused, and not for its credentials: somebody in front of the server did not let it through.\n";
      who();
    } else if (diagnosis_.refused != 0) {
      out_ += "Refused, and nothing in this input says why.\n";
      block("next",
            "Add what is missing: the request with its headers (curl -v), the token, or what the server expects (--issuer, --audience, "
            "--scope).");
      who();
    } else if (!capture_.is_loose && capture_.total < 2 && at != nullptr && at->response && other_status(*at->response)) {
      who();
    } else if (capture_.is_loose) {
      out_ += "Nothing is wrong with this as far as it can be judged alone.\n";
    } else if (at == nullptr || !at->response) {
      out_ += "Nothing is wrong with this request as far as it can be judged without its answer.\n";
      block("next", "Send it with curl -v and give the output to quivive why, or let quivive send it: quivive why -- curl …");
    } else {
      out_ += "No request was refused.\n";
    }
  }

  // "Request 4: ", or "Requests 2, 3, 5 and 12 more: " where one fault is found again and again.
  std::string places(const std::vector<const Finding*>& group) const {
    std::vector<std::string> numbers;
    for (const Finding* f : group) {
      if (f->exchange) numbers.push_back(std::to_string(*f->exchange + 1));
    }
    if (capture_.is_loose || capture_.total < 2 || numbers.empty()) return "";
    return fmt::format("Request{} {}: ", numbers.size() == 1 ? "" : "s", list_text(numbers, 4));
  }

  void others() {
    std::vector<std::vector<const Finding*>> groups;
    for (std::size_t i = 0; i < diagnosis_.findings.size(); ++i) {
      const Finding& f = diagnosis_.findings[i];
      if (diagnosis_.verdict == i) continue;
      const auto same = std::find_if(groups.begin(), groups.end(), [&](const auto& group) {
        return group.front()->cause == f.cause && group.front()->severity == f.severity && group.front()->certainty == f.certainty;
      });
      if (same == groups.end() || !f.exchange) groups.push_back({&f});
      else same->push_back(&f);
    }
    if (groups.empty()) return;
    out_ += "\n" + paint("1", "also") + "\n";
    const Finding* verdict = diagnosis_.verdict_finding();
    for (std::size_t i = 0; i < groups.size() && i < kMaxOthersShown; ++i) {
      const Finding& f = *groups[i].front();
      const std::string_view colour = f.severity == Severity::Error ? "31" : f.severity == Severity::Warning ? "33" : "2";
      out_ += "  " + paint(colour, fmt::format("{:<8}", name_of(f.severity))) + ' ';
      std::string text = places(groups[i]) + harmless(f.summary);
      if (f.severity == Severity::Error) text += fmt::format(" ({})", name_of(f.certainty));
      const bool said = verdict != nullptr && verdict->fix == f.fix;  // the same advice once is enough
      if (!f.fix.empty() && !said) text += ' ' + harmless(f.fix);
      out_ += wrap(text, 11, width_) + '\n';
    }
    if (groups.size() > kMaxOthersShown) out_ += fmt::format("  and {} more; --json has them all\n", groups.size() - kMaxOthersShown);
  }

  const Capture& capture_;
  const Diagnosis& diagnosis_;
  const std::size_t width_;
  const bool colour_;
  std::string out_;
};

}  // namespace

std::string render_text(const Capture& capture, const Diagnosis& diagnosis, TextStyle style) {
  return Text(capture, diagnosis, style).render();
}

}  // namespace quivive::diagnose
