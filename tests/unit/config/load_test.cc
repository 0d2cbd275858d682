#include "loading.h"

namespace quivive::config {
namespace {

using ::testing::Test;

struct RefusedFile {
  std::string_view yaml, expected;
};

// Loads `upstream` and the text; expects exactly what is written, places included (line 1 is `upstream`).
void expect_said(std::initializer_list<RefusedFile> rows) {
  for (const RefusedFile& row : rows) EXPECT_EQ(said(kUpstream + std::string(row.yaml)), row.expected) << row.yaml;
}

TEST(Load, SmallestFile_ProtectsEverything) {
  const Config config = loaded(kUpstream);
  EXPECT_EQ(config.file, "q.yaml");
  EXPECT_EQ(config.base_dir, "");
  ASSERT_EQ(config.upstreams.size(), 1u);
  EXPECT_EQ(config.upstreams[0].name, "default");
  EXPECT_EQ(config.upstreams[0].url, (Url{false, "127.0.0.1", 9000, "/"}));
  EXPECT_FALSE(config.accept.bearer);
  EXPECT_EQ(config.accept.api_key->header, "X-API-Key");
  EXPECT_TRUE(config.accept.basic);
  ASSERT_EQ(config.routes.size(), 1u);
  EXPECT_EQ(config.routes[0].path, "/");
  EXPECT_FALSE(config.routes[0].is_public);
  EXPECT_EQ(config.routes[0].accept, (std::vector{Scheme::ApiKey, Scheme::Basic}));
  EXPECT_EQ(config.routes[0].realm, "quivive");
}

TEST(Load, TheDesignsExample_EveryPartRead) {
  const Config config = loaded(R"(listen: 127.0.0.1:8080
realm: api.example.com
upstream: http://127.0.0.1:9000
store: sqlite:quivive.db
shared: memory
admin: 127.0.0.1:8081
accept:
  bearer:
    issuers:
      - issuer: https://id.example.com
        audience: [https://api.example.com]
        keys: discover
        algorithms: [ES256, RS256]
        leeway: 60s
  api_key: {header: X-API-Key}
  basic: {}
routes:
  - {path: /healthz, public: true}
  - {path: /admin/, accept: [bearer], require: {scope: admin}}
  - {path: /, accept: [basic, bearer, api_key]}
)");
  EXPECT_EQ(config.accept.bearer->issuers[0].algorithms, (std::vector{jose::JwsAlgorithm::ES256, jose::JwsAlgorithm::RS256}));
  EXPECT_EQ(config.accept.bearer->issuers[0].line, 10u);
  ASSERT_EQ(config.routes.size(), 3u);
  EXPECT_TRUE(config.routes[0].is_public);
  EXPECT_TRUE(config.routes[0].accept.empty());
  EXPECT_EQ(config.routes[1].require.scope, (Wanted{Wanted::Match::All, {"admin"}}));
  EXPECT_EQ(config.routes[1].line, 19u);
  EXPECT_EQ(config.routes[2].accept, (std::vector{Scheme::Bearer, Scheme::ApiKey, Scheme::Basic}));
  EXPECT_EQ(config.routes[2].realm, "api.example.com");
}

TEST(Load, EveryErrorOfAFile_ReportedInItsOrder) {
  EXPECT_EQ(said(R"(listen: 127.0.0.1:99999
upsteam: http://127.0.0.1:9000
accept:
  bearer:
    issuers:
      - issuer: https://id.example.com
        algoritms: [ES256]
        leeway: 60
issuer: {}
routes:
  - {path: /x, accept: jwt}
  - {path: /y, encoded_slash: passs}
)"),
            "0:0 upstream: required, but not given: the URL that accepted requests go to\n"
            "1:9 listen: port 99999 is not between 1 and 65535\n"
            "2:1 upsteam: no such setting; did you mean 'upstream'?\n"
            "6:9 accept.bearer.issuers[0].audience: required, but not given\n"
            "7:9 accept.bearer.issuers[0].algoritms: no such setting; did you mean 'algorithms'?\n"
            "8:17 accept.bearer.issuers[0].leeway: '60' has no unit; write 60s for seconds, or use ms, m, h, d\n"
            "9:9 issuer.url: required, but not given\n"
            "11:24 routes[0].accept: 'jwt' is not a scheme; one of digest, bearer, api_key, session, basic\n"
            "12:31 routes[1].encoded_slash: 'passs' is not known here; did you mean 'pass'?");
}

TEST(Load, WrongTypes_SayWhatIsTaken) {
  expect_said({
      {"realm: [a]", "2:8 realm: takes a text, not a list"},
      {"realm: {a: b}", "2:8 realm: takes a text, not a mapping"},
      {"realm:", "2:1 realm: has no value; it takes a text"},
      {"realm: \"\"", "2:8 realm: is empty"},
      {"realm: \"a\\nb\"", "2:8 realm: holds a control character (octet 0a)"},
      {"workers: many", "2:10 workers: 'many' is not a whole number"},
      {"workers: 257", "2:10 workers: 257 is not between 0 and 256"},
      {"limits: {header_bytes: 100}", "2:24 limits.header_bytes: 100 is not between 1KiB and 1MiB"},
      {"limits: {idle_timeout: 2h}", "2:24 limits.idle_timeout: 2h is not between 100ms and 1h"},
      {"limits: 5", "2:9 limits: has to be a mapping: lines of `name: value`"},
      {"limits:", "2:1 limits: has no value; write {} for a mapping that is empty"},
      {"log: {requests: yes}", "2:17 log.requests: 'yes' is not true or false"},
      {"log: {requests: \"true\"}", "2:17 log.requests: 'true' is not true or false; leave out the quotes"},
      {"log: {format: xml}", "2:15 log.format: 'xml' is not known here; one of auto, text, json"},
      {"routes: {}", "2:9 routes: has to be a list: lines of `- name: value`"},
      {"routes: []", "2:9 routes: has to be a list: lines of `- name: value`"},
      {"routes: [/]", "2:10 routes[0]: has to be a mapping: lines of `name: value`"},
      {"upstreams: []", "2:12 upstreams: has to be a mapping: lines of `name: URL`"},
      {"trusted_proxies: [10.0.0.1/8]", "2:19 trusted_proxies: '10.0.0.1/8' has bits beyond its prefix; did you mean 10.0.0.0/8?"},
      {"verifier_failure_status: 502", "2:26 verifier_failure_status: '502' is not known here; did you mean '500'?"},
      {"errors: {body: html}", "2:16 errors.body: 'html' is not known here; one of json, problem"},
      {"log: {color: true}", "2:7 log.color: no such setting; one of format, level, requests"},
  });
}

TEST(Load, OneMistake_OneError) {
  expect_said({
      {"accept: [basic]\nroutes: [{path: /, accept: basic}]", "2:9 accept: has to be a mapping: lines of `name: value`"},
      {"accept: {bearer: {issuers: [{issuer: a, audience: b, keys: {keys: []}}]}}", "2:60 accept.bearer.issuers[0].keys: a JWK set needs a list `keys` with at least one key"},
      {"accept: {bearer: 5}", "2:18 accept.bearer: has to be a mapping: lines of `name: value`"},
      {"routes: [{path: /, require: [a]}]", "2:29 routes[0].require: has to be a mapping: lines of `name: value`"},
  });
  EXPECT_EQ(said("upstream: [a, b]"), "1:11 upstream: has to be a mapping: lines of `name: value`");
}

TEST(Load, FirstHalfOrOtherCase_NearestIsNamed) {
  expect_said({
      {"rout: 1", "2:1 rout: no such setting; did you mean 'routes'?"},
      {"accept: {Api_key: {}, basic: {}}", "2:10 accept.Api_key: no such setting; did you mean 'api_key'?"},
      {"routes: [{path: /, accept: Api_key}]", "2:28 routes[0].accept: 'Api_key' is not a scheme; did you mean 'api_key'?"},
      {"log: {level: warn}", "2:14 log.level: 'warn' is not known here; did you mean 'warning'?"},
      {"accept: {session: {cookie: 'a b'}}", "2:28 accept.session.cookie: 'a b' is not a cookie's name; use letters, digits, '-', '_' and '.'"},
  });
}

TEST(Load, WhatThisVersionCannotDo_SaysSo) {
  expect_said({
      {"store: postgres://u:hunter2@db/q", "2:8 store: PostgreSQL is not supported by this version of Quivive; use sqlite:FILE"},
      {"store: redis://u:hunter2@h", "2:8 store: Redis is not supported by this version of Quivive; use sqlite:FILE"},
      {"store: 'mysql://u:hunter2@db/q'", "2:8 store: is neither 'memory' nor 'sqlite:FILE'"},
      {"store: 'sqlite:'", "2:8 store: names no file; write for example sqlite:quivive.db"},
      {"shared: redis://h", "2:9 shared: 'redis://h' is not known here; one of memory, store"},
      {"routes: [{path: /, accept: [dpop, basic]}]",
       "2:29 routes[0].accept: 'dpop' is not supported by this version of Quivive; one of digest, bearer, api_key, session, basic"},
  });
}

TEST(Load, Issuer_CheckedAsClientsWillLookForIt) {
  expect_said({
      {"issuer: https://id.example.com/", "2:9 issuer: write https://id.example.com: an issuer identifier is compared byte for byte, and has no path and no slash at the end"},
      {"issuer: https://ID.example.com:443", "2:9 issuer: write https://id.example.com: an issuer identifier is compared byte for byte, and has no path and no slash at the end"},
      {"issuer: http://id.example.com", "2:9 issuer: tokens need https; http is for loopback"},
      {"issuer: {url: 'https://id.example.com', key_rotation: 1h, access_token_lifetime: 31m}",
       "2:55 issuer.key_rotation: is less than twice issuer.access_token_lifetime: keys would leave before their tokens"},
  });
}

TEST(Load, Issuer_ItsTokensAreAccepted) {
  const Config config = loaded("upstream: http://127.0.0.1:9000\nissuer: http://127.0.0.1:8080\naccept: {basic: {}}\n");
  ASSERT_TRUE(config.accept.bearer);
  ASSERT_EQ(config.accept.bearer->issuers.size(), 1u);
  const Issuer& own = config.accept.bearer->issuers[0];
  EXPECT_EQ(own.issuer, "http://127.0.0.1:8080");
  EXPECT_EQ(own.audiences, std::vector<std::string>{"http://127.0.0.1:8080"});
  EXPECT_EQ(own.require_typ, "at+jwt");
  EXPECT_EQ(own.keys.kind, KeySource::Kind::Own);
  EXPECT_EQ(config.routes[0].accept, (std::vector{Scheme::Bearer, Scheme::Basic}));
}

TEST(Load, Issuer_MayStandAlone) {
  const Config config = loaded("issuer: https://id.example.com\n");
  EXPECT_TRUE(config.routes.empty());
  EXPECT_TRUE(config.upstreams.empty());
}

TEST(Load, Listeners_CheckedTogether) {
  expect_said({
      {"listen: {tls: {certificate: a.pem}}", "2:15 listen.tls.key: required, but not given"},
      {"admin: 127.0.0.1:8080", "2:8 admin: 127.0.0.1:8080 is the address of listen too"},
      {"admin: ':8080'", "2:8 admin: :8080 overlaps with the address of listen, 127.0.0.1:8080"},
      {"limits: {header_bytes: 4KiB, token_bytes: 5KiB}", "2:43 limits.token_bytes: is more than header_bytes, which a token is part of"},
  });
  EXPECT_EQ(loaded(kUpstream + "limits: {header_bytes: 4KiB}").limits.token_bytes, 4096u);
  EXPECT_EQ(loaded(kUpstream + "admin: off").admin, std::nullopt);
}

TEST(Load, Upstreams_Checked) {
  struct Whole {
    std::string_view yaml, expected;
  };
  for (const Whole& row : {
           Whole{"", "0:0 upstream: required, but not given: the URL that accepted requests go to"},
           Whole{"upstream: http://a/api", "1:11 upstream: has a path; policy and upstream have to see the same one"},
           Whole{"upstream: ftp://a", "1:11 upstream: 'ftp://a' is not an http:// or https:// URL"},
           Whole{"upstream: {connect_timeout: 1s}", "1:11 upstream.url: required, but not given"},
           Whole{"upstream: {url: \"http://a\", tls: {ca: x}}", "1:34 upstream.tls: given for an http:// URL; use https://"},
           Whole{"upstream: {url: \"https://a\", tls: {ca: x, verify: false}}",
                 "1:40 upstream.tls.ca: means nothing with `verify: false`\n"
                 "1:51 warning upstream.tls.verify: any certificate is accepted: whoever sits in between reads and changes everything"},
           Whole{"upstream: {url: http://a, idle_timout: 1s}", "1:27 upstream.idle_timout: no such setting; did you mean 'idle_timeout'?"},
           Whole{"upstream: http://a\nupstreams: {default: http://b}", "2:22 upstreams.default: 'default' is the name of the upstream under `upstream:`"},
           Whole{"upstream: http://a\nupstreams: {b: {}}", "2:16 upstreams.b.url: required, but not given"},
           Whole{"upstream: http://a\nupstreams: {billing: http://b}\nroutes: [{path: /, upstream: biling}]",
                 "3:30 routes[0].upstream: there is no upstream 'biling'; did you mean 'billing'?"},
           Whole{"upstreams: {b: http://b}\nroutes: [{path: /a, upstream: b}, {path: /}]", "0:0 upstream: required, but not given: the URL that accepted requests go to"},
       }) {
    EXPECT_EQ(said(row.yaml), row.expected) << row.yaml;
  }
}

TEST(Load, RoutesUpstream_NameOrUrl) {
  const Config config = loaded(R"(
upstreams: {b: "http://b", c: {url: "http://c", connect_timeout: 1s}}
routes:
  - {path: /b, upstream: b}
  - {path: /c, upstream: c}
  - {path: /d, upstream: "http://d:8000"}
  - {path: /e, upstream: "http://d:8000/"}
)");
  ASSERT_EQ(config.upstreams.size(), 3u);
  EXPECT_EQ(config.upstreams[2].name, "http://d:8000");
  EXPECT_EQ(config.upstreams[2].connect_timeout, std::chrono::seconds{5});
  EXPECT_EQ(config.upstreams[1].connect_timeout, std::chrono::seconds{1});
  const std::size_t expected[] = {0, 1, 2, 2};
  for (std::size_t i = 0; i < 4; ++i) EXPECT_EQ(config.routes[i].upstream, expected[i]) << i;
}

TEST(Load, FolderOfTheFile_ResolvesNames) {
  struct Case {
    std::string_view file, base, resolved;
  };
  for (const Case& row : {Case{"/etc/quivive/quivive.yaml", "/etc/quivive", "/etc/quivive/x.pem"}, Case{"quivive.yaml", "", "x.pem"}, Case{"conf/q.yaml", "conf", "conf/x.pem"},
                          Case{"/q.yaml", "/", "/x.pem"}, Case{"", "", "x.pem"}}) {
    const auto result = load(kUpstream, row.file);
    ASSERT_TRUE(result.config);
    EXPECT_EQ(result.config->base_dir, row.base) << row.file;
    EXPECT_EQ(resolve(*result.config, "x.pem"), row.resolved) << row.file;
    EXPECT_EQ(resolve(*result.config, "/abs/x.pem"), "/abs/x.pem");
    EXPECT_EQ(resolve(*result.config, ""), "");
  }
}

TEST(Load, NotYaml_OneErrorAndNoConfig) {
  const auto result = load("a: [", "q.yaml");
  EXPECT_FALSE(result.config);
  EXPECT_EQ(result.diagnostics.size(), 1u);
}

TEST(Load, ThousandsOfMistakes_StayReadable) {
  std::string yaml = kUpstream;
  for (int i = 0; i < 900; ++i) yaml += "wrong" + std::to_string(i) + ": 1\n";
  EXPECT_LE(load(yaml, "q.yaml").diagnostics.size(), 500u);
  EXPECT_FALSE(load(yaml, "q.yaml").config);
}

TEST(Load, HostileNames_CannotMoveTheCursor) {
  const auto result = load(kUpstream + "\"a\\e[2Jb\": 1\n\"x\\ny\": 1\n", "q\n.yaml");
  const std::string text = format(result.diagnostics, "q\n.yaml");
  EXPECT_EQ(text.find('\x1b'), std::string::npos);
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), static_cast<std::ptrdiff_t>(result.diagnostics.size()) - 1);
}

TEST(AdminOf, WhateverElseIsWrong_ToldIfItCanBe) {
  const std::optional<ListenAddress> usual = ListenAddress{"127.0.0.1", 8081}, other = ListenAddress{"127.0.0.1", 9001};
  for (const std::string_view yaml : {"", "fooo: 1", "listen: nowhere", "upstream: http://a\nupstream: http://b"}) EXPECT_EQ(*admin_of(yaml), usual) << yaml;
  for (const std::string_view yaml : {"admin: 127.0.0.1:9001", "fooo: 1\nadmin: 127.0.0.1:9001", "admin: 127.0.0.1:9001\nlisten: 127.0.0.1:9001"}) EXPECT_EQ(*admin_of(yaml), other) << yaml;
  EXPECT_EQ(*admin_of("admin: off\nroutes: 5"), std::nullopt);
  for (const std::string_view yaml : {"admin: nowhere", "admin:", "adimn: 127.0.0.1:9001", "admin: 127.0.0.1:1\nadmin: 127.0.0.1:2", "a: [", "5"}) EXPECT_FALSE(admin_of(yaml)) << yaml;
}

TEST(ZeroConfig, UpstreamAndListen) {
  const auto result = zero_config("http://127.0.0.1:9000", ":80");
  ASSERT_TRUE(result.config);
  EXPECT_EQ(result.config->listen.address, (ListenAddress{"", 80}));
  Config same = *zero_config("http://127.0.0.1:9000").config;
  const Config file = loaded(kUpstream);
  same.file = file.file;
  EXPECT_EQ(same, file);
}

TEST(ZeroConfig, Admin_CheckedAsThatOfAFile) {
  const auto with = [](std::string_view listen, std::string_view admin) { return zero_config("http://127.0.0.1:9000", listen, admin); };
  EXPECT_EQ(with("", ":9001").config->admin, (ListenAddress{"", 9001}));
  EXPECT_EQ(with("", "off").config->admin, std::nullopt);
  EXPECT_EQ(with("", "127.0.0.1:9001").diagnostics.size(), 0u);
  const auto same = with("127.0.0.1:18480", "127.0.0.1:18480");
  EXPECT_FALSE(same.config);
  EXPECT_EQ(format(same.diagnostics, "command line"), "command line:  admin: 127.0.0.1:18480 is the address of listen too");
  EXPECT_FALSE(with("", "nowhere").config);
  const auto open = with("", "0.0.0.0:28281");
  ASSERT_EQ(open.diagnostics.size(), 1u);
  EXPECT_EQ(open.diagnostics[0].severity, Severity::Warning);
  EXPECT_EQ(open.diagnostics[0].path, "admin");
}

TEST(ZeroConfig, WrongArguments_NameTheSetting) {
  for (const std::string_view url : {"9000", "http://a\", listen: \"0.0.0.0:1", "http://a\nlisten: :1", ""}) {
    const auto result = zero_config(url);
    EXPECT_FALSE(result.config) << url;
    ASSERT_EQ(result.diagnostics.size(), 1u) << url;
    EXPECT_EQ(result.diagnostics[0].path, "upstream");
    EXPECT_EQ(result.diagnostics[0].line, 0u);
  }
  EXPECT_FALSE(zero_config("http://a", "nowhere").config);
}

TEST(Format, Places_Aligned) {
  const std::vector<Diagnostic> diagnostics = {{Severity::Error, 14, 7, "a.b", "wrong"}, {Severity::Warning, 2, 10, "", "doubtful"}, {Severity::Error, 0, 0, "c", "missing"}};
  EXPECT_EQ(format(diagnostics, "q.yaml"),
            "q.yaml:14:7  a.b: wrong\n"
            "q.yaml:2:10  warning: doubtful\n"
            "q.yaml:      c: missing");
  EXPECT_EQ(format(diagnostics[0], "q.yaml"), "q.yaml:14:7  a.b: wrong");
}

}  // namespace
}  // namespace quivive::config
