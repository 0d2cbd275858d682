// argon2id (RFC 9106) as PHC strings: $argon2id$v=19$m=19456,t=2,p=1$salt$digest.

#include "base/base64.h"
#include "crypto/constant_time.h"
#include "crypto/password_kinds.h"

#include <argon2.h>
#include <fmt/format.h>

#include <sys/mman.h>

#include <charconv>
#include <memory>
#include <new>
#include <optional>

namespace quivive::crypto {
namespace {

struct Argon2Hash {
  std::uint32_t memory_kib = 19 * 1024;
  std::uint32_t passes = 2;
  std::uint32_t lanes = 1;
  std::string salt, digest;
};

constexpr std::uint32_t kMaxLanes = 16;
constexpr std::uint64_t kMaxWork = std::uint64_t{8} * 1024 * 1024;  // KiB times passes: about four seconds
constexpr std::size_t kSaltSize = 16, kDigestSize = 32;

std::string unpadded(std::string text) {
  while (text.ends_with('=')) text.pop_back();
  return text;
}
std::optional<std::string> decode_unpadded(std::string_view text) {
  if (text.ends_with('=')) return std::nullopt;  // one text for each hash
  return base64_decode(std::string(text) + std::string((4 - text.size() % 4) % 4, '='));
}

std::string to_phc(const Argon2Hash& hash) {
  return fmt::format("$argon2id$v=19$m={},t={},p={}${}${}", hash.memory_kib, hash.passes, hash.lanes,
                     unpadded(base64_encode(hash.salt)), unpadded(base64_encode(hash.digest)));
}

// Takes `label`, a number without sign or leading zero, and `end` (unless '\0') off the front of `text`.
bool take_number(std::string_view& text, std::string_view label, char end, std::uint32_t& out) {
  if (!text.starts_with(label)) return false;
  text.remove_prefix(label.size());
  if (text.empty() || text[0] < '1' || text[0] > '9') return false;
  const auto [stop, ec] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (ec != std::errc{}) return false;
  text.remove_prefix(static_cast<std::size_t>(stop - text.data()));
  if (text.empty() || text[0] != end) return false;
  text.remove_prefix(1);
  return true;
}

// "" and the parts, or what is wrong.
std::string parse(std::string_view text, Argon2Hash& out) {
  constexpr std::string_view prefix = "$argon2id$v=19$";
  if (!text.starts_with(prefix)) return "argon2id of a version other than 19";
  text.remove_prefix(prefix.size());
  if (!take_number(text, "m=", ',', out.memory_kib) || !take_number(text, "t=", ',', out.passes) ||
      !take_number(text, "p=", '$', out.lanes)) {
    return "argon2id parameters are not m=…,t=…,p=…";
  }
  if (out.memory_kib > kMaxArgon2MemoryKiB || out.lanes > kMaxLanes ||
      std::uint64_t{out.memory_kib} * out.passes > kMaxWork) {
    return "argon2id parameters ask for too much work";
  }
  if (out.memory_kib < 8 * out.lanes) return "argon2id memory is less than 8 KiB a lane";
  const std::size_t dollar = text.find('$');
  if (dollar == std::string_view::npos || text.size() > 256) return "argon2id without salt or digest";
  auto salt = decode_unpadded(text.substr(0, dollar)), digest = decode_unpadded(text.substr(dollar + 1));
  if (!salt || !digest || salt->size() < 8 || salt->size() > 64 || digest->size() < 16 || digest->size() > 64) {
    return "argon2id salt or digest is damaged";
  }
  out.salt = std::move(*salt);
  out.digest = std::move(*digest);
  return {};
}

// What a thread works in: kept from one hash to the next, since to have the kernel clear 19 MiB costs more than to hash in them.
class WorkMemory {
 public:
  WorkMemory() = default;
  WorkMemory(const WorkMemory&) = delete;
  WorkMemory& operator=(const WorkMemory&) = delete;
  ~WorkMemory() { release(); }

  // As large pages, where the system gives them when asked: one fault where there were 512.
  [[nodiscard]] std::uint8_t* take(std::size_t size) {
    if (size != size_) {
      release();
      const std::size_t whole = (size + kLargePage - 1) / kLargePage * kLargePage + kLargePage;
      void* const mapped = ::mmap(nullptr, whole, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
      if (mapped == MAP_FAILED) return nullptr;
      mapped_ = mapped;
      mapped_size_ = whole;
      size_ = size;
      std::size_t room = whole;
      void* aligned = mapped;
      memory_ = static_cast<std::uint8_t*>(std::align(kLargePage, size, aligned, room));
      ::madvise(memory_, whole - kLargePage, MADV_HUGEPAGE);  // where it cannot, it only takes longer
    }
    return memory_;
  }
  void release() {
    if (mapped_ != nullptr) ::munmap(mapped_, mapped_size_);
    mapped_ = nullptr;
    size_ = 0;
  }

 private:
  static constexpr std::size_t kLargePage = 2 * 1024 * 1024;
  void* mapped_ = nullptr;
  std::size_t mapped_size_ = 0, size_ = 0;
  std::uint8_t* memory_ = nullptr;  // within
};
WorkMemory& work_memory() {
  thread_local WorkMemory memory;
  return memory;
}

int take_memory(std::uint8_t** out, std::size_t size) {
  *out = work_memory().take(size);
  return *out == nullptr ? ARGON2_MEMORY_ALLOCATION_ERROR : ARGON2_OK;
}
void keep_memory(std::uint8_t*, std::size_t) {}  // the library has wiped it

// Into hash.digest, whose size says how much. False if memory ran out.
bool compute(Argon2Hash& hash, std::string_view password) {
  const auto bytes = [](std::string_view s) {
    return const_cast<std::uint8_t*>(reinterpret_cast<const std::uint8_t*>(s.data()));
  };
  argon2_context context{};
  context.out = bytes(hash.digest);
  context.outlen = static_cast<std::uint32_t>(hash.digest.size());
  context.pwd = bytes(password);
  context.pwdlen = static_cast<std::uint32_t>(password.size());
  context.salt = bytes(hash.salt);
  context.saltlen = static_cast<std::uint32_t>(hash.salt.size());
  context.t_cost = hash.passes;
  context.m_cost = hash.memory_kib;
  context.lanes = hash.lanes;
  context.threads = 1;  // the pool is what bounds the work; the library's own threads would not be counted
  context.version = ARGON2_VERSION_13;
  context.flags = ARGON2_DEFAULT_FLAGS;
  context.allocate_cbk = take_memory;
  context.free_cbk = keep_memory;
  return argon2id_ctx(&context) == ARGON2_OK;
}

std::string problem(std::string_view text) {
  Argon2Hash ignored;
  return parse(text, ignored);
}

PasswordVerdict argon2_verify(std::string_view text, std::string_view password) {
  Argon2Hash expected;
  if (!parse(text, expected).empty()) return PasswordVerdict::UnusableHash;
  Argon2Hash got = expected;
  if (!compute(got, password)) return PasswordVerdict::UnusableHash;
  return constant_time_equal(got.digest, expected.digest) ? PasswordVerdict::Match : PasswordVerdict::Mismatch;
}

std::string dummy(std::string_view text) {
  Argon2Hash hash;
  (void)parse(text, hash);
  hash.salt = kDummyText.substr(0, hash.salt.size());
  hash.digest = kDummyText.substr(0, hash.digest.size());
  return to_phc(hash);
}

constexpr std::array<std::string_view, 1> kPrefixes = {"$argon2id$"};

}  // namespace

constinit const PasswordScheme kArgon2idScheme = {
    PasswordHashKind::Argon2id, "argon2id", kPrefixes, problem, argon2_verify, dummy};

Secret make_argon2id(std::string_view password, RandomSource& random) {
  Argon2Hash hash;
  hash.salt = random.bytes(kSaltSize);
  hash.digest.resize(kDigestSize);
  // Only exhausted memory can make it fail, and no other hash may stand in.
  if (!compute(hash, password)) throw std::bad_alloc();
  return Secret(to_phc(hash));
}

void release_password_memory() { work_memory().release(); }

std::string default_dummy() {
  Argon2Hash hash;
  hash.salt = kDummyText.substr(0, kSaltSize);
  hash.digest = kDummyText.substr(0, kDigestSize);
  return to_phc(hash);
}

}  // namespace quivive::crypto
