#include "diagnose/redact.h"

#include "base/base64.h"
#include "base/text.h"
#include "crypto/digest.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

namespace quivive::diagnose {
namespace {

constexpr std::size_t kShortestToken = 24;
constexpr std::string_view kJwtChars = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.";

bool is_word(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

std::uint32_t beginning_of(const char* text) {
  static_assert(sizeof(std::uint32_t) == kShortestSecret);
  std::uint32_t out;
  std::memcpy(&out, text, sizeof out);
  return out;
}

std::string percent_encoded(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (is_word(c) || c == '-' || c == '.' || c == '_' || c == '~') out += c;
    else out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return out;
}

// At a word's edge only, so that the password "test" does not blot out "latest".
bool stands_alone(std::string_view text, std::size_t at, std::size_t size) {
  if (size >= 8) return true;
  const bool before = at == 0 || !is_word(text[at - 1]);
  const bool after = at + size == text.size() || !is_word(text[at + size]);
  return before && after;
}

// The size of what looks like a secret at `at` though it is none that is known: a JWT; 0 where there is none.
std::size_t jwt_size(std::string_view text, std::size_t at) {
  if (!text.substr(at).starts_with("eyJ")) return 0;
  const std::size_t end = std::min(text.find_first_not_of(kJwtChars, at), text.size());
  return end - at >= kShortestToken ? end - at : 0;
}

// A run of letters and digits that may be a secret: for a capture that holds more of them than are kept.
std::size_t run_size(std::string_view text, std::size_t at) {
  if (at > 0 && is_word(text[at - 1])) return 0;
  std::size_t end = at;
  bool digit = false;
  for (; end < text.size() && is_word(text[end]); ++end) digit |= text[end] <= '9';
  return digit && end - at >= 8 ? end - at : 0;
}

// A word of small letters between spaces or before a full stop, outside of quotation marks.
bool is_word_of_a_sentence(std::string_view text, std::size_t begin, std::size_t end) {
  constexpr std::size_t kLongestWord = 16;
  const std::string_view word = text.substr(begin, end - begin);
  const auto is_small = [](char c) { return c >= 'a' && c <= 'z'; };
  if (word.size() > kLongestWord || !std::all_of(word.begin() + 1, word.end(), is_small) || !is_word(word[0])) return false;
  const bool before = begin == 0 || text[begin - 1] == ' ';
  const std::string_view after = text.substr(end);
  const bool behind = after.empty() || after.starts_with(' ') || after.starts_with(',') || after.starts_with(';') ||
                      after.starts_with("'s ") || after == "." || after.starts_with(". ");
  if (!before || !behind) return false;
  bool in_single = false, in_double = false;
  for (std::size_t i = 0; i < begin; ++i) {
    const bool apostrophe = i > 0 && is_word(text[i - 1]) && is_word(text[i + 1]);  // "server's"
    in_single ^= text[i] == '\'' && !apostrophe;
    in_double ^= text[i] == '"';
  }
  return !in_single && !in_double;
}

bool lies_within(std::string_view text, std::size_t begin, std::size_t end, std::string_view own) {
  const std::size_t first = end > own.size() ? end - own.size() : 0;
  const std::size_t at = text.find(own, first);
  return !own.empty() && at != std::string_view::npos && at <= begin;
}

}  // namespace

std::string fingerprint(std::string_view secret) {
  const std::string hex = hex_encode(crypto::sha256(secret).view().substr(0, 4));
  return hex.substr(0, 4) + ' ' + hex.substr(4);
}

std::string shortened(std::string_view secret) {
  if (secret.size() < kShortestToken) return "…";
  return printable(secret.substr(0, 4)) + "…" + printable(secret.substr(secret.size() - 4));
}

Redactor::Redactor(Secrets secrets) : known_(std::move(secrets.known)), complete_(secrets.complete) {
  const std::size_t count = known_.size();
  for (std::size_t i = 0; i < count; ++i) {
    std::string encoded = percent_encoded(known_[i].text);
    if (encoded != known_[i].text) known_.push_back({std::move(encoded), known_[i].hidden});
  }
  std::stable_sort(known_.begin(), known_.end(), [](const auto& a, const auto& b) { return a.text.size() > b.text.size(); });
  for (std::uint32_t i = 0; i < known_.size(); ++i) by_beginning_[beginning_of(known_[i].text.data())].push_back(i);
}

std::size_t Redactor::cut_size(std::string_view text, std::size_t at, std::size_t& tail) const {
  constexpr std::string_view kEllipsis = "…";
  constexpr std::size_t kLeast = 8;
  constexpr std::size_t kFarthest = 512;  // no text of ours is cut later
  const std::size_t size = std::min(text.substr(at, kFarthest).find(kEllipsis), text.size() - at);
  const auto found = by_beginning_.find(beginning_of(text.data() + at));
  if (size < kLeast || found == by_beginning_.end()) return 0;
  const std::string_view behind = text.substr(std::min(at + size + kEllipsis.size(), text.size()));
  for (const std::uint32_t index : found->second) {
    const std::string& secret = known_[index].text;
    if (secret.size() <= size) break;
    if (!secret.starts_with(text.substr(at, size))) continue;
    tail = std::min(behind.find_first_of(" \t\n'\"),;"), behind.size());  // of the same word
    return size;
  }
  return 0;
}

std::vector<Redactor::Span> Redactor::find(std::string_view text) const {
  std::vector<Span> spans;
  std::size_t covered = 0;  // up to here; what ends before it adds nothing
  const auto add = [&](std::size_t at, std::size_t size, bool hidden) {
    if (at + size <= covered) return;
    if (spans.empty() || at >= covered) {
      spans.push_back({at, at + size, hidden});
    } else {
      Span& last = spans.back();
      last.end = at + size;
      last.hidden = true;  // two secrets in one another: the ends of neither are its own
    }
    covered = at + size;
  };
  for (std::size_t at = 0; at + kShortestSecret <= text.size(); ++at) {
    if (const auto found = by_beginning_.find(beginning_of(text.data() + at)); found != by_beginning_.end()) {
      for (const std::uint32_t index : found->second) {
        const auto& [secret, hidden] = known_[index];
        if (at + secret.size() <= covered) break;  // so are all shorter ones
        if (text.substr(at).starts_with(secret) && stands_alone(text, at, secret.size())) add(at, secret.size(), hidden);
      }
    }
    if (at < covered) continue;
    // Threat: a text that was cut for its length before it came here, so that the whole secret is not in it.
    if (std::size_t tail = 0; const std::size_t size = cut_size(text, at, tail)) {
      add(at, size, true);
      if (tail != 0) add(at + size + std::string_view("…").size(), tail, true);
      continue;
    }
    if (const std::size_t size = jwt_size(text, at); size != 0) add(at, size, false);
    else if (!complete_) {
      if (const std::size_t run = run_size(text, at); run != 0) add(at, run, true);  // fails closed
    }
  }
  return spans;
}

std::string Redactor::replace(std::string_view text, const std::vector<Span>& spans, std::vector<std::string>* tokens) {
  std::string out;
  std::size_t from = 0;
  for (const Span& span : spans) {
    out += text.substr(from, span.begin - from);
    const std::string_view secret = text.substr(span.begin, span.end - span.begin);
    out += span.hidden ? std::string("…") : shortened(secret);
    if (tokens != nullptr && !span.hidden && secret.size() >= kShortestToken) tokens->emplace_back(secret);
    from = span.end;
  }
  out += text.substr(from);
  return out;
}

std::vector<Redactor::Span> Redactor::find_outside(std::string_view text, std::span<const std::string_view> own, std::size_t shorter_by) const {
  std::vector<Span> spans = find(text);
  std::erase_if(spans, [&](const Span& span) {
    return std::any_of(own.begin(), own.end(), [&](std::string_view one) {
      return span.end - span.begin + shorter_by <= one.size() && lies_within(text, span.begin, span.end, one);
    });
  });
  return spans;
}

std::string Redactor::prose(std::string_view text, std::span<const std::string_view> own) const {
  std::vector<Span> spans = find_outside(text, own, 0);
  std::erase_if(spans, [&](const Span& span) { return is_word_of_a_sentence(text, span.begin, span.end); });
  return replace(text, spans, nullptr);
}

std::string Redactor::with_fingerprints(std::string_view text, std::span<const std::string_view> own) const {
  std::vector<std::string> tokens;
  // Threat: a secret that is one of those texts itself, quoted.
  std::string out = replace(text, find_outside(text, own, 1), &tokens);
  std::sort(tokens.begin(), tokens.end());
  tokens.erase(std::unique(tokens.begin(), tokens.end()), tokens.end());
  constexpr std::size_t kMost = 2;
  for (std::size_t i = 0; i < tokens.size() && i < kMost; ++i) out += fmt::format("   (fingerprint {})", fingerprint(tokens[i]));
  return out;
}

}  // namespace quivive::diagnose
