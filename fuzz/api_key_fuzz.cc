// API keys as a client sends them: any bytes. A text is accepted only in its one spelling.

#include "auth/api_key_format.h"
#include "auth/credential_mask.h"

#include <cstdlib>

using namespace quivive::auth;

namespace {
void require(bool condition) {
  if (!condition) std::abort();
}
}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto parsed = parse_api_key(text);
  if (parsed) {
    require(text.size() == kApiKeyLength && text.starts_with(kApiKeyPrefix));
    require(parsed->text.data() == text.data() && parsed->id == text.substr(kApiKeyPrefix.size(), kApiKeyIdLength));
    require(looks_like_api_key(text));
    std::string changed(text);
    changed[size / 2] = static_cast<char>(changed[size / 2] ^ 1);
    require(!parse_api_key(changed));
  } else {
    require(!describe(parsed.error()).empty());
  }
  if (const auto found = find_api_key(text)) require(parse_api_key(found->text).has_value());

  // Whatever the bytes are, a key made from them is one of ours, and wrapping it is seen as such.
  class Bytes final : public quivive::RandomSource {
   public:
    explicit Bytes(std::string_view bytes) : bytes_(bytes) {}
    void fill(std::span<std::uint8_t> out) override {
      // Never out of digits: after the input come those that a counter gives.
      for (auto& byte : out) byte = at_ < bytes_.size() ? static_cast<std::uint8_t>(bytes_[at_++]) : static_cast<std::uint8_t>(at_++ % 62);
    }

   private:
    std::string_view bytes_;
    std::size_t at_ = 0;
  } random(text);
  const auto key = generate_api_key(random);
  const std::string made(key.text.reveal(quivive::RevealSecret{}));
  const auto again = parse_api_key(made);
  require(again.has_value() && again->id == key.id);
  require(find_api_key("k=" + made).has_value());
  require(parse_api_key(made + "\n").error() == ApiKeyDefect::BadAlphabet);
  require(parse_api_key(made.substr(3)).error() == ApiKeyDefect::MissingPrefix);

  // The log shows no key, wherever it stands, and everything else as it was.
  for (const std::string& path : {std::string(text), std::string(text) + '/' + made, made + std::string(text)}) {
    const std::string shown = mask_credentials(path);
    require(!find_api_key(shown).has_value() && shown.find(made) == std::string::npos);
    require(may_hold_credential(path) || shown == path);
    require(mask_credentials(shown) == shown);
  }
  return 0;
}
