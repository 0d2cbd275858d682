#include "diagnose/rules/digest_response.h"

#include "base/text.h"
#include "diagnose/wording.h"

#include <fmt/format.h>

namespace quivive::diagnose::digest_detail {
namespace {

// What the caller, or the command, says that it is computed from; nothing without a password.
std::optional<DigestInput> input_for(const Context& context, const Facts& facts, const SentDigest& sent) {
  const Request& request = *facts.request();
  DigestInput in{.algorithm = std::string(sent.algorithm_used()),
                 .user = sent.username,
                 .realm = sent.realm,
                 .password = {},
                 .method = request.method,
                 .uri = sent.uri,
                 .nonce = sent.nonce,
                 .nc = sent.nc,
                 .cnonce = sent.cnonce,
                 .qop = sent.qop,
                 .body = request.body};
  const Expectations& expected = context.expected;
  const auto& command = context.capture.command;
  if (expected.password) {
    in.password = expected.password->reveal(RevealSecret{});
    if (expected.user) in.user = *expected.user;
  } else if (command && command->user && command->user->find(':') != std::string::npos) {
    const std::size_t colon = command->user->find(':');
    in.user = command->user->substr(0, colon);
    in.password = command->user->substr(colon + 1);
  } else {
    return std::nullopt;
  }
  if (in.method.empty() || (iequals(sent.qop, "auth-int") && request.body_cut)) return std::nullopt;
  return in;
}

void wrong_response(const Facts& facts, const SentDigest& sent, const DigestInput& input, const std::string& right, Report& report) {
  auto entry = report.fault(Cause::DigestWrongResponse, Certainty::Certain, facts);
  entry.see("request.header", "authorization", "response=\"" + sent.response + '"', sent.response);
  if (iequals(right, sent.response)) {
    entry.summary("The response is right and in capital letters, where RFC 7616 has lower case.")
        .fix("Write the response in lower-case hexadecimal.");
    return;
  }
  const auto why = explain_response(input, sent.response, target_of(*facts.request()));
  if (!sent.userhash && sent.username != input.user) {
    entry.summary(
        fmt::format("The digest is for the user {}, and the user given is {}.", quoted_text(sent.username), quoted_text(input.user)));
    entry.fix("Send the user name that the password belongs to.");
  } else if (why) {
    entry.summary(
        fmt::format("The response does not fit user {} and the password given; it would fit if {}.", quoted_text(input.user), why->what));
    entry.fix("Correct that in the client, then send the request again.");
  } else {
    entry.summary(fmt::format(
        "The response does not fit user {} and the password given: the client used another password, or computed it differently.",
        quoted_text(input.user)));
    entry.fix("Check the password that the client has; single-quote it in a shell, and look for a space or line break at its end.");
  }
}

}  // namespace

std::string target_of(const Request& request) {
  if (!request.target.empty()) return request.target;
  return request.url.host.empty() && request.url.path.empty() ? std::string() : request.url.path_and_query();
}

void judge_response(const Context& context, const Facts& facts, const SentDigest& sent, const http::Challenge* challenge, Report& report) {
  const auto input = input_for(context, facts, sent);
  const auto right = input ? compute_response(*input) : std::nullopt;
  const std::size_t length = right ? right->size() : iequals(sent.algorithm_used(), "MD5") ? 32 : 0;
  if (length != 0 && sent.response.size() != length) {
    report.fault(Cause::DigestWrongResponse, Certainty::Certain, facts)
        .summary(fmt::format("The response has {} characters, and {} gives {}.", sent.response.size(), sent.algorithm_used(), length))
        .fix("Compute the response with the algorithm that the answer names, and write it as lower-case hexadecimal.")
        .see("request.header", "authorization", "response=\"" + sent.response + '"');
    return;
  }
  if (!right || !facts.is_open()) return;
  if (*right != sent.response) return wrong_response(facts, sent, *input, *right, report);
  if (facts.status != 401) return;
  report.fault(Cause::DigestBadSecret, Certainty::Probable, facts)
      .summary(fmt::format("The response is right for user {} and the password given, and the server refuses it: it has another "
                           "password, or another realm, for this user.",
                           quoted_text(input->user)))
      .fix("Set the password anew on the server; entries made for another realm (htdigest) do not count for this one.")
      .see("request.header", "authorization", "username=\"" + sent.username + "\", realm=\"" + sent.realm + '"')
      .see("response.header", "www-authenticate", challenge == nullptr ? std::string() : "realm=\"" + param(*challenge, "realm") + '"');
}

}  // namespace quivive::diagnose::digest_detail
