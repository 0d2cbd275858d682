#include "gateway/explain.h"

#include "base/json.h"
#include "base/text.h"
#include "http/target.h"

namespace quivive::gateway {
namespace {

// Fit for JSON, which is UTF-8: what a client sent need not be.
Json text(std::string_view sent) { return is_valid_utf8(sent) ? Json(sent) : Json(printable(sent, 4 * sent.size())); }

std::string_view word(auth::Outcome outcome) {
  switch (outcome) {
    case auth::Outcome::Passed: return "passed";
    case auth::Outcome::Failed: return "failed";
    case auth::Outcome::Skipped: return "skipped";
  }
  return "";
}

std::string_view word(auth::Router::Mismatch why) {
  switch (why) {
    case auth::Router::Mismatch::Path: return "path";
    case auth::Router::Mismatch::Host: return "host";
    case auth::Router::Mismatch::Method: return "method";
  }
  return "";
}

JsonArray passed_over(const TraceEntry& entry, const Deployment& deployment) {
  JsonArray out;
  if (entry.routed_by != deployment.generation) return out;
  // Routes are compared with the one spelling that each path has; a path that was masked or cut is taken as it stands.
  std::string scratch;
  const auto target = http::parse_target(entry.record.path, entry.host, http::EncodedSlash::Pass, scratch);
  const std::string_view path = target ? target->policy_path : entry.record.path.view();
  for (const auto& loser : deployment.router->losers(entry.record.method, entry.host, path)) {
    JsonObject row;
    row["route"] = loser.route->policy->name();
    row["because"] = word(loser.why);
    out.push_back(std::move(row));
  }
  return out;
}

}  // namespace

std::string explain_json(const TraceEntry& entry, const Deployment& deployment) {
  const AccessRecord& r = entry.record;
  JsonObject out;
  out["id"] = r.id.view();
  out["time"] = r.time.time_since_epoch().count();
  out["status"] = r.status;
  out["reason"] = code_of(r.reason);
  out["operator"] = info(r.reason).operator_text;
  out["observed"] = r.observed;
  out["method"] = text(r.method);
  out["path"] = text(r.path);
  out["host"] = text(entry.host);
  out["remote"] = r.remote.view();
  out["route"] = r.route.empty() ? Json(nullptr) : Json(r.route.view());
  out["passed_over"] = passed_over(entry, deployment);
  out["reloaded"] = entry.routed_by != 0 && entry.routed_by != deployment.generation;
  out["scheme"] = r.scheme ? Json(auth::info(*r.scheme).setting) : Json(nullptr);
  out["principal"] = r.principal.empty() ? Json(nullptr) : text(r.principal);
  out["detail"] = text(entry.detail);
  JsonArray checks;
  for (const auth::Check& check : entry.checks) {
    JsonObject row;
    row["name"] = check.name;
    row["outcome"] = word(check.outcome);
    row["note"] = check.note;
    checks.push_back(std::move(row));
  }
  out["checks"] = std::move(checks);
  JsonArray sent;
  std::string_view lines = entry.sent;
  while (!lines.empty()) {
    const std::size_t end = lines.find('\n');
    sent.emplace_back(lines.substr(0, end));
    lines.remove_prefix(end + 1);
  }
  out["sent"] = std::move(sent);
  return to_json(out);
}

}  // namespace quivive::gateway
