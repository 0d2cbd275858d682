// What is no message: a token, or field lines. Each becomes one exchange that is made up to hold it.

#include "base/text.h"
#include "diagnose/readers/field_names.h"
#include "diagnose/readers/lines.h"
#include "diagnose/readers/message.h"
#include "diagnose/text.h"
#include "http/grammar.h"

namespace quivive::diagnose {
namespace readers {
namespace {

Capture loose(Format format) {
  Capture capture;
  capture.format = format;
  capture.is_loose = true;
  capture.exchanges.emplace_back();
  return capture;
}

// `Bearer x`, `DPoP x`: one word of letters and digits, and something behind it.
bool has_auth_scheme(std::string_view text) {
  const std::size_t space = text.find(' ');
  return space != kNone && space > 0 && space <= 20 && http::is_token(text.substr(0, space)) && text.find('.') > space;
}

// Quotes of JSON or a shell around all of it, which were not meant to be sent.
std::string_view without_outer_quotes(std::string_view text) {
  const bool quoted = text.size() >= 2 && (text.front() == '"' || text.front() == '\'') && text.back() == text.front();
  return quoted ? text.substr(1, text.size() - 2) : text;
}

// The marks of curl -v and of its -H.
std::string_view without_mark(std::string_view line, bool& response) {
  response = line.starts_with("< ");
  if (response || line.starts_with("> ")) line.remove_prefix(2);
  if (line.starts_with("-H ")) line = without_outer_quotes(trim_all(line.substr(3)));
  return line;
}

}  // namespace
}  // namespace readers

Read read_token(std::string_view text) {
  using namespace readers;
  if (auto refused = refused_size(Format::Token, text)) return *std::move(refused);
  const std::string plain = undressed(text);
  const std::string_view token = without_outer_quotes(trim_all(plain));
  if (token.empty()) return read_error(Format::Token, text, 0, "there is no token in it");
  Capture capture = loose(Format::Token);
  Request& request = capture.exchanges[0].request.emplace();
  add_field(request.headers, "Authorization", has_auth_scheme(token) ? std::string(token) : "Bearer " + std::string(token));
  return capture;
}

Read read_header(std::string_view text) {
  using namespace readers;
  if (auto refused = refused_size(Format::Header, text)) return *std::move(refused);
  const std::string plain = undressed(text);
  Headers request, response, either;
  bool answered = false;
  {
    FieldLines request_lines(request), response_lines(response), either_lines(either);
    FieldLines* last = nullptr;
    LineReader lines(plain);
    for (Line line; lines.next(line);) {
      bool from_server = false;
      const std::string_view field = without_mark(line.text, from_server);
      if (trim_ows(field).empty()) continue;
      if (!is_field_line(field)) {
        if (last == nullptr) return read_error(Format::Header, text, line.offset, "not a field line (Name: value)");
        last->more("\n");
        last->more(field);
        continue;
      }
      const FieldSide side = from_server ? FieldSide::Response : side_of(trim_ows(field.substr(0, field.find(':'))));
      answered = answered || side == FieldSide::Response;
      last = side == FieldSide::Response ? &response_lines : side == FieldSide::Either ? &either_lines : &request_lines;
      last->line(field);
    }
  }
  // Date and the like are of the response where anything is.
  Headers& home = answered ? response : request;
  for (const HeaderField& field : either.all()) add_field(home, field.name, field.value);
  if (request.empty() && response.empty()) return read_error(Format::Header, text, 0, "there is no field line (Name: value) in it");
  Capture capture = loose(Format::Header);
  if (!request.empty()) capture.exchanges[0].request.emplace().headers = std::move(request);
  if (!response.empty()) capture.exchanges[0].response.emplace().headers = std::move(response);
  return capture;
}

}  // namespace quivive::diagnose
