#include "diagnose/redact.h"

#include "base/base64.h"
#include "base/json.h"
#include "base/text.h"
#include "crypto/digest.h"
#include "diagnose/names.h"
#include "diagnose/sent_value.h"
#include "diagnose/token_view.h"
#include "http/credentials.h"
#include "http/query.h"

#include <algorithm>

namespace quivive::diagnose {
namespace {

constexpr std::size_t kShortest = 4;  // a shorter secret would blot out ordinary words
constexpr std::size_t kMaxSecrets = 4096;
constexpr std::string_view kTokenChars = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~+/=";

bool is_word(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

class Collector {
 public:
  void add(std::string_view secret) {
    secret = trim_ows(secret);
    while (secret.size() > 1 && (secret.front() == '"' || secret.front() == '\'')) secret.remove_prefix(1);
    while (secret.size() > 1 && (secret.back() == '"' || secret.back() == '\'' || secret.back() == '\n')) secret.remove_suffix(1);
    if (secret.size() < kShortest || secrets.size() >= kMaxSecrets) return;
    // `undefined` or `{{token}}` in a secret's place is the finding itself, and no secret.
    if (const ValueKind kind = kind_of_value(secret); kind != ValueKind::Plain && kind != ValueKind::Empty) return;
    secrets.emplace_back(secret);
  }

  // user:password, and the password alone. The user's name is no secret.
  void add_pair(std::string_view pair) {
    add(pair);
    if (const std::size_t colon = pair.find(':'); colon != std::string_view::npos) add(pair.substr(colon + 1));
  }

  void add_credential(const SentCredential& c) {
    using Place = SentCredential::Place;
    if (c.place == Place::UserInfo) {
      add_pair(c.value);
      return add_pair(http::form_decode(c.value));
    }
    add(c.rest);
    if (c.place != Place::Authorization && c.place != Place::ProxyAuthorization) return;
    if (c.scheme.empty()) add(c.value);
    if (c.is("Basic")) {
      std::string text(trim_ows(c.rest));
      text.erase(std::remove_if(text.begin(), text.end(), [](char x) { return x == '\n' || x == '\r' || x == ' ' || x == '\\'; }),
                 text.end());
      add(text);
      if (const auto bytes = lenient_base64(text)) add_pair(*bytes);
      if (text.find(':') != std::string::npos) add_pair(text);
      return;
    }
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

  // Signatures in a URL that was signed beforehand: who has them has what they open (AWS, Google, Azure's SAS).
  void add_signatures(std::string_view query) {
    static constexpr std::string_view kNames[] = {"x-amz-signature", "x-amz-security-token", "x-goog-signature", "signature", "sig",
                                                  "oauth_signature"};
    http::QueryReader reader(query);
    http::QueryPair pair;
    while (reader.next(pair)) {
      const std::string name = http::form_decode(pair.name);
      if (std::any_of(std::begin(kNames), std::end(kNames), [&](std::string_view n) { return iequals(n, name); }))
        add(http::form_decode(pair.value));
    }
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
        if (secret && item.is_string()) add(item.get_string());
        else add_json(item, depth + 1);
      }
    }
  }

  std::vector<std::string> secrets;

 private:
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
};

std::string percent_encoded(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (is_word(c) || c == '-' || c == '.' || c == '_' || c == '~') out += c;
    else out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return out;
}

// At a word's edge only, so that the password "test" does not blot out "latest".
bool stands_alone(std::string_view text, std::size_t at, std::size_t size) {
  if (size >= 8) return true;
  const bool before = at == 0 || !is_word(text[at - 1]);
  const bool after = at + size == text.size() || !is_word(text[at + size]);
  return before && after;
}

std::string replace_all(std::string text, std::string_view secret) {
  std::size_t at = 0;
  const std::string shown = shortened(secret);
  while ((at = text.find(secret, at)) != std::string::npos) {
    if (!stands_alone(text, at, secret.size())) {
      ++at;
      continue;
    }
    text.replace(at, secret.size(), shown);
    at += shown.size();
  }
  return text;
}

// Anything that begins like a JWT and is long enough to be one.
std::string replace_jwts(std::string text) {
  for (std::size_t at = 0; (at = text.find("eyJ", at)) != std::string::npos;) {
    const std::size_t end =
        std::min(text.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.", at), text.size());
    if (end - at < 24) {
      at = end;
      continue;
    }
    const std::string shown = shortened(std::string_view(text).substr(at, end - at));
    text.replace(at, end - at, shown);
    at += shown.size();
  }
  return text;
}

}  // namespace

std::string fingerprint(std::string_view secret) {
  const std::string hex = hex_encode(crypto::sha256(secret).view().substr(0, 4));
  return hex.substr(0, 4) + ' ' + hex.substr(4);
}

std::string shortened(std::string_view secret) {
  if (secret.size() < 24) return "…";
  return printable(secret.substr(0, 4)) + "…" + printable(secret.substr(secret.size() - 4));
}

Redactor::Redactor(const Capture& capture, std::span<const Facts> facts, const Expectations& expected) {
  Collector collector;
  for (const Facts& one : facts) {
    for (const SentCredential& credential : one.credentials) collector.add_credential(credential);
    if (const Request* request = one.request()) {
      collector.add_cookies(request->headers);
      collector.add_signatures(request->url.query);
      collector.add_misnamed(request->headers);
      if (const auto json = parse_json(trim_ows(request->body), {.depth = 32, .bytes = kMaxBodyKept})) collector.add_json(*json);
    }
    if (const Response* response = one.response()) collector.add_cookies(response->headers);
    if (one.body_json) collector.add_json(*one.body_json);
  }
  if (const auto& command = capture.command) {
    if (command->user) collector.add_pair(*command->user);
    if (command->proxy_user) collector.add_pair(*command->proxy_user);
    if (command->oauth2_bearer) collector.add(*command->oauth2_bearer);
  }
  for (const SourceRemark& remark : capture.remarks) collector.add_remark(remark);
  for (const DeclaredAuth& declared : capture.declared) {
    for (const HeaderField& param : declared.params) {
      if (is_secret_member(param.name) || is_key_name(param.name) || param.name == "value") collector.add(param.value);
    }
  }
  if (expected.password) collector.add(expected.password->reveal(RevealSecret{}));
  *this = Redactor(std::move(collector.secrets));
}

Redactor::Redactor(std::vector<std::string> secrets) : secrets_(std::move(secrets)) {
  const std::size_t count = secrets_.size();
  for (std::size_t i = 0; i < count; ++i) {
    std::string encoded = percent_encoded(secrets_[i]);
    if (encoded != secrets_[i]) secrets_.push_back(std::move(encoded));
  }
  std::sort(secrets_.begin(), secrets_.end(),
            [](const std::string& a, const std::string& b) { return a.size() != b.size() ? a.size() > b.size() : a < b; });
  secrets_.erase(std::unique(secrets_.begin(), secrets_.end()), secrets_.end());
}

std::string Redactor::operator()(std::string_view text) const {
  std::string out(text);
  for (const std::string& secret : secrets_) {
    if (secret.size() <= out.size()) out = replace_all(std::move(out), secret);
  }
  return replace_jwts(std::move(out));
}

}  // namespace quivive::diagnose
