#pragma once
// Config: what a configuration file says, checked and whole. Plain values: share it as shared_ptr<const Config>.
// Every default comes from config/settings.def; a Config is made by load() or zero_config() (config/load.h), never by hand.

#include "auth/lockout.h"
#include "base/clock.h"
#include "config/address.h"
#include "config/cidr.h"
#include "config/diagnostic.h"
#include "digest/algorithm.h"
#include "digest/credentials.h"
#include "jose/algorithm.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace quivive::config {

// The credentials this version understands, in the order of their challenges.
enum class Scheme : std::uint8_t { Digest, Bearer, ApiKey, Session, Basic };

struct TlsFiles {
  std::string certificate;  // PEM chain, leaf first
  std::string key;          // PEM private key
  bool operator==(const TlsFiles&) const = default;
};

struct Listen {
  ListenAddress address;
  std::optional<TlsFiles> tls;
  bool operator==(const Listen&) const = default;
};

struct UpstreamTls {
  std::string ca;           // PEM file of the authorities to believe; "" for the system's
  bool verify = true;
  std::string server_name;  // SNI and the name that the certificate must carry; "" for the URL's host
  bool operator==(const UpstreamTls&) const = default;
};

struct Upstream {
  std::string name;  // of `upstreams:`; "default" for the top-level one; the URL's origin for one written on a route
  Url url;           // target is always "/"
  Duration connect_timeout{};
  Duration first_byte_timeout{};   // from the end of the request to the first byte of the response
  Duration idle_timeout{};         // between two bytes, and of a pooled connection
  UpstreamTls tls;                 // counts only where url.tls
  std::uint32_t keepalive_connections = 0;  // kept open for reuse, per worker
  bool operator==(const Upstream&) const = default;
};

struct StoreLocation {
  enum class Kind : std::uint8_t { Memory, Sqlite };
  Kind kind = Kind::Memory;
  std::string file;  // for Sqlite
  bool operator==(const StoreLocation&) const = default;
};

// Where an issuer's keys come from.
struct KeySource {
  enum class Kind : std::uint8_t {
    Discover,    // OpenID Connect discovery at the issuer's URL
    Url,         // of a JWK set
    File,        // JWK set or PEM
    Inline,      // a JWK set document, as JSON text
    SecretFile,  // a shared secret for HS256, HS384, HS512
    Own,         // those of our own token service
  };
  Kind kind = Kind::Discover;
  std::string value;  // the URL, file name or document; "" for Discover
  bool operator==(const KeySource&) const = default;
};

struct Issuer {
  std::string issuer;                 // compared exactly with iss
  std::vector<std::string> audiences;  // empty exactly where any_audience
  bool any_audience = false;
  KeySource keys;
  std::vector<jose::JwsAlgorithm> algorithms;  // never empty; never HS together with others
  Duration leeway{};
  std::string require_typ;            // "" for any
  std::optional<Duration> max_age;
  bool allow_missing_expiration = false;
  bool allow_id_tokens = false;
  std::vector<std::string> require_claims;
  std::string roles_claim;
  std::string scope_claim;            // "" for `scope`, else `scp`
  Duration refresh{};                 // how often the key set is fetched
  Duration max_stale{};               // how long the last good set serves while fetching fails
  std::uint32_t line = 0;             // where the file says so, from 1; 0 if no file did
  bool operator==(const Issuer&) const = default;
};

struct BearerSettings {
  std::vector<Issuer> issuers;  // never empty; no issuer twice
  bool operator==(const BearerSettings&) const = default;
};

struct ApiKeySettings {
  std::string header;          // field name; "" for none
  std::string query;           // parameter name; "" for none, the default
  bool authorization = false;  // `Authorization: ApiKey …`
  bool operator==(const ApiKeySettings&) const = default;
};

struct BasicSettings {
  std::string htpasswd;  // file; "" for the users of the store
  Duration remember{};   // how long a verified credential is believed without hashing again; 0 for never
  bool operator==(const BasicSettings&) const = default;
};

struct DigestSettings {
  std::vector<digest::DigestAlgorithm> algorithms;  // one challenge each, in this order; never empty, each once
  bool userhash = false;                            // ask for the hash of the user name in place of the name
  std::vector<digest::Qop> qop;                     // what challenges offer, in this order; never empty, each once
  std::size_t auth_int_body = 0;                    // octets of a body that is held for auth-int
  Duration nonce_lifetime{};
  std::vector<std::string> domain;                  // URIs that the same credentials open; empty for the whole origin
  bool operator==(const DigestSettings&) const = default;
};

enum class LoginKind : std::uint8_t { Form, Json };
enum class SecureCookie : std::uint8_t { Auto, Always };

struct SessionSettings {
  LoginKind login = LoginKind::Form;
  Duration idle{};
  Duration absolute{};
  std::string cookie;          // without prefix: see session_cookie()
  SecureCookie secure = SecureCookie::Auto;
  std::uint32_t per_user = 0;  // sessions at once
  std::string title;           // "" for the realm
  std::string logo;            // file; "" for none
  bool operator==(const SessionSettings&) const = default;
};

// What its tokens may be signed with, in the order of the setting's choices.
inline constexpr std::array kTokenServiceAlgorithms = {jose::JwsAlgorithm::ES256, jose::JwsAlgorithm::EdDSA, jose::JwsAlgorithm::RS256};

// A token service of our own (OAuth 2.1).
struct TokenService {
  std::string url;                     // the issuer identifier: an origin, without a slash at the end
  std::vector<std::string> audiences;  // `aud` of access tokens; never empty
  jose::JwsAlgorithm algorithm = jose::JwsAlgorithm::ES256;
  Duration access_token_lifetime{};
  Duration refresh_token_lifetime{};   // of all that comes of one sign-in
  Duration refresh_grace{};
  Duration code_lifetime{};
  Duration device_code_lifetime{};
  Duration key_rotation{};
  bool operator==(const TokenService&) const = default;
};

struct Accept {
  std::optional<DigestSettings> digest;
  std::optional<BearerSettings> bearer;
  std::optional<ApiKeySettings> api_key;
  std::optional<SessionSettings> session;
  std::optional<BasicSettings> basic;
  bool operator==(const Accept&) const = default;
};

// Values that a principal must have: all of them, or any one.
struct Wanted {
  enum class Match : std::uint8_t { All, Any };
  Match match = Match::All;
  std::vector<std::string> values;  // empty: nothing is wanted
  bool operator==(const Wanted&) const = default;
};

struct ClaimWanted {
  std::string name;
  std::vector<std::string> values;  // the claim is one of these, or a list that holds one of these; never empty
  bool operator==(const ClaimWanted&) const = default;
};

struct Require {
  Wanted scope;
  Wanted role;
  std::vector<ClaimWanted> claims;  // all of them
  bool operator==(const Require&) const = default;
};

enum class Mode : std::uint8_t { Enforce, Observe };
enum class EncodedSlash : std::uint8_t { Refuse, Pass };

// First match wins; what matches no route is refused.
struct Route {
  std::string path;                  // "/a/" prefix, "/a" exact, "*" within a segment, "**" across
  std::string host;                  // lower case, without port; "*.example.com" for names below; "" for any
  std::vector<std::string> methods;  // empty for any
  bool is_public = false;
  std::vector<Scheme> accept;        // in the order of Scheme; empty exactly where is_public
  Require require;
  Mode mode = Mode::Enforce;
  EncodedSlash encoded_slash = EncodedSlash::Refuse;
  std::size_t upstream = 0;          // index in Config::upstreams
  std::vector<std::string> cors_origins;  // "https://app.example.com"; "*" alone for every origin; empty for no CORS
  bool browser_prompt = false;            // browsers may ask by a window of their own
  bool forward_authorization = false;     // keep an Authorization field that was consumed
  std::string realm;                 // of its challenges
  std::uint32_t line = 0;            // where the file says so, from 1; 0 for the default route
  [[nodiscard]] bool takes(Scheme scheme) const { return std::find(accept.begin(), accept.end(), scheme) != accept.end(); }
  bool operator==(const Route&) const = default;
};

// Field names that tell the upstream who is calling; "" for one that is not sent.
struct IdentityHeaders {
  std::string subject, scheme, issuer, scopes, roles, key_id;
  std::string assertion;  // "" unless identity.assertion
  bool operator==(const IdentityHeaders&) const = default;
};

struct Identity {
  std::string prefix;  // every inbound field whose folded name starts with it is stripped
  bool assertion = false;
  Duration assertion_lifetime{};
  IdentityHeaders headers;
  bool operator==(const Identity&) const = default;
};

struct Limits {
  std::size_t header_bytes = 0;       // request line and fields
  Duration header_timeout{};          // from the first byte of a request to the end of its head
  Duration idle_timeout{};            // between requests
  Duration body_timeout{};            // without progress while a body is being read or written
  std::uint32_t connections = 0;      // from clients, over all workers
  std::size_t token_bytes = 0;        // of a bearer token
  std::uint32_t hash_queue = 0;       // passwords waiting for a thread; beyond it, 503
  std::uint32_t hash_threads = 0;     // 0: half the cores, at least one
  Duration drain_timeout{};           // from SIGTERM to the last answer
  bool operator==(const Limits&) const = default;
};

// Entries, not bytes.
struct CacheSizes {
  std::uint32_t tokens = 0;
  std::uint32_t keys = 0;
  std::uint32_t sessions = 0;
  std::uint32_t passwords = 0;
  bool operator==(const CacheSizes&) const = default;
};

// Where what several gateways may have in common lives: in the process, each for itself, or in the store.
enum class Shared : std::uint8_t { Memory, Store };

struct Log {
  enum class Format : std::uint8_t { Auto, Text, Json };  // Auto: text on a terminal, JSON otherwise
  enum class Level : std::uint8_t { Error, Warning, Info, Debug };
  Format format = Format::Auto;
  Level level = Level::Info;  // of everything but requests
  bool requests = true;
  bool operator==(const Log&) const = default;
};

enum class ErrorBody : std::uint8_t { Json, Problem };

// Where the file gives the settings that can still prove wrong when what they name is looked at, by path. No part of what a
// configuration says: all are equal.
struct Places {
  std::map<std::string, Position, std::less<>> of;
  bool operator==(const Places&) const { return true; }
};

struct Config {
  std::string file;      // as given to load(); "" for none
  std::string base_dir;  // folder of `file`, "" for the current one; file names here are relative to it: see resolve()
  Listen listen;
  std::optional<ListenAddress> admin;
  std::string realm;
  std::vector<Upstream> upstreams;  // never empty where there are routes
  StoreLocation store;
  Shared shared = Shared::Memory;
  std::optional<TokenService> issuer;
  Accept accept;                    // at least one scheme; with `issuer`, its tokens are among them
  std::vector<Route> routes;        // none only where the token service stands alone
  Identity identity;
  std::vector<Cidr> trusted_proxies;
  std::uint16_t verifier_failure_status = 0;  // 500 or 503
  std::uint32_t workers = 0;                  // 0: one per core
  Limits limits;
  auth::LockoutLimits lockout;
  CacheSizes cache;
  Log log;
  ErrorBody error_body = ErrorBody::Json;
  Places places;

  bool operator==(const Config&) const = default;
};

// `file`, relative to the folder of the configuration; absolute names stay as they are.
[[nodiscard]] std::string resolve(const Config& config, const std::string& file);

// A fault that was found about a setting of the configuration later than by load(): with the place, where the file gives it.
[[nodiscard]] Diagnostic fault_of(const Config& config, std::string setting, std::string message);
// "quivive.yaml"; what serve was told stands in where there is no file.
[[nodiscard]] std::string_view source_of(const Config& config);

// The session cookie: for https alone, or not, by the listener and the settings, never by what a client says. Its whole name.
// Requires accept.session.
struct SessionCookie {
  bool secure = true;
  std::string name;
};
[[nodiscard]] SessionCookie session_cookie(const Config& config);

}  // namespace quivive::config
