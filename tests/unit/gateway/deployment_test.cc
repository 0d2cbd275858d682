#include "deploying.h"

#include "jose/jwk_set.h"
#include "pems.h"
#include "support/temp_folder.h"

#include <gmock/gmock.h>

#include <fstream>
#include <sys/stat.h>

namespace quivive::gateway {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

constexpr std::string_view kSecret = "0123456789abcdef0123456789abcdef";
constexpr std::string_view kUser = "anna:{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ=\n";

std::string jwks() {
  const auto key = crypto::PrivateKey::generate(crypto::KeyKind::EcP256).value();
  return jose::to_document(jose::KeySet::of({jose::Jwk::from_public_key(key.public_key(), "k1")}).value());
}
// One issuer with these keys; `more` begins with a comma.
std::string issuer(std::string_view keys, std::string_view more = "") {
  return kUpstream + "accept: {bearer: {issuers: [{issuer: https://id.example, audience: api, " + std::string(keys) + std::string(more) + "}]}}\n";
}
std::string basic(std::string_view settings) { return kUpstream + "accept: {basic: {" + std::string(settings) + "}}\n"; }

class DeploymentTest : public testing::Test {
 protected:
  std::vector<std::string> faults(const std::string& yaml) {
    const auto outcome = world_.deploy(yaml, folder_.path("q.yaml"));
    return outcome ? std::vector<std::string>{} : outcome.error().lines;
  }
  std::shared_ptr<const Deployment> deployed(const std::string& yaml) { return world_.deployed(yaml, folder_.path("q.yaml")); }
  [[nodiscard]] std::string at(std::string_view name) const { return folder_.path(name); }

  support::TempFolder folder_;
  Deploying world_;
};

TEST_F(DeploymentTest, Plain_IsReadyToServe) {
  const auto d = deployed(kUpstream + "accept: {api_key: {query: api_key}}\nroutes:\n  - {path: /a/, forward_authorization: true}\n  - {path: /, encoded_slash: pass}\n");
  ASSERT_EQ(d->routes.size(), 2u);
  EXPECT_TRUE(d->router);
  EXPECT_EQ(d->routes[0].index, 0u);
  EXPECT_EQ(d->routes[1].index, 1u);
  EXPECT_TRUE(d->routes[0].forward_authorization);
  EXPECT_FALSE(d->routes[1].forward_authorization);
  EXPECT_TRUE(d->routes[1].pass_encoded_slash);
  EXPECT_THAT(d->routes[0].policy->name(), HasSubstr("/a/ ("));
  EXPECT_EQ(d->upstreams.at(0)->host, "127.0.0.1");
  EXPECT_EQ(d->upstreams.at(0)->port, 9000);
  EXPECT_EQ(d->key_header, "X-API-Key");
  EXPECT_EQ(d->key_query, "api_key");
  EXPECT_EQ(d->stores.database, world_.store);
  EXPECT_EQ(d->assertion, nullptr);
  EXPECT_TRUE(d->protected_names.matches("x_quivive_subject"));
}

TEST_F(DeploymentTest, KeyFiles_EveryKind) {
  folder_.write("keys.json", jwks());
  folder_.write("key.pem", crypto::PrivateKey::from_pem(kKey).value().public_key().to_pem());
  folder_.write("secret", std::string(kSecret) + "\r\n\n");
  for (const std::string_view keys : {"keys: file:keys.json", "keys: file:key.pem", "secret_file: secret"}) {
    const auto d = deployed(issuer(keys));
    ASSERT_EQ(d->issuers.size(), 1u) << keys;
    EXPECT_NE(world_.board.keys(d->issuers[0]->key_slot), nullptr) << keys;
  }
}

TEST_F(DeploymentTest, KeyFiles_WrongOnes_SayWhichAndWhere) {
  folder_.write("garbage", "not keys");
  folder_.write("empty", "");
  folder_.write("none.json", R"({"keys":[]})");
  folder_.write("broken.pem", "-----BEGIN PUBLIC KEY-----\nxxxx\n-----END PUBLIC KEY-----\n");
  folder_.write("short", "too short");
  folder_.write("large", std::string(256 * 1024 + 1, ' '));
  for (const std::string_view name : {"missing", "garbage", "empty", "none.json", "broken.pem", "large"}) {
    const auto lines = faults(issuer("keys: file:" + std::string(name)));
    ASSERT_EQ(lines.size(), 1u) << name;
    EXPECT_THAT(lines[0], StartsWith(at("q.yaml") + ":2:79  accept.bearer.issuers[0].keys: " + at(name) + ": ")) << name;
    EXPECT_EQ(lines[0].find('\n'), std::string::npos);
  }
  for (const std::string_view name : {"missing", "short", "empty"}) {
    const auto lines = faults(issuer("secret_file: " + std::string(name)));
    ASSERT_EQ(lines.size(), 1u) << name;
    EXPECT_THAT(lines[0], StartsWith(at("q.yaml") + ":2:86  accept.bearer.issuers[0].secret_file: " + at(name) + ": ")) << name;
    EXPECT_EQ(lines[0].find("too short\n"), std::string::npos);
  }
}

TEST_F(DeploymentTest, KeyThatNoAlgorithmCanUse_Refused) {
  folder_.write("keys.json", jwks());
  const auto lines = faults(issuer("keys: file:keys.json", ", algorithms: RS256"));
  ASSERT_EQ(lines.size(), 1u);
  EXPECT_THAT(lines[0], HasSubstr("accept.bearer.issuers[0].keys: "));
}

TEST_F(DeploymentTest, WrongFiles_AllToldTogether_InTheOrderOfTheFile) {
  folder_.write("garbage", "garbage");
  const auto lines = faults(R"(
listen: {address: 127.0.0.1:0, tls: {certificate: missing.pem, key: missing.key}}
upstream: {url: https://127.0.0.1:1, tls: {ca: garbage}}
upstreams: {other: {url: https://127.0.0.1:2, tls: {ca: missing.ca}}}
accept:
  basic: {htpasswd: missing.users}
  session: {logo: missing.svg}
  bearer: {issuers: [{issuer: https://id.example, audience: api, keys: file:missing.json}]}
)");
  const std::string file = at("q.yaml") + ":", none = ": No such file or directory";
  EXPECT_THAT(lines, ElementsAre(file + "2:51  listen.tls.certificate: " + at("missing.pem") + none, file + "2:69  listen.tls.key: " + at("missing.key") + none,
                                 StartsWith(file + "3:48  upstream.tls.ca: " + at("garbage") + ": not a PEM file of certificate authorities: "),
                                 file + "4:57  upstreams.other.tls.ca: " + at("missing.ca") + none,
                                 file + "6:21  accept.basic.htpasswd: " + at("missing.users") + " cannot be read: No such file or directory",
                                 file + "7:19  accept.session.logo: " + at("missing.svg") + none,
                                 file + "8:72  accept.bearer.issuers[0].keys: " + at("missing.json") + none));
}

TEST_F(DeploymentTest, WrongTlsPair_NamesTheSettingOfTheWrongOne) {
  folder_.write("c.pem", kCertificate);
  folder_.write("k.pem", kKey);
  folder_.write("garbage", "garbage");
  EXPECT_THAT(faults(kUpstream + "listen: {tls: {certificate: garbage, key: k.pem}}\n"), ElementsAre(HasSubstr(":2:29  listen.tls.certificate: " + at("garbage") + ": ")));
  EXPECT_THAT(faults(kUpstream + "listen: {tls: {certificate: c.pem, key: garbage}}\n"), ElementsAre(HasSubstr(":2:41  listen.tls.key: " + at("garbage") + ": ")));
}

TEST_F(DeploymentTest, TokenBytes_AreTheRoutesBoundToo) {
  const auto d = deployed(kUpstream + "limits: {header_bytes: 64KiB, token_bytes: 32KiB}\nissuer: https://api.example.com\nroutes: [{path: /, accept: [bearer]}]\n");
  EXPECT_EQ(d->routes[0].policy->settings().token_bytes, 32u * 1024);
}

// Whatever else is wrong with it is told first.
TEST_F(DeploymentTest, TokenServiceOfARefusedConfiguration_WritesNothing) {
  const std::string service = kUpstream + "issuer: https://api.example.com\naccept: {session: {";
  EXPECT_EQ(faults(service + "logo: missing.png}}\n").size(), 1u);
  EXPECT_THAT(world_.store->list_signing_keys().value(), IsEmpty());
  EXPECT_NE(deployed(service + "}}\n")->issuer->keys(), nullptr);
  EXPECT_EQ(world_.store->list_signing_keys().value().size(), 1u);
}

TEST_F(DeploymentTest, FetchedKeys_KeepTheirSlotAndCountWithTheNewTimes) {
  const auto yaml = [](std::string_view max_stale) { return issuer("keys: https://id.example/keys", ", max_stale: " + std::string(max_stale)); };
  const auto first = deployed(yaml("24h"));
  const auto second = deployed(yaml("1h"));
  ASSERT_EQ(first->fetched_keys.size(), 1u);
  ASSERT_EQ(second->fetched_keys.size(), 1u);
  EXPECT_EQ(second->fetched_keys[0].slot, first->fetched_keys[0].slot);
  EXPECT_EQ(first->fetched_keys[0].location.timing.max_stale, std::chrono::hours(24));
  EXPECT_EQ(second->fetched_keys[0].location.timing.max_stale, std::chrono::hours(1));
}

TEST_F(DeploymentTest, Htpasswd_UsersOfTheFile_BadLinesAreWarnings) {
  folder_.write("users", std::string(kUser) + "bert:plain text\n");
  const auto d = deployed(basic("htpasswd: users"));
  EXPECT_NE(std::static_pointer_cast<store::UserLookup>(d->stores.database), d->stores.users);
  EXPECT_TRUE(d->stores.users->find_user("anna").value());
  EXPECT_FALSE(d->stores.users->find_user("bert").value());
  ASSERT_EQ(d->warnings.size(), 1u);
  EXPECT_THAT(d->warnings[0], StartsWith(at("users") + ": line 2: "));
  EXPECT_EQ(d->warnings[0].find("plain text"), std::string::npos);
}

TEST_F(DeploymentTest, DigestUsersOfAnotherRealm_AreAWarning_OnceForEachRealmAndHash) {
  store::UserRecord anna{.name = "anna", .password_hash = Secret("h")};
  anna.digests = {{.realm = "here", .hash = crypto::HashKind::Sha256, .secret = Secret(std::string(64, '1')), .user_hash = std::string(64, '2')}};
  store::UserRecord bert = anna;
  bert.name = "bert";
  ASSERT_TRUE(world_.store->add_user(anna));
  ASSERT_TRUE(world_.store->add_user(bert));
  const auto warnings = [&](std::string_view more, std::string_view algorithms) {
    return deployed(fmt::format("{}accept:\n  digest: {{algorithms: [{}]}}\n{}", kUpstream, algorithms, more))->warnings;
  };
  const std::string routes = "routes:\n  - {path: /there/, realm: there}\n  - {path: /there/too/, realm: there}\n  - {path: /open/, public: true}\n  - {path: /}\n";
  EXPECT_THAT(warnings("realm: here\n", "SHA-256, SHA-256-sess"), IsEmpty());
  EXPECT_THAT(warnings("realm: here\n", "SHA-256, MD5"),
              ElementsAre("2 users have no Digest secret for realm here and MD5, and are refused there: quivive user passwd NAME --digest"));
  ASSERT_TRUE(world_.store->remove_user("bert"));
  EXPECT_THAT(warnings("realm: here\n" + routes, "SHA-256"),
              ElementsAre("1 user has no Digest secret for realm there and SHA-256, and is refused there: quivive user passwd NAME --digest"));
}

TEST_F(DeploymentTest, Htpasswd_WithoutUsableUser_Refused) {
  folder_.write("users", "bert:plain text\n");
  const auto lines = faults(basic("htpasswd: users"));
  ASSERT_EQ(lines.size(), 1u);
  EXPECT_THAT(lines[0], StartsWith(at("q.yaml") + ":2:28  accept.basic.htpasswd: " + at("users") + " has no usable user"));
  EXPECT_EQ(lines[0].find("plain text"), std::string::npos);
}

TEST_F(DeploymentTest, StoreThatCannotBeOpened_Refused) {
  world_.store = nullptr;
  const auto lines = faults(kUpstream + "store: sqlite:missing-folder/q.db\n");
  ASSERT_EQ(lines.size(), 1u);
  EXPECT_THAT(lines[0], StartsWith(at("q.yaml") + ":2:8  store: " + at("missing-folder/q.db")));
}

TEST_F(DeploymentTest, StoreThatIsLookedAt_ToldWithTheRest_AndNotMade) {
  folder_.write("notes.txt", std::string(2000, 'x'));
  ASSERT_EQ(::chmod(at("notes.txt").c_str(), 0600), 0);
  const auto look = [&](std::string_view yaml) {
    const auto outcome = gateway::deploy(*config::load(kUpstream + std::string(yaml), at("q.yaml")).config,
                                         {world_.board, world_.key_sets, nullptr, world_.store, 1, {}, kNow, true});
    return outcome ? std::vector<std::string>{} : outcome.error().lines;
  };
  EXPECT_THAT(look("store: sqlite:new.db\n"), IsEmpty());
  EXPECT_FALSE(std::ifstream(at("new.db")));
  EXPECT_THAT(look("store: sqlite:notes.txt\naccept: {basic: {htpasswd: none}}\n"),
              ElementsAre(StartsWith(at("q.yaml") + ":2:8  store: " + at("notes.txt") + " is not an SQLite database"), HasSubstr(":3:28  accept.basic.htpasswd: ")));
  EXPECT_THAT(look("store: sqlite:none/q.db\n"), ElementsAre(HasSubstr(":2:8  store: " + at("none/q.db") + " cannot be created: ")));
}

TEST_F(DeploymentTest, Reload_RoutesThatNameOtherClaims_NewPolicies) {
  folder_.write("keys.json", jwks());
  const auto with = [&](std::string_view require) {
    return deployed(issuer("keys: file:keys.json") + "routes:\n  - {path: /, accept: bearer" + std::string(require) + "}\n");
  };
  const auto none = with("");
  EXPECT_THAT(none->issuers[0]->kept_claims, IsEmpty());
  const auto one = with(", require: {claim: {tier: gold}}");
  EXPECT_THAT(one->issuers[0]->kept_claims, ElementsAre("tier"));
  EXPECT_NE(one->issuers[0], none->issuers[0]);  // what was remembered lacks the claim
  const auto same = with(", require: {claim: {tier: [tin, gold]}}");
  EXPECT_EQ(same->issuers[0], one->issuers[0]);
}

TEST_F(DeploymentTest, Reload_SameSettings_SameObjects) {
  folder_.write("keys.json", jwks());
  const std::string yaml = issuer("keys: file:keys.json") + "store: memory\nidentity: {assertion: true}\n";
  const auto before = deployed(yaml);
  const auto keys = world_.board.keys(before->issuers[0]->key_slot);
  const auto after = deployed("# a comment moves every line\n" + yaml);
  ASSERT_NE(before, after);
  EXPECT_EQ(after->issuers[0], before->issuers[0]);  // what was remembered under it stays good
  EXPECT_EQ(world_.board.keys(after->issuers[0]->key_slot), keys);
  EXPECT_EQ(after->upstreams[0], before->upstreams[0]);  // connections are kept
  EXPECT_EQ(after->stores.database, before->stores.database);
  EXPECT_EQ(after->assertion, before->assertion);
}

TEST_F(DeploymentTest, Reload_OtherSettings_OtherObjects) {
  folder_.write("keys.json", jwks());
  const auto before = deployed(issuer("keys: file:keys.json"));
  const auto after = deployed("upstream: http://127.0.0.1:9001\n" + issuer("keys: file:keys.json", ", leeway: 5s").substr(kUpstream.size()));
  EXPECT_NE(after->issuers[0], before->issuers[0]);
  EXPECT_NE(after->upstreams[0], before->upstreams[0]);
  EXPECT_EQ(after->upstreams[0]->port, 9001);
}

TEST_F(DeploymentTest, Reload_OfWhatTakesARestart_RunsOnAndWarns) {
  world_.store = nullptr;
  const auto before = deployed(kUpstream + "store: sqlite:live.db\n");
  EXPECT_THAT(before->warnings, IsEmpty());
  for (int i = 0; i < 2; ++i) {  // every time: what runs is compared, not what was read last
    const auto after = deployed(kUpstream + "store: sqlite:typo.db\nworkers: 3\ncache: {keys: 7}\n");
    EXPECT_EQ(after->stores.database, before->stores.database);
    EXPECT_FALSE(std::ifstream(at("typo.db"))) << "a store was made";
    EXPECT_EQ(after->config.store, before->config.store);
    EXPECT_EQ(after->config.cache, before->config.cache);
    EXPECT_THAT(after->warnings, ElementsAre(StartsWith("store, workers, cache.keys: ")));
  }
  EXPECT_THAT(deployed(kUpstream + "store: sqlite:live.db\n")->warnings, IsEmpty());
}

TEST_F(DeploymentTest, Reload_OtherKeysInTheFile_NewSlotOrSet) {
  folder_.write("keys.json", jwks());
  const auto before = deployed(issuer("keys: file:keys.json"));
  const auto old_keys = world_.board.keys(before->issuers[0]->key_slot);
  folder_.write("keys.json", jwks());
  const auto after = deployed(issuer("keys: file:keys.json"));
  const auto new_keys = world_.board.keys(after->issuers[0]->key_slot);
  ASSERT_NE(new_keys, nullptr);
  EXPECT_NE(new_keys->fingerprint(), old_keys->fingerprint());
}

TEST_F(DeploymentTest, Reload_Refused_ChangesNoKeysInForce) {
  folder_.write("keys.json", jwks());
  const auto before = deployed(issuer("keys: file:keys.json"));
  const std::size_t slot = before->issuers[0]->key_slot;
  const auto keys = world_.board.keys(slot);
  folder_.write("keys.json", jwks());
  EXPECT_FALSE(faults(issuer("keys: file:keys.json") + "listen: {tls: {certificate: none, key: none}}\n").empty());
  EXPECT_EQ(world_.board.keys(slot), keys);
}

TEST_F(DeploymentTest, Reload_FetchedKeys_KeepTheirSlot) {
  const auto before = deployed(issuer("keys: 'https://id.example/jwks'"));
  const auto after = deployed(issuer("keys: 'https://id.example/jwks'", ", leeway: 5s"));
  EXPECT_EQ(after->issuers[0]->key_slot, before->issuers[0]->key_slot);
  const auto moved = deployed(issuer("keys: 'https://id.example/other'"));
  EXPECT_NE(moved->issuers[0]->key_slot, before->issuers[0]->key_slot);
}

TEST_F(DeploymentTest, Reload_TlsUpstream_MadeAnew) {
  folder_.write("ca.pem", kCertificate);
  const std::string yaml = "upstream: {url: https://127.0.0.1:1, tls: {ca: ca.pem, server_name: up.example}}\n";
  const auto before = deployed(yaml);
  EXPECT_EQ(before->upstreams[0]->server_name, "up.example");
  EXPECT_NE(before->upstreams[0]->tls, nullptr);
  EXPECT_NE(deployed(yaml)->upstreams[0], before->upstreams[0]);  // its authorities may differ
}

TEST_F(DeploymentTest, ListenerTls_IsLoaded_AndAsItWasAtTheStart) {
  folder_.write("c.pem", kCertificate);
  folder_.write("k.pem", kKey);
  const std::string session = kUpstream + "accept: {session: {}}\n", tls = session + "listen: {tls: {certificate: c.pem, key: k.pem}}\n";
  const auto secure = deployed(tls);
  EXPECT_NE(secure->listener_tls, nullptr);
  EXPECT_EQ(secure->login->cookie.name, "__Host-quivive");
  EXPECT_EQ(deployed(session)->listener_tls, secure->listener_tls);
  EXPECT_TRUE(deployed(session)->login->cookie.secure);
  world_.previous = nullptr;  // another process
  EXPECT_EQ(deployed(session)->listener_tls, nullptr);
  EXPECT_EQ(deployed(tls)->listener_tls, nullptr);
  EXPECT_EQ(deployed(tls)->login->cookie.name, "quivive");
}

TEST_F(DeploymentTest, SessionCookies_OfBeforeAReload_AreStillOurs) {
  (void)deployed(kUpstream + "accept: {session: {cookie: first}}\n");
  const auto second = deployed(kUpstream + "accept: {session: {cookie: second}}\n");
  EXPECT_EQ(second->own_cookies, (std::vector<std::string>{"second", "first"}));
  EXPECT_EQ(deployed(kUpstream)->own_cookies, (std::vector<std::string>{"second", "first"}));
  for (int i = 0; i < 20; ++i) (void)deployed(kUpstream + "accept: {session: {cookie: c" + std::to_string(i) + "}}\n");
  EXPECT_EQ(world_.previous->own_cookies.size(), 8U);
  EXPECT_EQ(world_.previous->own_cookies[0], "c19");
}

}  // namespace
}  // namespace quivive::gateway
