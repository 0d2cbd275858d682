#pragma once
// The options of all Connection fields of one head (RFC 9110 section 7.6.1).

#include "http/head.h"
#include "http/request.h"

#include <array>
#include <cstddef>
#include <span>
#include <string_view>

namespace quivive::http {

class ConnectionOptions {
 public:
  ConnectionOptions() = default;
  // Collects the options. Borrows from the fields' bytes. The head parsers refuse more than kMaxConnectionOptions and
  // members that are not tokens, so that nothing is lost here.
  explicit ConnectionOptions(std::span<const Field> fields);

  [[nodiscard]] bool contains(std::string_view option) const;  // in any case
  [[nodiscard]] std::span<const std::string_view> names() const { return {options_.data(), size_}; }
  // False where there are only options that name no field (close, keep-alive, upgrade): the usual case.
  [[nodiscard]] bool may_name_fields() const { return may_name_fields_; }

 private:
  std::array<std::string_view, kMaxConnectionOptions> options_;
  std::size_t size_ = 0;
  bool may_name_fields_ = false;
};

}  // namespace quivive::http
