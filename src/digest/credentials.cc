#include "digest/credentials.h"

#include "base/text.h"
#include "http/grammar.h"

#include <fmt/format.h>

#include <algorithm>

namespace quivive::digest {
namespace {

enum Param : std::uint8_t { Username, Realm, Uri, Cnonce, NonceParam, Response, Algorithm, Nc, QopParam, Userhash, UsernameStar, kParams };
constexpr std::array<std::string_view, kParams> kNames = {"username", "realm",     "uri", "cnonce", "nonce",    "response",
                                                          "algorithm", "nc", "qop", "userhash", "username*"};

// Where a name stands in the table below: no two of ours in one place.
constexpr std::size_t kPlaces = 16;
constexpr std::size_t place_of(std::string_view name) {
  const auto letter = [&](std::size_t at) { return static_cast<std::size_t>(static_cast<unsigned char>(ascii_lower(name[at]))); };
  return name.empty() ? 0 : (3 * (name.size() + letter(0)) + letter(name.size() / 2)) % kPlaces;
}
constexpr std::array<Param, kPlaces> kByPlace = [] {
  std::array<Param, kPlaces> table;
  table.fill(kParams);
  for (std::size_t i = 0; i < kNames.size(); ++i) {
    Param& slot = table[place_of(kNames[i])];
    if (slot != kParams) throw "two names in one place";  // does not compile then
    slot = static_cast<Param>(i);
  }
  return table;
}();

std::optional<Param> param_of(std::string_view name) {
  const Param param = kByPlace[place_of(name)];
  if (param == kParams || !iequals(name, kNames[param])) return std::nullopt;
  return param;
}

struct Values {
  std::array<std::string_view, kParams> value;  // without quotes, escapes still there
  std::array<bool, kParams> given{};
};

std::optional<DigestProblem> malformed(std::string detail) { return DigestProblem{DigestProblem::Kind::Malformed, std::move(detail)}; }

// auth-param = token BWS "=" BWS ( token / quoted-string ) (RFC 9110 section 11.2)
std::optional<DigestProblem> read_params(std::string_view in, Values& out) {
  while (true) {
    http::skip_ows(in);
    if (in.empty()) return std::nullopt;
    if (in.front() == ',') {
      in.remove_prefix(1);
      continue;
    }
    const std::string_view name = http::take_token(in);
    http::skip_ows(in);
    if (name.empty() || in.empty() || in.front() != '=') return malformed("not a list of name=value");
    in.remove_prefix(1);
    http::skip_ows(in);
    std::string_view value = http::take_raw_quoted_string(in);
    const bool quoted = !value.empty();
    if (quoted) value = value.substr(1, value.size() - 2);
    else value = http::take_token(in);
    http::skip_ows(in);
    if ((value.empty() && !quoted) || (!in.empty() && in.front() != ',')) {
      return malformed(fmt::format("the value of {} is neither a token nor a quoted string", printable(name, 40)));
    }
    const auto param = param_of(name);
    if (!param) continue;
    // Threat: two readers that take one the first, the other the last.
    if (out.given[*param]) return malformed(fmt::format("{} is given twice", kNames[*param]));
    out.given[*param] = true;
    out.value[*param] = value;
  }
}

// quoted-pair (RFC 9110 section 5.6.4). A sender SHOULD NOT escape anything but quotes and backslashes: in a user name, a backslash before
// something else is one that the client did not escape: `DOM\user` of requests, httpx, wget, LWP and others. Read as it stands, it is what they hashed. Nobody can
// pass for another by it: the response is over the name as it is read here.
std::string_view unescape(std::string_view raw, bool is_name, std::string& room) {
  if (raw.find('\\') == std::string_view::npos) return raw;
  room.clear();
  for (std::size_t i = 0; i < raw.size(); ++i) {
    const bool escapes = raw[i] == '\\' && i + 1 < raw.size() && (!is_name || raw[i + 1] == '"' || raw[i + 1] == '\\');
    if (escapes) ++i;
    room += raw[i];
  }
  return room;
}

// Without a branch for each digit: they are random, and sixty-four of them.
bool is_lower_hex(std::string_view text) {
  bool all = true;
  for (const char c : text) all &= static_cast<unsigned char>(c - '0') < 10 || static_cast<unsigned char>(c - 'a') < 6;
  return all;
}

// ext-value = charset "'" [ language ] "'" value-chars (RFC 8187 section 3.2); UTF-8 is the only charset there still is.
std::optional<DigestProblem> read_extended_name(std::string_view value, DigestCredentials& out) {
  const std::size_t first = value.find('\''), second = first == std::string_view::npos ? first : value.find('\'', first + 1);
  if (second == std::string_view::npos || !iequals(value.substr(0, first), "UTF-8")) return malformed("username* is not UTF-8''text");
  std::string& name = out.unescaped[Username];
  name.clear();
  for (std::string_view rest = value.substr(second + 1); !rest.empty();) {
    if (rest.front() != '%') {
      name += rest.front();
      rest.remove_prefix(1);
    } else if (rest.size() >= 3 && http::is_hex_digit(rest[1]) && http::is_hex_digit(rest[2])) {
      name += static_cast<char>(http::hex_value(rest[1]) << 4 | http::hex_value(rest[2]));
      rest.remove_prefix(3);
    } else {
      return malformed("username* has a '%' without two hexadecimal digits");
    }
  }
  if (!is_valid_utf8(name)) return malformed("username* is not UTF-8");
  out.username = name;
  return std::nullopt;
}

std::optional<DigestProblem> read_count(DigestCredentials& out) {
  if (out.nc.size() != 8 || !std::all_of(out.nc.begin(), out.nc.end(), http::is_hex_digit)) return malformed("nc is not eight hexadecimal digits");
  for (const char digit : out.nc) out.count = out.count << 4 | http::hex_value(digit);
  if (out.count == 0) return malformed("nc is 0; the first request with a nonce has 1");
  return std::nullopt;
}

}  // namespace

std::string_view name_of(Qop qop) { return qop == Qop::Auth ? "auth" : "auth-int"; }

std::optional<DigestProblem> parse(std::string_view value, DigestCredentials& out) {
  Values given;
  if (auto problem = read_params(value, given)) return problem;

  // RFC 7616 section 3.4: MD5 where none is named.
  if (given.given[Algorithm]) {
    const auto algorithm = parse_algorithm(given.value[Algorithm]);
    if (!algorithm) return DigestProblem{DigestProblem::Kind::UnknownAlgorithm, "algorithm " + printable(given.value[Algorithm], 40)};
    out.algorithm = *algorithm;
  }
  for (const Param param : {Realm, NonceParam, Uri, Response, QopParam, Nc, Cnonce}) {
    if (!given.given[param]) return malformed(fmt::format("{} is missing", kNames[param]));
  }
  if (given.given[Username] == given.given[UsernameStar]) {
    return malformed(given.given[Username] ? "both username and username*" : "username is missing");
  }
  for (const auto& [param, view] : {std::pair{Username, &DigestCredentials::username}, std::pair{Realm, &DigestCredentials::realm},
                                   std::pair{Uri, &DigestCredentials::uri}, std::pair{Cnonce, &DigestCredentials::cnonce}}) {
    out.*view = unescape(given.value[param], param == Username, out.unescaped[param]);
  }
  out.userhash = iequals(given.value[Userhash], "true");
  out.nonce = given.value[NonceParam];
  out.response = given.value[Response];
  out.nc = given.value[Nc];
  out.qop_text = given.value[QopParam];
  if (given.given[UsernameStar]) {
    if (out.userhash) return malformed("username* together with userhash");
    if (auto problem = read_extended_name(given.value[UsernameStar], out)) return problem;
  }
  if (iequals(out.qop_text, name_of(Qop::Auth))) out.qop = Qop::Auth;
  else if (iequals(out.qop_text, name_of(Qop::AuthInt))) out.qop = Qop::AuthInt;
  else return malformed("qop is neither auth nor auth-int");
  const std::size_t length = 2 * crypto::digest_size(info(out.algorithm).hash);
  if (out.response.size() != length || !is_lower_hex(out.response)) {
    return malformed(fmt::format("the response is not {} lower-case hexadecimal digits, as {} gives", length, name_of(out.algorithm)));
  }
  if (!is_valid_utf8(out.username)) return malformed("the user name is not UTF-8");
  return read_count(out);
}

}  // namespace quivive::digest
