#include "diagnose/names.h"

#include "base/text.h"

#include <algorithm>
#include <array>
#include <string>

namespace quivive::diagnose {
namespace {

// Lower case, without '-', '_' and '.'.
std::string folded(std::string_view name) {
  std::string out;
  for (const char c : trim_ows(name)) {
    if (c != '-' && c != '_' && c != '.') out += ascii_lower(c);
  }
  return out;
}

template <std::size_t Size>
bool contains(const std::array<std::string_view, Size>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

constexpr auto kKeyNames = std::to_array<std::string_view>(
    {"accesskey", "accesstoken", "apikey", "apitoken", "appkey", "authkey", "authtoken", "bearertoken", "circletoken", "deploytoken",
     "fastlykey", "idtoken", "jobtoken", "jwt", "key", "ocpapimsubscriptionkey", "privatetoken", "serviceaccounttoken", "sessiontoken",
     "subscriptionkey", "token", "userkey", "xaccesskey", "xaccesstoken", "xamzsecuritytoken", "xapikey", "xapitoken", "xappkey",
     "xapplicationkey", "xauthkey", "xauthorization", "xauthtoken", "xauthapikey", "xclientkey", "xfunctionskey", "xgoogapikey",
     "xgitlabtoken", "xjwt", "xkey", "xrapidapikey", "xsecretkey", "xservicetoken", "xsessiontoken", "xshopifyaccesstoken",
     "xsubscriptionkey", "xtoken", "xusertoken", "xvaulttoken",
     // What people write when they mean Authorization:
     "authorisation", "authentication", "auth", "auhtorization", "authorizaton", "authorziation", "authorizationtoken", "autorization",
     "xauthentication"});

constexpr auto kSecretMembers = std::to_array<std::string_view>({"accesstoken",
                                                                 "apikey",
                                                                 "assertion",
                                                                 "authtoken",
                                                                 "clientassertion",
                                                                 "clientsecret",
                                                                 "code",
                                                                 "codeverifier",
                                                                 "currentpassword",
                                                                 "idtoken",
                                                                 "jwt",
                                                                 "key",
                                                                 "newpassword",
                                                                 "pass",
                                                                 "passcode",
                                                                 "passwd",
                                                                 "password",
                                                                 "privatekey",
                                                                 "pwd",
                                                                 "refreshtoken",
                                                                 "secret",
                                                                 "session",
                                                                 "sessionid",
                                                                 "sessiontoken",
                                                                 "token"});

constexpr auto kPasswordNames = std::to_array<std::string_view>(
    {"clientsecret", "currentpassword", "newpassword", "pass", "passcode", "passwd", "password", "pwd", "secret"});

constexpr auto kKnownSchemes = std::to_array<std::string_view>({"apikey",
                                                                "aws",
                                                                "aws4hmacsha256",
                                                                "awselasticstorage",
                                                                "basic",
                                                                "bearer",
                                                                "bot",
                                                                "digest",
                                                                "dpop",
                                                                "geniekey",
                                                                "googlelogin",
                                                                "hawk",
                                                                "hmac",
                                                                "hoba",
                                                                "jwt",
                                                                "key",
                                                                "mac",
                                                                "mutual",
                                                                "negotiate",
                                                                "ntlm",
                                                                "oauth",
                                                                "pveapitoken",
                                                                "scramsha1",
                                                                "scramsha256",
                                                                "sharedaccesssignature",
                                                                "sharedkey",
                                                                "ssws",
                                                                "signature",
                                                                "token",
                                                                "vapid",
                                                                "gnap",
                                                                "privatetoken",
                                                                "concealed",
                                                                "zohooauthtoken",
                                                                "splunk"});

constexpr auto kSessionParts = std::to_array<std::string_view>(
    {"sess", "sid", "auth", "token", "jwt", "login", "logged", "remember", "ticket", "aspxauth", "aspnetcore", "identity", "user"});
constexpr auto kNotSessionParts =
    std::to_array<std::string_view>({"csrf", "xsrf", "analytics", "consent", "gtm", "optimizely", "amplitude", "posthog", "ajsuser",
                                     "intercom", "hubspot", "mixpanel", "locale", "theme", "lang"});

// What keys and tokens are for that sign nobody in: they guard a form, name an entry of a cache, turn a page. Whole words.
constexpr auto kOtherPurposes = std::to_array<std::string_view>(
    {"cache",         "captcha",   "client",     "continuation", "correlation", "csrf",         "customer",  "dedup",
     "deduplication", "device",    "encryption", "forgery",      "host",        "idempotency",  "lock",      "next",
     "page",          "partition", "public",     "push",         "recaptcha",   "request",      "routing",   "signing",
     "sort",          "surrogate", "sync",       "trace",        "transaction", "verification", "websocket", "xsrf"});

bool has_other_purpose(std::string_view name) {
  const std::string lower = to_lower(name);
  std::string_view rest = lower;
  while (!rest.empty()) {
    std::string_view word = rest.substr(0, rest.find('-'));
    rest.remove_prefix(std::min(rest.size(), word.size() + 1));
    for (const std::string_view end : {"token", "key"}) {
      if (word.size() > end.size() && word.ends_with(end)) word.remove_suffix(end.size());
    }
    if (contains(kOtherPurposes, word)) return true;
  }
  return false;
}

// A service's own field: `X-JFrog-Art-Api`, `X-Redmine-API-Key`, `DD-API-KEY`. Names are made up freely, and the last word is
// what they have in common; without X- it has to say more, since parameters are called `sort-key` too.
bool is_vendor_key(std::string_view name) {
  name = trim_ows(name);
  if (name.find('-') == std::string_view::npos || name.find_first_of("_. []") != std::string_view::npos) return false;
  const std::string lower = to_lower(name), text = folded(name);
  const auto ends = [&](std::string_view end) { return text.ends_with(end); };
  const bool own = lower.starts_with("x-") && (ends("key") || ends("token") || lower.ends_with("-api"));
  return (own || ends("apikey") || ends("apitoken") || ends("accesstoken") || ends("authtoken")) && !has_other_purpose(name);
}

}  // namespace

bool is_key_name(std::string_view name) { return contains(kKeyNames, folded(name)) || is_vendor_key(name); }
bool is_secret_member(std::string_view name) { return contains(kSecretMembers, folded(name)); }
bool is_password_name(std::string_view name) { return contains(kPasswordNames, folded(name)); }
bool is_known_scheme(std::string_view word) { return contains(kKnownSchemes, folded(word)); }

bool is_session_cookie(std::string_view name) {
  if (name.starts_with("__Host-") || name.starts_with("__Secure-")) name.remove_prefix(name.find('-') + 1);
  const std::string text = folded(name);
  const auto holds = [&](std::string_view part) { return text.find(part) != std::string::npos; };
  if (text == "ga" || text == "gid" || std::any_of(kNotSessionParts.begin(), kNotSessionParts.end(), holds)) return false;
  return text == "id" || std::any_of(kSessionParts.begin(), kSessionParts.end(), holds);
}

bool looks_like_login_url(const Url& url) {
  static constexpr auto kWords = std::to_array<std::string_view>(
      {"login", "logon", "signin", "authorize", "authenticate", "sso", "saml2", "openidconnect", "oauth2start", "wsfed"});
  static constexpr auto kHosts = std::to_array<std::string_view>({"login", "signin", "sso", "accounts", "auth", "id", "idp", "keycloak"});
  const std::string_view label = std::string_view(url.host).substr(0, url.host.find('.'));
  std::string_view rest = url.path;
  while (!rest.empty()) {
    if (rest.front() == '/') rest.remove_prefix(1);
    const std::string_view segment = rest.substr(0, rest.find('/'));
    rest.remove_prefix(segment.size());
    std::string text = folded(segment);
    for (const std::string_view ending : {"php", "aspx", "html", "jsp", "do"}) {
      if (text.size() > ending.size() && text.ends_with(ending)) text.resize(text.size() - ending.size());
    }
    if (contains(kWords, text)) return true;
    if (text.starts_with("login") || text.ends_with("login") || text.ends_with("signin")) return true;
  }
  // An identity provider's host, asked for a sign-in: only with the parameters of one.
  return contains(kHosts, label) &&
         (url.query.find("response_type=") != std::string::npos || url.query.find("SAMLRequest=") != std::string::npos ||
          url.query.find("redirect_uri=") != std::string::npos);
}

}  // namespace quivive::diagnose
