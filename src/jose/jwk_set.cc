#include "jose/jwk_set.h"

#include "base/text.h"
#include "crypto/digest.h"

#include <algorithm>

namespace quivive::jose {
namespace {

std::string note(std::size_t index, const JsonObject& object, std::string_view verb, std::string_view message) {
  const auto kid = string_member(object, "kid");
  return kid ? fmt::format("key {} (kid {}) {}: {}", index + 1, printable(*kid, 64), verb, message)
             : fmt::format("key {} {}: {}", index + 1, verb, message);
}

// Everything that decides what the key verifies, each piece with its length, so that no two keys have the same text.
std::string identity(const Jwk& key) {
  const std::string_view alg = key.algorithm() ? name_of(*key.algorithm()) : "";
  const std::string material = key.is_symmetric()
                                   ? std::string(crypto::sha256(key.secret()->secret().reveal(RevealSecret{})).view())
                                   : key.thumbprint();
  return fmt::format("{}:{}{}:{}{}:{}", key.kid().size(), key.kid(), alg.size(), alg, material.size(), material);
}

// The key among those of `keys` that satisfy `candidate`. `found_none`: what it means that candidates exist and none fits.
template <class Candidate>
KeySet::Lookup only_fit(std::span<const Jwk> keys, JwsAlgorithm algorithm, KeySet::Found found_none,
                        Candidate candidate) {
  KeySet::Lookup lookup;
  std::size_t candidates = 0, fitting = 0;
  for (const Jwk& key : keys) {
    if (!candidate(key)) continue;
    ++candidates;
    if (!key.fits(algorithm)) continue;
    if (++fitting == 1) lookup.key = &key;
  }
  if (fitting == 1) {
    lookup.found = KeySet::Found::Key;
  } else {
    lookup.key = nullptr;
    lookup.found = fitting > 1 ? KeySet::Found::Ambiguous : candidates > 0 ? found_none : KeySet::Found::Unknown;
  }
  return lookup;
}

}  // namespace

KeySet::KeySet(std::vector<Jwk> keys, std::vector<std::string> notes) : notes_(std::move(notes)) {
  std::vector<std::string> identities;
  for (Jwk& key : keys) {
    std::string id = identity(key);
    if (std::find(identities.begin(), identities.end(), id) != identities.end()) {
      // Twice the same key is not ambiguous: either verifies what the other does.
      notes_.push_back(fmt::format("kid {}: the same key twice", printable(key.kid(), 64)));
      continue;
    }
    identities.push_back(std::move(id));
    keys_.push_back(std::move(key));
  }
  std::sort(identities.begin(), identities.end());
  crypto::Digest sum(crypto::HashKind::Sha256);
  for (const std::string& id : identities) sum.update(id).update("\n");
  fingerprint_ = sum.finish();
}

Result<KeySet> KeySet::parse(std::string_view document, SymmetricKeys symmetric, KeySetLimits limits) {
  if (document.size() > limits.bytes) {
    return error("key set of {} octets; at most {} are read", document.size(), limits.bytes);
  }
  const auto json = parse_json(document, {.depth = 16, .bytes = limits.bytes});
  if (!json) return error("key set is {}", json.error().message);
  const Json* list = json->is_object() ? member(json->get_object(), "keys") : nullptr;
  if (list == nullptr || !list->is_array()) return error("key set is not an object with an array \"keys\"");
  const JsonArray& array = list->get_array();
  if (array.size() > limits.keys) return error("key set of {} keys; at most {} are read", array.size(), limits.keys);

  std::vector<Jwk> keys;
  std::vector<std::string> notes;
  for (std::size_t i = 0; i < array.size(); ++i) {
    if (!array[i].is_object()) {
      notes.push_back(fmt::format("key {} refused: not an object", i + 1));
      continue;
    }
    const JsonObject& object = array[i].get_object();
    auto key = Jwk::from_json(object);
    if (!key) {
      const bool refused = key.error().kind == JwkProblem::Kind::Refused;
      notes.push_back(note(i, object, refused ? "refused" : "skipped", key.error().message));
    } else if (key->is_symmetric() && symmetric == SymmetricKeys::Refuse) {
      // Threat: a secret that anybody can fetch signs for anybody.
      notes.push_back(note(i, object, "refused", "a secret (kty oct) has no place in a published key set"));
    } else {
      keys.push_back(std::move(*key));
    }
  }
  if (keys.empty()) {
    return error("key set holds no usable key{}{}", notes.empty() ? "" : ": ",
                 notes.empty() ? std::string() : fmt::format("{}", fmt::join(notes, "; ")));
  }
  return KeySet(std::move(keys), std::move(notes));
}

Result<KeySet> KeySet::of(std::vector<Jwk> keys) {
  if (keys.empty()) return error("no keys");
  return KeySet(std::move(keys), {});
}

KeySet::Lookup KeySet::find(std::string_view kid, JwsAlgorithm algorithm) const {
  if (kid.empty()) return only_fit(keys_, algorithm, Found::Unknown, [](const Jwk&) { return true; });
  const Lookup named = only_fit(keys_, algorithm, Found::Misfit, [&](const Jwk& key) { return key.kid() == kid; });
  if (named.found != Found::Unknown) return named;
  return only_fit(keys_, algorithm, Found::Unknown, [](const Jwk& key) { return key.kid().empty(); });
}

std::string to_document(const KeySet& set) {
  JsonArray keys;
  for (const Jwk& key : set.keys()) {
    if (!key.is_symmetric()) keys.push_back(key.to_json());
  }
  return to_json(JsonObject{{"keys", std::move(keys)}});
}

}  // namespace quivive::jose
