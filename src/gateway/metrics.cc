#include "gateway/metrics.h"

#include <fmt/format.h>
#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

namespace quivive::gateway {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;

constexpr MetricType Gauge = MetricType::Gauge;
constexpr MetricType CounterType = MetricType::Counter;

struct Row {
  Counter Metrics::*member;
  std::string_view name;
  MetricType type;
  std::string_view help;
};
#define Counter CounterType  // the list's word for the kind
constexpr Row kRows[] = {
#define QUIVIVE_METRIC(member, name, kind, help) {&Metrics::member, name, kind, help},
#include "gateway/metrics.def"
#undef QUIVIVE_METRIC
};
#undef Counter

// Those that have labels or belong to no worker.
constexpr std::string_view kRequests = "quivive_requests_total";
struct Extra {
  std::string_view name, labels;
  MetricType type;
  std::string_view help;
};
constexpr Extra kExtra[] = {
    {kRequests, "reason, scheme", CounterType, "Requests by verdict; scheme is that of the credential, or none."},
    {"quivive_key_set_usable", "issuer", Gauge, "1 while the issuer's key set can verify tokens."},
    {"quivive_key_set_age_seconds", "issuer", Gauge, "Seconds since the issuer's key set was last fetched."},
    {"quivive_key_set_fetches_total", "issuer", CounterType, "Fetches of the issuer's key set."},
    {"quivive_key_set_failures_total", "issuer", CounterType, "Fetches of the issuer's key set that failed."},
    {"quivive_hash_queue", "", Gauge, "Passwords that wait to be hashed."},
    {"quivive_store_up", "", Gauge, "1 while the store answers."},
    {"quivive_reloads_total", "", CounterType, "Configurations loaded since the start."},
    {"quivive_reloads_refused_total", "", CounterType, "Configurations refused since the start; the one before stayed."},
};

MetricFamily family(std::string_view name, MetricType type, std::string_view help) {
  MetricFamily f;
  f.name = name;
  f.help = help;
  f.type = type;
  return f;
}

void add(MetricFamily& f, double value, std::vector<ClientMetric::Label> labels = {}) {
  ClientMetric m;
  m.label = std::move(labels);
  f.type == Gauge ? m.gauge.value = value : m.counter.value = value;
  f.metric.push_back(std::move(m));
}

MetricFamily extra(std::string_view name) {
  for (const Extra& e : kExtra) {
    if (e.name == name) return family(e.name, e.type, e.help);
  }
  return {};
}

MetricFamily requests(std::span<const Metrics* const> workers) {
  MetricFamily f = extra(kRequests);
  for (std::size_t r = 0; r < kReasonCount; ++r) {
    for (std::size_t s = 0; s <= kSchemeCount; ++s) {
      std::uint64_t sum = 0;
      for (const Metrics* m : workers) sum += m->requests[r][s].get();
      if (sum == 0) continue;
      const std::string_view scheme = s == 0 ? "none" : auth::info(static_cast<auth::Scheme>(s - 1)).setting;
      add(f, static_cast<double>(sum), {{"reason", std::string(all_reasons()[r].code)}, {"scheme", std::string(scheme)}});
    }
  }
  return f;
}

}  // namespace

std::string expose(std::span<const Metrics* const> workers, const GatewayGauges& gauges) {
  std::vector<MetricFamily> families;
  families.push_back(requests(workers));
  for (const Row& row : kRows) {
    std::uint64_t sum = 0;
    for (const Metrics* m : workers) sum += (m->*row.member).get();
    families.push_back(family(row.name, row.type, row.help));
    add(families.back(), static_cast<double>(sum));
  }
  MetricFamily usable = extra("quivive_key_set_usable"), age = extra("quivive_key_set_age_seconds");
  MetricFamily fetches = extra("quivive_key_set_fetches_total"), failures = extra("quivive_key_set_failures_total");
  for (const auto& set : gauges.key_sets) {
    const std::vector<ClientMetric::Label> label{{"issuer", set.issuer}};
    add(usable, set.usable ? 1 : 0, label);
    add(age, static_cast<double>(set.age_seconds), label);
    add(fetches, static_cast<double>(set.fetches), label);
    add(failures, static_cast<double>(set.failures), label);
  }
  for (MetricFamily* f : {&usable, &age, &fetches, &failures}) families.push_back(std::move(*f));
  const auto single = [&](std::string_view name, double value) {
    families.push_back(extra(name));
    add(families.back(), value);
  };
  single("quivive_hash_queue", static_cast<double>(gauges.hash_queue));
  single("quivive_store_up", gauges.store_up ? 1 : 0);
  single("quivive_reloads_total", static_cast<double>(gauges.reloads));
  single("quivive_reloads_refused_total", static_cast<double>(gauges.reloads_refused));
  return prometheus::TextSerializer().Serialize(families);
}

std::string metrics_markdown() {
  std::string out =
      "# Metrics\n\nServed as text at `/metrics` on the admin listener. This page is generated from the list in the source.\n\n"
      "| name | kind | labels | meaning |\n|---|---|---|---|\n";
  const auto line = [&](std::string_view name, MetricType type, std::string_view labels, std::string_view help) {
    out += fmt::format("| `{}` | {} | {} | {} |\n", name, type == Gauge ? "gauge" : "counter", labels, help);
  };
  for (const Extra& e : kExtra) line(e.name, e.type, e.labels, e.help);
  for (const Row& r : kRows) line(r.name, r.type, "", r.help);
  return out;
}

}  // namespace quivive::gateway
