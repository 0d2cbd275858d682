// quivive token decode

#include "base/text.h"
#include "cli/commands.h"
#include "cli/options.h"
#include "cli/show.h"
#include "cli/token_input.h"
#include "diagnose/diagnosis.h"
#include "diagnose/reader.h"
#include "diagnose/token_view.h"
#include "diagnose/wording.h"

#include <algorithm>
#include <array>

namespace quivive::cli {
namespace {

using diagnose::ClaimTime;
using diagnose::TokenView;

constexpr auto kTimes = std::to_array<std::string_view>({"iat", "nbf", "exp", "auth_time"});

std::string_view label_of(std::string_view claim) {
  if (claim == "iat") return "issued";
  if (claim == "nbf") return "from";
  if (claim == "exp") return "expires";
  return "signed in";
}

// "3 h 12 min ago" or "in 11 min 4 s".
std::string age(Instant instant, Instant now) {
  if (instant > now) return "in " + diagnose::span_text(instant - now);
  return diagnose::span_text(now - instant) + " ago";
}

std::string state(std::string_view claim, Instant instant, Instant now) {
  if (claim == "exp" && now >= instant) return "expired";
  if ((claim == "nbf" || claim == "iat") && instant > now) return "in the future";
  return "";
}

std::string shown(const Json& value) {
  return value.is_string() ? printable(std::string_view(value.get_string()), 400) : printable(to_json(value), 400);
}

// What the rules of `why` find in the token alone.
diagnose::Diagnosis judge(const std::string& token, Instant now) {
  diagnose::Expectations expected;
  expected.clock = now;
  const auto capture = diagnose::read_token(token);
  return capture ? diagnose::diagnose(*capture, expected) : diagnose::Diagnosis{};
}

class Printer {
 public:
  Printer(const TokenView& token, Instant now, Io& io) : token_(token), now_(now), io_(io) {}

  void print() {
    io_.out << "not verified: this only reads the token\n";
    if (token_.shape == TokenView::Shape::Opaque) return line("form", "opaque: only the server that issued it can tell what it says");
    if (token_.header_read) line("header", header());
    if (token_.shape == TokenView::Shape::Jwe) line("payload", "encrypted: only its recipient can read it");
    claim("iss", "issuer");
    claim("sub", "subject");
    claim("aud", "audience");
    claim("scope", "scope");
    claim("scp", "scope");
    for (const std::string_view name : kTimes) time(name);
    for (const auto& [name, value] : token_.claims) {
      if (!is_shown(name)) line(printable(std::string_view(name), 40), shown(value));
    }
    if (!token_.problem.empty()) line("problem", token_.problem);
  }

 private:
  void line(std::string_view name, std::string_view text) {
    io_.out << fmt::format("{:<9}{}{}\n", name, name.size() >= 9 ? " " : "", text);
  }

  std::string header() const {
    std::string out;
    for (const std::string_view name : {"alg", "enc", "kid", "typ"}) {
      if (const Json* value = member(token_.header, name)) out += fmt::format("{}{} {}", out.empty() ? "" : ", ", name, shown(*value));
    }
    for (const auto& [name, value] : token_.header) {
      if (name == "alg" || name == "enc" || name == "kid" || name == "typ") continue;
      out += fmt::format("{}{} {}", out.empty() ? "" : ", ", printable(std::string_view(name), 40), shown(value));
    }
    return out;
  }

  static bool is_shown(std::string_view name) {
    static constexpr auto kShown = std::to_array<std::string_view>({"iss", "sub", "aud", "scope", "scp", "iat", "nbf", "exp", "auth_time"});
    return std::find(kShown.begin(), kShown.end(), name) != kShown.end();
  }

  void claim(std::string_view name, std::string_view label) {
    const Json* value = token_.claim(name);
    if (value == nullptr) return;
    const auto list = token_.claim_list(name);
    std::string text;
    for (const std::string& item : list) text += (text.empty() ? "" : ", ") + printable(item, 400);
    line(label, value->is_array() && !list.empty() ? text : shown(*value));
  }

  void time(std::string_view name) {
    const ClaimTime at = diagnose::claim_time(token_, name);
    if (!at.present) return;
    if (!at.instant) return line(label_of(name), fmt::format("{}   not a time in seconds", printable(at.text)));
    std::string text = fmt::format("{}   ({})", diagnose::instant_text(*at.instant), age(*at.instant, now_));
    const std::string note = at.milliseconds   ? "in milliseconds: a verifier reads another time"
                             : at.not_a_number ? "not a number: strict verifiers refuse it"
                                               : state(name, *at.instant, now_);
    if (!note.empty()) text += "    " + note;
    line(label_of(name), text);
  }

  const TokenView& token_;
  Instant now_;
  Io& io_;
};

JsonObject times_json(const TokenView& token, Instant now) {
  JsonObject out;
  for (const std::string_view name : kTimes) {
    const ClaimTime at = diagnose::claim_time(token, name);
    if (!at.present) continue;
    JsonObject row{{"instant", json_instant(at.instant)}, {"age_seconds", nullptr}, {"text", nullptr}, {"milliseconds", at.milliseconds}};
    if (at.instant) {
      row["age_seconds"] = unix_seconds(now) - unix_seconds(*at.instant);
      row["text"] = age(*at.instant, now);
    }
    out[name] = std::move(row);
  }
  return out;
}

std::string_view name_of(TokenView::Shape shape) {
  switch (shape) {
    case TokenView::Shape::Jws: return "jws";
    case TokenView::Shape::Jwe: return "jwe";
    case TokenView::Shape::Damaged: return "damaged";
    case TokenView::Shape::Opaque: return "opaque";
  }
  return "opaque";
}

JsonArray problems_json(const diagnose::Diagnosis& diagnosis) {
  JsonArray out;
  for (const diagnose::Finding& f : diagnosis.findings) {
    out.push_back(JsonObject{{"code", code_of(f.cause)},
                             {"certainty", name_of(f.certainty)},
                             {"severity", name_of(f.severity)},
                             {"detail", f.summary},
                             {"fix", f.fix}});
  }
  return out;
}

}  // namespace

int run_token_decode(const Command& self, Arguments arguments, Io& io) {
  Options options(self);
  std::string argument, now_text;
  bool json = false;
  options.add_positional("token", argument, "the token; - reads it from standard input, which keeps it out of the shell's history");
  options.add_json(json);
  options.app()
      .add_option("--now", now_text, "the instant that ages count from, like 2026-11-23T10:03:31Z; the clock unless given")
      ->type_name("TIME");
  if (const auto status = options.parse(arguments, io)) return *status;
  Instant now = io.clock.now();
  if (!now_text.empty()) {
    const auto given = parse_instant(now_text);
    if (!given) return fail(self, {kWrong, "--now is no instant; write it like 2026-11-23T10:03:31Z"}, io);
    now = *given;
  }
  const auto text = read_token_input(argument, io.in);
  if (!text) return fail(self, text.error(), io);
  const TokenView token = diagnose::view_token(*text);
  const diagnose::Diagnosis diagnosis = judge(*text, now);
  if (json) {
    io.out << to_json(JsonObject{{"verified", false},
                                 {"form", name_of(token.shape)},
                                 {"header", token.header_read ? Json(token.header) : Json(nullptr)},
                                 {"payload", token.claims_read ? Json(token.claims) : Json(nullptr)},
                                 {"times", times_json(token, now)},
                                 {"problems", problems_json(diagnosis)}})
           << '\n';
  } else {
    Printer(token, now, io).print();
    for (const diagnose::Finding& f : diagnosis.findings) {
      io.out << fmt::format("\n{}: {}\n", name_of(f.severity), printable(f.summary, 600));
      if (!f.fix.empty()) io.out << "  " << printable(f.fix, 600) << '\n';
    }
  }
  return token.shape == TokenView::Shape::Damaged ? kNo : kDone;
}

}  // namespace quivive::cli
