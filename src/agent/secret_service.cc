#include "agent/secret_service.h"

#include "agent/libsecret.h"
#include "base/text.h"

#include <sys/stat.h>

#include <condition_variable>
#include <cstdlib>
#include <memory>
#include <mutex>
#include <string_view>
#include <thread>

namespace quivive::agent {
namespace {

using glib::Libsecret;
using std::chrono::milliseconds;

template <class T>
using Owned = std::unique_ptr<T, glib::Free>;
struct FreeItems {
  const Libsecret& api;
  void operator()(glib::List* items) const { api.list_free_full(items, api.object_unref); }
};
using Items = std::unique_ptr<glib::List, FreeItems>;

constexpr glib::Schema kSchema{.name = "org.quivive.Profile",
                               .flags = 0,
                               .attributes = {{"application", 0}, {"profile", 0}, {"folder", 0}, {"sign_in", 0}},
                               .reserved = 0,
                               .more_reserved = {}};

// Where none is named, GLib would start one.
bool has_session_bus() {
  const char* address = std::getenv("DBUS_SESSION_BUS_ADDRESS");
  if (address != nullptr && *address != '\0') return !std::string_view(address).starts_with("autolaunch:");
  const char* folder = std::getenv("XDG_RUNTIME_DIR");
  struct stat found {};
  return folder != nullptr && *folder == '/' && ::stat((std::string(folder) + "/bus").c_str(), &found) == 0 && S_ISSOCK(found.st_mode);
}

VaultError unanswered(milliseconds patience) {
  return {VaultError::Kind::Failed,
          fmt::format("the Secret Service did not answer within {:.3g} s", static_cast<double>(patience.count()) / 1000)};
}

// What the functions of libsecret are given to stop by, when the time is over.
class TimeLimit {
 public:
  TimeLimit(const Libsecret& api, milliseconds patience)
      : api_(api), cancellable_(api.cancellable_new(), api.object_unref), watch_([this, patience](const std::stop_token& stop) {
          std::unique_lock lock(mutex_);
          if (!done_.wait_for(lock, stop, patience, [&] { return stop.stop_requested(); })) api_.cancellable_cancel(cancellable_.get());
        }) {}
  [[nodiscard]] glib::Cancellable* get() const { return cancellable_.get(); }
  [[nodiscard]] bool over() const { return api_.cancellable_is_cancelled(cancellable_.get()) != 0; }

 private:
  const Libsecret& api_;
  Owned<glib::Cancellable> cancellable_;
  std::mutex mutex_;
  std::condition_variable_any done_;
  std::jthread watch_;  // the last: it uses the others
};

// One connection to the service, and what is asked over it.
class Conversation {
 public:
  // `left` of the patience that there was.
  Conversation(const Libsecret& api, milliseconds patience, milliseconds left)
      : api_(api), patience_(patience), limit_(api, left), bus_(nullptr, api.object_unref), service_(nullptr, api.object_unref) {}
  Conversation(const Conversation&) = delete;
  Conversation& operator=(const Conversation&) = delete;
  ~Conversation() { api_.service_disconnect(); }  // a service that is started anew is met with a new one

  [[nodiscard]] Result<void, VaultError> open() {
    bus_.reset(api_.bus_get_sync(glib::kSessionBus, limit_.get(), &fault_));
    if (bus_ == nullptr) return failed("the session bus cannot be reached", VaultError::Kind::Absent);
    api_.dbus_connection_set_exit_on_close(bus_.get(), 0);  // a bus that ends would end us, whatever we are doing
    service_.reset(api_.service_get_sync(glib::kOpenSession, limit_.get(), &fault_));
    if (service_ == nullptr) return failed("the Secret Service cannot be reached", VaultError::Kind::Failed);
    return {};
  }

  // The collection that new items go into, unlocked.
  [[nodiscard]] Result<Owned<glib::Collection>, VaultError> collection() {
    Owned<glib::Collection> out(api_.collection_for_alias_sync(service_.get(), "default", 0, limit_.get(), &fault_), api_.object_unref);
    if (out == nullptr && fault_ == nullptr && !limit_.over())
      return VaultError{VaultError::Kind::Absent,
                        "the Secret Service has no default keyring; open or make one with the program that it belongs to"};
    if (out == nullptr) return failed("the default keyring cannot be found", VaultError::Kind::Failed);
    if (api_.collection_get_locked(out.get()) != 0) return locked();
    return out;
  }

  // Those of the profile; with its sign_in, where it is not "", one of that sign-in.
  [[nodiscard]] Result<Items, VaultError> search(const VaultItem& item, int flags) {
    const auto attributes = attributes_of(item);
    Items out(api_.service_search_sync(service_.get(), &kSchema, attributes.get(), flags, limit_.get(), &fault_), FreeItems{api_});
    if (fault_ != nullptr || (out == nullptr && limit_.over())) return failed("the keyring cannot be searched", VaultError::Kind::Failed);
    return out;
  }

  [[nodiscard]] Result<Secret, VaultError> load(const VaultItem& item) {
    const auto found = search(item, glib::kSearchAll | glib::kLoadSecrets);
    if (!found) return found.error();
    if (*found == nullptr) {
      // Some services find nothing in what is locked, or have no collection then.
      if (const auto open_one = collection(); !open_one) return open_one.error();
      return VaultError{VaultError::Kind::Missing, fmt::format("the keyring holds no tokens of the profile '{}' any more", item.profile)};
    }
    glib::Item* const one = newest_open(*found);
    if (one == nullptr) return locked();
    const Owned<glib::Value> value(api_.item_get_secret(one), api_.value_unref);
    if (value == nullptr)
      return limit_.over() ? unanswered(patience_) : VaultError{VaultError::Kind::Failed, "the Secret Service does not hand its item out"};
    std::size_t size = 0;
    const char* const bytes = api_.value_get(value.get(), &size);
    return Secret(std::string(bytes, size));
  }

  [[nodiscard]] Result<void, VaultError> store(const VaultItem& item, std::string_view text) {
    const Owned<glib::Value> value(api_.value_new(text.data(), static_cast<std::ptrdiff_t>(text.size()), "application/json"),
                                   api_.value_unref);
    // Where it lies: the default collection may be another one by now, and a second item would leave a spent refresh token in the first.
    const auto found = search(item, glib::kSearchAll);
    if (!found) return found.error();
    if (*found != nullptr) {
      glib::Item* const one = newest_open(*found);
      if (one == nullptr) return locked();
      if (api_.item_set_secret_sync(one, value.get(), limit_.get(), &fault_) == 0)
        return failed("the keyring does not take the tokens", VaultError::Kind::Failed);
      return {};
    }
    const auto into = collection();
    if (!into) return into.error();
    const auto attributes = attributes_of(item);
    const std::string label = "Quivive profile " + item.profile;
    const Owned<glib::Item> made(api_.item_create_sync(into->get(), &kSchema, attributes.get(), label.c_str(), value.get(),
                                                       glib::kReplaceItem, limit_.get(), &fault_),
                                 api_.object_unref);
    if (made == nullptr) return failed("the keyring does not take the tokens", VaultError::Kind::Failed);
    return {};
  }

  [[nodiscard]] Result<void, VaultError> erase_others(const VaultItem& but) {
    VaultItem all = but;
    all.sign_in.clear();
    const auto found = search(all, glib::kSearchAll);
    if (!found) return found.error();
    if (*found == nullptr) {
      if (const auto open_one = collection(); !open_one) return open_one.error();  // as above
    }
    for (const glib::List* at = found->get(); at != nullptr; at = at->next) {
      auto* const one = static_cast<glib::Item*>(at->data);
      if (!but.sign_in.empty() && sign_in_of(one) == but.sign_in) continue;
      if (api_.item_get_locked(one) != 0) return locked();
      if (api_.item_delete_sync(one, limit_.get(), &fault_) == 0)
        return failed("the keyring does not remove its item", VaultError::Kind::Failed);
    }
    return {};
  }

 private:
  // nullptr where all are locked. Several are of one sign-in where the default collection was another one for a while: the others are spent.
  [[nodiscard]] glib::Item* newest_open(const Items& items) const {
    glib::Item* out = nullptr;
    for (const glib::List* at = items.get(); at != nullptr; at = at->next) {
      auto* const one = static_cast<glib::Item*>(at->data);
      if (api_.item_get_locked(one) != 0) continue;
      if (out == nullptr || api_.item_get_modified(one) > api_.item_get_modified(out)) out = one;
    }
    return out;
  }

  [[nodiscard]] static VaultError locked() { return {VaultError::Kind::Locked, "the keyring is locked; unlock it and try again"}; }

  [[nodiscard]] VaultError failed(std::string_view what, VaultError::Kind kind) {
    const std::unique_ptr<glib::Fault, void (*)(glib::Fault*)> fault(std::exchange(fault_, nullptr), api_.error_free);
    if (limit_.over()) return unanswered(patience_);
    if (fault == nullptr) return {kind, std::string(what)};
    const bool nobody = fault->code == glib::kServiceUnknown || fault->code == glib::kNameHasNoOwner;
    if (nobody && fault->domain == api_.dbus_error_quark())
      return {VaultError::Kind::Absent, "there is no Secret Service on the session bus: GNOME Keyring, KWallet and KeePassXC have one"};
    if (fault->code == glib::kIsLocked && fault->domain == api_.error_get_quark()) return locked();
    return {kind, fmt::format("{}: {}", what, printable(fault->message, 200))};
  }

  // Borrows the texts of `item`.
  [[nodiscard]] Owned<glib::HashTable> attributes_of(const VaultItem& item) const {
    auto* const table = api_.hash_table_new(api_.str_hash, api_.str_equal);
    const auto add = [&](const char* name, const char* value) {
      (void)api_.hash_table_insert(table, const_cast<char*>(name), const_cast<char*>(value));  // which it does not change
    };
    add("application", "quivive");
    add("profile", item.profile.c_str());
    add("folder", item.folder.c_str());
    if (!item.sign_in.empty()) add("sign_in", item.sign_in.c_str());
    return {table, api_.hash_table_unref};
  }

  [[nodiscard]] std::string sign_in_of(glib::Item* item) const {
    glib::HashTable* const table = api_.item_get_attributes(item);
    if (table == nullptr) return "";
    const auto* value = static_cast<const char*>(api_.hash_table_lookup(table, "sign_in"));
    std::string out = value == nullptr ? "" : value;
    api_.hash_table_unref(table);
    return out;
  }

  const Libsecret& api_;
  const milliseconds patience_;
  TimeLimit limit_;
  Owned<glib::Bus> bus_;
  Owned<glib::Service> service_;
  glib::Fault* fault_ = nullptr;
};

class SecretServiceVault final : public SecretVault {
 public:
  [[nodiscard]] Result<void, VaultError> ready(milliseconds patience) override {
    return ask(patience, [](Conversation& talk) -> Result<void, VaultError> {
      const auto found = talk.collection();
      if (!found) return found.error();
      return {};
    });
  }
  [[nodiscard]] Result<Secret, VaultError> load(const VaultItem& item, milliseconds patience) override {
    return ask(patience, [&](Conversation& talk) { return talk.load(item); });
  }
  [[nodiscard]] Result<void, VaultError> store(const VaultItem& item, const Secret& text, milliseconds patience) override {
    return ask(patience, [&](Conversation& talk) { return talk.store(item, text.reveal(RevealSecret{})); });
  }
  [[nodiscard]] Result<void, VaultError> erase_others(const VaultItem& but) override {
    return ask(kVaultPatience, [&](Conversation& talk) { return talk.erase_others(but); });
  }

 private:
  template <class Question>
  auto ask(milliseconds patience, Question&& question) -> decltype(question(std::declval<Conversation&>())) {
    if (!has_session_bus())
      return VaultError{VaultError::Kind::Absent,
                        "there is no session bus, and so no Secret Service: neither DBUS_SESSION_BUS_ADDRESS nor "
                        "XDG_RUNTIME_DIR leads to one"};
    const auto& api = glib::libsecret();
    if (!api) return VaultError{VaultError::Kind::Absent, api.error().message};
    const auto until = std::chrono::steady_clock::now() + patience;
    const std::unique_lock turn(mutex_, until);  // the connection is one of the process
    if (!turn) return unanswered(patience);
    Conversation talk(**api, patience, std::chrono::ceil<milliseconds>(until - std::chrono::steady_clock::now()));
    if (auto opened = talk.open(); !opened) return opened.error();
    return question(talk);
  }

  std::timed_mutex mutex_;
};

}  // namespace

void throw_exception_from_error(const VaultError& error, const boost::source_location& at) {
  quivive::throw_exception_from_error(quivive::error("{}", error.message), at);
}

SecretVault& secret_service() {
  static SecretServiceVault vault;
  return vault;
}

}  // namespace quivive::agent
