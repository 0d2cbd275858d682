// quivive demo: a gateway, something to protect, and commands to paste. All of it is gone when it stops.

#include "auth/api_key_format.h"
#include "backends/sqlite_store.h"
#include "base/base64.h"
#include "cli/commands.h"
#include "cli/options.h"
#include "cli/serving.h"
#include "config/load.h"
#include "crypto/password.h"
#include "gateway/demo_upstream.h"
#include "gateway/whole_file.h"
#include "jose/jwk.h"
#include "jose/jwt_signer.h"

#include <cstdlib>
#include <filesystem>

namespace quivive::cli {
namespace {

constexpr std::string_view kIssuer = "https://id.example.com";
constexpr std::string_view kAudience = "https://api.example.com";

struct TemporaryFolder {
  std::string path;
  ~TemporaryFolder() {
    std::error_code ignored;
    if (!path.empty()) std::filesystem::remove_all(path, ignored);
  }
};

Result<std::string> make_folder() {
  std::string name = (std::filesystem::temp_directory_path() / "quivive-demo-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) return error("cannot make a temporary folder {}", name);
  return name;
}

std::string configuration(const std::string& listen, const std::string& admin, std::uint16_t upstream) {
  return fmt::format(R"(listen: "{}"
admin: "{}"
realm: api.example.com
upstream: http://127.0.0.1:{}
store: sqlite:demo.db
accept:
  bearer:
    issuers:
      - {{issuer: "{}", audience: "{}", keys: "file:keys.json", algorithms: [ES256]}}
  api_key: {{header: X-API-Key}}
  basic: {{}}
routes:
  - {{path: /healthz, public: true}}
  - {{path: /admin/, accept: [bearer], require: {{scope: admin}}}}
  - {{path: /, accept: [bearer, api_key, basic]}}
)",
                     listen, admin, upstream, kIssuer, kAudience);
}

struct Credentials {
  std::string valid, expired, key, password;
};

Result<Credentials> fill_store(store::Store& store, const jose::JwtSigner& signer, Io& io) {
  Credentials out;
  const Instant now = io.clock.now();
  JsonObject claims;
  claims["iss"] = kIssuer;
  claims["aud"] = kAudience;
  claims["sub"] = "ada";
  claims["scope"] = "admin orders:read";
  claims["iat"] = unix_seconds(now);
  claims["exp"] = unix_seconds(now + std::chrono::hours(12));
  auto valid = signer.sign(claims);
  if (!valid) return valid.error();
  claims["iat"] = unix_seconds(now - std::chrono::hours(4));
  claims["exp"] = unix_seconds(now - std::chrono::hours(3));
  auto expired = signer.sign(claims);
  if (!expired) return expired.error();
  out.valid = std::move(*valid);
  out.expired = std::move(*expired);

  const auth::NewApiKey key = auth::generate_api_key(io.random);
  out.key = key.text.reveal(RevealSecret{});
  store::KeyRecord record;
  record.id = key.id;
  record.digest = auth::api_key_digest(out.key);
  record.owner = "demo";
  record.scopes = {"orders:read"};
  record.created = now;
  if (const auto added = store.add_key(record); !added) return added.error();

  out.password = hex_encode(io.random.bytes(6));
  auto hash = crypto::hash_password(out.password, io.random);
  if (!hash) return hash.error();
  store::UserRecord user;
  user.name = "alice";
  user.password_hash = std::move(*hash);
  user.created = user.changed = now;
  if (const auto added = store.add_user(user); !added) return added.error();
  return out;
}

void print_commands(const std::string& url, const std::string& admin, const Credentials& c, Io& io) {
  const auto show = [&](std::string_view what, std::string_view status, std::string_view arguments, std::string_view path) {
    io.out << fmt::format("# {}\ncurl -i {}{}{}{}   # {}\n\n", what, arguments, arguments.empty() ? "" : " ", url, path, status);
  };
  io.out << fmt::format("quivive {}  the demo listens on {}; paste these in another terminal\n\n", QUIVIVE_VERSION, url);
  show("no credentials: refused, and told what to bring", "401 credentials-missing", "", "/admin/users");
  show("a token that expired three hours ago", "401 token-expired", fmt::format("-H 'Authorization: Bearer {}'", c.expired), "/admin/users");
  show("the right token under the wrong scheme", "401 scheme-unsupported", fmt::format("-H 'Authorization: Token {}'", c.valid), "/admin/users");
  show("a valid token", "200", fmt::format("-H 'Authorization: Bearer {}'", c.valid), "/admin/users");
  show("an API key", "200", fmt::format("-H 'X-API-Key: {}'", c.key), "/orders");
  io.out << fmt::format("There is also the user alice with the password {} (curl -u). Every answer has an X-Request-Id:\n", c.password);
  io.out << fmt::format("quivive explain ID{} says what happened. Ctrl-C ends the demo and removes all of it.\n\n",
                        admin == "127.0.0.1:8081" ? "" : " --admin " + admin);
  io.out.flush();
}

}  // namespace

int run_demo(const Command& self, Arguments arguments, Io& io) {
  std::string listen = "127.0.0.1:8080", admin = "127.0.0.1:8081", ready_file;
  Options options(self);
  options.app().add_option("--listen", listen, "Where the gateway listens, 127.0.0.1:8080 unless given")->type_name("ADDRESS");
  options.app().add_option("--admin", admin, "Where its admin listener is, 127.0.0.1:8081 unless given")->type_name("ADDRESS");
  options.app().add_option("--ready-file", ready_file, "Write the addresses there, as JSON, once requests are served")->type_name("FILE");
  if (const auto status = options.parse(arguments, io)) return *status;

  gateway::block_signals();  // before the upstream's thread starts
  TemporaryFolder folder;
  auto made = make_folder();
  if (!made) return fail(self, {kFailed, made.error().message}, io);
  folder.path = std::move(*made);

  auto upstream = gateway::DemoUpstream::start();
  if (!upstream) return fail(self, {kFailed, upstream.error().message}, io);
  auto key = crypto::PrivateKey::generate(crypto::KeyKind::EcP256);
  if (!key) return fail(self, {kFailed, key.error().message}, io);
  const jose::JwsAlgorithm algorithm = jose::default_algorithm(crypto::KeyKind::EcP256);
  JsonObject set;
  set["keys"] = JsonArray{jose::Jwk::from_public_key(key->public_key(), "demo-1", algorithm).to_json()};
  auto signer = jose::JwtSigner::make(*key, algorithm, "demo-1", "at+jwt");
  if (!signer) return fail(self, {kFailed, signer.error().message}, io);
  if (const auto written = gateway::write_whole_file(folder.path + "/keys.json", to_json(set)); !written) {
    return fail(self, {kFailed, written.error().message}, io);
  }

  const std::string file = folder.path + "/quivive.yaml";
  auto loaded = config::load(configuration(listen, admin, (*upstream)->port()), file);
  if (!loaded.config) {
    return fail(self, {kWrong, loaded.diagnostics.empty() ? "the demo's configuration is wrong" : loaded.diagnostics.front().message}, io);
  }
  auto store = backends::SqliteStore::open(folder.path + "/demo.db");
  if (!store) return fail(self, {kFailed, store.error().message}, io);
  auto credentials = fill_store(**store, *signer, io);
  if (!credentials) return fail(self, {kFailed, credentials.error().message}, io);

  gateway::GatewayOptions how;
  how.log_format = log_format(*loaded.config, false);
  how.store = std::move(*store);
  auto gateway = gateway::Gateway::make(*loaded.config, std::move(how));
  if (!gateway) return refuse_start(gateway.error(), io);
  int status = kDone;
  (*gateway)->run([&] {
    print_commands("http://" + endpoint_text((*gateway)->address()), endpoint_text(*(*gateway)->admin_address()), *credentials, io);
    if (ready_file.empty()) return;
    if (const auto written = write_ready_file(ready_file, **gateway); !written) {
      status = fail(self, {kFailed, written.error().message}, io);
      (*gateway)->stop();
    }
  });
  return status;
}

}  // namespace quivive::cli
