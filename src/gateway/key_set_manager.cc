#include "gateway/key_set_manager.h"

#include "gateway/whole_file.h"
#include "http/url.h"
#include "net/fetch.h"

#include <algorithm>
#include <utility>

namespace quivive::gateway {
namespace {

bool is_https(std::string_view url) { return http::parse_url(url).scheme == "https"; }

}  // namespace

Result<std::string> key_set_url(const std::string& issuer, std::string_view metadata) {
  const auto json = parse_json(metadata);
  if (!json || !json->is_object()) return error("not a JSON object");
  // Threat: metadata of another issuer would name another's keys (OpenID Connect Discovery section 4.3).
  if (string_member(json->get_object(), "issuer") != issuer) return error("its issuer is not {}", issuer);
  const auto jwks_uri = string_member(json->get_object(), "jwks_uri");
  if (!jwks_uri) return error("no jwks_uri");
  // Threat: the network would choose our keys.
  if (is_https(issuer) && !is_https(*jwks_uri)) return error("its jwks_uri is not https");
  return std::string(*jwks_uri);
}

Result<std::string> fetch_key_set(const KeyLocation& location) {
  std::string url = location.url;
  if (url.empty()) {
    std::string issuer = location.issuer;
    while (issuer.ends_with('/')) issuer.pop_back();
    const std::string at = issuer + "/.well-known/openid-configuration";
    auto metadata = net::fetch(at);
    if (!metadata) return metadata.error();
    if (metadata->status != 200) return error("{}: status {}", at, metadata->status);
    auto found = key_set_url(location.issuer, metadata->body);
    if (!found) return error("{}: {}", at, found.error().message);
    url = std::move(*found);
  }
  auto response = net::fetch(url);
  if (!response) return response.error();
  if (response->status != 200) return error("{}: status {}", url, response->status);
  return std::move(response->body);
}

KeySetManager::KeySetManager(FactBoard& board, net::EventLoop& control, net::WorkerPool& fetchers, const Clock& clock,
                             RandomSource& random, Notice notice)
    : board_(board), control_(control), fetchers_(fetchers), clock_(clock), random_(random), notice_(std::move(notice)) {}

std::size_t KeySetManager::slot_for(const KeyLocation& location) {
  for (const auto& [slot, entry] : entries_) {
    if (entry.location.issuer == location.issuer && entry.location.url == location.url) return slot;
  }
  const std::size_t slot = board_.add_slot(location.issuer);
  Entry& entry = entries_.emplace(slot, Entry{location, KeySource(location.timing), {}, {}, 0, 0, false, false, 0}).first->second;
  restore(slot, entry);
  return slot;
}

void KeySetManager::configure(std::size_t slot, const KeyLocation& location) {
  const auto found = entries_.find(slot);
  if (found == entries_.end()) return;
  Entry& entry = found->second;
  entry.location = location;
  entry.source.configure(location.timing);
  if (entry.retired && entry.source.usable(clock_.now())) board_.set_keys(slot, std::exchange(entry.retired, nullptr));
}

void KeySetManager::keep_only(const std::vector<std::size_t>& used) {
  for (auto& [slot, entry] : entries_) entry.orphaned = std::find(used.begin(), used.end(), slot) == used.end();
  std::erase_if(entries_, [&](const auto& item) {
    const auto& [slot, entry] = item;
    if (!entry.orphaned || entry.source.in_flight()) return false;
    board_.clear_slot(slot);
    return true;
  });
}

void KeySetManager::tick() {
  const Instant now = clock_.now();
  for (auto& [slot, entry] : entries_) {
    if (entry.source.due(now, entry.jitter)) fetch(slot, entry);
    retire_if_old(slot, entry, now);
  }
}

void KeySetManager::retire_if_old(std::size_t slot, Entry& entry, Instant now) {
  if (entry.source.usable(now) || !board_.keys(slot)) return;
  entry.retired = board_.keys(slot);
  notice_("warning", fmt::format("the keys of {} are too old to be used; its tokens cannot be verified", entry.location.issuer));
  board_.set_keys(slot, nullptr);
}

void KeySetManager::request(std::size_t slot, KeyWish wish, std::string kid, Reply reply) {
  const auto found = entries_.find(slot);
  if (found == entries_.end()) return reply(board_.keys(slot));  // a file or inline set: there is nothing newer
  Entry& entry = found->second;
  switch (entry.source.advise(wish, kid, clock_.now())) {
    case KeySource::Advice::UseCurrent: return reply(board_.keys(slot));
    case KeySource::Advice::Unavailable: return reply(nullptr);
    case KeySource::Advice::Fetch: break;
  }
  entry.waiting.push_back({wish, std::move(kid), std::move(reply)});
  if (!entry.source.in_flight()) fetch(slot, entry);
}

void KeySetManager::fetch(std::size_t slot, Entry& entry) {
  entry.source.fetch_began();
  ++entry.fetches;
  std::uint8_t byte = 0;
  random_.fill({&byte, 1});
  entry.jitter = byte / 255.0;
  const KeyLocation location = entry.location;
  const bool accepted = fetchers_.submit([this, slot, location] {
    auto document = std::make_shared<Result<std::string>>(fetch_key_set(location));
    control_.mailbox().post([this, slot, document] { fetched(slot, std::move(*document)); });
  });
  if (!accepted) {
    control_.mailbox().post([this, slot] { fetched(slot, error("too many fetches are waiting")); });
  }
}

void KeySetManager::fetched(std::size_t slot, Result<std::string> document) {
  const auto found = entries_.find(slot);
  if (found == entries_.end()) return;
  Entry& entry = found->second;
  entry.tried = true;
  const Instant now = clock_.now();
  // An empty or garbled set is refused here, and the last good one stays.
  auto parsed = document ? jose::KeySet::parse(*document) : Result<jose::KeySet>(document.error());
  if (parsed) {
    entry.source.fetch_succeeded(now);
    adopt(slot, entry, std::move(*parsed), *document);
  } else {
    ++entry.failures;
    entry.source.fetch_failed(now);
    notice_("warning", fmt::format("the keys of {} could not be fetched: {}", entry.location.issuer, parsed.error().message));
    retire_if_old(slot, entry, now);
  }
  const auto current = parsed ? board_.keys(slot) : nullptr;
  auto waiting = std::move(entry.waiting);
  entry.waiting.clear();
  for (Waiting& w : waiting) {
    if (current && w.wish != KeyWish::NeverFetched) entry.source.answered(w.kid, now);
    // An unknown kid proves nothing during an outage; a bad signature is bad by the keys at hand.
    w.reply(!parsed && w.wish == KeyWish::BadSignature ? board_.keys(slot) : current);
  }
  if (!entry.orphaned) return;
  board_.clear_slot(slot);
  entries_.erase(found);
}

// The object stays the same where the keys did: outcomes remembered under it stay good.
void KeySetManager::adopt(std::size_t slot, Entry& entry, jose::KeySet set, std::string_view document) {
  const auto before = board_.keys(slot);
  const std::string& file = entry.location.cache_file;
  // The file's time says how old the keys are when it is read at the next start.
  const auto note_time = [&] { return file.empty() || set_file_time(file, clock_.now()); };
  const bool same = before && before->fingerprint() == set.fingerprint();
  if (same && note_time()) return;
  if (!same) {
    const std::string& issuer = entry.location.issuer;
    notice_("info", fmt::format("{} keys of {} in use", set.keys().size(), issuer));
    for (const std::string& note : set.notes()) notice_("warning", fmt::format("keys of {}: {}", issuer, note));
    board_.set_keys(slot, std::make_shared<const jose::KeySet>(std::move(set)));
    entry.retired = nullptr;
    if (file.empty()) return;
  }
  const auto written = write_whole_file(file, document);
  if (!written) return notice_("warning", written.error().message);
  (void)note_time();
}

void KeySetManager::restore(std::size_t slot, Entry& entry) {
  if (entry.location.cache_file.empty()) return;
  const auto text = read_whole_file(entry.location.cache_file, 1024 * 1024);
  if (!text) return;  // the first start
  auto set = jose::KeySet::parse(*text);
  if (!set) return notice_("warning", fmt::format("{}: ignored: {}", entry.location.cache_file, set.error().message));
  const Instant now = clock_.now();
  const auto written = file_time(entry.location.cache_file);
  entry.source.restored(std::min(written.value_or(Instant{}), now));  // a time to come is none
  if (!entry.source.usable(now)) return notice_("info", fmt::format("{}: ignored: older than max_stale", entry.location.cache_file));
  board_.set_keys(slot, std::make_shared<const jose::KeySet>(std::move(*set)));
}

bool KeySetManager::all_tried() const {
  return std::all_of(entries_.begin(), entries_.end(), [](const auto& item) { return item.second.tried; });
}

void KeySetManager::report(GatewayGauges& gauges) const {
  const Instant now = clock_.now();
  for (const auto& [slot, e] : entries_) {
    GatewayGauges::KeySet row;
    row.issuer = e.location.issuer;
    row.usable = e.source.usable(now);
    if (const auto at = e.source.last_success()) row.age_seconds = (now - *at).count() / 1000;
    row.fetches = e.fetches;
    row.failures = e.failures;
    gauges.key_sets.push_back(std::move(row));
  }
}

}  // namespace quivive::gateway
