#include "net/libcurl.h"

#include <dlfcn.h>

#include <cstring>

namespace quivive::net {
namespace {

// Named without its version, libcurl.so is there only where programs are built.
constexpr const char* kFile = "libcurl.so.4";

template <class Function>
bool resolve(void* library, const char* name, Function& out) {
  void* const found = ::dlsym(library, name);
  static_assert(sizeof found == sizeof out);
  std::memcpy(&out, &found, sizeof out);  // POSIX: a pointer from dlsym is one to a function
  return found != nullptr;
}

Result<const Libcurl*> load() {
  void* const library = ::dlopen(kFile, RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) return error("{} cannot be loaded, and fetching needs it: install the package libcurl4 ({})", kFile, ::dlerror());
  static Libcurl functions;
  Libcurl& f = functions;
  const bool all = resolve(library, "curl_global_init", f.global_init) && resolve(library, "curl_version_info", f.version_info) &&
                   resolve(library, "curl_easy_init", f.easy_init) && resolve(library, "curl_easy_setopt", f.easy_setopt) &&
                   resolve(library, "curl_easy_perform", f.easy_perform) && resolve(library, "curl_easy_getinfo", f.easy_getinfo) &&
                   resolve(library, "curl_easy_reset", f.easy_reset) && resolve(library, "curl_easy_cleanup", f.easy_cleanup) &&
                   resolve(library, "curl_easy_strerror", f.easy_strerror) &&
                   resolve(library, "curl_slist_append", f.slist_append) && resolve(library, "curl_slist_free_all", f.slist_free_all);
  if (!all) return error("{} is no libcurl that can be used", kFile);
  if (f.global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) return error("libcurl does not start");
  return &functions;
}

}  // namespace

const Result<const Libcurl*>& libcurl() {
  static const Result<const Libcurl*> loaded = load();
  return loaded;
}

}  // namespace quivive::net
