// What a command, a collection or a program wrote in place of the secret: placeholders, the text of missing values, nothing
// at all, and what a shell makes of a secret before the program sees it.

#include "base/text.h"
#include "diagnose/names.h"
#include "diagnose/rule.h"
#include "diagnose/rules/command_words.h"
#include "diagnose/rules/shell_text.h"
#include "diagnose/sent_value.h"
#include "diagnose/wording.h"

#include <algorithm>
#include <set>

namespace quivive::diagnose::rules {
namespace {

const Facts* facts_of(const Context& context, const SourceRemark& remark) {
  return remark.exchange < context.facts.size() ? &context.facts[remark.exchange] : nullptr;
}

// Whether a remark is about where a credential stands, rather than a page number or a name.
bool is_about_credential(const SourceRemark& remark, const Facts& facts) {
  if (remark.part == "command") return false;
  const std::string_view name = trim_ows(remark.name);
  if (name.empty()) {
    return std::any_of(facts.credentials.begin(), facts.credentials.end(), [&](const SentCredential& c) {
      const bool elsewhere = c.place == Place::Query || c.place == Place::Form || c.place == Place::UserInfo;
      return elsewhere && c.value.find(remark.text) != std::string::npos;
    });
  }
  if (remark.part == "request.header")
    return iequals(name, "authorization") || iequals(name, "proxy-authorization") || iequals(name, "cookie") || is_key_name(name);
  return is_key_name(name) || is_secret_member(name);
}

std::string place_of(const SourceRemark& remark) {
  if (remark.part == "request.header") return "the header " + std::string(trim_ows(remark.name));
  if (remark.part == "request.url") return remark.name.empty() ? "the URL" : "the URL's parameter " + remark.name;
  if (remark.part == "request.query") return "the query parameter " + remark.name;
  if (remark.part == "request.body") return remark.name.empty() ? "the body" : "the body's member " + remark.name;
  return "the command";
}

std::string how_to_fill(const Context& context, std::string_view text) {
  if (context.capture.format == Format::Postman) {
    if (text.starts_with("{{ ") || text.find(" }}") != std::string_view::npos)
      return "Remove the spaces inside the braces: Postman looks for a variable whose name has them.";
    return "Pick the environment that defines the variable (top right in Postman), give it a current value, and check that the names are "
           "spelt alike, upper and lower case included.";
  }
  if (text.starts_with('$'))
    return "Use double quotes around the header in the shell, so that the variable is replaced: -H \"Authorization: Bearer $TOKEN\"; and "
           "export it before.";
  if (text.starts_with('%')) return "Only cmd.exe replaces %NAME%. In bash or zsh write \"$NAME\", in PowerShell \"$env:NAME\".";
  if (text.starts_with('<') || to_lower(text).find("your") != std::string::npos)
    return "Put your own token or key there, without the angle brackets.";
  return "Replace it by the value, or run the request in the tool whose variable this is.";
}

void placeholders(const Context& context, Report& report) {
  for (const SourceRemark& remark : context.capture.remarks) {
    const bool maybe = remark.kind == SourceRemark::Kind::MaybePlaceholder;
    if (remark.kind != SourceRemark::Kind::Placeholder && remark.kind != SourceRemark::Kind::SingleQuotedVariable && !maybe) continue;
    const Facts* facts = facts_of(context, remark);
    if (facts == nullptr) continue;
    const ValueKind kind = kind_of_value(remark.text);
    if (kind == ValueKind::Redacted || (remark.kind == SourceRemark::Kind::SingleQuotedVariable && kind != ValueKind::Placeholder))
      continue;
    const std::string text = quoted_text(remark.text);
    if (!is_about_credential(remark, *facts)) {
      // Something else was not filled in: true, and not what a refusal is about.
      // A body may be a template itself, and says nothing about who sends it.
      if (maybe || facts->answer == Answer::Accepted || remark.part == "request.body") continue;
      report.warn(Cause::UnexpandedTemplate, Certainty::Certain, *facts)
          .summary("The placeholder " + text + " in " + place_of(remark) + " was never replaced.")
          .fix(how_to_fill(context, remark.text))
          .see(remark.part, remark.name, remark.text);
      continue;
    }
    if (maybe) {
      report.fault(Cause::UnexpandedTemplate, Certainty::Probable, *facts)
          .summary("The variable " + text + " in " + place_of(remark) +
                   " is defined nowhere in this collection, so Postman sends the braces as they stand unless an environment defines it.")
          .fix("Give the environment too (--postman-environment FILE), or " +
               std::string("in Postman: pick the environment that defines it and give it a current value."))
          .see(remark.part, remark.name, remark.text);
      continue;
    }
    const bool single = remark.kind == SourceRemark::Kind::SingleQuotedVariable;
    report.fault(Cause::UnexpandedTemplate, Certainty::Certain, *facts)
        .summary(single ? "Single quotes kept the shell from replacing " + text + " in " + place_of(remark) +
                              ", so the name is sent in place of its value."
                        : "The placeholder " + text + " in " + place_of(remark) + " was never replaced by its value.")
        .fix(how_to_fill(context, remark.text))
        .see(remark.part, remark.name, remark.text);
  }
}

// The secret of a credential, or both halves of Basic where they tell more.
struct Secret {
  std::string text;
  ValueKind kind;
};

Secret secret_of(const SentCredential& c) {
  std::string text(c.rest);
  // `Token token="…"`, `ApiKey key=…`
  if (const std::size_t at = text.find("=\"");
      at != std::string::npos && text.ends_with('"') && is_known_scheme(c.scheme) && !takes_one_token(c.scheme))
    text = text.substr(at + 1);
  ValueKind kind = kind_of_value(text);
  if (c.is("Basic") && kind == ValueKind::Plain) {
    const BasicPayload payload = read_basic(c.rest);
    if (!payload.has_colon()) return {text, kind};
    const std::string_view user = payload.user(), password = payload.password();
    if (trim_ows(user).empty() && trim_ows(password).empty()) return {*payload.text, ValueKind::Empty};
    for (const std::string_view half : {password, user}) {
      const ValueKind of_half = kind_of_value(half);
      // "x", "true" and the like are what APIs want beside a key; only what nobody types counts.
      const bool telling = of_half == ValueKind::Null ? to_lower(half) != "none" && to_lower(half) != "true" && to_lower(half) != "false" &&
                                                            to_lower(half) != "n/a"
                                                      : of_half == ValueKind::Placeholder;
      if (telling && !half.empty()) return {std::string(half), of_half};
    }
  }
  return {text, kind};
}

void report_empty(const Facts& facts, const SentCredential& c, Report& report) {
  const std::string scheme(c.scheme);
  std::string summary;
  if (c.is("Basic") && !trim_ows(c.rest).empty())
    summary = "The Basic credentials are empty: they decode to a colon with neither user name nor password.";
  else if (!scheme.empty()) summary = "T" + place_text(c).substr(1) + " ends after '" + scheme + "': the token behind it is empty.";
  else summary = "The value of " + place_text(c) + " is empty.";
  report.fault(Cause::TokenEmpty, Certainty::Certain, facts)
      .summary(summary)
      .detail("Most often the variable that should hold the secret was empty or has another name.")
      .fix(
          "Check that the variable is set where the request is made (echo \"${#TOKEN}\" prints its length), and how the secret is named in "
          "the CI job or container.")
      .see(std::string(part_of(c)), c.name, c.value);
}

// Another credential, which the server may read in its place.
bool has_other(const Facts& facts, const SentCredential& c) {
  return std::any_of(facts.credentials.begin(), facts.credentials.end(), [&](const SentCredential& o) {
    return &o != &c && o.place != Place::Cookie && o.place != Place::Form && kind_of_value(o.rest) == ValueKind::Plain;
  });
}

void report_null(const Facts& facts, const SentCredential& c, const std::string& text, Report& report) {
  const bool aside = c.place != Place::Authorization && has_other(facts, c);
  const std::string lower = to_lower(text);
  const bool promise = lower.find("promise") != std::string::npos || lower.find("coroutine") != std::string::npos ||
                       lower.find("task") != std::string::npos || lower.find("future") != std::string::npos;
  (aside ? report.warn(Cause::TokenStringifiedNull, Certainty::Certain, facts)
         : report.fault(Cause::TokenStringifiedNull, Certainty::Certain, facts))
      .summary("The secret in " + place_text(c) + " is the text " + quoted_text(trim_ows(text)) +
               ", which a program wrote for a value that " + (promise ? "was not there yet." : "is missing."))
      .fix(promise ? "Await the call that gets the token before the header is built."
                   : "Read or await the token before the header is built, and send no Authorization header while there is none.")
      .see(std::string(part_of(c)), c.name, c.value, std::string(trim_ows(text)));
}

void values(const Context& context, const Facts& facts, Report& report) {
  for (const SentCredential& c : facts.credentials) {
    if (c.place == Place::ProxyAuthorization && facts.status != 407) continue;
    if (c.place == Place::UserInfo || is_filled_by_shell(context.capture, facts, c)) continue;
    // A logged-out cookie is empty or "deleted" by intent; form members other than the client's may be optional.
    const bool form = c.place == Place::Form;
    if (form && !iequals(c.name, "client_secret") && !iequals(c.name, "refresh_token") && !iequals(c.name, "access_token")) continue;
    const Secret secret = secret_of(c);
    const std::string part(part_of(c));
    switch (secret.kind) {
      case ValueKind::Empty: {
        const bool negotiates = context.capture.command && (context.capture.command->negotiate || context.capture.command->ntlm);
        const bool sent_alone = c.place == Place::Authorization && (c.is("Negotiate") || c.is("NTLM"));
        if (c.place == Place::Cookie || form || negotiates || sent_alone || report.has(Cause::TokenCutAtSpace, facts)) break;
        // Another credential does the work: an empty key beside it is no fault.
        if (c.place == Place::Authorization || !has_other(facts, c)) report_empty(facts, c, report);
        break;
      }
      case ValueKind::Null: {
        const std::string lower = to_lower(trim_ows(secret.text));
        const bool flag = c.place == Place::Query && (lower == "true" || lower == "false");  // `?token=true` asks for one
        if (!flag) report_null(facts, c, secret.text, report);
        break;
      }
      case ValueKind::Angle:
        if (!context.capture.is_source) break;
        [[fallthrough]];
      case ValueKind::Placeholder:
        if (report.has(Cause::UnexpandedTemplate, facts) && context.capture.is_source) break;
        report.fault(Cause::UnexpandedTemplate, Certainty::Certain, facts)
            .summary("The placeholder " + quoted_text(trim_ows(secret.text)) + " was sent in " + place_text(c) + " in place of the secret.")
            .fix(how_to_fill(context, trim_ows(secret.text)))
            .see(part, c.name, c.value, std::string(trim_ows(secret.text)));
        break;
      case ValueKind::Plain:
      case ValueKind::Redacted: break;
    }
  }
}

void shell(const Context& context, Report& report) {
  for (const SourceRemark& remark : context.capture.remarks) {
    const Facts* facts = facts_of(context, remark);
    if (facts == nullptr) continue;
    if (remark.kind == SourceRemark::Kind::Background) {
      const std::string_view name = std::string_view(remark.text).substr(0, remark.text.find('='));
      if (!is_key_name(trim_ows(name)) && !is_secret_member(trim_ows(name))) continue;
      report.fault(Cause::ShellAteSecret, Certainty::Probable, *facts)
          .summary("The shell ended the command at an unquoted &, so " + quoted_text(trim_ows(name)) +
                   " and what follows it were never sent.")
          .fix("Put the URL between single quotes.")
          .see("command", "", "&" + remark.text, "&");
      continue;
    }
    if (remark.kind != SourceRemark::Kind::ShellExpands) continue;
    if (!is_about_credential(remark, *facts)) continue;
    const std::optional<std::string> secret = secret_around(context.capture, *facts, remark);
    if (!secret || !eats_into(*secret, remark.text)) continue;
    const std::string sign = remark.text.substr(0, 1);  // what follows it is a piece of the secret
    report.fault(Cause::ShellAteSecret, Certainty::Probable, *facts)
        .summary("The shell replaces the part of the secret that begins with '" + sign +
                 "' before curl sees it, so another secret is sent than the one typed.")
        .detail("Within double quotes, or without any, a shell treats $, ` and ! specially.")
        .fix(context.capture.command && context.capture.command->windows
                 ? "Write %% for each % in a batch file, or read the secret from a file: -K FILE."
                 : "Use single quotes around the secret, or read it from a file or standard input: curl -K FILE.")
        .see("command", "", *secret, sign);
  }
}

// What the caller knows, held against what went out.
void against_expected(const Context& context, const Facts& facts, Report& report) {
  const SentCredential* sent = facts.authorization();
  if (sent == nullptr || !sent->is("Basic") || context.capture.is_source) return;
  const BasicPayload payload = read_basic(sent->rest);
  if (!payload.has_colon()) return;
  std::string meant;
  if (context.expected.password) meant = context.expected.password->reveal(RevealSecret{});
  else if (context.capture.command && context.capture.command->user && context.capture.format != Format::Curl) {
    const std::string& user = *context.capture.command->user;
    if (const std::size_t colon = user.find(':'); colon != std::string::npos) meant = user.substr(colon + 1);
  }
  if (meant.empty() || meant == payload.password() || !is_left_by_shell(meant, payload.password())) return;
  report.fault(Cause::ShellAteSecret, Certainty::Certain, facts)
      .summary("The password that was sent has " + std::to_string(payload.password().size()) + " characters, the one meant has " +
               std::to_string(meant.size()) + ": the shell replaced what follows a $, ! or & in it.")
      .fix("Use single quotes around the secret, or read it from a file or standard input.")
      .see("request.header", sent->name, sent->value);
}

// A new token was handed out, and the request still carries the old one.
void stale(const Context& context, Report& report) {
  std::string issued;
  std::size_t issued_at = 0;
  std::set<std::string, std::less<>> used;
  for (const Facts& facts : context.facts) {
    const SentCredential* sent = facts.authorization();
    const bool bearer = sent != nullptr && sent->is("Bearer");
    if (bearer && facts.is_refused() && !issued.empty() && sent->rest != issued && used.contains(sent->rest)) {
      report.fault(Cause::StaleHelperValue, Certainty::Suggestive, facts)
          .summary("Exchange " + std::to_string(issued_at) +
                   " handed out a new access token, and this request still carries the one from before.")
          .fix("Make the client take the new token up: restart the tool, or read the token again for every request.")
          .see("request.header", sent->name, sent->value);
    }
    if (bearer) used.insert(sent->rest);
    if (facts.status / 100 == 2 && facts.body_json && facts.body_json->is_object()) {
      if (const auto token = string_member(facts.body_json->get_object(), "access_token")) {
        issued = *token;
        issued_at = facts.exchange->index;
      }
    }
  }
  // Postman's helper against what a saved request shows; a command against what went over the wire.
  for (const DeclaredAuth& declared : context.capture.declared) {
    if (declared.exchange >= context.facts.size() || !iequals(declared.type, "bearer")) continue;
    const Facts& facts = context.facts[declared.exchange];
    const SentCredential* sent = facts.authorization();
    const auto token = std::find_if(declared.params.begin(), declared.params.end(), [](const HeaderField& f) { return f.name == "token"; });
    if (sent == nullptr || !sent->is("Bearer") || token == declared.params.end() || !facts.is_refused()) continue;
    if (kind_of_value(token->value) != ValueKind::Plain || kind_of_value(sent->rest) != ValueKind::Plain ||
        sent->rest.find(token->value) != std::string::npos)
      continue;
    report.fault(Cause::StaleHelperValue, Certainty::Suggestive, facts)
        .summary("The request carries another token than the one in the Authorization tab.")
        .fix("Save the request again, close older tabs of it, and look at what is sent in Postman's console.")
        .see("request.header", sent->name, sent->value);
  }
  for (const CurrentToken& now : context.capture.current) {
    if (now.exchange >= context.facts.size()) continue;
    const Facts& facts = context.facts[now.exchange];
    const SentCredential* sent = facts.authorization();
    if (sent == nullptr || !sent->is("Bearer") || !facts.is_refused() || trim_ows(sent->rest) == trim_ows(now.token)) continue;
    if (kind_of_value(now.token) != ValueKind::Plain || kind_of_value(sent->rest) != ValueKind::Plain) continue;
    report.fault(Cause::StaleHelperValue, Certainty::Suggestive, facts)
        .summary("The saved example carries another token than the request has now: the answer is to an older one.")
        .fix("Send the request again, and look at what is sent in Postman's console.")
        .see("request.header", sent->name, sent->value);
  }
  if (!context.capture.command || context.capture.format == Format::Curl) return;
  const std::optional<std::string> typed = bearer_of(*context.capture.command);
  for (const Facts& facts : context.facts) {
    const SentCredential* sent = facts.authorization();
    if (!typed || sent == nullptr || !sent->is("Bearer") || !facts.is_refused()) continue;
    if (kind_of_value(*typed) != ValueKind::Plain || typed->find('$') != std::string::npos ||
        kind_of_value(sent->rest) != ValueKind::Plain || trim_ows(sent->rest) == trim_ows(*typed))
      continue;
    report.fault(Cause::StaleHelperValue, Certainty::Suggestive, facts)
        .summary("The token on the wire is not the one in the command shown.")
        .fix("Run exactly this command with -v and compare; an alias, ~/.curlrc or an older transcript may be in the way.")
        .see("request.header", sent->name, sent->value);
  }
}

}  // namespace

void source_text(const Context& context, Report& report) {
  placeholders(context, report);
  command_words(context, report);
  shell(context, report);
  for (const Facts& facts : context.facts) {
    if (facts.superseded) continue;
    values(context, facts, report);
    against_expected(context, facts, report);
  }
  stale(context, report);
}

}  // namespace quivive::diagnose::rules
