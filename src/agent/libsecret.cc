#include "agent/libsecret.h"

#include <dlfcn.h>

#include <cstring>

namespace quivive::agent::glib {
namespace {

constexpr const char* kLibsecretFile = "libsecret-1.so.0";

Result<const Libsecret*> load_libsecret() {
  void* const library = ::dlopen(kLibsecretFile, RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) {
    return error("{} cannot be loaded, through which the Secret Service is asked: install the package libsecret-1-0 ({})", kLibsecretFile,
                 ::dlerror());
  }
  bool all = true;
  const auto find = [&](const char* name, auto& out) {  // in GLib too, which it depends on
    void* const found = ::dlsym(library, name);
    static_assert(sizeof found == sizeof out);
    std::memcpy(&out, &found, sizeof out);  // POSIX: a pointer from dlsym is one to a function
    all = all && found != nullptr;
  };
  static Libsecret functions;
  Libsecret& f = functions;
  find("g_bus_get_sync", f.bus_get_sync);
  find("g_dbus_connection_set_exit_on_close", f.dbus_connection_set_exit_on_close);
  find("g_dbus_error_quark", f.dbus_error_quark);
  find("g_cancellable_new", f.cancellable_new);
  find("g_cancellable_cancel", f.cancellable_cancel);
  find("g_cancellable_is_cancelled", f.cancellable_is_cancelled);
  find("g_object_unref", f.object_unref);
  find("g_error_free", f.error_free);
  find("g_list_free_full", f.list_free_full);
  find("g_hash_table_new", f.hash_table_new);
  find("g_hash_table_insert", f.hash_table_insert);
  find("g_hash_table_lookup", f.hash_table_lookup);
  find("g_hash_table_unref", f.hash_table_unref);
  find("g_str_hash", f.str_hash);
  find("g_str_equal", f.str_equal);
  find("secret_error_get_quark", f.error_get_quark);
  find("secret_service_get_sync", f.service_get_sync);
  find("secret_service_disconnect", f.service_disconnect);
  find("secret_service_search_sync", f.service_search_sync);
  find("secret_collection_for_alias_sync", f.collection_for_alias_sync);
  find("secret_collection_get_locked", f.collection_get_locked);
  find("secret_item_create_sync", f.item_create_sync);
  find("secret_item_delete_sync", f.item_delete_sync);
  find("secret_item_get_locked", f.item_get_locked);
  find("secret_item_get_attributes", f.item_get_attributes);
  find("secret_item_get_modified", f.item_get_modified);
  find("secret_item_get_secret", f.item_get_secret);
  find("secret_item_set_secret_sync", f.item_set_secret_sync);
  find("secret_value_new", f.value_new);
  find("secret_value_get", f.value_get);
  find("secret_value_unref", f.value_unref);
  if (!all) return error("{} is no libsecret that can be used", kLibsecretFile);
  return &functions;
}

}  // namespace

const Result<const Libsecret*>& libsecret() {
  static const Result<const Libsecret*> loaded = load_libsecret();
  return loaded;
}

}  // namespace quivive::agent::glib
