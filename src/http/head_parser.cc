#include "http/head_parser.h"

#include "base/text.h"
#include "http/grammar.h"
#include "http/head_reader.h"
#include "http/host.h"

#include <algorithm>

namespace quivive::http {
namespace {

using detail::FramingFields;
using detail::HeadReader;
using detail::HeadReasons;

constexpr HeadReasons kRequestReasons{Reason::RequestMalformed, Reason::RequestHeaderTooLarge};
constexpr HeadReasons kResponseReasons{Reason::UpstreamMalformed, Reason::UpstreamMalformed};

HeadResult malformed_request(std::string_view detail, std::size_t offset) {
  return {HeadStatus::Failed, Reason::RequestMalformed, detail, offset};
}

// What can be said before the head is complete: at most one empty line before the request line (RFC 9112 section 2.2),
// then a token. NeedMore sets `begin` to where the request line starts.
HeadResult check_beginning(std::string_view buffer, std::size_t& begin) {
  if (buffer.empty()) return {};
  if (buffer[0] == '\r') {
    if (buffer.size() < 2) return {};
    if (buffer[1] != '\n') return malformed_request("CR without LF", 0);
    begin = 2;
    if (buffer.size() == 2) return {};
    if (buffer[2] == '\r' || buffer[2] == '\n') return malformed_request("more than one empty line before the request", 2);
  }
  if (is_tchar(buffer[begin])) return {};
  if (buffer[begin] == '\x16') return malformed_request("a TLS handshake where an HTTP request should be", begin);
  if (buffer[begin] == '\n') return malformed_request("a line ends in LF without CR", begin);
  return malformed_request("the request does not begin with a method", begin);
}

// HTTP-version = "HTTP/1." ( "0" / "1" ) (RFC 9112 section 2.3)
bool read_version(HeadReader& reader, std::uint8_t& minor) {
  if (reader.take("HTTP/1.1")) {
    minor = 1;
  } else if (reader.take("HTTP/1.0")) {
    minor = 0;
  } else {
    return reader.fail("the version is neither HTTP/1.1 nor HTTP/1.0");
  }
  return true;
}

// request-line = method SP request-target SP HTTP-version CRLF (RFC 9112 section 3), with exactly these spaces.
bool read_request_line(HeadReader& reader, RequestHead& out) {
  const std::string_view method = reader.take_token_run();
  if (method.size() > kMaxMethodBytes) return reader.fail_at("the method is too long", method.data());
  if (!reader.take(" ")) return reader.fail("the method is not a token followed by one space");
  out.method = method;
  const std::string_view target = reader.take_visible_run();
  if (target.empty()) return reader.fail("white space or a control character where the target should be");
  if (!reader.take(" ")) return reader.fail("the target is not followed by one space and the version");
  out.target = target;
  if (!read_version(reader, out.minor_version)) return false;
  return reader.take("\r\n") || reader.fail("something follows the version");
}

// The fields of a request that may be sent only once, or only in one form.
struct SingleFields {
  bool host = false;
  bool authorization = false;
  bool expect = false;

  bool note(const Field& field, HeadReader& reader, RequestHead& out) {
    const char* const at = field.name.data();
    switch (field.id) {
      case FieldId::Host:
        if (host) return reader.fail_at("more than one Host", at);
        if (!parse_host_port(field.value)) return reader.fail_at("Host is not host[:port]", field.value.data());
        host = true;
        out.host = field.value;
        return true;
      case FieldId::Authorization:
        // Threat: the gateway verifies one and the upstream believes the other.
        if (authorization) return reader.fail_at("more than one Authorization", at, Reason::CredentialsDuplicateHeader);
        authorization = true;
        return true;
      case FieldId::Expect:
        if (expect) return reader.fail_at("more than one Expect", at);
        if (!iequals(field.value, "100-continue")) return reader.fail_at("an expectation other than 100-continue", field.value.data());
        expect = true;
        return true;
      default:
        return true;
    }
  }
};

bool read_request(HeadReader& reader, RequestHead& out) {
  if (!read_request_line(reader, out)) return false;
  FramingFields framing;
  SingleFields singles;
  while (!reader.at_end_of_fields()) {
    if (out.fields.full()) return reader.fail_too_large("more field lines than are read here");
    Field field;
    if (!reader.read_field(field)) return false;
    if (field.id != FieldId::Other) {
      if (!framing.note(field, reader, true) || !singles.note(field, reader, out)) return false;
    }
    out.fields.push(field);
  }
  if (!framing.finish(out.minor_version, reader)) return false;
  if (!singles.host && out.minor_version == 1) return reader.fail("HTTP/1.1 without Host");

  if (framing.transfer_encoding_at != nullptr) {
    out.body = Body::Chunked;
  } else if (framing.content_length_at != nullptr) {
    out.body = Body::Length;
    out.content_length = framing.content_length;
  }
  out.keep_alive = framing.persists(out.minor_version);
  out.connection_upgrade = framing.upgrade;
  // An expectation in HTTP/1.0 is to be ignored (RFC 9110 section 10.1.1).
  out.expect_continue = singles.expect && out.minor_version == 1 && out.has_body();
  return true;
}

// status-line = HTTP-version SP status-code SP [ reason-phrase ] CRLF (RFC 9112 section 4). Many servers leave out the
// second space when there is no phrase; that is not ambiguous.
bool read_status_line(HeadReader& reader, ResponseHead& out) {
  if (!read_version(reader, out.minor_version)) return false;
  if (!reader.take(" ")) return reader.fail("the version is not followed by one space");
  const std::string_view code = reader.take_visible_run();
  if (code.size() != 3 || !std::all_of(code.begin(), code.end(), is_digit) || code[0] < '1' || code[0] > '5') {
    return reader.fail_at("the status is not a number from 100 to 599", code.data());
  }
  out.status = static_cast<std::uint16_t>((code[0] - '0') * 100 + (code[1] - '0') * 10 + (code[2] - '0'));
  if (reader.take(" ")) out.reason_phrase = reader.take_text_run();
  return reader.take("\r\n") || reader.fail("a control character in the status line");
}

// Which body the response has (RFC 9112 section 6.3).
bool decide_response_body(HeadReader& reader, const FramingFields& framing, std::string_view request_method, ResponseHead& out) {
  const bool announces_body = framing.transfer_encoding_at != nullptr || framing.content_length > 0;
  if (out.status < 200 || out.status == 204) {
    // Nothing may follow these. A server that announces a body may send it, and then it would be read as a response.
    if (announces_body) return reader.fail("a body is announced where the status permits none");
    out.body = Body::None;
  } else if (request_method == "HEAD" || out.status == 304) {
    out.body = Body::None;
  } else if (framing.transfer_encoding_at != nullptr) {
    out.body = Body::Chunked;
  } else if (framing.content_length_at != nullptr) {
    out.body = Body::Length;
    out.content_length = framing.content_length;
  } else {
    out.body = Body::UntilClose;
  }
  return true;
}

bool read_response(HeadReader& reader, std::string_view request_method, ResponseHead& out) {
  if (!read_status_line(reader, out)) return false;
  FramingFields framing;
  while (!reader.at_end_of_fields()) {
    if (out.fields.full()) return reader.fail_too_large("more field lines than are read here");
    Field field;
    if (!reader.read_field(field)) return false;
    if (field.id != FieldId::Other && !framing.note(field, reader, false)) return false;
    out.fields.push(field);
  }
  if (!framing.finish(out.minor_version, reader)) return false;
  if (!decide_response_body(reader, framing, request_method, out)) return false;
  out.keep_alive = out.body != Body::UntilClose && framing.persists(out.minor_version);
  out.connection_upgrade = framing.upgrade;
  return true;
}

}  // namespace

HeadResult parse_request_head(std::string_view buffer, RequestHead& out, std::size_t max_bytes) {
  std::size_t begin = 0;
  if (HeadResult early = check_beginning(buffer, begin); early.status == HeadStatus::Failed) return early;
  const HeadResult end = detail::find_head_end(buffer, begin, out, max_bytes, kRequestReasons);
  if (end.status != HeadStatus::Complete) return end;
  HeadReader reader(buffer.substr(0, out.head_bytes), begin, kRequestReasons);
  out.fields.clear();
  return read_request(reader, out) ? end : reader.failure();
}

HeadResult parse_response_head(std::string_view buffer, std::string_view request_method, ResponseHead& out, std::size_t max_bytes) {
  constexpr std::string_view beginning = "HTTP/1.";
  const std::string_view common = buffer.substr(0, beginning.size());
  if (const auto [at, unused] = std::mismatch(common.begin(), common.end(), beginning.begin()); at != common.end()) {
    return {HeadStatus::Failed, Reason::UpstreamMalformed, "the response does not begin with HTTP/1", static_cast<std::size_t>(at - common.begin())};
  }
  const HeadResult end = detail::find_head_end(buffer, 0, out, max_bytes, kResponseReasons);
  if (end.status != HeadStatus::Complete) return end;
  HeadReader reader(buffer.substr(0, out.head_bytes), 0, kResponseReasons);
  out.fields.clear();
  return read_response(reader, request_method, out) ? end : reader.failure();
}

}  // namespace quivive::http
