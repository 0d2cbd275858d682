#include "jose/raw_jwt.h"

#include "base/base64.h"
#include "base/json_arena.h"
#include "base/text.h"

#include <algorithm>
#include <cstring>
#include <new>
#include <utility>

namespace quivive::jose {
namespace {

constexpr std::size_t kMaxDepth = 16;
constexpr std::size_t kBlockSize = 4096;

template <class... Args>
JwtFailure malformed(fmt::format_string<Args...> format, Args&&... args) {
  return {Reason::TokenMalformed, fmt::format(format, std::forward<Args>(args)...)};
}

// The octets of one part, in `memory`; nothing if it is not base64url.
std::optional<std::string_view> octets_of(std::string_view part, const JsonMemory& memory) {
  const std::size_t size = base64_decoded_size(part.size());
  auto* const out = static_cast<char*>(memory->allocate(size + 1, 1));  // + 1: the resource knows no block of size 0
  if (!base64url_decode_to(part, out)) return std::nullopt;
  return std::string_view(out, size);
}

// Keeps the last block that a thread let go of for the next token. Given back to the heap, it would be cut up by what is
// remembered of the token, and each token would have to ask the kernel for a new one.
class Spare {
 public:
  ~Spare() { ::operator delete(block_); }
  void* take(std::size_t size) {
    void* const block = std::exchange(block_, nullptr);
    return block != nullptr ? block : ::operator new(size);
  }
  void put(void* block) {
    if (block_ != nullptr) return ::operator delete(block);
    block_ = block;
  }

 private:
  void* block_ = nullptr;
};

// For one type only, by std::allocate_shared, which rebinds it once.
template <class T>
struct SpareAllocator {
  using value_type = T;
  SpareAllocator() = default;
  template <class Other>
  SpareAllocator(const SpareAllocator<Other>&) {}
  T* allocate(std::size_t) { return static_cast<T*>(spare().take(sizeof(T))); }
  void deallocate(T* block, std::size_t) { spare().put(block); }
  bool operator==(const SpareAllocator&) const = default;

 private:
  static Spare& spare() {
    thread_local Spare instance;
    return instance;
  }
};

// One part of the token as a JSON object, in `memory`.
Result<JsonObject, JwtFailure> object_part(std::string_view part, std::string_view name, const JsonMemory& memory) {
  const auto text = octets_of(part, memory);
  if (!text) return malformed("the {} is not base64url without padding", name);
  auto json = parse_json(*text, {.depth = kMaxDepth, .bytes = text->size()}, memory);
  if (!json) return malformed("the {} is {}", name, json.error().message);
  if (!json->is_object()) return malformed("the {} is not a JSON object", name);
  return std::move(json->get_object());
}

// Header parameters that are strings where they are there (RFC 7515 section 4.1).
std::optional<JwtFailure> take_text(const JsonObject& header, std::string_view name, std::string_view& out) {
  const Json* value = member(header, name);
  if (value == nullptr) return std::nullopt;
  if (!value->is_string()) return malformed("the header's {} is not a string", name);
  out = value->get_string();
  return std::nullopt;
}

}  // namespace

// All of a token in one block: reading it must not cost an allocation for each claim. A token that is larger than most
// takes further blocks; all go at once.
struct RawJwt::Contents {
  alignas(std::max_align_t) unsigned char block[kBlockSize];
  JsonArena arena{block, sizeof block};
  const JsonMemory memory{&arena};

  std::string_view compact;
  std::size_t signing_size = 0;  // header, dot, payload
  JsonObject header{memory}, claims{memory};
  std::string_view signature;
  std::string_view algorithm_name, kid, type, content_type, issuer;  // into header and claims
  std::optional<JwsAlgorithm> algorithm;

  Contents() {}  // not defaulted: allocate_shared would fill the block with zeros first
};

Result<RawJwt, JwtFailure> RawJwt::parse(std::string_view compact, std::size_t max_size) {
  if (compact.empty()) return JwtFailure{Reason::TokenEmpty, "no text"};
  if (compact.size() > max_size) return malformed("{} octets; at most {} are read", compact.size(), max_size);
  const std::size_t first = compact.find('.');
  const std::size_t last = first == compact.npos ? first : compact.find('.', first + 1);
  if (last == compact.npos || compact.find('.', last + 1) != compact.npos) {
    const auto dots = std::count(compact.begin(), compact.end(), '.');
    if (dots == 4) return JwtFailure{Reason::TokenEncrypted, "five parts: a JWE"};
    return malformed("{} parts; a compact JWS has 3", dots + 1);
  }

  auto contents = std::allocate_shared<Contents>(SpareAllocator<Contents>{});
  const JsonMemory& memory = contents->memory;
  auto* const copy = static_cast<char*>(memory->allocate(compact.size(), 1));
  std::memcpy(copy, compact.data(), compact.size());
  const std::string_view text = contents->compact = {copy, compact.size()};
  contents->signing_size = last;

  auto header = object_part(text.substr(0, first), "header", memory);
  if (!header) return header.error();
  contents->header = std::move(*header);
  const JsonObject& head = contents->header;
  if (member(head, "alg") == nullptr) return malformed("the header has no alg");
  for (const auto& [name, out] : {std::pair{"alg", &contents->algorithm_name},
                                  {"kid", &contents->kid},
                                  {"typ", &contents->type},
                                  {"cty", &contents->content_type}}) {
    if (auto failure = take_text(head, name, *out)) return std::move(*failure);
  }
  // Threat: "none", in any spelling that some reader takes for it, or nothing where the signature belongs.
  if (iequals(contents->algorithm_name, "none")) return JwtFailure{Reason::TokenAlgNone, "alg is none"};
  if (last + 1 == text.size()) return JwtFailure{Reason::TokenAlgNone, "the signature is empty"};
  if (member(head, "crit") != nullptr) {
    return JwtFailure{Reason::TokenCriticalHeader, "crit is there; no extension is understood"};
  }
  // RFC 7797 changes what is signed; its crit may have been left out to slip past.
  if (member(head, "b64") != nullptr) {
    return JwtFailure{Reason::TokenCriticalHeader, "b64 is there; unencoded payloads are not understood"};
  }
  contents->algorithm = parse_algorithm(contents->algorithm_name);

  const auto signature = octets_of(text.substr(last + 1), memory);
  if (!signature) return malformed("the signature is not base64url without padding");
  contents->signature = *signature;
  auto claims = object_part(text.substr(first + 1, last - first - 1), "payload", memory);
  if (!claims) return claims.error();
  contents->claims = std::move(*claims);
  contents->issuer = string_member(contents->claims, "iss").value_or("");
  return RawJwt(std::move(contents));
}

const JsonObject& RawJwt::header() const { return contents_->header; }
std::string_view RawJwt::algorithm_name() const { return contents_->algorithm_name; }
std::optional<JwsAlgorithm> RawJwt::algorithm() const { return contents_->algorithm; }
std::string_view RawJwt::kid() const { return contents_->kid; }
std::string_view RawJwt::type() const { return contents_->type; }
std::string_view RawJwt::content_type() const { return contents_->content_type; }
const JsonObject& RawJwt::unverified_claims() const { return contents_->claims; }
std::string_view RawJwt::unverified_issuer() const { return contents_->issuer; }
std::string_view RawJwt::signing_input() const { return contents_->compact.substr(0, contents_->signing_size); }
std::string_view RawJwt::signature() const { return contents_->signature; }

bool is_media_type(std::string_view typ, std::string_view subtype) {
  constexpr std::string_view prefix = "application/";
  if (iequals(typ.substr(0, prefix.size()), prefix)) typ.remove_prefix(prefix.size());
  return iequals(typ, subtype);
}

}  // namespace quivive::jose
