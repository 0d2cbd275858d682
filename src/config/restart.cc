#include "config/restart.h"

#include "config/settings.h"

#include <cassert>

namespace quivive::config {

std::vector<std::string_view> keep_until_restart(const Config& running, Config& next) {
  std::vector<std::string_view> kept;
  const auto keep = [&](std::string_view path, const auto& now, auto& wished) {
    const Setting* row = find_setting(path);
    assert(row != nullptr);
    if (row->reloading != Reloading::Restart || now == wished) return;
    wished = now;
    kept.push_back(row->path);
  };
  keep("listen.address", running.listen.address, next.listen.address);
  // Only whether TLS is spoken: the files are another matter.
  if (running.listen.tls.has_value() != next.listen.tls.has_value()) keep("listen.tls", running.listen.tls, next.listen.tls);
  keep("admin", running.admin, next.admin);
  keep("store", running.store, next.store);
  keep("shared", running.shared, next.shared);
  keep("workers", running.workers, next.workers);
  keep("limits.hash_queue", running.limits.hash_queue, next.limits.hash_queue);
  keep("limits.hash_threads", running.limits.hash_threads, next.limits.hash_threads);
  keep("cache.tokens", running.cache.tokens, next.cache.tokens);
  keep("cache.keys", running.cache.keys, next.cache.keys);
  keep("cache.sessions", running.cache.sessions, next.cache.sessions);
  keep("cache.passwords", running.cache.passwords, next.cache.passwords);
  return kept;
}

}  // namespace quivive::config
