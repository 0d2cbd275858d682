// quivive client create|list|revoke

#include "base/text.h"
#include "cli/commands.h"
#include "cli/issuer_check.h"
#include "cli/list_records.h"
#include "cli/open_store.h"
#include "cli/show.h"
#include "cli/shown_once.h"
#include "crypto/opaque_token.h"
#include "gateway/whole_file.h"
#include "issuer/grant_types.h"
#include "issuer/redirect_uri.h"
#include "jose/jwk_set.h"
#include "store/oauth_rules.h"

#include <algorithm>

namespace quivive::cli {
namespace {

using store::Change;
using store::ClientProof;
using store::ClientRecord;

constexpr std::size_t kMaxJwksFile = 64 * 1024;

struct ClientWishes {
  std::string id, name, jwks_file;
  std::vector<std::string> scopes, redirect_uris;
  bool is_public = false, device = false, credentials = false;
};

// What the client is for says which grants it may use.
std::vector<std::string> grants_of(const ClientWishes& wishes) {
  std::vector<std::string> out;
  const bool users = !wishes.redirect_uris.empty() || wishes.device;
  if (!wishes.redirect_uris.empty()) out.emplace_back(issuer::kAuthorizationCode);
  if (wishes.device) out.emplace_back(issuer::kDeviceCode);
  if (users) out.emplace_back(issuer::kRefreshToken);
  if (!users || wishes.credentials) out.emplace_back(issuer::kClientCredentials);
  return out;
}

Result<ClientRecord> record_of(const ClientWishes& wishes, Instant now) {
  ClientRecord out;
  out.id = wishes.id;
  out.name = wishes.name;
  out.scopes = wishes.scopes;
  out.redirect_uris = wishes.redirect_uris;
  out.grants = grants_of(wishes);
  out.created = now;
  for (const std::string& uri : wishes.redirect_uris) {
    if (const auto ok = issuer::check_redirect_uri(uri); !ok) return error("--redirect-uri {}: {}", printable(uri, 80), ok.error().message);
  }
  if (wishes.is_public) {
    out.proof = ClientProof::None;
    if (!wishes.jwks_file.empty()) return error("--public and --jwks contradict each other: a public client proves nothing");
    if (out.may_use(issuer::kClientCredentials)) {
      return error("a client without a secret has no access of its own: give --public a --redirect-uri or --device, and leave --client-credentials out");
    }
  }
  if (!wishes.jwks_file.empty()) {
    out.proof = ClientProof::PrivateKeyJwt;
    auto text = gateway::read_whole_file(wishes.jwks_file, kMaxJwksFile);
    if (!text) return error("--jwks: {}", text.error().message);
    if (const auto keys = jose::KeySet::parse(*text); !keys) return error("--jwks {}: {}", printable(wishes.jwks_file), keys.error().message);
    out.jwks = std::move(*text);
  }
  return out;
}

std::string_view proof_name(ClientProof proof) {
  switch (proof) {
    case ClientProof::Secret: return "secret";
    case ClientProof::PrivateKeyJwt: return "private_key_jwt";
    case ClientProof::None: return "none";
  }
  return "";
}

Failure unknown_client(std::string_view id) {
  return {kNo, fmt::format("there is no client '{}'; quivive client list shows them", printable(id, 80))};
}

JsonObject describe_client(const ClientRecord& client) {
  return {{"id", client.id},
          {"name", client.name},
          {"proof", proof_name(client.proof)},
          {"grants", json_strings(client.grants)},
          {"scopes", json_strings(client.scopes)},
          {"redirect_uris", json_strings(client.redirect_uris)},
          {"created", rfc3339(client.created)},
          {"revoked", json_instant(client.revoked)}};
}

}  // namespace

int run_client_create(const Command& self, Arguments arguments, Io& io) {
  Options options(self);
  ClientWishes wishes;
  StoreChoice choice;
  bool json = false;
  options.add_positional("id", wishes.id, "the client_id");
  options.app().add_option("--name", wishes.name, "what users read when they are asked for it; without it, the id")->type_name("TEXT");
  options.app().add_option("--scope", wishes.scopes, "what its tokens may do; repeat for more")->type_name("SCOPE")->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  options.app().add_option("--redirect-uri", wishes.redirect_uris, "users sign in for it, and come back there with a code; repeat for more")
      ->type_name("URI")->expected(1)->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  options.app().add_flag("--device", wishes.device, "users sign in for it by a code that it shows (RFC 8628)");
  options.app().add_flag("--client-credentials", wishes.credentials, "it also gets tokens for itself; without --redirect-uri and --device that is all it does");
  options.app().add_flag("--public", wishes.is_public, "it keeps no secret: an app on a user's device, a page in a browser, a command");
  options.app().add_option("--jwks", wishes.jwks_file, "it proves who it is by signing, with the private half of a key in this file (JWK set)")->type_name("FILE");
  options.add_json(json);
  options.add_store(choice);
  if (const auto status = options.parse(arguments, io)) return *status;

  auto record = record_of(wishes, io.clock.now());
  if (!record) return fail(self, {kWrong, record.error().message}, io);
  Secret secret;
  if (record->proof == ClientProof::Secret) {
    secret = crypto::make_opaque_token(io.random);
    record->secret_digest = crypto::opaque_token_digest(secret.reveal(RevealSecret{}));
  }
  if (const auto ok = store::check_record(*record); !ok) return fail(self, {kWrong, ok.error().message}, io);
  const auto store = open_or_create_store(self, choice, io);
  if (!store) return fail(self, store.error(), io);
  const auto added = (*store)->add_client(*record);
  if (!added) return fail(self, store_failure(added.error()), io);
  if (*added == Change::Exists) return fail(self, {kNo, fmt::format("there is a client '{}' already; an id is never used again", printable(record->id, 80))}, io);
  const auto done = [&] {
    const std::string lost = fmt::format("client {} was made, and its secret could not be shown; end it with quivive client revoke {}, and make one with another id",
                                         printable(record->id, 80), printable(record->id, 80));
    return secret.empty() ? kDone : shown_or_lost(self, lost, io);
  };
  if (json) {
    JsonObject out = describe_client(*record);
    if (!secret.empty()) out["secret"] = secret.reveal(RevealSecret{});
    io.out << to_json(out) << '\n';
    return done();
  }
  io.out << fmt::format("client_id      {}\n", record->id);
  if (!secret.empty()) io.out << fmt::format("client_secret  {}   shown once\n", secret.reveal(RevealSecret{}));
  io.out << fmt::format("grants {}   scopes {}\n", words(record->grants), words(record->scopes));
  return done();
}

int run_client_list(const Command& self, Arguments arguments, Io& io) {
  const auto row = [](const ClientRecord& client) -> std::vector<std::string> {
    return {client.id, client.revoked ? "revoked" : "active", std::string(proof_name(client.proof)), words(client.grants), words(client.scopes),
            date(client.created), client.name};
  };
  const Listing listing{"no clients; make one with: quivive client create ID", {"id", "state", "proof", "grants", "scopes", "created", "name"}, describe_client, row};
  return run_list(self, arguments, io, [](store::Store& store) { return store.list_clients(); }, listing);
}

int run_client_revoke(const Command& self, Arguments arguments, Io& io) {
  Options options(self);
  StoreChoice choice;
  std::string id, issuer;
  options.add_positional("id", id, "the client_id, as client list shows it");
  options.app().add_option("--issuer", issuer, "issuer.url of the gateway's configuration, which says it where --config leads to one")->type_name("URL");
  options.add_store(choice);
  if (const auto status = options.parse(arguments, io)) return *status;

  const auto config = config_of(choice);
  if (!config) return fail(self, config.error(), io);
  if (issuer.empty() && *config && (*config)->issuer) issuer = (*config)->issuer->url;
  if (issuer.empty()) return fail(self, {kWrong, "--issuer is needed, or a --config with an issuer: access tokens are revoked by it"}, io);
  const bool checked = *config && (*config)->issuer;
  if (checked) {
    if (const auto ok = check_issuer(**config, issuer, {(*config)->issuer->url}); !ok) return fail(self, ok.error(), io);
  }
  const auto store = open_store(choice, *config);
  if (!store) return fail(self, store.error(), io);
  const auto revoked = (*store)->revoke_client(id, issuer, io.clock.now());
  if (!revoked) return fail(self, store_failure(revoked.error()), io);
  if (*revoked != Change::Done) return fail(self, unknown_client(id), io);
  io.out << "revoked; every gateway on this store refuses it and its tokens from now on\n";
  if (!checked) tell_unchecked(self, issuer, io);
  return kDone;
}

}  // namespace quivive::cli
