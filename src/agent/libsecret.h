#pragma once
// libsecret, loaded when a keyring is to be asked: neither to build nor to start, the program needs it, or the GLib that comes with it.
// What is declared here is the stable interface of libsecret-1 and GLib 2, and only what is used of it.

#include "base/result.h"

#include <cstddef>
#include <cstdint>

namespace quivive::agent::glib {

struct Bus;          // GDBusConnection
struct Cancellable;  // GCancellable
struct Collection;   // SecretCollection
struct HashTable;    // GHashTable
struct Item;         // SecretItem
struct Service;      // SecretService
struct Value;        // SecretValue

using Boolean = int;                                  // gboolean
using Free = void (*)(void*);                         // GDestroyNotify
using Hash = unsigned (*)(const void*);               // GHashFunc
using Equal = Boolean (*)(const void*, const void*);  // GEqualFunc

struct Fault {  // GError
  std::uint32_t domain;
  int code;
  char* message;
};

struct List {  // GList
  void* data;
  List* next;
  List* previous;
};

struct Schema {  // SecretSchema
  const char* name;
  int flags;
  struct {
    const char* name;
    int type;  // 0: string
  } attributes[32];
  int reserved;
  void* more_reserved[7];
};

inline constexpr int kSessionBus = 2;        // G_BUS_TYPE_SESSION
inline constexpr int kOpenSession = 1 << 1;  // SECRET_SERVICE_OPEN_SESSION
inline constexpr int kSearchAll = 1 << 1;    // SECRET_SEARCH_ALL
inline constexpr int kLoadSecrets = 1 << 3;  // SECRET_SEARCH_LOAD_SECRETS
inline constexpr int kReplaceItem = 1 << 1;  // SECRET_ITEM_CREATE_REPLACE

// Codes of a Fault.
inline constexpr int kServiceUnknown = 2;  // G_DBUS_ERROR_SERVICE_UNKNOWN, of dbus_error_quark()
inline constexpr int kNameHasNoOwner = 3;  // G_DBUS_ERROR_NAME_HAS_NO_OWNER, of the same
inline constexpr int kIsLocked = 2;        // SECRET_ERROR_IS_LOCKED, of error_get_quark()

// The functions under their names without g_ and secret_. What they return is the caller's to give back, unless it is const.
struct Libsecret {
  Bus* (*bus_get_sync)(int type, Cancellable*, Fault**) = nullptr;
  void (*dbus_connection_set_exit_on_close)(Bus*, Boolean) = nullptr;
  std::uint32_t (*dbus_error_quark)() = nullptr;
  Cancellable* (*cancellable_new)() = nullptr;
  void (*cancellable_cancel)(Cancellable*) = nullptr;
  Boolean (*cancellable_is_cancelled)(Cancellable*) = nullptr;
  Free object_unref = nullptr;
  void (*error_free)(Fault*) = nullptr;
  void (*list_free_full)(List*, Free) = nullptr;
  HashTable* (*hash_table_new)(Hash, Equal) = nullptr;
  Boolean (*hash_table_insert)(HashTable*, void* key, void* value) = nullptr;
  void* (*hash_table_lookup)(HashTable*, const void* key) = nullptr;
  Free hash_table_unref = nullptr;
  Hash str_hash = nullptr;
  Equal str_equal = nullptr;

  std::uint32_t (*error_get_quark)() = nullptr;
  Service* (*service_get_sync)(int flags, Cancellable*, Fault**) = nullptr;
  void (*service_disconnect)() = nullptr;
  List* (*service_search_sync)(Service*, const Schema*, HashTable* attributes, int flags, Cancellable*, Fault**) = nullptr;
  Collection* (*collection_for_alias_sync)(Service*, const char* alias, int flags, Cancellable*, Fault**) = nullptr;
  Boolean (*collection_get_locked)(Collection*) = nullptr;
  Item* (*item_create_sync)(Collection*, const Schema*, HashTable* attributes, const char* label, Value*, int flags, Cancellable*,
                            Fault**) = nullptr;
  Boolean (*item_delete_sync)(Item*, Cancellable*, Fault**) = nullptr;
  Boolean (*item_get_locked)(Item*) = nullptr;
  HashTable* (*item_get_attributes)(Item*) = nullptr;
  std::uint64_t (*item_get_modified)(Item*) = nullptr;  // seconds since the epoch
  Value* (*item_get_secret)(Item*) = nullptr;
  Boolean (*item_set_secret_sync)(Item*, Value*, Cancellable*, Fault**) = nullptr;
  Value* (*value_new)(const char* secret, std::ptrdiff_t length, const char* content_type) = nullptr;
  const char* (*value_get)(Value*, std::size_t* length) = nullptr;
  Free value_unref = nullptr;
};

// Loads it, the first time. Never null; lives until the end: GLib has threads of its own. Thread-safe.
[[nodiscard]] const Result<const Libsecret*>& libsecret();

}  // namespace quivive::agent::glib
