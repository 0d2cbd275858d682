#pragma once
// Principals without a proof, for tests of what comes after one.

#include "auth/principal.h"

#include <memory>

namespace quivive::auth {

struct PrincipalForTests {
  [[nodiscard]] static std::shared_ptr<const Principal> make(Identity identity, Basis basis = {}) {
    return std::make_shared<const Principal>(Principal::Voucher{}, std::move(identity), std::move(basis));
  }
};

}  // namespace quivive::auth
