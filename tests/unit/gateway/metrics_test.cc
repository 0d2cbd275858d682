#include "gateway/metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

namespace quivive::gateway {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string exposed(std::vector<const Metrics*> workers, const GatewayGauges& gauges = {}) { return expose(workers, gauges); }

TEST(Metrics, Expose_SumsTheWorkers) {
  constexpr std::size_t kBearer = static_cast<std::size_t>(auth::Scheme::Bearer) + 1;  // 0 stands for none
  const auto one = std::make_unique<Metrics>(), two = std::make_unique<Metrics>();
  one->connections_accepted.add(3);
  two->connections_accepted.add();
  one->connections_open.add(5);
  one->connections_open.subtract(2);
  two->log_records_dropped.set(7);
  one->requests[static_cast<std::size_t>(Reason::TokenExpired)][kBearer].add(2);
  two->requests[static_cast<std::size_t>(Reason::TokenExpired)][kBearer].add(2);
  two->requests[static_cast<std::size_t>(Reason::CredentialsMissing)][0].add();
  const std::string out = exposed({one.get(), two.get()});
  for (const std::string_view line : {"\nquivive_connections_accepted_total 4\n", "\nquivive_connections_open 3\n", "\nquivive_log_records_dropped_total 7\n",
                                      "quivive_requests_total{reason=\"token-expired\",scheme=\"bearer\"} 4\n",
                                      "quivive_requests_total{reason=\"credentials-missing\",scheme=\"none\"} 1\n", "# TYPE quivive_connections_open gauge\n",
                                      "# TYPE quivive_connections_accepted_total counter\n"}) {
    EXPECT_THAT(out, HasSubstr(line));
  }
  EXPECT_THAT(out, Not(HasSubstr("reason=\"allowed\"")));  // what never happened has no line
}

TEST(Metrics, Expose_OtherGauges) {
  GatewayGauges gauges;
  gauges.key_sets = {{"https://id\"}\\x\n", true, 12, 5, 2}};
  gauges.hash_queue = 4;
  gauges.store_up = false;
  gauges.reloads = 6;
  gauges.reloads_refused = 1;
  const std::string out = exposed({}, gauges);
  // An issuer's name ends neither its label nor its line.
  constexpr std::string_view kLabel = R"({issuer="https://id\"}\\x\n"})";
  for (const auto& [name, value] : {std::pair{"usable", " 1\n"}, std::pair{"age_seconds", " 12\n"}, std::pair{"fetches_total", " 5\n"}, std::pair{"failures_total", " 2\n"}}) {
    EXPECT_THAT(out, HasSubstr("\nquivive_key_set_" + std::string(name) + std::string(kLabel) + value));
  }
  EXPECT_THAT(out, HasSubstr("\nquivive_hash_queue 4\n"));
  EXPECT_THAT(out, HasSubstr("\nquivive_store_up 0\n"));
  EXPECT_THAT(out, HasSubstr("\nquivive_reloads_total 6\n"));
  EXPECT_THAT(out, HasSubstr("\nquivive_reloads_refused_total 1\n"));
}

TEST(Metrics, EveryDocumentedMetric_IsExposed) {
  GatewayGauges gauges;
  gauges.key_sets = {{"i", true, 0, 0, 0}};
  const auto worker = std::make_unique<Metrics>();
  worker->requests[0][0].add();
  const std::string out = exposed({worker.get()}, gauges);
  const std::string page = metrics_markdown();
  std::size_t rows = 0;
  for (std::size_t at = page.find("\n| `"); at != std::string::npos; at = page.find("\n| `", at + 1), ++rows) {
    const std::string name = page.substr(at + 4, page.find('`', at + 4) - at - 4);
    EXPECT_THAT(out, HasSubstr("# TYPE " + name + " "));
  }
  EXPECT_GE(rows, 20u);
}

TEST(Metrics, ReferencePage_IsTheGeneratedOne) {
  std::ifstream in(QUIVIVE_SOURCE_DIR "/docs/reference/metrics.md", std::ios::binary);
  ASSERT_TRUE(in);
  EXPECT_EQ(std::string(std::istreambuf_iterator<char>(in), {}), metrics_markdown());
}

}  // namespace
}  // namespace quivive::gateway
