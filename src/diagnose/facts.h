#pragma once
// Facts: what one exchange shows, worked out once for all rules: the credentials sent, the challenges, the clock, whether
// the answer is a refusal at all.

#include "base/json.h"
#include "diagnose/capture.h"
#include "diagnose/expectations.h"
#include "diagnose/names.h"
#include "diagnose/token_view.h"
#include "http/challenge.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace quivive::diagnose {

// One credential, or what was meant to be one.
struct SentCredential {
  enum class Place : std::uint8_t { Authorization, ProxyAuthorization, Header, Query, Cookie, Form, UserInfo };
  Place place{};
  std::string name;                // of the field, parameter or cookie, as sent
  std::string value;               // all of it, as sent
  std::string scheme;              // the word before the first space, as sent; "" where there is none, or none that is known
  std::string rest;                // what follows the scheme, one space removed; else the value
  std::optional<TokenView> token;  // where the rest (or the value) is a JWT, or was meant as one

  [[nodiscard]] bool is(std::string_view scheme_name) const;  // compares schemes without case
};

enum class Answer : std::uint8_t {
  None,       // the input shows no response
  Accepted,   // anything that is no refusal: 2xx, plain redirects, 304, 5xx
  Refused,    // 400, 401, 403, 404, 407, 413, 429, 431; a challenge line with an error
  LoginPage,  // a redirect to a login page, or the page itself with 200 where something else was asked for
  ErrorBody,  // 200 with an authentication error in its body
};

// The response's Date, --now, when the client says that it sent the request, or our own clock.
enum class ClockSource : std::uint8_t { Response, Option, Started, Ours };

struct Facts {
  const Exchange* exchange = nullptr;  // never null; belongs to the capture
  std::size_t at = 0;                  // its place in Capture::exchanges
  Answer answer = Answer::None;
  int status = 0;  // 0 without a response
  // A refusal that is no fault: a later exchange is the same request and succeeded, or brought the credentials asked for.
  bool superseded = false;
  std::optional<std::size_t> redirected_from;  // place of the exchange whose redirect led here

  std::vector<SentCredential> credentials;   // in the order: Authorization, Proxy-Authorization, headers, query, cookies, form, user info
  http::ParsedChallenges challenges;         // of WWW-Authenticate
  http::ParsedChallenges proxy_challenges;   // of Proxy-Authenticate
  std::vector<std::string> challenge_lines;  // the values parsed into `challenges`
  std::optional<Json> body_json;             // of the response, where it is JSON

  std::string said;  // what server_says() searches
  Instant now{};     // the clock that judges times
  ClockSource clock = ClockSource::Ours;

  [[nodiscard]] const Request* request() const { return exchange->request ? &*exchange->request : nullptr; }
  [[nodiscard]] const Response* response() const { return exchange->response ? &*exchange->response : nullptr; }
  // Refused, and not superseded: there is something to explain. Also where there is no response to judge by.
  [[nodiscard]] bool is_open() const { return answer == Answer::None || is_refused(); }
  [[nodiscard]] bool is_refused() const { return answer != Answer::None && answer != Answer::Accepted && !superseded; }
  [[nodiscard]] std::string_view response_body() const {
    return exchange->response ? std::string_view(exchange->response->body) : std::string_view();
  }
  // Header fields; "" where there is no such message or field.
  [[nodiscard]] std::string_view request_field(std::string_view name) const;
  [[nodiscard]] std::string_view response_field(std::string_view name) const;
  // The first credential in Authorization, or nullptr.
  [[nodiscard]] const SentCredential* authorization() const;
  // The first credential that holds a JWT or what was meant as one, or nullptr.
  [[nodiscard]] const SentCredential* token() const;
  // The first challenge of that scheme, or nullptr.
  [[nodiscard]] const http::Challenge* challenge(std::string_view scheme) const;
  // A parameter of any challenge: the first of that name; "" where there is none.
  [[nodiscard]] std::string_view challenge_param(std::string_view name) const;
  // Any text in which a server names what is wrong: body, challenges, and header fields, lower case. For fingerprints.
  [[nodiscard]] bool server_says(std::string_view lower_case_text) const;
};

// The credentials of a request, in the order that Facts::credentials has.
[[nodiscard]] std::vector<SentCredential> find_sent_credentials(const Request& request);
// What kind of answer the exchange got, taken alone.
[[nodiscard]] Answer classify_answer(const Exchange& exchange, const std::optional<Json>& body_json);

// `capture` and `expected` must outlive what is returned.
[[nodiscard]] std::vector<Facts> gather_facts(const Capture& capture, const Expectations& expected);

}  // namespace quivive::diagnose
