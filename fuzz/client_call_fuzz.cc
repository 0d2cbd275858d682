// A client's call against a server that says anything: first a line of choices, then responses between empty lines, each `STATUS` and fields.
// Whatever it says, the number of sends is bounded, no credential leaves its origin, nothing that it said breaks a line, and no secret stands in
// the explanation.

#include "check.h"
#include "client/call.h"
#include "client/digest_session.h"
#include "http/grammar.h"

#include <charconv>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

using namespace quivive;
using namespace quivive::client;

namespace {

constexpr Instant kNow = from_unix_seconds(1'800'000'000);
const Origin kHome = *origin_of("https://a.test/");

// Up to `separator`, which is taken too.
std::string_view take(std::string_view& in, std::string_view separator) {
  const std::size_t end = in.find(separator);
  const std::string_view piece = in.substr(0, end);
  in.remove_prefix(end == std::string_view::npos ? in.size() : end + separator.size());
  return piece;
}

bool chosen(std::string_view choices, char choice) { return choices.find(choice) != std::string_view::npos; }

Credentials credentials_of(std::string_view choices) {
  Credentials out;
  const Secret secret("SECRET1");
  if (chosen(choices, 'k')) out.push_back({kHome, ApiKey{"X-API-Key", secret}});
  if (chosen(choices, 't')) out.push_back({kHome, Bearer{{secret, Secret("SECRET2"), kNow}, TokenClient{.token_endpoint = "https://login.test/", .client_id = "c"}}});
  if (chosen(choices, 'b')) out.push_back({kHome, Password{"SECRETuser", secret, PasswordUse::Basic}});
  if (chosen(choices, 'd')) out.push_back({kHome, Password{"SECRETuser", secret, PasswordUse::Digest}});
  if (chosen(choices, 'e')) out.push_back({kHome, Password{"SECRETuser", secret, PasswordUse::Either}});
  if (chosen(choices, 'c')) {
    CookieJar jar;
    jar.restore({.name = "s", .value = secret, .path = "/"});
    out.push_back({kHome, std::move(jar)});
  }
  return out;
}

void check_send(const Send& send) {
  const auto target = parse_target_url(send.url);
  FUZZ_CHECK(target && target->text() == send.url);
  for (const FieldLine& field : send.fields) {
    const auto value = field.value.reveal(RevealSecret{});
    FUZZ_CHECK(http::is_token(field.name) && http::is_field_value(value));
    if (target->origin == kHome) continue;
    FUZZ_CHECK(value.find("SECRET") == std::string_view::npos);
    FUZZ_CHECK(field.name != "Authorization" && field.name != "X-API-Key" && field.name != "Cookie" && field.name != "X-Own");
  }
}

class Server {
 public:
  explicit Server(std::string_view script) : rest_(script) {}

  Action answer(Call& call, const Send& send, bool elsewhere) {
    std::string_view block = take(rest_, "\n\n");
    const std::string_view first = take(block, "\n");
    unsigned status = 0;
    std::from_chars(first.data(), first.data() + first.size(), status);
    if (status < 200 || status > 599) return call.on_failed(first, kNow);
    std::vector<http::Field> fields;
    while (!block.empty() && fields.size() < 100) {
      std::string_view line = take(block, "\n");
      const std::string_view name = take(line, ": ");
      fields.push_back({name, line});
    }
    return call.on_response({static_cast<std::uint16_t>(status), fields, elsewhere ? first : std::string_view(send.url)}, kNow);
  }
  RefreshOutcome refresh() {
    const std::string_view line = take(rest_, "\n\n");
    if (line.starts_with('!')) return RefreshFailure{static_cast<RefreshFailure::Kind>(line.size() % 3), std::string(line)};
    return Token{Secret(std::string(line)), Secret()};
  }

 private:
  std::string_view rest_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view input(reinterpret_cast<const char*>(data), size);
  if (input.find("SECRET") != std::string_view::npos) return 0;
  const std::string_view choices = take(input, "\n");
  Credentials credentials = credentials_of(choices);
  CallRequest request{.method = chosen(choices, 'P') ? "POST" : "GET", .url = "https://a.test/x"};
  if (chosen(choices, 'P')) request.body = chosen(choices, 'O') ? BodyKind::Once : BodyKind::Rewindable;
  request.fields.push_back({"X-Own", Secret("SECRET3")});
  request.fields.push_back({"Accept", Secret("*/*")});
  if (chosen(choices, 'A')) request.fields.push_back({"Authorization", Secret("SECRET4")});
  CallRules rules{.max_redirects = chosen(choices, 'R') ? 5u : 0u, .allow_plain_http = chosen(choices, 'H'), .max_wait = std::chrono::seconds(chosen(choices, 'W') ? 60 : 0)};
  ClientMemory memory;
  FixedRandom random;
  Server server(input);
  // Twice, since the first leaves nonces, cookies and a token behind.
  for (int round = 0; round < 2; ++round) {
    Call call(request, rules, credentials, memory, random);
    Action action = call.start(kNow);
    std::size_t sends = 0, others = 0;
    while (!std::holds_alternative<Finish>(action)) {
      if (const auto* send = std::get_if<Send>(&action)) {
        FUZZ_CHECK(++sends <= kMaxSends + rules.max_redirects);
        check_send(*send);
        const Send copy = *send;
        action = server.answer(call, copy, chosen(choices, 'L'));
      } else {
        FUZZ_CHECK(++others <= 16);
        action = std::holds_alternative<Refresh>(action) ? call.on_refreshed(server.refresh(), kNow) : call.on_waited(kNow);
      }
    }
    const Explanation& explanation = std::get<Finish>(action).explanation;
    FUZZ_CHECK(explanation.summary.find("SECRET") == std::string::npos && explanation.summary.find('\n') == std::string::npos);
    for (const Step& step : explanation.steps) FUZZ_CHECK(step.text.find("SECRET") == std::string::npos && step.text.find('\n') == std::string::npos);
  }
  return 0;
}
