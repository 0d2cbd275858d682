#include "diagnose/secrets.h"

#include "base/base64.h"
#include "base/json.h"
#include "base/text.h"
#include "diagnose/names.h"
#include "diagnose/sent_value.h"
#include "http/credentials.h"
#include "http/query.h"

#include <algorithm>
#include <map>

namespace quivive::diagnose {
namespace {

constexpr std::string_view kTokenChars = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~+/=";

class Collector {
 public:
  // A token, key or cookie: random enough that its ends may be shown.
  void add(std::string_view secret) { keep(secret, false); }
  // A password, or what it can be read from: nothing of it is shown.
  void hide(std::string_view secret) { keep(secret, true); }

  // What the caller says is a secret, and its longer words: a server may repeat one of them.
  void add_given(std::string_view secret) {
    constexpr std::size_t kShortestWord = 8;  // shorter ones would blot out ordinary words
    const auto keep_whole = [&](std::string_view one, std::size_t shortest) {
      if (one.size() >= shortest) found_[std::string(one)] = true;
    };
    keep_whole(secret, kShortestSecret);
    for (std::size_t at = 0; at < secret.size();) {
      const std::size_t end = std::min(secret.find(' ', at), secret.size());
      keep_whole(secret.substr(at, end - at), kShortestWord);
      at = end + 1;
    }
  }

  // user:password, and the password alone. The user's name is no secret.
  void add_pair(std::string_view pair) {
    hide(pair);
    if (const std::size_t colon = pair.find(':'); colon != std::string_view::npos) hide(pair.substr(colon + 1));
  }

  void add_credential(const SentCredential& c) {
    using Place = SentCredential::Place;
    if (c.place == Place::UserInfo) {
      add_pair(c.value);
      return add_pair(http::form_decode(c.value));
    }
    if (c.is("Basic")) return add_basic(c.rest);
    is_password_name(c.name) ? hide(c.rest) : add(c.rest);
    if (c.place != Place::Authorization && c.place != Place::ProxyAuthorization) return;
    if (c.scheme.empty()) add(c.value);
    // `Bearer Bearer x`, `Token token="x"`: whatever is long enough to be a token.
    std::string_view rest = c.rest;
    while (!rest.empty()) {
      const std::size_t start = rest.find_first_of(kTokenChars);
      if (start == std::string_view::npos) break;
      rest.remove_prefix(start);
      const std::string_view run = rest.substr(0, rest.find_first_not_of(kTokenChars));
      if (run.size() >= 16 && run.find('=') >= run.size() - std::min<std::size_t>(run.size(), 2)) add(run);
      rest.remove_prefix(run.size());
    }
    const http::ParsedCredentials parsed = http::parse_credentials(c.value);
    for (const http::AuthParam& param : parsed.params) {
      static constexpr std::string_view kSecretParams[] = {"response", "signature", "oauth_signature", "oauth_token", "token",
                                                           "mac",      "key",       "cnonce"};
      if (std::any_of(std::begin(kSecretParams), std::end(kSecretParams), [&](std::string_view n) { return iequals(n, param.name); }))
        add(param.value);
    }
  }

  void add_basic(std::string_view payload) {
    hide(payload);
    std::string text(payload);
    std::erase_if(text, [](char x) { return x == '\n' || x == '\r' || x == ' ' || x == '\t' || x == '\\'; });
    hide(text);
    if (const auto bytes = lenient_base64(text)) add_pair(*bytes);
    if (text.find(':') != std::string::npos) add_pair(text);
  }

  // What a query or fragment carries: codes and tokens of a sign-in, and signatures of a URL that was signed beforehand, which
  // open what it names (AWS, Google, Azure's SAS).
  void add_pairs(std::string_view query) {
    static constexpr std::string_view kNames[] = {"x-amz-signature", "x-amz-security-token", "x-goog-signature", "signature", "sig",
                                                  "oauth_signature"};
    http::QueryReader reader(query);
    http::QueryPair pair;
    while (reader.next(pair)) {
      const std::string name = http::form_decode(pair.name);
      const bool signature = std::any_of(std::begin(kNames), std::end(kNames), [&](std::string_view n) { return iequals(n, name); });
      if (!signature && !is_key_name(name) && !is_secret_member(name)) continue;
      is_password_name(name) ? hide(http::form_decode(pair.value)) : add(http::form_decode(pair.value));
    }
  }

  void add_url(std::string_view url) {
    if (const std::size_t query = url.find('?'); query != std::string_view::npos)
      add_pairs(url.substr(query + 1, url.find('#', query) - query - 1));
    if (const std::size_t fragment = url.find('#'); fragment != std::string_view::npos) add_pairs(url.substr(fragment + 1));
  }

  // Fields that were meant to hold a credential, and are called otherwise: `Autorisation`, `X-API-Kye`, `Cookies`.
  void add_misnamed(const Headers& headers) {
    for (const HeaderField& field : headers.all()) {
      const std::string_view value = trim_ows(field.value);
      const std::size_t space = value.find(' ');
      if (space != std::string_view::npos && is_known_scheme(value.substr(0, space))) add(value.substr(space + 1));
      const std::string name = to_lower(field.name);
      for (const std::string_view part : {"key", "kye", "token", "auth", "secret", "cookie", "api"}) {
        if (value.size() >= 12 && space == std::string_view::npos && name.find(part) != std::string::npos) add(value);
      }
    }
  }

  // A header that curl does not send, having no colon: its last word, as in `Authorization Bearer x` and `X-API-Key=x`.
  void add_dropped(std::string_view header) {
    header = trim_ows(header);
    const std::size_t before = header.find_last_of(" \t");
    const std::string_view last = before == std::string_view::npos ? header : header.substr(before + 1);
    const std::size_t equals = last.find('=');
    const bool assigned = equals != std::string_view::npos && last.find_first_not_of('=', equals) != std::string_view::npos;
    const std::string_view secret = assigned ? last.substr(equals + 1) : before == std::string_view::npos ? std::string_view() : last;
    to_lower(header).find("basic ") == std::string::npos ? add(secret) : add_basic(secret);
  }

  // What a shell or a forgotten quote cut off a command.
  void add_remark(const SourceRemark& remark) {
    if (remark.kind == SourceRemark::Kind::BareWord && !is_known_scheme(remark.text)) add(remark.text);
    if (remark.kind != SourceRemark::Kind::Background) return;
    std::string_view rest = remark.text;
    while (!rest.empty()) {
      const std::string_view pair = rest.substr(0, rest.find_first_of("& "));
      rest.remove_prefix(std::min(rest.size(), pair.size() + 1));
      const std::size_t equals = pair.find('=');
      if (equals != std::string_view::npos && (is_key_name(pair.substr(0, equals)) || is_secret_member(pair.substr(0, equals))))
        add(pair.substr(equals + 1));
    }
  }

  void add_cookies(const Headers& headers) {
    for (const HeaderField* field : headers.every("cookie")) {
      std::string_view rest = field->value;
      while (!rest.empty()) {
        add_cookie(rest.substr(0, rest.find(';')));
        const std::size_t end = rest.find(';');
        rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
      }
    }
    for (const HeaderField* field : headers.every("set-cookie"))
      add_cookie(std::string_view(field->value).substr(0, field->value.find(';')));
  }

  // Members named as secrets, at any depth.
  void add_json(const Json& value, int depth = 0) {
    if (depth > 32) return;
    if (value.is_array()) {
      for (const Json& item : value.get_array()) add_json(item, depth + 1);
    } else if (value.is_object()) {
      for (const auto& [name, item] : value.get_object()) {
        // `code` and `key` name an error in most responses.
        const bool secret = is_secret_member(name) && !iequals(std::string_view(name), "code") && !iequals(std::string_view(name), "key");
        if (secret && item.is_string()) is_password_name(name) ? hide(item.get_string()) : add(item.get_string());
        else add_json(item, depth + 1);
      }
    }
  }

  [[nodiscard]] Secrets take() {
    Secrets out;
    out.complete = complete_;
    for (const auto& [text, hidden] : found_) out.known.push_back({text, hidden});
    return out;
  }

 private:
  void keep(std::string_view secret, bool hidden) {
    secret = trim_ows(secret);
    while (secret.size() > 1 && (secret.front() == '"' || secret.front() == '\'')) secret.remove_prefix(1);
    while (secret.size() > 1 && (secret.back() == '"' || secret.back() == '\'' || secret.back() == '\n')) secret.remove_suffix(1);
    if (secret.size() < kShortestSecret) return;
    // `undefined` or `{{token}}` in a secret's place is the finding itself, and no secret.
    if (const ValueKind kind = kind_of_value(secret); kind != ValueKind::Plain && kind != ValueKind::Empty) return;
    // base64 of user:password under whatever name: its end is the password's.
    if (!hidden) {
      const auto bytes = lenient_base64(std::string(secret));
      if (bytes && bytes->find(':') != std::string::npos && is_valid_utf8(*bytes)) {
        hidden = true;
        add_pair(*bytes);
      }
    }
    if (found_.size() >= kMaxSecrets) complete_ = false;
    else found_[std::string(secret)] |= hidden;
  }

  void add_cookie(std::string_view pair) {
    const std::size_t equals = pair.find('=');
    if (equals == std::string_view::npos) return;
    const std::string_view value = pair.substr(equals + 1);
    if (value.size() >= 6) add(value);
  }

  static std::optional<std::string> lenient_base64(std::string text) {
    while (!text.empty() && text.back() == '=') text.pop_back();
    for (char& x : text) x = x == '+' ? '-' : x == '/' ? '_' : x;
    return base64url_decode(text);
  }

  std::map<std::string, bool> found_;  // secret → nothing of it may be shown
  bool complete_ = true;
};

}  // namespace

Secrets collect_secrets(const Capture& capture, std::span<const Facts> facts, const Expectations& expected) {
  Collector collector;
  for (const Facts& one : facts) {
    for (const SentCredential& credential : one.credentials) collector.add_credential(credential);
    if (const Request* request = one.request()) {
      collector.add_cookies(request->headers);
      collector.add_pairs(request->url.query);
      collector.add_url(request->headers.value("referer"));
      collector.add_misnamed(request->headers);
      if (const auto json = parse_json(trim_ows(request->body), {.depth = 32, .bytes = kMaxBodyKept})) collector.add_json(*json);
    }
    if (const Response* response = one.response()) {
      collector.add_cookies(response->headers);
      collector.add_url(response->headers.value("location"));
    }
    if (one.body_json) collector.add_json(*one.body_json);
  }
  if (const auto& command = capture.command) {
    if (command->user) collector.add_pair(*command->user);
    if (command->proxy_user) collector.add_pair(*command->proxy_user);
    if (command->oauth2_bearer) collector.add(*command->oauth2_bearer);
    for (const auto& [option, text] : command->options) {
      if (option == "header" && text.find(':') == std::string::npos) collector.add_dropped(text);
    }
  }
  for (const SourceRemark& remark : capture.remarks) collector.add_remark(remark);
  for (const DeclaredAuth& declared : capture.declared) {
    for (const HeaderField& param : declared.params) {
      if (is_password_name(param.name)) collector.hide(param.value);
      else if (is_secret_member(param.name) || is_key_name(param.name) || param.name == "value") collector.add(param.value);
    }
  }
  for (const CurrentToken& now : capture.current) collector.add(now.token);
  if (expected.password) collector.hide(expected.password->reveal(RevealSecret{}));
  for (const Secret& secret : expected.secrets) collector.add_given(secret.reveal(RevealSecret{}));
  return collector.take();
}

Secrets given_secrets(std::span<const Secret> secrets) {
  Collector collector;
  for (const Secret& secret : secrets) collector.add_given(secret.reveal(RevealSecret{}));
  return collector.take();
}

}  // namespace quivive::diagnose
