#include "http/negotiate.h"

#include "base/text.h"
#include "http/grammar.h"

#include <algorithm>
#include <array>

namespace quivive::http {
namespace {

constexpr std::size_t kMaxRanges = 64;

// weight = OWS ";" OWS "q=" qvalue, in thousandths (RFC 9110 section 12.4.2); nothing where it is not one.
std::optional<unsigned> parse_qvalue(std::string_view text) {
  if (text.empty() || text.size() > 5 || (text[0] != '0' && text[0] != '1')) return std::nullopt;
  unsigned value = static_cast<unsigned>(text[0] - '0') * 1000;
  if (text.size() == 1) return value;
  if (text[1] != '.') return std::nullopt;
  unsigned place = 100;
  for (const char c : text.substr(2)) {
    if (!is_digit(c)) return std::nullopt;
    value += static_cast<unsigned>(c - '0') * place;
    place /= 10;
  }
  return value <= 1000 ? std::optional(value) : std::nullopt;
}

// media-range [ weight ] (RFC 9110 section 12.5.1)
struct MediaRange {
  std::string_view type, subtype;
  unsigned quality = 1000;
};

std::optional<MediaRange> parse_range(std::string_view element) {
  MediaRange range;
  range.type = take_token(element);
  if (range.type.empty() || !element.starts_with('/')) return std::nullopt;
  element.remove_prefix(1);
  range.subtype = take_token(element);
  if (range.subtype.empty() || (range.type == "*" && range.subtype != "*")) return std::nullopt;
  while (skip_ows(element), !element.empty()) {
    if (!element.starts_with(';')) return std::nullopt;
    element.remove_prefix(1);
    skip_ows(element);
    const std::string_view name = take_token(element);
    if (name.empty() && (element.empty() || element.starts_with(';'))) continue;
    if (!element.starts_with('=')) return std::nullopt;
    element.remove_prefix(1);
    std::string_view value = take_raw_quoted_string(element);
    if (value.empty()) value = take_token(element);
    if (!iequals(name, "q")) continue;
    const auto quality = parse_qvalue(value);
    if (!quality) return std::nullopt;
    range.quality = *quality;
  }
  return range;
}

// How closely the range fits: 0 not at all, then any, type, type and subtype.
int specificity(const MediaRange& range, std::string_view media_type) {
  if (range.type == "*") return 1;
  const std::size_t slash = media_type.find('/');
  if (!iequals(range.type, media_type.substr(0, slash))) return 0;
  if (range.subtype == "*") return 2;
  return iequals(range.subtype, media_type.substr(slash + 1)) ? 3 : 0;
}

class Ranges {
 public:
  void add(std::string_view accept) {
    for (std::size_t read = 0; read < kMaxRanges && size_ < kMaxRanges; ++read) {
      const auto element = take_list_element(accept);
      if (!element) return;
      if (const auto range = parse_range(*element)) ranges_[size_++] = *range;
    }
  }

  [[nodiscard]] bool empty() const { return size_ == 0; }
  [[nodiscard]] std::optional<std::size_t> choose(std::span<const std::string_view> offered) const {
    std::optional<std::size_t> best;
    unsigned best_quality = 0;
    for (std::size_t i = 0; i < offered.size(); ++i) {
      const unsigned quality = quality_of(offered[i]);
      if (quality <= best_quality) continue;
      best = i;
      best_quality = quality;
    }
    return best;
  }
  [[nodiscard]] bool names(std::string_view media_type) const {
    return std::any_of(ranges_.begin(), ranges_.begin() + static_cast<std::ptrdiff_t>(size_),
                       [&](const MediaRange& range) { return range.quality > 0 && specificity(range, media_type) == 3; });
  }

 private:
  [[nodiscard]] unsigned quality_of(std::string_view media_type) const {
    int closest = 0;
    unsigned quality = 0;
    for (std::size_t i = 0; i < size_; ++i) {
      const int fit = specificity(ranges_[i], media_type);
      if (fit <= closest) continue;
      closest = fit;
      quality = ranges_[i].quality;
    }
    return quality;
  }

  std::array<MediaRange, kMaxRanges> ranges_;
  std::size_t size_ = 0;
};

Ranges read_accept(std::span<const Field> fields) {
  Ranges ranges;
  for (const Field& field : fields) {
    if (field.id == FieldId::Accept) ranges.add(field.value);
  }
  return ranges;
}

}  // namespace

std::optional<std::size_t> choose_media_type(std::span<const std::string_view> offered, std::string_view accept) {
  const Field field{"Accept", accept, FieldId::Accept};
  return choose_media_type(offered, std::span(&field, 1));
}

std::optional<std::size_t> choose_media_type(std::span<const std::string_view> offered, std::span<const Field> fields) {
  const Ranges ranges = read_accept(fields);
  if (ranges.empty()) return offered.empty() ? std::nullopt : std::optional<std::size_t>(0);
  return ranges.choose(offered);
}

bool names_media_type(std::string_view media_type, std::span<const Field> fields) { return read_accept(fields).names(media_type); }

}  // namespace quivive::http
