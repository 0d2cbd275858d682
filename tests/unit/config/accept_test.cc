#include "loading.h"

namespace quivive::config {
namespace {

// An issuer with these further settings.
std::string issuer(std::string_view more) {
  return kUpstream + "accept: {bearer: {issuers: [{issuer: https://id.example, audience: api, " + std::string(more) + "}]}}\n";
}

Issuer read(const Config& config) { return config.accept.bearer->issuers.at(0); }

void expect_said_about_issuer(std::string_view more, std::string_view message) {
  EXPECT_NE(said(issuer(more)).find(message), std::string::npos) << more << " -> " << said(issuer(more));
  EXPECT_FALSE(load(issuer(more), "q").config) << more;
}

TEST(Issuer, Keys_EverySource) {
  struct Row {
    std::string_view text;
    KeySource source;
  };
  for (const Row& row : {Row{"keys: discover", {KeySource::Kind::Discover, ""}}, Row{"keys: 'https://id.example/jwks'", {KeySource::Kind::Url, "https://id.example/jwks"}},
                         Row{"keys: file:a/keys.json", {KeySource::Kind::File, "a/keys.json"}}, Row{"secret_file: s.key", {KeySource::Kind::SecretFile, "s.key"}},
                         Row{"keys: {keys: [{kty: EC, x: 123, key_ops: [verify]}, {kty: \"a\\\"b\"}]}",
                             {KeySource::Kind::Inline, R"({"keys":[{"kty":"EC","x":"123","key_ops":["verify"]},{"kty":"a\"b"}]})"}}}) {
    EXPECT_EQ(read(loaded(issuer(row.text))).keys, row.source) << row.text;
  }
}

TEST(Issuer, WrongKeys_Refused) {
  expect_said_about_issuer("keys: jwks.json", "keys are 'discover', a URL, file:FILE or a JWK set");
  expect_said_about_issuer("keys: 'file:'", "names no file");
  expect_said_about_issuer("keys: {}", "needs a list `keys`");
  expect_said_about_issuer("keys: {keys: []}", "needs a list `keys`");
  expect_said_about_issuer("keys: [a]", "not a list");
  expect_said_about_issuer("keys: {keys: [{kty: EC, d: hunter2}]}", "'d' is secret");
  expect_said_about_issuer("keys: {keys: [{kty: oct, k: hunter2}]}", "'k' is secret");
  expect_said_about_issuer("keys: discover, secret_file: s", "given together with secret_file");
  EXPECT_EQ(said(issuer("keys: {keys: [{kty: oct, k: hunter2}]}")).find("hunter2"), std::string::npos);
  EXPECT_NE(said(kUpstream + "accept: {bearer: {issuers: [{issuer: me, audience: api}]}}").find("'discover' needs an issuer that is a URL"), std::string::npos);
  EXPECT_TRUE(load(kUpstream + "accept: {bearer: {issuers: [{issuer: me, audience: api, keys: file:k}]}}", "q").config);
}

TEST(Issuer, Algorithms_SecretsAndPublicKeysNeverMix) {
  EXPECT_EQ(read(loaded(issuer("secret_file: s"))).algorithms, std::vector{jose::JwsAlgorithm::HS256});
  EXPECT_EQ(read(loaded(issuer("secret_file: s, algorithms: HS512"))).algorithms, std::vector{jose::JwsAlgorithm::HS512});
  const Issuer usual = read(loaded(issuer("keys: discover")));
  for (const auto algorithm : usual.algorithms) EXPECT_FALSE(jose::is_symmetric(algorithm));
  expect_said_about_issuer("algorithms: [HS256, RS256]", "never mix");
  expect_said_about_issuer("secret_file: s, algorithms: [HS256, RS256]", "never mix");
  expect_said_about_issuer("algorithms: [HS256]", "need secret_file");
  expect_said_about_issuer("secret_file: s, algorithms: [ES256]", "is for HS256");
  expect_said_about_issuer("algorithms: [none]", "'none' is not known here");
  expect_said_about_issuer("algorithms: [es256]", "did you mean 'ES256'?");
  expect_said_about_issuer("algorithms: [ES256, ES256]", "listed twice");
  expect_said_about_issuer("algorithms: []", "empty list");
}

TEST(Issuer, Audience_AnyIsSpeltOut) {
  const auto with = [](std::string_view audience) {
    return kUpstream + "accept: {bearer: {issuers: [{issuer: https://id.example, audience: " + std::string(audience) + "}]}}";
  };
  EXPECT_EQ(loaded(with("[a, b]")).accept.bearer->issuers[0].audiences, (std::vector<std::string>{"a", "b"}));
  const Config any = loaded(with("any"));
  EXPECT_TRUE(any.accept.bearer->issuers[0].any_audience);
  EXPECT_TRUE(any.accept.bearer->issuers[0].audiences.empty());
  EXPECT_NE(said(with("any")).find("warning accept.bearer.issuers[0].audience: 'any' accepts"), std::string::npos);
  EXPECT_NE(said(with("[any, a]")).find("'any' stands alone"), std::string::npos);
  EXPECT_NE(said(with("[]")).find("empty list"), std::string::npos);
  EXPECT_NE(said(with("")).find("has no value"), std::string::npos);
}

TEST(Issuers, SameOneTwice_Refused) {
  EXPECT_EQ(said(kUpstream + R"(accept:
  bearer:
    issuers:
      - {issuer: https://a, audience: x}
      - {issuer: https://a/, audience: x}
      - {issuer: https://a, audience: y}
)"),
            "7:18 accept.bearer.issuers[2].issuer: 'https://a' is the issuer of issuers[0] too");
}

TEST(Issuers, NoneOrTooMany_Refused) {
  EXPECT_EQ(said(kUpstream + "accept: {bearer: {}}"), "2:18 accept.bearer.issuers: required, but not given");
  std::string many = kUpstream + "accept:\n  bearer:\n    issuers:\n";
  for (int i = 0; i < 101; ++i) many += "      - {issuer: https://a" + std::to_string(i) + ", audience: x}\n";
  EXPECT_NE(said(many).find("more than 100 issuers"), std::string::npos);
}

TEST(Issuer, DoubtfulSettings_Warned) {
  EXPECT_NE(said(issuer("keys: 'http://id.example/jwks'")).find("warning accept.bearer.issuers[0].keys: fetched without TLS"), std::string::npos);
  EXPECT_EQ(said(issuer("keys: 'http://127.0.0.1:1/jwks'")), "");
  EXPECT_EQ(said(issuer("keys: 'http://localhost:1/jwks'")), "");
  EXPECT_NE(said(issuer("allow_missing_expiration: true")).find("warning accept.bearer.issuers[0].allow_missing_expiration: without max_age"), std::string::npos);
  EXPECT_EQ(said(issuer("allow_missing_expiration: true, max_age: 1h")), "");
}

TEST(Accept, Nothing_Refused) {
  EXPECT_EQ(said(kUpstream + "accept: {}"), "2:9 accept: accepts nothing; one of digest, bearer, api_key, session, basic is needed");
  EXPECT_EQ(said(kUpstream + "accept: {api_key: {header: off, authorization: false}}"),
            "2:19 accept.api_key: leaves no place for a key: no header, no Authorization, no query");
  EXPECT_TRUE(load(kUpstream + "accept: {api_key: {header: off, authorization: false, query: key}}", "q").config);
}

TEST(ApiKey, HeaderWithAMeaningOfItsOwn_Refused) {
  for (const std::string_view name : {"Authorization", "host", "Content-Length", "COOKIE", "Connection"}) {
    EXPECT_NE(said(kUpstream + "accept: {api_key: {header: " + std::string(name) + "}}").find("has a meaning of its own"), std::string::npos) << name;
  }
  EXPECT_NE(said(kUpstream + "accept: {api_key: {header: 'X Key'}}").find("is not a header name"), std::string::npos);
  EXPECT_NE(said(kUpstream + "accept: {api_key: {query: 'a&b'}}").find("is not a parameter name"), std::string::npos);
}

TEST(Identity, Names_FollowThePrefix) {
  const Config plain = loaded(kUpstream);
  EXPECT_EQ(plain.identity.headers.key_id, "X-Quivive-Key-Id");
  EXPECT_EQ(plain.identity.headers.assertion, "");
  const Config config = loaded(kUpstream + "identity: {prefix: X-A-, assertion: true, headers: {subject: Remote-User, issuer: off}}");
  EXPECT_EQ(config.identity.headers.subject, "Remote-User");
  EXPECT_EQ(config.identity.headers.issuer, "");
  EXPECT_EQ(config.identity.headers.scopes, "X-A-Scopes");
  EXPECT_EQ(config.identity.headers.assertion, "X-A-Assertion");
}

TEST(Identity, NamesThatMeet_Refused) {
  EXPECT_EQ(said(kUpstream + "identity: {headers: {roles: x_quivive.SUBJECT}}"), "2:29 identity.headers.roles: 'x_quivive.SUBJECT' is the name for subject too");
  EXPECT_NE(said(kUpstream + "identity: {headers: {roles: X-API_Key}}").find("carries API keys"), std::string::npos);
  EXPECT_NE(said(kUpstream + "identity: {prefix: X-}").find("carries API keys"), std::string::npos);
  EXPECT_NE(said(kUpstream + "identity: {prefix: 'X:'}").find("is not the beginning of a header name"), std::string::npos);
  EXPECT_NE(said(kUpstream + "identity: {headers: {roles: Transfer-Encoding}}").find("has a meaning of its own"), std::string::npos);
}

TEST(Session, Settings_ReadAndRefused) {
  const auto session = [](std::string_view inside) { return kUpstream + "accept: {session: {" + std::string(inside) + "}}"; };
  const Config plain = loaded(session(""));
  ASSERT_TRUE(plain.accept.session);
  EXPECT_EQ(plain.accept.session->login, LoginKind::Form);
  EXPECT_EQ(plain.accept.session->idle, std::chrono::minutes(30));
  EXPECT_EQ(plain.accept.session->absolute, std::chrono::hours(12));
  EXPECT_EQ(plain.routes[0].accept, std::vector{Scheme::Session});
  EXPECT_EQ(said(session("absolute: 10m")), "2:30 warning accept.session.absolute: sessions end by accept.session.absolute before they can be idle for accept.session.idle");
  EXPECT_EQ(said(session("cookie: __Host-x")), "2:28 accept.session.cookie: give the name without a prefix: __Host- is put before it where it can be");
  EXPECT_NE(said(session("cookie: 'a b'")).find("accept.session.cookie"), std::string::npos);
  EXPECT_NE(said(session("login: page")).find("one of form, json"), std::string::npos);
  EXPECT_NE(said("listen: 0.0.0.0:80\n" + session("")).find("warning listen: sessions without TLS"), std::string::npos);
}

TEST(Session, LoginFormBesideBrowserPrompt_Warned) {
  const auto accepting = [](std::string_view login, std::string_view accept) {
    return said(kUpstream + "accept: {basic: {}, session: {login: " + std::string(login) + "}}\nroutes: [{path: /, browser_prompt: true, accept: [" + std::string(accept) + "]}]");
  };
  EXPECT_EQ(accepting("form", "basic, session"),
            "3:36 warning routes[0].browser_prompt: without effect: a browser that goes to a page is sent to the login form here, since session is accepted, too");
  EXPECT_EQ(accepting("form", "basic"), "");
  EXPECT_EQ(accepting("json", "basic, session"), "");
}

TEST(Session, CookiesName_IsTheListeners) {
  const auto cookie = [](std::string_view before, std::string_view inside) {
    const Config config = loaded(std::string(before) + kUpstream + "accept: {session: {" + std::string(inside) + "}}");
    return session_cookie(config);
  };
  EXPECT_EQ(cookie("", "").name, "quivive");
  EXPECT_FALSE(cookie("", "").secure);
  EXPECT_EQ(cookie("", "secure: always").name, "__Host-quivive");
  EXPECT_EQ(cookie("", "secure: always, cookie: sid").name, "__Host-sid");
  EXPECT_EQ(cookie("listen: {address: '127.0.0.1:8443', tls: {certificate: c.pem, key: k.pem}}\n", "").name, "__Host-quivive");
  EXPECT_EQ(cookie("listen: 0.0.0.0:8080\n", "").name, "__Host-quivive");  // fail closed: nobody signs in over plain http from elsewhere
  EXPECT_TRUE(cookie("listen: 0.0.0.0:8080\n", "").secure);
}

TEST(Digest, Settings_ReadAndWarnedAbout) {
  const auto digest = [](std::string_view inside) { return kUpstream + "accept: {digest: {" + std::string(inside) + "}}"; };
  const std::string all = digest("algorithms: [SHA-256, MD5-sess], userhash: true, nonce_lifetime: 90s, domain: [/a, 'https://b.example'], qop: [auth-int, auth], auth_int_body: 1KiB");
  const Config config = loaded(all);
  ASSERT_TRUE(config.accept.digest);
  EXPECT_EQ(config.accept.digest->algorithms, (std::vector{digest::DigestAlgorithm::Sha256, digest::DigestAlgorithm::Md5Sess}));
  EXPECT_TRUE(config.accept.digest->userhash);
  EXPECT_EQ(config.accept.digest->nonce_lifetime, std::chrono::seconds(90));
  EXPECT_EQ(config.accept.digest->qop, (std::vector{digest::Qop::AuthInt, digest::Qop::Auth}));
  EXPECT_EQ(config.accept.digest->auth_int_body, 1024U);
  EXPECT_EQ(config.accept.digest->domain, (std::vector<std::string>{"/a", "https://b.example"}));
  EXPECT_EQ(config.routes[0].accept, std::vector{Scheme::Digest});

  const Config plain = loaded(digest(""));
  EXPECT_EQ(plain.accept.digest->algorithms, std::vector{digest::DigestAlgorithm::Sha256});
  EXPECT_EQ(plain.accept.digest->qop, std::vector{digest::Qop::Auth});
  EXPECT_EQ(plain.accept.digest->auth_int_body, 64U * 1024);
  EXPECT_EQ(said(digest("")), "");
  EXPECT_EQ(said(digest("qop: [auth, auth-int]")), "");
  const auto has = [&](std::string_view inside, std::string_view text) { return said(digest(inside)).find(text) != std::string::npos; };
  EXPECT_TRUE(has("algorithms: [SHA-512-256, SHA-256]", "warning accept.digest.algorithms: SHA-512-256 locks out curl 7.88, which Debian 12 has"));
  EXPECT_TRUE(has("algorithms: [SHA-256, MD5]", "warning accept.digest.algorithms: MD5 is there for old clients only"));
  EXPECT_FALSE(has("algorithms: [SHA-256, MD5]", "MD5 comes first"));
  EXPECT_TRUE(has("algorithms: [MD5, SHA-256]", "warning accept.digest.algorithms: MD5 comes first"));
  EXPECT_TRUE(has("algorithms: []", "accept.digest.algorithms: names no algorithm"));
  EXPECT_TRUE(has("algorithms: [SHA-1]", "accept.digest.algorithms: 'SHA-1' is not known here"));
  EXPECT_FALSE(has("algorithms: [SHA-1]", "names no algorithm"));
  EXPECT_TRUE(has("qop: []", "accept.digest.qop: names no quality of protection"));
  EXPECT_TRUE(has("qop: [auth-conf]", "accept.digest.qop: 'auth-conf' is not known here"));
  EXPECT_TRUE(has("qop: [auth-int]", "warning accept.digest.qop: auth-int alone locks out most clients"));
  EXPECT_TRUE(has("qop: [auth, auth-int], algorithms: [SHA-256, MD5]", "warning accept.digest.qop: auth-int beside auth locks out wget 1.21"));
  EXPECT_TRUE(has("qop: [auth-int, auth], algorithms: [SHA-256, MD5]", "warning accept.digest.qop: auth-int before auth locks out wget 1.21 and LWP 6.68"));
  EXPECT_TRUE(has("auth_int_body: 17MiB", "accept.digest.auth_int_body: "));
  EXPECT_TRUE(has("nonce_lifetime: 3h", "accept.digest.nonce_lifetime: "));
  EXPECT_TRUE(has("domain: 'a b'", "accept.digest.domain: 'a b' is no URI"));
  EXPECT_NE(said(kUpstream + "accept: {digest: {}}\nstore: memory").find("warning accept.digest: takes its users from the store"), std::string::npos);
  EXPECT_NE(said(kUpstream + "accept: {digest: {}}\nroutes: [{path: /, mode: observe}]").find("warning accept.digest: routes[0] observes"), std::string::npos);
  EXPECT_NE(said(kUpstream + "accept: {digest: {}, basic: {}}").find("warning accept.digest: beside Basic on routes[0]: wget then takes Basic"), std::string::npos);
}

}  // namespace
}  // namespace quivive::config
