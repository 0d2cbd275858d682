#include "config/restart.h"

#include "loading.h"

namespace quivive::config {
namespace {

// That it keeps what the list marks, and nothing else, is in settings_test.cc, which has a value for every setting.

std::vector<std::string_view> kept(std::string_view running, std::string_view next) {
  Config config = loaded(kUpstream + std::string(next));
  return keep_until_restart(loaded(kUpstream + std::string(running)), config);
}

TEST(KeepUntilRestart, EveryChange_Named) {
  const std::string running = "store: sqlite:live.db\n";
  EXPECT_EQ(kept(running, running), std::vector<std::string_view>{});
  EXPECT_EQ(kept(running, "store: sqlite:liv.db\nworkers: 3\nadmin: off\n"), (std::vector<std::string_view>{"admin", "store", "workers"}));
}

TEST(KeepUntilRestart, TlsFiles_MayChange) {
  constexpr std::string_view tls = "listen: {tls: {certificate: a.pem, key: a.key}}\n";
  constexpr std::string_view other = "listen: {tls: {certificate: b.pem, key: b.key}}\n";
  EXPECT_EQ(kept(tls, other), std::vector<std::string_view>{});
  EXPECT_EQ(kept(tls, ""), std::vector<std::string_view>{"listen.tls"});
  EXPECT_EQ(kept("", tls), std::vector<std::string_view>{"listen.tls"});
}

}  // namespace
}  // namespace quivive::config
