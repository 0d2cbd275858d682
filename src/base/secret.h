#pragma once
// Secret: bytes that do not print, log or compare. Reading them takes a token that grep finds.

#include <fmt/format.h>

#include <ostream>
#include <string>
#include <string_view>

namespace quivive {

// Spelt at every place that reads a secret, so that `grep RevealSecret` lists them all.
struct RevealSecret {
  explicit RevealSecret() = default;
};

class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string bytes) : bytes_(std::move(bytes)) {}
  Secret(const Secret&) = default;
  Secret& operator=(const Secret& other);
  Secret(Secret&& other) noexcept;
  Secret& operator=(Secret&& other) noexcept;
  ~Secret() { wipe(); }

  // The bytes, for as long as this object lives. Compare with crypto::constant_time_equal only.
  [[nodiscard]] std::string_view reveal(RevealSecret) const { return bytes_; }
  [[nodiscard]] std::size_t size() const { return bytes_.size(); }
  [[nodiscard]] bool empty() const { return bytes_.empty(); }

  bool operator==(const Secret&) const = delete;
  friend std::ostream& operator<<(std::ostream&, const Secret&) = delete;

 private:
  void wipe() noexcept;  // not optimised away
  std::string bytes_;
};

}  // namespace quivive

template <>
struct fmt::formatter<quivive::Secret> {
  formatter() = delete;  // a Secret in a format string does not compile
};
