#include "http/form.h"

#include "base/control_characters.h"
#include "base/text.h"
#include "http/grammar.h"
#include "http/query.h"

#include <optional>
#include <stdexcept>

namespace quivive::http {
namespace {

constexpr std::string_view kContentType = "application/x-www-form-urlencoded";

// What the standard leaves as it is (the application/x-www-form-urlencoded percent-encode set, section 1.3).
bool is_plain(char c) {
  const char lower = ascii_lower(c);
  return (lower >= 'a' && lower <= 'z') || is_digit(c) || c == '*' || c == '-' || c == '.' || c == '_';
}

// Appends the decoded text; the rule broken, or "".
std::string_view append_decoded(std::string& out, std::string_view sent) {
  const std::size_t begin = out.size();
  for (std::size_t i = 0; i < sent.size(); ++i) {
    const char c = sent[i];
    if (is_control(c)) return "a control character in a form";
    if (c != '%') {
      out += c == '+' ? ' ' : c;
      continue;
    }
    const auto octet = percent_octet(sent, i);
    if (!octet) return "an invalid percent-encoding in a form";
    out += static_cast<char>(*octet);
    i += 2;
  }
  if (!is_valid_utf8(std::string_view(out).substr(begin))) return "a form that is not UTF-8";
  return {};
}

}  // namespace

void throw_exception_from_error(const FormError& error, const boost::source_location&) {
  throw std::logic_error("value() of a refused form: " + std::string(error.detail));
}

Result<Form, FormError> Form::parse(std::string_view body) {
  if (body.size() > kMaxFormBytes) return FormError{"a form that is too long"};
  Form form;
  std::string bytes;
  bytes.reserve(body.size() + 32);  // on the heap, and never moved by growing: no copy of a password is left behind
  std::string_view broken;
  QueryReader reader(body);
  for (QueryPair sent; reader.next(sent);) {
    if (form.size_ == kMaxFormPairs) {
      broken = "a form with too many fields";
      break;
    }
    Pair& pair = form.pairs_[form.size_++];
    pair.begin = static_cast<std::uint16_t>(bytes.size());
    broken = append_decoded(bytes, sent.name);
    if (!broken.empty()) break;
    pair.value = static_cast<std::uint16_t>(bytes.size());
    broken = append_decoded(bytes, sent.value);
    if (!broken.empty()) break;
    pair.end = static_cast<std::uint16_t>(bytes.size());
  }
  form.bytes_ = Secret(std::move(bytes));
  if (!broken.empty()) return FormError{broken};
  return form;
}

FormMatch Form::find(std::string_view decoded_name) const {
  FormMatch match;
  const std::string_view bytes = bytes_.reveal(RevealSecret{});
  for (std::size_t i = 0; i < size_; ++i) {
    const Pair& pair = pairs_[i];
    if (bytes.substr(pair.begin, pair.value - pair.begin) != decoded_name) continue;
    match.value = match.count++ == 0 ? bytes.substr(pair.value, pair.end - pair.value) : std::string_view{};
  }
  return match;
}

bool is_form_content_type(std::string_view content_type) {
  return iequals(trim_ows(content_type.substr(0, content_type.find(';'))), kContentType);
}

void append_form_encoded(std::string& out, std::string_view text) {
  for (const char c : text) {
    if (is_plain(c)) {
      out += c;
    } else if (c == ' ') {
      out += '+';
    } else {
      const auto encoded = percent_encoded(static_cast<std::uint8_t>(c));
      out.append(encoded.data(), encoded.size());
    }
  }
}

void append_form_pair(std::string& out, std::string_view name, std::string_view value) {
  if (!out.empty()) out += '&';
  append_form_encoded(out, name);
  out += '=';
  append_form_encoded(out, value);
}

}  // namespace quivive::http
