#include "diagnose/facts.h"

#include "base/text.h"
#include "http/date.h"

#include <algorithm>

namespace quivive::diagnose {
namespace {

bool sent_nothing(const Facts& facts) {
  for (const SentCredential& credential : facts.credentials) {
    const bool in_header =
        credential.place == SentCredential::Place::Authorization || credential.place == SentCredential::Place::ProxyAuthorization;
    if (in_header) return false;
  }
  return true;
}

// The first message of NTLM or Negotiate asks for a challenge and proves nothing yet ([MS-NLMP] type 1).
bool is_opening(const Facts& facts) {
  const SentCredential* sent = facts.authorization();
  return sent != nullptr && (sent->is("NTLM") || sent->is("Negotiate")) && trim_ows(sent->rest).starts_with("TlRMTVNTUAAB");
}

// The same port, as far as known: without a scheme and a port, a URL has its scheme's own, whichever that is.
bool same_port(const Url& a, const Url& b) {
  const auto may_be = [](std::uint16_t unknown, std::uint16_t other) { return unknown == 0 && (other == 80 || other == 443); };
  const std::uint16_t x = a.effective_port(), y = b.effective_port();
  return x == y || may_be(x, y) || may_be(y, x);
}

// curl's probe: it knows that it will be asked, and sends an empty body with the first request.
bool same_request(const Exchange& a, const Exchange& b) {
  if (!a.request || !b.request || a.to_proxy != b.to_proxy) return false;
  const Url& x = a.request->url;
  const Url& y = b.request->url;
  return iequals(a.request->method, b.request->method) && x.host == y.host && same_port(x, y) && x.path == y.path && x.query == y.query;
}

// Whether `later` shows that the refusal of `earlier` was a step, not a fault.
bool supersedes(const Facts& later, const Facts& earlier) {
  if (!same_request(*earlier.exchange, *later.exchange)) return false;
  if (later.answer == Answer::Accepted && later.status / 100 != 5) return true;
  const bool negotiating = earlier.status == 401 || earlier.status == 407;
  return negotiating && (sent_nothing(earlier) || is_opening(earlier)) && !sent_nothing(later) && later.answer != Answer::None;
}

void read_response(const Response& response, Facts& facts) {
  facts.status = response.status;
  std::vector<std::string_view> lines, proxy_lines;
  for (const HeaderField* field : response.headers.every("www-authenticate")) lines.push_back(field->value);
  for (const HeaderField* field : response.headers.every("proxy-authenticate")) proxy_lines.push_back(field->value);
  facts.challenges = http::parse_challenges(lines);
  facts.proxy_challenges = http::parse_challenges(proxy_lines);
  facts.challenge_lines.assign(lines.begin(), lines.end());

  const std::string_view body = response.body;
  const std::size_t first = body.find_first_not_of(" \t\r\n");
  if (first != std::string_view::npos && (body[first] == '{' || body[first] == '[')) {
    if (auto json = parse_json(body.substr(first), {.depth = 64, .bytes = kMaxBodyKept})) facts.body_json = std::move(*json);
  }
  for (const HeaderField& field : response.headers.all()) {
    if (!iequals(field.name, "set-cookie")) facts.said += to_lower(field.name) + ": " + to_lower(field.value) + '\n';
  }
  facts.said += to_lower(body);
}

// A capture may be years old: our clock is the last resort.
void read_clock(const Expectations& expected, Facts& facts) {
  if (const auto date = http::parse_http_date(facts.response_field("date"))) {
    facts.now = *date;
    facts.clock = ClockSource::Response;
  } else if (expected.now) {
    facts.now = *expected.now;
    facts.clock = ClockSource::Option;
  } else if (facts.exchange->started) {
    facts.now = *facts.exchange->started;
    facts.clock = ClockSource::Started;
  } else {
    facts.now = expected.clock;
  }
}

// Links an exchange to the redirect that led to it: the nearest one before it whose Location it is.
void link_redirect(std::vector<Facts>& all, std::size_t at) {
  const Request* request = all[at].request();
  if (request == nullptr) return;
  for (std::size_t i = at; i-- > 0 && at - i < 32;) {
    const Facts& before = all[i];
    if (before.status / 100 != 3 || before.request() == nullptr) continue;
    const std::string_view location = before.response_field("location");
    if (location.empty()) continue;
    const Url target = resolve(before.request()->url, location);
    const Url& url = request->url;
    if (target.host == url.host && target.path == url.path && target.query == url.query &&
        (url.scheme.empty() || target.scheme.empty() || target.scheme == url.scheme)) {
      all[at].redirected_from = i;
      return;
    }
  }
}

}  // namespace

std::string_view Facts::request_field(std::string_view name) const {
  return exchange->request ? exchange->request->headers.value(name) : std::string_view();
}

std::string_view Facts::response_field(std::string_view name) const {
  return exchange->response ? exchange->response->headers.value(name) : std::string_view();
}

const SentCredential* Facts::authorization() const {
  const auto found = std::find_if(credentials.begin(), credentials.end(),
                                  [](const SentCredential& c) { return c.place == SentCredential::Place::Authorization; });
  return found == credentials.end() ? nullptr : &*found;
}

const SentCredential* Facts::token() const {
  const auto found = std::find_if(credentials.begin(), credentials.end(), [](const SentCredential& c) { return c.token.has_value(); });
  return found == credentials.end() ? nullptr : &*found;
}

const http::Challenge* Facts::challenge(std::string_view scheme) const {
  for (const http::Challenge& one : challenges.challenges) {
    if (iequals(one.scheme, scheme)) return &one;
  }
  return nullptr;
}

std::string_view Facts::challenge_param(std::string_view name) const {
  for (const http::Challenge& one : challenges.challenges) {
    if (const std::string* value = one.param(name)) return *value;
  }
  return {};
}

bool Facts::server_says(std::string_view lower_case_text) const { return said.find(lower_case_text) != std::string::npos; }

std::vector<Facts> gather_facts(const Capture& capture, const Expectations& expected) {
  std::vector<Facts> all(capture.exchanges.size());
  for (std::size_t i = 0; i < all.size(); ++i) {
    Facts& facts = all[i];
    facts.exchange = &capture.exchanges[i];
    facts.at = i;
    if (facts.request() != nullptr) facts.credentials = find_sent_credentials(*facts.request());
    if (facts.response() != nullptr) read_response(*facts.response(), facts);
    facts.answer = classify_answer(*facts.exchange, facts.body_json);
    // A challenge line alone: a server sends one with an error where it refused.
    if (facts.answer == Answer::None && !facts.challenge_param("error").empty()) facts.answer = Answer::Refused;
    read_clock(expected, facts);
  }
  // Later exchanges are looked at within a window: a long capture must not cost the square of its length.
  constexpr std::size_t kWindow = 512;
  for (std::size_t i = 0; i < all.size(); ++i) {
    link_redirect(all, i);
    if (!all[i].is_refused()) continue;
    const std::size_t end = std::min(all.size(), i + 1 + kWindow);
    all[i].superseded = std::any_of(all.begin() + static_cast<std::ptrdiff_t>(i) + 1, all.begin() + static_cast<std::ptrdiff_t>(end),
                                    [&](const Facts& later) { return supersedes(later, all[i]); });
  }
  return all;
}

}  // namespace quivive::diagnose
