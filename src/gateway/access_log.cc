#include "gateway/access_log.h"

#include "base/json.h"
#include "base/text.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <ctime>
#include <unistd.h>

namespace quivive::gateway {
namespace {

constexpr std::chrono::milliseconds kInterval{40};

std::tm broken_down(Instant t, bool local) {
  const std::time_t seconds = static_cast<std::time_t>(unix_seconds(t));
  std::tm out{};
  local ? localtime_r(&seconds, &out) : gmtime_r(&seconds, &out);
  return out;
}

std::string iso_time(Instant t) {
  const auto ms = t.time_since_epoch().count() % 1000;
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:03}Z", broken_down(t, false), ms);
}

void append_member(std::string& out, std::string_view name, std::string_view value) {
  if (value.empty()) return;
  out += ",\"";
  out += name;
  out += "\":";
  append_json_quoted(out, value);
}

// Who was let in, or why not.
std::string outcome(const AccessRecord& r) {
  std::string out;
  if (r.reason != Reason::Allowed) {
    out = code_of(r.reason);
    if (r.observed) out += " (observed, passed)";
    return out;
  }
  if (!r.key_id.empty()) return fmt::format("key {} (owner: {})", r.key_id.view(), printable(r.principal, 40));
  if (!r.principal.empty()) return fmt::format("{} {}", auth::info(*r.scheme).setting, printable(r.principal, 60));
  return "public";
}

}  // namespace

void append_text_line(std::string& out, const AccessRecord& r) {
  fmt::format_to(std::back_inserter(out), "{:%H:%M:%S}  {:>3}  {:<4} {:<20}  {:<34}  {:<15}  {:>8} ms  {}\n", broken_down(r.time, true), r.status,
                 printable(r.method, 16), printable(r.path, 100), outcome(r), r.remote.view(),
                 fmt::format("{:.2f}", r.micros / 1000.0), r.id.view());
}

void append_json_line(std::string& out, const AccessRecord& r) {
  fmt::format_to(std::back_inserter(out), "{{\"time\":\"{}\",\"status\":{},\"reason\":\"{}\"", iso_time(r.time), r.status, code_of(r.reason));
  if (r.observed) out += ",\"observed\":true";
  append_member(out, "id", r.id);
  append_member(out, "remote", r.remote);
  append_member(out, "method", r.method);
  append_member(out, "path", r.path);
  append_member(out, "route", r.route);
  if (r.scheme) append_member(out, "scheme", auth::info(*r.scheme).setting);
  append_member(out, "subject", r.principal);
  append_member(out, "key", r.key_id);
  fmt::format_to(std::back_inserter(out), ",\"duration_us\":{},\"bytes_in\":{},\"bytes\":{}}}\n", r.micros, r.bytes_in, r.bytes_out);
}

AccessLog::AccessLog(std::vector<RecordRing*> rings, int fd, LogFormat format, bool requests)
    : rings_(std::move(rings)), fd_(fd), format_(format), requests_(requests), thread_([this] { run(); }) {}

AccessLog::~AccessLog() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

void AccessLog::notice(std::string_view level, std::string_view text) {
  std::string line;
  const Instant now = SystemClock().now();
  if (format_ == LogFormat::Json) {
    line = fmt::format("{{\"time\":\"{}\",\"level\":\"{}\",\"message\":{}}}\n", iso_time(now), level, json_quote(text));
  } else {
    line = fmt::format("{:%H:%M:%S}  {}  {}\n", broken_down(now, true), level, printable(text, 2000));
  }
  const std::lock_guard lock(mutex_);
  if (notices_.size() < 1024 * 1024) notices_ += line;
}

void AccessLog::run() {
  std::string out;
  std::unique_lock lock(mutex_);
  while (true) {
    wake_.wait_for(lock, kInterval, [this] { return stopping_; });
    const bool last = stopping_;
    out.swap(notices_);
    lock.unlock();
    drain(out);
    write(out);
    if (last) return;
    lock.lock();
  }
}

void AccessLog::drain(std::string& out) {
  for (RecordRing* ring : rings_) {
    for (const AccessRecord* record = ring->front(); record != nullptr; ring->pop(), record = ring->front()) {
      if (!requests_) continue;
      format_ == LogFormat::Json ? append_json_line(out, *record) : append_text_line(out, *record);
      if (out.size() > 256 * 1024) write(out);
    }
  }
}

void AccessLog::write(std::string& out) {
  std::string_view rest = out;
  while (!rest.empty()) {
    const ssize_t n = ::write(fd_, rest.data(), rest.size());
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) break;  // a full disk or a closed pipe must not stop the gateway
    rest.remove_prefix(static_cast<std::size_t>(n));
  }
  out.clear();
}

}  // namespace quivive::gateway
