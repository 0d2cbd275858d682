#include "unit/client/conversation.h"

#include "base/base64.h"
#include "http/credentials.h"

#include <gtest/gtest.h>

#include <charconv>

namespace quivive::client {
namespace {

// The last one again where there are no more.
const std::string& nth(const std::vector<std::string>& list, std::size_t n) {
  static const std::string kNothing = "500";
  return list.empty() ? kNothing : list[std::min(n, list.size() - 1)];
}

struct Reply {
  std::uint16_t status = 0;
  std::vector<std::pair<std::string, std::string>> fields;
};

Reply read_reply(std::string_view line) {
  Reply out;
  const std::size_t more = line.find(" ;; ");
  std::string_view first = line.substr(0, more);
  std::from_chars(first.data(), first.data() + 3, out.status);
  if (first.size() > 4) {
    const bool challenge = out.status == 401 || out.status == 403;
    out.fields.emplace_back(challenge ? "WWW-Authenticate" : out.status < 400 ? "Location" : "Retry-After", first.substr(4));
  }
  while (line.find(" ;; ") != std::string_view::npos) {
    line.remove_prefix(line.find(" ;; ") + 4);
    const std::string_view field = line.substr(0, line.find(" ;; "));
    out.fields.emplace_back(field.substr(0, field.find(": ")), field.substr(field.find(": ") + 2));
  }
  return out;
}

std::string show(const Send& send) {
  std::string out = send.method + ' ' + send.url;
  for (const FieldLine& field : send.fields) {
    std::string value(field.value.reveal(RevealSecret{}));
    if (field.name != "Authorization") {
      out += ' ' + field.name + '=' + value;
    } else if (value.starts_with("Basic ")) {
      out += " Basic " + base64_decode(value.substr(6)).value_or("?");
    } else if (value.starts_with("Digest ")) {
      const auto parsed = http::parse_credentials(value);
      out += " Digest " + *parsed.param("nonce") + '/' + (parsed.param("nc") ? parsed.param("nc")->substr(6) : "-");
      if (const auto* algorithm = parsed.param("algorithm")) out += ' ' + *algorithm;
    } else {
      out += ' ' + value;
    }
  }
  if (send.body == SendBody::First) out += " +body";
  if (send.body == SendBody::Rewind) out += " +body again";
  return out;
}

RefreshOutcome read_outcome(const std::string& text) {
  if (text == "!sign-in") return RefreshFailure{RefreshFailure::Kind::SignInAgain, "invalid_grant"};
  if (text == "!other") return RefreshFailure{RefreshFailure::Kind::OtherSignIn, "changed meanwhile"};
  if (text == "!later") return RefreshFailure{RefreshFailure::Kind::TryLater, "status 503"};
  if (text == "!refused") return RefreshFailure{RefreshFailure::Kind::Misconfigured, "invalid_client"};
  return Token{Secret(text), Secret()};
}

}  // namespace

std::string Conversation::run(const Script& script, const Endpoint& endpoint) {
  sends.clear();
  std::string out;
  Call call(request, rules, credentials, memory, random);
  Action action = call.start(now);
  std::size_t replies = 0, refreshes = 0;
  for (int steps = 0; steps < 100; ++steps) {
    if (!out.empty()) out += " > ";
    if (auto* send = std::get_if<Send>(&action)) {
      out += show(*send);
      sends.push_back(*send);
      const std::string& line = nth(script, replies++);
      if (line == "!") {
        action = call.on_failed("connection reset", now);
        continue;
      }
      const Reply reply = read_reply(line);
      std::vector<http::Field> fields;
      for (const auto& [name, value] : reply.fields) fields.push_back({name, value});
      action = call.on_response({reply.status, fields, send->url}, now);
    } else if (const auto* refresh = std::get_if<Refresh>(&action)) {
      out += "refresh " + std::string(refresh->token.access.reveal(RevealSecret{}));
      action = call.on_refreshed(read_outcome(nth(endpoint, refreshes++)), now);
    } else if (const auto* wait = std::get_if<Wait>(&action)) {
      out += "wait " + std::to_string(wait->duration.count());
      now += wait->duration;
      action = call.on_waited(now);
    } else {
      finish = std::get<Finish>(action);
      out += std::string(name_of(finish.outcome));
      if (finish.explanation.cause != CallCause::None) out += ' ' + std::string(code_of(finish.explanation.cause));
      if (!finish.deliver && !sends.empty()) out += " (not delivered)";
      EXPECT_LE(sends.size(), kMaxSends + rules.max_redirects);
      return out;
    }
  }
  ADD_FAILURE() << "no end: " << out;
  return out;
}

}  // namespace quivive::client
