#pragma once
// libcurl, loaded when something is to be fetched. It brings some thirty libraries along; linking them at start doubled the time
// of a command that opens no connection.

#include "base/result.h"

#include <curl/curl.h>

namespace quivive::net {

// The functions of libcurl that are used, under their names without "curl_".
struct Libcurl {
  decltype(&::curl_global_init) global_init = nullptr;
  decltype(&::curl_version_info) version_info = nullptr;
  decltype(&::curl_easy_init) easy_init = nullptr;
  decltype(&::curl_easy_setopt) easy_setopt = nullptr;
  decltype(&::curl_easy_perform) easy_perform = nullptr;
  decltype(&::curl_easy_getinfo) easy_getinfo = nullptr;
  decltype(&::curl_easy_reset) easy_reset = nullptr;
  decltype(&::curl_easy_cleanup) easy_cleanup = nullptr;
  decltype(&::curl_easy_strerror) easy_strerror = nullptr;
  decltype(&::curl_slist_append) slist_append = nullptr;
  decltype(&::curl_slist_free_all) slist_free_all = nullptr;
};

// Loads it and makes it ready, the first time. Never null; lives until the end. The first call comes before threads start.
[[nodiscard]] const Result<const Libcurl*>& libcurl();

}  // namespace quivive::net
