// Finding everything in a request that is, or was meant as, a credential.

#include "base/json.h"
#include "base/text.h"
#include "diagnose/facts.h"
#include "diagnose/sent_value.h"
#include "http/cookie.h"
#include "http/query.h"

#include <algorithm>
#include <array>

namespace quivive::diagnose {
namespace {

constexpr std::size_t kMaxCredentials = 64;

// Beginnings of tokens that their makers gave a shape (GitHub, GitLab, Slack, Stripe, …), and of ours.
constexpr auto kTokenPrefixes =
    std::to_array<std::string_view>({"ghp_",  "gho_",     "ghu_",     "ghs_",     "ghr_",     "github_pat_", "glpat-",   "xoxb-", "xoxp-",
                                     "xapp-", "sk_live_", "sk_test_", "pk_live_", "pk_test_", "rk_live_",    "rk_test_", "sk-",   "AIza",
                                     "ya29.", "AKIA",     "dop_v1_",  "npm_",     "hf_",      "SG.",         "pypi-",    "qv_"});

bool has_token_prefix(std::string_view value) {
  for (const std::string_view prefix : kTokenPrefixes) {
    if (value.starts_with(prefix) && value.size() > prefix.size() + 8) return true;
  }
  return false;
}

// What a scheme that is known stands before; all of it where none does.
std::string_view behind_scheme(std::string_view value) {
  const std::size_t end = std::min(value.find_first_of(" \t"), value.size());
  const std::string_view word = value.substr(0, end);
  const bool is_scheme = end < value.size() ? is_known_scheme(word) : takes_one_token(word);  // a key may be called `key`
  return is_scheme ? trim_ows(value.substr(end)) : value;
}

class Finder {
 public:
  explicit Finder(const Request& request) : request_(request) {}

  std::vector<SentCredential> find() {
    using Place = SentCredential::Place;
    for (const HeaderField* field : request_.headers.every("authorization")) add_authorization(Place::Authorization, *field);
    for (const HeaderField* field : request_.headers.every("proxy-authorization")) add_authorization(Place::ProxyAuthorization, *field);
    for (const HeaderField& field : request_.headers.all()) add_header(field);
    add_pairs(Place::Query, request_.url.query);
    for (const HeaderField* field : request_.headers.every("cookie")) add_cookies(*field);
    add_body();
    if (!request_.url.userinfo.empty()) add(Place::UserInfo, "", request_.url.userinfo);
    return std::move(out_);
  }

 private:
  void add(SentCredential::Place place, std::string name, std::string value) {
    SentCredential credential;
    credential.place = place;
    credential.name = std::move(name);
    credential.rest = value;
    credential.value = std::move(value);
    finish(std::move(credential));
  }

  void finish(SentCredential credential) {
    if (out_.size() >= kMaxCredentials) return;
    // Blotted out by whoever shared it: what is left says nothing about the token that was sent.
    if (is_masked(credential.rest)) return out_.push_back(std::move(credential));
    TokenView view = view_token(trim_ows(credential.rest));
    if (view.shape != TokenView::Shape::Opaque) credential.token = std::move(view);
    out_.push_back(std::move(credential));
  }

  // credentials = auth-scheme [ 1*SP ( token68 / #auth-param ) ] (RFC 9110 section 11.4), read as it was meant: a JWT is
  // no scheme, and a word alone is one only where it is known as one.
  void add_authorization(SentCredential::Place place, const HeaderField& field) {
    SentCredential credential;
    credential.place = place;
    credential.name = field.name;
    credential.value = field.value;
    std::string_view value = field.value;
    while (!value.empty() && (value.front() == ' ' || value.front() == '\t')) value.remove_prefix(1);
    const std::size_t space = value.find_first_of(" \t");
    const std::string_view word = value.substr(0, space);
    const bool is_scheme = space == std::string_view::npos ? is_known_scheme(word) : !looks_like_jwt(word);
    if (is_scheme) {
      credential.scheme = word;
      credential.rest = space == std::string_view::npos ? std::string_view() : value.substr(space + 1);
    } else {
      credential.rest = value;
    }
    finish(std::move(credential));
  }

  void add_header(const HeaderField& field) {
    const std::string_view name = trim_ows(field.name);
    if (iequals(name, "authorization") || iequals(name, "proxy-authorization") || iequals(name, "cookie")) return;
    if (iequals(name, "dpop")) return;  // a proof, not a credential
    const std::string_view value = trim_ows(field.value);
    const std::string_view secret = behind_scheme(value);
    if (!is_key_name(name) && !looks_like_jwt(secret) && !has_token_prefix(secret)) return;
    SentCredential credential;
    credential.place = SentCredential::Place::Header;
    credential.name = field.name;
    credential.value = field.value;
    // `X-API-Key: Bearer x`: written as for Authorization, and no key has a space.
    if (secret.size() != value.size()) credential.scheme = value.substr(0, value.find_first_of(" \t"));
    credential.rest = credential.scheme.empty() ? field.value : std::string(secret);
    finish(std::move(credential));
  }

  void add_pairs(SentCredential::Place place, std::string_view pairs) {
    http::QueryReader reader(pairs);
    http::QueryPair pair;
    while (reader.next(pair)) {
      const std::string name = http::form_decode(pair.name);
      const std::string value = http::form_decode(pair.value);
      const bool secret = place == SentCredential::Place::Form ? is_secret_member(name) : is_key_name(name);
      if (secret || looks_like_jwt(value) || has_token_prefix(value)) add(place, name, value);
    }
  }

  void add_cookies(const HeaderField& field) {
    const std::array<http::Field, 1> fields = {{{.name = "Cookie", .value = field.value, .id = http::field_id("Cookie")}}};
    http::CookieReader reader(fields);
    http::Cookie cookie;
    while (reader.next(cookie)) {
      if (is_session_cookie(cookie.name) || looks_like_jwt(cookie.value))
        add(SentCredential::Place::Cookie, std::string(cookie.name), std::string(cookie.value));
    }
  }

  void add_body() {
    const std::string_view body = trim_ows(request_.body);
    if (body.empty()) return;
    if (body.front() == '{') {
      const auto json = parse_json(body, {.depth = 16, .bytes = kMaxBodyKept});
      if (!json || !json->is_object()) return;
      for (const auto& [name, value] : json->get_object()) {
        if (value.is_string() && is_secret_member(name))
          add(SentCredential::Place::Form, std::string(name), std::string(value.get_string()));
      }
      return;
    }
    const std::string_view type = request_.headers.value("content-type");
    const bool form = type.empty() ? body.find('=') != std::string_view::npos && body.find_first_of(" \n<") == std::string_view::npos
                                   : type.find("urlencoded") != std::string_view::npos;
    if (form) add_pairs(SentCredential::Place::Form, body);
  }

  const Request& request_;
  std::vector<SentCredential> out_;
};

}  // namespace

bool SentCredential::is(std::string_view scheme_name) const { return iequals(scheme, scheme_name); }

std::vector<SentCredential> find_sent_credentials(const Request& request) { return Finder(request).find(); }

}  // namespace quivive::diagnose
