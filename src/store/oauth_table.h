#pragma once
// OAuthTable: clients, grants and signing keys in memory, as OAuthStore's verbs want them, without a lock of its own. Revocations
// are not kept here: what ends hands back the refresh tokens that came of it, of which the caller makes them.

#include "store/oauth_ports.h"
#include "store/oauth_rules.h"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace quivive::store {

class OAuthTable {
 public:
  [[nodiscard]] std::optional<ClientRecord> find_client(std::string_view id) const;
  [[nodiscard]] Change add_client(const ClientRecord& client);
  struct EndedClient {
    Change change = Change::NotFound;
    bool changed = false;                // whether the client's record did
    std::vector<RefreshRecord> dropped;  // its refresh tokens
  };
  [[nodiscard]] EndedClient revoke_client(std::string_view id, Instant at);
  [[nodiscard]] std::vector<ClientRecord> list_clients() const;  // by creation

  [[nodiscard]] Change add_code(const CodeRecord& code);
  [[nodiscard]] OAuthStore::TakenCode take_code(std::string_view digest, std::string_view client);

  [[nodiscard]] Change add_device(const DeviceRecord& device);
  [[nodiscard]] std::optional<DeviceRecord> find_device(std::string_view user_code) const;
  [[nodiscard]] Change decide_device(std::string_view user_code, DeviceState state, std::string_view user, std::string_view password_tag, Instant signed_in);
  [[nodiscard]] std::optional<DeviceRecord> poll_device(std::string_view digest, std::string_view client, Instant at);

  [[nodiscard]] Change add_refresh(const RefreshRecord& token);
  [[nodiscard]] std::optional<RefreshRecord> find_refresh(std::string_view digest) const;
  struct Rotated {
    OAuthStore::Rotation rotation = OAuthStore::Rotation::Unknown;
    std::vector<RefreshRecord> dropped;  // Reused, TooOften: the family's
  };
  [[nodiscard]] Result<Rotated> rotate(std::string_view digest, const RefreshRecord& next, Duration grace);
  [[nodiscard]] std::vector<RefreshRecord> end_family(std::string_view family);  // the tokens that it had

  [[nodiscard]] Result<Change> claim_once(std::string_view id, std::string_view claimant, Instant expires, Instant now);

  [[nodiscard]] Change add_signing_key(const SigningKeyRecord& key, std::string_view newest);
  [[nodiscard]] const std::vector<SigningKeyRecord>& signing_keys() const { return signing_keys_; }
  [[nodiscard]] Change drop_signing_key(std::string_view kid);

  std::size_t remove_all_of(std::string_view user);  // how many were there
  [[nodiscard]] std::size_t forget(Instant expired_before, Instant claimed_before);

 private:
  using Owner = std::pair<std::string, std::string>;  // user, client
  struct Code {
    CodeRecord record;
    bool used = false;
    bool ended = false;  // its family was
  };
  struct Token {
    RefreshRecord record;
    std::size_t successors = 0;
    Descent descent;
  };
  struct Family {
    Owner owner;
    Instant begun;
    std::set<std::string, std::less<>> digests;
  };
  using Families = std::map<std::string, Family, std::less<>>;

  [[nodiscard]] bool is_revoked(std::string_view client) const;
  void insert_token(Family& family, const RefreshRecord& token, Descent descent);
  void overtake_siblings(const Family& family, const Token& token);
  Families::iterator drop_family(Families::iterator family, std::vector<RefreshRecord>& dropped);
  void trim_devices(const DeviceRecord& newest);
  // Makes room for one more; false if there is none.
  [[nodiscard]] bool trim_family(Family& family, std::string_view rotated, Instant at);

  std::map<std::string, ClientRecord, std::less<>> clients_;
  std::map<std::string, Code, std::less<>> codes_;            // by digest
  std::map<std::string, DeviceRecord, std::less<>> devices_;  // by digest
  std::map<std::string, std::string, std::less<>> user_codes_;  // to the digest
  std::map<std::string, Token, std::less<>> tokens_;          // by digest
  Families families_;
  std::map<std::string, Instant, std::less<>> claimed_;
  std::map<std::string, std::multiset<Instant>, std::less<>> claims_of_;  // by claimant: when each claim expires
  std::vector<SigningKeyRecord> signing_keys_;                // as they were added
};

}  // namespace quivive::store
