#include "diagnose/fingerprints.h"

#include "base/json.h"
#include "base/text.h"

#include <algorithm>
#include <array>

namespace quivive::diagnose {
namespace {

constexpr auto kTable = std::to_array<Fingerprint>({
#define QUIVIVE_FINGERPRINT(text, emitter, cause, certainty, says) \
  {text, emitter, Cause::cause, Certainty::certainty, Fingerprint::Says::says},
#include "diagnose/fingerprints.def"
#undef QUIVIVE_FINGERPRINT
});

constexpr std::size_t kMaxPieces = 256;
constexpr std::size_t kMaxQuote = 240;

struct Piece {
  std::string_view part, name;
  std::string text, lower;
  bool whole = false;  // a sentence of its own, quoted whole
};

class Pieces {
 public:
  explicit Pieces(const Facts& facts) {
    if (facts.response() == nullptr) return;
    for (const http::Challenge& one : facts.challenges.challenges) {
      for (const http::AuthParam& param : one.params) add("response.header", "www-authenticate", param.value, true);
    }
    for (const std::string& line : facts.challenge_lines) add("response.header", "www-authenticate", line, true);
    for (const HeaderField& field : facts.response()->headers.all()) {
      const std::string name = to_lower(field.name);
      static constexpr auto kWords = std::to_array<std::string_view>({"error", "reason", "message", "diagnostic"});
      if (std::any_of(kWords.begin(), kWords.end(), [&](std::string_view word) { return name.find(word) != std::string::npos; }))
        add("response.header", field.name, field.value, true);
    }
    if (facts.body_json) {
      add_json(*facts.body_json, 0);
      add("response.body", "", to_json(*facts.body_json), false);
    }
    add("response.body", "", facts.response()->body, false);
  }

  std::vector<Piece> list;

 private:
  void add(std::string_view part, std::string_view name, std::string_view text, bool whole) {
    if (text.empty() || list.size() >= kMaxPieces) return;
    list.push_back({part, name, std::string(text), to_lower(text), whole});
  }

  void add_json(const Json& value, int depth) {
    if (depth > 16) return;
    if (value.is_string()) add("response.body", "", value.get_string(), true);
    if (value.is_array()) {
      for (const Json& item : value.get_array()) add_json(item, depth + 1);
    }
    if (value.is_object()) {
      for (const auto& [name, item] : value.get_object()) add_json(item, depth + 1);
    }
  }
};

// The end of a JSON string that begins at `begin`.
std::size_t string_end(std::string_view text, std::size_t begin) {
  for (std::size_t at = begin; at < text.size(); ++at) {
    if (text[at] == '\\') ++at;
    else if (text[at] == '"') return at;
  }
  return text.size();
}

// `<Message>Access Denied</Message>` without its element.
std::string_view without_tags(std::string_view text) {
  if (text.starts_with('<') && text.find('>') != std::string_view::npos) text.remove_prefix(text.find('>') + 1);
  if (text.ends_with('>') && text.rfind("</") != std::string_view::npos) text = text.substr(0, text.rfind("</"));
  return text;
}

// The sentence around a match: all of a short piece, the string where the match is a JSON member, else the line or element that
// it is in.
std::string quote_of(const Piece& piece, std::size_t at, std::size_t size) {
  const std::string_view text = piece.text;
  std::size_t begin = 0, end = text.size();
  if (const std::size_t colon = text.substr(at, size).find("\":\""); !piece.whole && colon != std::string_view::npos) {
    begin = at + colon + 3;
    return std::string(text.substr(begin, std::min(string_end(text, begin) - begin, kMaxQuote)));
  }
  if (!piece.whole || text.size() > kMaxQuote) {
    const std::size_t before = text.find_last_of("\n\r<>{}", at == 0 ? 0 : at - 1);
    begin = before == std::string_view::npos || at == 0 ? 0 : before + 1;
    end = std::min(text.find_first_of("\n\r<>{}", at + size), text.size());
    if (end - begin > kMaxQuote) {
      if (at > begin + 40) {
        // From a word's beginning: the rest of a secret would not be known for one.
        const std::size_t space = text.find_first_of(" \t", at - 40);
        begin = space < at ? space + 1 : at;
      }
      end = std::min(end, begin + kMaxQuote);
    }
  }
  std::string_view out = without_tags(text.substr(begin, end - begin));
  while (!out.empty() && (out.front() == ' ' || out.front() == '\t')) out.remove_prefix(1);
  while (!out.empty() && (out.back() == ' ' || out.back() == '\t')) out.remove_suffix(1);
  return std::string(out);
}

// The value that `marker` introduces: in quotation marks, or up to the next white space.
std::string value_after(std::string_view quote, std::string_view lower, std::string_view marker) {
  std::size_t at = lower.find(marker);
  if (at == std::string_view::npos) return "";
  std::string_view rest = quote.substr(at + marker.size());
  while (!rest.empty() && (rest.front() == ' ' || rest.front() == ':' || rest.front() == '=')) rest.remove_prefix(1);
  if (rest.empty()) return "";
  const char open = rest.front();
  if (open == '\'' || open == '"' || open == '[' || open == '(') {
    const char close = open == '[' ? ']' : open == '(' ? ')' : open;
    const std::size_t end = rest.find(close, 1);
    std::string_view value = rest.substr(1, end == std::string_view::npos ? end : end - 1);
    while (!value.empty() && (value.front() == '"' || value.front() == '\'')) value.remove_prefix(1);
    while (!value.empty() && (value.back() == '"' || value.back() == '\'')) value.remove_suffix(1);
    return std::string(value);
  }
  std::string value(rest.substr(0, rest.find_first_of(" \t,;\"'<>")));
  while (!value.empty() && value.back() == '.') value.pop_back();
  return value == "null" ? "" : value;
}

std::string first_value(std::string_view quote, std::span<const std::string_view> markers) {
  const std::string lower = to_lower(quote);
  for (const std::string_view marker : markers) {
    const std::string value = value_after(quote, lower, marker);
    if (value.size() > 2 && value != "null") return value;
  }
  return "";
}

}  // namespace

std::span<const Fingerprint> all_fingerprints() { return kTable; }

std::vector<Said> find_fingerprints(const Facts& facts) {
  const Pieces pieces(facts);
  std::vector<Said> found;
  for (const Fingerprint& row : kTable) {
    for (const Piece& piece : pieces.list) {
      const std::size_t at = piece.lower.find(row.text);
      if (at == std::string::npos) continue;
      found.push_back({&row, std::string(piece.part), std::string(piece.name), quote_of(piece, at, row.text.size())});
      break;
    }
  }
  std::vector<Said> out;
  for (const Said& one : found) {
    const bool within = std::any_of(found.begin(), found.end(), [&](const Said& other) {
      return other.row != one.row && other.row->text.find(one.row->text) != std::string_view::npos;
    });
    if (!within) out.push_back(one);
  }
  return out;
}

std::string expected_in(std::string_view quote) {
  static constexpr auto kMarkers = std::to_array<std::string_view>(
      {"validationparameters.validaudience:", "validationparameters.validissuer:", "validationparameters.validaudiences:",
       "validationparameters.validissuers:", "match with one of the allowed audiences", "it must match the tenant", "expected value of",
       "claim to be:", "expected audience", "a different provider, expected", "expected one of", "expected:", "expected a ", "expected "});
  return first_value(quote, kMarkers);
}

std::string received_in(std::string_view quote) {
  static constexpr auto kMarkers =
      std::to_array<std::string_view>({"the audience '", "the issuer '", "audiences:", "issuer:", "wrong audience or resource",
                                       "from the wrong issuer", "but was:", "but got", "found:", "found ", "(aud) claim", "claim value",
                                       "audience rejected:", "issuer rejected:", " got ", "bad audience:", "received"});
  // The first two markers end in the quotation mark that opens the value.
  const std::string lower = to_lower(quote);
  for (const std::string_view marker : {kMarkers[0], kMarkers[1]}) {
    const std::size_t at = lower.find(marker);
    if (at == std::string::npos) continue;
    const std::string_view rest = quote.substr(at + marker.size());
    const std::string value(rest.substr(0, rest.find('\'')));
    return value == "(null)" ? "" : value;
  }
  return first_value(quote, std::span(kMarkers).subspan(2));
}

}  // namespace quivive::diagnose
