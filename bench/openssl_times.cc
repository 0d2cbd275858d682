// Preloaded into the gateway by bench/peers.py: how long libcrypto's verifications take where they are called, between system
// calls and with the caches of a server, not in a loop. At exit, a line for each algorithm in $OPENSSL_TIMES: its name, how many
// there were, and their mean in microseconds without those that an interruption drew out.

#include <dlfcn.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <numeric>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;

class Times {
 public:
  explicit Times(const char* name) : name_(name) { all_.reserve(1 << 20); }  // no allocation in between
  void add(Clock::time_point start) {
    if (all_.size() < all_.capacity()) all_.push_back(std::chrono::duration<double, std::micro>(Clock::now() - start).count());
  }
  void print(std::FILE* out) {
    if (all_.empty()) return;
    std::sort(all_.begin(), all_.end());
    const double median = all_[all_.size() / 2];
    const auto end = std::upper_bound(all_.begin(), all_.end(), 4 * median);
    std::fprintf(out, "%s %zu %.2f\n", name_, all_.size(), std::accumulate(all_.begin(), end, 0.0) / static_cast<double>(end - all_.begin()));
  }

 private:
  const char* name_;
  std::vector<double> all_;
};

struct All {
  Times rsa{"RS256"}, ecdsa{"ES256"}, eddsa{"EdDSA"};
  ~All() {
    const char* path = std::getenv("OPENSSL_TIMES");
    std::FILE* out = path == nullptr ? nullptr : std::fopen(path, "w");
    if (out == nullptr) return;
    for (Times* one : {&rsa, &ecdsa, &eddsa}) one->print(out);
    std::fclose(out);
  }
};
All& all() {
  static All times;
  return times;
}

template <class Function>
Function next(const char* name) {
  void* found = dlsym(RTLD_NEXT, name);
  Function out = nullptr;
  std::memcpy(&out, &found, sizeof out);
  return out;
}

}  // namespace

// libcrypto's own, whose argument types matter to nobody here.
extern "C" int EVP_PKEY_verify(void* context, const unsigned char* signature, std::size_t signature_size, const unsigned char* hash, std::size_t size) {
  static const auto real = next<int (*)(void*, const unsigned char*, std::size_t, const unsigned char*, std::size_t)>("EVP_PKEY_verify");
  Times& times = signature_size == 256 ? all().rsa : all().ecdsa;
  const auto start = Clock::now();
  const int ok = real(context, signature, signature_size, hash, size);
  times.add(start);
  return ok;
}

extern "C" int EVP_DigestVerify(void* context, const unsigned char* signature, std::size_t signature_size, const unsigned char* text, std::size_t size) {
  static const auto real = next<int (*)(void*, const unsigned char*, std::size_t, const unsigned char*, std::size_t)>("EVP_DigestVerify");
  Times& times = all().eddsa;
  const auto start = Clock::now();
  const int ok = real(context, signature, signature_size, text, size);
  times.add(start);
  return ok;
}
