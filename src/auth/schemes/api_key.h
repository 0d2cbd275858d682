#pragma once
// API keys: form and checksum without a look-up, then the record, then the digest in constant time.

#include "auth/schemes/outcome.h"

#include <string>
#include <string_view>

namespace quivive::auth {

class ApiKeyCheck {
 public:
  // `text` is borrowed until start() returns. One need: NeedKeyRecord. Noting the use (store::KeyStore::touch_key) is the
  // caller's business.
  explicit ApiKeyCheck(std::string_view text) : text_(text) {}
  [[nodiscard]] Finding start(const CheckContext& context);
  [[nodiscard]] Finding resume(const CheckContext& context, Answer answer);

 private:
  std::string_view text_;
  std::string id_;
  std::string digest_;
};

}  // namespace quivive::auth
