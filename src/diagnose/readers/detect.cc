#include "base/text.h"
#include "diagnose/reader.h"
#include "diagnose/readers/curl_script.h"
#include "diagnose/readers/devtools.h"
#include "diagnose/readers/field_names.h"
#include "diagnose/readers/json_kind.h"
#include "diagnose/readers/lines.h"
#include "diagnose/readers/marks.h"
#include "diagnose/readers/message.h"
#include "diagnose/text.h"
#include "http/grammar.h"

#include <algorithm>
#include <array>

namespace quivive::diagnose {
namespace readers {
namespace {

constexpr std::string_view kCopyAsCurl = "in the browser's developer tools choose 'Copy as cURL'";

// What the lines of a text show.
struct Signs {
  bool trace = false, verbose = false, message = false;
  bool first_is_request = false;  // the first line that is neither blank nor a comment, without a version too
};

Signs read_signs(std::string_view text) {
  Signs signs;
  bool first = true;
  LineReader lines(text, true);
  for (Line line; lines.next(line);) {
    const std::string_view plain = trim_ows(line.text);
    if (plain.empty()) continue;
    signs.trace = signs.trace || !from_trace_mark(line.text).empty();
    signs.verbose = signs.verbose || begins_verbose(line.text) || line.text.starts_with("> < HTTP/");
    signs.message = signs.message || parse_status_line(plain) || parse_request_line(line.text);
    if (first && !plain.starts_with('#') && !plain.starts_with("//") && !plain.starts_with('@')) {
      first = false;
      signs.first_is_request = parse_request_line(line.text, true).has_value();
    }
  }
  return signs;
}

bool has_word(std::string_view text, std::string_view word) { return text.find(word) != kNone; }

struct Snippet {
  std::string_view sign, what;
};
// Programs that send requests, by what only they have in them.
constexpr auto kPowerShell = std::to_array<std::string_view>({"Invoke-WebRequest", "Invoke-RestMethod", "invoke-webrequest",
                                                              "invoke-restmethod", "-UseBasicParsing", "curl -Uri", "curl -Headers @{"});
constexpr auto kSnippets = std::to_array<Snippet>({
    {"await fetch(", "a JavaScript fetch call"},
    {"fetch(\"", "a JavaScript fetch call"},
    {"fetch('", "a JavaScript fetch call"},
    {"axios", "JavaScript for axios"},
    {"XMLHttpRequest", "JavaScript"},
    {"import requests", "Python for requests"},
    {"requests.get(", "Python for requests"},
    {"requests.post(", "Python for requests"},
    {"import httpx", "Python for httpx"},
    {"http.client", "Python"},
    {"HttpClient", "a program"},
    {"http.NewRequest(", "Go"},
    {"OkHttpClient", "Java for OkHttp"},
});

bool begins_with_any(std::string_view text, std::initializer_list<std::string_view> list) {
  return std::any_of(list.begin(), list.end(), [&](std::string_view one) { return iequals(text.substr(0, one.size()), one); });
}

// Field lines alone, at least one of them about authentication.
bool is_field_lines(std::string_view text) {
  bool auth = false, any = false;
  LineReader lines(text);
  for (Line line; lines.next(line);) {
    std::string_view field = line.text;
    if (field.starts_with("> ") || field.starts_with("< ")) field.remove_prefix(2);
    if (field.starts_with("-H ")) field = trim_all(field.substr(3));
    if (field.starts_with('\'') || field.starts_with('"')) field.remove_prefix(1);
    if (trim_ows(field).empty()) continue;
    if (!is_field_line(field)) {
      if (!any) return false;
      continue;  // a wrapped line
    }
    any = true;
    auth = auth || is_auth_field(trim_ows(field.substr(0, field.find(':'))));
  }
  return auth;
}

bool is_token_text(std::string_view text) {
  if (text.size() >= 2 && (text.front() == '"' || text.front() == '\'')) text = trim_all(text.substr(1));
  if (text.starts_with("eyJ") && text.substr(0, 40).find(' ') == kNone) return true;
  for (const std::string_view scheme : {"bearer ", "dpop ", "basic ", "token ", "apikey ", "jwt ", "negotiate ", "digest "}) {
    if (iequals(text.substr(0, scheme.size()), scheme)) return text.size() > scheme.size() && text.find('\n') == kNone;
  }
  constexpr std::size_t kShortest = 8;
  return text.size() >= kShortest && std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < '\x7f'; });
}

Result<Format> unrecognised(std::string_view text) {
  if (begins_with_any(text, {"<!doctype", "<html", "<head", "<body"}))
    return error("this looks like an HTML page; save the request itself: {}", kCopyAsCurl);
  if (begins_with_any(text, {"<?xml", "<"})) return error("this looks like XML; save the request itself: {}", kCopyAsCurl);
  for (const Snippet& snippet : kSnippets) {
    if (has_word(text, snippet.sign))
      return error("this looks like {}; {}, or run it and give what went over the wire", snippet.what, kCopyAsCurl);
  }
  if (begins_with_any(text, {"http ", "https ", "xh ", "$ http "}))
    return error("this looks like an HTTPie command; run it with -v --all and give its output");
  if (begins_with_any(text, {"wget ", "$ wget "})) return error("this looks like a wget command; run it with -d and give its output");
  if (begins_with_any(text, {"https://", "http://"}))
    return error("this is a URL alone; give it as an argument, or paste the request that was refused");
  if (is_token_text(text)) return Format::Token;
  return error(
      "this is no format that is known here; give a curl command, the output of curl -v or curl -i, a HAR, a Postman collection, a token, "
      "or a header line");
}

}  // namespace
}  // namespace readers

Result<Format> detect(std::string_view head) {
  using namespace readers;
  head = head.substr(0, kDetectBytes);
  if (head.starts_with("\xff\xfe") || head.starts_with("\xfe\xff"))
    return error("this is UTF-16 text, as PowerShell's > writes it; save it as UTF-8");
  if (head.starts_with("\x1f\x8b") || head.starts_with("PK\x03\x04")) return error("this is compressed; unpack it first");
  if (head.find('\0') != kNone) return error("this is binary data; give the text of the request and its answer");
  const std::string plain = undressed(head);
  const std::string_view text = trim_all(plain);
  if (text.empty()) return error("the input is empty");

  if (text.front() == '[' && text.find_first_of("{\"", 1) == text.find_first_not_of(" \t\r\n", 1))
    return error("this is a JSON array; give a HAR, a Postman collection, or a request and its answer");
  if (text.front() == '{' && !text.starts_with("{{")) {
    const JsonKind kind = json_kind(text);
    if (kind.format) return *kind.format;
    return error("this is JSON, but neither a HAR nor a Postman collection{}{}", kind.otherwise.empty() ? "" : ": it looks like ",
                 kind.otherwise);
  }
  const Signs signs = read_signs(plain);
  if (signs.trace) return Format::CurlTrace;
  if (signs.verbose) return Format::CurlVerbose;
  if (signs.message || signs.first_is_request || is_devtools(text)) return Format::Http;
  for (const std::string_view sign : kPowerShell) {
    if (has_word(text, sign)) return error("this looks like PowerShell; {} (bash or cmd)", kCopyAsCurl);
  }
  if (find_curl(text)) return Format::Curl;
  if (is_field_lines(plain)) return Format::Header;
  return unrecognised(text);
}

}  // namespace quivive::diagnose
