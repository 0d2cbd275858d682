// All of `quivive why` but the terminal: read, judged, and said in both forms. What the contract promises of every answer.
// The first byte chooses the format, and whether the caller expects something.

#include "base/json.h"
#include "base/text.h"
#include "check.h"
#include "diagnose/diagnosis.h"
#include "diagnose/facts.h"
#include "diagnose/reader.h"
#include "diagnose/render_json.h"
#include "diagnose/render_text.h"

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

namespace quivive::diagnose {
namespace {

constexpr Format kFormats[] = {Format::Curl, Format::CurlVerbose, Format::CurlTrace, Format::Http,
                               Format::Har,  Format::Postman,     Format::Token,     Format::Header};

Expectations expectations(bool some) {
  Expectations out{.clock = from_unix_seconds(1740830400)};
  if (!some) return out;
  out.issuer = "https://id.example.com";
  out.audience = "https://api.example.com";
  out.scope = "orders:read";
  out.algorithm = "RS256";
  out.user = "alice";
  out.password = Secret(std::string("Mufasa:Circle Of Life"));
  out.key_sets = {{"keys.json", R"({"keys":[{"kty":"oct","kid":"k","alg":"HS256","k":"c2VjcmV0LW9mLXRoZS1mdXp6ZXItd2l0aC0zMi1ieXRlcw"}]})"}};
  return out;
}

// Long enough to be no word of ours, in characters that no text of ours joins like that.
bool is_telling(std::string_view secret) {
  return secret.size() >= 40 && std::all_of(secret.begin(), secret.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
         });
}

void check_secrets(const Capture& capture, const Expectations& expected, const Diagnosis& diagnosis) {
  for (const Facts& facts : gather_facts(capture, expected)) {
    for (const SentCredential& credential : facts.credentials) {
      if (!is_telling(credential.rest)) continue;
      const auto shows = [&](const std::string& text) { return text.find(credential.rest) != std::string::npos; };
      for (const Finding& f : diagnosis.findings) {
        FUZZ_CHECK(!shows(f.summary) && !shows(f.detail) && !shows(f.fix));
        for (const Evidence& e : f.evidence) FUZZ_CHECK(!shows(e.text) && !shows(e.mark));
      }
      if (diagnosis.command) FUZZ_CHECK(!shows(*diagnosis.command));
    }
  }
}

void check_diagnosis(const Diagnosis& diagnosis) {
  const bool any_error =
      std::any_of(diagnosis.findings.begin(), diagnosis.findings.end(), [](const Finding& f) { return f.severity == Severity::Error; });
  FUZZ_CHECK(diagnosis.verdict.has_value() == any_error);
  if (diagnosis.verdict) FUZZ_CHECK(diagnosis.findings.at(*diagnosis.verdict).severity == Severity::Error);
  for (const Finding& f : diagnosis.findings) FUZZ_CHECK(!f.summary.empty() && !f.evidence.empty());
}

void check_output(const Capture& capture, const Diagnosis& diagnosis) {
  const std::string json = render_json(capture, diagnosis);
  FUZZ_CHECK(json.ends_with('\n') && std::count(json.begin(), json.end(), '\n') == 1);
  const auto parsed = parse_json(json, {.depth = 16, .bytes = json.size()});
  FUZZ_CHECK(parsed && parsed->is_object());
  FUZZ_CHECK(parsed->get_object().at("findings").as_array().size() == diagnosis.findings.size());
  const std::string text = render_text(capture, diagnosis, {.width = 80, .colour = false});
  FUZZ_CHECK(text.ends_with('\n') && is_valid_utf8(text));
  // Threat: bytes of a stranger that move a terminal's cursor.
  for (const char c : text) FUZZ_CHECK(c == '\n' || (static_cast<unsigned char>(c) >= 0x20 && c != 0x7f));
}

}  // namespace
}  // namespace quivive::diagnose

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace quivive::diagnose;
  if (size == 0) return 0;
  const Expectations expected = expectations((data[0] & 8) != 0);
  const Read read = read_text(kFormats[data[0] & 7], {reinterpret_cast<const char*>(data) + 1, size - 1});
  if (!read) return 0;
  const Diagnosis diagnosis = diagnose(*read, expected);
  check_diagnosis(diagnosis);
  check_secrets(*read, expected, diagnosis);
  check_output(*read, diagnosis);
  return 0;
}
