#include "diagnose/url.h"

#include <gtest/gtest.h>

namespace quivive::diagnose {
namespace {

TEST(RegistrableDomain, LastLabels) {
  struct Row {
    std::string_view host, expected;
  };
  static constexpr Row rows[] = {{"www.example.com", "example.com"},
                                 {"example.com", "example.com"},
                                 {"a.b.example.co.uk", "example.co.uk"},
                                 {"example.co.uk", "example.co.uk"},
                                 {"localhost", "localhost"},
                                 {"10.0.0.1", "10.0.0.1"},
                                 {"[::1]", "[::1]"},
                                 {"", ""},
                                 {".", "."}};
  for (const Row& row : rows) EXPECT_EQ(registrable_domain(row.host), row.expected) << row.host;
}

}  // namespace
}  // namespace quivive::diagnose
